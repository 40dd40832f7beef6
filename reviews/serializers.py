"""Records as JSON: every field but the internal ones; decimals are strings."""

from __future__ import annotations

from rest_framework import serializers

from reviews.models import Submission

_INTERNAL = ("transition_id", "import_batch")


def record_serializer(
    model: type[Submission],
) -> type[serializers.ModelSerializer[Submission]]:
    """The serializer of one record kind."""
    meta = type("Meta", (), {"model": model, "exclude": _INTERNAL})
    return type(
        f"{model.__name__}Serializer",
        (serializers.ModelSerializer,),
        {
            "Meta": meta,
            "area_name": serializers.CharField(source="area.short_name", read_only=True),
        },
    )
