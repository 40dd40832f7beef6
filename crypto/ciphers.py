"""Texts that are stored encrypted: AES-256-GCM, or SM4-GCM (GB/T 32907-2016), under a key from outside.

`e1.<cipher>.<fingerprint of the key>.<keyed digest of the text>.<nonce and encrypted text>`
The keyed digest finds equal texts without reading them; the nonce is new each time.
"""

from __future__ import annotations

import base64
import os
from enum import StrEnum
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.digests import DigestName, keyed_digest
from crypto.keys import Key, Keyring

_MARK = "e1."
_NONCE, _TAG = 12, 16
#: How many hexadecimal digits of the keyed digest are kept: 128 bits.
_FOUND_BY = 32


class CipherName(StrEnum):
    """A cipher by the name under which it is stored."""

    AES = "aes"
    SM4 = "sm4"


class Undecipherable(ValueError):
    """A stored text cannot be read with the keys at hand; the Chinese message says what to do."""


def is_encrypted(stored: str) -> bool:
    """Return whether a stored text is encrypted."""
    return stored.startswith(_MARK)


def prefix_of(key: Key, name: CipherName) -> str:
    """Return how every text begins that is encrypted with this key and cipher."""
    return f"{_MARK}{name}.{key.fingerprint}."


def found_by(text: str, keys: Keyring) -> list[str]:
    """Return how a stored text may begin that is this one, whichever key it was encrypted with."""
    return [
        f"{prefix_of(key, name)}{_index_of(text, key)}." for key in keys.keys for name in CipherName
    ]


def encrypt(text: str, keys: Keyring, name: CipherName) -> str:
    """Return a text as it is stored; an empty one stays empty."""
    if not text:
        return text
    key, nonce = keys.current, os.urandom(_NONCE)
    sealed = _seal(text.encode(), nonce, key, name)
    packed = base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")
    return f"{prefix_of(key, name)}{_index_of(text, key)}.{packed}"


def decrypt(stored: str, keys: Keyring) -> str:
    """Return the text of a stored one; one that is not encrypted is returned as it is.

    Undecipherable when its key is not at hand, or when it was changed.
    """
    if not is_encrypted(stored):
        return stored
    try:
        _, cipher, fingerprint, _, packed = stored.split(".")
        content = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        key = keys.by_fingerprint[fingerprint]
        return _open(content[_NONCE:], content[:_NONCE], key, CipherName(cipher)).decode()
    except KeyError:
        message = f"加密的内容用的是另一个密钥（指纹 {fingerprint}），请把它加入 FIELD_KEYS"
        raise Undecipherable(message) from None
    except (ValueError, InvalidTag):
        raise Undecipherable("加密的内容已损坏或被改动，请从备份恢复") from None


def _index_of(text: str, key: Key) -> str:
    return keyed_digest(_secret(key, "field-index"), text.encode(), DigestName.SHA256)[:_FOUND_BY]


@lru_cache(maxsize=64)
def _secret(key: Key, purpose: str) -> bytes:
    return key.bytes_for(purpose)


@lru_cache(maxsize=16)
def _aes(key: Key) -> AESGCM:
    return AESGCM(_secret(key, "field-aes"))


def _sm4(key: Key) -> algorithms.SM4:
    return algorithms.SM4(_secret(key, "field-sm4")[:16])


def _seal(content: bytes, nonce: bytes, key: Key, name: CipherName) -> bytes:
    if name is CipherName.AES:
        return _aes(key).encrypt(nonce, content, None)
    cipher = Cipher(_sm4(key), modes.GCM(nonce)).encryptor()
    return cipher.update(content) + cipher.finalize() + cipher.tag


def _open(sealed: bytes, nonce: bytes, key: Key, name: CipherName) -> bytes:
    if name is CipherName.AES:
        return _aes(key).decrypt(nonce, sealed, None)
    cipher = Cipher(_sm4(key), modes.GCM(nonce, sealed[-_TAG:])).decryptor()
    return cipher.update(sealed[:-_TAG]) + cipher.finalize()
