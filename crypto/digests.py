"""Digests and keyed digests: SHA-256, and SM3 (GB/T 32905-2016) as OpenSSL computes it."""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC


class DigestName(StrEnum):
    """A digest of 256 bits by the name under which it is stored."""

    SHA256 = "sha256"
    SM3 = "sm3"


#: Whether Python's own OpenSSL has SM3; `cryptography` brings an OpenSSL that has it.
_HAS_SM3 = "sm3" in hashlib.algorithms_available


def digest(content: bytes, name: DigestName = DigestName.SHA256) -> str:
    """Return the digest of some bytes as 64 hexadecimal digits."""
    if name is DigestName.SM3 and not _HAS_SM3:
        sum_ = hashes.Hash(hashes.SM3())
        sum_.update(content)
        return sum_.finalize().hex()
    return hashlib.new(name.value, content).hexdigest()


def keyed_digest(key: bytes, content: bytes, name: DigestName = DigestName.SHA256) -> str:
    """Return the HMAC (RFC 2104) of some bytes under a key as 64 hexadecimal digits."""
    if name is DigestName.SM3 and not _HAS_SM3:
        sum_ = HMAC(key, hashes.SM3())
        sum_.update(content)
        return sum_.finalize().hex()
    return hmac.digest(key, content, name.value).hex()


def is_same(one: str, other: str) -> bool:
    """Return whether two digests are equal, in a time that tells nothing about them."""
    return hmac.compare_digest(one.encode(), other.encode())
