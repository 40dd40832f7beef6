"""The import pages in a browser: upload, see the marks, correct, store, undo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from accounts.models import User
from indicators.models import Plan
from ledgers import jobs
from orgs.models import CommunityOrg
from reviews.models import Status
from tests.browser.conftest import NARROW, Visitor
from tests.ledger.workbooks import one_sheet, org

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]
Come = Callable[..., Visitor]


def _upload(page: Page, file: Path) -> None:
    page.get_by_role("link", name="导入台账").first.click()
    page.select_option("#kind", label="社区社会组织台账")
    page.set_input_files("#file", file)
    expect(page.locator(".file output")).to_have_text(file.name)
    page.get_by_role("button", name="上传并核对").click()
    page.wait_for_load_state()


def _width(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width


def test_a_ledger_is_uploaded_mended_stored_and_undone(
    yuzhong: Plan, jiedao: User, visitor: Come, tmp_path: Path
) -> None:
    page = visitor("jiedao").page
    ledger = tmp_path / "组织台账.xlsx"
    ledger.write_bytes(one_sheet(org(1), org(2, 社区="民生路社区"), org(3, 成员数=-1)))
    _upload(page, ledger)
    expect(page.get_by_role("status")).to_contain_text("有2处须改正，没有写入任何记录")
    expect(page.locator("table").first).to_contain_text("Sheet1 C3")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载标注了问题的表格").click()
    marked = tmp_path / download.value.suggested_filename
    assert marked.name == "组织台账（已标注）.xlsx"
    download.value.save_as(marked)

    book = load_workbook(marked)
    sheet = book["Sheet1"]
    assert [cell for cell in ("C3", "I4") if sheet[cell].fill.start_color.rgb == "00FFC7CE"] == [
        "C3",
        "I4",
    ]
    sheet["C3"], sheet["I4"] = "华一坡社区", 30
    mended = tmp_path / "组织台账（改好）.xlsx"
    book.save(mended)
    _upload(page, mended)
    expect(page.get_by_role("status")).to_contain_text("全部无误，可以导入")
    assert not CommunityOrg.objects.exists()
    page.get_by_role("button", name="导入并提交审核").click()
    expect(page.get_by_role("status")).to_contain_text("已导入并提交审核：新增3行")
    assert CommunityOrg.objects.pending().count() == 3

    page.get_by_role("link", name="撤销这次导入").click()
    page.get_by_role("button", name="确认撤销").click()
    expect(page.get_by_text("涉及3条记录")).to_be_visible()
    expect(page.locator("table").last).to_contain_text("已撤销")
    assert set(CommunityOrg.objects.values_list("status", flat=True)) == {Status.VOID}


def test_a_large_file_shows_its_progress_and_then_its_result(
    yuzhong: Plan,
    jiedao: User,
    visitor: Come,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from ledgers import tasks
    from ledgers.registry import KINDS

    sent: list[int] = []
    monkeypatch.setattr(jobs, "AT_ONCE_BYTES", 0)
    monkeypatch.setattr(tasks.work_on_import, "delay", sent.append)
    page = visitor("jiedao", viewport=NARROW).page
    ledger = tmp_path / "大台账.xlsx"
    ledger.write_bytes(one_sheet(org(1)))
    page.goto(page.url.rstrip("/") + "/imports/")
    page.select_option("#kind", label="社区社会组织台账")
    page.set_input_files("#file", ledger)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.locator(".working")).to_contain_text("排队中")
    assert _width(page) <= 390
    lease = jobs.ImportLease(sent[0])
    assert lease.acquire()
    lease.report("读取", 0, 0)
    expect(page.locator(".working")).to_contain_text("读取")
    lease.release()
    jobs.work_on(sent[0], KINDS)  # the worker does this even if the tab is closed
    expect(page.get_by_role("status")).to_contain_text("全部无误，可以导入")
    assert _width(page) <= 390
