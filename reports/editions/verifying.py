"""Verifies sealed editions: content, chain of digests, columns, events, index and files."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Field, Q, QuerySet

from crypto.digests import DigestName
from crypto.digests import digest as sum_of
from reports.editions.files import (
    DOCUMENT,
    GENERATOR,
    WORKBOOK,
    folder,
    hash_of,
    made_again,
    path_of,
    sha256_of,
    sm3_of,
)
from reports.models import Edition, Report
from reports.schema.content import EditionContent
from reports.schema.formats import digest
from reports.transitions import FILINGS, STATE_AFTER, UNFILED

_WORDS = {WORKBOOK: "工作簿", DOCUMENT: "文稿"}


def verify_editions() -> Iterator[str]:
    """Yield a Chinese sentence for each fault of any edition, chain or file; none if all are genuine."""
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


#: Digest of an edition → its area, plan, due day and number.
References = dict[str, tuple[str, str, str, int]]


def _references(editions: QuerySet[Edition]) -> References:
    rows = editions.values_list(
        "sha256", "report__area", "report__plan__code", "report__due_on", "number"
    )
    return {
        sha256: (area, plan, str(due_on), number) for sha256, area, plan, due_on, number in rows
    }


def verify(edition: Edition, sealed: References | None = None) -> Iterator[str]:
    """Yield the faults of one edition: content, columns, index, files, and editions below.

    `sealed` holds the editions that may be referred to (default: read those that are).
    """
    if digest(edition.content) != edition.sha256:
        yield f"{edition}：封存内容与摘要不符"
        return
    if edition.sm3 and sum_of(edition.content.encode(), DigestName.SM3) != edition.sm3:
        yield f"{edition}：封存内容与国密摘要不符"
    try:
        content = edition.as_content()
        yield from _against_row(edition, content)
        if sealed is None:
            named = [child.sha256 for child in content.filing.children]
            sealed = _references(Edition.objects.filter(sha256__in=named))
        yield from _against_below(edition, content, sealed)
        yield from _against_members(edition, content)
        yield from _against_files(edition, content)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        yield f"{edition}：封存内容无法读取"


def names_of_editions() -> Iterator[str]:
    """Yield the files of all sealed editions, below DATA_DIR."""
    editions = Edition.objects.select_related("report__plan", "report__area").defer("content")
    for edition in editions.order_by("pk").iterator(chunk_size=500):
        for kind in _kinds(edition):
            yield f"{folder().name}/{path_of(edition, kind).name}"


def _kinds(edition: Edition) -> list[str]:
    return [WORKBOOK, DOCUMENT] if edition.document_sha256 else [WORKBOOK]


def _against_states() -> Iterator[str]:
    """Yield the reports whose state does not agree with having editions or not."""
    for report in Report.objects.exclude(state__in=UNFILED).filter(editions__isnull=True):
        yield f"{report}：{report.get_state_display()}但没有封存版次"
    for report in Report.objects.filter(state__in=UNFILED, editions__isnull=False).distinct():
        yield f"{report}：有封存版次但状态是{report.get_state_display()}"
    filed = Report.objects.filter(
        Q(editions__isnull=False) | Q(events__action__in=FILINGS)
    ).distinct()
    for report in filed.select_related("area").defer("draft", "narrative"):
        yield from _against_events(report)


def _against_events(report: Report) -> Iterator[str]:
    """Yield a fault where a report's state, first day or editions disagree with its events."""
    events = list(report.events.order_by("pk"))
    filings = [each for each in events if each.action in FILINGS]
    editions = list(report.editions.defer("content").order_by("number"))
    if [(each.edition_id, each.by_id) for each in filings] != [
        (each.pk, each.sealed_by_id) for each in editions
    ]:
        yield f"{report}：上报经过与封存版次不符"
    steps = [STATE_AFTER[each.action] for each in events if each.action in STATE_AFTER]
    if filings and report.state != steps[-1]:
        yield f"{report}：状态“{report.get_state_display()}”与办理经过不符"
    if editions and not _began(report, editions[0]):
        yield f"{report}：首次上报日期与第1版不符"


def _began(report: Report, first: Edition) -> bool:
    try:
        filed_on = first.as_content().seal.filed_on
    except ValueError:  # reported as a fault of the edition itself
        return True
    return filed_on is None or report.first_filed_on == filed_on


def _against_row(edition: Edition, content: EditionContent) -> Iterator[str]:
    """Yield a fault if columns of the edition or its report differ from the content."""
    report, seal = edition.report, content.seal
    compared: dict[str, tuple[object, object]] = {
        "number": (edition.number, seal.number),
        "reason": (edition.reason, seal.reason),
        "previous_sha256": (edition.previous_sha256, seal.previous_sha256),
        "due_on": (report.due_on, content.due_on),
        "sealed_at": (edition.sealed_at.replace(microsecond=0), seal.sealed_at),
        "sealed_by_id": (edition.sealed_by_id, seal.sealed_by_id),
        "as_of": (edition.as_of, content.as_of),
        "file_by": (report.file_by, content.file_by or report.file_by),
        "figures": (edition.figures, content.values),
        "fractions": (edition.fractions, content.fractions),
        "is_zero": (edition.is_zero, seal.is_zero),
        "report": (
            (report.area_id, report.plan.code),
            (content.area.code, content.plan.code),
        ),
    }
    wrong = [name for name, (stored, sealed) in compared.items() if stored != sealed]
    if wrong:
        yield f"{edition}：登记信息与封存内容不符（{'、'.join(map(_named, wrong))}）"


def _named(column: str) -> str:
    """Return the Chinese name of a column."""
    model = Report if column in ("due_on", "file_by") else Edition
    field = model._meta.get_field(column)
    return str(field.verbose_name if isinstance(field, Field) else column)


def _against_below(edition: Edition, content: EditionContent, sealed: References) -> Iterator[str]:
    """Yield the editions below that it was compiled from and that are gone."""
    for child in content.filing.children:
        named = child.code, content.plan.code, str(content.due_on), child.number
        if child.sha256 and sealed.get(child.sha256) != named:
            yield f"{edition}：所依据的{child.name}第{child.number}版已不存在"


def _against_members(edition: Edition, content: EditionContent) -> Iterator[str]:
    """Yield a fault if the index from records to editions differs from the content."""
    told = {(sheet.kind, pk) for sheet in content.ledgers for pk in sheet.ids}
    if set(edition.members.values_list("kind", "object_id")) != told:
        yield f"{edition}：封存记录索引与封存内容不符"


def _against_files(edition: Edition, content: EditionContent) -> Iterator[str]:
    # Only the layouts and libraries that made the files make the same bytes again.
    if content.format > 1 and not edition.document_sha256:
        yield f"{edition}：缺少文稿摘要"
    again = made_again(edition) if content.seal.generator == GENERATOR else {}
    for kind in _kinds(edition):
        path, word = path_of(edition, kind), _WORDS[kind]
        if not path.exists():
            yield f"{edition}：缺少{word}文件 {path.name}"
        elif sha256_of(path.read_bytes()) != hash_of(edition, kind):
            yield f"{edition}：{word}文件 {path.name} 被改动"
        elif (sm3 := sm3_of(edition, kind)) and sm3 != sum_of(path.read_bytes(), DigestName.SM3):
            yield f"{edition}：{word}文件 {path.name} 与国密摘要不符"
        elif again and sha256_of(again[kind]) != hash_of(edition, kind):
            yield f"{edition}：由封存内容重新生成的{word}与原件不符"
