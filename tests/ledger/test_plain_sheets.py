"""Long plain sheets are read by calamine: with the same cells, and only where nothing says more."""

from __future__ import annotations

import datetime
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from ledgers.workbooks.formats import plain_sheets, sheet_slices
from ledgers.workbooks.formats.plain_sheets import NotPlain, PlainBytes
from ledgers.workbooks.grids import Grid
from ledgers.workbooks.xml_parts import Package
from tests.ledger.worksheets import MAIN, WRITERS, grid_of, parts_of, styles_of, zipped

pytestmark = pytest.mark.once

PART = "xl/worksheets/sheet1.xml"
PLAIN = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><v>甲</v></c></row>'


def is_plain(content: bytes, at_once: int = 1_000_000) -> bool:
    """Return whether all bytes of the worksheet are plain, read some at a time."""
    with Package(content).open(PART) as stream:
        plain = PlainBytes(stream)
        try:
            while plain.read(at_once):
                pass
        except NotPlain:
            return False
    return True


def _both(content: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[Grid, Grid]:
    """Return the sheet as calamine may read it and as the XML reader does."""
    grids = []
    for bound in (0, 10**12):
        monkeypatch.setattr(plain_sheets, "_LONG", bound)
        grids.append(grid_of(content))
    return grids[0], grids[1]


def _rows(grid: Grid) -> list[list[object]]:
    return [[None if value == "" else value for value in row] for row in grid.rows]


def test_a_plain_sheet_is_plain() -> None:
    assert is_plain(zipped(parts_of(PLAIN)))


@pytest.mark.parametrize(
    "rows",
    [
        PLAIN.replace('<c r="A1">', "<c>"),
        PLAIN.replace('<c r="A1">', '<c s="0" r="A1">'),
        PLAIN.replace('r="A1"', "r='A1'"),
        PLAIN.replace('r="A1"', 'r="AA1"'),
        PLAIN.replace('r="A1"', 'r="A200000"'),
        PLAIN.replace('r="A1"', 'r="A1048576"'),
        PLAIN.replace('<row r="1"', '<row r="1" hidden="1"'),
        PLAIN.replace('<row r="1"', '<row r="1" ht="0" customHeight="1"'),
        PLAIN.replace("<v>1</v>", "<f>1</f>"),
        PLAIN.replace("<v>1</v>", "<v><![CDATA[1]]></v>"),
        PLAIN.replace('t="str"', 't="e"'),
        PLAIN.replace('t="str"', 't="d"'),
        PLAIN.replace("甲", "甲_x000D_"),
        PLAIN + "<!-- x -->",
    ],
)
def test_what_may_say_more_is_not_plain(rows: str) -> None:
    assert not is_plain(zipped(parts_of(rows)))


@pytest.mark.parametrize("cut", range(0, 60, 7))
def test_no_tag_is_cut_where_a_piece_ends(cut: int) -> None:
    filling = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 60))
    formula = '<row r="60"><c r="A60"><f>A1</f></c></row>'
    assert is_plain(zipped(parts_of(filling)), 420 + cut)
    assert not is_plain(zipped(parts_of(filling + formula)), 420 + cut)


def test_a_text_without_end_is_not_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_sheets, "_LONGEST", 500)
    assert is_plain(zipped(parts_of(PLAIN.replace("甲", "甲" * 100))), 200)
    assert not is_plain(zipped(parts_of(PLAIN.replace("甲", "甲" * 400))), 200)


def test_columns_and_conditional_formats_are_plain() -> None:
    columns = '<cols><col min="1" max="2" width="9"/></cols>'
    formats = (
        '<conditionalFormatting sqref="A1"><cfRule type="top10" rank="1"/></conditionalFormatting>'
    )
    assert is_plain(zipped(parts_of(PLAIN, around=(columns, formats))))


@pytest.mark.parametrize(
    "size", ['width="0"', 'width="0.0" customWidth="1"', 'width="9" hidden="1"']
)
def test_a_column_that_nobody_sees_is_not_plain(size: str) -> None:
    columns = f'<cols><col min="1" max="1" {size}/></cols>'
    assert not is_plain(zipped(parts_of(PLAIN, around=(columns, ""))))


def test_another_namespace_is_not_plain() -> None:
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData/></x:worksheet>'
    assert not is_plain(zipped(parts_of("") | {PART: sheet}))


@pytest.mark.parametrize("code", ["0.00,", "0%", "yyyy&quot;年&quot;", "[h]:mm", "&quot;¥&quot;0"])
def test_styles_that_say_more_leave_the_sheet_to_the_xml_reader(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    rows = '<row r="1"><c r="A1" s="0"><v>46081</v></c></row>'
    fast, slow = _both(zipped(parts_of(rows, styles=styles_of(code))), monkeypatch)
    assert (_rows(fast), fast.traits) == (_rows(slow), slow.traits)


@pytest.mark.parametrize("value", ["12.6", "12", "0.5", "1e3"])
@pytest.mark.parametrize("code", ["0", "#,##0", "0.0", "0.00"])
def test_a_style_that_rounds_leaves_the_sheet_to_the_xml_reader_where_it_may_round(
    monkeypatch: pytest.MonkeyPatch, code: str, value: str
) -> None:
    rows = f'<row r="1"><c r="A1" s="0"><v>{value}</v></c></row>'
    fast, slow = _both(zipped(parts_of(rows, styles=styles_of(code))), monkeypatch)
    assert (_rows(fast), fast.traits) == (_rows(slow), slow.traits)


@pytest.mark.parametrize("path", sorted(WRITERS.glob("*.xlsx")), ids=lambda path: path.name)
def test_the_files_of_all_writers_read_the_same(
    path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast, slow = _both((WRITERS / str(path)).read_bytes(), monkeypatch)
    assert (_rows(fast), fast.traits, fast.merges) == (_rows(slow), slow.traits, slow.merges)


_TEXTS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"
    ),
    max_size=9,
)
_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    _TEXTS.filter(lambda text: not text.startswith(("=", "#"))),
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9).map(lambda number: round(number, 4)),
    st.dates(datetime.date(1950, 1, 1), datetime.date(2099, 12, 31)),
)


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=st.lists(st.lists(_VALUES, max_size=5), max_size=6), is_merged=st.booleans())
def test_both_readers_give_the_same_cells(
    rows: list[list[object]], is_merged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    if is_merged:
        sheet.merge_cells("A1:B2")
    buffer = io.BytesIO()
    book.save(buffer)
    fast, slow = _both(buffer.getvalue(), monkeypatch)
    assert (_rows(fast), fast.merges) == (_rows(slow), slow.merges)


@pytest.mark.parametrize("size", [200, 3_000, 10**7])
def test_a_sheet_read_in_slices_is_whole(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for number in range(3, 300, 1 + size % 7):  # the first cell is B3; some rows are empty
        sheet.cell(number, 2, f"社区{number % 9}")
        sheet.cell(number, 3 + number % 3, number)
    sheet.merge_cells("B290:B292")
    buffer = io.BytesIO()
    book.save(buffer)
    monkeypatch.setattr(sheet_slices, "_SLICE", size)
    fast, slow = _both(buffer.getvalue(), monkeypatch)
    assert (_rows(fast), fast.merges) == (_rows(slow), slow.merges)
    assert fast.rows[0][0] == "" and slow.rows[0][0] is None  # each was read in its own way
