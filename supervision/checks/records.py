"""Checks of guidance visits, audit reports and disclosures."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from areas.codes import is_within
from funds.checks import area_taken_over
from reviews.checks import (
    Check,
    CheckedRecord,
    OneOf,
    OnlyWith,
    Problem,
    declare_checks,
    field_label,
    in_order,
    not_before_1949,
    not_in_future,
    not_negative,
    required,
    valid_address,
)
from supervision.checks.order import follow_ups_fit
from supervision.models import (
    DISCLOSED,
    AuditOpinion,
    AuditReport,
    Complaint,
    Disclosure,
    DisclosureKind,
    GuidanceVisit,
    Inspection,
)

#: A year, a half-year, a quarter or a month.
_PERIOD = re.compile(r"(\d{4})(-H[12]|-Q[1-4]|-(0[1-9]|1[0-2]))?", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
#: A major event is disclosed within so many days (民政部令第81号).
_DISCLOSED_WITHIN = datetime.timedelta(days=30)

#: A visit that makes up for a quarter is rarely made more quarters later.
_QUARTERS_BEHIND = 4


def charity_near(record: GuidanceVisit | Inspection | Complaint) -> Iterator[Problem]:
    """Refuse a charity that lies neither in the record's area nor above it."""
    charity = record.charity if record.charity_id else None
    if charity is None or not record.area_id:
        return
    if not (
        is_within(record.area_id, charity.area_id) or is_within(charity.area_id, record.area_id)
    ):
        yield Problem(
            "elsewhere", "charity", f"“{charity}”在{charity.area}登记，不在“{record.area}”"
        )


def due_day_of_problems(text: str, due: str) -> Check:
    """Return a check that problems have a day by which they are put right, and no day has none."""

    def check(record: CheckedRecord) -> Iterator[Problem]:
        has_text, day = bool(getattr(record, text)), getattr(record, due)
        label, other = field_label(record, due), field_label(record, text)
        if has_text and day is None:
            yield Problem("due_missing", due, f"填写了“{other}”的，应填“{label}”")
        elif day is not None and not has_text:
            yield Problem("due_alone", text, f"填写了“{label}”的，应写明“{other}”")

    return check


def valid_quarter(visit: GuidanceVisit) -> Iterator[Problem]:
    """Require a quarter in its standard form that had begun, and warn of one that is long past."""
    if not (period := visit.period):
        return
    found = _QUARTER.fullmatch(period)
    if found is None:
        message = f"“所属季度”应写作2025-Q2（2025年第二季度），按指导日期认定的不填（现为{period}）"
        yield Problem("period", "period", message)
    elif visit.visited_on:
        year, quarter = int(found[1]), int(found[2])
        day = visit.visited_on
        behind = (day.year - year) * 4 + (day.month - 1) // 3 + 1 - quarter
        if behind < 0:
            message = f"指导日期{day}时，所属季度{period}尚未开始"
            yield Problem("period_ahead", "period", message)
        elif behind > _QUARTERS_BEHIND:
            message = f"指导日期{day}距所属季度{period}已有{behind}个季度，请核对"
            yield Problem("period_past", "period", message, is_warning=True)


def audited_year(report: AuditReport) -> Iterator[Problem]:
    """Require a year that the report can be about, and warn of one that was not over."""
    if not report.year:
        return
    if not _YEAR.fullmatch(report.year) or not int(report.year) >= 1949:
        yield Problem("year", "year", f"“审计年度”应为四位数字的年份，如2025（现为{report.year}）")
        return
    day = report.reported_on
    if day is None:
        return
    if int(report.year) > day.year:
        yield Problem("year", "year", f"“审计年度”{report.year}晚于报告日期{day}")
    elif int(report.year) == day.year:
        message = f"出具报告时（{day}）{report.year}年度尚未结束，请核对审计年度"
        yield Problem("year_runs", "year", message, is_warning=True)


def opinion_explained(report: AuditReport) -> Iterator[Problem]:
    """Warn of a modified opinion without what the auditor found."""
    if report.opinion and report.opinion != AuditOpinion.UNQUALIFIED and not report.problems:
        message = f"审计意见为“{report.get_opinion_display()}”，请写明审计指出的问题"
        yield Problem("unexplained", "problems", message, is_warning=True)


def parts_of_expense(report: AuditReport) -> Iterator[Problem]:
    """Warn when charity work and management together cost more than the total."""
    parts = [each for each in (report.charity_expense_yuan, report.management_yuan) if each]
    if report.expense_yuan is not None and sum(parts) > report.expense_yuan:
        message = f"慈善活动支出与管理费用之和{sum(parts):,.2f}元，超过费用合计{report.expense_yuan:,.2f}元"
        yield Problem("parts", "expense_yuan", message, is_warning=True)


def one_report_a_year(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Warn of a second report of the same object for the same year."""
    reports = {at: each for at, each in enumerate(records) if isinstance(each, AuditReport)}
    years = {each.year for each in reports.values() if each.year}
    if not years:
        return
    own = {each.pk for each in reports.values() if each.pk}
    stored = AuditReport.objects.living().filter(year__in=years).exclude(pk__in=own)
    known = Counter(
        key
        for key in stored.values_list("charity_id", "fund_id", "year")
        if key[:2] != (None, None)
    )
    for at, report in reports.items():
        key = report.charity_id, report.fund_id, report.year
        if known[key]:
            message = f"该对象{report.year}年度已有审计报告，请核对是否重复填报"
            yield at, Problem("second_report", "year", message, is_warning=True)
        if key[:2] != (None, None):
            known[key] += 1


def valid_period(disclosure: Disclosure) -> Iterator[Problem]:
    """Require a period in its standard form, and one for annual reports."""
    period = disclosure.period
    if period and not _PERIOD.fullmatch(period):
        message = f"“所属期间”应写作2025（年度）、2025-H1（半年）、2025-Q1（季度）或2025-03（月份），现为{period}"
        yield Problem("period", "period", message)
    elif not period and disclosure.kind == DisclosureKind.ANNUAL:
        yield Problem("period_missing", "period", "年度报告应填所属期间，如2025")


def disclosed_in_time(disclosure: Disclosure) -> Iterator[Problem]:
    """Warn of a major event that was disclosed late."""
    day, since = disclosure.disclosed_on, disclosure.happened_on
    if day and since and day > since + _DISCLOSED_WITHIN:
        message = f"重大事项应在发生后30日内公开（发生{since}，公开{day}）"
        yield Problem("disclosed_late", "disclosed_on", message, is_warning=True)


def address_given(disclosure: Disclosure) -> Iterator[Problem]:
    """Warn of a disclosure in the web without an address."""
    if not disclosure.address and disclosure.platform in ("charity_china", "own_site"):
        message = "在网上公开的，请填网址或上传截图作附件"
        yield Problem("address_missing", "address", message, is_warning=True)


#: Only an event has a day of its own on which it happened.
day_of_event = OnlyWith("happened_on", "kind", ("event", "related", "trust"))

declare_checks(
    GuidanceVisit,
    required("visited_on", "form", "content"),
    OneOf(("fund", "charity"), is_required=False),
    area_taken_over,
    charity_near,
    not_before_1949("visited_on"),
    not_in_future("visited_on"),
    valid_quarter,
    in_order("visited_on", "rectify_by"),
    due_day_of_problems("problems", "rectify_by"),
    batch=(follow_ups_fit,),
)

declare_checks(
    AuditReport,
    required("year", "reported_on", "auditor", "opinion"),
    OneOf(("charity", "fund")),
    area_taken_over,
    not_before_1949("reported_on"),
    not_in_future("reported_on"),
    audited_year,
    opinion_explained,
    not_negative("income_yuan", "expense_yuan", "charity_expense_yuan", "management_yuan"),
    parts_of_expense,
    batch=(one_report_a_year,),
)

declare_checks(
    Disclosure,
    required("kind", "title", "disclosed_on", "platform"),
    OneOf(DISCLOSED),
    area_taken_over,
    not_before_1949("disclosed_on"),
    not_in_future("disclosed_on"),
    valid_period,
    day_of_event,
    in_order("happened_on", "disclosed_on"),
    disclosed_in_time,
    valid_address("address"),
    address_given,
)
