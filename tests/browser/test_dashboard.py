"""What officials do at the dashboard: drill down, open figures, change the day, compare, download."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

import datetime
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.models import User
from areas.models import Area
from funds.models import Donation, Fund
from indicators.models import Plan
from indicators.store.series import ensure_layout
from orgs.models import Training
from tests.browser.conftest import NARROW, Visitor
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU
from tests.types import Make
from tests.web.test_chinese import english_in

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]
Come = Callable[..., Visitor]
ON = "2026-06-15"


@pytest.fixture
def facts(yuzhong: Plan, approved: Make) -> None:
    ensure_layout()
    fund = approved(Fund)
    approved(Fund, area_id=MINSHENGLU, established_on=datetime.date(2026, 6, 10))
    approved(Donation, fund=fund, area_id=HUAYIPO, amount_yuan=Decimal("12345.67"))
    approved(Training, person_times=37)


def _values(page: Page) -> dict[str, str]:
    """Return indicator → the exact value in the page."""
    found: dict[str, str] = page.eval_on_selector_all(
        ".card .value",
        "cells => Object.fromEntries(cells.map(c => [c.dataset.indicator, c.dataset.value]))",
    )
    return found


def _json_values(area: str, on: str) -> dict[str, str]:
    out = io.StringIO()
    call_command("progress", "yuzhong-2026", "--area", area, "--on", on, "--json", stdout=out)
    items = json.loads(out.getvalue())["indicators"]
    return {item["code"]: item["value"] or "" for item in items}


def test_an_observer_drills_from_the_province_to_a_community_and_takes_the_numbers_along(
    facts: None, shengting: User, visitor: Come, tmp_path: Path
) -> None:
    person = visitor("shengting")
    page = person.page
    person.open(f"/dashboard/yuzhong-2026/50/?on={ON}")
    for code, name in (
        ("5001", "市辖区"),
        (DISTRICT, "渝中区"),
        ("500103001", "七星岗街道"),
        (HUAYIPO, "华一坡社区"),
    ):
        page.locator("#heat tbody a", has_text=name).first.click()
        page.wait_for_url(f"**/dashboard/yuzhong-2026/{code}/?on={ON}")
        assert _values(page) == _json_values(code, ON)
    assert page.locator("nav.trail a").count() == 4
    assert english_in(page.content()) == set()

    page.locator("nav.trail a", has_text="渝中区").click()
    shown = _values(page)
    api = page.request.get(
        f"{person.address}/api/v1/progress/?plan=yuzhong-2026&area={DISTRICT}&on={ON}"
    )
    assert {item["code"]: item["value"] or "" for item in api.json()["indicators"]} == shown
    with page.expect_download() as waiting:
        page.get_by_role("link", name="导出 Excel").click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.name == f"渝中区指标看板（{ON}）.xlsx"
    cells = openpyxl.load_workbook(path)["指标"].iter_rows(min_row=4, values_only=True)
    written = [
        "" if row[4] == "无数据" else f"{Decimal(str(row[4])).normalize():f}" for row in cells
    ]
    assert sorted(written) == sorted(shown.values())

    page.fill("#on", "2026-06-09")
    page.get_by_role("button", name="查看").click()
    page.wait_for_url("**on=2026-06-09**")
    assert _values(page) == _json_values(DISTRICT, "2026-06-09") != shown


def test_a_number_opens_in_a_drawer_down_to_its_records(
    facts: None, shengting: User, visitor: Come
) -> None:
    person = visitor("shengting")
    page = person.page
    person.open(f"/dashboard/yuzhong-2026/{DISTRICT}/?on={ON}")
    row = page.locator("#heat tbody tr", has_text="七星岗街道")
    row.locator("td a").first.click()
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text("七星岗街道：社区慈善基金")
    expect(drawer).to_contain_text("共 1 条已通过的记录")
    drawer.locator("table a", has_text="华一坡社区").first.click()
    expect(drawer).to_contain_text("华一坡社区：社区慈善基金")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_the_table_sorts_and_turns_and_what_is_no_number_comes_last(
    facts: None, shengting: User, visitor: Come
) -> None:
    person = visitor("shengting")
    page = person.page
    person.open(f"/dashboard/yuzhong-2026/{DISTRICT}/?on={ON}")
    raised = page.locator("#heat thead th", has_text="筹集款物").first
    names = "rows => rows.map(row => row.cells[0].textContent)"
    raised.locator("button").click()
    assert raised.get_attribute("aria-sort") == "descending"
    assert page.eval_on_selector_all("#heat tbody tr", names)[0] == "七星岗街道"
    raised.locator("button").click()
    assert raised.get_attribute("aria-sort") == "ascending"
    assert page.eval_on_selector_all("#heat tbody tr", names)[-1] == "七星岗街道"


def test_the_guide_is_open_at_the_first_visit_only_and_the_chart_can_be_kept(
    facts: None, shengting: User, visitor: Come
) -> None:
    person = visitor()
    person.log_in("shengting")
    page = person.page
    assert page.locator("#guide").get_attribute("open") is not None
    person.open(f"/dashboard/yuzhong-2026/{DISTRICT}/?on={ON}")
    assert page.locator("#guide").get_attribute("open") is None
    with page.expect_download() as waiting:
        page.get_by_role("button", name="存为图片").click()
    assert waiting.value.suggested_filename == "社区慈善基金走势.png"
    assert Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")


def test_the_big_screen_shows_what_is_approved_meanwhile_without_being_touched(
    facts: None, shengting: User, visitor: Come, approved: Make
) -> None:
    person = visitor("shengting", viewport={"width": 1920, "height": 1080})
    page = person.page
    page.clock.install()
    person.open(f"/dashboard/yuzhong-2026/{DISTRICT}/?on={ON}&screen=1")
    size = page.evaluate(
        "[document.documentElement.scrollWidth, innerHeight, document.body.scrollHeight]"
    )
    assert size[0] == 1920
    assert size[2] <= size[1]
    funds = page.locator(".tile", has_text="社区慈善基金").first.locator(".value")
    chart = page.locator("#chart-name")
    expect(funds).to_contain_text("2")
    expect(chart).to_contain_text("社区慈善基金")
    page.clock.run_for(10_500)
    expect(chart).to_contain_text("社区慈善服务场景")
    approved(Fund)
    page.clock.run_for(60_000)
    expect(funds).to_contain_text("3")


def test_the_big_screen_keeps_its_figures_and_says_why_when_it_cannot_refresh(
    facts: None, shengting: User, visitor: Come, approved: Make
) -> None:
    person = visitor("shengting", viewport={"width": 1920, "height": 1080})
    page = person.page
    page.clock.install()
    person.open(f"/dashboard/yuzhong-2026/{DISTRICT}/?on={ON}&screen=1")
    funds = page.locator(".tile", has_text="社区慈善基金").first.locator(".value")
    notice = page.locator("#notice")
    approved(Fund)
    page.route("**/dashboard/**", lambda route: route.fulfill(body="<p>请先接入网络</p>"))
    for _ in range(2):
        page.clock.run_for(60_000)
        expect(notice).to_contain_text("暂时无法刷新；以下为")
        expect(funds).to_contain_text("2")
    page.unroute("**/dashboard/**")
    page.route("**/dashboard/**", lambda route: route.abort())
    page.clock.run_for(60_000)
    expect(notice).to_contain_text("暂时无法刷新")
    page.unroute("**/dashboard/**")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.clock.run_for(60_000)
    expect(notice).to_contain_text("登录已过期")
    expect(funds).to_contain_text("2")
    page.context.add_cookies([cast("SetCookieParam", each) for each in cookies])
    page.clock.run_for(60_000)
    expect(funds).to_contain_text("3")
    expect(notice).to_have_text("")
    person.faults[:] = [fault for fault in person.faults if "net::ERR_FAILED" not in fault]


def test_the_drawer_shows_what_was_asked_for_last_and_gives_the_focus_back(
    facts: None, shengting: User, visitor: Come
) -> None:
    person = visitor("shengting")
    page = person.page
    person.open(f"/dashboard/yuzhong-2026/{DISTRICT}/?on={ON}")
    held: list[Any] = []
    page.route("**/figures/yuzhong-2026/funds/**", lambda route: held.append(route))
    slow, fast = (page.locator(".card a.name", has_text=name) for name in ("社区慈善基金", "培训"))
    slow.first.click()
    expect(page.locator("#drawer")).to_contain_text("正在打开")
    page.keyboard.press("Escape")
    assert slow.first.evaluate("link => link === document.activeElement")
    fast.first.click()
    title = page.locator("#drawer .drawer-title")
    expect(title).to_contain_text("培训")
    with page.expect_response("**/figures/yuzhong-2026/funds/**"):
        held[0].continue_()
    page.wait_for_timeout(300)
    expect(title).to_contain_text("培训")
    page.keyboard.press("Escape")
    with page.context.expect_page() as opened:
        fast.first.click(modifiers=["Control"])
    assert "/figures/yuzhong-2026/" in opened.value.url
    expect(page.locator("#drawer")).to_be_hidden()


def test_the_print_is_one_page(facts: None, shengting: User, visitor: Come, tmp_path: Path) -> None:
    person = visitor("shengting")
    for area in (DISTRICT, "50", HUAYIPO):
        person.open(f"/dashboard/yuzhong-2026/{area}/?on={ON}&print=1")
        made = person.page.pdf(prefer_css_page_size=True)
        assert made.count(b"/Type /Page\n") == 1, area


@pytest.mark.parametrize("number", [34, 45, 130])
def test_the_print_of_a_place_with_many_areas_is_one_page(
    facts: None, shengting: User, visitor: Come, number: int
) -> None:
    missing = number - Area.objects.within(DISTRICT).filter(level=4).count()
    for at in range(missing):
        street = Area(code=f"{DISTRICT}{500 + at}", name=f"某某第{at}街道办事处", kind="street")
        street.derive()
        street.save()
    person = visitor("shengting")
    person.open(f"/dashboard/yuzhong-2026/{DISTRICT}/?on={ON}&print=1")
    assert person.page.locator("table.below tbody tr").count() == min(number, 32)
    assert person.page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
    expect(person.page.locator("body")).to_contain_text(f"共{number}个街道，本页列出前32个")


def test_on_a_phone_nothing_but_the_table_scrolls_sideways(
    facts: None, shengting: User, visitor: Come
) -> None:
    person = visitor("shengting", viewport=NARROW)
    for query in ("", "&screen=1", f"&against=2026-06-01&with={HUAYIPO}"):
        person.open(f"/dashboard/yuzhong-2026/{DISTRICT}/?on={ON}{query}")
        assert person.page.evaluate("document.documentElement.scrollWidth") <= 390, query
