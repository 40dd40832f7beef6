"""Exports and public verification in a browser: requested, watched, downloaded, without serious
faults.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from accounts.models import User
from indicators.models import Plan
from orgs.models import CommunityOrg
from reports.exports import jobs
from reports.models.exports import Delivery, Export, Subscription
from tests.browser.conftest import NARROW, Visitor
from tests.browser.test_accessibility import Inspector
from tests.conftest import DISTRICT, QIXINGGANG

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]
Come = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do in the test what a worker would do."""
    cache.clear()
    monkeypatch.setattr("reports.exports.pages.make_file.delay", lambda *job: None)


@pytest.fixture
def inspector() -> Inspector:
    return Inspector()


def _is_as_wide_as_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_ledger_is_asked_for_watched_and_taken_along(
    yuzhong: Plan, jiedao: User, make: Callable[..., CommunityOrg], visitor: Come, tmp_path: Path
) -> None:
    name, page = make(CommunityOrg).name, visitor("jiedao").page
    page.get_by_role("link", name="导出与订阅").first.click()
    asking = page.locator("form").filter(has_text="生成台账")
    asking.get_by_label("台账").select_option(label="社区社会组织")
    asking.get_by_label("状态").select_option(label="草稿")
    asking.get_by_role("button", name="生成台账").click()
    expect(page.get_by_role("status")).to_contain_text("正在生成")
    expect(page.locator(".working p")).to_have_text("排队中")
    jobs.work_on("export", Export.objects.get().pk)
    expect(page.get_by_role("status")).to_contain_text("已生成，共1条")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    file = tmp_path / download.value.suggested_filename
    assert file.name.startswith("七星岗街道社区社会组织台账（")
    download.value.save_as(file)
    sheet = load_workbook(file).worksheets[0]
    assert [row[3] for row in sheet.iter_rows(min_row=4, max_row=4, values_only=True)] == [name]


def test_the_pages_fit_and_have_no_serious_fault(
    yuzhong: Plan, quji: User, visitor: Come, inspector: Inspector
) -> None:
    clerk = visitor("quji")
    page = clerk.page
    waiting, made = (
        jobs.request_export(Export(kind="funds.fund", area_id=area, requested_by=quji))
        for area in (QIXINGGANG, DISTRICT)
    )
    jobs.work_on("export", made.pk)
    subscription = Subscription.objects.create(user=quji, plan=yuzhong, area_id=QIXINGGANG, day=31)
    delivery = Delivery.objects.create(subscription=subscription, due_on="2026-02-28")
    jobs.work_on("delivery", delivery.pk)
    inspector.visit(clerk, "/exports/", f"/exports/{made.pk}/", f"/exports/{waiting.pk}/")
    page.set_viewport_size(NARROW)
    for path in ("/exports/", f"/exports/{made.pk}/", f"/exports/{waiting.pk}/"):
        clerk.open(path)
        assert _is_as_wide_as_the_screen(page), path
    assert inspector.faults == [], "\n".join(inspector.faults)


def test_anybody_verifies_without_a_login(
    quji: User, visitor: Come, inspector: Inspector, tmp_path: Path
) -> None:
    stranger = visitor()
    page = stranger.page
    stranger.open("/admin/login/")
    page.get_by_role("link", name="核验报告真伪").click()
    inspector.look_at(page, "核验")
    file = tmp_path / "报告.xlsx"
    file.write_bytes(b"x")
    page.set_input_files("#file", file)
    expect(page.locator("output")).to_have_text("报告.xlsx")
    page.get_by_role("button", name="核验").click()
    expect(page.get_by_role("alert")).to_have_text("未找到：本平台没有封存过这样的内容")
    inspector.look_at(page, "核验的结果")
    page.set_viewport_size(NARROW)
    assert _is_as_wide_as_the_screen(page)
    assert inspector.faults == [], "\n".join(inspector.faults)
