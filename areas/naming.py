"""Area names as clerks write them, normalised for matching."""

import re
import unicodedata

from guards.invisible import without_invisible

_COMMITTEES = (
    (re.compile(r"社区(居民|村民)?委员会$|社区[居村]委会?$|居民委员会$|居委会$"), "社区"),
    (re.compile(r"嘎查(村民|村)?委员会$|嘎查村?委会$"), "嘎查"),
    (re.compile(r"村?村民委员会$|村委会?$"), "村"),
    (re.compile(r"街道(办事处|办)$"), "街道"),
)
_SUFFIX = re.compile(r"(社区|嘎查|村|街道|镇|乡|苏木)$")


def normalise_name(name: str) -> str:
    """Return the standard form of an area's name.

    `华一坡社区居民委员会`, ` 华一坡 社区居委会` and `华一坡社区` all become `华一坡社区`.
    """
    text = unicodedata.normalize("NFKC", without_invisible(name))
    text = re.sub(r"[\s·•・]|\((农村|城市|城镇)社区\)$", "", text)
    for pattern, replacement in _COMMITTEES:
        if pattern.search(text):
            base = pattern.sub("", text)
            return base if base.endswith(replacement) else base + replacement
    return text


def bare_name(name: str) -> str:
    """Return the normalised name without its suffix: `华一坡社区` → `华一坡`."""
    text = normalise_name(name)
    return _SUFFIX.sub("", text) or text
