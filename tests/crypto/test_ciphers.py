"""Encrypted texts: every text comes back, and none that was changed, moved or belongs to another key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.ciphers import (
    DIGEST_AT,
    DIGEST_LENGTH,
    CipherName,
    Undecipherable,
    decrypt,
    encrypt,
    found_by,
    is_encrypted,
    key_and_cipher,
    search_digest,
)
from crypto.keys import Key, Keyring

pytestmark = pytest.mark.once

OLD, NEW = Key("old-key-0123456789-abcdefghijklmnop"), Key("new-key-0123456789-abcdefghijklmnop")
KEYS = Keyring((NEW, OLD))
PLACE = "funds.fund.leader"
TEXTS = st.text(st.characters(codec="utf-8"))


@given(TEXTS, st.sampled_from(CipherName), st.booleans())
def test_every_text_comes_back(text: str, name: CipherName, is_searched: bool) -> None:
    stored = encrypt(text, PLACE, KEYS, name, is_searched=is_searched)
    assert decrypt(stored, PLACE, KEYS) == text
    assert stored == "" if not text else is_encrypted(stored)


@pytest.mark.parametrize("name", CipherName)
def test_equal_texts_are_stored_differently_and_found_where_they_are_searched(
    name: CipherName,
) -> None:
    one, other = (encrypt("王芳", PLACE, KEYS, name) for _ in range(2))
    assert one != other
    searched = encrypt("王芳", PLACE, Keyring((OLD,)), name, is_searched=True)
    assert any(searched.startswith(start) for start in found_by("王芳", KEYS))
    assert not any(searched.startswith(start) for start in found_by("王方", KEYS))
    digest = searched[DIGEST_AT - 1 : DIGEST_AT - 1 + DIGEST_LENGTH]
    assert digest == search_digest("王芳", OLD, name)


@pytest.mark.parametrize("name", CipherName)
def test_a_text_that_was_changed_or_moved_is_refused(name: CipherName) -> None:
    stored = encrypt("王芳", PLACE, KEYS, name)
    with pytest.raises(Undecipherable, match="被移到他处"):
        decrypt(stored, "funds.fund.phone", KEYS)
    for at in range(stored.rindex(".") + 1, len(stored) - 2):
        changed = stored[:at] + ("A" if stored[at] != "A" else "B") + stored[at + 1 :]
        with pytest.raises(Undecipherable):
            decrypt(changed, PLACE, KEYS)


def test_the_old_key_reads_and_a_missing_one_is_named() -> None:
    stored = encrypt("王芳", PLACE, Keyring((OLD,)), CipherName.SM4)
    assert decrypt(stored, PLACE, KEYS) == "王芳"
    assert key_and_cipher(stored) == (OLD.fingerprint, "sm4")
    with pytest.raises(Undecipherable, match=f"{OLD.fingerprint}.*FIELD_KEYS"):
        decrypt(stored, PLACE, Keyring((NEW,)))


def test_a_typed_text_that_looks_encrypted_is_a_text() -> None:
    typed = encrypt("王芳", PLACE, KEYS, CipherName.AES)
    assert decrypt(encrypt(typed, PLACE, KEYS, CipherName.AES), PLACE, KEYS) == typed


def test_plain_texts_of_earlier_releases_are_read_as_they_are() -> None:
    for text in ("王芳", "e1.aes.", "e1.aes.0123abcd..short"):
        assert decrypt(text, PLACE, KEYS) == text
