"""Sealed is what the page has shown: content that changed meanwhile is told and shown anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from funds.models import Fund
from indicators.models import Plan, Target
from reports.editions.content import content_of
from reports.editions.sealing import SealError, seal
from reports.filing.preparing import prepare_reports
from reports.models import Edition, Report, ReportState
from reports.schema.content import ReportContent
from reports.schema.shown import _PARTS, ShownContent
from reports.workflow import edit
from reviews.services import reopen
from tests.reports.conftest import JUNE, PREPARED
from tests.types import Make, Response, Visit
from tests.web.forms import messages_of, sealing_fields
from tests.worlds import share

pytestmark = pytest.mark.once  # pages; sealing itself is tested on both databases

SAID = "打开本页之后报告内容有变化，没有封存；请核对现在的内容后再确认"


@pytest.fixture
def one_fund(yuzhong: Plan, approved: Make) -> Fund:
    """The only record behind the report of 渝中区, which is prepared."""
    fund = approved(Fund)
    prepare_reports(PREPARED)
    return fund


share(__name__, "one_fund")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda value=None: JUNE)


@pytest.fixture
def browser(one_fund: Fund, visit: Visit, shiju: User) -> Client:
    """The reviewer who signs the report."""
    return visit(shiju)


def _address() -> str:
    return f"/reports/{Report.objects.get().pk}/seal/"


def _sent(browser: Any, page: Response, **filled: str) -> Response:
    return browser.post(_address(), sealing_fields(page, **filled))


def _told_and_shown_anew(browser: Any, before: Response) -> list[str]:
    """Confirm a page that is out of date: refused; what it shows now is sealed. Return the changes."""
    late = _sent(browser, before)
    assert (late.status_code, late.context["error"]) == (400, SAID)
    assert not Edition.objects.exists()
    assert _sent(browser, late).status_code == 302
    assert Edition.objects.get().figures
    return list(late.context["changes"])


def test_the_page_shows_what_will_be_sealed(browser: Any) -> None:
    page = browser.get(_address())
    text = page.content.decode()
    assert "将要封存的数据（截至2026年6月30日）" in text
    assert "社区慈善基金为1支" in text  # the text
    figures = {row.name: row.value_text for row, _ in page.context["rows"]}
    assert _sent(browser, page).status_code == 302
    sealed = Edition.objects.get().as_content()
    assert {each.name: each.value_text for each in sealed.indicators} == figures


def test_a_record_that_was_approved_meanwhile_is_told_with_its_figure(
    browser: Any, approved: Make
) -> None:
    before = browser.get(_address())
    approved(Fund, name="另一基金")
    changes = _told_and_shown_anew(browser, before)
    (figure,) = [each for each in changes if each.startswith("指标“社区慈善基金”")]
    assert figure.split("：", 1)[1].startswith("1支（目标")
    assert "→ 2支（目标" in figure
    assert "台账“社区慈善基金”" in changes[-1]


def test_a_record_that_was_reopened_meanwhile_is_told(
    browser: Any, one_fund: Fund, shiju: User
) -> None:
    before = browser.get(_address())
    reopen(one_fund, by=shiju, reason="核对")
    assert any("1支" in each and "→ 0支" in each for each in _told_and_shown_anew(browser, before))


def test_a_text_that_somebody_else_has_written_meanwhile_is_told(browser: Any, quji: User) -> None:
    before = browser.get(_address())
    edit(Report.objects.get(), {"plans": "加强培训。"}, by=quji)
    (told,) = _told_and_shown_anew(browser, before)
    assert told == "内容有变化的部分：文稿“下一步打算”"


def test_a_record_with_other_content_is_told_though_no_figure_moves(
    browser: Any, one_fund: Fund
) -> None:
    before = browser.get(_address())
    Fund.objects.filter(pk=one_fund.pk).update(name="改名基金")
    (told,) = _told_and_shown_anew(browser, before)
    # The report names the fund once more among what its duties owe.
    parts = "台账“社区慈善基金”、履责情况、文稿“存在问题”"
    assert told == f"内容有变化的部分：{parts}"


def test_a_revised_target_is_told(browser: Any) -> None:
    before = browser.get(_address())
    Target.objects.filter(indicator__code="funds").update(value=999)
    assert any("目标999" in each for each in _told_and_shown_anew(browser, before))


def test_a_click_that_also_lacks_a_reason_is_told_the_changes(
    browser: Any, shiju: User, approved: Make
) -> None:
    _sent(browser, browser.get(_address()))
    before = browser.get(_address())
    approved(Fund, name="另一基金")
    late = _sent(browser, before)
    assert "请写明更正理由" in late.context["error"]
    assert any("→ 2支" in each for each in late.context["changes"])
    assert "打开上一页之后的变化" in late.content.decode()
    assert Edition.objects.count() == 1


@pytest.mark.parametrize("shown", [None, "", "{}", "[1]", '{"figures": 3}', "[" * 5000])
def test_a_page_that_does_not_say_what_it_showed_seals_nothing(
    browser: Any, shown: str | None
) -> None:
    sent = {"after": "0"} if shown is None else {"after": "0", "shown": shown}
    late = browser.post(_address(), sent)
    assert (late.context["error"], late.context["changes"]) == (SAID, [])
    assert _sent(browser, late).status_code == 302


def test_who_seals_without_a_page_seals_what_there_is(
    one_fund: Fund, approved: Make, shiju: User
) -> None:
    report = Report.objects.get()
    shown = ShownContent.of(content_of(report, JUNE).content)
    approved(Fund, name="另一基金")
    with pytest.raises(SealError, match="没有封存"):
        seal(report, by=shiju, on=JUNE, shown=shown)
    assert seal(report, by=shiju, on=JUNE).figures["funds"] == "2"


def test_every_part_of_the_content_is_compared() -> None:
    assert {*_PARTS, "as_of", "narrative", "ledgers"} == {
        each.name for each in fields(ReportContent)
    }


# --- receiving and returning --------------------------------------------------------------------


@pytest.mark.parametrize("act", ["receive", "return"])
def test_who_does_not_say_which_edition_was_read_judges_nothing(
    one_fund: Fund, shiju: User, shengting: User, visit: Visit, act: str
) -> None:
    report = Report.objects.get()
    seal(report, by=shiju, on=JUNE)
    User.objects.filter(pk=shengting.pk).update(role="reviewer")
    above, address = visit(shengting), f"/reports/{report.pk}/{act}/"
    judge: Callable[..., Response] = lambda **sent: above.post(  # noqa: E731
        address, {"reason": "数据有误"} | sent, follow=True
    )
    for sent in ({}, {"edition": ""}, {"edition": "x"}):
        assert "没有说明看过的是第几版" in messages_of(judge(**sent))[0]
        report.refresh_from_db()
        assert report.state == ReportState.FILED
