"""How an area's year is stored: the series that are not all zero, as one compressed block of integers."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from indicators.engine import Matrix

#: How many series, and the bytes of a value: 4 where all of them fit, else 8.
_HEAD = struct.Struct("<HB")
_SMALL = 2**31
#: A small window: setting up a large one costs more than packing a few hundred bytes.
_WINDOW, _MEMORY = 11, 3


class BlobError(ValueError):
    """Bytes that are no stored block."""


def pack(block: Matrix) -> bytes:
    """(series, 12) int64 → stored bytes."""
    is_used = np.asarray(block.any(axis=1))
    is_small = bool(np.abs(block).max(initial=0) < _SMALL)
    values = block[is_used].astype("<i4" if is_small else "<i8").tobytes()
    return _squeezed(is_used, values, is_small=is_small)


def _squeezed(is_used: npt.NDArray[np.bool_], values: bytes, *, is_small: bool) -> bytes:
    head = _HEAD.pack(len(is_used), 4 if is_small else 8) + np.packbits(is_used).tobytes()
    packer = zlib.compressobj(1, zlib.DEFLATED, _WINDOW, _MEMORY)
    return packer.compress(head + values) + packer.flush()


def unpack(blob: bytes | memoryview) -> Matrix:
    """Stored bytes → (series, 12) int64, writable. BlobError when they are none."""
    try:
        raw = zlib.decompress(bytes(blob))
        count, width = _HEAD.unpack_from(raw)
        head = _HEAD.size + (count + 7) // 8
        flags = np.frombuffer(raw[_HEAD.size : head], dtype=np.uint8)
        is_used = np.unpackbits(flags, count=count).astype(bool)
        block = np.zeros((count, 12), dtype=np.int64)
        block[is_used] = np.frombuffer(raw[head:], dtype=f"<i{width}").reshape(-1, 12)
    except (zlib.error, struct.error, ValueError, TypeError) as error:
        raise BlobError(str(error)) from None
    return block


def packed_rows(
    codes: Sequence[str], first_year: int, cube: Matrix
) -> Iterator[tuple[str, int, bytes]]:
    """(code, year, blob) of every year with anything in it; `cube`: (series, areas, months)."""
    series, areas, months = cube.shape
    by_year = np.ascontiguousarray(
        cube.reshape(series, areas, months // 12, 12).transpose(1, 2, 0, 3), dtype="<i8"
    )
    is_used: npt.NDArray[np.bool_] = np.asarray(by_year.any(axis=3))
    is_small = np.abs(by_year).max(axis=(2, 3)) < _SMALL
    small = by_year.astype("<i4")
    for row, number in np.argwhere(is_used.any(axis=2)):
        mask, fits = is_used[row, number], bool(is_small[row, number])
        values = (small if fits else by_year)[row, number][mask].tobytes()
        yield codes[row], first_year + int(number), _squeezed(mask, values, is_small=fits)
