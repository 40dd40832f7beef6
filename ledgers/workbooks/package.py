"""The bounds of a zip package (.xlsx, .xlsm, .xlsb, .ods), checked before anything in it is read.

A package says how large its parts are; the readers of workbooks believe it, or unpack whatever
comes. Here every part is unpacked once, piece by piece and never past the bound, and must have the
size that the package says.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

#: The most parts (sheets, pictures …) of a package.
MOST_ENTRIES = 10_000
#: The most bytes of all parts together after unpacking.
MOST_UNPACKED_BYTES = 300 * 1024 * 1024
_PIECE = 256 * 1024
#: The first bytes of a package, and of a compound file: an .xls, whose theme is a package within.
_PACKAGE, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The signature that stands before every entry of a package's directory.
_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER = 30
_ENCRYPTED = 0x1

_SAVE_AGAIN = "请在 Excel 或 WPS 中打开，另存为 .xlsx 后再导入"
_BROKEN = f"文件不完整或已损坏（可能没有传完）：{_SAVE_AGAIN}；打不开的，请重新取得原文件"


class PackageRefused(ValueError):
    """The package is broken or beyond a bound; the Chinese message is for the user."""


def is_package(content: bytes) -> bool:
    """Return whether a reader could take the file for a zip package, even a half one."""
    if content.startswith(_COMPOUND):
        return False
    return content.startswith(_PACKAGE) or zipfile.is_zipfile(io.BytesIO(content))


def check_package(content: bytes) -> None:
    """Check the bounds of a package in bounded time and memory; PackageRefused says which one.

    Files that are no package are left to their readers.
    """
    if not is_package(content):
        return
    # Counted in the bytes, because the directory of a bad package may itself be enormous.
    entries = content.count(_ENTRY)
    if entries > MOST_ENTRIES:
        raise PackageRefused(
            f"文件内部有{entries}个部件，超过{MOST_ENTRIES}个，不像台账："
            "请把台账复制到新建的工作簿，保存后再导入"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        ValueError,
        OverflowError,
        struct.error,
    ) as error:
        raise PackageRefused(_BROKEN) from error
    _check_sizes(content, parts)


def unpacked_bytes(content: bytes) -> int:
    """Return how many bytes a checked package unpacks to; the own size of a file that is none."""
    if not is_package(content):
        return len(content)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return sum(part.file_size for part in package.infolist())


def _check_sizes(content: bytes, parts: list[zipfile.ZipInfo]) -> None:
    told = sum(part.file_size for part in parts)
    if told > MOST_UNPACKED_BYTES:
        raise PackageRefused(
            f"文件解压后有{_megabytes(told)}兆，超过{_megabytes(MOST_UNPACKED_BYTES)}兆："
            "请删去多余的工作表、空行和图片，或分成几个文件导入"
        )
    for part in parts:
        if part.flag_bits & _ENCRYPTED:
            raise PackageRefused(
                "文件已加密：请在 Excel 或 WPS 中打开，取消“用密码进行加密”，保存后再导入"
            )
        if _unpacked_bytes(content, part) != part.file_size:
            raise PackageRefused(_BROKEN)


def _unpacked_bytes(content: bytes, part: zipfile.ZipInfo) -> int:
    """Return how many bytes a part really unpacks to; counting ends just past what it tells."""
    size = 0
    for piece in _pieces(content, part):
        size += piece
        if size > part.file_size:
            break
    return size


def _pieces(content: bytes, part: zipfile.ZipInfo) -> Iterator[int]:
    """Yield the sizes of the unpacked pieces of a part."""
    start = part.header_offset
    header = content[start : start + _LOCAL_HEADER]
    if len(header) < _LOCAL_HEADER or not header.startswith(_PACKAGE):
        raise PackageRefused(_BROKEN)
    start += _LOCAL_HEADER + int.from_bytes(header[26:28], "little")
    start += int.from_bytes(header[28:30], "little")
    packed = memoryview(content)[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield len(packed)
    elif part.compress_type == zipfile.ZIP_DEFLATED:
        yield from _inflated(packed)
    else:
        raise PackageRefused(f"文件用了少见的压缩方式，无法读取：{_SAVE_AGAIN}")


def _inflated(packed: memoryview) -> Iterator[int]:
    """Yield the sizes of the inflated pieces; nothing for the empty body of a folder's entry."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(packed), _PIECE):
            yield from _fed(inflater, packed[at : at + _PIECE])
    except zlib.error as error:
        raise PackageRefused(_BROKEN) from error
    if len(packed) and not inflater.eof:
        raise PackageRefused(_BROKEN)


def _fed(inflater: zlib._Decompress, waiting: memoryview | bytes) -> Iterator[int]:
    """Yield sizes until the input is used up: some output may still wait when no input does."""
    while not inflater.eof:
        size = len(inflater.decompress(waiting, _PIECE))
        yield size
        waiting = inflater.unconsumed_tail
        if not waiting and size < _PIECE:
            return


def _megabytes(size: int) -> int:
    return -(-size // (1024 * 1024))
