"""Prefix codes: a code's prefix is its ancestor, a subtree is one range of codes.

Codes are the statistical codes (GB/T 2260, GB/T 10114) cut to their level:
2, 4, 6, 9 or 12 digits for 省, 市州, 区县, 乡镇街道, 村社区.
"""

import re

LENGTHS = (2, 4, 6, 9, 12)
COUNTY_LEVEL, TOWNSHIP_LEVEL, COMMUNITY_LEVEL = 3, 4, 5
_CODE = re.compile(r"[1-9](\d|\d{3}|\d{5}|\d{8}|\d{11})", re.ASCII)


def level_of(code: str) -> int:
    """The level 1-5 of a code; ValueError when it is not an area code."""
    if not _CODE.fullmatch(code):
        raise ValueError(f"“{code}”不是区划代码：应为2、4、6、9或12位数字")
    return LENGTHS.index(len(code)) + 1


def cut_to(code: str, level: int) -> str:
    """The ancestor's code at `level` (the code itself where it is not deeper)."""
    return code[: LENGTHS[level - 1]]


def ancestors_of(code: str) -> list[str]:
    """Codes of all ancestors, the highest first, without the code itself."""
    return [code[:length] for length in LENGTHS if length < len(code)]


def subtree_end(code: str) -> str:
    """The first string behind the subtree: `code <= x < subtree_end(code)`.

    Trailing zeros are cut, or behind `…001999` the next street `…002` would still be below
    `…002000`.
    """
    return str(int(code) + 1).rstrip("0")


def is_within(code: str, root: str) -> bool:
    """Whether `code` lies in the subtree of `root`."""
    return code.startswith(root)
