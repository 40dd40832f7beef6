"""What people do with a report besides filing it: edit its text, receive, return and urge it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from indicators.models.offices import Office
from reports.editions.content import content_of
from reports.editions.narrative import MOST, SECTIONS, sections
from reports.models import Reminder, Report, ReportAction
from reports.recipients import ReceptionState, offices_of, receptions_of, recipients_of
from reports.schema.shown import ShownContent
from reports.signatures import signs_for
from reports.transitions import is_allowed, record
from reviews.models import text_fault

if TYPE_CHECKING:
    from accounts.models import User


class HandlingError(Exception):
    """The action is not allowed; the message tells the user why."""


# --- permissions ----------------------------------------------------------------------------


def may_edit(user: User, report: Report) -> bool:
    """Whether the user may edit the text.

    Clerks and reviewers of the report's own area may, until it is filed, and again for a
    correction.
    """
    return bool(
        user.area_id == report.area_id and user.sees_records and (user.is_clerk or user.is_reviewer)
    )


def may_judge(user: User, report: Report) -> bool:
    """Whether the user may receive and return the report for one of its recipients."""
    return bool(offices_of(user, report, recipients_of(report)))


def may_urge(user: User, report: Report) -> bool:
    """Whether the user may urge the report: reviewers of an area above."""
    return user.is_reviewer and user.covers(report.area_id) and user.area_id != report.area_id


# --- text -----------------------------------------------------------------------------------


@transaction.atomic
def edit(
    report: Report,
    texts: Mapping[str, str],
    *,
    by: User,
    was: Mapping[str, str] | None = None,
) -> None:
    """Store the sections whose text differs from their draft.

    An emptied section follows its draft again. `was` holds the texts that the user started from. A
    section that the user did not touch stays as it is; one that somebody else has changed
    meanwhile raises HandlingError.
    """
    if not may_edit(by, report):
        raise HandlingError("只有本地区的填报员和审核员可以修改文稿")
    for code, text in texts.items():
        if code not in SECTIONS:
            raise HandlingError(f"没有“{code}”这一部分")
        if len(text) > MOST:
            raise HandlingError(f"“{SECTIONS[code]}”过长（{len(text)}字），不应超过{MOST}字")
    report = _locked(report)
    prepared = report.as_draft()
    draft = prepared.narrative if prepared else {}
    kept = dict(report.narrative)
    stands = {each.code: each.text for each in sections(draft, kept)}
    for code, text in texts.items():
        text = tidy(text)
        before = None if was is None or code not in was else tidy(was[code])
        if before == text:
            continue
        if before is not None and before != tidy(stands[code]):
            raise HandlingError(
                f"“{SECTIONS[code]}”刚被他人修改或按新数据更新，没有保存；请核对后再改"
            )
        if not text or text == draft.get(code, ""):
            kept.pop(code, None)
        else:
            kept[code] = {"text": text, "draft": draft.get(code, "")}
    if kept == report.narrative:
        return
    changed = [SECTIONS[code] for code in texts if kept.get(code) != report.narrative.get(code)]
    report.narrative = kept
    report.save(update_fields=["narrative"])
    record(report, ReportAction.EDIT, by=by, note="、".join(changed))


def tidy(text: str) -> str:
    """Strip every line, drop blank lines and characters that no file can hold."""
    lines = (line.strip() for line in text.replace("\x00", "").splitlines())
    return "\n".join(line for line in lines if line)


# --- joint signatures -----------------------------------------------------------------------


@transaction.atomic
def sign(report: Report, *, by: User, shown: ShownContent, on: datetime.date | None = None) -> None:
    """Sign what is to be sealed for the signatories that the user signs for (会签).

    `shown` is the content that the user has seen; HandlingError where it has changed meanwhile.
    `on` is the day of signing (default: today).
    """
    report = _locked(report)
    own = signs_for(by, report)
    if not report.plan.report_joint or not own:
        raise HandlingError("只有方案写明的签署单位的账号可以会签")
    content = content_of(report, report.as_of(on or timezone.localdate())).content
    if shown != ShownContent.of(content):
        raise HandlingError("打开本页之后报告内容有变化，没有会签；请核对现在的内容后再签")
    for office in own:
        report.signatures.create(
            number=report.editions.count() + 1,
            signatory=office.name,
            by=by,
            at=timezone.now(),
            digest=shown.digest,
        )


# --- the level above ------------------------------------------------------------------------


@transaction.atomic
def receive(report: Report, *, by: User, edition: int | None = None, recipient: str = "") -> None:
    """Receive the filed report (接收) for the recipients that the user acts for.

    The report is 已接收 when all recipients have received it. `edition` is the number that was read
    (default: whichever is last), `recipient` the name of one recipient (default: all of the user's
    that wait).
    """
    report = _judged(report, ReportAction.RECEIVE, by, edition)
    own = _own_offices(report, by, recipient)
    last = report.editions.latest("number")
    waiting = [
        each.office.name for each in receptions_of(report) if each.state != ReceptionState.RECEIVED
    ]
    open_ones = [office.name for office in own if office.name in waiting]
    if not open_ones:
        raise HandlingError(f"{own[0].name}已接收过这一版")
    for number, name in enumerate(open_ones, start=1):
        is_settled = number == len(waiting)
        record(
            report,
            ReportAction.RECEIVE,
            by=by,
            edition=last,
            recipient=name,
            is_settled=is_settled,
        )


@transaction.atomic
def send_back(
    report: Report, *, by: User, reason: str, edition: int | None = None, recipient: str = ""
) -> None:
    """Return the filed report, so that its area files again, to all recipients.

    `edition` and `recipient` as in `receive`; without a name it is the first that the user acts for.
    """
    reason = _reason(reason, "退回理由")
    report = _judged(report, ReportAction.RETURN, by, edition)
    office = _own_offices(report, by, recipient)[0]
    last = report.editions.latest("number")
    record(report, ReportAction.RETURN, by=by, note=reason, edition=last, recipient=office.name)


def _own_offices(report: Report, by: User, recipient: str) -> list[Office]:
    """Return the recipients that the user acts for, or the one named; HandlingError without any."""
    offices = recipients_of(report)
    own = offices_of(by, report, offices)
    chosen = [office for office in own if recipient in ("", office.name)]
    if not chosen:
        names = "、".join(office.name for office in own)
        raise HandlingError(f"您只能以{names}的名义接收或退回，不能代“{recipient}”办理")
    return chosen


def _judged(report: Report, action: ReportAction, by: User, edition: int | None) -> Report:
    """Return the report, locked; HandlingError if the action is not allowed."""
    if not may_judge(by, report):
        raise HandlingError("只有上级地区的审核员（或方案写明的接收账号）可以接收或退回")
    report = _locked(report)
    if not is_allowed(report, action):
        raise HandlingError(f"报告现为“{report.standing.label}”，不能接收或退回")
    if edition is not None and edition != report.editions.latest("number").number:
        raise HandlingError("报告刚有新版报来，请看过新版后再办")
    return report


@transaction.atomic
def urge(report: Report, *, by: User, note: str = "", on: datetime.date | None = None) -> None:
    """Remind an area that owes its report; each user may do that once a day."""
    if not may_urge(by, report):
        raise HandlingError("只有上级地区的审核员可以催报")
    if report.is_compilation:
        raise HandlingError("本级汇总不向上报送，无须催报")
    if fault := text_fault(note.strip(), "催报说明"):
        raise HandlingError(fault)
    report = _locked(report)
    if not is_allowed(report, ReportAction.URGE):
        raise HandlingError(f"报告现为“{report.standing.label}”，无须催报")
    day = on or timezone.localdate()
    if not Reminder.urge(report.due_item, by, day, note.strip()):
        raise HandlingError("今天已催报过")
    record(report, ReportAction.URGE, by=by, note=note.strip())


# --- parts ----------------------------------------------------------------------------------


def _reason(text: str, name: str) -> str:
    text = text.strip()
    if not text:
        raise HandlingError(f"请写明{name}")
    if fault := text_fault(text, name):
        raise HandlingError(fault)
    return text


def _locked(report: Report) -> Report:
    rows = Report.objects.select_for_update(of=("self",)).select_related("plan", "area")
    return rows.get(pk=report.pk)
