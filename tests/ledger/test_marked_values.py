"""Files that are no Excel package come back, too: .ods as it was, any other as a workbook of values."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from ledgers.files.marked.copying import marked_copy
from ledgers.reading.sheets import LIST_SHEET, read_workbook
from tests.ledger.packages import faults, parts_of, zipped
from tests.ledger.test_marked_packages import RED, at, red, texts

FILES = Path(__file__).parent / "files"
ODS, XLS = ((FILES / f"clerks_file.{ending}").read_bytes() for ending in ("ods", "xls"))


def values(content: bytes, sheet: str = "台账") -> Sequence[Sequence[object]]:
    """Return the values of a sheet."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


# --- OpenDocument -------------------------------------------------------------------------------


def comments(content: bytes) -> list[str]:
    """Return the comments of an .ods with ours in them, one line each paragraph."""
    root = etree.fromstring(parts_of(content)["content.xml"])
    found = (each.iterfind("{*}p") for each in root.iter("{*}annotation"))
    joined = ("\n".join("".join(text.itertext()) for text in each) for each in found)
    return [comment for comment in joined if "社区慈善工作平台：" in comment]


def test_an_ods_stays_one_and_only_its_content_differs() -> None:
    copy = marked_copy(ODS, at("H4", "I5"), [])
    assert (copy.ending, copy.is_own_file) == (".ods", True)
    before, after = parts_of(ODS), parts_of(copy.content)
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} == {"content.xml"}
    assert values(copy.content) == values(ODS)


def test_cells_of_an_ods_are_coloured_and_the_clerks_comment_stays() -> None:
    content = marked_copy(ODS, at("H4", "B5", "M15"), at("D3")).content
    root = etree.fromstring(parts_of(content)["content.xml"])
    fills = {
        style.get(f"{{{style.nsmap['style']}}}name"): style.xpath(
            "string(*/@*[local-name()='background-color'])"
        )
        for style in root.iter("{*}style")
    }
    cells = [each.getparent() for each in root.iter("{*}annotation")]
    marked = [fills.get(cell.get(f"{{{cell.nsmap['table']}}}style-name"), "") for cell in cells]
    assert marked.count("#ffc7ce") == 3
    assert marked.count("#ffeb9c") == 1
    assert comments(content)[:2] == [
        "社区慈善工作平台：\n请改正",
        "去年更名\n社区慈善工作平台：\n请改正",
    ]


def test_marking_an_ods_again_replaces_the_marks() -> None:
    first = marked_copy(ODS, at("H4", "I5", "M15"), []).content
    second = marked_copy(first, at("I5"), []).content
    assert comments(second) == ["社区慈善工作平台：\n请改正"]
    names = CalamineWorkbook.from_filelike(io.BytesIO(second)).sheet_names
    assert names.count(LIST_SHEET) == 1
    assert [line[2] for line in values(second, LIST_SHEET)[1:]] == ["I5"]


@pytest.mark.parametrize("colour", ["#ffee00", "", "#ffffff"])
@pytest.mark.parametrize("is_recoloured", [False, True])
def test_a_mended_cell_of_an_ods_has_its_earlier_colour(colour: str, is_recoloured: bool) -> None:
    parts: dict[str, bytes | str] = {**parts_of(ODS)}
    root = etree.fromstring(parts["content.xml"])
    fill = f"{{{root.nsmap['fo']}}}background-color"
    for properties in root.iter("{*}table-cell-properties"):
        properties.attrib.pop(fill, None)
        if colour:
            properties.set(fill, colour)
    parts["content.xml"] = etree.tostring(root)
    before = zipped(parts)
    first = marked_copy(before, at("H4", "I5"), []).content
    assert "#ffc7ce" in _fills(first).values()
    if is_recoloured:
        content = parts_of(first)["content.xml"].replace(b"#ffc7ce", b"#00ff00")
        first = zipped({**parts_of(first), "content.xml": content})
    second = marked_copy(first, [], at("I6")).content
    fills = _fills(second)
    assert [fills[name] for name in ("H4", "I5")] == (
        ["#00ff00"] * 2 if is_recoloured else [_fills(before)[name] for name in ("H4", "I5")]
    )


def _fills(content: bytes) -> dict[str, str]:
    """Return the fills of the styles that the cells of the first sheet name; "" for none."""
    root = etree.fromstring(parts_of(content)["content.xml"])
    table, style = root.nsmap["table"], root.nsmap["style"]
    colours = {
        each.get(f"{{{style}}}name"): each.xpath("string(*/@*[local-name()='background-color'])")
        for each in root.iter("{*}style")
    }
    found: dict[str, str] = {}
    row = 0
    for line in next(root.iter("{*}table")).iter("{*}table-row"):
        row += int(line.get(f"{{{table}}}number-rows-repeated", "1"))
        column = 0
        for cell in line:
            name = f"{chr(65 + column)}{row}" if column < 26 else ""
            found[name] = str(colours.get(cell.get(f"{{{table}}}style-name"), ""))
            column += int(cell.get(f"{{{table}}}number-columns-repeated", "1"))
    return found


@pytest.mark.parametrize("cell", ["A1", "C2", "E3", "F3", "Z9", "B1000"])
def test_repeated_rows_and_cells_of_an_ods_are_parted(cell: str) -> None:
    parts: dict[str, bytes | str] = {**parts_of(ODS)}
    root = etree.fromstring(parts["content.xml"])
    name = f"{{{root.nsmap['table']}}}"
    table = next(root.iter(f"{name}table"))
    for each in list(table):
        table.remove(each)
    for times, cells in (
        (1, [("甲", 2), ("乙", 1)]),
        (3, [("丙", 4), ("", 16380)]),
        (900, [("", 9)]),
    ):
        row = etree.SubElement(
            table, f"{name}table-row", {f"{name}number-rows-repeated": str(times)}
        )
        for text, number in cells:
            kind = {f"{name}number-columns-repeated": str(number)}
            if text:
                kind[f"{{{root.nsmap['office']}}}value-type"] = "string"
            cell_of = etree.SubElement(row, f"{name}table-cell", kind)
            if text:
                etree.SubElement(cell_of, f"{{{root.nsmap['text']}}}p").text = text
    parts["content.xml"] = etree.tostring(root)
    content = marked_copy(zipped(parts), at(cell), []).content
    assert values(content) == values(zipped(parts))
    assert comments(content) == ["社区慈善工作平台：\n请改正"]


def test_marks_may_stand_below_the_last_row_of_an_ods() -> None:
    content = marked_copy(ODS, at("B1200000", "B1200000", "A1048590"), []).content
    assert len(comments(content)) == 2


# --- values only --------------------------------------------------------------------------------


def test_an_xls_comes_back_as_a_workbook_of_values_and_says_so() -> None:
    copy = marked_copy(XLS, at("H4", "B5"), [])
    assert (copy.ending, copy.is_own_file) == (".xlsx", False)
    assert faults(copy.content) == []
    assert values(copy.content) == values(XLS)
    assert red(copy.content) == {"H4", "B3"}
    last = list(load_workbook(io.BytesIO(copy.content))[LIST_SHEET].values)[-1]
    assert last[0] == "说明"
    assert "没有保留格式" in str(last[4])


def test_merged_cells_hidden_sheets_and_days_stay_in_a_workbook_of_values() -> None:
    book = load_workbook(io.BytesIO(marked_copy(XLS, at("H4"), []).content))
    assert {str(merged) for merged in book["台账"].merged_cells.ranges} == {"A1:J1", "B3:B7"}
    assert book["底稿"].sheet_state == "hidden"
    assert str(book["台账"]["H3"].value) == "2025-03-02 00:00:00"
    assert book["台账"]["H3"].number_format == "yyyy-mm-dd"
    assert RED in {cell.fill.start_color.rgb for cell in book["台账"][4]}


def test_a_workbook_of_values_can_be_marked_again() -> None:
    first = marked_copy(XLS, at("H4"), []).content
    second = marked_copy(first, at("I5"), [])
    assert second.is_own_file
    assert texts(second.content) == {"I5": "社区慈善工作平台：\n请改正"}


# --- every writer -------------------------------------------------------------------------------

WRITTEN = sorted(
    path for path in (FILES / "writers").iterdir() if path.suffix not in (".md", ".py", ".js")
)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_a_marked_copy_reads_like_the_file_whichever_program_wrote_it(path: Path) -> None:
    content = path.read_bytes()
    before = read_workbook(content)
    first = before.visible[0].name
    copy = marked_copy(content, at("B3", "D400", sheet=first), at("A1", sheet=first))
    assert copy.is_own_file == (path.suffix in (".xlsx", ".ods"))
    after = read_workbook(copy.content)
    for old, new in zip(before.visible, after.visible, strict=True):
        assert replace(new, merges=sorted(new.merges)) == replace(old, merges=sorted(old.merges))
    assert after.hidden == before.hidden
