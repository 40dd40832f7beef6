"""The sheets of a workbook on duties: how each stands, and who is overdue."""

from __future__ import annotations

from openpyxl import Workbook

from dates.text import day_text
from reports.paper.sheets import CENTRE, LEFT, CellValue
from reports.paper.tables import Column, table_sheet
from reports.schema.content import EditionContent

_Row = list[tuple[CellValue, str | None]]


def duty_sheets(book: Workbook, content: EditionContent) -> None:
    """Add 履责情况 and, where somebody is overdue, 履责逾期名单; nothing where nothing was owed."""
    if not content.duties:
        return
    _states(book, content)
    if any(duty.behind for duty in content.duties):
        _overdue(book, content)


def _states(book: Workbook, content: EditionContent) -> None:
    columns: list[Column] = [
        ("履责事项", 40, LEFT),
        ("条款", 24, LEFT),
        ("履责主体", 22, LEFT),
        ("期限", 26, LEFT),
        *((head, 9, CENTRE) for head in ("应办", "完成", "迟办", "逾期", "免除", "当日到期")),
        ("以前年度逾期", 14, CENTRE),
        ("平台默认", 20, LEFT),
    ]
    rows: list[_Row] = []
    for duty in content.duties:
        counted = (duty.owed, duty.done, duty.late, duty.overdue, duty.excused)
        left = duty.owed - sum(counted[1:])
        numbers: _Row = [(number, "0") for number in (*counted, left, duty.overdue_before)]
        words: _Row = [(text, None) for text in (duty.name, duty.clause, duty.who, duty.when)]
        rows.append([*words, *numbers, (duty.assumed or "—", None)])
    since, until = day_text(content.duties[0].since), day_text(content.as_of)
    note = (
        f"说明：{since}至{until}到期的事项，按次计；完成为期限内完成，迟办为期限后完成，免除含已移交的。"
        "平台默认为文件没有规定、由平台设定的内容。"
    )
    table_sheet(book, content, "履责情况", "履责情况表", columns, rows, note)


def _overdue(book: Workbook, content: EditionContent) -> None:
    columns: list[Column] = [
        ("履责事项", 40, LEFT),
        ("履责主体", 44, LEFT),
        ("期次", 18, CENTRE),
        ("期限", 14, CENTRE),
    ]
    rows: list[_Row] = [
        [(duty.name, None), (each.name, None), (each.period, None), (each.due_on, "yyyy-mm-dd")]
        for duty in content.duties
        for each in duty.behind
    ]
    table_sheet(book, content, "履责逾期名单", "履责逾期名单", columns, rows)
