"""Parsers of days, in every form in which bureaus write them."""

from __future__ import annotations

import datetime
import re

from ledgers.cells.cell import Cell, CellError, as_text, checked
from ledgers.workbooks.serials import SHIFT_1904, whole_day

_OPEN_END = {"进行中", "至今", "长期", "在建", "持续", "未结束", "长期有效"}
_EPOCH = datetime.date(1899, 12, 30)
_SERIALS = range(18264, 73051)  # 1950-01-01 … 2099-12-31 as Excel serials

_DAY_PATTERNS = (
    re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
#: The time behind a day; with Z it is London's, eight hours behind ours.
_TIME = re.compile(
    r"[\sT]+(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$|(?<=\d)Z$", re.I
)
_MONTH_PATTERN = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")


def day(cell: Cell) -> datetime.date | None:
    """Parse a day: 2026.4.28, 2026/4/28, 2026年4月28日, 20260428, an Excel date or serial number.

    2026年4月 becomes the first of the month, with a remark.
    """
    if cell.is_empty:
        return None
    value = cell.value
    if cell.is_number and cell.number_format:
        raise CellError(
            f"“{cell.text}”不是日期：单元格的数字格式不是日期格式，请改为日期格式后核对"
        )
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if cell.is_number and (serial := _serial(cell)) in _SERIALS:
        return _EPOCH + datetime.timedelta(days=serial)
    if cell.is_number and re.fullmatch(r"\d{4}\.1", cell.text):
        month = cell.text[:4]
        raise CellError(
            f"“{cell.text}”以数字格式保存，分不清{month}年1月和10月：请写成如 {month}年10月1日"
        )
    return _written_day(cell)


def _serial(cell: Cell) -> int:
    """Return the day of a bare number as a serial of the 1900 system."""
    return whole_day(cell.value) + (SHIFT_1904 if cell.is_1904 else 0)


def _written_day(cell: Cell) -> datetime.date:
    text = checked(cell)
    time = _TIME.search(text)
    written = re.sub(r"\s", "", text[: time.start()] if time else text).rstrip(".。")
    for pattern in _DAY_PATTERNS:
        match = pattern.fullmatch(written)
        if match:
            found = _real_day(written, *map(int, match.groups()))
            return found + _days_ahead(time) if time else found
    match = _MONTH_PATTERN.fullmatch(written)
    if match:
        year, month = map(int, match.groups())
        found = _real_day(written, year, month, 1)
        cell.remarks.append(f"只写到月（{written}），按{found}计")
        return found
    raise CellError(f"“{cell.text}”不是日期，{_hint(written)}应写成如 2026-04-28 或 2026年4月28日")


def _days_ahead(time: re.Match[str]) -> datetime.timedelta:
    """Return one day where a time of another zone is tomorrow in China: 16:00Z is our midnight."""
    zone = (time[3] or "").upper()
    if not time[1] or not zone:
        return datetime.timedelta()
    offset = 0 if zone == "Z" else int(zone[:3]) * 60 + int(zone[0] + zone[-2:])
    minutes = int(time[1]) * 60 + int(time[2]) + 8 * 60 - offset
    return datetime.timedelta(days=minutes // (24 * 60))


def _hint(written: str) -> str:
    """Return in Chinese what is wrong with a text that almost is a day; "" when nobody knows."""
    if re.match(r"民国|令和|平成|昭和|光绪|宣统", written):
        return "请换算成公历年份，"
    if re.search(r"农历|阴历|正月|腊月|冬月|初[一二三四五六七八九十]|闰", written):
        return "请换算成公历日期，"
    if re.fullmatch(r"[\d./\-年月日至到~—–]+", written) and re.search(
        r"[至到~—–]|\d-\d+[./]", written
    ):
        return "请只写一个日期，"
    if re.fullmatch(r"'?\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?", written):
        return "年份应写四位，"
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}", written):
        return "分不清月和日，年份应写在最前，"
    if re.fullmatch(r"\d{1,2}[-/.月]\d{1,2}[日号]?", written):
        return "缺少年份，"
    return ""


def _real_day(written: str, year: int, month: int, number: int) -> datetime.date:
    try:
        return datetime.date(year, month, number)
    except ValueError:
        if not 1 <= month <= 12:
            raise CellError(f"“{written}”没有{month}月，请核对日期") from None
        raise CellError(f"“{written}”不存在：{year}年{month}月没有{number}日") from None


def end_day(cell: Cell) -> datetime.date | None:
    """Parse a day; a text like 进行中 or 至今 means no end yet (None)."""
    return None if cell.text in _OPEN_END else day(cell)


def reported_day(line: str) -> datetime.date | None:
    """Return the day in a line like 填报日期：…; None without a readable day."""
    match = re.search(r"填报(?:日期|时间)\s*[::]\s*([\d年月日/.\-]+)", as_text(line))
    if not match:
        return None
    try:
        return day(Cell(match.group(1)))
    except CellError:
        return None
