"""Worksheets in every spelling of XML that a program may use."""

from __future__ import annotations

import datetime
import re

import pytest

from ledgers.workbooks.grids import UNCALCULATED_TEXT, CellKind
from ledgers.workbooks.limits import UnusableFile
from ledgers.workbooks.opening import open_sheets
from tests.ledger.worksheets import (
    MAIN,
    STRICT,
    STRICT_OFFICE,
    cell_of,
    grid_of,
    parts_of,
    relations,
    sheet_of,
    styles_of,
    zipped,
)

pytestmark = pytest.mark.once

ROWS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>起始资金</t></is></c><c r="C1"><v>2</v></c></row>'
    '<row r="3"><c r="B3" t="e"><v>#DIV/0!</v></c></row>'
)
VALUES = [["起始资金", None, 2], [None, None, None], [None, "#DIV/0!", None]]


def _in(sheet: str) -> bytes:
    return zipped(parts_of("") | {"xl/worksheets/sheet1.xml": sheet})


def _prefixed(sheet: str) -> str:
    return re.sub(r"<(/?)(\w)", r"<\1x:\2", sheet).replace("xmlns=", "xmlns:x=")


SHEET = f'<worksheet xmlns="{MAIN}"><sheetData>{ROWS}</sheetData></worksheet>'
SPELLINGS = {
    "plain": SHEET,
    "prefixed": _prefixed(SHEET),
    "single quotes": SHEET.replace('"', "'"),
    "declaration and comment": f'<?xml version="1.0" encoding="UTF-8"?><!-- x -->{SHEET}',
    "blanks": SHEET.replace("><", ">\n  <").replace('r="A1" t', '\n r = "A1"\n t'),
    "without positions": SHEET.replace(' r="A1"', "").replace('<row r="1">', "<row>"),
    "small letters": SHEET.replace('r="C1"', 'r="c1"'),
    "absolute positions": SHEET.replace('r="C1"', 'r="$C$1"'),
    "false dimension": SHEET.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'),
    "dimension too small": SHEET.replace("<sheetData>", '<dimension ref="A1"/><sheetData>'),
    "attributes in another order": SHEET.replace('r="B3" t="e"', 't="e" s="7" r="B3"'),
    "rows in another order": SHEET.replace(
        f"<sheetData>{ROWS}", "<sheetData>" + "".join(reversed(re.findall(r"<row.*?</row>", ROWS)))
    ),
    "styled blanks far away": SHEET.replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    ),
    "a value in parts": SHEET.replace("<v>2</v>", "<v><![CDATA[2]]></v>"),
    "later additions": SHEET.replace(
        "<sheetData>", '<sheetPr xmlns:x14ac="urn:later"><x14ac:row r="9"/></sheetPr><sheetData>'
    ).replace('<row r="1">', '<row r="1" spans="1:3" x14ac:dyDescent="0.2" xmlns:x14ac="urn:l">'),
}


@pytest.mark.parametrize("sheet", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_gives_the_same_cells(sheet: str) -> None:
    grid = grid_of(_in(sheet))
    assert [list(row) for row in grid.rows] == VALUES
    assert cell_of(grid, "B3").kind == CellKind.ERROR


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_every_encoding_of_xml_gives_the_same_cells(encoding: str) -> None:
    parts = parts_of("") | {"xl/worksheets/sheet1.xml": SHEET.encode(encoding)}
    assert [list(row) for row in grid_of(zipped(parts)).rows] == VALUES


def test_a_strict_workbook_gives_the_same_cells() -> None:
    parts = parts_of(ROWS, main=STRICT, office=STRICT_OFFICE)
    assert [list(row) for row in grid_of(zipped(parts)).rows] == VALUES


@pytest.mark.parametrize(
    "target", ["worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml", "./worksheets/../worksheets/Sheet1.xml",
               "worksheets\\sheet1.xml"]
)  # fmt: skip
def test_the_part_of_a_sheet_is_found_however_it_is_named(target: str) -> None:
    parts = parts_of(ROWS) | {"xl/_rels/workbook.xml.rels": relations({"worksheet": target})}
    assert [list(row) for row in grid_of(zipped(parts)).rows] == VALUES


def test_a_workbook_in_another_folder_is_found() -> None:
    parts = parts_of(ROWS) | {"_rels/.rels": relations({"officeDocument": "/book/main.xml"})}
    parts |= {"book/main.xml": parts.pop("xl/workbook.xml")}
    parts |= {"book/_rels/main.xml.rels": relations({"worksheet": "/xl/worksheets/sheet1.xml"})}
    assert [list(row) for row in grid_of(zipped(parts)).rows] == VALUES


# --- texts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<t>七星岗街道</t>", "七星岗街道"),
        ("<r><t>七星岗</t></r><r><rPr><b/></rPr><t>街道</t></r>", "七星岗街道"),
        (
            '<t>七星岗街道</t><rPh sb="0" eb="1"><t>qi</t></rPh><phoneticPr fontId="1"/>',
            "七星岗街道",
        ),
        ('<t xml:space="preserve"> 甲 </t>', " 甲 "),
        ("<t>甲_x000D_\n乙</t>", "甲\r\n乙"),
        ("<t>_x005F_x000D_</t>", "_x000D_"),
        ("<t>&lt;甲&gt;&#65;</t>", "<甲>A"),
    ],
)
def test_shared_and_inline_texts_are_read_alike(written: str, text: str) -> None:
    shared = '<row><c r="A1" t="s"><v>0</v></c></row>'
    inline = f'<row><c r="A1" t="inlineStr"><is>{written}</is></c></row>'
    assert sheet_of(shared, strings=f"<si>{written}</si>").at(0, 0) == text
    assert sheet_of(inline).at(0, 0) == text


def test_a_shared_text_that_does_not_exist_refuses_the_file() -> None:
    with pytest.raises(UnusableFile, match=r"单元格B2的文字丢失.*另存为"):
        sheet_of('<row r="2"><c r="B2" t="s"><v>7</v></c></row>', strings="<si><t>甲</t></si>")


@pytest.mark.parametrize(
    ("run", "is_struck_out"),
    [
        ("<rPr><strike/></rPr>", True),
        ('<rPr><strike val="1"/></rPr>', True),
        ('<rPr><strike val="0"/></rPr>', False),
        ('<rPr><strike val="false"/></rPr>', False),
        ("<rPr><b/></rPr>", False),
    ],
)
def test_a_text_of_which_a_part_is_struck_out_is_struck_out(run: str, is_struck_out: bool) -> None:
    text = f"<r>{run}<t>500</t></r><r><t>600</t></r>"
    shared = sheet_of('<row><c t="s"><v>0</v></c></row>', strings=f"<si>{text}</si>")
    inline = sheet_of(f'<row><c t="inlineStr"><is>{text}</is></c></row>')
    assert cell_of(shared, "A1").is_struck_out is is_struck_out
    assert cell_of(inline, "A1").is_struck_out is is_struck_out


# --- values -------------------------------------------------------------------------------------

DAY = datetime.date(2026, 2, 28)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<c><v>12.5</v></c>", 12.5),
        ('<c t="n"><v>1.5E3</v></c>', 1500),
        ("<c><v> 7 </v></c>", 7),
        ("<c><v>1_000</v></c>", "1_000"),
        ("<c><v>NaN</v></c>", "NaN"),
        ('<c t="b"><v>1</v></c>', True),
        ('<c t="b"><v>0</v></c>', False),
        ('<c t="str"><f>A9</f><v>甲</v></c>', "甲"),
        ('<c t="d"><v>2026-02-28</v></c>', DAY),
        ('<c t="d"><v>2026-02-28T00:00:00Z</v></c>', DAY),
        ('<c t="d"><v>2026-02-28T08:30:00</v></c>', datetime.datetime(2026, 2, 28, 8, 30)),  # noqa: DTZ001
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c t="e"><f>1/0</f><v>#div/0!</v></c>', "#DIV/0!"),
        ('<c s="9"><v>5</v></c>', 5),
        ('<c s="x"><v>5</v></c>', 5),
    ],
)
def test_a_value_is_read_by_its_type(cell: str, value: object) -> None:
    found = sheet_of(f"<row>{cell}</row>", styles=styles_of("General")).at(0, 0)
    assert (found, type(found) is bool) == (value, type(value) is bool)


@pytest.mark.parametrize(
    ("cell", "is_left"),
    [
        ("<c><f>DATE(2026,6,1)</f></c>", True),
        ("<c><f>1+1</f><v/></c>", True),
        ("<c><f>1+1</f><v></v></c>", True),
        ('<c t="str"><f>A9</f></c>', True),
        ('<c><f t="shared" si="0"/></c>', True),
        ('<c t="n"><f t="array" ref="A1:A3">B1:B3</f></c>', True),
        ('<c t="b"><f>TRUE</f></c>', True),
        ('<c t="e"><f>1/0</f></c>', True),
        ('<c t="str"><f>A9</f><v></v></c>', False),
        ("<c><f>1-1</f><v>0</v></c>", False),
        ('<c><f t="shared" si="0"/><v>4</v></c>', False),
        ("<c><v/></c>", False),
    ],
)
def test_a_formula_without_a_stored_value_says_so(cell: str, is_left: bool) -> None:
    grid = sheet_of(f'<row>{cell}<c r="B1"><v>20</v></c></row>')
    assert (cell_of(grid, "A1").kind == CellKind.UNCALCULATED) is is_left
    assert (grid.at(0, 0) == UNCALCULATED_TEXT) is is_left
    assert grid.at(0, 1) == 20


@pytest.mark.parametrize(("value", "is_left"), [("0", True), ("5", False)])
def test_a_zero_that_is_to_be_calculated_on_opening_is_no_value(value: str, is_left: bool) -> None:
    parts = parts_of(
        f"<row><c><f>B1*2</f><v>{value}</v></c><c><v>0</v></c></row>",
        after='<calcPr calcId="124519" fullCalcOnLoad="1"/>',
    )
    grid = grid_of(zipped(parts))
    assert (cell_of(grid, "A1").kind == CellKind.UNCALCULATED) is is_left
    assert grid.at(0, 1) == 0


def test_a_formula_outside_the_table_takes_no_value_of_its_neighbour() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="90"><c r="Z90"><f>1+1</f></c><c r="AA90"><v>9</v></c></row>'
    grid = sheet_of(rows)
    assert (grid.at(89, 25), grid.at(89, 26)) == (UNCALCULATED_TEXT, 9)


# --- days and styles ----------------------------------------------------------------------------


@pytest.mark.parametrize("serial", ["46081", "46081.0", "46080.99999999", "46081.000000001"])
@pytest.mark.parametrize("code", ["yyyy-mm-dd", "yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"])
def test_a_serial_near_midnight_is_that_day(serial: str, code: str) -> None:
    grid = sheet_of(f'<row><c s="0"><v>{serial}</v></c></row>', styles=styles_of(code))
    assert (grid.at(0, 0), cell_of(grid, "A1").kind) == (DAY, CellKind.DAY)


@pytest.mark.parametrize("number", [14, 22, 27, 31, 36, 50, 57, 58])
def test_the_days_of_built_in_formats_are_days(number: int) -> None:
    styles = f'<cellXfs><xf numFmtId="{number}"/></cellXfs>'
    assert sheet_of('<row><c s="0"><v>46081</v></c></row>', styles=styles).at(0, 0) == DAY


@pytest.mark.parametrize("value", ["1", "true", "on"])
def test_a_workbook_may_count_from_1904(value: str) -> None:
    parts = parts_of(
        f'<row><c s="0"><v>{46081 - 1462}</v></c><c s="1"><v>44619</v></c></row>',
        styles=styles_of("yyyy/m/d", "General"),
        before=f'<workbookPr date1904="{value}"/>',
    )
    grid = grid_of(zipped(parts))
    assert (grid.at(0, 0), grid.at(0, 1), grid.is_1904) == (DAY, 44619, True)


def test_a_font_that_is_struck_out_strikes_the_cells_with_content() -> None:
    grid = sheet_of(
        '<row><c s="0"><v>5</v></c><c s="0"/><c><v>6</v></c></row>',
        styles=styles_of("General", struck=True),
    )
    assert [cell_of(grid, name).is_struck_out for name in ("A1", "B1")] == [True, False]


def test_a_workbook_without_styles_is_read_plainly() -> None:
    grid = sheet_of('<row><c s="3"><v>46081</v></c></row>')
    assert (grid.at(0, 0), cell_of(grid, "A1").number_format) == (46081, "")


def test_hidden_rows_and_columns_are_named() -> None:
    rows = '<row r="1"><c><v>1</v></c><c><v>2</v></c></row><row r="2" hidden="true"><c><v>3</v></c></row>'
    columns = '<cols><col min="2" max="16384" hidden="1"/></cols>'
    grid = grid_of(zipped(parts_of(rows, around=(columns, ""))))
    assert (grid.hidden_rows, grid.hidden_columns) == ({1}, {1})


def test_merged_ranges_end_with_the_content() -> None:
    merges = '<mergeCells><mergeCell ref="A1:XFD1"/><mergeCell ref="A2:A1048576"/><mergeCell ref="Z9:AB9"/></mergeCells>'
    rows = '<row r="1"><c><v>1</v></c></row><row r="3"><c r="C3"><v>1</v></c></row>'
    grid = grid_of(zipped(parts_of(rows, around=("", merges))))
    assert grid.merges == [((0, 0), (0, 2)), ((1, 0), (2, 0))]
    assert cell_of(grid, "C1").is_merged and not cell_of(grid, "B2").is_merged


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        (f'<!DOCTYPE x [<!ENTITY a "b">]>{SHEET}', "DOCTYPE"),
        (SHEET[:-40], "XML 有错误"),
        (SHEET.replace('r="C1"', 'r="1C"'), "单元格位置“1C”有误"),
        (SHEET.replace('r="C1"', 'r="C0"'), "单元格位置“C0”有误"),
        ("", "XML 有错误"),
    ],
)
def test_a_damaged_sheet_is_refused_with_the_way_out(sheet: str, words: str) -> None:
    with pytest.raises(UnusableFile, match=f"{words}.*另存为"):
        open_sheets(_in(sheet))


def test_a_sheet_whose_part_is_lost_is_refused_by_name() -> None:
    parts = parts_of(ROWS)
    del parts["xl/worksheets/sheet1.xml"]
    with pytest.raises(UnusableFile, match="缺少工作表“台账”"):
        open_sheets(zipped(parts))
