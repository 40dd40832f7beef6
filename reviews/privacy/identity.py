"""Numbers in texts that say who somebody is: identity numbers (GB 11643) and mobile numbers."""

from __future__ import annotations

import datetime
import re

from areas.spelling import half_width

#: The length of an identity number.
IDENTITY_DIGITS = 18
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])([1-8]\d{5})[ -]?((?:18|19|20)\d{2})[ -]?(\d{2})(\d{2})[ -]?(\d{3}[\dXx])(?![0-9A-Za-z])"
)
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_WEIGHTS = [pow(2, 17 - place, 11) for place in range(17)]
_CHECK_DIGITS = "10X98765432"


def holds_identity_number(text: str) -> bool:
    """Return whether a text contains an identity number, with or without blanks in it."""
    if len(text) < IDENTITY_DIGITS:
        return False
    return any(_is_identity_number("".join(found)) for found in _IDENTITY.findall(half_width(text)))


def holds_mobile_number(text: str) -> bool:
    """Return whether a text contains a mobile number; the address of a page may hold such digits."""
    return _MOBILE.search(text) is not None and not text.startswith("http")


def without_mobile_numbers(text: str) -> str:
    """Return a text with its mobile numbers masked: 138****5678."""
    return _MOBILE.sub(lambda found: f"{found[0][:3]}****{found[0][-4:]}", text)


def _is_identity_number(digits: str) -> bool:
    try:
        datetime.date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    total = sum(int(sign) * weight for sign, weight in zip(digits[:17], _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11] == digits[17].upper()
