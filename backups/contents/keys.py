"""Fingerprints of the keys that the data need, and the keys themselves for who asks for them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from django.conf import settings

from crypto.keys import Key, Keyring

SECRET_KEY = "SECRET_KEY"  # noqa: S105 - the name of a setting


def keyrings() -> dict[str, Keyring]:
    """Return setting → keys, of every setting that holds keys of the data."""
    values = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
    return {name: value for name, value in values.items() if isinstance(value, Keyring)}


def fingerprints() -> dict[str, list[str]]:
    """Return setting → fingerprints of its keys; SECRET_KEY signs and encrypts, too."""
    found = {name: [key.fingerprint for key in ring.keys] for name, ring in keyrings().items()}
    return found | {SECRET_KEY: [Key(settings.SECRET_KEY).fingerprint]}


def written_keys() -> bytes:
    """Return the keys themselves as JSON: setting → value of its environment variable."""
    return json.dumps(key_values()).encode()


def key_values() -> dict[str, str]:
    """Return the environment variables that hold the keys of this installation."""
    found = {name: ",".join(key.text for key in ring.keys) for name, ring in keyrings().items()}
    return found | {SECRET_KEY: settings.SECRET_KEY}


def missing_keys(wanted: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return setting → fingerprints of keys that an archive was written with and nobody has here."""
    known = fingerprints()
    found = {
        name: [each for each in prints if each not in known.get(name, [])]
        for name, prints in wanted.items()
    }
    return {name: prints for name, prints in found.items() if prints}
