"""The two messages the review sends to the left (ADR 0003): facts changed; what would change?"""

from django.dispatch import Signal

#: Sent inside the transition's transaction whenever records became facts or ceased to be,
#: with `area_codes`: the set of areas of the records. sender is the model.
facts_changed = Signal()

#: Asked before a transition is confirmed, with `records`: the queryset that would move, `is_gain`:
#: whether they would become facts, and `user`. Receivers return sentences; nothing is written.
effect_asked = Signal()
