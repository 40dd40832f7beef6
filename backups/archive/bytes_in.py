"""Reads the bytes of an archive: its digest first, then its content, decrypted, at any position."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from typing_extensions import override

from backups.archive.bytes_out import CHUNK, HEADER_SIZE, MAGIC, TAG, TRAILER_SIZE, Sealer
from backups.faults import BackupFault

_TRAILER = re.compile(rb"#manifest:(\d{20}) sha256:([0-9a-f]{64})\n")
_AT_ONCE = 1024 * 1024


class Damaged(BackupFault):
    """An archive is not as it was written."""


def trailer_of(path: Path) -> tuple[int, str]:
    """Return where the manifest of an archive begins, and the digest that it ends with."""
    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(size - TRAILER_SIZE, 0))
        found = _TRAILER.fullmatch(file.read())
    if found is None:
        raise Damaged(f"{path} 不是完整的备份文件：结尾缺失或被改动，可能没有复制完，请换一份备份")
    return int(found.group(1)), found.group(2).decode()


def check_digest(path: Path) -> str:
    """Read every byte of an archive; return its digest. Damaged where one was changed."""
    _, written = trailer_of(path)
    digest, left = hashlib.sha256(), path.stat().st_size - len(f"{written}\n")
    with path.open("rb") as file:
        while left and (content := file.read(min(left, _AT_ONCE))):
            digest.update(content)
            left -= len(content)
    if digest.hexdigest() != written:
        raise Damaged(f"{path} 已损坏：内容与写入时的校验值不符，请换一份备份")
    return written


def is_encrypted(path: Path) -> bool:
    """Return whether an archive was encrypted."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


class BytesIn(io.RawIOBase):
    """The content of an archive as a file that is read from any position."""

    def __init__(self, path: Path, secret: bytes | None) -> None:
        self._path, self._file = path, path.open("rb")
        self._size = path.stat().st_size - TRAILER_SIZE
        self._at, self._kept = 0, (-1, b"")
        self._sealer: Sealer | None = None
        if is_encrypted(path):
            if secret is None:
                raise BackupFault(
                    f"{path} 是加密的备份，请用 --key-file 或 --passphrase 给出口令或密钥"
                )
            self._sealer = Sealer(self._file.read(HEADER_SIZE), secret)
            self._last = (self._size - HEADER_SIZE - 1) // (CHUNK + TAG)
            self._size -= HEADER_SIZE + (self._last + 1) * TAG

    @override
    def readable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def tell(self) -> int:
        return self._at

    @override
    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(begin + offset, 0)
        return self._at

    @override
    def read(self, size: int = -1) -> bytes:
        wanted = self._size - self._at if size < 0 else min(size, self._size - self._at)
        found = bytearray()
        while len(found) < wanted:
            part = self._part(self._at, wanted - len(found))
            if not part:
                break
            found += part
            self._at += len(part)
        return bytes(found)

    @override
    def close(self) -> None:
        self._file.close()
        super().close()

    def _part(self, at: int, most: int) -> bytes:
        if self._sealer is None:
            self._file.seek(at)
            return self._file.read(most)
        number, within = divmod(at, CHUNK)
        if self._kept[0] != number:
            self._kept = number, self._chunk(self._sealer, self._file, number)
        return self._kept[1][within : within + most]

    def _chunk(self, sealer: Sealer, file: IO[bytes], number: int) -> bytes:
        file.seek(HEADER_SIZE + number * (CHUNK + TAG))
        is_last = number == self._last
        most = self._path.stat().st_size - TRAILER_SIZE - file.tell() if is_last else CHUNK + TAG
        try:
            return sealer.unseal(file.read(most), number, is_last)
        except InvalidTag:
            raise BackupFault(
                f"{self._path} 无法解密：给出的口令或密钥不是备份时所用的，请核对后重试"
            ) from None
