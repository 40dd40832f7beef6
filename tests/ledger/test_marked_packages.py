"""A marked Excel file is the clerk's own package: some cells, comments and one sheet are new."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from python_calamine import CalamineWorkbook

from ledgers.files.marked.copying import MarkedCopy, marked_copy
from ledgers.reading.findings import Finding
from ledgers.reading.sheets import LIST_SHEET
from tests.ledger.packages import (
    MAIN,
    OFFICE,
    STRICT,
    STYLES,
    faults,
    package,
    parts_of,
    relations_xml,
    respelled,
    sheet_xml,
    zipped,
)

CLERKS_FILE = (Path(__file__).parent / "files" / "clerks_file.xlsx").read_bytes()
RED, YELLOW = "00FFC7CE", "00FFEB9C"
ROWS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>名称</t></is></c><c r="C1"><v>5</v></c></row>'
    '<row r="3"><c r="A3" s="1"><v>46000</v></c></row>'
)


def at(*cells: str, sheet: str = "台账", message: str = "请改正") -> list[Finding]:
    """Return a problem at each of these cells."""
    return [Finding(sheet, cell, "列", message) for cell in cells]


def copied(content: bytes, *cells: str) -> MarkedCopy:
    """Return a copy with problems at these cells: the clerk's own file, and a sound package."""
    copy = marked_copy(content, at(*cells), [])
    assert copy.is_own_file
    assert faults(copy.content) == []
    return copy


def red(content: bytes, sheet: str = "台账") -> set[str]:
    """Return the red cells."""
    page = load_workbook(io.BytesIO(content))[sheet]
    return {cell.coordinate for row in page for cell in row if cell.fill.start_color.rgb == RED}


def texts(content: bytes, sheet: str = "台账") -> dict[str, str]:
    """Return the comments of a sheet by their cells."""
    page = load_workbook(io.BytesIO(content))[sheet]
    return {c.coordinate: c.comment.text for row in page for c in row if c.comment is not None}


# --- a rich file --------------------------------------------------------------------------------


def test_all_parts_but_the_marked_ones_keep_their_bytes() -> None:
    before, after = parts_of(CLERKS_FILE), parts_of(copied(CLERKS_FILE, "H4", "I5").content)
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {
        "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
    }
    assert set(after) - set(before) == {"xl/worksheets/sheet4.xml"}


def test_only_the_styles_of_marked_cells_differ_in_a_sheet() -> None:
    name = "xl/worksheets/sheet1.xml"
    before, after = (
        parts_of(CLERKS_FILE)[name],
        parts_of(copied(CLERKS_FILE, "H4", "I5").content)[name],
    )
    for cell in (b"H4", b"I5"):
        before = re.sub(rb'(r="%s" s=)"\d+"' % cell, rb"\1", before)
        after = re.sub(rb'(r="%s" s=)"\d+"' % cell, rb"\1", after)
    assert before == after


def test_a_marked_cell_keeps_its_look_but_for_the_fill() -> None:
    old = load_workbook(io.BytesIO(CLERKS_FILE))["台账"]["H4"]
    new = load_workbook(io.BytesIO(copied(CLERKS_FILE, "H4").content))["台账"]["H4"]
    assert (repr(new.font), repr(new.border)) == (repr(old.font), repr(old.border))
    assert new.font.italic
    assert (new.value, new.fill.start_color.rgb) == (old.value, RED)


def test_a_comment_of_the_clerk_keeps_words_author_and_size() -> None:
    content = copied(CLERKS_FILE, "H4", "I5").content
    book = load_workbook(io.BytesIO(content))
    comment = book["台账"]["H4"].comment
    assert comment.text == "电话核对过\n社区慈善工作平台：\n请改正"
    assert comment.author == "李主任"
    name = "xl/drawings/vmlDrawing1.vml"
    boxes = [
        re.findall(b"<v:shape .*?</v:shape>", parts_of(each)[name], re.DOTALL)
        for each in (CLERKS_FILE, content)
    ]
    assert boxes[1][: len(boxes[0])] == boxes[0]
    assert book["台账"]["D3"].comment.text == "去年更名"
    assert book["填表说明"]["A1"].comment.author == "王会计"


def test_a_thread_of_comments_stays_and_the_message_stands_in_its_copy() -> None:
    copy = marked_copy(CLERKS_FILE, at("A1", sheet="填表说明"), []).content
    name = "xl/threadedComments/threadedComment1.xml"
    assert parts_of(copy)[name] == parts_of(CLERKS_FILE)[name]
    assert texts(copy, "填表说明") == {"A1": "请勿删除本表\n社区慈善工作平台：\n请改正"}


def test_a_mark_within_a_merged_range_stands_at_its_first_cell() -> None:
    content = copied(CLERKS_FILE, "B5", "B6").content
    assert red(content) == {"B3"}
    assert texts(content)["B3"].count("请改正") == 1


def test_a_second_marking_replaces_the_first() -> None:
    first = copied(CLERKS_FILE, "H4", "I5", "M15").content
    second = copied(first, "H4", "E6").content
    assert red(second) == {"H4", "E6"}
    assert texts(second) == {
        "D3": "去年更名",
        "H4": "电话核对过\n社区慈善工作平台：\n请改正",
        "E6": "社区慈善工作平台：\n请改正",
    }
    assert CalamineWorkbook.from_filelike(io.BytesIO(second)).sheet_names[-1] == LIST_SHEET


def test_what_was_marked_and_mended_looks_as_before() -> None:
    content = marked_copy(copied(CLERKS_FILE, "H4", "D7").content, [], []).content
    old, new = (load_workbook(io.BytesIO(each))["台账"] for each in (CLERKS_FILE, content))
    assert new["H4"].fill.start_color.rgb == old["H4"].fill.start_color.rgb == "FFFFFF00"
    assert new["D7"].fill.fill_type is None
    assert new["H4"].comment.text == "电话核对过"
    boxes = parts_of(content)["xl/drawings/vmlDrawing1.vml"]
    assert boxes == parts_of(CLERKS_FILE)["xl/drawings/vmlDrawing1.vml"]


def test_ten_markings_are_no_larger_than_two() -> None:
    sizes = []
    content = CLERKS_FILE
    for _ in range(10):
        content = copied(content, "H4", "I5").content
        parts = parts_of(content)
        sizes.append([len(parts["xl/comments1.xml"]), len(parts["xl/drawings/vmlDrawing1.vml"])])
    assert sizes[9][0] == sizes[0][0]
    assert abs(sizes[9][1] - sizes[0][1]) < 20, "the boxes' numbers may have more digits"


def test_marks_of_release_0_6_go_and_the_notes_of_our_templates_stay() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "台账"
    for cell, text, colour in (("A1", "必填", "FCE4D6"), ("A2", "旧的问题", "FFC7CE")):
        sheet[cell].comment = Comment(text, "社区慈善工作平台")
        sheet[cell].fill = PatternFill("solid", fgColor=colour)
    stream = io.BytesIO()
    book.save(stream)
    content = copied(stream.getvalue(), "A3").content
    assert texts(content) == {"A1": "必填", "A3": "社区慈善工作平台：\n请改正"}
    assert red(content) == {"A3"}


# --- odd packages -------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["A1", "B1", "C1", "D1", "A2", "B3", "A3", "A9", "XFD9"])
def test_any_cell_can_be_marked_whether_it_is_there_or_not(cell: str) -> None:
    content = copied(package(sheet_xml(ROWS)), cell).content
    assert red(content) == {cell}
    assert texts(content) == {cell: "社区慈善工作平台：\n请改正"}


@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        ("", "B2"),
        ("<row/>", "B1"),
        ('<row r="2"/><row r="4"/>', "B3"),
        ("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", "B1"),
        ("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", "B2"),
        ("<row r='1' ><c  r='A1'  s='0'\n t='str'><v>a>b</v></c ></row >", "A1"),
        ('<row r="1"><c r="A1" t="str"><f>A2&amp;" s=&quot;9&quot;"</f><v>x</v></c></row>', "A1"),
        ('<!-- <row r="1"><c r="A1"/></row> --><row r="1"><c r="A1"><v>1</v></c></row>', "A1"),
        ('<row r="1"><c r="B1"><v>1</v></c></row>', "A1"),
    ],
)
def test_rows_and_cells_are_found_in_any_spelling(rows: str, cell: str) -> None:
    content = copied(package(sheet_xml(rows)), cell).content
    assert red(content) == {cell}
    assert len(texts(content)) == 1


def test_an_empty_table_gets_its_row() -> None:
    sheet = sheet_xml("").replace("<sheetData></sheetData>", "<sheetData/>")
    assert red(copied(package(sheet), "B2", "A2", "C7").content) == {"A2", "B2", "C7"}


def test_values_and_formulas_without_marks_stay_in_their_cells() -> None:
    rows = "<row><c><v>1</v></c><c><f>A1+1</f><v>2</v></c></row>"
    content = copied(package(sheet_xml(rows)), "A1", "D1", "A3").content
    page = load_workbook(io.BytesIO(content), data_only=True)["台账"]
    assert [page["A1"].value, page["B1"].value] == [1, 2]


def _prefixed(content: bytes) -> bytes:
    names = "workbook|sheets|sheet|worksheet|sheetData|row|c|is|t|v|styleSheet|fonts|font|sz|fills|fill|"
    names += "patternFill|borders|border|cellXfs|xf"
    parts: dict[str, bytes | str] = {}
    for name, part in parts_of(content).items():
        text = part.decode()
        if MAIN in text:
            text = re.sub(rf"(</?)({names})(?=[\s/>])", r"\1x:\2", text)
            text = text.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
        parts[name] = text
    return zipped(parts)


def test_names_may_have_prefixes() -> None:
    assert red(copied(_prefixed(package(sheet_xml(ROWS))), "A1", "B1", "A2").content) == {
        "A1",
        "B1",
        "A2",
    }


@pytest.mark.parametrize("styles", [None, f'<styleSheet xmlns="{MAIN}"/>', STYLES])
def test_a_missing_style_is_the_plain_one(styles: str | None) -> None:
    rows = '<row r="1"><c r="A1" s="7"><v>1</v></c><c r="B1" s="2"><v>2</v></c></row>'
    content = copied(package(sheet_xml(rows), styles=styles), "A1").content
    assert red(content) == {"A1"}
    cell = load_workbook(io.BytesIO(content))["台账"]["B1"]
    assert cell.fill.fill_type is None, "a style that was missing is none of ours"


def test_a_new_cell_looks_like_its_row_or_column() -> None:
    above = '<cols><col min="2" max="3" width="9" style="1"/></cols>'
    rows = '<row r="1" s="1" customFormat="1"/><row r="2"><c r="A2"/></row>'
    content = copied(package(sheet_xml(rows, above=above)), "D1", "C2", "D2", "B5").content
    page = load_workbook(io.BytesIO(content))["台账"]
    formats = {name: page[name].number_format for name in ("D1", "C2", "D2", "B5")}
    assert formats == {"D1": "mm-dd-yy", "C2": "mm-dd-yy", "D2": "General", "B5": "mm-dd-yy"}


BELOW = (
    '<pageMargins left="1" right="1" top="1" bottom="1" header="0" footer="0"/>{}'
    '<tableParts count="0"/><extLst><ext uri="x"/></extLst>'
)


@pytest.mark.parametrize(
    "found", ["", '<picture r:id="rId9"/>', "<legacyDrawingHF r:id='rId8'/>", "<oleObjects/>"]
)
def test_the_boxes_of_comments_stand_where_the_schema_wants_them(found: str) -> None:
    copied(package(sheet_xml(ROWS, BELOW.format(found))), "A1")


def test_the_boxes_of_comments_stand_before_controls_in_alternatives() -> None:
    controls = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:Choice Requires="x14"><controls/></mc:Choice></mc:AlternateContent>'
    )
    content = copied(package(sheet_xml(ROWS, BELOW.format(controls))), "A1").content
    sheet = etree.fromstring(parts_of(content)["xl/worksheets/sheet1.xml"])
    assert [etree.QName(each).localname for each in sheet][-4:-2] == [
        "legacyDrawing",
        "AlternateContent",
    ]


def test_boxes_of_buttons_stay_beside_those_of_comments() -> None:
    vml = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" '
        'data="3"/></o:shapelayout><v:shape id="_x0000_s3073" type="#_x0000_t201"><v:textbox><div>核对<br>'
        '</div></v:textbox><x:ClientData ObjectType="Button"/></v:shape></xml>'
    )
    content = package(
        sheet_xml(ROWS, '<legacyDrawing r:id="rId1"/>'),
        xl__worksheets___rels__sheet1_xml_rels="",
    )
    parts: dict[str, bytes | str] = {**parts_of(content)}
    del parts["xl/worksheets/_rels/sheet1_xml_rels"]
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations_xml({"vmlDrawing": "../按钮.vml"})
    parts["xl/按钮.vml"] = vml
    marked = parts_of(marked_copy(zipped(parts), at("A1"), []).content)
    assert (
        vml.removesuffix("</xml>").replace('data="3"', 'data="3,4"')
        in marked["xl/按钮.vml"].decode()
    )
    assert b'"_x0000_s4097"' in marked["xl/按钮.vml"]


def test_a_comment_without_a_box_gets_one() -> None:
    comments = f'<comments xmlns="{MAIN}"><authors><author>李</author></authors><commentList>'
    comments += '<comment ref="C1" authorId="0"><text><t>原批注</t></text></comment></commentList></comments>'
    parts: dict[str, bytes | str] = {**parts_of(package(sheet_xml(ROWS)))}
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations_xml({"comments": "/xl/批注.xml"})
    parts["xl/批注.xml"] = comments
    parts["[Content_Types].xml"] = parts_of(zipped(parts))["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Default Extension="xml" ContentType="application/xml"/></Types>',
    )
    content = copied(zipped(parts), "A1", "C1").content
    assert texts(content) == {
        "A1": "社区慈善工作平台：\n请改正",
        "C1": "原批注\n社区慈善工作平台：\n请改正",
    }


def test_a_strict_workbook_stays_strict_and_keeps_its_sheet() -> None:
    content = respelled(package(sheet_xml(ROWS)), *STRICT.items())
    after = copied(content, "A1", "B2").content
    assert not any(MAIN.encode() in part for part in parts_of(after).values())
    book = CalamineWorkbook.from_filelike(io.BytesIO(after))
    assert book.sheet_names == ["台账", LIST_SHEET]
    assert book.get_sheet_by_name("台账").to_python()[0][0] == "名称"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_sheet_may_have_a_byte_order_mark(encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding.upper().removesuffix("-SIG")}"?>'
    sheet = (declared + sheet_xml(ROWS)).encode(encoding)
    assert red(copied(package(sheet), "A1", "B3").content) == {"A1", "B3"}


def test_parts_may_have_chinese_names_and_absolute_targets() -> None:
    parts: dict[str, bytes | str] = {**parts_of(package(sheet_xml(ROWS)))}
    parts["xl/表格/台账.xml"] = parts.pop("xl/worksheets/sheet1.xml")
    content = respelled(
        zipped(parts),
        ("worksheets/sheet1.xml", "/xl/表格/台账.xml"),
        ('PartName="//xl', 'PartName="/xl'),
        ("/xl//xl/", "/xl/"),
    )
    assert red(copied(content, "A1").content) == {"A1"}


def test_a_file_with_macros_stays_one() -> None:
    kinds = ("sheet.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    content = respelled(
        package(sheet_xml(ROWS)),
        (f"application/vnd.openxmlformats-officedocument.spreadsheetml.{kinds[0]}", kinds[1]),
        (
            "</Types>",
            '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
        ),
    )
    parts: dict[str, bytes | str] = {
        **parts_of(content),
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 macro",
    }
    copy = copied(zipped(parts), "A1")
    assert (copy.ending, copy.media_type) == (
        ".xlsm",
        "application/vnd.ms-excel.sheet.macroEnabled.12",
    )
    assert parts_of(copy.content)["xl/vbaProject.bin"] == parts["xl/vbaProject.bin"]


def test_text_of_a_message_is_safe_in_every_part() -> None:
    message = "“<名称>”&\x0b_x0041_ 不对"
    content = marked_copy(package(sheet_xml(ROWS)), at("A1", message=message), []).content
    assert faults(content) == []
    assert texts(content)["A1"].endswith("“<名称>”&_x0041_ 不对")
    lines = load_workbook(io.BytesIO(content))[LIST_SHEET]
    assert lines["E2"].value == "“<名称>”&_x005F_x0041_ 不对"  # Excel shows _x0041_


def test_the_list_leads_to_each_cell() -> None:
    lines = load_workbook(io.BytesIO(copied(package(sheet_xml(ROWS)), "C1").content))[LIST_SHEET]
    assert lines["C2"].hyperlink.location == "'台账'!C1"


def test_a_sheet_of_the_clerk_that_is_called_like_the_list_stays() -> None:
    content = respelled(package(sheet_xml(ROWS)), ('name="台账"', f'name="{LIST_SHEET}"'))
    copy = marked_copy(content, at("A1", sheet=LIST_SHEET), []).content
    assert CalamineWorkbook.from_filelike(io.BytesIO(copy)).sheet_names == [
        LIST_SHEET,
        f"{LIST_SHEET}1",
    ]
    again = marked_copy(copy, at("A1", sheet=LIST_SHEET), []).content
    assert CalamineWorkbook.from_filelike(io.BytesIO(again)).sheet_names == [
        LIST_SHEET,
        f"{LIST_SHEET}1",
    ]


def test_a_finding_at_no_cell_or_no_sheet_is_in_the_list_alone() -> None:
    found = [Finding("台账", "", "", "整表"), Finding("没有的表", "A1", "", "没有")]
    copy = marked_copy(package(sheet_xml(ROWS)), found, []).content
    lines = load_workbook(io.BytesIO(copy))[LIST_SHEET]
    assert [lines.cell(row, 5).value for row in (2, 3)] == ["整表", "没有"]


def test_further_findings_are_counted_in_the_list() -> None:
    copy = marked_copy(package(sheet_xml(ROWS)), at("A1"), [], unlisted=12).content
    assert "还有12处" in load_workbook(io.BytesIO(copy))[LIST_SHEET]["E3"].value


def test_a_document_type_is_never_read() -> None:
    sheet = '<!DOCTYPE worksheet [<!ENTITY a "b">]>' + sheet_xml(ROWS)
    copy = marked_copy(package(sheet), at("A1"), [])
    assert not copy.is_own_file
    assert load_workbook(io.BytesIO(copy.content)).sheetnames == [LIST_SHEET]


def test_a_sheet_of_charts_is_left_alone() -> None:
    assert OFFICE in sheet_xml("")
    workbook = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="图" sheetId="5" r:id="rId3"/>'
        '<sheet name="台账" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    chart = f'<chartsheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"/></sheetViews></chartsheet>'
    parts: dict[str, bytes | str] = {**parts_of(package(sheet_xml(ROWS)))}
    parts |= {"xl/workbook.xml": workbook, "xl/chartsheets/sheet1.xml": chart}
    parts["xl/_rels/workbook.xml.rels"] = relations_xml(
        {
            "worksheet": "worksheets/sheet1.xml",
            "styles": "styles.xml",
            "chartsheet": "chartsheets/sheet1.xml",
        }
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.chartsheet+xml"
    parts["[Content_Types].xml"] = str(
        parts_of(zipped(parts))["[Content_Types].xml"], "utf-8"
    ).replace(
        "</Types>",
        f'<Override PartName="/xl/chartsheets/sheet1.xml" ContentType="{kind}"/></Types>',
    )
    findings = [*at("A1"), *at("A1", sheet="图")]
    after = parts_of(marked_copy(zipped(parts), findings, []).content)
    assert after["xl/chartsheets/sheet1.xml"].decode() == chart
