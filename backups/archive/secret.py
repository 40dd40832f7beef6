"""The secret of an encrypted archive: a passphrase that is asked for, or the content of a file."""

from __future__ import annotations

import getpass
from pathlib import Path

from backups.faults import BackupFault

_LEAST = 12


def secret_in(file: Path) -> bytes:
    """Return the secret that a file holds, without the end of its last line."""
    try:
        secret = file.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise BackupFault(f"不能读取密钥文件 {file}：{error.strerror}") from error
    _check(secret, f"密钥文件 {file} 中的口令或密钥")
    return secret


def asked_secret(is_new: bool) -> bytes:
    """Ask for a passphrase on the terminal; twice where it is a new one."""
    text = getpass.getpass("备份口令：")
    if is_new and getpass.getpass("再次输入备份口令：") != text:
        raise BackupFault("两次输入的备份口令不一致，没有生成备份")
    _check(text.encode(), "备份口令")
    return text.encode()


def _check(secret: bytes, what: str) -> None:
    if len(secret) < _LEAST:
        raise BackupFault(f"{what}太短：应至少{_LEAST}个字符")
