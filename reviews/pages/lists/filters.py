"""Filters of the record lists."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from typing_extensions import override
from unfold.admin import ModelAdmin

from accounts.requests import user_of
from areas.models import Area
from reviews.querysets import SubmissionQuerySet


class PlaceFilter(SimpleListFilter):
    """Filters records by an area right below the user's own, with its subtree."""

    title, parameter_name = "地区", "street"

    @override
    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """Offer the areas right below the user's."""
        own = user_of(request).area_id or ""
        if not own:
            return []
        children = Area.objects.children_of(own, timezone.localdate())
        return [(area.code, str(area)) for area in children]

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the records of the chosen subtree; none when it is out of the user's scope."""
        code = self.value()
        if not code or not isinstance(queryset, SubmissionQuerySet):
            return queryset
        return queryset.within(code) if user_of(request).covers(code) else queryset.none()
