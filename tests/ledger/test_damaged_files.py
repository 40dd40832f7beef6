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
    deadline=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
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


@pytest.mark.parametrize(
    "part",
    [
        {"xl/styles.xml": "<xf/>"},
        {"xl/styles.xml": "<fonts><font/></fonts>"},
        {"xl/worksheets/sheet1.xml": "<row/>"},
        {"xl/worksheets/sheet1.xml": "<a><mergeCell/></a>"},
        {"xl/workbook.xml": "<sheet/>"},
        {"xl/sharedStrings.xml": "<si/>"},
        {"_rels/.rels": "<Relationship/>"},
    ],
)
def test_an_element_without_its_surroundings_is_read_or_refused(part: dict[str, bytes]) -> None:
    opens_or_refuses(zipped(parts_of((WRITERS / "exceljs.xlsx").read_bytes()) | part))


@pytest.mark.parametrize(
    "text",
    [
        '<office:document xmlns:office="o" xmlns:table="t"><table:table-row/></office:document>',
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Row/></Workbook>',
        "<table/>",
        "<html></html>",
        "<table><td>",
    ],
)
def test_a_document_without_its_sheets_is_read_or_refused(text: str) -> None:
    opens_or_refuses(text.encode())


def test_a_cut_record_of_xlsb_is_refused() -> None:
    parts = parts_of((WRITERS / "sheetjs.xlsb").read_bytes())
    name = next(name for name in parts if name.endswith("sheet1.bin"))
    for record in (
        b"\x05\x04" + bytes(4),
        b"\x05\x08" + bytes(8),
        b"\xb0\x01\x02\0\0",
        b"\x07\x00",
    ):
        with pytest.raises(UnusableFile):
            open_sheets(zipped(parts | {name: record}))
