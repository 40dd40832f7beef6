"""Files a report: checks that it may be filed, then seals an edition with its whole content."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.webhooks.announcing import announce
from areas.codes import COUNTY_LEVEL, TOWNSHIP_LEVEL, cut_to
from areas.models import Area
from audit.chain.covers import cover_rows
from crypto.digests import DigestName
from crypto.digests import digest as sum_of
from indicators.models import Plan
from indicators.rules.answers.values import quantity_unit
from indicators.store.series import lock_areas
from reports.editions import files
from reports.editions.content import content_of
from reports.editions.corrections import corrections
from reports.editions.zero_report import zero_faults
from reports.models import (
    EDITION_SEALED,
    REPORT_FILED,
    Edition,
    EditionMember,
    Report,
    ReportAction,
)
from reports.recipients import recipients_of
from reports.schema.content import (
    EditionContent,
    FigureDifference,
    ReportContent,
    Seal,
    SealedSignature,
)
from reports.schema.formats import digest, written
from reports.schema.shown import ShownContent
from reports.signatures import fault_of, may_file, signings_of, signs_for
from reports.transitions import record
from reviews.models import text_fault

if TYPE_CHECKING:
    from accounts.models import User

_MEMBERS_AT_ONCE = 20_000


class SealError(Exception):
    """The report may not be sealed; the message tells the user why."""


@transaction.atomic
def seal(
    report: Report,
    *,
    by: User,
    reason: str = "",
    missing_reason: str = "",
    is_zero: bool = False,
    on: datetime.date | None = None,
    after: int | None = None,
    shown: ShownContent | None = None,
    is_checked: bool = False,
) -> Edition:
    """File the report: store its next edition, which never changes again.

    `reason` is required for a correction; `missing_reason` if a report from below is missing or
    differs from the records. `is_zero` marks a 零报告, which is refused if anything is new. `on` is
    the day of filing (default: today). `after` is the number of the last edition that the user has
    seen, `shown` the content that the user has seen (default: any). `is_checked` confirms that sections written by hand were read again after
    their figures had changed. SealError if any of these conditions is not met.
    """
    if not may_file(by, report):
        who = "填报员或审核员" if report.area.level >= TOWNSHIP_LEVEL else "审核员"
        raise SealError(f"只有本地区的{who}可以封存报告")
    reason, missing_reason = _said(reason, "更正理由"), _said(missing_reason, "说明")
    day = on or timezone.localdate()
    report = _locked(report)
    if not report.recipients:
        report.recipients = [office.as_json() for office in recipients_of(report)]
    last = _last_edition(report, after, reason)
    content = _compiled(report, day, is_checked=is_checked)
    if shown is not None and shown != ShownContent.of(content):
        raise SealError("打开本页之后报告内容有变化，没有封存；请核对现在的内容后再确认")
    _check(content, report, missing_reason, is_zero)
    if fault := fault_of(report, by, ShownContent.of(content).digest):
        raise SealError(f"{fault}，没有封存")
    stamp = Seal(
        number=last.number + 1 if last else 1,
        sealed_by=str(by),
        sealed_by_id=by.pk,
        sealed_by_role=by.get_role_display(),
        sealed_at=timezone.localtime().replace(microsecond=0),
        filed_on=day,
        previous_sha256=_previous_sha256(report),
        reason=reason,
        missing_reason=missing_reason if _owes_explanation(content) else "",
        is_zero=is_zero,
        generator=files.GENERATOR,
        signatures=_signatures(report, by),
    )
    corrected = corrections(last.as_content(), content, _units(report)) if last else None
    sealed = content.sealed(stamp, corrected)
    edition, made = _stored(sealed, report, by)
    _index_members(edition, sealed)
    cover_rows(Edition.objects.filter(pk=edition.pk))
    cover_rows(EditionMember.objects.filter(edition=edition))
    action = ReportAction.CORRECT if last else ReportAction.FILE
    note = reason or missing_reason
    report.save(update_fields=["recipients"])
    record(report, action, by=by, note=note, edition=edition, filed_on=day)
    is_filed = action == ReportAction.FILE and not report.is_compilation
    _announce(edition, report, is_filed=is_filed)
    files.write(edition, made)
    return edition


def _signatures(report: Report, by: User) -> list[SealedSignature]:
    """Return who signs for whom under a joint report: the sealer, and those who signed before."""
    if not report.plan.report_joint:
        return []
    own, now = signs_for(by, report), timezone.localtime().replace(microsecond=0)
    found = []
    for each in signings_of(report):
        if each.office in own:
            found.append(SealedSignature(each.office.name, str(by), now))
        elif each.signature is not None:
            at = timezone.localtime(each.signature.at).replace(microsecond=0)
            found.append(SealedSignature(each.office.name, str(each.signature.by), at))
    return found


def _units(report: Report) -> dict[str, str]:
    """Return the unit in which records count for each indicator of the report's plan."""
    return {each.code: quantity_unit(each) for each in report.plan.indicators.all()}


def _said(text: str, name: str) -> str:
    text = text.strip()
    if fault := text_fault(text, name):
        raise SealError(fault)
    return text


def _locked(report: Report) -> Report:
    """Lock the plan, the counties and the reports, so that nothing is approved or sealed meanwhile."""
    code = report.area_id
    list(Plan.objects.select_for_update().filter(pk=report.plan_id))
    counties = Area.objects.within(code).filter(level=COUNTY_LEVEL)
    lock_areas(
        (counties | Area.objects.filter(code=cut_to(code, COUNTY_LEVEL))).values_list(
            "code", flat=True
        )
    )
    rows = Report.objects.select_for_update(of=("self",)).select_related("plan", "area")
    period = rows.filter(plan=report.plan_id, due_on=report.due_on).within(code)
    list(period.defer("draft", "narrative").order_by("pk"))
    return rows.get(pk=report.pk)


def _last_edition(report: Report, after: int | None, reason: str) -> Edition | None:
    """Return the edition to be corrected; SealError if it is not the one seen, or without a reason."""
    last = report.editions.order_by("-number").first()
    if after is not None and after != (last.number if last else 0):
        raise SealError("报告刚有新版封存，没有重复封存；请核对后再办")
    if last is not None and not reason:
        raise SealError("报告已封存；如需更正，请写明更正理由")
    return last


def _compiled(report: Report, day: datetime.date, *, is_checked: bool) -> ReportContent:
    """Return what is to be sealed; SealError if edited sections must be read again."""
    compiled = content_of(report, report.as_of(day))
    if compiled.moved_sections and not is_checked:
        moved = "、".join(compiled.moved_sections)
        raise SealError(f"文稿“{moved}”写成后数据有变动，请核对文稿并勾选确认")
    return compiled.content


def _check(content: ReportContent, report: Report, missing_reason: str, is_zero: bool) -> None:
    """SealError if an explanation is missing, or if a 零报告 has something new."""
    if content.filing.missing and not missing_reason:
        missing = content.filing.missing
        names = "、".join(each.name for each in missing)
        raise SealError(f"还有{len(missing)}个下级地区未报（{names}）；如不等待，请写明缺报说明")
    unlike = _unlike(content)
    if unlike and not missing_reason:
        names = "、".join(dict.fromkeys(each.name for each in unlike))
        raise SealError(
            f"下级报告与审核台账有{len(unlike)}处不一致（{names}）；可请其更正重报，如仍按下级报告汇总，请写明说明"
        )
    if is_zero and (faults := zero_faults(report, content)):
        raise SealError(f"不能作零报告：{'；'.join(faults)}")


def _unlike(content: ReportContent) -> Sequence[FigureDifference]:
    """Return the figures below that differ from the records, if the report is consolidated."""
    summed = content.consolidation
    return summed.differences if summed.is_from_editions else ()


def _owes_explanation(content: ReportContent) -> bool:
    return bool(content.filing.missing or _unlike(content))


def _previous_sha256(report: Report) -> str:
    """Return the digest of the last edition of the same plan and area; empty for the first."""
    before = Edition.objects.filter(report__plan=report.plan, report__area=report.area)
    return before.order_by("-pk").values_list("sha256", flat=True).first() or ""


def _stored(content: EditionContent, report: Report, by: User) -> tuple[Edition, dict[str, bytes]]:
    text, seal = written(content), content.seal
    sha256 = digest(text)
    made = files.made(content, sha256)
    edition = Edition.objects.create(
        report=report,
        number=seal.number,
        content=text,
        sha256=sha256,
        previous_sha256=seal.previous_sha256,
        figures=content.values,
        fractions=content.fractions,
        as_of=content.as_of,
        reason=seal.reason,
        is_zero=seal.is_zero,
        sealed_by=by,
        sealed_at=seal.sealed_at,
        workbook_sha256=files.sha256_of(made[files.WORKBOOK]),
        document_sha256=files.sha256_of(made[files.DOCUMENT]),
        **_sm3_digests(text, made),
    )
    return edition, made


def _sm3_digests(text: str, made: dict[str, bytes]) -> dict[str, str]:
    """Return the columns with SM3 digests; none without 国密."""
    if not settings.GUOMI:
        return {}
    return {
        "sm3": sum_of(text.encode(), DigestName.SM3),
        "workbook_sm3": sum_of(made[files.WORKBOOK], DigestName.SM3),
        "document_sm3": sum_of(made[files.DOCUMENT], DigestName.SM3),
    }


def _index_members(edition: Edition, content: EditionContent) -> None:
    EditionMember.objects.bulk_create(
        (
            EditionMember(edition=edition, kind=sheet.kind, object_id=pk)
            for sheet in content.ledgers
            for pk in sheet.ids
        ),
        batch_size=_MEMBERS_AT_ONCE,
    )


def _announce(edition: Edition, report: Report, *, is_filed: bool) -> None:
    events = [REPORT_FILED, EDITION_SEALED] if is_filed else [EDITION_SEALED]
    named = {
        "report": report.pk,
        "edition": edition.pk,
        "number": edition.number,
        "sha256": edition.sha256,
        "plan": report.plan.code,
        "area": report.area_id,
        "due_on": report.due_on.isoformat(),
    }
    announce(events, report.area_id, named)
