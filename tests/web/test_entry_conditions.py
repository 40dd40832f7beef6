"""Fields that depend on another: hidden on the page, emptied by the form, checked everywhere."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client

from accounts.models import User
from funds.models import Donation
from indicators.models import Covers, ManualFigure, OpeningBalance
from orgs.models import Charity, CommunityOrg
from reviews.checks import OnlyWith, checks_of, find_problems
from reviews.models import Status, Submission
from reviews.pages.record_admin import RecordAdmin
from scenes.models import Scene
from tests.conftest import HUAYIPO
from tests.records.kinds import RECORD_KINDS, manual_indicator
from tests.types import Make, Visit
from tests.web.test_entry_drafts import add_page, change_page, errors_of, send

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

RULES = {
    (Scene, "type_name"): "['other'].includes(type)",
    (Charity, "certificate_number"): "[true].includes(has_public_fundraising)",
    (Charity, "certificate_expires_on"): "[true].includes(has_public_fundraising)",
    (CommunityOrg, "credit_code"): "['registered'].includes(tier)",
    (Donation, "area"): "!fund",
}


@pytest.fixture
def clerk(visit: Visit, jiedao: User) -> Client:
    return visit(jiedao)


@pytest.mark.parametrize(("kind", "field"), list(RULES), ids=lambda value: str(value)[-20:])
def test_the_page_knows_the_rule(clerk: Client, kind: type[Submission], field: str) -> None:
    page = clerk.get(add_page(kind)).content.decode().replace("&#x27;", "'")
    assert f'x-show="{RULES[kind, field]}"' in page


def test_every_rule_of_the_server_is_on_the_page() -> None:
    for kind in RECORD_KINDS:
        pages = admin.site._registry[kind]
        assert isinstance(pages, RecordAdmin)
        shown = pages.conditional_fields
        rules = [check for check in checks_of(kind).single if isinstance(check, OnlyWith)]
        assert {rule.field for rule in rules} <= set(shown)


def test_what_the_page_hides_is_emptied(clerk: Client) -> None:
    send(
        clerk,
        add_page(Scene),
        area=HUAYIPO,
        name="慈善墙",
        type="wall",
        type_name="先选了其他",
        opened_on="2026-03-01",
    )
    assert Scene.objects.get().type_name == ""


def test_nonsense_in_a_hidden_field_is_no_hindrance(clerk: Client) -> None:
    send(clerk, add_page(Charity), name="甲慈善会", certificate_expires_on="明天")
    assert Charity.objects.get().certificate_expires_on is None


def test_what_the_page_shows_is_kept(clerk: Client) -> None:
    send(
        clerk,
        add_page(Scene),
        area=HUAYIPO,
        name="长廊",
        type="other",
        type_name="慈善长廊",
        opened_on="2026-03-01",
    )
    assert Scene.objects.get().type_name == "慈善长廊"


def test_what_came_in_otherwise_is_shown_to_the_reviewer_and_does_not_block(
    visit: Visit, shiju: User, quji: User, make: Make
) -> None:
    scene = make(Scene, type="wall", type_name="慈善长廊", status=Status.PENDING, submitted_by=quji)
    assert [problem.is_warning for problem in find_problems(scene)] == [True]
    page = visit(shiju).get(change_page(scene)).content.decode()
    assert "“类型”不是“其他”，“其他类型名称”应留空" in page


def test_a_page_that_is_only_read_hides_nothing(visit: Visit, shiju: User, make: Make) -> None:
    page = visit(shiju).get(change_page(make(Scene, type_name="慈善长廊"))).content.decode()
    assert "includes(type)" not in page
    assert "慈善长廊" in page


def test_an_opening_balance_of_a_stock_is_of_all_years(clerk: Client) -> None:
    values = {"area": HUAYIPO, "as_of": "2026-03-01", "quantity": 3, "evidence": "报表"}
    send(clerk, add_page(OpeningBalance), measure="funds", covers="year", **values)
    assert OpeningBalance.objects.get().covers == Covers.ALL
    send(clerk, add_page(OpeningBalance), measure="raised", covers="year", **values)
    assert OpeningBalance.objects.get(measure="raised").covers == Covers.YEAR
    page = clerk.get(add_page(OpeningBalance)).content.decode()
    assert "includes(measure)" in page


def test_a_manual_figure_names_its_indicator_from_a_list(clerk: Client) -> None:
    indicator = manual_indicator()
    form = clerk.get(add_page(ManualFigure)).context["adminform"].form
    assert (indicator.plan.code, "测试方案") in form.fields["plan_code"].choices
    assert ("测试方案", [(indicator.code, "居民满意度（%）")]) in form.fields[
        "indicator_code"
    ].choices
    answer = send(
        clerk,
        add_page(ManualFigure),
        area=HUAYIPO,
        plan_code="no-such",
        indicator_code="none",
        as_of="2026-03-01",
        numerator=1,
        evidence="报表",
    )
    assert set(errors_of(answer)) == {"plan_code", "indicator_code"}


def test_a_manual_figure_keeps_an_indicator_that_is_gone(clerk: Client, make: Make) -> None:
    figure = make(ManualFigure, area_id=HUAYIPO, plan_code="old-2020", indicator_code="gone")
    send(clerk, change_page(figure), numerator=5)
    figure.refresh_from_db()
    assert (figure.plan_code, figure.indicator_code, figure.numerator) == ("old-2020", "gone", 5)
