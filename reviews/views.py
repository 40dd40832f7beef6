"""The base of every record kind's API: scoped reading (writing is in a later version)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.serializers import ModelSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from reviews.filtersets import record_filterset
from reviews.models import Submission
from reviews.serializers import record_serializer


class RecordViewSet(ReadOnlyModelViewSet[Any]):
    """List and read one record kind; a subclass names its `queryset`."""

    queryset: QuerySet[Any]

    def get_queryset(self) -> QuerySet[Any]:
        """The user's own subtree; what is outside is not found."""
        return (
            super()
            .get_queryset()
            .visible_to(self.request.user)
            .select_related("area")
            .order_by("-pk")
        )

    def get_serializer_class(self) -> type[ModelSerializer[Submission]]:
        """All fields that are not internal."""
        return record_serializer(self.queryset.model)

    @property
    def filterset_class(self) -> Any:
        """State, place and day."""
        return record_filterset(self.queryset.model)
