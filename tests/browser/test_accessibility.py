"""axe-core finds no serious fault on any page, on a wide and on a narrow screen, light and dark.

WCAG 2.2 A and AA and axe's rules for good practice; no rule and no element is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import reverse
from playwright.sync_api import Page, ViewportSize, expect

from accounts.api.models import ApiToken
from accounts.models import User
from accounts.webhooks.models import Webhook
from funds.models import Fund
from indicators.models import Plan
from indicators.store.series import ensure_layout
from proposals.models import PendingChange
from reports.models import Report
from reviews.models import ImportBatch, Status
from reviews.services import return_, submit
from tests.browser.conftest import NARROW, Visitor
from tests.ledger.workbooks import one_sheet, org
from tests.types import Make
from tests.web.world import World, build_world
from tests.worlds import share

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]
Come = Callable[..., Visitor]
WIDE: ViewportSize = {"width": 1440, "height": 900}
DASHBOARD = "/dashboard/yuzhong-2026/500103/"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """rules => axe.run({runOnly: rules, resultTypes: ["violations"]})
    .then(found => found.violations)"""
_SWITCH = "theme => Alpine.$data(document.documentElement).switchTheme(theme)"
_HAS_AXE = "() => typeof axe !== 'undefined'"
_HAS_SHELL = "() => typeof Alpine !== 'undefined'"
_SWITCHED = "theme => document.documentElement.classList.contains(theme)"
#: Adds style rules as a script may, whatever the page's content security policy.
_ADD_STYLES = """text => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
#: No transitions, since colours between two themes belong to neither.
_AT_ONCE = "*, *::before, *::after { transition: none !important; animation: none !important; }"


#: Both widths and both themes in two looks; every other page has the other two.
_LOOKS = (((NARROW, "dark"), (WIDE, "light")), ((NARROW, "light"), (WIDE, "dark")))


@dataclass
class Inspector:
    """Checks pages with axe-core in two looks and keeps the faults: page, look, rule, element."""

    faults: list[str] = field(default_factory=list)
    #: How many pages were checked.
    pages: int = 0

    def look_at(self, page: Page, name: str) -> None:
        """Check the page that is open; leave it wide and light."""
        if not page.evaluate(_HAS_AXE):
            page.evaluate(_ADD_STYLES, _AT_ONCE)
            page.evaluate(AXE_SCRIPT)
        has_themes = page.evaluate(_HAS_SHELL)  # the big screen and the print have one look
        for size, theme in _LOOKS[self.pages % 2]:
            page.set_viewport_size(size)
            if has_themes:
                _switch(page, theme)
            self.faults += _faults(page, f"{name}（{size['width']} {theme}）")
        if has_themes:
            _switch(page, "light")
        self.pages += 1

    def visit(self, person: Visitor, *paths: str) -> None:
        """Open and check each address in turn."""
        for path in paths:
            person.open(path)
            assert "/login/" not in person.page.url, path
            self.look_at(person.page, f"{path} {person.page.title()}")


def _switch(page: Page, theme: str) -> None:
    page.evaluate(_SWITCH, theme)
    page.wait_for_function(_SWITCHED, arg=theme)


def _faults(page: Page, where: str) -> Iterator[str]:
    for rule in page.evaluate(_RUN, _RULES):
        if rule["impact"] in ("serious", "critical"):
            for node in rule["nodes"]:
                why = node["failureSummary"].splitlines()[-1].strip()
                element = f"{' '.join(map(str, node['target']))}  {node['html'][:200]}"
                yield f"{where} {rule['id']}：{why}；{element}"


@pytest.fixture
def inspector() -> Iterator[Inspector]:
    """The inspector; the test fails with everything it found."""
    inspector = Inspector()
    yield inspector
    assert inspector.faults == [], "\n".join(inspector.faults)


@pytest.fixture
def world(make: Make, quji: User, shiju: User, yuzhong: Plan) -> World:
    """One object of every kind, and funds that wait for the reviewer and for the clerk."""
    ensure_layout()
    world = build_world(make, quji, shiju, yuzhong)
    for returned in (False, True):
        fund = make(Fund)
        submit(fund, by=quji, reason="测试")
        if returned:
            return_(fund, by=shiju, reason="协议编号与协议扫描件不一致")
    return world


share(__name__, "world", is_committed=True)


def _fund(status: Status) -> str:
    """Return the address of the fund in that state."""
    return f"/admin/funds/fund/{Fund.objects.filter(status=status).latest('pk').pk}"


def test_login(quji: User, visitor: Come, inspector: Inspector) -> None:
    stranger = visitor()
    page = stranger.page
    stranger.open("/admin/login/")
    inspector.look_at(page, "登录")
    page.fill("input[name=username]", "quji")
    page.fill("input[name=password]", "不是这个口令")
    page.click("button[type=submit]")
    page.wait_for_load_state()
    inspector.look_at(page, "口令不对")
    own = ("/account/sessions/", "/account/second-factor/", "/admin/password_change/")
    inspector.visit(visitor("quji"), *own)


def test_desk_lists_and_entry_of_a_clerk(world: World, visitor: Come, inspector: Inspector) -> None:
    clerk = visitor("quji")
    page = clerk.page
    inspector.visit(clerk, "/", "/admin/funds/fund/", f"{_fund(Status.RETURNED)}/change/")
    more = {
        "funds/fund": page.get_by_role("link", name="添加另一个 管理小组成员"),
        "scenes/activity": page.locator(".reach-street summary").first,
    }
    for kind, opener in more.items():
        inspector.visit(clerk, f"/admin/{kind}/add/")
        opener.click()
        page.locator(".field-area .select2-selection").first.click()
        expect(page.locator(".select2-results__option").first).to_be_visible()
        inspector.look_at(page, f"{kind} 有一行，选择地区")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="保存并提交").click()
        page.wait_for_load_state()
        inspector.look_at(page, f"{kind} 有错误")
    clerk.open("/admin/orgs/charity/add/?area=500103&name=邻里互助慈善会&phone=12")
    page.get_by_role("button", name="保存并提交").click()
    expect(page.locator("#id__reason")).to_be_visible()
    inspector.look_at(page, "慈善组织 有提示")


def test_imports(world: World, visitor: Come, inspector: Inspector, tmp_path: Path) -> None:
    clerk = visitor("quji")
    page = clerk.page
    undo = reverse("import-undo", args=[ImportBatch.objects.get().pk])
    for name, rows in (("有错", [org(1, 社区="民生路社区"), org(2)]), ("无误", [org(1)])):
        ledger = tmp_path / f"{name}.xlsx"
        ledger.write_bytes(one_sheet(*rows))
        clerk.open("/imports/")
        page.select_option("#kind", label="社区社会组织台账")
        page.set_input_files("#file", ledger)
        page.get_by_role("button", name="上传并核对").click()
        page.wait_for_load_state()
        inspector.look_at(page, f"导入台账 {name}")
    inspector.visit(clerk, "/imports/", undo)


def test_desk_lists_and_reviews_of_a_reviewer(
    world: World, visitor: Come, inspector: Inspector
) -> None:
    reviewer = visitor("shiju")
    page = reviewer.page
    pending, approved = _fund(Status.PENDING), f"/admin/funds/fund/{world[Fund].pk}"
    inspector.visit(reviewer, "/", f"{pending}/approve_one/", f"{pending}/return_one/")
    inspector.visit(reviewer, f"{approved}/change/", f"{approved}/history/")
    reviewer.open("/admin/funds/fund/?o=1.-2")
    page.get_by_role("button", name="筛选").press("Enter")
    expect(page.locator("#changelist-filter")).to_be_visible()
    inspector.look_at(page, "筛选")
    page.keyboard.press("Escape")
    page.locator("#action-toggle").check()
    inspector.look_at(page, "勾选的记录")
    page.get_by_role("button", name="shiju").press("Enter")
    expect(page.get_by_role("button", name="退出登录")).to_be_visible()
    inspector.look_at(page, "用户菜单")


def test_figures_reports_and_plans(world: World, visitor: Come, inspector: Inspector) -> None:
    reviewer = visitor("shiju")
    inspector.visit(
        reviewer,
        "/figures/yuzhong-2026/funds/500103/",
        "/figures/yuzhong-2026/community_fund_coverage/500103/",
        f"/records/funds.fund/{world[Fund].pk}/figures/",
        "/quality/500103/",
        "/reports/",
        f"/reports/{world[Report].pk}/",
        f"/reports/{world[Report].pk}/edit/",
        f"/reports/{world[Report].pk}/seal/",
        f"/reports/{world[Report].pk}/preview/",
        "/admin/indicators/plan/",
        f"/admin/indicators/plan/{world[Plan].pk}/change/",
    )


def test_desks_of_the_three_duties(
    world: World, guanli: User, anquan: User, shenji: User, visitor: Come, inspector: Inspector
) -> None:
    user, batch = world[User].pk, ImportBatch.objects.get().pk
    inspector.visit(
        visitor("anquan"),
        "/",
        "/admin/accounts/user/",
        f"/admin/accounts/user/{user}/change/",
        "/admin/accounts/apitoken/",
        "/admin/accounts/apitoken/add/",
        f"/admin/accounts/apitoken/{world[ApiToken].pk}/change/",
        f"/admin/accounts/apitoken/{world[ApiToken].pk}/renew/",
    )
    inspector.visit(
        visitor("guanli"),
        "/",
        "/changes/",
        f"/changes/{world[PendingChange].pk}/",
        "/admin/areas/area/500103/change/",
        "/admin/accounts/webhook/add/",
        f"/admin/accounts/webhook/{world[Webhook].pk}/change/",
        "/admin/accounts/webhookdelivery/",
    )
    inspector.visit(
        visitor("shenji"),
        "/",
        "/admin/reviews/reviewevent/",
        f"/admin/reviews/importbatch/{batch}/change/",
    )


def test_dashboard_of_an_observer(
    world: World, shengting: User, visitor: Come, inspector: Inspector
) -> None:
    observer = visitor("shengting")
    assert observer.page.url.endswith(DASHBOARD)
    page = observer.page
    page.locator(".dashboard details summary").last.click()
    inspector.look_at(page, "指标看板，说明和数据表打开")
    page.locator("#heat tbody td a").first.click()
    expect(page.locator("#drawer")).to_contain_text("背后的记录")
    inspector.look_at(page, "指标看板，指标打开")
    page.get_by_role("button", name="关闭").click()
    street = DASHBOARD.replace("500103/", "500103001/")
    inspector.visit(
        observer,
        f"{street}?against=2026-05-31&with=500103003",
        f"{DASHBOARD}?on=2026-06-15&screen=1",
        f"{DASHBOARD}?on=2026-06-15&print=1",
    )
    observer.open(DASHBOARD)
    page.get_by_role("button", name="显示或隐藏导航").click()
    inspector.look_at(page, "指标看板，导航收起")
