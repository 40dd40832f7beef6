"""Columns that give a unit or a currency for each row: 单位, 币种."""

from __future__ import annotations

from ledgers.units.words import OWN_CURRENCY, YUAN, unit_of

_CURRENCY_TITLES = {"币种", "货币", "币别", "货币种类", "货币名称"}
_UNIT_TITLES = {"单位", "计量单位", "金额单位", "货币单位"}
UNIT_TITLES = frozenset(_CURRENCY_TITLES | _UNIT_TITLES)


def row_unit_fault(title: str, text: str) -> str:
    """Return in Chinese why a row's own unit or currency needs the clerk; "" when it does not.

    A column 单位 may hold names of organisations; these are no units.
    """
    unit = unit_of(text) if text else None
    if unit is None:
        is_currency = bool(text) and title in _CURRENCY_TITLES
        return f"看不懂币种“{text}”：平台只登记人民币，请折合成人民币填写" if is_currency else ""
    if unit.is_foreign:
        return f"该行的币种或单位是“{text}”：平台只登记人民币，请折合成人民币填写，并改写这一格"
    if unit.scale != 1:
        return f"该行的单位是“{text}”，各列的数没有按它换算：请把单位写在列名中，或换算后删去这一格"
    known = unit.base == YUAN or text.casefold() in OWN_CURRENCY
    return f"看不懂币种“{text}”" if title in _CURRENCY_TITLES and not known else ""
