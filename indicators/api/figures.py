"""The API of figures against targets, of one area or many, and of the records behind a figure."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError as FieldError
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import user_of
from api.faults import fault_of
from api.fields import AREA_CODE, MOST_WHOLE
from api.reading.filters import AreaCodeField, DayField, WholeField, refuse_unknown
from api.reading.listing import FORMAT
from api.reading.paging import CURSOR, MOST, PAGE_SIZE, page_size_asked
from areas.models import Area
from indicators.models import Plan
from indicators.progress.lineage import lineage
from indicators.progress.progress import as_json, progress_of
from indicators.progress.services import NotFound as Unknown
from indicators.progress.services import (
    day_asked,
    find_indicator,
    plans_of_area,
    progress,
    read_day,
    read_year,
)
from indicators.rules import CHOICES
from indicators.store.tree_context import TreeContext
from reviews.checks import Problem
from running.db_snapshot import read_snapshot

T = TypeVar("T")


class FigureSerializer(serializers.Serializer[Any]):
    """A figure against its target; decimals are texts, ratios are fractions."""

    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    counting = serializers.ChoiceField(choices=CHOICES)
    numerator = serializers.CharField(allow_null=True)
    denominator = serializers.CharField(allow_null=True)
    value = serializers.CharField(allow_null=True, help_text="无数据时为 null")
    target = serializers.CharField(allow_null=True, help_text="未设目标时为 null")
    operator = serializers.CharField(allow_null=True)
    rate = serializers.CharField(allow_null=True)
    expected = serializers.CharField(allow_null=True)
    projection = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(
        choices=["achieved", "on_track", "lagging", "behind", "no_target", "no_data"]
    )


class ProgressSerializer(serializers.Serializer[Any]):
    """The figures of a plan for one area."""

    plan = serializers.CharField()
    area = serializers.CharField()
    on = serializers.DateField()
    year = serializers.IntegerField()
    indicators = FigureSerializer(many=True)


class AreaFiguresSerializer(serializers.Serializer[Any]):
    """The figures of one area in a list of areas."""

    area = serializers.CharField()
    area_name = serializers.CharField()
    indicators = FigureSerializer(many=True)


class FiguresSerializer(serializers.Serializer[Any]):
    """The figures of a plan for many areas."""

    plan = serializers.CharField()
    on = serializers.DateField()
    year = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    results = AreaFiguresSerializer(many=True)


class LineageRecordSerializer(serializers.Serializer[Any]):
    """A record and what it adds to the figure."""

    kind = serializers.CharField()
    kind_name = serializers.CharField()
    id = serializers.IntegerField()
    name = serializers.CharField()
    area = serializers.CharField()
    date = serializers.DateField()
    quantity = serializers.CharField()
    approved_by = serializers.CharField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)


class LineageSerializer(serializers.Serializer[Any]):
    """The approved records behind a figure."""

    plan = serializers.CharField()
    indicator = serializers.CharField()
    area = serializers.CharField()
    on = serializers.DateField()
    count = serializers.IntegerField()
    next = serializers.IntegerField(allow_null=True, help_text="下一页的 cursor")
    records = LineageRecordSerializer(many=True)


def parameter(
    name: str, words: str, schema: dict[str, object], *, required: bool = False
) -> OpenApiParameter:
    """A query parameter with its description in the API document."""
    return OpenApiParameter(name, schema, "query", required, words)


PLAN_PARAMETER = parameter("plan", "方案编号", {"type": "string", "minLength": 1}, required=True)
AREA_PARAMETER = parameter(
    "area", "区划代码，默认为方案的适用地区", {"type": "string", "pattern": AREA_CODE}
)
ON_PARAMETER = parameter("on", "统计到哪一天，默认今天", {"type": "string", "format": "date"})
_YEAR = parameter(
    "year", "按哪一年的目标", {"type": "integer", "minimum": 0, "maximum": MOST_WHOLE}
)
#: The cursor of lists that are paged by position.
OFFSET_PARAMETER = parameter(
    CURSOR, "从第几条起", {"type": "integer", "minimum": 0, "maximum": 10**9 - 1}
)
SIZE_PARAMETER = parameter(
    PAGE_SIZE, "每页条数", {"type": "integer", "minimum": 1, "maximum": MOST}
)


class FigureView(APIView):
    """Base of the views of figures: reads plan, area and day from the query.

    404 if out of scope.
    """

    known: tuple[str, ...] = ("plan", "area", "on", "year")

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Refuse unknown query parameters."""
        super().initial(request, *args, **kwargs)
        refuse_unknown(request, {*self.known, FORMAT}, set())

    def plan_and_area(self) -> tuple[Plan, Area]:
        """Return plan and area if they are in scope and the plan covers the area, otherwise 404."""
        user = user_of(self.request)
        plan = Plan.objects.filter(code=self._text("plan")).first()
        code = self._text("area") or (plan.area_code if plan else user.area_id)
        area = Area.objects.visible_to(user).filter(code=code).first()
        if area is None:
            raise NotFound(f"没有区划“{code}”，或不在您的管辖范围")
        if plan is None or plan not in plans_of_area(area.code):
            raise NotFound(f"没有方案“{self._text('plan')}”，或不适用于该地区")
        return plan, area

    def day(self) -> datetime.date | None:
        """Return `on`; 422 for a day for which there are no figures."""
        return self.day_asked_as("on")

    def day_asked_as(self, name: str) -> datetime.date | None:
        """Return the day of a parameter; None where it is not given, 422 where there is no such day."""
        read_value(name, DayField().to_python, self._text(name))
        return _reachable(name, read_day, self._text(name))

    def year(self) -> int | None:
        """Return `year`; 422 for a year for which there are no targets."""
        read_value("year", WholeField().to_python, self._text("year"))
        return _reachable("year", read_year, self._text("year"))

    def _text(self, name: str) -> str:
        return self.request.query_params.get(name, "")


def read_value(name: str, read: Callable[[str], T], text: str) -> T | None:
    """The value of a query parameter; None where it is not given, 422 where it cannot be read."""
    try:
        return read(text) if text else None
    except (ValueError, FieldError) as error:
        message = _words(error)
        raise ValidationError({name: [ErrorDetail(message, "invalid")]}) from None


def _words(error: Exception) -> str:
    return str(error.messages[0]) if isinstance(error, FieldError) else str(error)


def _reachable(name: str, read: Callable[[str], T], text: str) -> T | None:
    try:
        return read(text) if text else None
    except ValueError as error:
        raise fault_of([(0, Problem("range", name, str(error)))]) from None


def _found(find: Callable[[], T]) -> T:
    try:
        return find()
    except Unknown as error:
        raise NotFound(str(error)) from None


class ProgressView(FigureView):
    """`GET /api/v1/progress/`: the same JSON as `progress --json`."""

    @extend_schema(
        parameters=[PLAN_PARAMETER, AREA_PARAMETER, ON_PARAMETER, _YEAR],
        responses=ProgressSerializer,
    )
    def get(self, request: Request) -> Response:
        """Return the figures of a plan for one area."""
        plan, area = self.plan_and_area()
        return Response(progress(plan, area, self.day(), self.year()).as_json())


class FiguresView(FigureView):
    """`GET /api/v1/figures/`: the figures of an area, or of all areas of a level below it."""

    known = ("plan", "area", "on", "year", "level", CURSOR, PAGE_SIZE)

    @extend_schema(
        parameters=[
            PLAN_PARAMETER,
            AREA_PARAMETER,
            ON_PARAMETER,
            _YEAR,
            parameter(
                "level", "只列该层级的下级地区", {"type": "integer", "minimum": 1, "maximum": 5}
            ),
            parameter(CURSOR, "上一页最后的区划代码", {"type": "string", "pattern": AREA_CODE}),
            SIZE_PARAMETER,
        ],
        responses=FiguresSerializer,
    )
    def get(self, request: Request) -> Response:
        """Return the areas in the order of their codes, page by page."""
        plan, area = self.plan_and_area()
        year = self.year()
        day, size = day_asked(plan, self.day(), year), page_size_asked(request)
        with read_snapshot():
            places = list(self._areas(area, day)[: size + 1])
            codes = [place.code for place in places[:size]]
            found = (
                progress_of(plan, codes, day, year, TreeContext(area.code, codes)) if codes else {}
            )
        rows = [
            {
                "area": place.code,
                "area_name": place.short_name,
                "indicators": [as_json(item) for item in found[place.code]],
            }
            for place in places[:size]
        ]
        more = codes[-1] if len(places) > size else None
        answer = {"plan": plan.code, "on": day, "year": year or day.year}
        return Response({**answer, "next": self._next(more), "results": rows})

    def _areas(self, area: Area, day: datetime.date) -> QuerySet[Area]:
        level = read_value("level", _level, self._text("level"))
        rows = Area.objects.within(area.code).existing_on(day)
        rows = rows.filter(level=level) if level else rows.filter(code=area.code)
        last = read_value(CURSOR, AreaCodeField().to_python, self._text(CURSOR)) or ""
        return rows.filter(code__gt=last).order_by("code")

    def _next(self, code: str | None) -> str | None:
        if code is None:
            return None
        query = self.request.query_params.copy()
        query[CURSOR] = code
        return str(self.request.build_absolute_uri(f"?{query.urlencode()}"))


def _level(text: str) -> int:
    if text not in ("1", "2", "3", "4", "5"):
        raise ValueError(f"“{text[:40]}”不是层级，应为1至5")
    return int(text)


def offset_of(text: str) -> int:
    """The position from which a page begins; ValueError for a text that is none."""
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= MOST_WHOLE):
        raise ValueError("不是可用的位置")
    return int(text)


class LineageView(FigureView):
    """`GET /api/v1/lineage/`: the approved records behind a figure."""

    known = ("plan", "indicator", "area", "on", CURSOR, PAGE_SIZE)

    @extend_schema(
        parameters=[
            PLAN_PARAMETER,
            parameter("indicator", "指标编号", {"type": "string", "minLength": 1}, required=True),
            AREA_PARAMETER,
            ON_PARAMETER,
            OFFSET_PARAMETER,
            SIZE_PARAMETER,
        ],
        responses=LineageSerializer,
    )
    def get(self, request: Request) -> Response:
        """Return the records by area and day."""
        plan, area = self.plan_and_area()
        indicator = _found(lambda: find_indicator(plan, self._text("indicator")))
        day = day_asked(plan, self.day(), None)
        first = read_value(CURSOR, offset_of, self._text(CURSOR)) or 0
        last = first + page_size_asked(request)
        with read_snapshot():
            items = lineage(indicator, area.code, day)
        return Response(
            {
                "plan": plan.code,
                "indicator": indicator.code,
                "area": area.code,
                "on": day,
                "count": len(items),
                "next": last if last < len(items) else None,
                "records": [item.as_json() for item in items[first:last]],
            }
        )
