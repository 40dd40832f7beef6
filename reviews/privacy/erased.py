"""What stands in the place of an erased text.

已删除 and a short keyed mark (已删除3f9a). Two texts that differed differ still, and a text that comes back
in a ledger is known as the erased one; but sixteen bits under a key outside the database do not say who it was.
"""

from __future__ import annotations

import re

from django.conf import settings

from areas.spelling import folded
from crypto.digests import DigestName, keyed_digest
from crypto.keys import Key, Keyring

#: What everybody reads in the place of an erased text.
ERASED = "已删除"
#: Hexadecimal digits of a mark.
_DIGITS = 4
_SEPARATOR = re.compile(r"[、，,；;/\s]+")
_MARKED = re.compile(f"{ERASED}[0-9a-f]{{{_DIGITS},}}")
#: Divides a text where something was erased from it; a mark may have been made shorter.
BETWEEN_ERASED = re.compile(f"{ERASED}[0-9a-f]*")


def is_erased(text: str) -> bool:
    """Return whether a text was erased."""
    return text == ERASED or _MARKED.fullmatch(text) is not None


def mark_of(text: str) -> str:
    """Return what is stored in the place of a text that is erased now."""
    return _mark(text, settings.AUDIT_KEYS.current, DigestName(settings.DIGEST))


def was_erased_from(stored: object, given: object) -> bool:
    """Return whether a stored text is what the erasure left of a given one."""
    if not (isinstance(stored, str) and isinstance(given, str) and ERASED in stored):
        return False
    kept, told = _SEPARATOR.split(stored), _SEPARATOR.split(given)
    return stored in _marks_of(given) or (
        len(kept) == len(told)
        and all(
            folded(a) == folded(b) or a in _marks_of(b) for a, b in zip(kept, told, strict=True)
        )
    )


def _marks_of(text: str) -> set[str]:
    """Return what may be stored in the place of a text, under each known key and digest."""
    keyring: Keyring = settings.AUDIT_KEYS
    return {
        _mark(text, key, name) for key in keyring.by_fingerprint.values() for name in DigestName
    }


def _mark(text: str, key: Key, name: DigestName) -> str:
    sealed = keyed_digest(key.bytes_for("erased text"), folded(text).encode(), name)
    return f"{ERASED}{sealed[:_DIGITS]}"
