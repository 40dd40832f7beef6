"""Spellings: what falls out of every text, and the key by which two spellings are the same."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from guards.invisible import without_invisible

#: A text that is its own key: most names.
_OWN_KEY = re.compile("[\u4e00-\u9fff0-9a-z()]*")
#: Signs that NFKC would turn into digits though they mean something else: `²`, `①`, `㈠`, `½`, `㎡`.
_NO_DIGITS = re.compile(
    "([\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209c\u2150-\u215f\u2189\u2460-\u24ff"
    "\u3200-\u33ff\U0001f100-\U0001f1ff]+)"
)
#: A text that is half-width already: most cells.
_HALF_WIDTH = re.compile("[ -~\u4e00-\u9fff]*")
#: Signs that clerks use for each other, after NFKC.
_ALIKE = str.maketrans(
    dict.fromkeys("[{〔【〈《「『〖〘〚⟨", "(")
    | dict.fromkeys("]}〕】〉》」』〗〙〛⟩", ")")
    | dict.fromkeys("'“”‘’„‟′″", '"')
    | dict.fromkeys("‐‑‒–—―−─", "-")
    | dict.fromkeys("•・‧∙⋅", "·")
)


def half_width(text: str) -> str:
    """Return the text without invisible characters, with full-width letters, digits and signs
    half-width.

    `²`, `①`, `㈠` and `½` stay what they are: they are no digits.
    """
    if _HALF_WIDTH.fullmatch(text):
        return text
    parts = _NO_DIGITS.split(without_invisible(text))
    return "".join(
        part if at % 2 else unicodedata.normalize("NFKC", part) for at, part in enumerate(parts)
    )


def folded(text: str) -> str:
    """Return the key by which two spellings of a name or a number are the same.

    `甲１号（爱心）` and `甲 1号(爱心)` have one key: width, case, blanks, kinds of brackets, quotation
    marks, dashes and middle dots, and invisible characters make no difference. The key is compared,
    never stored: what is kept is what was written.
    """
    return text if _OWN_KEY.fullmatch(text) else _folded(text)


@lru_cache(maxsize=65_536)
def _folded(text: str) -> str:
    plain = half_width(text).casefold()
    return "".join(plain.translate(_ALIKE).split())


def folded_value(value: object) -> object:
    """Return the key of a text; any other value as it is."""
    return folded(value) if isinstance(value, str) else value
