"""Parsers of amounts and counts: what is written, shown and said of the unit must agree."""

from __future__ import annotations

import re
from decimal import Decimal

from ledgers.cells.cell import Cell, CellError, checked
from ledgers.cells.shown import Shown, shown
from ledgers.cells.written_numbers import WrittenNumber, read_number
from ledgers.units.words import OWN_CURRENCY, YUAN, Unit, unit_of

_MOST_COUNTED = 2_000_000_000
_ONE = Decimal(1)


def whole(cell: Cell) -> int | None:
    """Parse a whole number of things or people: 20, ２０, 20余, 1,200人次, 1.5 under 万人次."""
    if cell.is_empty:
        return None
    number = _quantity(cell, cell.measure)
    if number != number.to_integral_value():
        raise CellError(f"“{cell.text}”应为整数")
    if number < 0:
        raise CellError(f"不能为负数（现为{cell.text}）")
    if number > _MOST_COUNTED:
        raise CellError(f"“{cell.text}”过大，请核对")
    return int(number)


def bare_whole(cell: Cell) -> int | None:
    """Parse a whole number that is not added up: points, or a quantity with its unit beside it."""
    return whole(cell)


def yuan(cell: Cell) -> Decimal | None:
    """Parse money into yuan, whatever unit column, number format or cell name (元, 万元)."""
    amount = balance(cell)
    if amount is not None and amount < 0:
        raise CellError(
            f"金额不能为负数（现为{cell.text}）：红字冲销或退款，请更正或作废原来的那一笔；"
            "退还捐赠的，请在“捐赠收入”中登记退赠"
        )
    return amount


def balance(cell: Cell) -> Decimal | None:
    """Parse money like `yuan`, which may lie below zero, such as a 结余."""
    if cell.is_empty:
        return None
    amount = _quantity(cell, YUAN)
    if abs(amount) >= Decimal(10) ** 13:
        raise CellError(f"“{cell.text}”过大，请核对金额和单位")
    if amount != amount.quantize(Decimal("0.01")):
        raise CellError(f"“{cell.text}”折合{_plain(amount)}元，应精确到分")
    return amount.quantize(Decimal("0.01"))


def _quantity(cell: Cell, measure: str) -> Decimal:
    """Return the number of a cell in the unit in which its column is kept."""
    if cell.is_number:
        # Excel shows 15 digits; further ones are rounding errors of the binary number.
        stored = Decimal(f"{cell.value:.15g}")
        if not stored.is_finite():
            raise CellError(f"“{cell.text}”不是数，请只填数字")
        if cell.number_format:
            return _shown_quantity(cell, stored, measure)
        return _in_column_unit(cell, stored, measure)
    return _written_quantity(cell, measure)


def _in_column_unit(cell: Cell, number: Decimal, measure: str) -> Decimal:
    """Return a bare number in the column's unit; money without any unit is taken for yuan."""
    unit = unit_of(cell.unit) if cell.unit else None
    if unit is None:
        cell.is_unit_assumed = measure == YUAN and number != 0
        return number
    return number * unit.scale


def _plain(number: Decimal) -> str:
    """Return a number without an exponent and without zeros at its end."""
    return f"{number.normalize():f}"


# --- texts --------------------------------------------------------------------------------------


def _written_quantity(cell: Cell, measure: str) -> Decimal:
    if cell.is_moment or isinstance(cell.value, bool):
        kind = "是或否" if isinstance(cell.value, bool) else "日期或时间"
        raise CellError(f"“{cell.text}”不是数：Excel 把它当成了{kind}，请设为“常规”格式再重新填写")
    text = checked(cell)
    if isinstance(cell.value, str) and re.search(r"\d\s*[\r\n\t]\s*[\d(]", cell.value.strip()):
        raise CellError(f"“{text}”不是数：一个单元格里有两行数字，请只填一个数")
    read = read_number(text)
    number = _with_units(cell, read, measure)
    if read.remark:
        cell.remarks.append(read.remark)
    if read.is_approximate:
        cell.remarks.append(f"“{cell.text}”为约数，按{_plain(number)}计")
    return number


def _with_units(cell: Cell, read: WrittenNumber, measure: str) -> Decimal:
    """Return a written number in the unit that stands at it, else in the column's."""
    if read.unit is None:
        return _in_column_unit(cell, read.number, measure)
    _refuse_other_measure(cell.text, read.unit, measure)
    column = unit_of(cell.unit) if cell.unit else None
    if column is None or read.number == 0 or column.scale == read.unit.scale == _ONE:
        return read.number * read.unit.scale
    if not _is_clear(read.unit, column):
        raise CellError(
            f"“{cell.text}”与本列单位“{column.word}”不一致，无法确定数额：请写全单位，或按本列单位只填数字"
        )
    number = read.number * read.unit.scale
    if column.scale != read.unit.scale or not read.unit.base:
        cell.remarks.append(
            f"“{cell.text}”自带单位，与本列单位“{column.word}”不同，按{_plain(number)}{measure}计"
        )
    return number


def _is_clear(unit: Unit, column: Unit) -> bool:
    """Return whether a cell's own unit is beyond doubt: 500元 is, ¥500 and 3千 in 万元 are not."""
    if column.scale == unit.scale:
        return True
    if not unit.base:
        return column.scale == 1
    return unit.word.casefold() not in OWN_CURRENCY


def _refuse_other_measure(text: str, unit: Unit, measure: str) -> None:
    if unit.is_money and not measure:
        raise CellError(f"“{text}”是金额，这里应填数量")
    if not unit.fits(measure):
        raise CellError(f"“{text}”的单位是“{unit.base}”，本列以“{measure}”计，请核对")


# --- numbers with a format ----------------------------------------------------------------------


def _shown_quantity(cell: Cell, stored: Decimal, measure: str) -> Decimal:
    """Return a stored number whose format says something; both must come to the same.

    12.5 shown as 12.50万元 is 125,000 元; 500000 shown as 50.0 in a column of 万元 is refused.
    """
    if stored == 0:
        return stored
    seen = shown(abs(stored), cell.number_format)
    if seen is None:
        raise CellError(
            f"单元格的数字格式使数字不显示或无法看懂（存储的数是{_plain(stored)}），"
            "请改为“常规”格式并核对数字"
        )
    read = _read_shown(seen)
    if read.unit is not None:
        _refuse_other_measure(seen.text, read.unit, measure)
    column = unit_of(cell.unit) if cell.unit else None
    number = _agreed(abs(stored), read, column, is_shifted=seen.is_shifted)
    if number is None:
        said = f"本列单位是“{column.word}”" if column else "本列没有写明单位"
        raise CellError(
            f"单元格显示为“{seen.text}”，存储的数是{_plain(stored)}，{said}，无法确定数额："
            "请改为“常规”格式，再按本列单位填写"
        )
    if read.unit is None and column is None:
        cell.is_unit_assumed = measure == YUAN and number != 0
    if read.is_approximate:
        cell.remarks.append(f"“{seen.text}”为约数，按{_plain(number)}计")
    if seen.is_rounded:
        cell.remarks.append(
            f"显示的“{seen.text}”是四舍五入的，按存储的数计（{_plain(number)}{measure}）"
        )
    return number.copy_sign(stored)


def _read_shown(seen: Shown) -> WrittenNumber:
    # A digit behind the number lengthens it: 500 under `0.0"0万"` is shown as 500.00万.
    is_lengthened = seen.behind[:1].isdigit()
    text = seen.text if is_lengthened else f"{seen.before}{seen.number:f}{seen.behind}"
    try:
        return read_number(text)
    except CellError as error:
        raise CellError(f"单元格显示为“{seen.text}”：{error}") from None


def _agreed(
    stored: Decimal, read: WrittenNumber, column: Unit | None, *, is_shifted: bool
) -> Decimal | None:
    """Return the number on which the stored number, what is shown and the column's unit agree."""
    in_column = stored * (column.scale if column else 1)
    if read.unit is None:
        return in_column if read.number == stored else None
    as_shown = read.number * read.unit.scale
    if column is None and not is_shifted:
        return as_shown
    return as_shown if as_shown == in_column else None
