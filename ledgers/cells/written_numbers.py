"""Numbers as people write them: 1,200, 10万元, 约20人, 1万2千, 伍万元整; whatever has two readings is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from ledgers.cells.cell import CellError
from ledgers.cells.chinese_numerals import NUMERALS, read_money, read_numeral
from ledgers.units.words import YUAN, Unit, foreign_currency, scale_of, unit_of

_ABOUT = re.compile(
    r"^(?:大约|大概|约|将近|近|超过|超|逾|至少|不少于|不低于)|(?:左右|上下|以上|余|多|\+)$"
)
#: 余 and 多 between the digits and the unit: 10余万元, 20多人.
_ABOUT_WITHIN = re.compile(rf"(?<=[\d{NUMERALS}])(?:余|多)(?=[^\d]*$)")
_NO_FIGURE = re.compile(
    r"^(?:不足|不到|不超过|最多|少于|小于|低于)|(?:以内|以下|不到)$|[几数]|若干"
)
_RANGE = re.compile(r"\d[^\d,.]*[-~至到—–][^\d]*\d")
_SIGNED = re.compile(
    r"^(?P<sign>[-+−负▲△]?)(?P<own>人民币|rmb¥?|cny|cn¥|¥)?(?P<again>[-+−负]?)\s*(?P<body>.*)", re.I
)
_DIGITS = r"\d(?:[\d.,' ]*\d)?\.?|\.\d+"
_ONE = re.compile(rf"(?P<digits>{_DIGITS})(?P<power>[eE][+-]?\d{{1,3}})?(?P<rest>[^\d]*)")
_MIXED = re.compile(r"(\d+)([千百]?[万亿]|[千百仟佰])")
_COINS = re.compile(r"(?P<yuan>\d[\d,]*)[元块](?:(?P<jiao>\d)[角毛])?(?:(?P<fen>\d)分)?整?")
_NUMERAL = re.compile(rf"(?P<numeral>[{NUMERALS}]+)(?P<rest>.*)")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_SPACED = re.compile(r"\d{1,3}(?: \d{3})+(?:\.\d*)?")
_PLAIN = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_ODD_DIGITS = re.compile(r"[^\W\d_]*[²³¹¼-¾⁰-ₜ⅐-⅟↉①-⓿㈠-㊿]")
_ASK = "请只填数字，说明写入备注"


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number with the unit that stands at it; 10万元 is (10, 万元)."""

    number: Decimal
    unit: Unit | None = None
    is_approximate: bool = False
    #: What the clerk should confirm about the way it is written, in Chinese.
    remark: str = ""


def read_number(written: str) -> WrittenNumber:
    """Return the number of a half-width text. CellError when it is none, or may be another."""
    if re.fullmatch(r"\d{1,30}", written):
        return WrittenNumber(Decimal(written))
    _refuse(written)
    text = re.sub(r"\s*,\s*", ",", written.strip())
    bracketed = re.fullmatch(r"\((.+)\)", text)
    if bracketed and re.fullmatch(rf"[¥]?(?:{_DIGITS})(?:[万亿]?元?)", bracketed[1]):
        raise CellError(f"“{written}”带括号，表示负数：金额和数量不能为负数")
    plain, is_approximate = _without_qualifiers(text)
    found = _SIGNED.fullmatch(plain)
    if found is None:
        raise CellError(f"“{written}”不是数，{_ASK}")
    read = _read_body(written, found["body"], found["own"] or "")
    is_negative = (found["sign"] or found["again"]) not in ("", "+")
    return replace(
        read, number=-read.number if is_negative else read.number, is_approximate=is_approximate
    )


def _refuse(written: str) -> None:
    """Raise CellError for a text that is no single number of yuan, people or things."""
    if foreign := foreign_currency(written):
        raise CellError(f"“{written}”是外币（{foreign}），平台只登记人民币：请折合成人民币填写")
    if _ODD_DIGITS.search(written):
        raise CellError(f"“{written}”中有上标、带圈或分数字符，不是数：请用普通数字重新填写")
    if re.search(r"[%‰]|成$", written):
        raise CellError(f"“{written}”是比例，不是数：请填数额")
    if _NO_FIGURE.search(written):
        raise CellError(f"“{written}”不是数：没有写出确定的数，请填实际数")
    if _RANGE.search(written):
        raise CellError(f"“{written}”不是数：是一个范围，请填实际数")


def _without_qualifiers(text: str) -> tuple[str, bool]:
    """Return the text without 约, 余, 左右 and the like, and whether there were any."""
    plain = text
    for _ in range(3):
        plain = _ABOUT_WITHIN.sub("", _ABOUT.sub("", plain).strip())
    return plain, plain != text


def _read_body(written: str, body: str, own: str) -> WrittenNumber:
    one = _ONE.fullmatch(body)
    if one:
        number, remark = _number(written, one["digits"].strip(), one["power"] or "")
        return WrittenNumber(number, _unit(written, own, one["rest"]), remark=remark)
    coins = _COINS.fullmatch(body)
    if coins:
        yuan, _ = _number(written, coins["yuan"], "")
        cents = 10 * int(coins["jiao"] or 0) + int(coins["fen"] or 0)
        return WrittenNumber(yuan + Decimal(cents) / 100, unit_of(YUAN))
    return _read_mixed(written, body, own) or _read_numeral(written, body, own)


def _number(written: str, digits: str, power: str) -> tuple[Decimal, str]:
    """Return the number of digits with separators, and a remark about blanks between them."""
    remark = ""
    if _SPACED.fullmatch(digits):
        digits = digits.replace(" ", "")
        remark = f"“{written}”数字之间有空格，按{digits}计，请核对是否为一个数"
    elif _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    elif not _PLAIN.fullmatch(digits):
        raise CellError(f"“{written}”不是数：{_separators(digits)}")
    return Decimal(digits.rstrip(".") + power), remark


def _separators(digits: str) -> str:
    if "," in digits:
        return "逗号既可能是小数点也可能是千位分隔，请写成如 1.5 或 1,500"
    return "数字之间有空格或符号，请核对是否为一个数" if " " in digits or "'" in digits else _ASK


def _unit(written: str, own: str, rest: str) -> Unit | None:
    """Return the unit that stands behind the digits, or before them as ¥; None without one."""
    word = own + re.sub(r"^\((.*)\)$", r"\1", re.sub(r"\s", "", rest))
    unit = unit_of(word) if word else None
    if word and unit is None:
        raise CellError(f"“{written}”不是数，{_ASK}")
    return unit


def _read_mixed(written: str, body: str, own: str) -> WrittenNumber | None:
    """Read 1万2千, 1亿2000万元: whole numbers, each with its own and smaller scale."""
    total, below, at = Decimal(0), Decimal(10) ** 16, 0
    while match := _MIXED.match(body, at):
        part = Decimal(match[1]) * scale_of(match[2])
        if part >= below:
            return None
        total, below, at = total + part, scale_of(match[2]), match.end()
    if not at or re.search(r"\d", body[at:]):
        return None
    unit = _unit(written, own, body[at:])
    return WrittenNumber(total, unit or Unit(body, "", Decimal(1)))


def _read_numeral(written: str, body: str, own: str) -> WrittenNumber:
    money = read_money(body)
    if money is not None:
        return WrittenNumber(money, unit_of(YUAN))
    match = _NUMERAL.fullmatch(body)
    number = read_numeral(match["numeral"]) if match else None
    if match is None or number is None:
        raise CellError(f"“{written}”不是数，{_ASK}")
    has_scale = any(sign in match["numeral"] for sign in "百千万亿佰仟萬億")
    unit = _unit(written, own, match["rest"])
    return WrittenNumber(
        Decimal(number), unit or (Unit(body, "", Decimal(1)) if has_scale else None)
    )
