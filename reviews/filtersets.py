"""Filters every record list has: state, subtree, day range."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from areas.codes import level_of
from reviews.models import Status, Submission


def _within(rows: QuerySet[Submission], name: str, value: str) -> QuerySet[Submission]:
    try:
        level_of(value)
    except ValueError:
        return rows.none()
    return rows.within(value)  # type: ignore[attr-defined, no-any-return]


def record_filterset(model: type[Submission]) -> type[django_filters.FilterSet]:
    """The filters of one record kind: `status`, `within`, `since`, `until`."""
    day = model.date_field
    meta = type("Meta", (), {"model": model, "fields": ["status"]})
    return type(
        f"{model.__name__}FilterSet",
        (django_filters.FilterSet,),
        {
            "Meta": meta,
            "status": django_filters.ChoiceFilter(choices=Status.choices),
            "within": django_filters.CharFilter(
                method=lambda rows, name, value: _within(rows, name, value)
            ),
            "since": django_filters.DateFilter(field_name=day, lookup_expr="gte"),
            "until": django_filters.DateFilter(field_name=day, lookup_expr="lte"),
        },
    )
