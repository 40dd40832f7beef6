"""Demonstration ledgers: made-up records on the real areas of 渝中区, laid out as bureaus do.

Every run with the same areas writes the same cells. Records are drawn with clean values; only the
writer (`config/demo_ledgers.py`, `_as_written`) turns them into the spellings bureaus use.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from areas.models import Area
from reviews.checks import credit_code_fault, organisation_code_holds

DEMO_DAY = datetime.date(2026, 11, 20)
ROOT = "500103"

Values = Sequence[Any]
Tree = Mapping[Area, Sequence[Area]]


# --- what a sheet looks like ----------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    """A sheet's title, unit and columns with their widths; `上/下` is a header of two rows.

    Equal neighbours in the column `merged` become one cell; below each 街道 stands a 小计.
    """

    title: str
    unit: str
    columns: Mapping[str, int]
    merged: str = ""
    counted: str = ""
    summed: tuple[str, ...] = ()


_LINE = Side(style="thin", color="808080")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_BODY, _BOLD = Font(name="仿宋", size=11), Font(name="黑体", size=11)
_TITLE = Font(name="方正小标宋简体", size=20)
_HEAD_FILL = PatternFill("solid", fgColor="DCE6F1")
_SUM_FILL = PatternFill("solid", fgColor="F2F2F2")
_GAP = "　" * 6
_FIRST_HEADER_ROW = 3


def _merge(sheet: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
    if (top, left) != (bottom, right):
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)


def _put(
    sheet: Worksheet, row: int, column: int, value: Any, font: Font = _BODY, fill: Any = None
) -> None:
    cell: Cell = sheet.cell(row, column, value)
    cell.font, cell.alignment, cell.border = font, _CENTRE, _BORDER
    if fill:
        cell.fill = fill
    if isinstance(value, datetime.date):
        cell.number_format = "yyyy-mm-dd"


def _write_line(sheet: Worksheet, row: int, text: str, width: int, font: Font = _BODY) -> None:
    """One line of text across the whole sheet."""
    cell = sheet.cell(row, 1, text)
    cell.font = font
    cell.alignment = _CENTRE if row == 1 else Alignment(vertical="center")
    _merge(sheet, row, 1, row, width)


def _write_header(sheet: Worksheet, titles: Sequence[str]) -> int:
    """The header from row 3 on, titles that share a group below one cell; returns its last row."""
    top = _FIRST_HEADER_ROW
    last = top + any("/" in title for title in titles)
    for at, title in enumerate(titles, start=1):
        upper, _, lower = title.partition("/")
        for row, text in ((top, upper), (last, lower or upper)):
            _put(sheet, row, at, text, _BOLD, _HEAD_FILL)
        if not lower:
            _merge(sheet, top, at, last, at)
    at = 1
    for upper, group in groupby(titles, key=lambda title: title.partition("/")[0]):
        width = len(list(group))
        if width > 1:
            _merge(sheet, top, at, top, at + width - 1)
        at += width
    return last


def _write_total(sheet: Worksheet, row: int, label: str, form: Form, rows: Iterable[Values]) -> None:
    """小计 or 合计: how many rows, and the sums of the clean values."""
    titles, lines = list(form.columns), list(rows)
    for at in range(1, len(titles) + 2):
        _put(sheet, row, at, None, _BOLD, _SUM_FILL)
    sheet.cell(row, 1, label)
    _merge(sheet, row, 1, row, 2)
    if form.counted:
        sheet.cell(row, titles.index(form.counted) + 2, f"{len(lines)}{form.unit}")
    for title in form.summed:
        at = titles.index(title)
        sheet.cell(row, at + 2, sum(line[at] or 0 for line in lines))


def _write_rows(sheet: Worksheet, form: Form, rows: Sequence[Values], row: int) -> int:
    """Numbered rows, neighbours merged, a 小计 below each street; returns the next free row."""
    random, number, titles = Random(form.title), count(1), list(form.columns)  # noqa: S311
    at = titles.index(form.merged) if form.merged else 0
    runs = groupby(rows, key=lambda line: line[at] if form.merged else id(line))
    for key, run in runs:
        lines, top = list(run), row
        for line in lines:
            _put(sheet, row, 1, next(number))
            for column, (title, value) in enumerate(zip(titles, line, strict=True), start=2):
                _put(sheet, row, column, _as_written(random, title, value))
            row += 1
        if form.merged and key is not None:
            _merge(sheet, top, at + 2, row - 1, at + 2)
        if form.merged == "街道":
            _write_total(sheet, row, "小计", form, lines)
            row += 1
    return row


def _write_sheet(sheet: Worksheet, form: Form, rows: Sequence[Values]) -> None:
    titles = ["序号", *form.columns]
    _write_line(sheet, 1, f"{form.title}（演示数据）", len(titles), _TITLE)
    facts = ("填报单位（盖章）：重庆市渝中区民政局", f"填报日期：{DEMO_DAY:%Y年%m月%d日}", f"单位：{form.unit}")
    _write_line(sheet, 2, _GAP.join(facts), len(titles))
    header_end = _write_header(sheet, titles)
    row = _write_rows(sheet, form, rows, header_end + 1)
    _write_total(sheet, row, "合计", form, rows)
    footer = ("填表人：张某", "审核人：李某", "联系电话：023-00000000")
    _write_line(sheet, row + 2, _GAP.join(footer), len(titles))
    for at, width in enumerate((6, *form.columns.values()), start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = 36, 22
    sheet.freeze_panes = f"A{header_end + 1}"
    sheet.print_title_rows = f"1:{header_end}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True


# --- the spellings of bureaus ---------------------------------------------------------------

_FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
_DAYS = ("{0}.{1}.{2}", "{0}年{1}月{2}日", "{0}/{1:02}/{2:02}", "{0}{1:02}{2:02}")
_COMMITTEES = ("{}社区", "{}社区", "{}社区居委会", "{}社区居民委员会", " {}社区")


def _as_written(random: Random, title: str, value: Any) -> Any:
    """A clean value as a clerk may have typed it; the importer must read the value back."""
    match value:
        case None:
            return {"社区": random.choice((None, "—", "/")), "结束时间": "进行中"}.get(title)
        case bool():
            return random.choice(("√", "√", "是", "有", 1) if value else ("否", None))
        case Area() if value.is_community:
            return random.choice(_COMMITTEES).format(value.short_name.removesuffix("社区"))
        case Area():
            return value.short_name
        case datetime.date():
            return _written_day(random, title, value)
        case int() | float():
            return _written_number(random, title, value)
    return value


def _written_day(random: Random, title: str, day: datetime.date) -> Any:
    if title == "开始时间" and day.day == 1:
        return f"{day.year}年{day.month}月"
    form = random.choice((*_DAYS, None, None))
    return form.format(day.year, day.month, day.day) if form else day


def _written_number(random: Random, title: str, number: float) -> Any:
    chance = random.random()
    if title.endswith("成员数") and number == 20:
        return "20余"
    if title == "起始资金" and chance < 0.25:
        return f"{number}万元"
    if chance < 0.06:
        return str(number).translate(_FULL_WIDTH)
    if chance < 0.15 and number >= 1000:
        return f"{number:,}"
    return number


# --- drawing --------------------------------------------------------------------------------

#: How much happens in each month; 中华慈善日 is 5 September.
_SEASON = (8, 5, 7, 7, 8, 8, 7, 8, 18, 10, 8, 9)
_PEOPLE = ("张某", "王某", "李某", "陈某", "刘某", "赵某")


class _Draw(Random):
    """The chances of one ledger, with telephone numbers that nobody has."""

    def __init__(self, ledger: str, first_phone: int) -> None:
        super().__init__(f"渝中演示 {ledger}")
        self._phones = count(first_phone)

    def leader(self) -> tuple[str, str]:
        """(name, telephone)."""
        return self.choice(_PEOPLE), f"138{next(self._phones):08d}"

    def day(self, first: datetime.date, last: datetime.date) -> datetime.date:
        """Any day of first … last."""
        return first + datetime.timedelta(self.randint(0, max(0, (last - first).days)))

    def season(self, year: int, number: int) -> list[datetime.date]:
        """Days of a year until DEMO_DAY in order, denser where the season is."""
        months = range(1, 13 if year < DEMO_DAY.year else DEMO_DAY.month + 1)
        chosen = self.choices(months, _SEASON[: len(months)], k=number)
        days = (datetime.date(year, month, self.randint(1, 28)) for month in chosen)
        return sorted(min(day, DEMO_DAY) for day in days)

    def parts(self, total: int, number: int, step: int, spread: float) -> list[int]:
        """`number` uneven multiples of `step` that add up to `total`."""
        weights = [self.lognormvariate(0, spread) for _ in range(number)]
        scale = total / sum(weights) / step
        parts = [max(1, round(weight * scale)) * step for weight in weights]
        parts[parts.index(max(parts))] += total - sum(parts)
        return parts


def _tree() -> dict[Area, list[Area]]:
    """Counted communities by street, both in code order."""
    areas = list(Area.objects.within(ROOT).filter(is_counted=True).existing_on(DEMO_DAY))
    return {
        street: [area for area in areas if area.is_community and area.code.startswith(street.code)]
        for street in areas
        if street.is_township
    }


def _communities(tree: Tree) -> list[tuple[Area, Area]]:
    """All (street, community)."""
    return [(street, community) for street, below in tree.items() for community in below]


def _by_place(rows: Iterable[Values]) -> list[Values]:
    """In the order of the area codes, a street's own rows first."""
    return sorted(rows, key=lambda row: (row[0].code, row[1].code if row[1] else ""))


def _credit_code(kind: str, number: int) -> str:
    """A made-up 统一社会信用代码 whose two check signs are right."""
    body = f"{kind}{ROOT}MJ{number:06d}"
    body += next(sign for sign in "0123456789X" if organisation_code_holds(body + sign))
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    return next(body + sign for sign in signs if credit_code_fault(body + sign) is None)
