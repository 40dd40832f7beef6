"""The sentence of a figure: its state, its projection, and the effect of a transition."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from funds.models import Donation, Fund
from indicators.models import OpeningBalance, Plan
from indicators.progress.impact import effects_of
from indicators.progress.sentences import effect_sentence, outlook, pace_sentence
from orgs.models import CommunityOrg, Training
from projects.models import Project
from tests.conftest import DISTRICT
from tests.indicators.conftest import indicator_text, item_of
from tests.types import Make

pytestmark = pytest.mark.once  # texts; their figures are tested on both databases

Day = datetime.date

#: The day on which exactly a fifth of 2026 is over; 9.6 months are left.
FIFTH = Day(2026, 3, 14)
TRAINED = (
    'counting = "year"\nmeasure = "trained"\ntarget = [{ due_on = 2026-12-31, value = "100" }]'
)
FUNDS = 'counting = "stock"\nmeasure = "funds"\ntarget = [{ due_on = 2026-12-31, value = "19" }]'
STREETS = (
    'counting = "coverage"\nmeasure = "street_funds"\nlevel = 4\nshare = true\n'
    'target = [{ due_on = 2026-12-31, value = "1" }]'
)
RAISED = 'counting = "year"\nmeasure = "raised"\ntarget = [{ due_on = 2026-12-31, value = "3" }]'
PROJECTS = (
    'counting = "cumulative"\nmeasure = "projects"\n'
    'target = [{ due_on = 2026-06-30, value = "10" }, { due_on = 2027-12-31, value = "30" }]'
)


def _growth(against: str) -> str:
    return (
        f'counting = "growth"\nmeasure = "raised"\nagainst = "{against}"\n'
        'target = [{ due_on = 2026-12-31, value = "0.1" }]'
    )


@pytest.fixture
def sentence(own_plan: Callable[..., Plan]) -> Callable[..., str]:
    """`sentence(rule, unit, day)`: the sentence of a plan's only indicator in 渝中区."""

    def say(rule: str, unit: str, day: Day = FIFTH, year: int | None = None) -> str:
        return pace_sentence(
            item_of(own_plan(indicator_text(rule, unit=unit)), "one", DISTRICT, day, year)
        )

    return say


# --- the state of a figure --------------------------------------------------------------------


def test_achieved(sentence: Callable[..., str], approved: Make) -> None:
    approved(OpeningBalance, as_of=Day(2025, 12, 31), quantity=19)
    assert sentence(FUNDS, "支") == "one指标为19支，已完成2026年底目标19支。"


def test_on_track(sentence: Callable[..., str], approved: Make) -> None:
    approved(Training, person_times=20)
    assert sentence(TRAINED, "人次") == (
        "one指标为20人次，完成2026年底目标100人次的20%，尚差80人次；按时序应达20人次，正常；"
        "按目前进度到期预计100人次，剩余9.6个月，平均每月还需8.4人次。"
    )


def test_lagging(sentence: Callable[..., str], approved: Make) -> None:
    """The number needed per month is rounded up: 8.4 would not do."""
    approved(Training, person_times=19)
    assert sentence(TRAINED, "人次") == (
        "one指标为19人次，完成2026年底目标100人次的19%，尚差81人次；按时序应达20人次，滞后；"
        "按目前进度到期预计95人次，剩余9.6个月，平均每月还需8.5人次。"
    )


def test_a_pace_that_changed_gives_a_range(sentence: Callable[..., str], approved: Make) -> None:
    """Four in half a year, three of them in the last three months."""
    approved(OpeningBalance, as_of=Day(2025, 12, 31), quantity=8)
    for month in (1, 4, 5, 6):
        approved(Fund, established_on=Day(2026, month, 20))
    assert sentence(FUNDS, "支", Day(2026, 6, 30)) == (
        "one指标为12支，完成2026年底目标19支的63.16%，尚差7支；按时序应达13.5支，滞后；"
        "按目前进度到期预计16支（16支—18支），剩余6个月，平均每月还需1.2支。"
    )


def test_no_target(sentence: Callable[..., str], approved: Make) -> None:
    approved(Fund)
    assert sentence(FUNDS, "支", Day(2027, 3, 14)) == "one指标为1支，未设目标。"


def test_no_data(sentence: Callable[..., str]) -> None:
    assert sentence(_growth("same_day"), "%") == "one指标暂无数据。"


def test_a_percentage(sentence: Callable[..., str], approved: Make) -> None:
    for code in ("500103001", "500103003", "500103004"):
        approved(Fund, area_id=code, level="street")
    assert sentence(STREETS, "%") == (
        "one指标为27.27%，完成2026年底目标100%的27.27%，尚差72.73个百分点；按时序应达20%，正常；"
        "按目前进度到期预计100%，剩余9.6个月，平均每月还需7.58个百分点。"
    )


def test_money(sentence: Callable[..., str], approved: Make) -> None:
    approved(Donation, amount_yuan=5000)
    assert sentence(RAISED, "万元") == (
        "one指标为0.5万元，完成2026年底目标3万元的16.67%，尚差2.5万元；按时序应达0.6万元，滞后；"
        "按目前进度到期预计2.5万元，剩余9.6个月，平均每月还需0.26万元。"
    )


def test_growth_against_the_same_days_has_no_run_rate(
    sentence: Callable[..., str], approved: Make
) -> None:
    approved(Donation, donated_on=Day(2025, 3, 1), amount_yuan=100)
    approved(Donation, amount_yuan=109)
    assert sentence(_growth("same_day"), "%") == (
        "one指标为9%，2026年底目标10%，尚差1个百分点；按时序应达10%，滞后。"
    )


def test_growth_against_the_whole_year_before(sentence: Callable[..., str], approved: Make) -> None:
    approved(Donation, donated_on=Day(2025, 11, 1), amount_yuan=1000)
    approved(Donation, amount_yuan=220)
    assert sentence(_growth("whole_year"), "%") == (
        "one指标为-78%，2026年底目标10%，尚差88个百分点；按时序应达-78%，正常；"
        "按目前进度到期预计10%。"
    )


def test_overdue(sentence: Callable[..., str], approved: Make) -> None:
    for _ in range(5):
        approved(Project)
    assert sentence(PROJECTS, "个", Day(2026, 7, 15)) == (
        "one指标为5个，完成2026年6月底目标10个的50%，尚差5个；按时序应达10个，严重滞后；已到期未完成。"
    )


def test_late_but_done(sentence: Callable[..., str], approved: Make) -> None:
    for _ in range(10):
        approved(Project)
    assert (
        sentence(PROJECTS, "个", Day(2026, 7, 15)) == "one指标为10个，已完成2026年6月底目标10个。"
    )


def test_before_the_first_day_nothing_is_foretold(sentence: Callable[..., str]) -> None:
    assert sentence(FUNDS, "支", Day(2025, 12, 31), 2026) == (
        "one指标为0支，完成2026年底目标19支的0%，尚差19支；按时序应达0支，正常。"
    )


def test_the_outlook_is_the_sentences_end(own_plan: Callable[..., Plan], approved: Make) -> None:
    plan = own_plan(indicator_text(TRAINED, unit="人次"))
    approved(Training, person_times=20)
    item = item_of(plan, "one", DISTRICT, FIFTH)
    ahead = outlook(item)
    assert ahead == "按目前进度到期预计100人次，剩余9.6个月，平均每月还需8.4人次"
    assert pace_sentence(item).endswith(f"；{ahead}。")
    approved(Training, person_times=80)
    assert outlook(item_of(plan, "one", DISTRICT, FIFTH)) == ""
    assert outlook(item_of(plan, "one", DISTRICT, Day(2027, 3, 14))) == ""


# --- the effect of a transition ---------------------------------------------------------------


def _effect(plan: Plan, records: Any, day: Day = FIFTH) -> str:
    (effect,) = effects_of(plan, [DISTRICT], day, (records.model, records), is_gain=True)
    return effect_sentence(effect)


@pytest.mark.parametrize(
    ("before", "pending", "words"),
    [
        (15, 3, "one指标：由15支变为18支（2026年底目标19支，尚差1支）"),
        (15, 4, "one指标：由15支变为19支（2026年底目标19支，已达到）"),
        (0, 1, "one指标：由0支变为1支（2026年底目标19支，尚差18支）"),
    ],
)
def test_a_count_moves_towards_its_target(
    own_plan: Callable[..., Plan], approved: Make, make: Make, before: int, pending: int, words: str
) -> None:
    plan = own_plan(indicator_text(FUNDS, unit="支"))
    approved(OpeningBalance, quantity=before)
    for _ in range(pending):
        make(Fund, status="pending")
    assert _effect(plan, Fund.objects.pending()) == words


def test_without_a_target_only_the_figure_is_said(
    own_plan: Callable[..., Plan], make: Make
) -> None:
    plan = own_plan(indicator_text('counting = "stock"\nmeasure = "orgs"'))
    make(CommunityOrg, status="pending")
    assert _effect(plan, CommunityOrg.objects.pending()) == "one指标：由0个变为1个"


def test_a_share_moves_in_per_cent(own_plan: Callable[..., Plan], make: Make) -> None:
    plan = own_plan(indicator_text(STREETS, unit="%"))
    make(Fund, status="pending", level="street", area_id="500103001")
    assert _effect(plan, Fund.objects.pending()) == (
        "one指标：由0%变为9.09%（2026年底目标100%，尚差90.91个百分点）"
    )


def test_what_had_no_data_gets_some(own_plan: Callable[..., Plan], make: Make) -> None:
    plan = own_plan(indicator_text(_growth("same_day"), unit="%"))
    for year, amount in ((2025, 100), (2026, 105)):
        make(Donation, status="pending", donated_on=Day(year, 3, 1), amount_yuan=Decimal(amount))
    assert _effect(plan, Donation.objects.pending()) == (
        "one指标：由无数据变为5%（2026年底目标10%，尚差5个百分点）"
    )
