"""The entry form in a browser: fields appear and disappear, and a double click stores once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from accounts.models import User
from funds.models import Donation, Fund
from indicators.models import Plan
from reviews.models import Status
from scenes.models import Activity, Scene
from tests.browser.conftest import NARROW, WIDE, Visitor
from tests.conftest import HUAYIPO
from tests.web.test_chinese import english_in

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]
Come = Callable[..., Visitor]


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_field_appears_where_it_means_something(
    jiedao: User, visitor: Come, viewport: dict[str, int]
) -> None:
    person = visitor("jiedao", viewport=viewport)
    person.open("/admin/scenes/scene/add/")
    page = person.page
    expect(page.locator("#id_type_name")).to_be_hidden()
    page.select_option("#id_type", label="其他")
    expect(page.locator("#id_type_name")).to_be_visible()
    page.fill("#id_name", "慈善长廊")
    page.locator("button[name=_submit]").click()
    expect(page.get_by_text("请填写“建成日期”")).to_be_visible()
    expect(page.locator("#id_type_name")).to_be_visible()
    assert english_in(page.content()) == set()
    page.fill("#id_opened_on", "2026-03-01")
    page.locator("button[name=_submit]").click()
    reason = page.locator("#id__reason")
    expect(reason).to_be_focused()
    expect(page.locator(".field-type_name .entry-warning")).to_be_visible()
    assert english_in(page.content()) == set()
    assert not Scene.objects.exists()
    reason.fill("牌匾尚未定名")
    page.locator("button[name=_submit]").click()
    page.wait_for_url("**/admin/scenes/scene/")
    assert Scene.objects.get().status == Status.PENDING


def test_a_donation_takes_its_place_from_the_fund_and_is_entered_once(
    jiedao: User, make: Callable[..., Fund], visitor: Come
) -> None:
    fund = make(Fund, name="暖心基金")
    person = visitor("jiedao")
    person.open("/admin/funds/donation/add/")
    page = person.page
    expect(page.locator(".field-area .select2")).to_be_visible()
    page.locator(".field-fund .select2-selection").click()
    page.locator(".select2-results__option", has_text="暖心基金").click()
    expect(page.locator(".field-area .select2")).to_be_hidden()
    page.fill("#id_amount_yuan", "88")
    page.fill("#id_receipt_number", "渝财00000001")
    page.locator("button[name=_save]").dblclick()
    page.wait_for_url("**/admin/funds/donation/")
    donation = Donation.objects.get()
    assert (donation.fund, donation.area_id) == (fund, HUAYIPO)


def test_the_enter_key_saves_a_draft(jiedao: User, visitor: Come) -> None:
    person = visitor("jiedao")
    person.open("/admin/scenes/scene/add/")
    page = person.page
    page.select_option("#id_type", label="慈善墙")
    page.fill("#id_opened_on", "2026-03-01")
    page.fill("#id_name", "慈善墙")
    page.press("#id_name", "Enter")
    page.wait_for_url("**/admin/scenes/scene/")
    assert Scene.objects.get().status == Status.DRAFT


def test_what_scripts_write_is_chinese_too(
    yuzhong: Plan, quji: User, make: Callable[..., Fund], visitor: Come
) -> None:
    fund = make(Fund)
    person = visitor("quji")
    page = person.page
    for path in (
        "/",
        "/board/",
        "/imports/",
        "/quality/500103/",
        "/figures/yuzhong-2026/funds/500103/",
        "/admin/funds/fund/",
        "/admin/funds/fund/?q=没有",
        f"/admin/funds/fund/{fund.pk}/change/",
        f"/admin/funds/fund/{fund.pk}/history/",
        "/admin/scenes/activity/add/",
    ):
        person.open(path)
        page.wait_for_load_state("networkidle")
        assert english_in(page.content()) == set(), path
    page.locator(".field-area .select2-selection").click()
    page.locator(".select2-search__field").fill("没有这个地方")
    nothing = page.locator(".select2-results__option", has_text="未找到结果")
    expect(nothing).to_be_visible(timeout=15_000)
    assert english_in(page.content()) == set()
    page.keyboard.press("Escape")
    page.locator(".field-held_on .datetimeshortcuts a").last.click()
    expect(page.locator(".calendarbox").first).to_be_visible()
    assert english_in(page.content()) == set()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_communities_are_found_and_ticked(
    quji: User, visitor: Come, viewport: dict[str, int]
) -> None:
    person = visitor("quji", viewport=viewport)
    person.open("/admin/scenes/activity/add/?area=500103&name=重阳敬老&form=activity")
    page = person.page
    page.fill("#id_held_on", "2026-03-01")
    boxes = page.locator(".reach-boxes input:visible")
    search = page.get_by_label("查找社区")
    search.fill("华一坡")
    expect(boxes).to_have_count(1)
    search.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(".reach-street:visible summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(boxes.first).to_be_checked()
    search.fill("七星岗街道")
    page.get_by_role("button", name="选中列出的").click()
    number = boxes.count()
    assert number > 3
    expect(page.locator(".reach-tools output")).to_have_text(f"已选{number}个")
    search.fill("")
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide
    assert english_in(page.content()) == set()
    page.locator("button[name=_save]").click()
    page.wait_for_url("**/admin/scenes/activity/")
    assert Activity.objects.get().reaches.count() == number
