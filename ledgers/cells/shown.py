"""What a number format shows of a stored number: 12.5 under `0.00"万元"` is shown as 12.50万元."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from areas.spelling import half_width

_PART = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>general|g/通用格式|standard)|(?P<power>e[+\-])|(?P<sign>.)",
    re.IGNORECASE | re.DOTALL,
)
_SECTION = re.compile(r'(?:"[^"]*"|[\\!_*].|\[[^\]]*\]|[^;])*', re.DOTALL)
_CONDITION = re.compile(r"\[(?P<sign><=|>=|<>|<|>|=)(?P<bound>-?\d+(?:\.\d+)?)\]")


@dataclass(frozen=True, slots=True)
class Shown:
    """A number as it is shown: exact, with the texts before and behind it.

    `text` is what the clerk sees. `is_shifted` says whether the format moves the decimal point.
    """

    number: Decimal
    before: str
    behind: str
    text: str
    is_shifted: bool
    #: Whether the shown digits are fewer than the number has.
    is_rounded: bool


@dataclass(frozen=True, slots=True)
class _Section:
    before: str
    behind: str
    #: How many times smaller the shown number is than the stored one.
    divisor: Decimal
    decimals: int | None


def shown(number: Decimal, code: str) -> Shown | None:
    """Return how a number is shown under a format code.

    None when it is not shown at all (`;;;`), or when nobody can say what number is meant.
    """
    section = _parsed(_section_for(number, code))
    if section is None:
        return None
    exact = number / section.divisor
    digits = (
        f"{exact.normalize():f}" if section.decimals is None else f"{exact:.{section.decimals}f}"
    )
    text = f"{section.before}{digits}{section.behind}"
    is_rounded = Decimal(digits) != exact
    return Shown(
        exact, section.before, section.behind, text, section.divisor != 1, is_rounded=is_rounded
    )


def _section_for(number: Decimal, code: str) -> str:
    """Return the section of a code that applies to a number: by conditions, else by its sign."""
    sections = list(_sections(code))
    conditions = [_CONDITION.search(section) for section in sections]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or _holds(number, condition["sign"], Decimal(condition["bound"])):
                return section
        return sections[-1]
    at = 0 if number > 0 else 1 if number < 0 else 2
    return sections[at] if at < min(len(sections), 3) else sections[0]


def _sections(code: str) -> Iterator[str]:
    start = 0
    while start <= len(code) and (match := _SECTION.match(code, start)):
        yield match.group()
        start = match.end() + 1


def _holds(number: Decimal, sign: str, bound: Decimal) -> bool:
    return {
        "<": number < bound,
        "<=": number <= bound,
        ">": number > bound,
        ">=": number >= bound,
        "=": number == bound,
        "<>": number != bound,
    }[sign]


class _Reading:
    """Reads one section from left to right.

    `0!.0,` shows ten thousands: a comma behind the digits divides by 1,000, and a point that is
    shown as it stands divides by 10 for each digit behind it.
    """

    def __init__(self) -> None:
        self.before = self.behind = ""
        self.digits = self.commas = self.thousands = 0
        self.decimals: int | None = None
        self.point_at: int | None = None
        self.is_torn = self.is_general = self.is_percent = False

    def digit(self) -> None:
        """Take a place for a digit; a text before it, other than a point, tears the number apart."""
        between = self.behind.strip()
        if between == ".":
            self.point_at = self.digits
        elif between:
            self.is_torn = True
        self.digits, self.commas, self.behind = self.digits + 1, 0, ""
        if self.decimals is not None:
            self.decimals += 1

    def point(self) -> None:
        """Take the decimal point; commas before it divide."""
        self.thousands, self.commas, self.decimals = self.thousands + self.commas, 0, 0

    def text(self, shown_as_it_stands: str) -> None:
        """Take a text that is shown as it stands."""
        if self.digits:
            self.behind += shown_as_it_stands
        else:
            self.before += shown_as_it_stands

    def section(self) -> _Section | None:
        """Return what was read; None when the section shows no number or tears one apart."""
        if not self.digits or self.is_torn:
            return None
        divisor = Decimal(1000) ** (self.thousands + self.commas)
        decimals = self.decimals or 0
        if self.point_at is not None:
            decimals = self.digits - self.point_at
            divisor *= Decimal(10) ** decimals
        if self.is_percent:
            divisor /= 100
        shown_decimals = None if self.is_general else decimals
        before, behind = half_width(self.before).strip(), half_width(self.behind).strip()
        return _Section(before, behind, divisor, shown_decimals)


@lru_cache(maxsize=500)
def _parsed(code: str) -> _Section | None:
    """Return the parts of a section; None when it shows no number or tears one apart."""
    reading = _Reading()
    for found in _PART.finditer(code):
        sign = found["sign"] or ""
        if found["general"] or sign in tuple("0#?@"):
            reading.is_general |= bool(found["general"]) or sign == "@"
            reading.digit()
        elif sign == ".":
            reading.point()
        elif sign == "," and reading.digits:
            reading.commas += 1
        else:
            reading.is_percent |= sign == "%"
            reading.text(_literal(found))
    return reading.section()


def _literal(found: re.Match[str]) -> str:
    """Return what a part of a code shows as it stands; `[$¥-804]` shows ¥, `[$¥-411]` the Yen's."""
    if found["bracket"] is None:
        return found["quoted"] or found["escaped"] or found["sign"] or ""
    if not found["bracket"].startswith("$"):
        return ""
    sign, _, language = found["bracket"][1:].partition("-")
    is_yen = sign.strip() in ("¥", "￥") and language.casefold() in ("411", "0411", "ja-jp")
    return "日元" if is_yen else sign
