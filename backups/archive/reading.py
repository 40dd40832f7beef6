"""Reads an archive: its manifest at once, its parts and files one after the other, each held against it."""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from backups.archive.bytes_in import BytesIn, Damaged, check_digest, trailer_of
from backups.archive.manifest import Manifest, read
from backups.archive.writing import FOLDER, KEYS, MANIFEST, line_of
from backups.faults import BackupFault

_AT_ONCE = 1024 * 1024
_NAME = re.compile(r"[\w.()-]+(?:/[\w.()-]+)*")
_MEMBER = re.compile(r"(.+)\.(\d{5})")

#: Takes the bytes of a part one after the other.
Take = Callable[[str, Iterator[bytes]], None]


class ArchiveIn:
    """An archive whose digest was found right."""

    def __init__(self, path: Path, secret: bytes | None) -> None:
        self.path, self._secret = path, secret
        try:
            self.digest = check_digest(path)
        except OSError as error:
            raise BackupFault(f"不能读取备份文件 {path}：{error.strerror}") from error
        self.manifest, self.is_genuine = self._read_manifest()

    def _read_manifest(self) -> tuple[Manifest, bool | None]:
        at, _ = trailer_of(self.path)
        with self._opened(at) as tar:
            info = tar.next()
            file = tar.extractfile(info) if info and info.name == MANIFEST else None
            if file is None:
                raise Damaged(f"{self.path} 没有备份清单，请换一份备份")
            return read(file.read())

    @contextmanager
    def _opened(self, at: int) -> Iterator[tarfile.TarFile]:
        with BytesIn(self.path, self._secret) as content:
            content.seek(at)
            try:
                with tarfile.open(mode="r:", fileobj=cast(IO[bytes], content)) as tar:
                    yield tar
            except tarfile.TarError as error:
                raise Damaged(f"{self.path} 的结构无法读取，请换一份备份") from error

    def keys(self) -> Mapping[str, str]:
        """Return setting → keys, as an archive with keys holds them."""
        with self._opened(0) as tar:
            for info in tar:
                if info.name == KEYS and (file := tar.extractfile(info)):
                    found: dict[str, str] = json.loads(file.read())
                    return found
        raise BackupFault(f"{self.path} 中没有密钥：备份时没有用 --with-keys")

    def unpack(self, take: Take, folder: Path | None) -> None:
        """Hand each stream to `take`, and write the files below `folder` (None: only check them).

        Damaged where a part is not what the manifest says; everything has been handed out by then.
        """
        listed, count = hashlib.sha256(), 0
        with self._opened(0) as tar:
            members = _Members(tar)
            while (info := members.ahead) is not None:
                if info.name.startswith(FOLDER):
                    listed.update(self._unpack_file(tar, info, folder))
                    count += 1
                    members.go_on()
                elif found := _MEMBER.fullmatch(info.name):
                    self._hand_out(found.group(1), members, take)
                else:
                    members.go_on()
        wanted = self.manifest.files
        if count != wanted.count or (count and listed.hexdigest() != wanted.sha256):
            raise Damaged(f"{self.path} 中的文件与备份清单不符，请换一份备份")

    def _unpack_file(
        self, tar: tarfile.TarFile, info: tarfile.TarInfo, folder: Path | None
    ) -> bytes:
        name = info.name.removeprefix(FOLDER)
        file = tar.extractfile(info) if _NAME.fullmatch(name) and ".." not in name else None
        if file is None:
            raise Damaged(f"{self.path} 中的文件名不合规：{name!r}")
        digest = hashlib.sha256()
        target = None
        if folder is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            target = (folder / name).open("xb")
        try:
            while content := file.read(_AT_ONCE):
                digest.update(content)
                if target:
                    target.write(content)
        finally:
            if target:
                target.close()
        return line_of(digest.hexdigest(), info.size, name)

    def _hand_out(self, name: str, members: _Members, take: Take) -> None:
        wanted = self.manifest.parts.get(name)
        if wanted is None:
            raise Damaged(f"{self.path} 中的 {name} 不在备份清单中，请换一份备份")
        digest, size = hashlib.sha256(), 0

        def blocks() -> Iterator[bytes]:
            nonlocal size
            for content in members.of(name):
                digest.update(content)
                size += len(content)
                yield content

        stream = blocks()
        take(name, stream)
        for _ in stream:  # what `take` has left
            pass
        if (size, digest.hexdigest()) != (wanted.size, wanted.sha256):
            raise Damaged(f"{self.path} 中的 {name} 与备份清单不符，请换一份备份")


class _Members:
    """The members of a tar file with a look at the next one."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.ahead = tar.next()

    def go_on(self) -> None:
        """Look at the member after the next one."""
        vars(self._tar)["members"].clear()  # else every header would be kept
        self.ahead = self._tar.next()

    def of(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of the members of one stream."""
        while (info := self.ahead) is not None and info.name.startswith(f"{name}."):
            file = self._tar.extractfile(info)
            while file and (content := file.read(_AT_ONCE)):
                yield content
            self.go_on()


def unpacked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the content of a compressed stream."""
    unpacker = zlib.decompressobj(wbits=31)
    for block in blocks:
        while block:
            yield unpacker.decompress(block, _AT_ONCE)
            block = unpacker.unconsumed_tail
    yield unpacker.flush()
