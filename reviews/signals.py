"""The two signals of the review for rooms above (ADR 0003): facts changed; what would change?"""

from django.dispatch import Signal

#: Sent inside a transaction in which records became facts or ceased to be. The sender is the model;
#: `area_codes` holds the areas of the records.
facts_changed = Signal()

#: Sent before a transition is confirmed: `records` is the queryset to move, `is_gain` says whether
#: they become facts. Receivers return Chinese sentences for `user` and write nothing.
effect_asked = Signal()
