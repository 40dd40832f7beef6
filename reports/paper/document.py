"""A report as blocks in reading order: the one structure that Word and the preview render.

Order and punctuation of a bureau's report (GB/T 9704-2012): title, 主送, text, 附件, 署名, date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from dates.text import day_text, month_text
from reports.paper.blocks import (
    Addressee,
    Attachments,
    Block,
    Heading,
    Note,
    Paragraph,
    Signature,
    Title,
)
from reports.paper.passages import comparison, corrections, duties, figures, filing, tasks
from reports.schema.content import EditionContent, ReportContent, Seal

#: Characters of 22 pt in a line of 156 mm.
_TITLE_LINE = 20
_ZONE = ZoneInfo("Asia/Shanghai")
#: The date of a report that is not sealed yet.
_BLANK_DAY = "　　年　月　日"
_ORDINALS = "零一二三四五六七八九十"
_SECTION = re.compile(r"（[一二三四五六七八九十]+）")
_ITEM = re.compile(r"\d{1,2}[.．、](?!\d)")
#: A numbered line that is longer (in characters) or ends like a sentence is no heading.
_LONGEST_HEADING = 40
_SENTENCE_ENDS = ("。", "；", "：", "！", "？", ";", ":")


def document_of(content: ReportContent, sha256: str = "") -> list[Block]:
    """Return the blocks of a report; `sha256` is the edition's digest, empty for a preview."""
    seal = content.seal if sha256 and isinstance(content, EditionContent) else None
    recipients = "、".join(_recipients(content))
    return [
        _title(content),
        *([Addressee(f"{recipients}：")] if recipients else []),
        Paragraph(_opening(content)),
        *_parts(content),
        Attachments(tuple(_attachments(content))),
        Signature(tuple(content.signatories), _signed_on(seal) if seal else _BLANK_DAY),
        _proof(seal, sha256),
    ]


# --- head and foot --------------------------------------------------------------------------


def _title(content: ReportContent) -> Title:
    area, title = content.area.name, content.title
    lines: tuple[str, ...] = (area, title)
    if len(area + title) <= _TITLE_LINE:
        lines = (area + title,)
    return Title(lines, f"（{month_text(content.due_on)}）")


def _recipients(content: ReportContent) -> list[str]:
    """Return the addressees.

    Before format 4: the plan's recipients if this area reports to them, else its issuers.
    """
    if content.form:
        return list(content.form.recipients)
    named, own = list(content.plan.recipients), content.plan.issuer.split("、")
    if content.area.is_top or any(each.startswith(tuple(own)) for each in named):
        return named
    return own


def _opening(content: ReportContent) -> str:
    if content.form:
        return content.form.opening
    plan = content.plan
    number = f"（{plan.document_number}）" if plan.document_number else ""
    return (
        f"按照《{plan.title}》{number}要求，现将{content.area.name}截至"
        f"{day_text(content.as_of)}的社区慈善工作进展情况报告如下。"
    )


def _signed_on(seal: Seal) -> str:
    """Return 成文日期: the day of sealing in China."""
    return day_text(seal.sealed_at.astimezone(_ZONE))


def _proof(seal: Seal | None, sha256: str) -> Note:
    if seal is None:
        return Note(("预览稿，未封存；数据以封存版次为准。",))
    line = f"本文稿由封存的第{seal.number}版数据生成，摘要（SHA-256）："
    return Note((line, sha256))


def _attachments(content: ReportContent) -> Iterator[str]:
    """Yield the names of the workbook's sheets in order, without cover and chart numbers."""
    places = {item.place for item in content.indicators}
    summed = content.consolidation
    sheets = {
        "核心绩效指标": True,
        "正文目标": {"annex", "text"} <= places,
        "下级地区明细": True,
        "图表": places and content.trend,
        "与往期比较": content.comparison,
        "任务清单": content.tasks,
        "履责情况": content.duties,
        "履责逾期名单": any(each.behind for each in content.duties),
        "下级报送与未报名单": content.filing.children,
        "汇总核对": summed.sums,
        "核对差异": summed.sums and summed.differences,
        "数据更正": isinstance(content, EditionContent) and content.corrections,
        "口径说明": True,
    }
    yield from (name for name, is_there in sheets.items() if is_there)
    if content.ledgers:
        yield f"台账（{'、'.join(ledger.name for ledger in content.ledgers)}）"


# --- the text -------------------------------------------------------------------------------


def _parts(content: ReportContent) -> Iterator[Block]:
    """Yield the numbered parts; empty ones are left out."""
    parts: list[tuple[str, list[Block]]] = []
    edition = content if isinstance(content, EditionContent) else None
    if edition and edition.seal.is_zero:
        yield Paragraph("经核对，本期没有新登记的事项，特作零报告；各项数据见附件。")
    else:
        for section in content.narrative:
            parts.append((section.title, list(_lines(section.text))))
        parts.append(("指标完成情况", [*figures(content), *comparison(content)]))
        parts.append(("任务进展", list(tasks(content))))
        parts.append(("履责情况", list(duties(content))))
    parts.append(("报送情况", list(filing(content))))
    parts.append(("更正说明", list(corrections(edition)) if edition else []))
    told = [(title, blocks) for title, blocks in parts if blocks]
    for number, (title, blocks) in enumerate(told, start=1):
        yield Heading(1, f"{_ordinal(number)}、{title}")
        yield from blocks


def _ordinal(number: int) -> str:
    tens, ones = divmod(number, 10)
    if number <= 10:
        return _ORDINALS[number]
    return f"{_ORDINALS[tens] if tens > 1 else ''}十{_ORDINALS[ones] if ones else ''}"


def _lines(text: str) -> Iterator[Block]:
    """Yield a block for each line: a paragraph, or a heading if it begins with （一） or 1."""
    for line in text.splitlines():
        line = line.strip()
        if line:
            yield _line(line)


def _line(line: str) -> Block:
    is_short = len(line) <= _LONGEST_HEADING
    if _SECTION.match(line):
        text, stop, rest = line.partition("。")
        if len(text) <= _LONGEST_HEADING:
            return Heading(2, text + stop, rest)
    elif _ITEM.match(line) and is_short and not line.endswith(_SENTENCE_ENDS):
        return Heading(3, line)
    return Paragraph(line)
