"""Number formats: which stored numbers are days, and which formats say something about the number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial

GENERAL = "General"
#: Codes that a workbook names by number only (ECMA-376 part 1, 18.8.30, with its zh-CN forms).
BUILT_IN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"¥"#,##0',
    6: '"¥"#,##0',
    7: '"¥"#,##0.00',
    8: '"¥"#,##0.00',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
    41: "#,##0",
    42: '"¥"#,##0',
    43: "#,##0.00",
    44: '"¥"#,##0.00',
    48: "##0.0E+0",
    49: "@",
    **dict.fromkeys((*range(14, 18), 22), "yyyy-mm-dd"),
    **dict.fromkeys((*range(27, 32), 36, *range(50, 59)), 'yyyy"年"m"月"d"日"'),
    **dict.fromkeys(range(18, 22), "h:mm:ss"),
    **dict.fromkeys(range(32, 36), 'h"时"mm"分"'),
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
}
#: Letters that a code shows as they stand, and the blanks and fillers that it leaves.
_QUOTED = re.compile(r'"([^"]*)"|[\\!](.)|[_*].|\[([^\]]*)\]')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_PARTS_OF_DAYS = re.compile(r"[ymdhs]|e(?![+\-])|a{3,4}|上午|下午", re.IGNORECASE)
_FRACTION_OF_SECONDS = re.compile(r"s\.0+", re.IGNORECASE)
_GENERAL = re.compile(r"general|g/通用格式|standard", re.IGNORECASE)
_THOUSANDS = re.compile(r"[0#?],+(?![,0#?])")
_DIGITS_ONLY = re.compile(r"\s*[#0?,]*[#0?](?:\.(?P<decimals>[0#?]*))?\s*")
_CONDITION = re.compile(r"\[[<>=]")
#: A minus or a bracket before the first digit, or a minus behind the last one.
_NEGATIVE = re.compile(r"^[^0#?Gg]*[-−－(（]|[0#?][^0#?]*[-−－]\s*$")
_TELLING = re.compile(r"[^\W_]|[¥￥$€£₩%‰]")


@dataclass(frozen=True, slots=True)
class CellFormat:
    """How cells of one style are shown.

    `number_format` is the code where it says something about any number, else "".
    """

    is_day: bool = False
    is_duration: bool = False
    number_format: str = ""
    is_struck_out: bool = False
    #: The code that shows numbers with so many decimals, and nothing else: 12.6 as 13.
    rounding: str = ""
    decimals: int = 0
    #: Whether the text is white on white.
    is_unseen: bool = False

    def telling(self, value: object) -> str:
        """Return the code where it says something about a value: also that it shows a rounded one."""
        if self.rounding and type(value) is float and is_rounded(value, self.decimals):
            return self.rounding
        return self.number_format


PLAIN = CellFormat()


@lru_cache(maxsize=2_000)
def cell_format(code: str, is_struck_out: bool = False, is_unseen: bool = False) -> CellFormat:
    """Return what a number format (and a font) makes of a cell."""
    shown = partial(CellFormat, is_struck_out=is_struck_out, is_unseen=is_unseen)
    if is_duration(code):
        return shown(True, True)
    if is_day(code):
        return shown(True)
    if says_something(code):
        return shown(number_format=code)
    found = _DIGITS_ONLY.fullmatch(_bare(code.split(";")[0]))
    if found is None:
        return shown()
    return shown(rounding=code, decimals=len(found["decimals"] or ""))


def is_rounded(number: float, decimals: int) -> bool:
    """Return whether so many decimals show less than all of the 15 digits that Excel shows."""
    if number.is_integer():
        return False
    exact = Decimal(f"{number:.15g}")
    return exact.is_finite() and exact != round(exact, decimals)


def is_duration(code: str) -> bool:
    """Return whether a code shows a length of time: `[h]:mm`."""
    return bool(_ELAPSED.search(code)) and not re.search(r"[yd]", _bare(code), re.IGNORECASE)


def is_day(code: str) -> bool:
    """Return whether a code shows a number as a day or time."""
    bare = _FRACTION_OF_SECONDS.sub("s", _bare(code))
    return bool(_PARTS_OF_DAYS.search(bare)) and not re.search(r"[0#?]", bare)


def says_something(code: str) -> bool:
    """Return whether a code tells of a number what its digits do not.

    That is a unit, a currency, per cent, a scale (`0.00,` and `0!.0,` show thousands and
    ten thousands), a minus or brackets around what is positive (`-0`, `(0)`), or that the number is
    not shown at all (`;;;`).
    """
    sections = code.split(";")
    if len(sections) > 1 and not sections[0].strip():
        return True
    positive = sections if _CONDITION.search(code) else sections[:1]
    if any(map(_looks_negative, positive)):
        return True
    bare = _bare(code)
    if _THOUSANDS.search(bare) or _TELLING.search(re.sub(r"[0#?]|E[+\-]", "", bare)):
        return True
    return any(map(_is_telling, _QUOTED.finditer(code)))


def _is_telling(found: re.Match[str]) -> bool:
    quoted, escaped, bracket = found.groups()
    if bracket is not None:  # [$¥-804] names a currency, [$-804] a language, [Red] a colour
        return bracket.startswith("$") and bool(bracket[1:].split("-")[0].strip())
    shown = quoted if quoted is not None else escaped or ""
    return shown == "." or bool(_TELLING.search(shown))


def _looks_negative(section: str) -> bool:
    """Return whether a section shows a minus or a bracket beside the number."""
    seen = _QUOTED.sub(lambda found: found[1] or found[2] or "", section)
    return bool(_NEGATIVE.search(seen))


def _bare(code: str) -> str:
    """Return a code without quoted, escaped and bracketed parts and without `General`."""
    return _GENERAL.sub("", _QUOTED.sub("", code))
