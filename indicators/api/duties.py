"""The API of duties, and of their instances: who owes what by which day, and what is done."""

from __future__ import annotations

import datetime
from typing import Any

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.reading.filters import TextFilter, WordsFilter
from api.reading.paging import CURSOR, PAGE_SIZE, page_size_asked
from indicators.api.figures import (
    AREA_PARAMETER,
    OFFSET_PARAMETER,
    ON_PARAMETER,
    PLAN_PARAMETER,
    SIZE_PARAMETER,
    FigureView,
    offset_of,
    parameter,
    read_value,
)
from indicators.api.plans import OfOwnPlans
from indicators.duties.instances import Asked, DutyState, Instance, page_of
from indicators.duties.words import proof_words, when_words, who_words
from indicators.models import Duty, Plan
from running.db_snapshot import read_snapshot

#: Instances due within so many days of the day are listed where no due days are asked for.
_AROUND = datetime.timedelta(days=366)


class DutySerializer(serializers.ModelSerializer[Duty]):
    """What a plan wants a debtor to have done by a day (履责事项)."""

    plan = serializers.SlugRelatedField[Plan](slug_field="code", read_only=True, label="方案")
    who = serializers.SerializerMethodField(label="履责主体")
    when = serializers.SerializerMethodField(label="期限")
    done = serializers.SerializerMethodField(label="完成依据")
    reminders = serializers.ListField(
        child=serializers.IntegerField(), read_only=True, label="提醒天数"
    )
    assumed = serializers.ListField(
        child=serializers.CharField(), read_only=True, label="平台默认的项目"
    )

    class Meta:
        model = Duty
        fields = (
            "id",
            "plan",
            "code",
            "position",
            "name",
            "clause",
            "who",
            "when",
            "done",
            "number",
            "is_excusable",
            "reminders",
            "assumed",
            "note",
        )
        read_only_fields = fields

    @extend_schema_field(str)
    def get_who(self, duty: Duty) -> str:
        """Who owes it, in words."""
        return who_words(duty.who, duty.plan)

    @extend_schema_field(str)
    def get_when(self, duty: Duty) -> str:
        """When it is due, in words."""
        return when_words(duty.schedule, duty.who)

    @extend_schema_field(str)
    def get_done(self, duty: Duty) -> str:
        """Which records fulfil or end it, in words."""
        return proof_words(duty)


class DutyFilterSet(django_filters.FilterSet):
    """Filter duties by plan and words."""

    plan = TextFilter(field_name="plan__code", label="方案编号")
    code = TextFilter(label="履责事项编号")
    q = WordsFilter("name", "clause", label="关键词")


class DutyViewSet(OfOwnPlans):
    """The duties (履责事项) of the plans that concern the user's own area."""

    queryset = Duty.objects.select_related("plan")
    serializer_class = DutySerializer
    filterset_class = DutyFilterSet
    plan_path = "plan"
    order_fields = ("id",)


# --- instances ----------------------------------------------------------------------------------


class InstanceSerializer(serializers.Serializer[Any]):
    """One thing that a debtor owes by a day."""

    duty = serializers.CharField(source="duty.code", label="履责事项编号")
    duty_name = serializers.CharField(source="duty.name", label="履责事项")
    debtor_kind = serializers.CharField(
        source="debtor.kind", label="主体类别", help_text="area 或记录的接口地址"
    )
    debtor = serializers.CharField(source="debtor.key", label="主体编号")
    debtor_name = serializers.CharField(source="debtor.name", label="主体")
    area = serializers.CharField(source="debtor.area_code", label="地区代码")
    period = serializers.CharField(source="period_code", label="期次")
    first = serializers.DateField(source="period.first", label="期初")
    last = serializers.DateField(source="period.last", label="期末")
    due_on = serializers.DateField(source="period.due_on", label="期限")
    opens_on = serializers.DateField(label="可办日期")
    state = serializers.ChoiceField(choices=DutyState.choices, label="状态")
    done_on = serializers.DateField(allow_null=True, label="完成日期")
    record_kind = serializers.SerializerMethodField(label="完成记录的类别")
    record = serializers.SerializerMethodField(label="完成记录的编号")
    excuse = serializers.IntegerField(source="excuse.pk", default=None, label="免除记录的编号")
    referred_on = serializers.DateField(allow_null=True, label="移交日期")

    @extend_schema_field({"type": ["string", "null"]})
    def get_record_kind(self, each: Instance) -> str | None:
        """The address of the kind of the completing record."""
        return each.record[0] if each.record else None

    @extend_schema_field({"type": ["integer", "null"]})
    def get_record(self, each: Instance) -> int | None:
        """The key of the completing record."""
        return each.record[1] if each.record else None


class InstancesSerializer(serializers.Serializer[Any]):
    """A page of instances by due day, duty and area."""

    plan = serializers.CharField()
    area = serializers.CharField()
    on = serializers.DateField()
    count = serializers.IntegerField()
    next = serializers.IntegerField(allow_null=True, help_text="下一页的 cursor")
    results = InstanceSerializer(many=True)


_DAY: dict[str, object] = {"type": "string", "format": "date"}
_STATES: dict[str, object] = {"type": "string", "enum": DutyState.values}


class InstancesView(FigureView):
    """`GET /api/v1/duty-instances/`: what debtors below an area owe, with its state on a day."""

    known = (
        "plan",
        "area",
        "on",
        "duty",
        "state",
        "due_since",
        "due_until",
        CURSOR,
        PAGE_SIZE,
    )

    @extend_schema(
        parameters=[
            PLAN_PARAMETER,
            AREA_PARAMETER,
            ON_PARAMETER,
            parameter("duty", "履责事项编号，默认全部", {"type": "string"}),
            parameter("state", "状态，默认全部", _STATES),
            parameter("due_since", "期限不早于，默认一年前", _DAY),
            parameter("due_until", "期限不晚于，默认一年后", _DAY),
            OFFSET_PARAMETER,
            SIZE_PARAMETER,
        ],
        responses=InstancesSerializer,
    )
    def get(self, request: Request) -> Response:
        """Return the instances by due day."""
        plan, area = self.plan_and_area()
        day = self.day() or timezone.localdate()
        asked = Asked(area.code, day, *self._due_days(day), states=self._states())
        first = read_value(CURSOR, offset_of, self._text(CURSOR)) or 0
        size = page_size_asked(request)
        with read_snapshot():
            page = page_of(self._duties(plan), asked, first, size)
        last = first + size
        return Response(
            {
                "plan": plan.code,
                "area": area.code,
                "on": day,
                "count": page.total,
                "next": last if last < page.total else None,
                "results": InstanceSerializer(page.rows, many=True).data,
            }
        )

    def _duties(self, plan: Plan) -> list[Duty]:
        duties = plan.duties.select_related("plan")
        code = self._text("duty")
        return list(duties.filter(code=code) if code else duties)

    def _states(self) -> list[DutyState]:
        text = self._text("state")
        if text and text not in DutyState.values:
            message = f"“{text[:40]}”不是状态，应为{'、'.join(DutyState.values)}"
            raise ValidationError({"state": [ErrorDetail(message, "invalid")]})
        return [DutyState(text)] if text else []

    def _due_days(self, day: datetime.date) -> tuple[datetime.date, datetime.date]:
        return (
            self.day_asked_as("due_since") or day - _AROUND,
            self.day_asked_as("due_until") or day + _AROUND,
        )
