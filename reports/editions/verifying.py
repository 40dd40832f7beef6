"""Proof that what was sealed was not touched: contents, chain, columns, files, and what is referred to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from reports.editions.content import digest, sealed_fractions, sealed_values
from reports.editions.files import (
    DOCUMENT,
    GENERATOR,
    WORKBOOK,
    folder,
    hash_of,
    made_again,
    path_of,
    sha256_of,
)
from reports.models import Edition, Report, ReportAction, ReportState

_WORDS = {WORKBOOK: "工作簿", DOCUMENT: "文稿"}


def verify_editions() -> Iterator[str]:
    """What does not hold, in words; nothing when every edition, chain and file is genuine."""
    chains: dict[tuple[int, str], str] = {}
    numbers: dict[int, int] = {}
    known = set()
    sealed = _references(Edition.objects.all())
    editions = Edition.objects.select_related("report__plan", "report__area").order_by("pk")
    for edition in editions.iterator(chunk_size=20):
        report = edition.report
        known |= {path_of(edition, kind).name for kind in _kinds(edition)}
        chain = report.plan_id, report.area_id
        if edition.previous_sha256 != chains.get(chain, ""):
            yield f"{edition}：与上一版的摘要不衔接"
        if edition.number != numbers.get(report.pk, 0) + 1:
            yield f"{edition}：版次不连续"
        numbers[report.pk] = edition.number
        chains[chain] = edition.sha256
        yield from verify(edition, sealed)
    yield from _against_states()
    for path in sorted(folder().glob("*.*")):
        if path.suffix.lstrip(".") in _WORDS and path.name not in known:
            yield f"{_WORDS[path.suffix.lstrip('.')]}文件 {path.name} 没有对应的封存版次"


#: Hash of an edition → its area, plan, due day and number.
References = dict[str, tuple[str, str, str, int]]


def _references(editions: QuerySet[Edition]) -> References:
    rows = editions.values_list(
        "sha256", "report__area", "report__plan__code", "report__due_on", "number"
    )
    return {
        sha256: (area, plan, str(due_on), number) for sha256, area, plan, due_on, number in rows
    }


def verify(edition: Edition, sealed: References | None = None) -> Iterator[str]:
    """One edition: its content, columns, events and files; `sealed`: what may be referred to (default:
    what it does refer to, where that is there)."""
    if digest(edition.content) != edition.sha256:
        yield f"{edition}：封存内容与摘要不符"
        return
    try:
        content = json.loads(edition.content)
        yield from _against_row(edition, content)
        children = content.get("filing", {}).get("children", [])
        if sealed is None:
            named = [child["sha256"] for child in children]
            sealed = _references(Edition.objects.filter(sha256__in=named))
        yield from _against_below(edition, content, sealed)
        yield from _against_members(edition, content)
        yield from _against_files(edition, content)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        yield f"{edition}：封存内容无法读取"


_FILINGS = (ReportAction.FILE, ReportAction.CORRECT)
_STATES: dict[str, ReportState] = {
    ReportAction.FILE: ReportState.FILED,
    ReportAction.CORRECT: ReportState.FILED,
    ReportAction.RETURN: ReportState.RETURNED,
    ReportAction.RECEIVE: ReportState.RECEIVED,
}
_UNFILED = (ReportState.DUE, ReportState.DROPPED)


def _kinds(edition: Edition) -> list[str]:
    return [WORKBOOK, DOCUMENT] if edition.document_sha256 else [WORKBOOK]


def _against_states() -> Iterator[str]:
    """A report has editions if it was filed, and only then."""
    for report in Report.objects.exclude(state__in=_UNFILED).filter(editions__isnull=True):
        yield f"{report}：{report.get_state_display()}但没有封存版次"
    for report in Report.objects.filter(state__in=_UNFILED, editions__isnull=False).distinct():
        yield f"{report}：有封存版次但状态是{report.get_state_display()}"
    filed = Report.objects.filter(
        Q(editions__isnull=False) | Q(events__action__in=_FILINGS)
    ).distinct()
    for report in filed.select_related("area").defer("draft", "narrative"):
        yield from _against_events(report)


def _against_events(report: Report) -> Iterator[str]:
    """What happened to a report bears out its state, its first day and its editions."""
    events = list(report.events.order_by("pk"))
    filings = [each for each in events if each.action in _FILINGS]
    editions = list(report.editions.defer("content").order_by("number"))
    if [(each.edition_id, each.by_id) for each in filings] != [
        (each.pk, each.sealed_by_id) for each in editions
    ]:
        yield f"{report}：上报经过与封存版次不符"
    steps = [_STATES[each.action] for each in events if each.action in _STATES]
    if filings and report.state != steps[-1]:
        yield f"{report}：状态“{report.get_state_display()}”与办理经过不符"
    if editions and not _began(report, editions[0]):
        yield f"{report}：首次上报日期与第1版不符"


def _began(report: Report, first: Edition) -> bool:
    try:
        filed_on = first.as_content().get("filed_on")
    except (ValueError, AttributeError):  # said of the edition itself
        return True
    return filed_on is None or str(report.first_filed_on) == filed_on


def _against_row(edition: Edition, content: dict[str, Any]) -> Iterator[str]:
    """The columns beside the content say what the content says."""
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
    if "file_by" in content:
        stored["file_by"] = report.file_by.isoformat()
    wrong = [name for name, value in stored.items() if content[name] != value]
    if edition.figures != sealed_values(content):
        wrong.append("figures")
    if edition.fractions != sealed_fractions(content):
        wrong.append("fractions")
    if edition.is_zero != content.get("is_zero", False):
        wrong.append("is_zero")
    if content["area"]["code"] != report.area_id or content["plan"]["code"] != report.plan.code:
        wrong.append("report")
    if wrong:
        yield f"{edition}：登记信息与封存内容不符（{'、'.join(map(_named, wrong))}）"


def _named(column: str) -> str:
    """A column as people know it."""
    model = Report if column in ("due_on", "file_by") else Edition
    field: Any = model._meta.get_field(column)
    return str(field.verbose_name)


def _against_below(edition: Edition, content: dict[str, Any], sealed: References) -> Iterator[str]:
    """The editions it was compiled from are there."""
    for child in content.get("filing", {}).get("children", []):
        named = child["code"], content["plan"]["code"], content["due_on"], child["number"]
        if child["sha256"] and sealed.get(child["sha256"]) != named:
            yield f"{edition}：所依据的{child['name']}第{child['number']}版已不存在"


def _against_members(edition: Edition, content: dict[str, Any]) -> Iterator[str]:
    """The index from a record to its editions."""
    told = {(sheet["kind"], pk) for sheet in content["ledgers"] for pk in sheet["ids"]}
    if set(edition.members.values_list("kind", "object_id")) != told:
        yield f"{edition}：封存记录索引与封存内容不符"


def _against_files(edition: Edition, content: dict[str, Any]) -> Iterator[str]:
    # Only this very program makes the same bytes: a later layout makes others.
    if content.get("format", 1) > 1 and not edition.document_sha256:
        yield f"{edition}：缺少文稿摘要"
    again = made_again(edition) if content.get("generator") == GENERATOR else {}
    for kind in _kinds(edition):
        path, word = path_of(edition, kind), _WORDS[kind]
        if not path.exists():
            yield f"{edition}：缺少{word}文件 {path.name}"
        elif sha256_of(path.read_bytes()) != hash_of(edition, kind):
            yield f"{edition}：{word}文件 {path.name} 被改动"
        elif again and sha256_of(again[kind]) != hash_of(edition, kind):
            yield f"{edition}：由封存内容重新生成的{word}与原件不符"
