"""Workbooks as bureaus lay them out, and short functions to check and import them."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command
from openpyxl import Workbook

from accounts.models import User
from areas.models import Area
from ledgers.reading.findings import Finding, ImportResult
from ledgers.registry import KINDS
from ledgers.service import check_ledger, import_ledger
from reviews.models import ImportBatch
from tests.types import Json

#: A row of a ledger: title → value of the cell.
Row = dict[str, Any]
Rows = Sequence[Sequence[object]]
HOST = "重庆市渝中区慈善会"


@dataclass
class Sheet:
    """One sheet: its rows from A1 on, merged ranges such as `B2:B4`, and whether it is hidden."""

    rows: Rows
    name: str = "Sheet1"
    merges: Sequence[str] = ()
    is_hidden: bool = False
    hidden_columns: Sequence[str] = ()


def workbook(*sheets: Sheet) -> bytes:
    """Return an .xlsx file with these sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        for row in sheet.rows:
            page.append(list(row))
        for merged in sheet.merges:
            page.merge_cells(merged)
        for letter in sheet.hidden_columns:
            page.column_dimensions[letter].hidden = True
        page.sheet_state = "hidden" if sheet.is_hidden else "visible"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def table(rows: Sequence[Row]) -> list[list[Any]]:
    """Return a header with all titles in order of appearance, and a line for each row."""
    titles = list(dict.fromkeys(title for row in rows for title in row))
    return [titles, *([row.get(title) for title in titles] for row in rows)]


def in_yuan(rows: Sequence[Row]) -> list[list[Any]]:
    """Return the table of these rows; the title of an amount without a unit says that it is yuan."""
    titles, *lines = table(rows)
    return [["起始资金（元）" if each == "起始资金" else each for each in titles], *lines]


def one_sheet(*rows: Row, name: str = "Sheet1") -> bytes:
    """Return a workbook with one plain table of amounts in yuan."""
    return workbook(Sheet(in_yuan(rows), name))


def fund(number: int = 1, **changes: object) -> Row:
    """Return a sound row of the fund ledger."""
    return {
        "序号": number,
        "街道": "七星岗街道",
        "社区": "华一坡社区",
        "基金名称": f"{HOST}华一坡社区{number}号基金",
        "基金级别": "社区级",
        "依托慈善组织": HOST,
        "是否具有公开募捐资格": "是",
        "设立日期": "2026-03-01",
        "起始资金": 100,
    } | changes


def org(number: int = 1, **changes: object) -> Row:
    """Return a sound row of the organisation ledger."""
    return {
        "序号": number,
        "街道": "七星岗街道",
        "社区": "华一坡社区",
        "组织名称": f"华一坡社区互助会{number}",
        "类别": "公益慈善类",
        "管理层级": "街道管理",
        "登记（备案）编号": f"渝中社备{number:06}",
        "登记（备案）日期": "2025-03-01",
        "成员数": 20,
    } | changes


def project(number: int = 1, **changes: object) -> Row:
    """Return a sound row of the project ledger."""
    return {
        "序号": number,
        "街道": "七星岗街道",
        "社区": "华一坡社区",
        "项目名称": f"华一坡社区助老项目{number}",
        "服务对象": "一老",
        "预算（元）": 10000,
        "开始时间": "2026-03-01",
        "是否帮扶项目": "是",
    } | changes


def money(number: int = 1, **changes: object) -> Row:
    """Return a sound donation of the money ledger; it needs the fund `fund(1)`."""
    return {
        "序号": number,
        "日期": "2026-04-01",
        "基金": fund(1)["基金名称"],
        "摘要": "捐赠",
        "收入（元）": 100,
        "支出（元）": None,
        "票据号": f"渝财{number:08}",
    } | changes


def scene(number: int = 1, **changes: object) -> Row:
    """Return a sound row of the scene ledger."""
    return {
        "序号": number,
        "街道": "七星岗街道",
        "社区": "华一坡社区",
        "名称": f"华一坡社区慈善墙{number}",
        "类型": "慈善墙",
        "建成日期": "2026-03-01",
    } | changes


def activity(number: int = 1, **changes: object) -> Row:
    """Return a sound row of the activity record."""
    return {
        "日期": "2026-03-05",
        "活动名称": f"学雷锋活动{number}",
        "街道": "七星岗街道",
        "社区": "华一坡社区",
        "形式": "活动",
    } | changes


def training(number: int = 1, **changes: object) -> Row:
    """Return a sound row of the training record."""
    return {
        "日期": "2026-05-04",
        "培训名称": f"慈善骨干培训{number}",
        "街道": "七星岗街道",
        "参训人次": 10,
    } | changes


def aid(number: int = 1, **changes: object) -> Row:
    """Return a sound row of the aid record."""
    return {
        "日期": "2026-03-03",
        "街道": "七星岗街道",
        "社区": "华一坡社区",
        "对象类别": "一老",
        "帮扶内容": f"助餐{number}",
        "帮扶人次": 5,
    } | changes


@dataclass
class Reading:
    """The result of checking a file without storing it."""

    result: ImportResult
    records: list[Any]  # of the kind that the test reads

    @property
    def problems(self) -> list[Finding]:
        """The findings that block the import."""
        return self.result.problems

    @property
    def warnings(self) -> list[Finding]:
        """The findings that are shown but do not block."""
        return self.result.warnings

    @property
    def record(self) -> Any:
        """The only record of a file without problems."""
        assert not self.problems
        (record,) = self.records
        return record


def read(kind: str, content: bytes, by: User, root: Area | None = None) -> Reading:
    """Check a file as a clerk would."""
    area = root or by.area
    assert area is not None
    checked = check_ledger(kind, KINDS[kind], content, by=by, root=area)
    result, entries = checked.result, checked.entries
    return Reading(result, [entry.record for entry in entries])


def imported(by: User, kind: str, *rows: Row, **options: Any) -> ImportBatch | None:
    """Import a sound file and return its batch; None if it contains nothing new."""
    assert by.area
    result = import_ledger(
        kind,
        KINDS[kind],
        one_sheet(*rows),
        "台账.xlsx",
        by=by,
        root=by.area,
        **options,
    )
    assert result.problems == []
    return result.batch


def cells(findings: Sequence[Finding]) -> list[str]:
    """Return the cells of the findings, in order."""
    return [finding.cell for finding in findings]


@dataclass
class Run:
    """The exit code and output of `import_records`."""

    code: int
    output: str
    error: str = ""
    as_json: Json = field(default_factory=dict)


def run(folder: Path, kind: str, content: bytes | Path, *arguments: str, by: str = "quji") -> Run:
    """Run `import_records KIND FILE --as BY ARGUMENTS`."""
    file = content if isinstance(content, Path) else folder / "台账.xlsx"
    if isinstance(content, bytes):
        file.write_bytes(content)
    output, code, error = io.StringIO(), 0, ""
    try:
        call_command("import_records", kind, str(file), "--as", by, *arguments, stdout=output)
    except SystemExit as stop:
        code = int(stop.code or 0)
    except CommandError as stop:
        code, error = stop.returncode, str(stop)
    printed = output.getvalue()
    parsed = json.loads(printed) if "--json" in arguments and printed else {}
    return Run(code, printed, error, parsed)
