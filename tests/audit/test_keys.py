"""Keys stand in the environment, or in a file that only its owner reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from crypto.digests import DigestName, digest
from crypto.keys import KeyFault, keys_from

pytestmark = pytest.mark.once


def test_sm3_is_that_of_the_standard() -> None:
    # GB/T 32905-2016, annex A.1
    assert digest(b"abc", DigestName.SM3) == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


def test_a_key_file_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "audit"
    first = keys_from("NO_SUCH_KEYS", file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert keys_from("NO_SUCH_KEYS", file) == first


def test_the_environment_gives_several_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, old = "abcdefghijklmnopqrstuvwxyz012345", "012345abcdefghijklmnopqrstuvwxyz"
    monkeypatch.setenv("SOME_KEYS", f"{new}, {old}")
    ring = keys_from("SOME_KEYS", tmp_path / "key")
    assert [key.text for key in ring.keys] == [new, old]
    assert ring.current.bytes_for("a") != ring.current.bytes_for("b")
    assert not (tmp_path / "key").exists()


def test_a_weak_key_is_refused_in_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEYS", "kurz")
    with pytest.raises(KeyFault, match="环境变量 SOME_KEYS"):
        keys_from("SOME_KEYS", tmp_path / "key")
