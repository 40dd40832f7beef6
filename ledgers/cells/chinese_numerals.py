"""Numbers in Chinese numerals, everyday and formal: 五千, 一百零五, 伍万元整, 壹佰元伍角."""

from __future__ import annotations

import re
from decimal import Decimal

#: Formal and older signs, each before the everyday one.
_PAIRS = "〇零 壹一 貳二 贰二 弌一 两二 兩二 叁三 參三 叄三 肆四 伍五 陆六 陸六 柒七 捌八 玖九 拾十 佰百 仟千 萬万 億亿 圓元 圆元 正整"
_EVERYDAY = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})
_DIGITS = "零一二三四五六七八九"
_TENS = {"": 1, "十": 10, "百": 100, "千": 1000}
NUMERALS = (
    _DIGITS + "十百千万亿" + "".join(pair[0] for pair in _PAIRS.split() if pair[1] not in "元整")
)
_MONEY = re.compile(
    r"(?P<yuan>[零一二三四五六七八九十百千万亿]+)元(?:(?P<jiao>[一二三四五六七八九])角)?零?(?:(?P<fen>[一二三四五六七八九])分)?整?"
)


def read_numeral(written: str) -> int | None:
    """Return the number of a text in Chinese numerals; None unless there is only one way to read it.

    二百五 is 250 to some and 205 to others; 五六 is five or six.
    """
    plain = written.translate(_EVERYDAY)
    number = _lenient(plain)
    if number is None:
        return None
    spoken = re.sub(r"^一十", "十", plain)
    return number if spoken == _spoken(number) else None


def read_money(written: str) -> Decimal | None:
    """Return the yuan of an amount such as 伍万元整 or 壹佰元伍角贰分; None for any other text."""
    match = _MONEY.fullmatch(written.translate(_EVERYDAY))
    yuan = read_numeral(match["yuan"]) if match else None
    if match is None or yuan is None:
        return None
    jiao, fen = (_DIGITS.index(match[name] or "零") for name in ("jiao", "fen"))
    return yuan + Decimal(10 * jiao + fen) / 100


def _lenient(plain: str) -> int | None:
    """Return the number of a text by its digits and their places, whether well-formed or not."""
    total, section, digit = 0, 0, 0
    for sign in plain:
        if sign in _DIGITS:
            digit = _DIGITS.index(sign)
        elif sign == "万":
            total, section, digit = total + (section + digit) * 10_000, 0, 0
        elif sign == "亿":
            total, section, digit = (total + section + digit) * 100_000_000, 0, 0
        elif sign in _TENS:
            section, digit = section + (digit or 1) * _TENS[sign], 0
        else:
            return None
    return total + section + digit


def _spoken(number: int) -> str:
    """Return a number below 10**12 as it is spoken, in everyday numerals; 10 to 19 begin with 十."""
    if number == 0:
        return "零"
    parts, sections = "", [(10**8, "亿"), (10**4, "万"), (1, "")]
    for size, name in sections:
        section = number // size % 10_000
        if not section:
            continue
        needs_zero = bool(parts) and (section < 1000 or _skips(number, size))
        parts += ("零" if needs_zero else "") + _section(section) + name
    return re.sub(r"^一十", "十", parts)


def _skips(number: int, size: int) -> bool:
    """Return whether the section above this one is empty, as in 一亿零一千."""
    return size < 10**8 and number // (size * 10_000) % 10_000 == 0


def _section(section: int) -> str:
    spoken, skipped = "", False
    for name, size in reversed(_TENS.items()):
        digit = section // size % 10
        if digit:
            spoken += ("零" if skipped and spoken else "") + _DIGITS[digit] + name
            skipped = False
        else:
            skipped = True
    return spoken
