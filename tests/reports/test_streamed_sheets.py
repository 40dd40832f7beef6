"""Rows that are written directly into the archive are read by every program as they were given."""

from __future__ import annotations

import datetime
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import hypothesis
import openpyxl
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from reports.paper.sheets import head_row, new_sheet
from reports.paper.stream import MOST_ROWS, laid, saved

pytestmark = pytest.mark.once  # no database

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
HEAD = 1
HEADS = ["序号", "名称", "金额（元）", "人次", "日期"]
KINDS = ["text", "money", "count", "day"]
MOMENT = datetime.datetime(2026, 6, 30, 9, 0, tzinfo=datetime.UTC)
Row = Sequence[Any]

TEXTS = [
    "=1+1",
    "+86号",
    "-减号",
    "@某人",
    '=HYPERLINK("http://x","点我")',
    "0012",
    "535000005000011221",
    "1E10",
    "2026-01-01",
    "TRUE",
    "  前后有空格  ",
    "两行\n文字",
    "<b>&amp;</b> \"引号\" '单引号' ]]>",
    "表情😀与𠮷",
    "{0}{1}%s",
]


def _book(rows: Iterable[Row], count: int, *, is_summed: bool = True, name: str = "台账") -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = new_sheet(book, name, [8] * len(HEADS))
    head_row(sheet, HEAD, HEADS)
    stream = laid(sheet, HEAD + 1, KINDS, rows, count, is_summed=is_summed)
    return saved(book, MOMENT, [stream])


def _row(name: str | None = "甲", *rest: object) -> Row:
    return [name, *(rest or ("1000.50", 3, "2026-03-01"))]


def _sheet(content: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def _xml(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


def _values(content: bytes) -> list[tuple[Any, ...]]:
    return list(_sheet(content).iter_rows(min_row=HEAD + 1, values_only=True))


def test_text_stays_text_whatever_it_looks_like() -> None:
    sheet = _sheet(_book([_row(text) for text in TEXTS], len(TEXTS), is_summed=False))
    cells = [sheet.cell(HEAD + number, 2) for number in range(1, len(TEXTS) + 1)]
    assert [cell.value for cell in cells] == TEXTS
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}


def test_a_reader_of_another_make_reads_the_same() -> None:
    content = _book([_row(text) for text in TEXTS], len(TEXTS), is_summed=False)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[0] == HEADS
    assert [row[1] for row in rows[1:]] == TEXTS
    day = datetime.date(2026, 3, 1)
    assert {tuple(row[2:]) for row in rows[1:]} == {(1000.5, 3.0, day)}
    assert [row[0] for row in rows[1:]] == [float(n) for n in range(1, len(TEXTS) + 1)]


def test_what_reads_like_an_escape_stays_as_it_was_written() -> None:
    texts = ["a_x0041_b", "_x000D_", "_x005F_x0041_", "_xyz_", "x_x0041"]
    content = _book([_row(text) for text in texts], len(texts), is_summed=False)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[1:]] == texts


@given(st.lists(st.text(max_size=12), min_size=1, max_size=20))
@hypothesis.settings(max_examples=80, deadline=None)
def test_any_text_is_read_as_it_was_written(texts: list[str]) -> None:
    given_texts = [*texts, *(f"x{text}x" for text in texts)]
    content = _book([_row(text) for text in given_texts], len(given_texts), is_summed=False)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    lines = (text.replace("\r\n", "\n").replace("\r", "\n") for text in given_texts)
    assert [row[1] for row in rows[1:]] == [_UNWRITABLE.sub("", line) for line in lines]


def test_numbers_are_numbers_and_days_are_days() -> None:
    content = _book([_row("甲", Decimal("12345678901.23"), 7, datetime.date(2026, 2, 28))], 1)
    sheet = _sheet(content)
    money, count, day = (sheet.cell(HEAD + 1, column) for column in (3, 4, 5))
    assert Decimal(str(money.value)) == Decimal("12345678901.23")
    assert (count.value, day.value.date()) == (7, datetime.date(2026, 2, 28))
    assert [cell.number_format for cell in (money, count, day)] == [
        "#,##0.00",
        "#,##0",
        "yyyy-mm-dd",
    ]
    assert "<v>12345678901.23</v>" in _xml(content)


def test_a_day_before_excels_calendar_stands_as_text() -> None:
    rows = [_row("甲", 1, 1, day) for day in ("1899-12-31", "1900-02-28", "1900-03-01")]
    *early, first = [row[4] for row in _values(_book(rows, 3, is_summed=False))]
    assert early == ["1899-12-31", "1900-02-28"]
    assert first.date() == datetime.date(1900, 3, 1)


def test_what_is_not_there_is_an_empty_cell_with_its_border() -> None:
    for nothing in (None, ""):
        sheet = _sheet(_book([[nothing] * 4], 1, is_summed=False))
        cells = [sheet.cell(HEAD + 1, column) for column in range(2, 6)]
        assert [cell.value for cell in cells] == [None] * 4
        assert all(cell.border.left.style == "thin" for cell in cells)


def test_zero_is_not_nothing() -> None:
    assert _values(_book([_row("甲", 0, 0, None)], 1))[0] == (1, "甲", 0, 0, None)


def test_what_xml_cannot_hold_is_left_out() -> None:
    texts = ["甲\x00\x0b乙", "\ufffe丙\uffff", "丁\ud800", "行\r\n尾\r"]
    found = [row[1] for row in _values(_book([_row(text) for text in texts], 4, is_summed=False))]
    assert found == ["甲乙", "丙", "丁", "行\n尾\n"]


def test_a_text_longer_than_a_cell_is_cut() -> None:
    assert len(_values(_book([_row("长" * 40_000)], 1))[0][1]) == 32_767


def test_the_total_is_the_sum_of_money_and_counts_behind_the_last_row() -> None:
    rows = [_row(f"甲{n}", f"{n}.01", n, None) for n in range(1, 2501)]
    *lines, total = _values(_book(rows, len(rows)))
    assert [line[0] for line in lines] == list(range(1, 2501))
    assert [line[1] for line in lines] == [row[0] for row in rows]
    whole = sum(Decimal(row[1]) for row in rows)
    assert (total[0], Decimal(str(total[2])), total[3]) == ("合计", whole, 2501 * 1250)
    assert (total[1], total[4]) == (None, None)


def test_without_rows_the_total_follows_the_heads() -> None:
    assert _values(_book([], 0)) == [("合计", None, 0, 0, None)]
    assert _values(_book([], 0, is_summed=False)) == []


@pytest.mark.parametrize(("number", "is_summed"), [(0, True), (0, False), (1, False), (2500, True)])
def test_the_dimension_says_where_the_sheet_ends(number: int, is_summed: bool) -> None:
    content = _book((_row() for _ in range(number)), number, is_summed=is_summed)
    last = HEAD + number + is_summed
    assert f'<dimension ref="A1:E{last}"/>' in _xml(content)
    rows = [int(row) for row in re.findall(r'<row r="(\d+)"', _xml(content))]
    assert rows == list(range(1, last + 1))


def test_the_rows_may_be_an_iterator_that_is_read_once() -> None:
    rows = iter([_row(f"甲{n}") for n in range(1500)])
    assert len(_values(_book(rows, 1500))) == 1501
    assert list(rows) == []


@pytest.mark.parametrize("number", [3, 5])
def test_another_number_of_rows_than_was_said_is_an_error(number: int) -> None:
    with pytest.raises(ValueError, match=f"{number} rows instead of 4"):
        _book([_row()] * number, 4)


def test_more_rows_than_a_sheet_holds_are_refused_before_anything_is_written() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        _book([], MOST_ROWS)


def test_each_ledger_goes_into_its_own_sheet() -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    streams = []
    for name in ("台账-甲", "台账-乙"):
        sheet = new_sheet(book, name, [8] * len(HEADS))
        head_row(sheet, HEAD, HEADS)
        streams.append(laid(sheet, HEAD + 1, KINDS, [_row(name)], 1, is_summed=True))
    made = openpyxl.load_workbook(io.BytesIO(saved(book, MOMENT, reversed(streams))))
    assert [made[name].cell(HEAD + 1, 2).value for name in made.sheetnames] == made.sheetnames


def test_the_sheet_keeps_what_it_was_laid_out_with() -> None:
    sheet = _sheet(_book([_row()], 1))
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.column_dimensions["B"].width == 8
    assert sheet.cell(HEAD + 1, 2).font.name == "仿宋_GB2312"
    assert sheet.cell(HEAD + 2, 1).font.name == "黑体"


_ELSEWHERE = """
import sys, time
import django
django.setup()
real = time.time
time.time = lambda: real() + 400 * 86400
from tests.reports.test_streamed_sheets import TEXTS, _book, _row
sys.stdout.buffer.write(_book([_row(text) for text in TEXTS], len(TEXTS)))
"""


def test_the_bytes_are_the_same_elsewhere_on_another_day(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TZ": "America/New_York",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "12345",
        "DATA_DIR": str(tmp_path),
    }
    command = [sys.executable, "-c", _ELSEWHERE]
    made = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, check=True
    )
    assert made.stdout == _book([_row(text) for text in TEXTS], len(TEXTS))


def test_libreoffice_reads_the_same(tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("本机没有 LibreOffice（soffice），跳过用另一程序打开工作簿的测试")
    source = tmp_path / "book.xlsx"
    source.write_bytes(_book([_row(text) for text in TEXTS], len(TEXTS)))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    convert = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir"]
    subprocess.run(
        [*convert, tmp_path / "out", source], check=True, capture_output=True, timeout=120
    )
    *lines, total = _values((tmp_path / "out" / "book.xlsx").read_bytes())
    assert [line[1] for line in lines] == TEXTS
    assert {line[2:4] for line in lines} == {(1000.5, 3)}
    assert {line[4].date() for line in lines} == {datetime.date(2026, 3, 1)}
    assert total[:4] == ("合计", None, 1000.5 * len(TEXTS), 3 * len(TEXTS))
