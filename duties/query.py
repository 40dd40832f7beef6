"""What a page of duties is asked for: the area, the span of time, and which duties and states."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.requests import user_of
from areas.models import Area
from dates.months import day_in_month, end_of_month, month_number
from indicators.duties.instances import Asked, DutyState
from indicators.models import Duty
from indicators.progress.services import plans_of_area, read_day
from indicators.views import asked_day

VIEWS = {"month": "月历", "list": "清单", "matrix": "矩阵", "overdue": "逾期"}
#: Overdue instances are looked up this far back.
_YEARS_BACK = 10


@dataclass(frozen=True)
class DutyQuery:
    """The question of one page; `month` is the first day of the month or year that is shown."""

    area: Area
    view: str
    day: datetime.date
    month: datetime.date
    all_duties: Sequence[Duty]
    duty: Duty | None
    state: DutyState | None

    @property
    def duties(self) -> Sequence[Duty]:
        """The duties that are asked for: the chosen one, or all."""
        return self.all_duties if self.duty is None else [self.duty]

    @cached_property
    def span(self) -> tuple[datetime.date, datetime.date]:
        """The first and the last due day: of the month, of the year, or long past for what is overdue."""
        year = self.month.year
        if self.view == "month":
            return self.month, end_of_month(month_number(self.month))
        if self.view == "overdue":
            return datetime.date(self.day.year - _YEARS_BACK, 1, 1), self.day
        return datetime.date(year, 1, 1), datetime.date(year, 12, 31)

    @property
    def asked(self) -> Asked:
        """The instances of the page, for `indicators.duties.instances`."""
        states = [self.state] if self.state else []
        if self.view == "overdue":
            states = [DutyState.OVERDUE]
        return Asked(self.area.code, self.day, *self.span, states)

    def address(self, **changes: object) -> str:
        """The address of the same page with other values; an empty value is left out."""
        now: dict[str, object] = {
            "view": self.view,
            "month": f"{self.month:%Y-%m}",
            "duty": self.duty.full_code if self.duty else "",
            "state": self.state or "",
            "on": "" if self.day == timezone.localdate() else self.day.isoformat(),
        }
        area = changes.pop("area", self.area.code)
        name = str(changes.pop("name", "duties"))
        query = {key: value for key, value in (now | changes).items() if value}
        return f"{reverse(name, args=[area])}?{urlencode(query)}"


def duties_of_area(code: str) -> list[Duty]:
    """The duties of all plans of an area, plan by plan."""
    plans = plans_of_area(code)
    found = Duty.objects.filter(plan__in=plans).select_related("plan").order_by("plan", "position")
    at = {plan.pk: number for number, plan in enumerate(plans)}
    return sorted(found, key=lambda duty: (at[duty.plan_id], duty.position))


def read_query(request: HttpRequest, area: str) -> DutyQuery:
    """The question of a request; 404 where the area is out of scope or a value does not exist."""
    place = get_object_or_404(Area, code=area)
    if not user_of(request).covers(place.code):
        raise Http404
    duties = duties_of_area(place.code)
    view = request.GET.get("view") or "month"
    if view not in VIEWS:
        raise Http404
    day = asked_day(request) or timezone.localdate()
    code = request.GET.get("duty")
    chosen = next((duty for duty in duties if duty.full_code == code), None)
    if code and chosen is None:
        raise Http404
    state = request.GET.get("state")
    if state and state not in DutyState.values:
        raise Http404
    return DutyQuery(
        place,
        view,
        day,
        _month(request.GET.get("month"), day),
        duties,
        chosen,
        DutyState(state) if state else None,
    )


def _month(text: str | None, day: datetime.date) -> datetime.date:
    """`2025-03`, `2025`, or the month of the day."""
    if not text:
        return day.replace(day=1)
    try:
        return read_day(f"{text}-01" if len(text) == 7 else f"{text}-01-01")
    except ValueError:
        raise Http404 from None


def month_steps(month: datetime.date, *, is_year: bool) -> tuple[str, str]:
    """The months before and after, as `month=` takes them; a year apart with `is_year`."""
    step = 12 if is_year else 1
    around = (day_in_month(month_number(month) + by, 1) for by in (-step, step))
    before, after = (f"{day:%Y-%m}" for day in around)
    return before, after
