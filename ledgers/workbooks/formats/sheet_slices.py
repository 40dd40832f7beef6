"""A long worksheet as small packages of some thousand rows each, which take little memory one by one.

Only for worksheets in whose bytes `<row ` can be nothing but the beginning of a row
(`ledgers.workbooks.formats.plain_sheets`).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Protocol

from ledgers.workbooks.xml_parts import Package

#: The bytes of rows in a slice.
_SLICE = 1_000_000
_BEGINNING, _ROW, _END = b"<sheetData>", b"<row ", b"</sheetData></worksheet>"


class Readable(Protocol):
    """What gives bytes in order."""

    def read(self, size: int) -> bytes:
        """Return the next bytes; none at the end."""
        ...


def slices_of(
    package: Package,
    part: str,
    others: Iterable[str],
    watched: Callable[[IO[bytes]], Readable],
) -> Iterator[bytes]:
    """Yield packages of `others` and the worksheet with some of its rows; what follows the rows stands
    in the last one. Nothing when the worksheet does not begin as usual. `watched` sees all bytes of
    the worksheet before they are in a package."""
    kept = {package.stored_name(one): package.read(one) for one in others if one in package}
    sheet = package.stored_name(part)
    # Each slice brings all shared strings, which are read again.
    size = max(_SLICE, 2 * sum(map(len, kept.values())))
    with package.open(part) as opened:
        stream = watched(opened)
        head, found, rows = stream.read(size).partition(_BEGINNING)
        while found:
            data = stream.read(size)
            cut = rows.rfind(_ROW) if data else -1
            if cut > 0:
                yield _packed({**kept, sheet: head + found + rows[:cut] + _END})
                rows = rows[cut:] + data
            elif data:
                rows += data
            else:
                yield _packed({**kept, sheet: head + found + rows})
                return


def _packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()
