"""Filters of the record lists."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from typing_extensions import override

from accounts.requests import user_of
from areas.models import Area


class PlaceFilter(SimpleListFilter):
    """Records of one area below the user's own, with all that lies below it."""

    title, parameter_name = "地区", "street"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The areas right below the user's."""
        own = user_of(request).area_id or ""
        if not own:
            return []
        children = Area.objects.children_of(own, timezone.localdate())
        return [(area.code, str(area)) for area in children]

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Nothing where the code is not in the user's scope."""
        code = self.value()
        if not code:
            return queryset
        return queryset.within(code) if user_of(request).covers(code) else queryset.none()  # type: ignore[attr-defined, no-any-return]
