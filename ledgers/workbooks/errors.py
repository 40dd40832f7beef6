"""Errors of formulas in Excel's spelling, whichever program stored them."""

from __future__ import annotations

import re

#: Codes of BIFF and of .xlsb ([MS-XLS] 2.5.10, BErr).
BY_CODE = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
#: Any other error: spilled ranges, blocked connections and the like.
OTHER = "#ERROR!"
_LATER = ("#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!")
_KNOWN = {*BY_CODE.values(), *_LATER, OTHER}
#: LibreOffice's own names ("Err:" and a number; 错误 in its Chinese interface).
_OF_LIBREOFFICE = {
    "502": "#VALUE!",
    "503": "#NUM!",
    "504": "#REF!",
    "519": "#VALUE!",
    "524": "#REF!",
    "525": "#NAME?",
    "532": "#DIV/0!",
    "32767": "#N/A",
}
_PREFIXES = ("ERR:", "错误:", "错误：")
#: Errors of further functions, and their names in the Chinese interface of LibreOffice.
_LIKE_ERRORS = re.compile(r"#(?:[A-Z][A-Z0-9/_]{1,14}|名称|值|引用|数字|空|除以零)[!?]")


def error_text(written: str) -> str:
    """Return an error in Excel's spelling: `Err:532` → `#DIV/0!`."""
    text = written.strip().upper()
    if text in _KNOWN:
        return text
    for prefix in _PREFIXES:
        if text.startswith(prefix):
            return _OF_LIBREOFFICE.get(text.removeprefix(prefix), OTHER)
    return OTHER


def is_error(written: str) -> bool:
    """Return whether a text is how some program shows an error."""
    text = written.strip().upper()
    if text in _KNOWN or text.startswith(_PREFIXES):
        return True
    return text.startswith("#") and bool(_LIKE_ERRORS.fullmatch(text))
