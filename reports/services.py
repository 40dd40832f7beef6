"""Preparing what is due, sealing what is filed, and proving that it was not touched."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from areas.codes import COUNTY_LEVEL, cut_to
from areas.models import Area
from indicators.models import Plan
from indicators.series import ensure_layout, lock_areas
from reports.content import canonical, content_of, digest, figures_of, sealed_values
from reports.models import Edition, EditionMember, Report, ReportState
from reports.paper.workbook import GENERATOR, build_workbook
from reviews.models import REASON_LENGTH

if TYPE_CHECKING:
    from accounts.models import User


class SealError(Exception):
    """A report that may not be sealed; the message is for the user."""


def due_days(plan: Plan, on: datetime.date) -> list[datetime.date]:
    """Due days whose preparation has begun by `on`, since the plan's first one."""
    first = plan.report_first_due or plan.starts_on
    ahead = on + datetime.timedelta(days=plan.report_prepare_days)
    last = min(ahead, plan.ends_on + datetime.timedelta(days=plan.report_prepare_days))
    return sorted(_due_between(plan, first, last))


def _due_between(plan: Plan, first: datetime.date, last: datetime.date) -> list[datetime.date]:
    days = [
        datetime.date.fromisoformat(f"{year}-{day}")
        for year in range(first.year, last.year + 1)
        for day in plan.report_due
    ]
    return [day for day in days if first <= day <= last]


def next_due(plan: Plan, on: datetime.date) -> datetime.date | None:
    """The first due day from `on` on; None after the plan's last one."""
    first = max(plan.report_first_due or plan.starts_on, on)
    return min(_due_between(plan, first, plan.ends_on), default=None)


def last_due(plan: Plan, before: datetime.date) -> datetime.date | None:
    """The last due day before a day; None before the plan's first one."""
    first = plan.report_first_due or plan.starts_on
    last = min(before - datetime.timedelta(days=1), plan.ends_on)
    return max(_due_between(plan, first, last), default=None)


def prepare_reports(on: datetime.date | None = None) -> list[Report]:
    """Have every due report ready with its draft figures; twice is harmless.

    What is due is found from the plans and the database, so a lost message or days of being down
    lose nothing. Returns the reports that were not there before.
    """
    day = on or timezone.localdate()
    ensure_layout()
    created = []
    for plan in Plan.objects.all():
        area = Area.objects.filter(code=plan.area_code).first()
        for due_on in due_days(plan, day) if area else []:
            report, is_new = _prepare(plan, area, due_on, day)  # type: ignore[arg-type]
            if is_new:
                created.append(report)
    return created


@transaction.atomic
def _prepare(
    plan: Plan, area: Area, due_on: datetime.date, day: datetime.date
) -> tuple[Report, bool]:
    report, is_new = Report.objects.get_or_create(
        plan=plan, area=area, due_on=due_on, defaults={"prepared_at": timezone.now()}
    )
    if report.state == ReportState.DUE:
        report.draft = figures_of(report, report.as_of(day))
        report.prepared_at = timezone.now()
        report.save(update_fields=["draft", "prepared_at"])
    return report, is_new


@transaction.atomic
def seal(report: Report, *, by: User, reason: str = "", on: datetime.date | None = None) -> Edition:
    """File the report: an edition is written once. A correction of a filed report owes a reason."""
    if not (by.is_reviewer and by.covers(report.area_id)):
        raise SealError("只有本地区的审核员可以封存报告")
    if len(reason.strip()) > REASON_LENGTH:
        raise SealError(f"更正理由过长（{len(reason.strip())}字），不应超过{REASON_LENGTH}字")
    # No approval below and no other edition meanwhile: what is sealed is of one moment.
    lock_areas({cut_to(report.area_id, COUNTY_LEVEL)})
    report = (
        Report.objects.select_for_update(of=("self",))
        .select_related("plan", "area")
        .get(pk=report.pk)
    )
    last = report.editions.order_by("-number").first()
    if last is not None and not reason.strip():
        raise SealError("报告已封存；如需更正，请写明更正理由")
    previous = (
        Edition.objects.filter(report__plan=report.plan, report__area=report.area)
        .order_by("-pk")
        .first()
    )
    sealed_at = timezone.localtime()
    number = last.number + 1 if last else 1
    content = {
        **content_of(report, report.as_of(on or timezone.localdate())),
        "number": number,
        "reason": reason.strip(),
        "previous_sha256": previous.sha256 if previous else "",
        "sealed_by": str(by),
        "sealed_by_id": by.pk,
        "generator": GENERATOR,
        "sealed_at": sealed_at.isoformat(timespec="seconds"),
    }
    text = canonical(content)
    sha256 = digest(text)
    workbook = build_workbook(content, sha256)
    edition = Edition.objects.create(
        report=report,
        number=number,
        content=text,
        sha256=sha256,
        previous_sha256=content["previous_sha256"],
        figures=sealed_values(content),
        as_of=datetime.date.fromisoformat(content["as_of"]),
        reason=content["reason"],
        sealed_by=by,
        sealed_at=sealed_at,
        workbook_sha256=_sha256(workbook),
    )
    EditionMember.objects.bulk_create(
        (
            EditionMember(edition=edition, kind=sheet["kind"], object_id=pk)
            for sheet in content["ledgers"]
            for pk in sheet["ids"]
        ),
        batch_size=2000,
    )
    report.state = ReportState.FILED
    report.save(update_fields=["state"])
    path = workbook_path(edition)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(workbook)
    partial.replace(path)
    return edition


def workbook_path(edition: Edition) -> Path:
    """Where an edition's workbook lies."""
    report = edition.report
    name = f"{report.area.code}-{report.plan.code}-{report.due_on}-{edition.number}.xlsx"
    return Path(settings.DATA_DIR) / "editions" / name


def download_name(edition: Edition) -> str:
    """The name a person gets it under."""
    report = edition.report
    return (
        f"{report.area}社区慈善工作进展情况（{report.due_on:%Y年%-m月}）第{edition.number}版.xlsx"
    )


def workbook_bytes(edition: Edition) -> bytes:
    """The workbook, made again from the edition alone."""
    content: dict[str, Any] = json.loads(edition.content)
    return build_workbook(content, edition.sha256)


def verify_editions() -> Iterator[str]:
    """What does not hold, in words; nothing when every edition, chain and file is genuine."""
    chains: dict[tuple[int, str], str] = {}
    numbers: dict[int, int] = {}
    editions = Edition.objects.select_related("report__plan", "report__area").order_by("pk")
    for edition in editions:
        report = edition.report
        if digest(edition.content) != edition.sha256:
            yield f"{edition}：封存内容与摘要不符"
            continue
        yield from _against_row(edition)
        if edition.previous_sha256 != chains.get((report.plan_id, report.area_id), ""):
            yield f"{edition}：与上一版的摘要不衔接"
        if edition.number != numbers.get(report.pk, 0) + 1:
            yield f"{edition}：版次不连续"
        numbers[report.pk] = edition.number
        chains[report.plan_id, report.area_id] = edition.sha256
        yield from _against_file(edition)
    for report in Report.objects.filter(state=ReportState.FILED, editions__isnull=True):
        yield f"{report}：已报但没有封存版次"
    known = {workbook_path(edition).name for edition in editions}
    for path in sorted((Path(settings.DATA_DIR) / "editions").glob("*.xlsx")):
        if path.name not in known:
            yield f"工作簿文件 {path.name} 没有对应的封存版次"
    sealed = Report.objects.exclude(state=ReportState.FILED).filter(editions__isnull=False)
    for report in sealed.distinct():
        yield f"{report}：有封存版次但状态不是已报"


def _against_row(edition: Edition) -> Iterator[str]:
    """The columns beside the content say what the content says."""
    content = json.loads(edition.content)
    report = edition.report
    stored = {
        "number": edition.number,
        "reason": edition.reason,
        "previous_sha256": edition.previous_sha256,
        "due_on": report.due_on.isoformat(),
        "sealed_at": timezone.localtime(edition.sealed_at).isoformat(timespec="seconds"),
        "sealed_by_id": edition.sealed_by_id,
        "as_of": edition.as_of.isoformat(),
    }
    wrong = [name for name, value in stored.items() if content[name] != value]
    if edition.figures != sealed_values(content):
        wrong.append("figures")
    if content["area"]["code"] != report.area_id or content["plan"]["code"] != report.plan.code:
        wrong.append("report")
    if wrong:
        yield f"{edition}：登记信息与封存内容不符（{'、'.join(wrong)}）"


def _against_file(edition: Edition) -> Iterator[str]:
    path = workbook_path(edition)
    if not path.exists():
        yield f"{edition}：缺少工作簿文件 {path.name}"
    elif _sha256(path.read_bytes()) != edition.workbook_sha256:
        yield f"{edition}：工作簿文件 {path.name} 被改动"
    elif _made_here(edition) and _sha256(workbook_bytes(edition)) != edition.workbook_sha256:
        yield f"{edition}：由封存内容重新生成的工作簿与原件不符"


def _made_here(edition: Edition) -> bool:
    """Whether this very program made the workbook: a later layout makes other bytes."""
    return bool(json.loads(edition.content).get("generator") == GENERATOR)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
