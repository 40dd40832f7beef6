"""Characters that nobody sees and that fall out of every text, in a form, the API and a ledger alike."""

from __future__ import annotations

import re

#: Format characters (Unicode category Cf, among them the marks of direction), variation selectors, fillers.
_UNSEEN = (
    "\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffc"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
#: Control characters but tabulator and ends of lines, which texts have, and NUL, which is refused; separators of
#: lines that only few programs know; code points that are no characters, which no XML may hold.
_CONTROLS = "\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufffe\uffff"
_INVISIBLE = re.compile(f"[{_UNSEEN}{_CONTROLS}]")


def without_invisible(text: str) -> str:
    """Return the text without characters that nobody sees, such as a zero-width blank or a control character."""
    is_plain = text.isascii() and text.isprintable()
    return text if is_plain else _INVISIBLE.sub("", text)
