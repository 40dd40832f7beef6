"""Editions that earlier releases sealed, with the digests of the files made of them.

`editions/format-1.json.gz` holds two editions of release 0.4.0, `format-2.json.gz` eight of release
0.6.0: a street's two periods with a correction, and one period from street to province, compiled
without some reports from below; `format-3.json.gz` twelve of the state before format 4: one period up
the tree, and its correction. All of it is made-up demonstration data. `workbook_parts_sha256` is
of the workbook's uncompressed parts, for zlib's version shows in `workbook_sha256`.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "editions"

#: The formats that are still read but no longer written.
OLD_FORMATS = (1, 2, 3)


@cache
def sealed_in(number: int) -> list[dict[str, Any]]:
    """Return the editions of a format in the order in which they were sealed."""
    data = gzip.decompress((_FOLDER / f"format-{number}.json.gz").read_bytes())
    rows: list[dict[str, Any]] = json.loads(data)
    return rows


def parts_sha256(workbook: bytes) -> str:
    """Return the digest of a workbook's parts, however they were compressed."""
    found = hashlib.sha256()
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        for name in archive.namelist():
            found.update(name.encode() + b"\0" + archive.read(name))
    return found.hexdigest()
