"""What a title, or a line above or below the table, says of units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from areas.spelling import half_width
from ledgers.units.words import OWN_CURRENCY, Unit, currency_mentioned, foreign_currency, unit_of

_BRACKETS = str.maketrans(dict.fromkeys("[{〔【〖", "(") | dict.fromkeys("]}〕】〗", ")"))
_CONTENT = re.compile(r"\(([^()]*)\)")
_SIGNS = re.compile(r"[、,/;:|\s]|和|及|或")
_LABEL = re.compile(
    r"^(?:(?:金额|计量|货币|计价|面积|人数|数量)?单位|币种|货币|币别)(?:均?为|是)?[::]?|^[以按]|(?:为单位|计|整)$"
)
#: 单位：… and 金额单位：…, but not 填报单位：… or 捐赠单位：….
_LINE = re.compile(
    r"(?:(?:金额|计量|货币|计价|资金|数量)的?单位|(?:(?<![\u4e00-\u9fff])|(?<=[年月日]))单位|币种|货币|币别|unit)"
    r"\s*(?:均?为|是)?\s*[::]?\s*(?=(?P<content>[^。]*))",
    re.IGNORECASE,
)
#: 以万元计, 均为万元, 金额：万元.
_IN_WORDS = re.compile(
    r"(?:[以按]|均为|金额(?:为|\s*[::]))\s*(?P<unit>[人民币美港欧日英元镑圆块十百千万亿次户公顷亩]{1,8})"
    r"\s*(?:为单位|计(?![划数量])|$|[。;,)])"
)
#: 万元 somewhere in a line, but not the amount 5万元 or 五万元, and no part of a name such as 万元坊.
_MENTIONED = re.compile(
    r"(?<![\d.,零一二三四五六七八九两壹贰叁肆伍陆柒捌玖几数余多十百千万亿])(?:[十百千万亿萬仟佰]+[元圆圓])(?![\u4e00-\u9fff]*[坊店路街村户])"
)
_SHOWN = 30
_NEXT_LABEL = re.compile(r"[\u4e00-\u9fff]{2,}\s*[::]|\d{4}\s*[年.\-/]|制表|审核|填报|填表")
_SPREAD_OUT = re.compile(r"([十百千万亿])\s+(?=[元圆人户次])|(?<=人)\s+(?=次)")
_LOOKS_LIKE_A_UNIT = re.compile(
    r"\d.*[元圆万亿块]|[元圆币]$|[十百千万亿][元圆]|^[十百千万亿]+$|[¥$€£₩฿₽₹₫]|^\d*[kwm]$|million|thousand",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """The units that a text names, and a part that looks like one and is none that is known."""

    units: tuple[Unit, ...] = ()
    unclear: str = ""


NOTHING = Stated()


def plain_title(title: object) -> str:
    """Return a title half-width, without blanks and with one kind of brackets."""
    return re.sub(r"\s", "", half_width(str(title or "")).translate(_BRACKETS))


def without_unit(title: str) -> str:
    """Return a plain title without the unit at its end: 预算(万元), 预算/万元, 预算万元 → 预算."""
    bare = re.sub(r"\(([^()]*)\)$", lambda found: "" if _is_unit(found[1]) else found[0], title)
    if bare != title:
        return bare
    unit = _suffix(title)
    if not unit:
        return title
    bare = title[: len(title) - len(unit)].rstrip("/:,、-—_|")
    return re.sub(r"(?<=.)(?:金额|计量|货币)?单位$", "", bare)


def _is_unit(content: str) -> bool:
    stated = _stated(content, "/" not in content)
    return bool(stated.units) and not stated.unclear


def _suffix(title: str) -> str:
    """Return the unit without brackets at the end of a title: money, or any after a sign."""
    for start in range(max(1, len(title) - 8), len(title)):
        end = title[start:]
        unit = unit_of(end)
        if unit and (unit.is_money or (title[start - 1] in "/:,、-—_|" and _tells(unit))):
            return end
    return ""


def _tells(unit: Unit) -> bool:
    return unit.scale != 1 or unit.base in ("人", "人次")


def stated_in_title(title: object) -> Stated:
    """Return what a column's title says: 起始资金（万元）, 起始资金/万元, 起始资金（不低于5万元）."""
    plain = plain_title(title).rstrip("*:")
    found = [_stated(content, True) for content in _CONTENT.findall(plain)]
    suffix = _suffix(re.sub(_CONTENT, "", plain).rstrip("*:"))
    if suffix:
        found.append(_stated(suffix, True))
    return _together(found, is_one=True)


def stated_in_cell(value: object) -> Stated:
    """Return what a cell of a row of units says: 万元, （万元）, 单位：万元."""
    plain = plain_title(value)
    return _stated(plain.removeprefix("(").removesuffix(")"), True)


def _stated(content: str, is_one: bool) -> Stated:
    """Return the units of a text that holds nothing else, or a remark such as 含利息."""
    whole = unit_of(content)
    if whole is not None and content.casefold() not in OWN_CURRENCY:
        return Stated((whole,))
    units, unclear = [], ""
    for part in filter(None, _SIGNS.split(_LABEL.sub("", _LABEL.sub("", content)))):
        unit = unit_of(part)
        if part.casefold() in OWN_CURRENCY or re.fullmatch(r"\D*人民币", part):
            continue
        if unit is not None:
            units.append(unit)
        elif _LOOKS_LIKE_A_UNIT.search(part) or foreign_currency(part):
            unclear = unclear or part
    if is_one and len({(unit.base, unit.scale) for unit in units}) > 1:
        return Stated((), content)
    return Stated(tuple(units), unclear)


def stated_in_lines(lines: Iterable[str], alone: Iterable[str] = ()) -> Stated:
    """Return what the lines around a table say: 单位：支、万元; 金额以万元计.

    `alone` are texts that can only mean the whole table, so that （万元） in them says enough; in
    the lines, a cell may hold nothing but the unit.
    """
    lines, alone = list(lines), list(alone)
    found = [_of_line(content) for line in lines for content in _contents(line)]
    for line in alone:
        plain = half_width(line).translate(_BRACKETS)
        inner = [*_CONTENT.findall(plain), plain.strip()]
        found += [Stated((unit,)) for unit in map(unit_of, inner) if unit and unit.base]
    if any(stated != NOTHING for stated in found):
        return _together(found, is_one=False)
    return Stated((), next(filter(None, map(_mentioned, (*lines, *alone))), ""))


def _mentioned(line: str) -> str:
    """Return the line when it names a unit of money in words that nobody can be sure of."""
    plain = half_width(line)
    return line[:_SHOWN] if _MENTIONED.search(plain) or currency_mentioned(plain) else ""


def _contents(line: str) -> Iterator[str]:
    plain = half_width(line).translate(_BRACKETS)
    for found in _LINE.finditer(plain):
        content = found["content"]
        following = _NEXT_LABEL.search(content)
        yield content[: following.start()] if following else content
    for found in _IN_WORDS.finditer(plain):
        if unit_of(found["unit"]):
            yield found["unit"]


def _of_line(content: str) -> Stated:
    """Return the units of a line's content; 万 alone may mean money or people."""
    content = _SPREAD_OUT.sub(r"\1", content).replace("(", " ").replace(")", " ").strip()
    stated = _stated(content.replace("人/次", "人次"), False)
    bare = next((unit.word for unit in stated.units if not unit.base), "")
    return Stated(tuple(unit for unit in stated.units if unit.base), stated.unclear or bare)


def _together(found: Iterable[Stated], *, is_one: bool) -> Stated:
    units: list[Unit] = []
    unclear = ""
    for stated in found:
        units += stated.units
        unclear = unclear or stated.unclear
    different = {(unit.base, unit.scale): unit for unit in units}
    if is_one and len(different) > 1:
        return Stated((), "、".join(unit.word for unit in different.values()))
    return Stated(tuple(different.values()), unclear)
