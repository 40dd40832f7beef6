"""The page of docs that tells clerks which ways of writing the platform understands, made from these files.

`python -m tests.ledger.many.guide` writes it; a test says when it is older than the platform.
"""

from __future__ import annotations

import datetime
import html
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from tests.ledger.many.by_openpyxl import xlsx
from tests.ledger.many.changes.around import AROUND
from tests.ledger.many.changes.books import BOOKS
from tests.ledger.many.changes.cells import AMOUNTS, COUNTS, DAYS, STATES, WORDS
from tests.ledger.many.changes.columns import COLUMNS
from tests.ledger.many.facts import FAULTS, Outcome, difference, verdict
from tests.ledger.many.pages import Book, Change, PageCell, book_of
from tests.ledger.many.plain import PLAIN
from tests.ledger.many.plan import shows
from tests.ledger.test_units import ASKED, UNDERSTOOD
from tests.ledger.test_units import outcome as unit_outcome

PAGE = Path(settings.BASE_DIR) / "docs" / "ledgers.zh.md"
#: The same tables for the page of the platform.
TABLES = Path(settings.BASE_DIR) / "templates" / "imports" / "understood.html"
#: Set it to write both instead of comparing them.
WRITE = "WRITE_LEDGER_GUIDE"
SECTIONS = {
    "日期": DAYS,
    "金额和单位": AMOUNTS,
    "人数和人次": COUNTS,
    "名称、地点、打勾和编号": WORDS,
    "公式、错误值和删除线": STATES,
    "列和列名": COLUMNS,
    "表格的上下左右": AROUND,
    "隐藏的内容和其他工作表": BOOKS,
}
#: The ledgers in which a way of writing is shown: the first where it shows.
_ORDER = ("projects", "money", "orgs", "funds", "scenes", "activities")
HEAD = ("写法", "例子", "平台怎么读")
_INTRODUCTION = """# 台账怎么写，平台怎么读

本页由测试生成：表中每一行都是一份真实读过的台账，“平台怎么读”是平台当时的回答。

- **读成 …**、**照常读入**：平台看得懂，不用改。
- **请确认**：平台按所说的读入，并在单元格处提醒；提交时写明情况。
- **请改正**：平台拿不准，整份文件都不写入；按提示改好再上传。

平台宁可多问一句，也不把拿不准的内容当成事实。最稳妥的写法：用导入页上的模板，日期写成 2026-04-28，金额只写数字、单位写在列名里（如“起始资金（元）”），编号设为文本格式。看不见的字符在例子中写成 □，单元格内换行写成 ⏎。

能读的文件：.xlsx、.xlsm、.xls、.et、.ods、.xlsb，不论由 Excel、WPS、LibreOffice 还是其他程序保存；.csv（GBK、UTF-8、UTF-16）；网页或 XML 另存的 .xls。.csv 和网页里没有单元格格式和删除线，原来在工作簿里的，请直接上传工作簿。
"""
Read = Callable[[str, bytes], Outcome]
Line = tuple[str, ...]


def sections(read: Read, others: Iterable[Line]) -> dict[str, list[Line]]:
    """Return the lines of each section; `read` checks a file of a kind, `others` are lines on files.

    AssertionError when a file is read wrongly without a word.
    """
    plain = cache(lambda kind: read(kind, xlsx(book_of(PLAIN[kind]))))
    found = {
        title: [_told(change, read, plain) for change in changes if "formulas" not in change.needs]
        for title, changes in SECTIONS.items()
    }
    return found | {"单位的更多写法": [*_units()], "不是表格的文件": [*others]}


def _told(change: Change, read: Read, plain_of: Callable[[str], Outcome]) -> Line:
    """Return what the platform answers to a change; openpyxl writes no results of formulas."""
    kind = next(kind for kind in (*_ORDER, *PLAIN) if shows(change, kind))
    plain = plain_of(kind)
    book = book_of(PLAIN[kind], change)
    found = read(kind, xlsx(book))
    said = verdict(plain, found, is_told=change.is_told)
    assert said not in FAULTS, f"{change.label}: {said}\n{difference(plain, found)}"
    return change.label, example(kind, book), answer(plain, found, _meant(kind, change))


def _units() -> Iterator[Line]:
    """Yield the cases of the tests of units."""
    for case in (*UNDERSTOOD, *ASKED):
        written = "".join(_visible(str(case.written)))
        shown = f"{written}（单元格格式 `{case.number_format}`）" if case.number_format else written
        around = (case.line, case.group, case.title, case.unit_row, shown)
        found = unit_outcome(case)
        said = [f"请改正：{problem}" for problem in found.problems]
        said += [f"请确认：{warning}" for warning in found.warnings]
        example_of = " ｜ ".join(filter(None, (*around, case.below)))
        yield case.label, example_of, said[0] if said else f"读成 {found.value}"


def as_markdown(found: Mapping[str, Sequence[Line]]) -> str:
    """Return the page of docs."""
    parts = [_INTRODUCTION]
    for title, lines in found.items():
        parts += [f"## {title}\n", _line(*HEAD), "|---|---|---|", *(_line(*each) for each in lines)]
        parts.append("")
    return "\n".join(parts)


def as_tables(found: Mapping[str, Sequence[Line]]) -> str:
    """Return the same tables as a template."""
    return "\n".join(line for title, lines in found.items() for line in _table(title, lines)) + "\n"


def _table(title: str, lines: Sequence[Line]) -> Iterator[str]:
    yield f"<h2>{title}</h2>"
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{title}">'
    head = "".join(f'<th scope="col">{cell}</th>' for cell in HEAD)
    yield f'<table class="figures words"><thead><tr>{head}</tr></thead><tbody>'
    for line in lines:
        cells = "".join(f"<td>{_html(cell)}</td>" for cell in line)
        yield f"<tr>{cells}</tr>"
    yield "</tbody></table></div>"


def _html(cell: str) -> str:
    text = html.escape(cell or "—").replace("{", "&#123;").replace("~~", "")
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", text)


def answer(plain: Outcome, found: Outcome, meant: str) -> str:
    """Return what the platform answers, in the words of the page."""
    if found.refusal:
        return f"请改正：{found.refusal}"
    if found.problems:
        return f"请改正：{found.problems[0].message}"
    known = Counter(finding.message for finding in plain.warnings)
    new = [finding.message for finding in found.warnings if not known[finding.message]]
    if new:
        return f"请确认：{new[0]}"
    return f"读成 {meant}" if meant else "照常读入"


def _meant(kind: str, change: Change) -> str:
    """Return the value of the plain cell that a change of cells writes otherwise; "" for layouts."""
    if change.table is None or change in COLUMNS:
        return ""
    pair = next(_cells_that_differ(book_of(PLAIN[kind]), book_of(PLAIN[kind], change)), None)
    return _plain_text(pair[0]) if pair else ""


def _cells_that_differ(plain: Book, other: Book) -> Iterator[tuple[PageCell, PageCell]]:
    """Yield the cells of records that two books of one shape write differently."""
    for before, after in zip(plain.page.rows[1:], other.page.rows[1:], strict=True):
        yield from (pair for pair in zip(before, after, strict=True) if pair[0] != pair[1])


def example(kind: str, book: Book) -> str:
    """Return the first cell or row that differs from the plain ledger, as a clerk sees it."""
    plain = book_of(PLAIN[kind])
    if len(book.pages) > 1:
        other = next(page for page in book.pages if page is not book.page)
        return f"工作表“{other.name}”"
    if len(book.page.rows) == len(plain.page.rows):
        pairs = zip(plain.page.rows, book.page.rows, strict=True)
        if all(len(before) == len(after) for before, after in pairs):
            return _first_cell(plain, book)
    known = [[cell.value for cell in row] for row in plain.page.rows]
    for row in book.page.rows:
        if [cell.value for cell in row] not in known and row:
            texts = [_shown(cell) for cell in row if not cell.is_empty]
            return " ｜ ".join(texts[-4:] if len(row) > len(known[0]) else texts[:4])
    return ""


def _first_cell(plain: Book, book: Book) -> str:
    titles = zip(plain.page.rows[0], book.page.rows[0], strict=True)
    changed = [_shown(after) for before, after in titles if before != after]
    cells = [_shown(after) for _, after in _cells_that_differ(plain, book) if not after.is_empty]
    return " ｜ ".join(changed[-1:] + cells[:1])


def _shown(cell: PageCell) -> str:
    text = cell.error or (f"={cell.formula}" if cell.formula else _plain_text(cell))
    if cell.is_struck:
        text = f"~~{text}~~"
    return f"{text}（单元格格式 `{cell.code}`）" if cell.code else text


def _plain_text(cell: PageCell) -> str:
    value = cell.value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return "" if value is None else "".join(_visible(str(value)))


def _visible(text: str) -> Iterator[str]:
    """Yield the characters of a text; those that nobody sees as a sign."""
    for character in text:
        is_seen = character.isprintable() and character not in "\u3000\u00a0\ufe0f"
        yield character if is_seen else "⏎" if character == "\n" else "□"


def _line(*cells: str) -> str:
    return "| " + " | ".join(map(_escaped, cells)) + " |"


def _escaped(cell: str) -> str:
    """Return the text of a Markdown cell; in code only the line between two cells is escaped."""
    parts = (cell or "—").replace("|", "\\|").split("`")
    parts[::2] = [part.replace("*", "\\*") for part in parts[::2]]
    return "`".join(parts)


def main() -> None:
    """Write the page."""
    os.environ[WRITE] = "1"
    sys.exit(pytest.main(["-q", "-n", "0", str(Path(__file__).with_name("test_guide.py"))]))


if __name__ == "__main__":
    main()
