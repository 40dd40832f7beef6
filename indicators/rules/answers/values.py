"""The values of an indicator: their unit, their decimals, and how a bureau writes them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import overload

from indicators.measures import MEASURES
from indicators.models import Indicator

_FEN_PER_UNIT = {"元": 100, "万元": 1_000_000, "亿元": 10_000_000_000}
_DECIMALS = {"元": 2, "万元": 4, "亿元": 6}
_RATIO_DECIMALS = 4
_SHOWN_DECIMALS = 2
#: The note shown wherever a target in money is allocated: the Charity Law forbids 摊派.
GUIDANCE = "指导性分解：仅供工作安排参考，不得向单位或个人摊派"


def counts_money(indicator: Indicator) -> bool:
    """Whether the measure that the indicator counts is an amount of money."""
    measure = MEASURES.get(indicator.measure)
    return measure is not None and measure.is_money


def is_in_money(indicator: Indicator) -> bool:
    """Whether the indicator's own values are money; allocated, they are guidance only."""
    return indicator.unit in _FEN_PER_UNIT


def is_whole(indicator: Indicator) -> bool:
    """Whether the indicator's values are counts, which have no decimals."""
    return not (indicator.is_percentage or is_in_money(indicator))


def scale_of(indicator: Indicator) -> int:
    """How many of the engine's integers (fen, or pieces) make one unit of the indicator."""
    return _FEN_PER_UNIT.get(indicator.unit, 100) if counts_money(indicator) else 1


def decimals_of(indicator: Indicator) -> int:
    """How many decimals a value has: a ratio 4, money by its unit, a count none."""
    if indicator.is_percentage:
        return _RATIO_DECIMALS
    return _DECIMALS.get(indicator.unit, 0)


@overload
def plain(number: Decimal, decimals: int) -> str: ...
@overload
def plain(number: Decimal | None, decimals: int) -> str | None: ...
def plain(number: Decimal | None, decimals: int) -> str | None:
    """The number without exponent and trailing zeros, rounded half up: `12.5`; None stays None."""
    if number is None:
        return None
    rounded = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{rounded:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text


def value_text(indicator: Indicator, value: Decimal | None) -> str:
    """A value as a bureau writes it: `81.01%`, `276.38`, `13`; 无数据 where there is none."""
    if value is None:
        return "无数据"
    if indicator.is_percentage:
        return f"{plain(value * 100, _SHOWN_DECIMALS)}%"
    return plain(value, min(decimals_of(indicator), _SHOWN_DECIMALS)) or "0"


def amount_text(indicator: Indicator, value: Decimal) -> str:
    """A value with its unit: `185个`, `90%`, `340.5万元`."""
    text = value_text(indicator, value)
    return text if indicator.is_percentage else f"{text}{indicator.unit}"


def difference_text(indicator: Indicator, difference: Decimal) -> str:
    """How far two values are apart: `27个`, `10个百分点`."""
    if indicator.is_percentage:
        return f"{plain(difference * 100, _SHOWN_DECIMALS)}个百分点"
    return amount_text(indicator, difference)


def quantity_text(indicator: Indicator, quantity: Decimal) -> str:
    """A quantity of the measure: money in yuan (`500元`), anything else as a number."""
    unit = "元" if counts_money(indicator) else ""
    return f"{plain(quantity, _SHOWN_DECIMALS)}{unit}"


def quantity_unit(indicator: Indicator) -> str:
    """The unit in which one record counts: 元 for money, 人次, else that of what is counted."""
    if counts_money(indicator):
        return "元"
    measure = MEASURES.get(indicator.measure)
    if measure is not None and measure.quantity == "person_times":
        return "人次"
    return "条" if indicator.is_percentage else indicator.unit


def threshold_text(indicator: Indicator, at_least: int) -> str:
    """The threshold of a coverage: `2`, `100元`."""
    return f"{at_least}{'元' if counts_money(indicator) else ''}"
