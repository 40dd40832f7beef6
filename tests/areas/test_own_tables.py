"""A bureau's own Excel or CSV of areas: read as meant, or refused with row and column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from areas.models import Area
from areas.services import AreaRow, AreaTableError, area_from, file_rows, import_areas

Write = Callable[..., Path]

HEADER = ["代码", "名称", "类别", "纳入考核", "城镇社区"]
LINES: list[list[object]] = [
    ["50", "重庆市", "", "", ""],
    ["5001", "市辖区", "", "", ""],
    ["500157", "两江新区", "", "", ""],
    ["500157001", "甲街道", "", "", ""],
    ["500157001001", "乙社区居委会", "社区", "是", "否"],
    ["500157001002", "丙小区", "其他", "是", "是"],
    ["500157001003", "丁社区", "", "否", ""],
]


def excel(folder: Path, *lines: Sequence[object]) -> Path:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    book.save(folder / "区划.xlsx")
    return folder / "区划.xlsx"


def csv(folder: Path, *lines: Sequence[object], encoding: str = "utf-8-sig") -> Path:
    path = folder / "区划.csv"
    text = "".join(",".join(map(str, line)) + "\n" for line in lines)
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize("write", [excel, csv])
def test_kind_counted_and_urban_are_taken_from_the_table(
    db: None, tmp_path: Path, write: Write
) -> None:
    assert import_areas("500157", file_rows(write(tmp_path, HEADER, *LINES))) == 7
    rows = Area.objects.filter(level=5).values_list("code", "kind", "is_counted", "is_urban")
    assert list(rows) == [
        ("500157001001", "community", True, False),
        ("500157001002", "other", True, True),
        ("500157001003", "community", False, True),
    ]


def test_where_the_table_is_silent_kind_and_flags_are_derived(tmp_path: Path) -> None:
    path = csv(tmp_path, ["代码", "名称"], ["500157001", "甲镇"], ["500157001200", "乙村村委会"])
    areas = [area_from(row) for row in file_rows(path)]
    assert [(area.kind, area.is_counted, area.is_urban) for area in areas] == [
        ("town", True, False),
        ("village", True, False),
    ]


@pytest.mark.parametrize("code", [500157001001, 500157001001.0])
def test_a_code_typed_as_a_number_keeps_every_digit(tmp_path: Path, code: object) -> None:
    path = excel(tmp_path, ["代码", "名称"], [code, "乙社区"])
    assert list(file_rows(path)) == [AreaRow("500157001001", "乙社区")]


def test_excel_booleans_and_ones_are_flags(tmp_path: Path) -> None:
    path = excel(tmp_path, HEADER, ["500157001001", "乙社区", "", True, 0])
    assert [(row.is_counted, row.is_urban) for row in file_rows(path)] == [(True, False)]


def test_blanks_around_and_empty_lines_do_not_matter(tmp_path: Path) -> None:
    path = csv(tmp_path, [" 代码", "名称 "], ["", ""], [" 500157 ", " 两江新区 "])
    assert list(file_rows(path)) == [AreaRow("500157", "两江新区")]


@pytest.mark.parametrize("write", [excel, csv])
@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["50015", "甲街道", "", "", ""], "第3行“代码”：“50015”不是区划代码"),
        (["", "甲街道", "", "", ""], "第3行“代码”：“”不是区划代码"),
        (["500157001", "", "", "", ""], "第3行“名称”为空"),
        (["500157001", "甲街道", "街办", "", ""], "第3行“类别”“街办”无法识别，应为：.*街道"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(
    tmp_path: Path, write: Write, line: list[object], message: str
) -> None:
    with pytest.raises(AreaTableError, match=message):
        list(file_rows(write(tmp_path, HEADER, LINES[0], line)))


def test_an_empty_line_does_not_shift_the_row_number(tmp_path: Path) -> None:
    path = excel(tmp_path, HEADER, [], LINES[0], ["5", "甲", "", "", ""])
    with pytest.raises(AreaTableError, match="第4行“代码”"):
        list(file_rows(path))


@pytest.mark.parametrize("header", [["编码", "名称"], ["代码"], []])
def test_a_table_without_code_and_name_is_refused(tmp_path: Path, header: list[object]) -> None:
    with pytest.raises(AreaTableError, match="第1行应为表头"):
        list(file_rows(csv(tmp_path, header, ["50", "重庆市"])))


def test_a_flag_that_is_neither_yes_nor_no_is_named_by_row_and_column(tmp_path: Path) -> None:
    """Read as 否, it would silently remove a community from every denominator."""
    path = csv(tmp_path, HEADER, ["500157001001", "乙社区", "", "纳入", ""])
    with pytest.raises(AreaTableError, match="第2行“纳入考核”"):
        list(file_rows(path))


def test_a_csv_saved_by_chinese_excel_is_read(tmp_path: Path) -> None:
    path = csv(tmp_path, HEADER, *LINES, encoding="gb18030")
    assert next(file_rows(path)).name == "重庆市"
