"""The workbook shows the content of the edition and prints as a bureau expects."""

from __future__ import annotations

import datetime
import io
import json
import shutil
import subprocess
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from indicators.progress.lineage import lineage
from reports.editions.files import workbook_path
from reports.models import Edition
from tests.conftest import DISTRICT
from tests.reports.conftest import CREDIT_CODE, JUNE
from tests.reports.papers import Content, build_workbook
from tests.types import Response

#: These tests do not depend on the kind of database.
pytestmark = pytest.mark.once

ADDITIVE = (
    "funds",
    "scenes",
    "charity_orgs",
    "trained",
    "projects",
    "aid_projects",
    "raised",
    "aided",
)
HEAD = 4


@dataclass(frozen=True)
class Sealed:
    """An edition: its content, digest and workbook, and the records behind its figures by kind."""

    content: Content
    sha256: str
    workbook: bytes
    members: dict[str, set[int]]


#: Sealing takes a second and tests only read, so one edition serves the whole file.
_SEALED: list[Sealed] = []


@pytest.fixture
def sealed(db: None, request: pytest.FixtureRequest) -> Sealed:
    """Content, hash and workbook of one edition, and the records behind its figures."""
    if not _SEALED:
        edition: Edition = request.getfixturevalue("edition")
        members: dict[str, set[int]] = {}
        for indicator in edition.report.plan.indicators.prefetch_related("targets"):
            for item in lineage(indicator, DISTRICT, JUNE):
                members.setdefault(item.record._meta.label_lower, set()).add(item.record.pk)
        content, workbook = json.loads(edition.content), workbook_path(edition).read_bytes()
        _SEALED.append(Sealed(content, edition.sha256, workbook, members))
    return _SEALED[0]


@pytest.fixture
def content(sealed: Sealed) -> Content:
    return dict(sealed.content)


@pytest.fixture
def book(sealed: Sealed) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(sealed.workbook))


def _annex(content: Content) -> list[Content]:
    return [item for item in content["indicators"] if item["place"] == "annex"]


def _rows(sheet: Worksheet, count: int) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(min_row=HEAD + 1, max_row=HEAD + count, values_only=True))


def _same(shown: Response, text: str | None) -> bool:
    if text is None:
        return shown in ("无数据", "—")
    return isinstance(shown, int | float) and Decimal(str(shown)) == Decimal(text)


def test_the_annex_has_nine_rows_with_the_numbers_of_the_edition(
    book: openpyxl.Workbook, content: Content
) -> None:
    items = _annex(content)
    rows = _rows(book["核心绩效指标"], 9)
    assert len(items) == 9
    for number, (row, item) in enumerate(zip(rows, items, strict=True), start=1):
        assert row[0] == number
        assert row[1] == item["name"]
        assert row[3] == item["target_text"]
        assert _same(row[4], item["value"])
        assert _same(row[5], item["rate"])
        assert _same(row[6], item["expected"])
        assert (row[7], row[8]) == (item["status_label"], item["clause"])


def test_the_annex_shows_the_targets_of_2026(book: openpyxl.Workbook) -> None:
    shown = [row[3] for row in _rows(book["核心绩效指标"], 9)]
    assert shown == ["19", "11", "158", "50", "40", "10", "340", "2500", "70%"]


def test_the_annex_shows_what_was_recorded(book: openpyxl.Workbook) -> None:
    shown = [row[4] for row in _rows(book["核心绩效指标"], 9)]
    assert shown[:6] == [4, 7, 2, 42, 2, 2]  # two funds and two carried over; seven scenes
    assert Decimal(str(shown[6])) == Decimal("24.6914")  # 246913.56 元
    assert shown[7] == 66
    assert Decimal(str(shown[8])).quantize(Decimal("0.0001")) == Decimal("0.0253")  # 2 of 79


def test_the_first_sheet_names_the_sealed_content(book: openpyxl.Workbook, sealed: Sealed) -> None:
    cells = [str(cell.value) for row in book["核心绩效指标"].iter_rows() for cell in row]
    assert any(sealed.sha256 in text for text in cells)


def test_the_rows_of_the_streets_add_up_to_the_district(
    book: openpyxl.Workbook, content: Content
) -> None:
    sheet = book["下级地区明细"]
    *streets, total = _rows(sheet, len(content["children"]) + 1)
    assert len(streets) == 11
    assert total[1] == "渝中区"
    for column, item in enumerate(_annex(content), start=2):
        assert _same(total[column], item["value"])
        if item["code"] in ADDITIVE:
            whole = sum((Decimal(str(row[column])) for row in streets), Decimal(0))
            assert whole == Decimal(item["value"]), item["code"]


def test_the_ledgers_hold_exactly_the_records_behind_the_figures(
    sealed: Sealed, content: Content
) -> None:
    held = {ledger["kind"]: ledger["ids"] for ledger in content["ledgers"]}
    assert {kind: set(pks) for kind, pks in held.items()} == sealed.members
    assert all(len(pks) == len(set(pks)) for pks in held.values())


def test_the_ledger_sheets_hold_the_rows_of_the_edition(
    book: openpyxl.Workbook, content: Content
) -> None:
    sheets = {name for name in book.sheetnames if name.startswith("台账-")}
    assert sheets == {f"台账-{ledger['name']}" for ledger in content["ledgers"]}
    for ledger in content["ledgers"]:
        rows = _rows(book[f"台账-{ledger['name']}"], len(ledger["rows"]) + 1)
        # rows of different measures are never added up
        assert rows[-1][0] == ("合计" if ledger["is_summed"] else None)
        for number, (row, values) in enumerate(zip(rows[:-1], ledger["rows"], strict=True), 1):
            assert row[0] == number
            for shown, value, column in zip(row[1:], values, ledger["columns"], strict=True):
                assert _shown_as(column["type"], shown, value), (ledger["name"], shown, value)


def _shown_as(kind: str, shown: Response, value: object) -> bool:
    if value in (None, ""):
        return shown in (None, "")
    if kind in ("money", "count"):
        return Decimal(str(shown)) == Decimal(str(value))
    if kind == "day":
        return isinstance(shown, datetime.datetime) and shown.date().isoformat() == value
    return shown == value


def test_a_ledgers_total_is_the_sum_of_its_money(book: openpyxl.Workbook) -> None:
    sheet = book["台账-捐赠收入"]
    heads = [cell.value for cell in sheet[HEAD]]
    column = heads.index("金额（元）")
    *lines, total = _rows(sheet, 3)
    assert Decimal(str(total[column])) == sum(Decimal(str(line[column])) for line in lines)
    assert Decimal(str(total[column])) == Decimal("246913.56")


def test_text_that_looks_like_a_formula_stays_text(book: openpyxl.Workbook) -> None:
    cells = [cell for row in book["台账-慈善服务场景"].iter_rows() for cell in row]
    risky = [cell for cell in cells if str(cell.value or "")[:1] in tuple("=+-@")]
    assert {cell.value for cell in risky} == {
        "=1+1",
        "+86号",
        "-减号",
        "@某人",
        '=HYPERLINK("http://x","点我")',
    }
    assert {cell.data_type for cell in risky} == {"s"}
    assert {cell.number_format for cell in risky} == {"@"}


def test_no_cell_of_any_sheet_is_a_formula(book: openpyxl.Workbook) -> None:
    kinds = {
        cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row
    }
    assert kinds <= {"s", "inlineStr", "n", "d"}  # inlineStr: an empty text


def test_codes_and_receipts_stay_text(book: openpyxl.Workbook) -> None:
    receipts = [
        cell
        for row in book["台账-捐赠收入"].iter_rows()
        for cell in row
        if cell.value in ("0012", 12)
    ]
    assert [cell.value for cell in receipts] == ["0012", "0012"]
    assert {(cell.data_type, cell.number_format) for cell in receipts} == {("s", "@")}


def test_a_credit_code_stays_text(content: Content) -> None:
    codes = [CREDIT_CODE, "00012345", "1E10", "2026-01-01", "TRUE"]
    content["ledgers"] = [
        {
            "kind": "orgs.charity",
            "name": "慈善组织",
            "columns": [{"field": "credit_code", "title": "统一社会信用代码", "type": "text"}],
            "is_summed": True,
            "ids": [*range(len(codes))],
            "rows": [[code] for code in codes],
        }
    ]
    made = openpyxl.load_workbook(io.BytesIO(build_workbook(content, "0" * 64)))
    cells = [made["台账-慈善组织"].cell(HEAD + row, 2) for row in range(1, len(codes) + 1)]
    assert [cell.value for cell in cells] == codes
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}


def test_every_sheet_is_laid_out_for_printing(book: openpyxl.Workbook) -> None:
    for sheet in book.worksheets:
        if sheet.title in ("封面", "图表"):
            continue
        merged = {str(area) for area in sheet.merged_cells.ranges}
        assert any(area.startswith("A2:") and area.endswith("2") for area in merged), sheet.title
        assert sheet["A2"].value.startswith(("渝中区", "渝中区加强"))
        assert sheet.freeze_panes == "C5"
        assert sheet.print_title_rows == "$1:$4"
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)


def test_a_sheet_of_every_kind_that_counts_is_there(content: Content) -> None:
    kinds = {ledger["kind"] for ledger in content["ledgers"]}
    assert {"funds.fund", "funds.donation", "projects.aid", "scenes.activity"} <= kinds
    assert "orgs.charity" not in kinds  # no figure of the plan counts charities


def _texts(book: openpyxl.Workbook) -> dict[tuple[str, str], Any]:
    """Return every cell with a value, by sheet and address."""
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
    }


def test_every_cell_survives_another_program(
    sealed: Sealed, book: openpyxl.Workbook, tmp_path: Path
) -> None:
    """LibreOffice opens and saves the workbook, and no number, day or text changes."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("本机没有 LibreOffice（soffice），跳过用另一程序打开工作簿的测试")
    source = tmp_path / "book.xlsx"
    source.write_bytes(sealed.workbook)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir"]
    subprocess.run(
        [*command, str(tmp_path / "out"), str(source)], check=True, capture_output=True, timeout=120
    )
    ours, theirs = _texts(book), _texts(openpyxl.load_workbook(tmp_path / "out" / "book.xlsx"))
    assert ours.keys() == theirs.keys()
    assert len(ours) > 900
    assert {at: (one, theirs[at]) for at, one in ours.items() if not _equal(one, theirs[at])} == {}


def _equal(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return Decimal(str(one)) == Decimal(str(other))
    return bool(one == other)


# --- sheets beside the figures ----------------------------------------------------------------


def test_the_cover_names_what_it_is_and_lists_the_sheets(
    book: openpyxl.Workbook, sealed: Sealed
) -> None:
    cells = [str(cell.value) for row in book["封面"].iter_rows() for cell in row if cell.value]
    assert book.sheetnames[0] == "封面"
    assert "渝中区加强社区慈善建设工作进展情况报表" in cells
    assert "（2026年6月）" in cells
    assert sealed.sha256 in cells
    assert "、".join(book.sheetnames[1:]) in cells


def test_the_charts_are_native_and_draw_the_numbers_of_the_edition(
    book: openpyxl.Workbook, content: Content
) -> None:
    names = [kind.__class__.__name__ for kind in book["图表"]._charts]
    assert (names.count("BarChart"), names.count("DoughnutChart")) == (1, 1)
    assert names.count("LineChart") == 9
    rows = _rows(book["图表数据"], 18)
    for number, item in enumerate(_annex(content)):
        values, goals = rows[2 * number], rows[2 * number + 1]
        assert values[0] == goals[0] == item["name"]
        trend = content["trend"]["values"][item["code"]]
        assert all(map(_drawn, values[2:], trend))
        assert all(_drawn(goal, item["target"]) for goal in goals[2:])
        top, bottom = map(Decimal, item["exact"])
        if bottom:  # the last point is the day itself
            assert _drawn(values[-1], str(top / bottom))
    assert [
        str(day)[:10] for day in (cell.value.date() for cell in book["图表数据"][HEAD][2:])
    ] == (content["trend"]["days"])


def _drawn(shown: Response, text: str | None) -> bool:
    if text is None:
        return shown is None
    return abs(Decimal(str(shown)) - Decimal(text)) < Decimal("1e-9")
