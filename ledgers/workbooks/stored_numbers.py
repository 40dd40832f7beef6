"""Numbers that a web page stores beside the text that it shows: `<td x:num="1234.56">1,235</td>`."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?\d{1,16}(\.\d{1,20})?([eE][+-]?\d{1,3})?", re.ASCII)
#: What a page may show of a number: sign, brackets, currency, digits, unit.
_SHOWN = re.compile(
    r"(?P<sign>[-(]?)[¥￥]?(?P<whole>\d[\d,]{0,20})(\.(?P<fraction>\d{1,15}))?(?P<unit>(?P<scale>[千万亿]?)元?)\)?"
)
_SCALES = {"": 1, "千": 1000, "万": 10_000, "亿": 100_000_000}
_HALF = Decimal("0.5")


def number_of(written: str) -> Decimal | None:
    """Return a stored number; None for a text."""
    return Decimal(written) if _NUMBER.fullmatch(written.strip()) else None


def code_of_page(stored: Decimal, text: str) -> str:
    """Return a number format that shows the text for the stored number; "" where both are the same, or
    where the text is no number, such as a day."""
    shown = _SHOWN.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    if shown is None:
        return "" if text else ";;;"
    fraction = shown["fraction"] or ""
    number = Decimal(f"{shown['whole'].replace(',', '')}.{fraction or 0}")
    if shown["sign"]:
        number = -number
    if stored in (number, number * _SCALES[shown["scale"]]):
        return ""
    if not shown["sign"] and abs(number - stored) <= _HALF.scaleb(-len(fraction)):
        digits = f"0.{'0' * len(fraction)}" if fraction else "0"
        return f'{digits}"{shown["unit"]}"' if shown["unit"] else digits
    return '"' + text.replace('"', "") + '"'
