"""The area tree in the API."""

from __future__ import annotations

import datetime

import django_filters
from rest_framework.serializers import ModelSerializer
from typing_extensions import override

from api.fields import AREA_CODE
from api.reading.filters import DayFilter, SubtreeFilter, TrueFalseFilter, WordsFilter
from api.reading.listing import ListViewSet, Scoped
from areas.models import Area, AreaKind
from areas.querysets import AreaQuerySet


class AreaSerializer(ModelSerializer[Area]):
    """An area; `valid_to` is the first day on which it no longer exists."""

    class Meta:
        model = Area
        fields = (
            "code",
            "name",
            "short_name",
            "level",
            "kind",
            "is_counted",
            "is_urban",
            "valid_from",
            "valid_to",
        )
        read_only_fields = fields


class ExistingFilter(DayFilter):
    """Areas that exist on a day."""

    @override
    def filter(self, qs: AreaQuerySet, value: datetime.date | None) -> AreaQuerySet:
        return qs.existing_on(value) if value else qs


class AreaFilterSet(django_filters.FilterSet):
    """Filters areas by subtree, level, kind, flags and day."""

    within = SubtreeFilter(label="地区及其下级")
    level = django_filters.MultipleChoiceFilter(
        choices=[(str(level), str(level)) for level in range(1, 6)],
        label="层级：1省、2市州、3区县、4乡镇街道、5村社区",
    )
    kind = django_filters.MultipleChoiceFilter(choices=AreaKind.choices, label="类别")
    is_counted = TrueFalseFilter(field_name="is_counted", label="纳入考核")
    is_urban = TrueFalseFilter(field_name="is_urban", label="城镇社区")
    on = ExistingFilter(label="该日存在的")
    q = WordsFilter("name", "short_name", "code", label="关键词")


class AreaViewSet(Scoped, ListViewSet):
    """The areas (行政区划) of the user's own subtree, in the order of their codes."""

    queryset = Area.objects.all()
    serializer_class = AreaSerializer
    filterset_class = AreaFilterSet
    order_fields = ("code",)
    lookup_value_regex = AREA_CODE.strip("^$")
