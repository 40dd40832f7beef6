"""The same ledger gives the same cells, whichever program wrote it."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from ledgers.workbooks.grids import UNCALCULATED_TEXT, CellKind, Grid, GridCell
from ledgers.workbooks.opening import open_sheets

pytestmark = pytest.mark.once

FILES = Path(__file__).parent / "files" / "writers"
DAY, NEXT = datetime.date(2026, 2, 28), datetime.date(2026, 3, 1)
_HEADS = ["序号", "基金名称", "街道", "设立日期", "起始资金", "到账金额", "比例", "是否", "错误"]
#: The rows without their empty cells at the end.
ROWS: list[list[object]] = [
    ["渝中区基金台账"],
    [*_HEADS, "公式", "未计算"],
    [1, "甲基金", "大溪沟街道", DAY, 1234.5, 12.5, 0.125, True, "#DIV/0!", 2, UNCALCULATED_TEXT],
    [2, "乙基金", None, NEXT, 5, 50000, None, False],
    [3, "丙基金", "大溪沟街道", DAY, 7],
    [4, "丁基金", "石油路街道", DAY, 8],
    [5, "旧新"],
]
KINDS = {
    **dict.fromkeys(("A3", "E3", "F3", "G3", "J3", "F4"), CellKind.NUMBER),
    **dict.fromkeys(("D3", "D4"), CellKind.DAY),
    **dict.fromkeys(("H3", "H4"), CellKind.BOOLEAN),
    **{"I3": CellKind.ERROR, "K3": CellKind.UNCALCULATED, "G4": CellKind.EMPTY},
}
FORMATS = {"F3": '0.00"万元"', "G3": "0.0%", "F4": '0!.0,"万"', "D3": "", "E3": ""}
STRUCK_OUT = {"A5", "B5", "C5", "D5", "E5", "B7"}
MERGES = [((0, 0), (0, 10)), ((2, 2), (3, 2))]

_LEFT: dict[str, object] = {"J3": UNCALCULATED_TEXT}
#: What a writer leaves out or calculates itself: the values of cells.
_VALUES: dict[str, dict[str, object]] = {
    "openpyxl.xlsx": _LEFT,
    "excelize.xlsx": {**_LEFT, "I3": UNCALCULATED_TEXT},
    **{f"libreoffice.{ending}": {"K3": 2} for ending in ("xlsx", "ods", "xls")},
    **{f"sheetjs.{ending}": {"K3": None} for ending in ("xls", "xlsb")},
}
#: LibreOffice takes the 万 of a format that WPS writes for letters.
_FORMATS = {
    "libreoffice.xlsx": {"F4": "0\\!.0,\\万"},
    "libreoffice.xls": {"F4": "0\\!.0,\\万"},
    "libreoffice.ods": {"F4": '0.0,"万"'},
}
WORKBOOKS = sorted(
    path.name
    for path in FILES.iterdir()
    if path.suffix in (".xlsx", ".xlsb", ".xls", ".ods", ".xml") and path.name != "sheetjs.ods"
)


def grid_of(name: str) -> Grid:
    (grid,) = open_sheets((FILES / name).read_bytes()).visible
    return grid


def cell_of(grid: Grid, name: str) -> GridCell:
    return grid.cell(int(name[1:]) - 1, ord(name[0]) - ord("A"))


def filled(values: dict[str, object]) -> list[list[object]]:
    """Return all rows at full length, some cells changed."""
    rows = [[*row, *[None] * (11 - len(row))] for row in ROWS]
    for name, value in values.items():
        rows[int(name[1:]) - 1][ord(name[0]) - ord("A")] = value
    return rows


@pytest.mark.parametrize("name", WORKBOOKS)
def test_the_values_are_the_same(name: str) -> None:
    grid = grid_of(name)
    assert grid.name == "台账"
    assert [list(row) for row in grid.rows] == filled(_VALUES.get(name, {}))
    assert all(type(value) is datetime.date for value in (grid.at(2, 3), grid.at(3, 3)))


@pytest.mark.parametrize("name", WORKBOOKS)
def test_the_kinds_and_formats_are_the_same(name: str) -> None:
    grid, values = grid_of(name), _VALUES.get(name, {})
    for cell, kind in KINDS.items():
        if cell not in values:
            assert cell_of(grid, cell).kind == kind, cell
    for cell, code in (FORMATS | _FORMATS.get(name, {})).items():
        assert cell_of(grid, cell).number_format == code, cell


@pytest.mark.parametrize("name", WORKBOOKS)
def test_the_merged_and_hidden_cells_are_the_same(name: str) -> None:
    grid = grid_of(name)
    assert (grid.merges, grid.hidden_columns) == (MERGES, {6})
    assert grid.hidden_rows == (set() if name == "sheetjs.xls" else {5})
    assert cell_of(grid, "C4").is_merged and not cell_of(grid, "C5").is_merged
    assert cell_of(grid, "G3").is_hidden and not cell_of(grid, "F3").is_hidden
    assert open_sheets((FILES / name).read_bytes()).hidden == ["数据源"]


@pytest.mark.parametrize("name", [one for one in WORKBOOKS if not one.startswith("sheetjs")])
def test_struck_out_cells_are_the_same_even_where_a_part_is_struck_out(name: str) -> None:
    grid = grid_of(name)
    found = {
        f"{chr(65 + column)}{row + 1}"
        for row, line in enumerate(grid.rows)
        for column in range(len(line))
        if grid.cell(row, column).is_struck_out
    }
    assert found == STRUCK_OUT


def test_a_workbook_that_counts_from_1904_says_so() -> None:
    assert grid_of("xlsxwriter-1904.xlsx").is_1904
    assert not grid_of("xlsxwriter.xlsx").is_1904


def test_a_library_that_calculates_nothing_leaves_no_zero_in_ods() -> None:
    grid = open_sheets((FILES / "sheetjs.ods").read_bytes()).visible[0]
    assert grid.at(2, 10) == UNCALCULATED_TEXT
    assert grid.merges == MERGES


@pytest.mark.parametrize("name", ["sheetjs.html", "sheetjs.csv"])
def test_tables_in_text_hold_what_was_shown(name: str) -> None:
    grid = grid_of(name)
    shown = ["1", "甲基金", "大溪沟街道", "2026年2月28日", "1,234.50", "12.50万元"]
    assert list(grid.rows[2][:6]) == shown
    assert grid.at(2, 10) == UNCALCULATED_TEXT
    assert grid.merges == (MERGES if name == "sheetjs.html" else [])
