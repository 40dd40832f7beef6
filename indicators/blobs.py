"""How an area's year is stored: the series that are not all zero, as one compressed int64 block."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from indicators.engine import Matrix

_COUNT = struct.Struct("<H")


class BlobError(ValueError):
    """Bytes that are no stored block."""


def pack(block: Matrix) -> bytes:
    """(series, 12) int64 → stored bytes."""
    return _pack(block, np.asarray(block.any(axis=1)))


def _pack(block: Matrix, is_used: npt.NDArray[np.bool_]) -> bytes:
    used = np.packbits(is_used).tobytes()
    raw = _COUNT.pack(len(is_used)) + used + block[is_used].astype("<i8", copy=False).tobytes()
    return zlib.compress(raw, 1)


def unpack(blob: bytes | memoryview) -> Matrix:
    """Stored bytes → (series, 12) int64, writable. BlobError when they are none."""
    try:
        raw = zlib.decompress(bytes(blob))
        (count,) = _COUNT.unpack_from(raw)
        head = _COUNT.size + (count + 7) // 8
        flags = np.frombuffer(raw[_COUNT.size : head], dtype=np.uint8)
        is_used = np.unpackbits(flags, count=count).astype(bool)
        block = np.zeros((count, 12), dtype=np.int64)
        block[is_used] = np.frombuffer(raw[head:], dtype="<i8").reshape(-1, 12)
    except (zlib.error, struct.error, ValueError) as error:
        raise BlobError(str(error)) from None
    return block


def packed_rows(
    codes: Sequence[str], first_year: int, cube: Matrix
) -> Iterator[tuple[str, int, bytes]]:
    """(code, year, blob) of every year with anything in it; `cube`: (series, areas, months)."""
    series, areas, months = cube.shape
    by_year = cube.reshape(series, areas, months // 12, 12)
    is_used: npt.NDArray[np.bool_] = np.asarray(by_year.any(axis=3))
    for row, number in np.argwhere(is_used.any(axis=0)):
        blob = _pack(by_year[:, row, number], is_used[:, row, number])
        yield codes[row], first_year + int(number), blob
