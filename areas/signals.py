"""The one signal of the tree: the counting of some areas changed (ADR 0003)."""

from django.dispatch import Signal

#: Sent inside the transaction that changed which areas are counted or where records count. The
#: argument `area_codes` holds the codes of the areas concerned; without it, the whole tree changed.
tree_changed = Signal()
