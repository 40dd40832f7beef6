"""The pages of funds' books: one fund's, the list of an area's, and the files of both."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.requests import user_of
from accounts.shell import page
from areas.models import Area
from funds.books.movements import FundBook, movements_of
from funds.books.overview import ACTIVE_MONTHS, missing_kinds
from funds.books.sums import opening_of
from funds.models import RULES, Donation, Expenditure, Fund, MemberKind
from indicators.duties.instances import Asked, Instance, page_of
from indicators.models import Duty
from indicators.progress.services import plans_of_area
from indicators.views import asked_day
from reports.books import statement, statement_workbook
from reports.books.listing import ONLY, ORDERS, FundList, build_workbook, sums_of, visible_area
from reports.shell import for_readers
from reviews.downloads import file_response, marked_for
from reviews.evidence.attachments import living_attachments
from reviews.fields import label_of
from running.db_snapshot import read_snapshot

_ON_A_PAGE = 100
#: The months whose statements the page offers; those before are asked for by their address.
_OFFERED_MONTHS = 12
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
#: The columns of the list; those that order it have the name of the order.
_COLUMNS = (
    ("name", "基金"),
    ("area", "地区"),
    ("balance", "结余（元）"),
    ("income", "本年筹集（元）"),
    ("spending", "本年支出（元）"),
    ("idle", "无收支天数"),
    ("", "管理小组"),
    ("", "管理制度"),
)
#: Duties of a fund are shown from a year back to a quarter ahead.
_BACK, _AHEAD = datetime.timedelta(days=366), datetime.timedelta(days=92)


@for_readers
def fund_book(request: HttpRequest, pk: str) -> HttpResponse:
    """Show the book of a fund on a day (`?on=`, default today); 404 if out of scope."""
    fund, day = _fund(request, pk), _day(request)
    with read_snapshot():
        lines = movements_of(fund, day)
        life = FundBook(fund, datetime.date.min, day, lines)
        context = {
            "title": f"{fund.name}账簿",
            "fund": fund,
            "day": day,
            "life": life,
            "opening": opening_of(fund, day),
            "days_idle": (day - (life.last_moved_on or fund.established_on)).days,
            "year": FundBook(fund, day.replace(month=1, day=1), day, lines),
            "earlier": day.replace(year=day.year - 1, month=12, day=31),
            "pending": _pending(fund, day),
            "months": _months(fund, day),
            "rules": [(label_of(fund, name)[:4], getattr(fund, name)) for name in RULES],
            "group": _group(fund),
            "duties": _duties(fund, day),
            "audits": fund.audit_reports.approved().order_by("-year", "-pk"),
            "disclosures": fund.disclosures.approved().order_by("-pk")[:_OFFERED_MONTHS],
            "files": living_attachments(fund),
        }
    return page(request, "funds/book.html", context)


@for_readers
def fund_statement(request: HttpRequest, pk: str, month: str, kind: str) -> HttpResponse:
    """Answer with the statement of a month as .xlsx or .docx; 404 for a month that lies ahead."""
    fund, first = _fund(request, pk), _month(month)
    with read_snapshot():
        book = statement.statement_of(fund, first, timezone.localdate())
    build = statement_workbook.build_workbook if kind == "xlsx" else statement.build_document
    with marked_for(user_of(request)):
        return file_response(build(book), statement.file_name(book, kind))


@for_readers
def fund_list(request: HttpRequest) -> HttpResponse:
    """Show the funds of an area: `?area=`, `?on=`, `?order=`, `?only=`; 404 if out of scope."""
    asked = _list_asked(request)
    with read_snapshot():
        rows = asked.rows()
    pages = Paginator(rows, _ON_A_PAGE)
    context = {
        "title": "基金账簿",
        "asked": asked,
        "rows": pages.get_page(request.GET.get("page")),
        "count": len(rows),
        "active": sum(row.is_active for row in rows),
        "active_months": ACTIVE_MONTHS,
        "sums": sums_of(rows),
        "balance": sum(row.balance for row in rows),
        "heads": [
            (name, _turned(asked.order, name) if name in ORDERS else "", label)
            for name, label in _COLUMNS
        ],
        "choices": [(name, label) for name, (label, _) in ONLY.items()],
        "trail": Area.objects.visible_to(user_of(request)).filter(
            code__in=asked.area.ancestor_codes
        ),
        "below": Area.objects.children_of(asked.area.code, asked.day),
    }
    return page(request, "funds/list.html", context)


@for_readers
def fund_list_file(request: HttpRequest) -> HttpResponse:
    """Answer with the same list as a workbook."""
    asked = _list_asked(request)
    with read_snapshot(), marked_for(user_of(request)):
        content = build_workbook(asked)
    return file_response(content, f"{asked.title}（{asked.day.isoformat()}）.xlsx")


# --- what is asked for ----------------------------------------------------------------------


def _fund(request: HttpRequest, pk: str) -> Fund:
    rows = Fund.objects.visible_to(user_of(request)).select_related("area", "host")
    fund: Fund = get_object_or_404(rows, pk=pk)
    return fund


def _day(request: HttpRequest) -> datetime.date:
    """Return `?on=`, but no day that lies ahead."""
    today = timezone.localdate()
    return min(asked_day(request) or today, today)


def _month(text: str) -> datetime.date:
    found = _MONTH.fullmatch(text)
    if found is None or int(found[1]) < 1949:
        raise Http404
    first = datetime.date(int(found[1]), int(found[2]), 1)
    if first > timezone.localdate():
        raise Http404
    return first


def _list_asked(request: HttpRequest) -> FundList:
    area = visible_area(user_of(request), request.GET.get("area", ""))
    order, only = request.GET.get("order", "area"), request.GET.get("only", "")
    if area is None or order.removeprefix("-") not in ORDERS or only not in ("", *ONLY):
        raise Http404
    return FundList(area, _day(request), order, only)


def _turned(order: str, name: str) -> str:
    """Return the order that a click on a column asks for: amounts and days the largest first."""
    usual = name if name in ("area", "name") else f"-{name}"
    other = f"-{name}" if usual == name else name
    return other if order == usual else usual


# --- parts of a book ------------------------------------------------------------------------


def _pending(fund: Fund, day: datetime.date) -> int:
    """Return how many movements up to the day still wait for a reviewer."""
    gifts = Donation.objects.pending().filter(fund=fund, donated_on__lte=day)
    return (
        gifts.count() + Expenditure.objects.pending().filter(fund=fund, spent_on__lte=day).count()
    )


def _months(fund: Fund, day: datetime.date) -> list[datetime.date]:
    """Return the months whose statements are offered, the latest first."""
    found, month = [day.replace(day=1)], day.replace(day=1)
    while len(found) < _OFFERED_MONTHS and month > fund.established_on:
        month = (month - datetime.timedelta(days=1)).replace(day=1)
        found.append(month)
    return found


def _group(fund: Fund) -> dict[str, object]:
    missing = missing_kinds([fund.pk])[fund.pk]
    return {"is_listed": len(missing) < len(MemberKind), "missing": [one.label for one in missing]}


def _duties(fund: Fund, day: datetime.date) -> Sequence[Instance]:
    """Return what the fund owes by the plans of its area, the latest due day first."""
    plans = plans_of_area(fund.area_id)
    duties = [
        duty
        for duty in Duty.objects.filter(plan__in=plans).select_related("plan")
        if duty.who.get("kind") == Fund.declaration.address
    ]
    asked = Asked(fund.area_id, day, day - _BACK, day + _AHEAD, debtor=str(fund.pk))
    return page_of(duties, asked).rows[::-1]
