"""The pages of duties: calendar, list, matrix, what is overdue, and one instance."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import user_of
from accounts.shell import page
from areas.models import Area
from dates.due_items import find_item
from duties.counting import DayLine, by_area, by_due_day, matrix
from duties.export import export, file_name
from duties.query import VIEWS, DutyQuery, month_steps, read_query
from duties.urging import UrgingError, may_urge, urge
from indicators.duties.due import DUTY_DUE, item_key
from indicators.duties.instances import (
    OPEN_STATES,
    DutyState,
    Instance,
    InstancePage,
    page_in,
    page_of,
    tables_of,
)
from indicators.duties.lookup import find_instance
from indicators.duties.terms import AREA, kinds_by_address
from indicators.duties.words import assumed_words, proof_words, when_words, who_words
from indicators.models import DutyExcuse
from policies.naming import named_by
from reports.filing.reminding import reminder_text
from reports.models import Reminder
from reviews.addresses import page_address, record_address
from reviews.downloads import file_response, marked_for

_LIST, _MATRIX = 50, 60
_NAMES = "一二三四五六日"


@login_required
def duties(request: HttpRequest, area: str) -> HttpResponse:
    """Show the duties of an area: `?view=` month, list, matrix or overdue; 404 if out of scope.

    `?month=` is the month, or for list and matrix any month of the year; `?duty=`, `?state=`, `?on=`
    and `?page=` choose.
    """
    query = read_query(request, area)
    context = {
        "title": "履责日历",
        "query": query,
        "views": [(view, name, query.address(view=view, state="")) for view, name in VIEWS.items()],
        "states": list(DutyState),
        "trail": [
            (step, query.address(area=step.code))
            for step in Area.objects.visible_to(user_of(request)).filter(
                code__in=query.area.ancestor_codes
            )
        ],
        "export": query.address(name="duties-export"),
        **_steps(query),
        **_PARTS[query.view](query, _page_number(request)),
    }
    return page(request, "duties/page.html", context)


@login_required
def duties_export(request: HttpRequest, area: str) -> HttpResponse:
    """Answer with the instances of the page as a workbook."""
    query = read_query(request, area)
    with marked_for(user_of(request)):
        return file_response(export(query), file_name(query))


@login_required
def duty_item(request: HttpRequest, key: str) -> HttpResponse:
    """Show one instance by its key: terms, state, record, excuse, reminders; 404 if out of scope."""
    user, found = user_of(request), _find(request, key)
    return page(request, "duties/item.html", _item(user, found))


@login_required
@require_POST
def duty_urge(request: HttpRequest, key: str) -> HttpResponse:
    """Remind the debtor's area of the instance."""
    found = _find(request, key)
    try:
        urge(found, by=user_of(request), note=request.POST.get("note", ""))
    except UrgingError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已催办")
    return redirect("duty-item", key=key)


# --- parts --------------------------------------------------------------------------------------


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 7 and int(text) > 0):
        raise Http404
    return int(text)


def _steps(query: DutyQuery) -> dict[str, object]:
    """The title of the span, and the addresses of the spans before and after."""
    is_year = query.view in ("list", "matrix")
    before, after = month_steps(query.month, is_year=is_year)
    title = f"{query.month.year}年" + ("" if is_year else f"{query.month.month}月")
    steps = {"before": query.address(month=before), "after": query.address(month=after)}
    return {"span_title": title, **steps} if query.view != "overdue" else {"span_title": ""}


@dataclass(frozen=True)
class _Square:
    """A day of the calendar page; `is_inside`: whether it belongs to the month."""

    day: datetime.date
    is_inside: bool
    is_today: bool
    lines: Sequence[DayLine]


def _month_part(query: DutyQuery, number: int) -> dict[str, object]:
    lines = by_due_day(query.duties, query.asked)
    weeks = calendar.Calendar().monthdatescalendar(query.month.year, query.month.month)
    squares = [
        [
            _Square(day, day.month == query.month.month, day == query.day, lines.get(day, ()))
            for day in week
        ]
        for week in weeks
    ]
    return {"weeks": squares, "week_days": list(_NAMES), "agenda": sorted(lines.items())}


def _list_part(query: DutyQuery, number: int) -> dict[str, object]:
    return _listed(query, number, page_of(query.duties, query.asked, (number - 1) * _LIST, _LIST))


def _listed(query: DutyQuery, number: int, found: InstancePage) -> dict[str, object]:
    return {"rows": found.rows, "total": found.total, **_pages(query, number, found.total, _LIST)}


def _matrix_part(query: DutyQuery, number: int) -> dict[str, object]:
    duty = query.duty or next(iter(query.all_duties), None)
    if duty is None:
        return {"matrix": None}
    found = matrix(duty, query.asked, (number - 1) * _MATRIX, _MATRIX)
    return {
        "matrix": found,
        "matrix_duty": duty,
        "total": found.total,
        **_pages(query, number, found.total, _MATRIX),
    }


def _overdue_part(query: DutyQuery, number: int) -> dict[str, object]:
    level = min(query.area.level + 1, 5)
    tables = tables_of(query.duties, query.asked)
    lines = by_area(tables, query.day, level)
    areas = [(line.area, line.counts.total(), query.address(area=line.area.code)) for line in lines]
    found = page_in(tables, query.day, (number - 1) * _LIST, _LIST)
    return {"areas": areas, **_listed(query, number, found)}


_PARTS = {
    "month": _month_part,
    "list": _list_part,
    "matrix": _matrix_part,
    "overdue": _overdue_part,
}


def _pages(query: DutyQuery, number: int, total: int, size: int) -> dict[str, object]:
    """The addresses of the pages before and after; 404 beyond the last."""
    last = max(-(-total // size), 1)
    if number > last:
        raise Http404
    return {
        "page_number": number,
        "page_count": last,
        "page_before": query.address(page=number - 1) if number > 1 else "",
        "page_after": query.address(page=number + 1) if number < last else "",
    }


# --- one instance -------------------------------------------------------------------------------


def _find(request: HttpRequest, key: str) -> Instance:
    """The instance of a key as of today; 404 where there is none in the user's scope."""
    user = user_of(request)
    own = user.area_id or ""
    if not user.covers(own):
        raise Http404
    instance = find_instance(key, timezone.localdate(), own)
    if instance is None:
        raise Http404
    return instance


def _item(user: User, found: Instance) -> dict[str, object]:
    duty, item = found.duty, find_item(DUTY_DUE, item_key(found))
    reminders = Reminder.objects.about(item).select_related("by__area") if item else []
    return {
        "title": f"{found.debtor.name}：{duty.name}",
        "instance": found,
        "area": Area.objects.filter(code=found.debtor.area_code).first(),
        "who": who_words(duty.who, duty.plan),
        "when": when_words(duty.schedule, duty.who),
        "done": proof_words(duty),
        "assumed": assumed_words(duty),
        "documents": named_by(user, duty.clause, duty.note),
        "record": _record_link(user, found.record),
        "referral": _record_link(user, found.referral),
        "excuse_link": record_address(found.excuse) if found.excuse else "",
        "reminders": [(each.on, reminder_text(each, item)) for each in reminders] if item else [],
        "may_urge": found.state in OPEN_STATES and may_urge(user, found),
        "add_link": _add_link(user, found),
        "ask_excuse": _ask_excuse(user, found),
    }


def _record_link(user: User, named: tuple[str, int] | None) -> tuple[str, str]:
    """A record by its kind and key, and its address; empty where there is none to see."""
    if named is None:
        return "", ""
    address, key = named
    kind = kinds_by_address()[address]
    record = kind._default_manager.visible_to(user).filter(pk=key).first()
    return (str(record), record_address(record)) if record else ("", "")


def _add_link(user: User, found: Instance) -> tuple[str, str]:
    """The name of the kind that fulfils the duty, and the address of its form for this debtor."""
    if not user.is_clerk or found.state not in OPEN_STATES:
        return "", ""
    kind = kinds_by_address()[found.duty.fulfilment["kind"]]
    query = f"?area={found.debtor.area_code}"
    if found.debtor.kind != AREA:
        debtor = kinds_by_address()[found.debtor.kind]
        names = [
            field.name
            for field in kind._meta.fields
            if field.is_relation and field.related_model is debtor
        ]
        query += "".join(f"&{name}={found.debtor.key}" for name in names[:1])
    return str(kind._meta.verbose_name), page_address(kind, "add") + query


def _ask_excuse(user: User, found: Instance) -> str:
    """The address of the form of an excuse, filled for this instance; empty where none can be asked."""
    is_open = found.state in OPEN_STATES and found.duty.is_excusable
    if not (is_open and user.is_clerk and user.covers(found.debtor.area_code)):
        return ""
    return (
        f"{page_address(DutyExcuse, 'add')}?area={found.debtor.area_code}"
        f"&plan_code={found.duty.plan.code}&duty_code={found.duty.code}"
        f"&debtor={found.debtor.key}&period={found.period_code}"
        f"&excused_on={timezone.localdate().isoformat()}"
    )
