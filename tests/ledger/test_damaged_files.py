"""Whatever bytes are wrong in a file, it is read or refused in words; nothing else happens."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledgers.workbooks.limits import UnusableFile
from ledgers.workbooks.opening import open_sheets
from tests.ledger.worksheets import WRITERS, zipped

pytestmark = pytest.mark.once

FILES = sorted(
    path
    for path in WRITERS.iterdir()
    if path.suffix in (".xlsx", ".xlsb", ".xls", ".ods", ".xml", ".html", ".csv")
)
_CHANGES = st.lists(
    st.tuples(st.floats(0, 0.999), st.integers(0, 12), st.binary(max_size=4)),
    min_size=1,
    max_size=4,
)


def damaged(content: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    """Return the bytes with some of them replaced: (place, how many, by what)."""
    for place, count, by in changes:
        at = int(place * len(content))
        content = content[:at] + by + content[at + count :]
    return content


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def opens_or_refuses(content: bytes) -> None:
    try:
        open_sheets(content)
    except UnusableFile as refused:
        assert "；" in str(refused) or "：" in str(refused)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=_CHANGES, which=st.floats(0, 0.999))
def test_a_damaged_file_is_read_or_refused(
    path: object, changes: list[tuple[float, int, bytes]], which: float
) -> None:
    content = (WRITERS / str(path)).read_bytes()
    opens_or_refuses(damaged(content, changes))
    if content.startswith(b"PK"):
        parts = parts_of(content)
        name = sorted(parts)[int(which * len(parts))]
        opens_or_refuses(zipped(parts | {name: damaged(parts[name], changes)}))
