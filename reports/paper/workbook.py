"""The workbook of an edition, made from its content alone: the same bytes every time.

Sheets: 核心绩效指标 (the annex table), 正文目标, 下级地区明细, 口径说明, one ledger sheet a record kind.
A4 landscape, fitted to the width, header rows repeated on every page.
"""

from __future__ import annotations

import datetime
import zlib
from typing import Any

import openpyxl
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from reports.paper.sheets import (
    BODY,
    CENTRE,
    HEAD,
    LEFT,
    MARK,
    NOTE,
    STATUS_FONTS,
    TITLE,
    head_row,
    merged,
    new_sheet,
    number_of,
    number_style,
    pace_style,
    put,
)
from reports.paper.stream import Stream, laid, saved

#: What made a workbook: the layout's number and the versions of the libraries.
GENERATOR = f"layout 2, openpyxl {openpyxl.__version__}, zlib {zlib.ZLIB_RUNTIME_VERSION}"


def build_workbook(content: dict[str, Any], sha256: str) -> bytes:
    """The finished file. `content` is an edition's; `sha256` its digest, printed on the first sheet."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    annex = [item for item in content["indicators"] if item["place"] == "annex"]
    text = [item for item in content["indicators"] if item["place"] == "text"]
    _indicator_sheet(book, content, "核心绩效指标", annex or text, sha256)
    if annex and text:
        _indicator_sheet(book, content, "正文目标", text, sha256)
    _children_sheet(book, content, annex or text)
    _readings_sheet(book, content)
    streams = [_ledger_sheet(book, content, ledger) for ledger in content["ledgers"]]
    book.properties.creator = content["sealed_by"]
    book.properties.title = f"{content['area']['name']}社区慈善工作进展情况"
    return saved(book, datetime.datetime.fromisoformat(content["sealed_at"]), streams)


# --- sheets ---------------------------------------------------------------------------------


def _indicator_sheet(
    book: Workbook, content: dict[str, Any], name: str, items: list[dict[str, Any]], sha256: str
) -> None:
    year = content["year"]
    heads = [
        "序号",
        "指标名称",
        "单位",
        f"{year}年目标",
        "完成数",
        "完成率",
        "时序应达",
        "状态",
        "出处",
    ]
    widths = [6, 36, 8, 12, 12, 12, 12, 12, 20]
    sheet = new_sheet(book, name, widths)
    title = "核心绩效指标完成情况表" if name == "核心绩效指标" else "工作目标完成情况表"
    first = _heading(sheet, content, f"{content['area']['name']}社区慈善{title}", len(heads))
    head_row(sheet, first, heads)
    for row, item in enumerate(items, start=first + 1):
        unit = "" if item["is_percentage"] else item["unit"]
        style = number_style(item)
        cells: list[tuple[Any, str | None, Alignment]] = [
            (row - first, "0", CENTRE),
            (item["name"], None, LEFT),
            (unit or "%", None, CENTRE),
            (item["target_text"], None, CENTRE),
            (number_of(item["value"]), style, CENTRE),
            (number_of(item["rate"], "—"), "0.00%", CENTRE),
            (number_of(item["expected"], "—"), pace_style(item), CENTRE),
            (item["status_label"], None, CENTRE),
            (item["clause"], None, CENTRE),
        ]
        for column, (value, number_format, alignment) in enumerate(cells, start=1):
            put(sheet, row, column, value, number_format, alignment)
        colour = STATUS_FONTS.get(item["status"])
        if colour:
            sheet.cell(row, 8).font = Font(name="黑体", size=11, color=colour)
        sheet.row_dimensions[row].height = 34
    last = first + len(items)
    _signatures(sheet, last + 1, len(heads))
    note = (
        f"说明：1.完成数截至{_day(content['as_of'])}；时序应达为从上一目标（或起算时基数）到本年目标按时间"
        f"推算的应达数。2.本表由封存的第{content['number']}版数据生成，摘要（SHA-256）{sha256}。"
    )
    if content["reason"]:
        note += f"3.更正理由：{content['reason']}。"
    merged(sheet, last + 2, len(heads), note, NOTE, LEFT, 42)
    sheet.freeze_panes = sheet.cell(first + 1, 3)


def _children_sheet(book: Workbook, content: dict[str, Any], items: list[dict[str, Any]]) -> None:
    """Areas directly below × the indicators of the first sheet; the last row is the area itself."""
    positions = [content["indicators"].index(item) for item in items]
    label = content["area"]["child_label"]
    heads = ["序号", label]
    heads += [f"{item['name']}（{item['unit']}）" for item in items]
    sheet = new_sheet(book, "下级地区明细", [7, 16, *([15] * len(items))])
    title = f"{content['area']['name']}社区慈善工作指标分{label}明细表"
    first = _heading(sheet, content, title, len(heads))
    head_row(sheet, first, heads, height=58)
    for number, child in enumerate(content["children"], start=1):
        row = first + number
        put(sheet, row, 1, number, "0", CENTRE)
        put(sheet, row, 2, child["name"], None, CENTRE)
        for column, position in enumerate(positions, start=3):
            value = child["values"][position]
            put(sheet, row, column, number_of(value), number_style(items[column - 3]), CENTRE)
        sheet.row_dimensions[row].height = 22
    row = first + len(content["children"]) + 1
    put(sheet, row, 1, "", None, CENTRE)
    put(sheet, row, 2, content["area"]["name"], None, CENTRE, HEAD)
    for column, item in enumerate(items, start=3):
        put(sheet, row, column, number_of(item["value"]), number_style(item), CENTRE, HEAD)
    sheet.row_dimensions[row].height = 24
    _signatures(sheet, row + 1, len(heads))
    sheet.freeze_panes = sheet.cell(first + 1, 3)


def _readings_sheet(book: Workbook, content: dict[str, Any]) -> None:
    heads = ["序号", "指标名称", "计算口径", "口径说明", "出处"]
    sheet = new_sheet(book, "口径说明", [7, 38, 14, 66, 24])
    first = _heading(sheet, content, f"{content['plan']['title']}指标口径说明", len(heads))
    head_row(sheet, first, heads)
    for number, item in enumerate(content["indicators"], start=1):
        values = (number, item["name"], item["counting_label"], item["reading"], item["clause"])
        for column, value in enumerate(values, start=1):
            put(sheet, first + number, column, value, None, LEFT if column in (2, 4) else CENTRE)
        sheet.row_dimensions[first + number].height = 32
    sheet.freeze_panes = sheet.cell(first + 1, 3)


def _ledger_sheet(book: Workbook, content: dict[str, Any], ledger: dict[str, Any]) -> Stream:
    columns, rows = ledger["columns"], ledger["rows"]
    sheet = new_sheet(
        book, f"台账-{ledger['name']}", [7, *(_ledger_width(column) for column in columns)]
    )
    title = f"{content['area']['name']}{ledger['name']}台账"
    first = _heading(sheet, content, title, len(columns) + 1)
    head_row(sheet, first, ["序号", *(column["title"] for column in columns)])
    sheet.freeze_panes = sheet.cell(first + 1, 3)
    kinds = [column["type"] for column in columns]
    is_summed = ledger.get("is_summed", True)
    return laid(sheet, first + 1, kinds, rows, len(rows), is_summed=is_summed)


def _ledger_width(column: dict[str, str]) -> int:
    widths = {"money": 16, "count": 12, "day": 13}
    long = any(word in column["title"] for word in ("名称", "基金", "内容", "摘要", "用途", "依据"))
    return widths.get(column["type"], 40 if long else 18)


# --- parts ----------------------------------------------------------------------------------


def _heading(sheet: Worksheet, content: dict[str, Any], title: str, width: int) -> int:
    """附件, title, and the 填报单位 row; returns the row of the column heads."""
    merged(sheet, 1, width, "附件", MARK, LEFT, 20)
    merged(sheet, 2, width, title, TITLE, CENTRE, 38)
    line = (
        f"填报单位（盖章）：{content['plan']['issuer']}        截至日期：{_day(content['as_of'])}"
        f"        报送期：{content['due_on'][:4]}年{int(content['due_on'][5:7])}月"
    )
    merged(sheet, 3, width, line, BODY, LEFT, 22)
    sheet.print_title_rows = "1:4"
    return 4


def _signatures(sheet: Worksheet, row: int, width: int) -> None:
    line = "单位负责人：                    审核人：                    填表人：                    联系电话："
    merged(sheet, row, width, line, BODY, LEFT, 30)


def _day(text: str) -> str:
    day = datetime.date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"
