"""The API of plans, indicators, targets and allocations that concern the user's own area."""

from __future__ import annotations

import datetime

import django_filters
from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from typing_extensions import override

from accounts.requests import user_of
from api.reading.filters import AreaFilter, DayFilter, TextFilter, WordsFilter
from api.reading.listing import ListViewSet
from areas.models import Area
from indicators.models import Indicator, Place, Plan, Stage, Target, TargetAllocation, Task
from indicators.progress.services import plans_of_area
from indicators.rules import CHOICES

_CODE = "[-a-z0-9_]{1,40}"


class PlanSerializer(serializers.ModelSerializer[Plan]):
    """A policy document whose targets are counted."""

    class Meta:
        model = Plan
        fields = (
            "code",
            "title",
            "document_number",
            "issuer",
            "issued_on",
            "area_code",
            "starts_on",
            "ends_on",
        )
        read_only_fields = fields


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    """An indicator: what is counted, and by which rule."""

    plan = serializers.SlugRelatedField[Plan](slug_field="code", read_only=True, label="方案")
    is_share = serializers.BooleanField(source="is_ratio", read_only=True, label="按比例")

    class Meta:
        model = Indicator
        fields = (
            "id",
            "plan",
            "code",
            "position",
            "name",
            "unit",
            "place",
            "clause",
            "counting",
            "measure",
            "level",
            "at_least",
            "is_urban_only",
            "is_share",
            "reading",
        )
        read_only_fields = fields


class TargetSerializer(serializers.ModelSerializer[Target]):
    """What a document demands by a day; percentages are fractions."""

    plan = serializers.CharField(source="indicator.plan.code", read_only=True, label="方案")
    indicator = serializers.SlugRelatedField[Indicator](
        slug_field="code", read_only=True, label="指标"
    )

    class Meta:
        model = Target
        fields = (
            "id",
            "plan",
            "indicator",
            "due_on",
            "operator",
            "value",
            "at_least",
            "document",
            "place",
            "clause",
            "comment",
        )
        read_only_fields = fields


class TaskSerializer(serializers.ModelSerializer[Task]):
    """What a plan asks to be done and told in words; `levels` of the area tree owe it."""

    plan = serializers.SlugRelatedField[Plan](slug_field="code", read_only=True, label="方案")
    stage = serializers.SlugRelatedField[Stage](
        slug_field="code", read_only=True, label="实施阶段", allow_null=True
    )
    levels = serializers.ListField(
        child=serializers.IntegerField(), read_only=True, label="责任层级"
    )
    starts_on = serializers.DateField(source="first_day", read_only=True, label="开始日期")
    ends_on = serializers.DateField(source="last_day", read_only=True, label="截止日期")

    class Meta:
        model = Task
        fields = (
            "id",
            "plan",
            "code",
            "position",
            "name",
            "clause",
            "content",
            "stage",
            "levels",
            "department",
            "starts_on",
            "ends_on",
            "evidence",
            "is_goal",
            "assessor_level",
        )
        read_only_fields = fields


@extend_schema_serializer(component_name="TargetShare")
class TargetAllocationSerializer(serializers.ModelSerializer[TargetAllocation]):
    """What one area below owes of a target (目标分解)."""

    plan = serializers.CharField(source="target.indicator.plan.code", read_only=True, label="方案")
    indicator = serializers.CharField(source="target.indicator.code", read_only=True, label="指标")
    due_on = serializers.DateField(source="target.due_on", read_only=True, label="截止日期")

    class Meta:
        model = TargetAllocation
        fields = ("id", "plan", "indicator", "due_on", "target", "area", "value")
        read_only_fields = fields


def _plans(request: Request) -> list[int]:
    """Return the keys of the plans that concern the user's own area."""
    user = user_of(request)
    return [plan.pk for plan in plans_of_area(user.area_id or "")]


class OfOwnPlans(ListViewSet):
    """Base of lists that are limited to plans that concern the user's own area.

    `plan_path` is the path to the plan's key.
    """

    plan_path: str

    @override
    def get_queryset(self) -> QuerySet[Model]:
        return super().get_queryset().filter(**{f"{self.plan_path}__in": _plans(self.request)})


class PlanFilterSet(django_filters.FilterSet):
    """Filter plans by text and day."""

    q = WordsFilter("title", "document_number", "issuer", label="关键词")
    area_code = AreaFilter(field_name="area_code", label="适用地区")
    on = DayFilter(method="running", label="该日在起止日期之内的")

    def running(self, rows: QuerySet[Plan], name: str, day: datetime.date) -> QuerySet[Plan]:
        """Keep the plans that run on the day."""
        return rows.filter(starts_on__lte=day, ends_on__gte=day)


class PlanViewSet(OfOwnPlans):
    """The plans (工作方案) that concern the user's own area."""

    queryset = Plan.objects.all()
    serializer_class = PlanSerializer
    filterset_class = PlanFilterSet
    plan_path = "pk"
    order_fields = ("code",)
    lookup_field = "code"
    lookup_value_regex = _CODE


class IndicatorFilterSet(django_filters.FilterSet):
    """Filter indicators by plan and counting rule."""

    plan = TextFilter(field_name="plan__code", label="方案编号")
    code = TextFilter(label="指标编号")
    counting = django_filters.MultipleChoiceFilter(choices=CHOICES, label="计算口径")
    place = django_filters.MultipleChoiceFilter(choices=Place.choices, label="出处")
    q = WordsFilter("name", "reading", label="关键词")


class IndicatorViewSet(OfOwnPlans):
    """The indicators (指标) of these plans."""

    queryset = Indicator.objects.select_related("plan")
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilterSet
    plan_path = "plan"
    order_fields = ("id",)


class TargetFilterSet(django_filters.FilterSet):
    """Filter targets by plan, indicator and day."""

    plan = TextFilter(field_name="indicator__plan__code", label="方案编号")
    indicator = TextFilter(field_name="indicator__code", label="指标编号")
    place = django_filters.MultipleChoiceFilter(choices=Place.choices, label="出处")
    due_on_since = DayFilter(field_name="due_on", lookup_expr="gte", label="截止日期不早于")
    due_on_until = DayFilter(field_name="due_on", lookup_expr="lte", label="截止日期不晚于")


class TargetViewSet(OfOwnPlans):
    """The targets (目标) of these plans."""

    queryset = Target.objects.select_related("indicator__plan")
    serializer_class = TargetSerializer
    filterset_class = TargetFilterSet
    plan_path = "indicator__plan"
    order_fields = ("id", "due_on")


class TaskFilterSet(django_filters.FilterSet):
    """Filter tasks by plan, stage and text."""

    plan = TextFilter(field_name="plan__code", label="方案编号")
    code = TextFilter(label="任务编号")
    stage = TextFilter(field_name="stage__code", label="阶段编号")
    q = WordsFilter("name", "content", label="关键词")


class TaskViewSet(OfOwnPlans):
    """The tasks (工作任务) of these plans."""

    queryset = Task.objects.select_related("plan", "stage")
    serializer_class = TaskSerializer
    filterset_class = TaskFilterSet
    plan_path = "plan"
    order_fields = ("id",)


class TargetAllocationFilterSet(django_filters.FilterSet):
    """Filter allocations by plan, indicator and area."""

    plan = TextFilter(field_name="target__indicator__plan__code", label="方案编号")
    indicator = TextFilter(field_name="target__indicator__code", label="指标编号")
    area = AreaFilter(field_name="area_id", label="承担地区")


class TargetAllocationViewSet(ListViewSet):
    """The allocations (目标分解) within the user's own area."""

    queryset = TargetAllocation.objects.select_related("target__indicator__plan")
    serializer_class = TargetAllocationSerializer
    filterset_class = TargetAllocationFilterSet
    order_fields = ("id",)

    @override
    def get_queryset(self) -> QuerySet[TargetAllocation]:
        visible = Area.objects.visible_to(user_of(self.request))
        return super().get_queryset().filter(area__in=visible)
