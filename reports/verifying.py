"""Proof that what was sealed was not touched: contents, chain, columns, files, and what is referred to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from reports.content import digest, sealed_fractions, sealed_values
from reports.files import (
    DOCUMENT,
    GENERATOR,
    WORKBOOK,
    folder,
    hash_of,
    made_again,
    path_of,
    sha256_of,
)
from reports.models import Edition, Report, ReportState

_WORDS = {WORKBOOK: "工作簿", DOCUMENT: "文稿"}


def verify_editions() -> Iterator[str]:
    """What does not hold, in words; nothing when every edition, chain and file is genuine."""
    chains: dict[tuple[int, str], str] = {}
    numbers: dict[int, int] = {}
    known = set()
    sealed = set(Edition.objects.values_list("sha256", flat=True))
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


def verify(edition: Edition, sealed: set[str] | None = None) -> Iterator[str]:
    """One edition: its content, columns and files; `sealed`: the hashes of all that may be referred to."""
    if digest(edition.content) != edition.sha256:
        yield f"{edition}：封存内容与摘要不符"
        return
    content = json.loads(edition.content)
    yield from _against_row(edition, content)
    if sealed is not None:
        yield from _against_below(edition, content, sealed)
    yield from _against_members(edition, content)
    yield from _against_files(edition, content)


def _kinds(edition: Edition) -> list[str]:
    return [WORKBOOK, DOCUMENT] if edition.document_sha256 else [WORKBOOK]


def _against_states() -> Iterator[str]:
    """A report has editions if it was filed, and only then."""
    for report in Report.objects.exclude(state=ReportState.DUE).filter(editions__isnull=True):
        yield f"{report}：{report.get_state_display()}但没有封存版次"
    for report in Report.objects.filter(state=ReportState.DUE, editions__isnull=False).distinct():
        yield f"{report}：有封存版次但状态是待报"


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
    model = Report if column == "due_on" else Edition
    field: Any = model._meta.get_field(column)
    return str(field.verbose_name)


def _against_below(edition: Edition, content: dict[str, Any], sealed: set[str]) -> Iterator[str]:
    """The editions it was compiled from are there."""
    for child in content.get("filing", {}).get("children", []):
        if child["sha256"] and child["sha256"] not in sealed:
            yield f"{edition}：所依据的{child['name']}第{child['number']}版已不存在"


def _against_members(edition: Edition, content: dict[str, Any]) -> Iterator[str]:
    """The index from a record to its editions."""
    told = {(sheet["kind"], pk) for sheet in content["ledgers"] for pk in sheet["ids"]}
    if set(edition.members.values_list("kind", "object_id")) != told:
        yield f"{edition}：封存记录索引与封存内容不符"


def _against_files(edition: Edition, content: dict[str, Any]) -> Iterator[str]:
    # Only this very program makes the same bytes: a later layout makes others.
    again = made_again(edition) if content.get("generator") == GENERATOR else {}
    for kind in _kinds(edition):
        path, word = path_of(edition, kind), _WORDS[kind]
        if not path.exists():
            yield f"{edition}：缺少{word}文件 {path.name}"
        elif sha256_of(path.read_bytes()) != hash_of(edition, kind):
            yield f"{edition}：{word}文件 {path.name} 被改动"
        elif again and sha256_of(again[kind]) != hash_of(edition, kind):
            yield f"{edition}：由封存内容重新生成的{word}与原件不符"
