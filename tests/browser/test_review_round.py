"""A record's whole way in a browser: entered, returned, corrected, approved, counted."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from funds.models import Fund
from indicators.models import Plan
from indicators.store.series import differences, ensure_layout
from reviews.models import Attachment, Status
from reviews.privacy.masks import masked
from tests.browser.conftest import Visitor
from tests.conftest import HUAYIPO
from tests.types import Make

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]
Come = Callable[..., Visitor]
DASHBOARD = "/dashboard/yuzhong-2026/500103/"
NAME = "重庆市渝中区慈善会华一坡社区暖心基金"
REASON = "协议编号与协议扫描件不一致，请核对"
GROUP = [
    ("王建国", "街道（乡镇）有关负责人"),
    ("李秀英", "社区（村）负责人"),
    ("陈明", "居民代表"),
]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A red picture of one pixel."""
    path = tmp_path / "签约照片.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(b"\x00\xff\x00\x00"))
        + _chunk(b"IEND", b"")
    )
    return path


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _fund_count(person: Visitor) -> int:
    person.open(DASHBOARD)
    card = person.page.locator("section.card[aria-label=社区慈善基金] .value")
    return int((card.text_content() or "").split()[0])


def _choose_area(page: Page, words: str, name: str) -> None:
    page.locator(".field-area .select2-selection").first.click()
    page.locator(".select2-search__field").fill(words)
    page.locator(".select2-results__option", has_text=name).first.click()


def _enter(clerk: Visitor, photo: Path) -> None:
    """Enter a record, from the desk's button to 保存并提交."""
    page = clerk.page
    page.locator(".entries a", has_text="社区慈善基金").click()
    _choose_area(page, "华一坡", "华一坡")
    page.fill("#id_name", NAME)
    page.select_option("#id_level", label="社区级")
    page.fill("#id_host_name", "重庆市渝中区慈善会")
    page.locator("#id_host_has_public_fundraising").check(force=True)
    page.fill("#id_agreement_number", "渝中慈协2026-7")
    page.fill("#id_established_on", "2026-03-01")
    for number, (name, kind) in enumerate(GROUP):
        page.get_by_role("link", name="添加另一个 管理小组成员").click()
        page.fill(f"#id_members-{number}-name", name)
        page.select_option(f"#id_members-{number}-kind", label=kind)
    _attach(page, photo)
    page.get_by_role("button", name="保存并提交").click()
    page.wait_for_load_state()


def _attach(page: Page, photo: Path) -> None:
    if page.locator("a[href^='#reviews-attachment']").first.is_hidden():
        page.get_by_text("···").or_(page.get_by_text("…")).first.click()
    page.locator("a[href^='#reviews-attachment']").first.click()
    page.get_by_role("link", name="添加另一个 附件").click()
    page.locator("input[type=file][name$='-0-file']").set_input_files(photo)


def _say_why(page: Page, reason: str) -> None:
    """Give a reason where the checks have warnings."""
    if page.locator("#id__reason").count():
        page.fill("#id__reason", reason)
        page.get_by_role("button", name="保存并提交").click()
        page.wait_for_load_state()


def _decide(reviewer: Visitor, action: str, word: str, reason: str = "") -> None:
    """Decide on the record, starting from the desk."""
    reviewer.open("/")
    page = reviewer.page
    page.locator(".findings a", has_text=NAME).first.click()
    page.locator(f"a[href$='/{action}_one/']", has_text=word).first.click()
    if reason:
        page.fill("#reason", reason)
    else:
        effects = page.get_by_role("region", name="对指标的影响")
        expect(effects).to_contain_text("社区慈善基金：由1支变为2支")
        expect(page.locator("body")).to_contain_text(masked(GROUP[0][0]))
        picture = page.locator("img[src^='/attachments/']").first
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.naturalWidth") == 1
    page.get_by_role("button", name=f"确认{word}").click()
    expect(page.get_by_text(f"{word}：1 条")).to_be_visible()


def test_entered_with_group_and_photo_returned_mended_approved_and_told(
    yuzhong: Plan, jiedao: User, shiju: User, approved: Make, visitor: Come, photo: Path
) -> None:
    ensure_layout()
    approved(Fund)
    clerk, reviewer = visitor("jiedao"), visitor("shiju")
    before = _fund_count(reviewer)
    _enter(clerk, photo)
    _say_why(clerk.page, "首批社区基金，待补信用代码")
    fund = Fund.objects.get(name=NAME)
    assert (fund.status, fund.area_id, fund.created_by) == (Status.PENDING, HUAYIPO, jiedao)
    assert [(m.name, m.get_kind_display()) for m in fund.members.all()] == GROUP
    assert Attachment.objects.get(object_id=fund.pk).file_name == photo.name

    _decide(reviewer, "return", "退回", REASON)
    clerk.open("/")
    desk = clerk.page.locator("section", has=clerk.page.locator("#returned"))
    expect(desk).to_contain_text(REASON)
    assert _fund_count(reviewer) == before
    desk.get_by_role("link", name="修改").click()
    clerk.page.fill("#id_agreement_number", "渝中慈协2026-8")
    clerk.page.get_by_role("button", name="保存并提交").click()
    clerk.page.wait_for_load_state()
    _say_why(clerk.page, "已核对协议编号")

    _decide(reviewer, "approve", "通过")
    assert _fund_count(reviewer) == before + 1
    assert list(differences()) == []
    reviewer.open(f"/admin/funds/fund/{fund.pk}/history/")
    told = reviewer.page.locator("main, #content, body").last
    for words in ("录入", REASON, "渝中慈协2026-7", "渝中慈协2026-8", "通过", photo.name):
        expect(told).to_contain_text(words)
