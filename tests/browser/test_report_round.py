"""A report's way through five levels in a browser: confirmed, edited, sealed, received, returned,
corrected.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from docx import Document
from playwright.sync_api import Page, ViewportSize, expect

from accounts.models import Role, User
from areas.models import Area
from audit.chain.lifting import lifted
from funds.models import Fund
from indicators.models import Plan
from indicators.plan.loading import SHIPPED, load_plans
from indicators.store.series import ensure_layout
from reports.editions.files import DOCUMENT, WORKBOOK, path_of
from reports.editions.verifying import verify, verify_editions
from reports.filing.preparing import prepare_reports
from reports.models import Edition, Report, ReportState
from tests.browser.conftest import NARROW, Visitor
from tests.conftest import DISTRICT, HUAYIPO, JIEFANGBEI, MINSHENGLU, PASSWORD, QIXINGGANG
from tests.types import Make
from tests.web.test_chinese import english_in

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]
Come = Callable[..., Visitor]
PROVINCE, PREFECTURE = "50", "5001"
WIDE: ViewportSize = {"width": 1440, "height": 900}
_AREAS = [PROVINCE, PREFECTURE, DISTRICT, QIXINGGANG, JIEFANGBEI, HUAYIPO, MINSHENGLU]
_MISSING = "解放碑街道正在核对台账，待核实后补报"
_RETURNED = "渝中区慈善基金数与台账不符，请核对"
_COLUMNS = "登记信息与封存内容不符（指标数值）"
_GENUINE, _UNKNOWN = "属实：与本平台封存的内容一致", "未找到：本平台没有封存过这样的内容"


# --- the province ---------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _late_in_june() -> Iterator[None]:
    """The site's date is 25 June 2026."""
    cache.clear()
    with time_machine.travel("2026-06-25T09:00:00+08:00"):
        yield


@pytest.fixture
def plan(district: Area, tmp_path: Path) -> Plan:
    """A plan of 重庆市 for which all five levels file.

    Two streets with one community each are counted.
    """
    for code, name, kind in (
        (PROVINCE, "重庆市", "province"),
        (PREFECTURE, "市辖区", "prefecture"),
    ):
        area = Area(code=code, name=name, kind=kind)
        area.derive()
        area.save()
    Area.objects.exclude(code__in=_AREAS).update(is_counted=False)
    text = (SHIPPED / "yuzhong-2026.toml").read_text(encoding="utf-8")
    for old, new in (
        ('code = "yuzhong-2026"', 'code = "chongqing"'),
        ('title = "渝中区加强', 'title = "重庆市加强'),
        ('issuer = "重庆市渝中区民政局"', 'issuer = "重庆市民政局"'),
        ('area = "500103"', f'area = "{PROVINCE}"'),
        ('recipients = ["重庆市民政局"]', 'recipients = ["民政部"]'),
        ("levels = [3, 4]", "levels = [1, 2, 3, 4, 5]"),
    ):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "chongqing.toml"
    path.write_text(text, encoding="utf-8")
    return load_plans([path])[0]


@pytest.fixture
def people(jiedao: User, shiju: User, quji: User) -> None:
    """The users who sign at each level."""
    for name, shown, role, code in (
        ("shequ", "周社区", Role.CLERK, HUAYIPO),
        ("shequ2", "吴社区", Role.CLERK, MINSHENGLU),
        ("shizhou", "郑市州", Role.REVIEWER, PREFECTURE),
        ("sheng", "王省厅", Role.REVIEWER, PROVINCE),
    ):
        User.objects.create_user(
            name, password=PASSWORD, role=role, area_id=code, display_name=shown
        )


@pytest.fixture
def prepared(plan: Plan, people: None, approved: Make) -> Callable[..., Any]:
    """One fund in 华一坡社区 and nothing elsewhere; all reports of June are prepared."""
    ensure_layout()
    approved(Fund)
    assert {each.area_id for each in prepare_reports()} == set(_AREAS)
    return approved


# --- what a person does ---------------------------------------------------------------------


def _report(code: str) -> Report:
    return Report.objects.get(area=code)


def _at(person: Visitor, code: str, page: str = "") -> Page:
    """Open a page of an area's report and check it on wide and narrow screens."""
    _look_at(person, f"/reports/{_report(code).pk}/{page}")
    return person.page


def _look_at(person: Visitor, path: str) -> None:
    """Check that nothing is wider than the screen and no word is English."""
    person.open(path)
    page = person.page
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    assert english_in(page.content()) == set(), path


def _click(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def _seal(person: Visitor, code: str, button: str = "确认封存", **words: str) -> Edition:
    """Seal from the report's page; `words` fill in the fields of the confirmation."""
    page = _at(person, code)
    page.locator("a[href$='/seal/']").click()
    page.wait_for_load_state()
    for name, text in words.items():
        page.fill(f"#{name}", text)
    if page.get_by_label("人工修改过的文稿已与最新数据核对").count():
        page.get_by_label("人工修改过的文稿已与最新数据核对").check()
    _click(page, button)
    page.wait_for_url(f"**/reports/{_report(code).pk}/")
    edition = Edition.objects.filter(report__area=code).latest("pk")
    expect(page.get_by_text(f"已封存{edition}")).to_be_visible()
    assert english_in(page.content()) == set()
    return edition


def _refused(person: Visitor, button: str, words: str) -> None:
    """Check that the site refuses with this message; the browser logs only the status."""
    before = len(person.faults)
    _click(person.page, button)
    expect(person.page.get_by_role("alert")).to_have_text(words)
    assert english_in(person.page.content()) == set()
    assert all("status of 400" in fault for fault in person.faults[before:])
    del person.faults[before:]


def _download(person: Visitor, edition: Edition, link: str, folder: Path) -> Path:
    """Download one of the edition's files and return its path."""
    person.open(f"/reports/{edition.report_id}/")
    shown = person.page.locator(".edition", has_text=edition.sha256)
    with person.page.expect_download() as download:
        shown.get_by_role("link", name=link, exact=True).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def _asked(stranger: Visitor, file: Path | None = None, digest: str = "") -> str:
    """Return the public page's answer to a file or a digest."""
    stranger.open("/verify/")
    if file is not None:
        stranger.page.set_input_files("#file", file)
    else:
        stranger.page.fill("#sha256", digest)
    _click(stranger.page, "核验")
    return (stranger.page.get_by_role("alert").text_content() or "").strip()


# --- the levels -----------------------------------------------------------------------------


def _communities_confirm(visitor: Come) -> None:
    """File 零报告 where nothing is new; elsewhere the site names what is new."""
    idle = visitor("shequ2", WIDE)
    page = _at(idle, MINSHENGLU, "seal/")
    page.get_by_label("零报告").check()
    _click(page, "确认并上报")
    expect(page.locator(".sentence")).to_contain_text("已报（零报告）")
    busy = visitor("shequ", WIDE)
    page = _at(busy, HUAYIPO, "seal/")
    page.get_by_label("零报告").check()
    _refused(busy, "确认并上报", "不能作零报告：本期新登记社区慈善基金1项")
    assert not Edition.objects.filter(report__area=HUAYIPO).exists()
    page.get_by_label("零报告").uncheck()
    _click(page, "确认并上报")
    expect(page.locator(".sentence")).to_contain_text("已报")
    zeros = Edition.objects.order_by("report__area").values_list("report__area", "is_zero")
    assert list(zeros) == [(HUAYIPO, False), (MINSHENGLU, True)]


def _street_edits_and_files(street: Visitor) -> None:
    page = _at(street, QIXINGGANG, "edit/")
    page.get_by_label("存在问题").fill("社区慈善专职人员不足。\n（一）培训覆盖面不够。")
    _click(page, "保存")
    expect(page.get_by_text("文稿已保存")).to_be_visible()
    edition = _seal(street, QIXINGGANG, "确认并上报")
    texts = [each.text for each in edition.as_content().narrative]
    assert "社区慈善专职人员不足。\n（一）培训覆盖面不够。" in texts


def _county_seals_without_the_late_one(county: Visitor) -> Edition:
    page = _at(county, DISTRICT, "seal/")
    expect(page.locator("form.panel")).to_contain_text("还有1个下级地区未报：解放碑街道（待报）")
    page.fill("#missing_reason", "   ")
    _refused(
        county,
        "确认封存",
        "还有1个下级地区未报（解放碑街道）；如不等待，请写明缺报说明",
    )
    edition = _seal(county, DISTRICT, missing_reason=_MISSING)
    expect(county.page.locator("#below + ul")).to_contain_text("七星岗街道 已报")
    expect(county.page.locator("body")).to_contain_text(f"封存时缺报：解放碑街道。说明：{_MISSING}")
    return edition


def _receive(person: Visitor, code: str) -> None:
    page = _at(person, code)
    _click(page, "接收")
    expect(page.locator(".sentence")).to_contain_text("已接收")
    assert _report(code).state == ReportState.RECEIVED


def _province_returns(province: Visitor, prefecture: Visitor) -> None:
    page = _at(province, PREFECTURE)
    page.fill("#return-reason-1", _RETURNED)
    _click(page, "退回")
    expect(page.locator(".sentence")).to_contain_text("已退回")
    page = _at(prefecture, PREFECTURE, "seal/")
    expect(page.locator("dl.facts")).to_contain_text(f"{_RETURNED}（王省厅，6月25日）")


def _county_corrects(county: Visitor, first: Edition, tmp_path: Path) -> Edition:
    """Seal a second edition whose workbook lists what changed from 1 to 2, and why."""
    second = _seal(county, DISTRICT, reason="漏报一支社区慈善基金", missing_reason=_MISSING)
    assert (second.number, second.previous_sha256) == (2, first.sha256)
    file = _download(county, second, "下载表格", tmp_path)
    sheet = openpyxl.load_workbook(file)["数据更正"]
    words = [str(cell) for row in sheet.values for cell in row if cell is not None]
    assert any("漏报一支社区慈善基金" in word for word in words)
    row = next(row for row in sheet.values if "社区慈善基金" in row)
    assert row[1:6] == ("社区慈善基金", "支", "1", "2", "新增"), row
    return second


# --- proof ----------------------------------------------------------------------------------


def _assert_genuine(person: Visitor, stranger: Visitor, edition: Edition, folder: Path) -> None:
    """Both files are genuine for anybody; with one byte changed they are not."""
    _look_at(stranger, "/verify/")
    for link, stored in (
        ("下载表格", edition.workbook_sha256),
        ("下载文稿", edition.document_sha256),
    ):
        file = _download(person, edition, link, folder)
        data = bytearray(file.read_bytes())
        assert hashlib.sha256(data).hexdigest() == stored
        assert _asked(stranger, file) == _GENUINE
        assert _asked(stranger, digest=stored) == _GENUINE
        data[len(data) // 2] ^= 1
        other = folder / f"改动的{file.name}"
        other.write_bytes(data)
        assert _asked(stranger, other) == _UNKNOWN
    assert _asked(stranger, digest=edition.sha256) == _GENUINE
    document = Document(str(file))
    assert "社区慈善建设工作进展情况" in "".join(each.text for each in document.paragraphs)


def _assert_told(edition: Edition, words: str) -> None:
    """The command fails and names the edition."""
    said = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_editions", stdout=said)
    assert ended.value.code == 1
    assert said.getvalue() == f"{edition}：{words}\n共 1 处不符。\n"


def _assert_a_changed_byte_is_found(edition: Edition) -> None:
    """Change bytes of the content, of a figure and of the files."""
    text, figures = edition.content, dict(edition.figures)
    for place in [*range(0, len(text), max(1, len(text) // 300)), len(text) - 1]:
        edition.content = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        assert list(verify(edition)) == [f"{edition}：封存内容与摘要不符"], place
    with lifted():
        edition.save(update_fields=["content"])
    _assert_told(edition, "封存内容与摘要不符")
    edition.content, edition.figures = text, {**figures, "funds": "3"}
    with lifted():
        edition.save(update_fields=["content", "figures"])
    _assert_told(edition, _COLUMNS)
    edition.figures = figures
    with lifted():
        edition.save(update_fields=["figures"])
    for kind, word in ((WORKBOOK, "工作簿"), (DOCUMENT, "文稿")):
        path = path_of(edition, kind)
        data = path.read_bytes()
        for place in (0, len(data) // 3, len(data) - 1):
            path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
            assert list(verify(edition)) == [f"{edition}：{word}文件 {path.name} 被改动"], place
        _assert_told(edition, f"{word}文件 {path.name} 被改动")
        path.write_bytes(data)
    assert list(verify_editions()) == []


# --- the round ------------------------------------------------------------------------------


def test_a_report_goes_up_five_levels_and_is_proven_to_anybody(
    prepared: Callable[..., Any], visitor: Come, tmp_path: Path
) -> None:
    _communities_confirm(visitor)
    _street_edits_and_files(visitor("jiedao", WIDE))
    county, prefecture, province = (visitor(name, WIDE) for name in ("shiju", "shizhou", "sheng"))
    for each in (county, prefecture, province):
        _look_at(each, "/reports/")
    first = _county_seals_without_the_late_one(county)
    _receive(prefecture, DISTRICT)
    _seal(prefecture, PREFECTURE)
    _province_returns(province, prefecture)
    prepared(Fund)
    _county_corrects(county, first, tmp_path)
    _receive(prefecture, DISTRICT)
    again = _seal(prefecture, PREFECTURE)  # the page proposes the reason of the return
    assert again.reason == f"按退回意见修改：{_RETURNED}"
    _receive(province, PREFECTURE)
    top = _seal(province, PROVINCE)
    assert (first.figures["funds"], again.figures["funds"], top.figures["funds"]) == ("1", "2", "2")
    for code in _AREAS:
        _at(province, code)
        _at(province, code, "preview/")
    _assert_genuine(province, visitor(viewport=WIDE), top, tmp_path)
    said = io.StringIO()
    call_command("verify_editions", stdout=said)
    assert said.getvalue() == "8 个封存版次全部属实。\n"
    _assert_a_changed_byte_is_found(top)


def test_nobody_else_finds_what_is_done_about_a_report(
    prepared: Callable[..., Any], jiangbei: User, visitor: Come
) -> None:
    neighbour = visitor("jiangbei", WIDE)
    _look_at(neighbour, "/reports/")
    for code in _AREAS:
        for page in ("", "edit/", "seal/", "preview/"):
            answer = neighbour.page.request.get(
                f"{neighbour.address}/reports/{_report(code).pk}/{page}"
            )
            assert answer.status == 404, (code, page)
