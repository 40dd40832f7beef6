"""The base of every record kind's API: scoped reading (writing is in a later version)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.viewsets import ReadOnlyModelViewSet

from reviews.filtersets import record_filterset
from reviews.serializers import record_serializer


class RecordViewSet(ReadOnlyModelViewSet[Any]):
    """List and read one record kind; a subclass names its `queryset`, the rest follows."""

    queryset: QuerySet[Any]
    filterset_class: type[Any]

    def __init_subclass__(cls) -> None:
        """All fields that are not internal; filters by state, place and day."""
        super().__init_subclass__()
        cls.serializer_class = record_serializer(cls.queryset.model)
        cls.filterset_class = record_filterset(cls.queryset.model)

    def get_queryset(self) -> QuerySet[Any]:
        """The user's own subtree; what is outside is not found."""
        rows: Any = super().get_queryset()
        lists = [field.name for field in self.queryset.model._meta.many_to_many]
        scoped = rows.visible_to(self.request.user).select_related("area")
        return scoped.prefetch_related(*lists).order_by("-pk")
