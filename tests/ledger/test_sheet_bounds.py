"""The area of a sheet is bounded as its cells are met: what one cell far away asks for is never taken."""

from __future__ import annotations

import resource
import struct

import pytest

from ledgers.workbooks import limits, xml_parts
from ledgers.workbooks.building import Area, GridBuilder
from ledgers.workbooks.formats import xls, xlsb
from ledgers.workbooks.formats.csv_tables import read_csv
from ledgers.workbooks.formats.ooxml import Strings, Styles
from ledgers.workbooks.formats.ooxml_sheets import Book
from ledgers.workbooks.limits import MOST_COLUMNS, MOST_ROWS, UnusableFile
from ledgers.workbooks.opening import open_sheets
from ledgers.workbooks.xml_parts import Package, free
from tests.ledger.worksheets import grid_of, parts_of, relations, zipped

pytestmark = pytest.mark.once


def _with_cell(name: str, value: str = "5") -> bytes:
    """Return a workbook with a cell in A1 and another one far away."""
    row = name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    rows = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{name}"><v>{value}</v></c></row>'
    return zipped(parts_of(rows))


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _refusal(content: bytes) -> str:
    with pytest.raises(UnusableFile) as refused:
        open_sheets(content)
    return str(refused.value)


def test_the_last_row_is_read_and_the_next_one_is_refused_by_its_cell() -> None:
    assert len(grid_of(_with_cell(f"B{MOST_ROWS}")).rows) == MOST_ROWS
    refusal = _refusal(_with_cell(f"B{MOST_ROWS + 1}"))
    assert refusal.startswith(
        f"无法读取：工作表“台账”的内容一直到B{MOST_ROWS + 1}，超过{MOST_ROWS}行"
    )
    assert "请删除下方多余的内容" in refusal


def test_the_last_column_is_read_and_the_next_one_is_refused_by_its_cell() -> None:
    assert len(grid_of(_with_cell(f"{_letters(MOST_COLUMNS)}2")).rows[1]) == MOST_COLUMNS
    assert f"{_letters(MOST_COLUMNS + 1)}2，超过{MOST_COLUMNS}列" in _refusal(
        _with_cell(f"{_letters(MOST_COLUMNS + 1)}2")
    )


def test_an_area_just_over_the_bound_is_refused_before_any_memory_is_taken() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows = limits.MOST_CELLS // MOST_COLUMNS + 1
    assert "超过500万个单元格" in _refusal(_with_cell(f"{_letters(MOST_COLUMNS)}{rows}"))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_the_areas_of_all_sheets_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    row = '<row r="10"><c r="J10"><v>1</v></c></row>'
    parts = parts_of(row)
    parts["xl/worksheets/sheet2.xml"] = parts["xl/worksheets/sheet1.xml"]
    two = {"worksheet": "worksheets/sheet1.xml"}
    related = relations(two).replace(
        "</Relationships>",
        relations({"worksheet": "worksheets/sheet2.xml"}).split(">", 1)[1].replace("rId1", "rId2"),
    )
    parts["xl/_rels/workbook.xml.rels"] = related
    parts["xl/workbook.xml"] = str(parts["xl/workbook.xml"]).replace(
        "</sheets>", '<sheet name="第二" sheetId="2" r:id="rId2"/></sheets>'
    )
    monkeypatch.setattr(limits, "MOST_CELLS", 200)
    assert len(open_sheets(zipped(parts)).visible) == 2
    monkeypatch.setattr(limits, "MOST_CELLS", 199)
    assert "工作表“第二”的内容一直到J10" in _refusal(zipped(parts))


def test_blank_cells_far_away_and_a_false_dimension_take_no_place() -> None:
    around = ('<dimension ref="A1:XFD1048576"/>', "")
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert [list(row) for row in grid_of(zipped(parts_of(rows, around=around))).rows] == [[1]]


def test_a_merge_is_never_spread_beyond_the_content() -> None:
    merge = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    grid = grid_of(zipped(parts_of('<row r="2"><c r="B2"><v>1</v></c></row>', around=("", merge))))
    assert len(grid.spread()) == 4


@pytest.mark.parametrize(("bound", "words"), [("MOST_MERGES", "有2处合并单元格，超过1处"),
                                              ("MOST_MERGED_CELLS", "共有4格，超过1格")])  # fmt: skip
def test_merged_ranges_are_bounded(monkeypatch: pytest.MonkeyPatch, bound: str, words: str) -> None:
    merges = '<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:B2"/></mergeCells>'
    rows = '<row r="2"><c r="B2"><v>1</v></c></row>'
    monkeypatch.setattr(limits, bound, 1)
    assert words in _refusal(zipped(parts_of(rows, around=("", merges))))


def test_sheets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_SHEETS", 0)
    assert "有1个工作表，超过0个" in _refusal(_with_cell("A2"))


# --- other formats ------------------------------------------------------------------------------

_ODS = (
    '<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="台账">{}</table:table></office:spreadsheet></office:body></office:document>'
)
_CELL = '<table:table-cell{} office:value-type="string"><text:p>甲</text:p></table:table-cell>'
_REPEATED = ' table:number-{}-repeated="1000000"'


def test_repeated_blanks_take_no_place_in_ods() -> None:
    blank = f"<table:table-row{_REPEATED.format('rows')}><table:table-cell{_REPEATED.format('columns')}/></table:table-row>"
    row = f"<table:table-row>{_CELL.format('')}</table:table-row>"
    assert [list(row) for row in grid_of(_ODS.format(row + blank).encode()).rows] == [["甲"]]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            f"<table:table-row{_REPEATED.format('rows')}>{_CELL.format('')}</table:table-row>",
            "行；",
        ),
        (f"<table:table-row>{_CELL.format(_REPEATED.format('columns'))}</table:table-row>", "列；"),
    ],
)
def test_repeated_content_is_bounded_in_ods(row: str, words: str) -> None:
    assert words in _refusal(_ODS.format(row).encode())


def test_a_row_far_away_is_bounded_in_xml_of_2003() -> None:
    row = '<Row ss:Index="1000000"><Cell><Data ss:Type="String">甲</Data></Cell></Row>'
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    sheet = f'<Worksheet ss:Name="台账"><Table>{row}</Table></Worksheet>'
    book = f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}">{sheet}</Workbook>'
    assert "A1000000，超过" in _refusal(book.encode())


def test_spans_are_bounded_in_web_pages() -> None:
    cell = '<td colspan="99999999" rowspan="99999999">甲</td>'
    page = f"<html><table><tr>{cell}<td>乙</td></tr></table></html>"
    assert "列；" in _refusal(page.encode())


def test_lines_and_columns_of_csv_are_bounded() -> None:
    with pytest.raises(UnusableFile, match="列；"):
        read_csv(b"," * MOST_COLUMNS + b"x")
    with pytest.raises(UnusableFile, match="行；"):
        read_csv(b"a,b\n" * (MOST_ROWS + 1))


def test_a_row_far_away_is_bounded_in_xlsb() -> None:
    def record(kind: int, data: bytes) -> bytes:
        return bytes([kind, len(data)]) + data

    row = record(0, struct.pack("<I", 4_000_000_000))
    cell = record(5, struct.pack("<IId", 4_000_000_000, 0, 1.0))
    package = Package(zipped({"sheet.bin": row + cell}))
    with pytest.raises(UnusableFile, match=r"超过.*行"):
        xlsb.read_sheet(package, "sheet.bin", Book(Styles(), Strings()), GridBuilder("x", Area()))


def test_a_cell_far_away_is_bounded_in_xls_before_its_sheet_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    begin, end = record(0x0809, bytes(16)), record(0x000A, b"")
    number = record(0x0203, struct.pack("<HHHd", 65_535, 3, 0, 1.0))
    many = record(0x00BD, struct.pack("<HHHIHIH", 9, 0, 0, 0, 0, 0, 254))
    stream = begin + number + many + end
    monkeypatch.setattr(limits, "MOST_CELLS", 65_536 * 255)
    assert xls._scanned(stream, 0, "台账", Area(), True) == set()
    with pytest.raises(UnusableFile, match="工作表“台账”的内容一直到IU65536"):
        xls._scanned(stream, 0, "台账", Area(1), True)


# --- trees that would take too much memory ------------------------------------------------------


@pytest.mark.parametrize(
    "around",
    [
        ('<row r="1">' + '<c r="A1"/>' * 2_000 + "</row>", ""),
        ("", "<extLst>" + "<ext/>" * 4_000 + "</extLst>"),
    ],
)
def test_a_row_or_part_of_absurd_length_is_refused(
    monkeypatch: pytest.MonkeyPatch, around: tuple[str, str]
) -> None:
    content = zipped(
        parts_of(around[0] or '<row r="1"><c><v>1</v></c></row>', around=("", around[1]))
    )
    monkeypatch.setattr(xml_parts, "_CHUNK", 1_000)
    assert len(open_sheets(content).visible) == 1
    monkeypatch.setattr(limits, "MOST_BETWEEN", 10_000)
    assert "一行或一项内容超过" in _refusal(content)


def test_a_long_sheet_leaves_no_tree_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_parts, "_CHUNK", 500)
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 200))
    package = Package(zipped(parts_of(rows)))
    for element in package.elements("xl/worksheets/sheet1.xml", "row"):
        root = element.getroottree().getroot()
        free(element)
        assert sum(1 for _ in root.iter()) < 60


def test_a_long_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    page = b"<table><tr><td>x</td></tr></table>"
    monkeypatch.setattr(limits, "MOST_PAGE", len(page) - 1)
    assert "网页表格超过" in _refusal(page)


def test_a_page_of_deep_boxes_is_read_or_refused() -> None:
    page = "<html>" + "<div>" * 3_000 + "<table><tr><td>甲</td></tr></table>"
    try:
        open_sheets(page.encode())
    except UnusableFile as refused:
        assert str(refused)
