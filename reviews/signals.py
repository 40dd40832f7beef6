"""The one message the review sends to the left: facts changed (ADR 0003)."""

from django.dispatch import Signal

#: Sent inside the transition's transaction whenever records became facts or ceased to be,
#: with `area_codes`: the set of areas of the records. sender is the model.
facts_changed = Signal()
