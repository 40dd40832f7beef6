"""Writes the bytes of an archive: encrypted by chunks where there is a secret, and a digest at the end.

An encrypted archive is `HEADER`, then chunks under AES-256-GCM. The number of a chunk and whether it is
the last one stand in its nonce (the STREAM construction), so that none can be left out, doubled or moved.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import struct
from typing import IO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"SHEQU-CISHAN-BACKUP-1\n"
#: Bytes of content in a chunk, and those that authenticate it.
CHUNK, TAG = 1024 * 1024, 16
_SALT, _PREFIX = 16, 7
HEADER_SIZE = len(MAGIC) + _SALT + _PREFIX
#: The last bytes of every archive: where its manifest begins, and the SHA-256 of all bytes before.
TRAILER = "#manifest:%020d sha256:%s\n"
TRAILER_SIZE = len(TRAILER % (0, "0" * 64))
#: 64 MB and a third of a second for each guess of a passphrase.
_COST = 2**16


class Sealer:
    """The key and the nonces of one archive, by its header and a secret."""

    def __init__(self, header: bytes, secret: bytes) -> None:
        salt, self._prefix = header[-_SALT - _PREFIX : -_PREFIX], header[-_PREFIX:]
        self._header = header
        self._cipher = AESGCM(Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(secret))

    def nonce(self, number: int, is_last: bool) -> bytes:
        """Return the nonce of a chunk."""
        return self._prefix + struct.pack(">IB", number, is_last)

    def seal(self, content: bytes, number: int, is_last: bool) -> bytes:
        """Return a chunk of an archive."""
        return self._cipher.encrypt(self.nonce(number, is_last), content, self._header)

    def unseal(self, chunk: bytes, number: int, is_last: bool) -> bytes:
        """Return the content of a chunk; InvalidTag where it is not what was written there."""
        return self._cipher.decrypt(self.nonce(number, is_last), chunk, self._header)


def new_header() -> bytes:
    """Return the header of a new encrypted archive."""
    return MAGIC + secrets.token_bytes(_SALT + _PREFIX)


class BytesOut:
    """The bytes of one archive; `close` ends it on the disk."""

    def __init__(self, file: IO[bytes], secret: bytes | None) -> None:
        self._file, self._digest = file, hashlib.sha256()
        self._waiting, self._number = bytearray(), 0
        self._sealer: Sealer | None = None
        if secret is not None:
            header = new_header()
            self._sealer = Sealer(header, secret)
            self._put(header)

    def write(self, content: bytes) -> int:
        """Take some bytes of the archive."""
        if self._sealer is None:
            self._put(content)
            return len(content)
        self._waiting += content
        while len(self._waiting) > CHUNK:
            self._put_chunk(self._sealer, bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return len(content)

    def close(self, manifest_at: int) -> str:
        """Write what is left and the trailer, and wait for the disk; return the digest of the archive."""
        if self._sealer is not None:
            self._put_chunk(self._sealer, bytes(self._waiting), is_last=True)
        # The digest covers the position, too.
        self._put((TRAILER % (manifest_at, ""))[:-1].encode())
        digest = self._digest.hexdigest()
        self._file.write(f"{digest}\n".encode())
        self._file.flush()
        os.fsync(self._file.fileno())
        return digest

    def _put_chunk(self, sealer: Sealer, content: bytes, is_last: bool) -> None:
        self._put(sealer.seal(content, self._number, is_last))
        self._number += 1

    def _put(self, content: bytes) -> None:
        self._digest.update(content)
        self._file.write(content)
