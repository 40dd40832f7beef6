"""The stored form of an area's year: series that are not all zero, as one compressed block of
integers.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from indicators.store.engine import Matrix

#: The number of series, and the bytes of a value: 4 if all values fit, otherwise 8.
_HEAD = struct.Struct("<HB")
_SMALL = 2**31
#: A small window, because setting up a large one takes longer than packing a few hundred bytes.
_WINDOW, _MEMORY = 11, 3


class BlobError(ValueError):
    """The bytes are not a stored block."""


def pack(block: Matrix) -> bytes:
    """Return the stored bytes of an int64 array of shape (series, 12)."""
    is_used = np.asarray(block.any(axis=1))
    is_small = bool(np.abs(block).max(initial=0) < _SMALL)
    values = block[is_used].astype("<i4" if is_small else "<i8").tobytes()
    return _squeezed(_head(len(block), is_small=is_small) + np.packbits(is_used).tobytes() + values)


def _head(count: int, *, is_small: bool) -> bytes:
    return _HEAD.pack(count, 4 if is_small else 8)


def _squeezed(raw: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, _WINDOW, _MEMORY)
    return packer.compress(raw) + packer.flush()


def unpack(blob: bytes | memoryview) -> Matrix:
    """Return the array (series, 12) of stored bytes, writable; BlobError if they are malformed."""
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
    """Yield (code, year, blob) of every year with values.

    `cube` has the shape (series, areas, months).
    """
    series, areas, months = cube.shape
    is_small = max(cube.max(initial=0), -cube.min(initial=0)) < _SMALL
    by_year = np.ascontiguousarray(
        cube.reshape(series, areas, months // 12, 12).transpose(1, 2, 0, 3),
        dtype="<i4" if is_small else "<i8",
    )
    is_used: npt.NDArray[np.bool_] = np.asarray(by_year.any(axis=3))
    rows, years = np.nonzero(is_used.any(axis=2))
    if is_small:
        blobs = _packed_small(by_year, is_used, is_used[rows, years])
    else:
        blobs = (pack(by_year[at]) for at in zip(rows, years, strict=True))
    for row, year, blob in zip(rows.tolist(), years.tolist(), blobs, strict=True):
        yield codes[row], first_year + year, blob


def _packed_small(
    by_year: npt.NDArray[np.int32],
    is_used: npt.NDArray[np.bool_],
    stored: npt.NDArray[np.bool_],
) -> Iterator[bytes]:
    """Yield what `pack` gives for each stored row, cut out of two long strings.

    An array operation per row would take longer than the compression. `stored`: (rows, series).
    """
    head, values = _head(stored.shape[1], is_small=True), by_year[is_used].tobytes()
    masks, width = np.packbits(stored, axis=1), (stored.shape[1] + 7) // 8
    flags = masks.tobytes()
    ends = (np.cumsum(stored.sum(axis=1)) * 12 * by_year.itemsize).tolist()
    for number, (start, end) in enumerate(pairwise([0, *ends])):
        yield _squeezed(head + flags[number * width : (number + 1) * width] + values[start:end])
