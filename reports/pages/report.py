"""The pages of a report: overview, editing, preview, sealing, receiving, returning, urging."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.requests import user_of
from accounts.shell import page
from areas.codes import TOWNSHIP_LEVEL
from dates.days_off import day_off
from reports import workflow
from reports.editions.child_reports import ChildReport, missing_of, reports_below
from reports.editions.consolidation import is_consolidated
from reports.editions.content import content_of
from reports.editions.narrative import sections
from reports.editions.sealing import SealError, seal
from reports.filers import level_below
from reports.filing.preparing import prepare
from reports.filing.reminding import reminder_text
from reports.models import Edition, Reminder, Report, ReportAction, ReportEvent, ReportState
from reports.pages.figure_rows import figure_rows
from reports.paper.document import document_of
from reports.paper.pdf import can_make_pdf
from reports.recipients import Reception, ReceptionState, offices_of, receptions_of
from reports.schema.content import (
    Draft,
    EditionContent,
    ReportContent,
)
from reports.schema.shown import ShownContent
from reports.shell import find_report, for_readers
from reports.signatures import may_file, signings_of, signs_for
from reports.transitions import is_allowed
from reports.workflow import HandlingError, may_edit, may_judge, may_urge

_DIFFERENCES = 50


@for_readers
@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a report: state, figures, text, editions and timeline."""
    found, user = find_report(request, pk), user_of(request)
    editions = list(found.editions.select_related("sealed_by").defer("content").order_by("-number"))
    last = found.editions.order_by("-number").first() if found.is_done else None
    content = last.as_content() if last else None
    draft = found.as_draft() if last is None else None
    shown = content or draft
    below = reports_below(found)
    context = {
        "title": str(found),
        "report": found,
        "as_of": shown.as_of if shown else None,
        "standing": found.standing,
        "day_off": day_off(found.file_by),
        "shown": shown,
        "rows": figure_rows(shown) if shown else [],
        "is_sealed": content is not None,
        "sections": content.narrative if content else sections(_words(draft), found.narrative),
        "below": below,
        "changed_below": _changed_below(content, below) if content else [],
        "below_label": found.plan.label_of(level_below(found.plan, found.area.level) or 5),
        "differences": content.consolidation.differences[:_DIFFERENCES] if content else [],
        "editions": editions,
        "has_pdf": can_make_pdf(),
        "timeline": _timeline(found),
        "may_edit": may_edit(user, found),
        "may_file": may_file(user, found),
        "may_urge": may_urge(user, found) and not found.is_compilation,
        "recipients": _recipients(found, user),
        "signings": signings_of(found) if found.plan.report_joint else [],
        "may_sign": found.plan.report_joint and bool(signs_for(user, found)),
        "signatories": content.signatories if content else _signatories(found),
    }
    return page(request, "reports/report.html", context)


@dataclass(frozen=True)
class RecipientRow:
    """A recipient on the page: its state, and whether the user may receive or return for it."""

    reception: Reception
    may_receive: bool
    may_return: bool


def _recipients(found: Report, user: User) -> list[RecipientRow]:
    rows = receptions_of(found)
    own = offices_of(user, found, [each.office for each in rows])
    return [
        RecipientRow(
            each,
            may_receive=each.office in own
            and is_allowed(found, ReportAction.RECEIVE)
            and each.state != ReceptionState.RECEIVED,
            may_return=each.office in own and is_allowed(found, ReportAction.RETURN),
        )
        for each in rows
    ]


def _signatories(found: Report) -> list[str]:
    return [office.name for office in found.plan.signatories_of(found.area)]


def _words(draft: Draft | None) -> Mapping[str, str]:
    """Return the drafted sections; none where nothing has been prepared."""
    return draft.narrative if draft else {}


def _changed_below(content: EditionContent, below: Sequence[ChildReport]) -> list[str]:
    """Return the areas that have filed another edition than this edition was compiled from."""
    was = {each.code: each.number for each in content.filing.children}
    return [
        each.area.short_name
        for each in below
        if was and was.get(each.area.code) != (each.edition.number if each.edition else None)
    ]


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened to a report; `is_day` if its time of day is not known."""

    at: datetime.datetime
    title: str
    note: str
    by: User | None = None
    edition: Edition | None = None
    is_day: bool = False


def _timeline(found: Report) -> list[TimelineEntry]:
    """Return events and reminders, the latest first."""
    item = found.due_item
    events = found.events.select_related("by", "edition__report__area")
    entries = [
        TimelineEntry(
            at=timezone.localtime(event.at),
            title=_event_title(event, found),
            note=event.note,
            by=event.by,
            edition=event.edition,
        )
        for event in events.defer("edition__content")
    ]
    entries += [
        TimelineEntry(_morning(reminder.on), "提醒", reminder_text(reminder, item), is_day=True)
        for reminder in Reminder.objects.about(item).filter(by=None)
    ]
    entries += [
        TimelineEntry(timezone.localtime(each.at), f"会签（{each.signatory}）", "", by=each.by)
        for each in found.signatures.select_related("by")
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _event_title(event: ReportEvent, found: Report) -> str:
    """Name an event: `接收（云南省民政厅慈善事业促进处）`, `封存汇总`."""
    if found.is_compilation and event.action == ReportAction.FILE:
        return "封存汇总"
    of = f"（{event.recipient}）" if event.recipient else ""
    return f"{event.get_action_display()}{of}"


def _morning(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


@for_readers
@require_POST
def report_prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft figures and sections anew; for a filed report, as the base of a correction."""
    found, user = find_report(request, pk), user_of(request)
    if not may_edit(user, found):
        raise PermissionDenied
    prepare(found.pk, timezone.localdate(), is_correction=found.is_done)
    messages.success(request, "草稿已按最新数据更新")
    return redirect("report-edit" if found.is_done else "report", pk)


@for_readers
@require_GET
def report_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the report as it will print: the last edition, else what would be sealed today."""
    found = find_report(request, pk)
    last = found.editions.order_by("-number").first() if found.is_done else None
    content: ReportContent
    if last is not None:
        content, sha256 = last.as_content(), last.sha256
    else:
        content, sha256 = content_of(found, found.as_of(timezone.localdate())).content, ""
    context = {
        "title": f"{found}：预览",
        "blocks": document_of(content, sha256),
        "is_sealed": last is not None,
        "back": reverse("report", args=[pk]),
    }
    return page(request, "reports/preview.html", context)


# --- filing ---------------------------------------------------------------------------------


@for_readers
def report_seal(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for confirmation (GET), then seal an edition (POST)."""
    found, user = find_report(request, pk), user_of(request)
    if not may_file(user, found):
        raise PermissionDenied
    error, before = "", ShownContent()
    if request.method == "POST":
        before = ShownContent.read(request.POST.get("shown", ""))
        try:
            edition = seal(
                found,
                by=user,
                reason=request.POST.get("reason", ""),
                missing_reason=request.POST.get("missing_reason", ""),
                is_zero=request.POST.get("is_zero") == "1",
                is_checked=request.POST.get("is_checked") == "1",
                after=_number(request, "after"),
                shown=before,
            )
        except SealError as refused:
            error = str(refused)
        else:
            messages.success(request, f"已封存{edition}")
            return redirect("report", pk)
    returned = found.events.filter(action="return").order_by("-at").first()
    is_returned = found.state == ReportState.RETURNED
    below = reports_below(found)
    content = content_of(found, found.as_of(timezone.localdate())).content
    now = ShownContent.of(content)
    context = {
        "title": f"封存{found}",
        "report": found,
        "error": error,
        "is_correction": found.editions.exists(),
        "after": found.editions.count(),
        "shown": content,
        "rows": figure_rows(content),
        "seen": now.text,
        "signings": [(each, each.holds(now.digest)) for each in signings_of(found)]
        if found.plan.report_joint
        else [],
        "own": signs_for(user, found),
        "changes": before.changes_to(now),
        "differences": content.consolidation.differences
        if is_consolidated(found.area, below)
        else [],
        "returned": returned if is_returned else None,
        "missing": missing_of(below),
        "below": below,
        "is_leaf": not below and level_below(found.plan, found.area.level) is None,
        "is_street": found.area.level >= TOWNSHIP_LEVEL,
        "sent": request.POST,
    }
    return page(request, "reports/seal.html", context, status=400 if error else 200)


def _number(request: HttpRequest, name: str) -> int | None:
    """Return the number of the edition that the page showed; None if it is no number."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _edition_read(request: HttpRequest) -> int:
    """Return the number of the edition that the page showed; HandlingError if it does not say."""
    number = _number(request, "edition")
    if number is None:
        raise HandlingError("没有说明看过的是第几版，没有办理；请打开报告看过后再办")
    return number


def _judging(
    request: HttpRequest,
    pk: int,
    act: Callable[[Report], None],
    done: str,
    may: Callable[[User, Report], bool] = may_judge,
) -> HttpResponse:
    """Perform an action of the recipients or of the level above, and redirect to the report."""
    found = find_report(request, pk)
    if not may(user_of(request), found):
        raise PermissionDenied
    try:
        act(found)
    except HandlingError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("report", pk)


@for_readers
@require_POST
def report_receive(request: HttpRequest, pk: int) -> HttpResponse:
    """Receive the filed report (接收)."""
    by = user_of(request)
    return _judging(
        request,
        pk,
        lambda found: workflow.receive(
            found,
            by=by,
            edition=_edition_read(request),
            recipient=request.POST.get("recipient", ""),
        ),
        "已接收",
    )


@for_readers
@require_POST
def report_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the report with a reason."""
    by, reason = user_of(request), request.POST.get("reason", "")
    return _judging(
        request,
        pk,
        lambda found: workflow.send_back(
            found,
            by=by,
            reason=reason,
            edition=_edition_read(request),
            recipient=request.POST.get("recipient", ""),
        ),
        "已退回",
    )


@for_readers
@require_POST
def report_urge(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind the area that owes the report."""
    by, note = user_of(request), request.POST.get("note", "")
    return _judging(
        request, pk, lambda found: workflow.urge(found, by=by, note=note), "已催报", may_urge
    )
