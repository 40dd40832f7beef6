"""Texts that are stored encrypted: AES-256-GCM, or SM4-GCM (GB/T 32907-2016), under a key from outside.

`e1.<cipher>.<fingerprint of the key>.<keyed digest of the text, or nothing>.<nonce and sealed text>`
The nonce is new each time, so equal texts look different. Where a column is searched by whole texts, a
keyed digest finds them. The place of a text (its column) is authenticated with it: a stored text that is
moved to another column cannot be read there.
"""

from __future__ import annotations

import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from enum import StrEnum
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.digests import DigestName, keyed_digest
from crypto.keys import FINGERPRINT_LENGTH, Key, Keyring

_MARK = "e1."
_NONCE, _TAG = 12, 16
#: How many hexadecimal digits of the keyed digest are kept: 128 bits.
DIGEST_LENGTH = 32
#: Where the keyed digest begins in a stored text, counted from 1 as SQL does.
DIGEST_AT = len(_MARK) + 4 + FINGERPRINT_LENGTH + 2
_FORM = re.compile(
    rf"e1\.(aes|sm4)\.[0-9a-f]{{{FINGERPRINT_LENGTH}}}\.([0-9a-f]{{{DIGEST_LENGTH}}})?\.[\w=-]{{38,}}",
    re.ASCII,
)


class CipherName(StrEnum):
    """A cipher by the name under which it is stored."""

    AES = "aes"
    SM4 = "sm4"


#: The digest that goes with each cipher.
_DIGESTS = {CipherName.AES: DigestName.SHA256, CipherName.SM4: DigestName.SM3}


class Undecipherable(Exception):
    """A stored text cannot be read with the keys at hand; the Chinese message says what to do.

    It is no ValueError, which Django takes for a value that somebody typed wrongly.
    """

    #: What a page says in its place.
    told = "加密的个人信息无法读取（缺少密钥，或内容已损坏）。操作没有完成，数据未被改动，请联系系统管理员。"


def is_encrypted(stored: str) -> bool:
    """Return whether a stored text has the form of an encrypted one."""
    return stored.startswith(_MARK) and _FORM.fullmatch(stored) is not None


def prefix_of(key: Key, name: CipherName) -> str:
    """Return how every text begins that is encrypted with this key and cipher."""
    return f"{_MARK}{name}.{key.fingerprint}."


def key_and_cipher(stored: str) -> tuple[str, str]:
    """Return the fingerprint of the key and the cipher of a stored text; ("", "") for one in clear."""
    if not is_encrypted(stored):
        return "", ""
    _, cipher, fingerprint, _ = stored.split(".", 3)
    return fingerprint, cipher


def search_digest(text: str, key: Key, name: CipherName) -> str:
    """Return the keyed digest by which a whole text is found."""
    digest = keyed_digest(_secret(key, "field-index"), text.encode(), _DIGESTS[name])
    return digest[:DIGEST_LENGTH]


def found_by(text: str, keys: Keyring) -> list[str]:
    """Return how a stored text may begin that is this one, whichever key it was encrypted with."""
    return [
        f"{prefix_of(key, name)}{search_digest(text, key, name)}."
        for key in keys.keys
        for name in CipherName
    ]


def encrypt(
    text: str, place: str, keys: Keyring, name: CipherName, *, is_searched: bool = False
) -> str:
    """Return a text as it is stored at a place (`funds.fund.leader`); an empty one stays empty."""
    if not text:
        return text
    key, nonce = keys.current, os.urandom(_NONCE)
    sealed = nonce + _seal(text.encode(), nonce, place.encode(), key, name)
    digest = search_digest(text, key, name) if is_searched else ""
    packed = urlsafe_b64encode(sealed).decode("ascii").rstrip("=")
    return f"{prefix_of(key, name)}{digest}.{packed}"


def decrypt(stored: str, place: str, keys: Keyring) -> str:
    """Return the text of a stored one; one that is not encrypted is returned as it is.

    Undecipherable when its key is not at hand, or when it was changed or moved from another place.
    """
    if not is_encrypted(stored):
        return stored
    _, cipher, fingerprint, _, packed = stored.split(".")
    key = keys.by_fingerprint.get(fingerprint)
    if key is None:
        raise Undecipherable(
            f"缺少加密个人信息所用的密钥（指纹 {fingerprint}），请把该密钥加入环境变量 FIELD_KEYS 后重新启动"
        )
    try:
        content = urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        return _open(content, place.encode(), key, cipher).decode()
    except (ValueError, InvalidTag):
        raise Undecipherable(
            f"加密的内容（{place}）已损坏、被改动或被移到他处，请从备份恢复"
        ) from None


@lru_cache(maxsize=64)
def _secret(key: Key, purpose: str) -> bytes:
    return key.bytes_for(purpose)


@lru_cache(maxsize=16)
def _aes(key: Key) -> AESGCM:
    return AESGCM(_secret(key, "field-aes"))


@lru_cache(maxsize=16)
def _sm4(key: Key) -> algorithms.SM4:
    return algorithms.SM4(_secret(key, "field-sm4")[:16])


def _seal(content: bytes, nonce: bytes, place: bytes, key: Key, name: CipherName) -> bytes:
    if name is CipherName.AES:
        return _aes(key).encrypt(nonce, content, place)
    cipher = Cipher(_sm4(key), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(place)
    return cipher.update(content) + cipher.finalize() + cipher.tag


def _open(content: bytes, place: bytes, key: Key, cipher: str) -> bytes:
    nonce, sealed = content[:_NONCE], content[_NONCE:]
    if cipher == CipherName.AES:
        return _aes(key).decrypt(nonce, sealed, place)
    opened = Cipher(_sm4(key), modes.GCM(nonce, sealed[-_TAG:])).decryptor()
    opened.authenticate_additional_data(place)
    return opened.update(sealed[:-_TAG]) + opened.finalize()
