"""Writes an archive: a tar file whose streams are cut into members, so that nothing waits for its size."""

from __future__ import annotations

import hashlib
import io
import tarfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, cast

from backups.archive.bytes_out import BytesOut
from backups.archive.manifest import FilesPart, Manifest, Part
from backups.faults import BackupFault

#: Bytes of a member of a stream.
_MEMBER = 16 * 1024 * 1024
MANIFEST, KEYS, FOLDER = "manifest.json", "keys.json", "files/"
_LEVEL, _GZIP = 1, 31


class PartOut:
    """One stream of an archive while it is written."""

    def __init__(self, name: str, add: Callable[[str, bytes], None], is_packed: bool) -> None:
        self._name, self._add = name, add
        self._waiting, self._members, self._size = bytearray(), 0, 0
        self._digest = hashlib.sha256()
        self._packer = zlib.compressobj(_LEVEL, wbits=_GZIP) if is_packed else None

    def write(self, content: bytes) -> int:
        """Take some bytes of the stream."""
        self._take(self._packer.compress(content) if self._packer else content)
        return len(content)

    def _take(self, content: bytes) -> None:
        self._waiting += content
        while len(self._waiting) >= _MEMBER:
            self._flush(_MEMBER)

    def _flush(self, size: int) -> None:
        content = bytes(self._waiting[:size])
        del self._waiting[:size]
        self._digest.update(content)
        self._size += len(content)
        self._members += 1
        self._add(f"{self._name}.{self._members:05}", content)

    def end(self) -> Part:
        """Write what is left; return what the manifest says of the stream."""
        if self._packer:
            self._take(self._packer.flush())
        if self._waiting or not self._members:
            self._flush(len(self._waiting))
        return Part(self._size, self._digest.hexdigest(), self._members)


class ArchiveOut:
    """An archive while it is written."""

    def __init__(self, target: BytesOut) -> None:
        self._target = target
        # A tar stream only writes.
        self._tar = tarfile.open(mode="w|", fileobj=cast(IO[bytes], target))  # noqa: SIM115
        self._parts: dict[str, Part] = {}
        self._files, self._missing = FilesPart(0, 0, ""), list[str]()
        self._listed = hashlib.sha256()
        self._has_keys = False

    @contextmanager
    def part(self, name: str, is_packed: bool = False) -> Iterator[PartOut]:
        """Write one stream; `is_packed` compresses it (gzip)."""
        part = PartOut(name, self.add, is_packed)
        yield part
        self._parts[name] = part.end()

    def add(self, name: str, content: bytes) -> None:
        """Write a small member."""
        self._tar.addfile(_info(name, len(content)), io.BytesIO(content))

    def add_keys(self, content: bytes) -> None:
        """Write the keys themselves: into an encrypted archive only."""
        self.add(KEYS, content)
        self._has_keys = True

    def add_file(self, root: Path, name: str) -> None:
        """Write a file of DATA_DIR; one that is not there is only named in the manifest."""
        try:
            file = (root / name).open("rb")
        except FileNotFoundError:
            self._missing.append(name)
            return
        with file:
            size = file.seek(0, io.SEEK_END)
            file.seek(0)
            read = _Digesting(file)
            self._tar.addfile(_info(FOLDER + name, size), cast(IO[bytes], read))
        self._listed.update(line_of(read.digest.hexdigest(), size, name))
        known = self._files
        self._files = FilesPart(known.count + 1, known.size + size, self._listed.hexdigest())

    def close(self, manifest: Manifest) -> tuple[Manifest, str]:
        """End the archive; return its manifest and its digest."""
        full = replace(
            manifest,
            parts=self._parts,
            files=self._files,
            missing=self._missing,
            has_keys=self._has_keys,
        )
        at = self._tar.offset
        self.add(MANIFEST, full.written())
        self._tar.close()
        return full, self._target.close(at)


class _Digesting:
    """A file that is digested while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return some bytes of the file."""
        content = self._file.read(size)
        self.digest.update(content)
        return content


def line_of(sha256: str, size: int, name: str) -> bytes:
    """Return the line of a file in the list that the manifest has the digest of."""
    return f"{sha256} {size} {name}\n".encode()


def _info(name: str, size: int) -> tarfile.TarInfo:
    if "\n" in name or name.startswith("/") or ".." in Path(name).parts:
        raise BackupFault(f"文件名不能写入备份：{name!r}")
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(time.time())
    return info
