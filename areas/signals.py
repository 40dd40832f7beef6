"""The one message the tree sends: areas whose counting changed (ADR 0003)."""

from django.dispatch import Signal

#: Sent inside the transaction that changed what denominators contain or where records count, with
#: `area_codes`: the areas concerned (absent: the whole tree).
tree_changed = Signal()
