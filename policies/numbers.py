"""Document numbers (文号): how they are written, and where a text names one.

A number is 机关代字〔年份〕序号号 (GB/T 9704-2012 7.2.5), such as 渝民〔2025〕95号, or that of an order, such as
民政部令第81号. Brackets, width, blanks, 第 and leading zeros make no difference.
"""

from __future__ import annotations

import re
from functools import lru_cache

from areas.spelling import folded

_WORD = "[\u3400-\u9fff]"
#: As `areas.spelling.folded` leaves them: half-width, round brackets, no blanks.
_NUMBER = re.compile(
    rf"(?P<mark>{_WORD}{{1,20}})\((?P<year>\d{{4}})\)第?0*(?P<serial>[1-9]\d{{0,4}})号?"
)
_ORDER = re.compile(
    rf"(?P<mark>{_WORD}{{1,20}}?)(令第?0*(?P<serial>[1-9]\d{{0,3}})号?|第?0*(?P<turned>[1-9]\d{{0,3}})号令)"
)
#: Words of a sentence that may stand directly before a number.
_BEFORE = ("按", "照", "据", "实", "和", "与", "及", "见", "以", "由", "发", "的", "件")


def normal_number(text: str) -> str:
    """Return a document number in its normal form, `渝民〔2025〕95号`; "" for a text that is none."""
    plain = folded(text)
    if found := _NUMBER.fullmatch(plain):
        return f"{found['mark']}〔{found['year']}〕{found['serial']}号"
    if found := _ORDER.fullmatch(plain):
        return f"{found['mark']}令第{found['serial'] or found['turned']}号"
    return ""


def year_of(number: str) -> int | None:
    """Return the year of a number in its normal form; None for an order, which has none."""
    found = re.search(r"〔(\d{4})〕", number)
    return int(found[1]) if found else None


@lru_cache(maxsize=2_000)
def plain_text(text: str) -> str:
    """Return a text in which numbers and titles are looked for: folded, numbers without 第 and zeros."""
    return re.sub(r"(\(\d{4}\)|令)第?0*([1-9]\d*)号", r"\1\2号", folded(text))


def names_number(plain: str, number: str) -> bool:
    """Return whether a plain text (`plain_text`) names a number.

    民发〔2025〕5号 is not named by 川民发〔2025〕5号: the signs before it must not belong to its mark.
    """
    wanted, start = plain_text(number), 0
    while number and (at := plain.find(wanted, start)) >= 0:
        before = plain[at - 1 : at]
        if not re.fullmatch(_WORD, before) or before in _BEFORE:
            return True
        start = at + 1
    return False


def names_title(plain: str, title: str, number: str) -> bool:
    """Return whether a plain text names a title in book marks, 《…》, and no other number behind it."""
    wanted, start = f"({folded(title)})", 0
    while title and (at := plain.find(wanted, start)) >= 0:
        behind = re.match(rf"\(({_WORD}+(\(\d{{4}}\)|令)\d+号)\)", plain[at + len(wanted) :])
        if not (behind and number) or behind[1] == plain_text(number):
            return True
        start = at + 1
    return False
