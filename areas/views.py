"""API of the tree."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.serializers import ModelSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from areas.models import Area


class AreaSerializer(ModelSerializer[Area]):
    """An area."""

    class Meta:
        model = Area
        fields = ("code", "name", "short_name", "level", "kind", "is_counted", "is_urban")


class AreaViewSet(ReadOnlyModelViewSet[Area]):
    """Areas in scope."""

    queryset = Area.objects.all()
    serializer_class = AreaSerializer
    filterset_fields = ("level", "kind", "is_counted", "is_urban")

    def get_queryset(self) -> QuerySet[Any]:
        """The user's own subtree."""
        return super().get_queryset().visible_to(self.request.user)  # type: ignore[attr-defined, no-any-return]
