"""Lists of the admin take the filters that they declare, and no other lookup that an address may name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest
from typing_extensions import override
from unfold.views import ChangeList

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin as _Admin
else:
    _Admin = object


class DeclaredList(ChangeList):
    """A list that leaves out of the address what is no filter of it, and says so."""

    model_admin: DeclaredLists

    @override
    def get_filters(self, request: HttpRequest) -> Any:
        """Return the filters; lookups that only links of this site use are kept beside them."""
        filters, has_filters, others, may_repeat, is_filtered = super().get_filters(request)
        known = self.model_admin.linked_lookups
        if unknown := sorted(set(others) - known):
            told = "、".join(name[:40] for name in unknown[:5])
            messages.warning(request, f"没有“{told}”这样的筛选条件，已忽略；请用本页提供的筛选")
        kept = {name: value for name, value in others.items() if name in known}
        return filters, has_filters, kept, may_repeat, is_filtered


class DeclaredLists(_Admin):
    """Mixin of an admin class: its list takes declared filters only."""

    @property
    def linked_lookups(self) -> frozenset[str]:
        """The lookups by which other pages of this site link to the list: `id__in`."""
        return frozenset()

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        """Return the class of the list."""
        return DeclaredList
