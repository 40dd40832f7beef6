"""Area codes: an ancestor's code is a prefix of the code, so a subtree is one range of codes.

Codes are the statistical codes (GB/T 2260, GB/T 10114) cut to their level: 2, 4, 6, 9 or 12 digits
for 省, 市州, 区县, 乡镇街道, 村社区.
"""

import re

LENGTHS = (2, 4, 6, 9, 12)
COUNTY_LEVEL, TOWNSHIP_LEVEL, COMMUNITY_LEVEL = 3, 4, 5
_CODE = re.compile(r"[1-9](\d|\d{3}|\d{5}|\d{8}|\d{11})", re.ASCII)


def level_of(code: str) -> int:
    """Return the level (1–5) of a code; raise ValueError when the text is not an area code."""
    if not _CODE.fullmatch(code):
        raise ValueError(f"“{code}”不是区划代码：应为2、4、6、9或12位数字")
    return LENGTHS.index(len(code)) + 1


def cut_to(code: str, level: int) -> str:
    """Return the code of the ancestor at `level`, or the code itself when it is not deeper."""
    return code[: LENGTHS[level - 1]]


def ancestors_of(code: str) -> list[str]:
    """Return the codes of all ancestors from the highest down, without the code itself."""
    return [code[:length] for length in LENGTHS if length < len(code)]


def subtree_end(code: str) -> str:
    """Return the smallest string after the subtree: `code <= x < subtree_end(code)`.

    Trailing zeros are removed; otherwise `…002`, the next street after `…001999`, would lie below
    the end `…002000`.
    """
    return str(int(code) + 1).rstrip("0")


def is_within(code: str, root: str) -> bool:
    """Return whether `code` lies in the subtree of `root`; the root itself does."""
    return code.startswith(root)
