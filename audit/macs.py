"""Keyed digests of rows: who may write the database cannot make one, because the key stands elsewhere."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable

from django.conf import settings

from crypto.digests import DigestName, is_same, keyed_digest
from crypto.keys import Keyring


def mac_of(content: Iterable[object]) -> str:
    """Return `algorithm$fingerprint$digest` of some values under the current key."""
    key = settings.AUDIT_KEYS.current
    name = DigestName(settings.DIGEST)
    return f"{name}${key.fingerprint}${keyed_digest(key.bytes_for('audit'), packed(content), name)}"


def is_valid(mac: str, content: Iterable[object]) -> bool:
    """Return whether a stored mac is that of these values, under any of the known keys."""
    name, _, rest = mac.partition("$")
    fingerprint, _, stored = rest.partition("$")
    keyring: Keyring = settings.AUDIT_KEYS
    key = keyring.by_fingerprint.get(fingerprint)
    if key is None or name not in {each.value for each in DigestName}:
        return False
    return is_same(stored, keyed_digest(key.bytes_for("audit"), packed(content), DigestName(name)))


def packed(content: Iterable[object]) -> bytes:
    """Return values as text that is the same before they are stored and after they are read."""
    values = list(content)
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=_text).encode()


def _text(value: object) -> str:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    return str(value)
