"""Columns that give a unit or a currency for each row: 单位, 币种."""

from __future__ import annotations

import re

from ledgers.units.words import OWN_CURRENCY, YUAN, unit_of

_CURRENCY = re.compile("币|货币")
_UNIT_TITLES = frozenset(("单位", "计量单位", "金额单位"))


def row_unit_fault(title: str, text: str) -> str:
    """Return in Chinese why a row's own unit or currency needs the clerk; "" when it does not.

    A column 单位 may hold names of organisations; these are no units. A foreign currency needs the
    clerk under any title.
    """
    is_currency = bool(_CURRENCY.search(title))
    unit = unit_of(text) if text else None
    if unit is None:
        if not text or not is_currency:
            return ""
        return f"看不懂币种“{text}”：平台只登记人民币，请折合成人民币填写"
    if unit.is_foreign:
        return f"该行的币种或单位是“{text}”：平台只登记人民币，请折合成人民币填写，并改写这一格"
    if unit.scale != 1 and (is_currency or title in _UNIT_TITLES):
        return f"该行的单位是“{text}”，各列的数没有按它换算：请把单位写在列名中，或换算后删去这一格"
    known = unit.base == YUAN or text.casefold() in OWN_CURRENCY
    return f"看不懂币种“{text}”" if is_currency and not known else ""
