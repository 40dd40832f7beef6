"""What users do in a browser: log in, enter, submit, approve, and see the figure change."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from funds.models import Fund
from indicators.models import Plan
from indicators.store.series import ensure_layout
from reviews.services import submit
from tests.browser.conftest import NARROW, Visitor
from tests.types import Make
from tests.web.test_chinese import english_in

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]
Come = Callable[..., Visitor]
DASHBOARD = "/dashboard/yuzhong-2026/500103/"
PLACES = {
    "shiju": ("/", "没有待审核的记录"),
    "quji": ("/", "渝中区：2项任务进展待填报"),
    "jiedao": ("/", "七星岗街道：10项任务进展待填报"),
    "shengting": (DASHBOARD, "渝中区指标看板"),
    "guanli": ("/", "现有区划"),
    "anquan": ("/", "启用账号"),
    "shenji": ("/", "审核操作"),
}


def test_each_role_logs_in_in_chinese_and_lands_on_its_own_place(
    yuzhong: Plan, visitor: Come, request: pytest.FixtureRequest
) -> None:
    stranger = visitor()
    stranger.open("/admin/login/")
    assert stranger.page.locator("html").get_attribute("lang") == "zh-hans"
    expect(stranger.page.get_by_text("社区慈善工作平台").first).to_be_visible()
    assert english_in(stranger.page.content()) == set()
    for name, (path, words) in PLACES.items():
        request.getfixturevalue(name)
        person = visitor()
        person.log_in(name)
        assert urlsplit(person.page.url).path == path
        expect(person.page.locator("body")).to_contain_text(words)


def test_a_figure_opens_down_to_its_record_and_an_approval_shows_its_effect(
    yuzhong: Plan, quji: User, shiju: User, approved: Make, make: Make, visitor: Come
) -> None:
    ensure_layout()
    known, pending = approved(Fund), make(Fund, name="重庆市渝中区慈善会华一坡社区暖心基金")
    submit(pending, by=quji, reason="测试")
    reviewer = visitor("shiju")
    reviewer.open(DASHBOARD)
    page = reviewer.page
    page.locator("section.card[aria-label=社区慈善基金] a.name").click()
    expect(page.locator("#drawer")).to_contain_text("截至当日的“社区慈善基金”数")
    page.locator("#drawer-open").click()
    for words in (
        "截至当日的“社区慈善基金”数",
        "待审核的相关记录1条",
        "由1支变为2支",
        "七星岗街道",
    ):
        expect(page.locator(".board")).to_contain_text(words)
    page.locator(".board table a", has_text=known.name).click()
    expect(page.locator(".board")).to_contain_text("计入的指标")
    page.locator(".board table a", has_text="社区级慈善基金覆盖面").click()
    expect(page.locator("details summary", has_text="未达标的地区 78 个")).to_be_visible()
    assert page.locator("details table").first.is_hidden()
    page.locator("details summary", has_text="未达标的地区").click()
    expect(page.locator("details table").first).to_contain_text("临华路社区")

    page.goto(page.url.split("/figures/")[0] + f"/admin/funds/fund/{pending.pk}/approve_one/")
    effects = page.get_by_role("region", name="对指标的影响")
    expect(effects).to_contain_text("社区慈善基金：由1支变为2支")
    page.get_by_role("button", name="确认通过").click()
    expect(page.get_by_text("通过：1 条")).to_be_visible()


def test_the_trend_is_drawn_and_changes_with_the_indicator(
    yuzhong: Plan, shiju: User, approved: Make, visitor: Come
) -> None:
    approved(Fund)
    reviewer = visitor("shiju")
    reviewer.open(DASHBOARD)
    page = reviewer.page
    labels = "canvas => Chart.getChart(canvas).data.labels.length"
    ahead = page.locator("#trend").evaluate(labels) - 12
    assert ahead >= 0  # the months up to the target's day
    page.select_option("#trend-choice", label="培训社区公益慈善人才")
    label = page.locator("#trend").evaluate(
        "canvas => Chart.getChart(canvas).data.datasets[0].label"
    )
    assert label == "培训社区公益慈善人才"
    assert page.locator("#trend-table tr").count() == page.locator("#trend").evaluate(labels)
    page.select_option("#trend-range", label="近三年")
    assert page.locator("#trend").evaluate(labels) == 36 + ahead


def test_no_page_scrolls_sideways_on_a_phone(
    yuzhong: Plan,
    quji: User,
    shiju: User,
    guanli: User,
    anquan: User,
    shenji: User,
    make: Make,
    visitor: Come,
) -> None:
    fund = make(Fund)
    submit(fund, by=quji, reason="测试")
    stranger = visitor(viewport=NARROW)
    stranger.open("/admin/login/")
    widths = {"login": _width(stranger.page)}
    for name, paths in {
        "shiju": (
            "/",
            DASHBOARD,
            "/admin/funds/fund/",
            f"/admin/funds/fund/{fund.pk}/change/",
            f"/admin/funds/fund/{fund.pk}/approve_one/",
            f"/admin/funds/fund/{fund.pk}/history/",
            "/figures/yuzhong-2026/charity_orgs/500103/",
            "/figures/yuzhong-2026/community_fund_coverage/500103/",
            f"/records/funds.fund/{fund.pk}/figures/",
            "/reports/",
            "/tasks/",
            "/duties/500103/?view=matrix",
            "/duties/500103/?view=list",
            "/supervision/500103/",
            "/funds/",
        ),
        "guanli": ("/",),
        "anquan": ("/",),
        "shenji": ("/",),
        "quji": ("/", "/imports/", "/admin/funds/fund/add/", "/admin/scenes/activity/add/"),
    }.items():
        person = visitor(name, viewport=NARROW)
        for path in paths:
            person.open(path)
            widths[path] = _width(person.page)
    assert {path: width for path, width in widths.items() if width > 390} == {}


def _width(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width
