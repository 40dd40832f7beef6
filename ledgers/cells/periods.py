"""Parsers of years and periods."""

from __future__ import annotations

import re

from ledgers.cells.cell import Cell, CellError, checked

_QUARTERS = {"一": "1", "二": "2", "三": "3", "四": "4"}


def year(cell: Cell) -> str:
    """Parse a year: 2025, 2025年, 2025年度; what is kept is its four digits."""
    if cell.is_empty:
        return ""
    found = re.fullmatch(r"(\d{4})年?度?", checked(cell).replace(" ", ""))
    if found is None:
        raise CellError(f"“{cell.text}”不是年份，应写作如 2025")
    return found.group(1)


def period(cell: Cell) -> str:
    """Parse a period: 2025年度, 2025年上半年, 2025年第一季度, 2025年3月 become 2025, 2025-H1, 2025-Q1,
    2025-03."""
    if cell.is_empty:
        return ""
    written = checked(cell).replace(" ", "")
    if re.fullmatch(r"\d{4}-(H[12]|Q[1-4]|0[1-9]|1[0-2])", written):
        return written
    if found := re.fullmatch(r"(\d{4})年?度?", written):
        return found.group(1)
    if found := re.fullmatch(r"(\d{4})年([上下])半年", written):
        return f"{found.group(1)}-H{'1' if found.group(2) == '上' else '2'}"
    if found := re.fullmatch(r"(\d{4})年第?([一二三四1-4])季度", written):
        return f"{found.group(1)}-Q{_QUARTERS.get(found.group(2), found.group(2))}"
    if found := re.fullmatch(r"(\d{4})年(0?[1-9]|1[0-2])月份?", written):
        return f"{found.group(1)}-{int(found.group(2)):02d}"
    raise CellError(
        f"“{cell.text}”不是期间，应写作如 2025、2025年上半年、2025年第一季度、2025年3月"
    )
