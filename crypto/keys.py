"""Keys that stand outside the database: from the environment, or made once in a file of DATA_DIR."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from crypto.digests import digest

#: How many hexadecimal digits name a key.
FINGERPRINT_LENGTH = 8
_LEAST_CHARACTERS, _LEAST_DIFFERENT = 32, 10


class KeyFault(ValueError):
    """A key is missing or too weak; the Chinese message names the variable and what would be right."""


@dataclass(frozen=True)
class Key:
    """One secret; its fingerprint is stored beside what it was used for."""

    text: str

    @cached_property
    def fingerprint(self) -> str:
        """Return the first digits of the key's SHA-256: they name the key and do not tell it."""
        return digest(b"fingerprint:" + self.text.encode())[:FINGERPRINT_LENGTH]

    def bytes_for(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose, so that no two purposes share the same secret."""
        return bytes.fromhex(digest(f"{purpose}:{self.text}".encode()))


@dataclass(frozen=True)
class Keyring:
    """The keys of one purpose: the first one is used for what is new, all of them for what is old."""

    keys: tuple[Key, ...]

    @property
    def current(self) -> Key:
        """The key for what is written now."""
        return self.keys[0]

    @cached_property
    def by_fingerprint(self) -> Mapping[str, Key]:
        """Fingerprint → key."""
        return {key.fingerprint: key for key in self.keys}


def keys_from(variable: str, file: Path) -> Keyring:
    """Return the keys of an environment variable (separated by commas, the newest first).

    Without it: the lines of `file`, which is made with one random key the first time, readable by its
    owner alone. KeyFault when a key is too weak.
    """
    texts = [text.strip() for text in os.environ.get(variable, "").split(",") if text.strip()]
    source = f"环境变量 {variable}"
    if not texts:
        texts, source = _kept(file), f"密钥文件 {file}"
    if any(_is_weak(text) for text in texts) or not texts:
        raise KeyFault(
            f"{source} 中的密钥强度不足：每个密钥应为至少{_LEAST_CHARACTERS}个随机字符，多个密钥用英文逗号分隔，"
            "新的在前（可用 python -c 'import secrets; print(secrets.token_urlsafe(48))' 生成）。"
        )
    return Keyring(tuple(map(Key, texts)))


def _is_weak(text: str) -> bool:
    return len(text) < _LEAST_CHARACTERS or len(set(text)) < _LEAST_DIFFERENT


def _kept(file: Path) -> list[str]:
    """Return the lines of a key file; of several processes that make it, one wins."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as written:
            written.write(secrets.token_urlsafe(48) + "\n")
        try:
            os.link(part, file)
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return file.read_text(encoding="ascii").split()
