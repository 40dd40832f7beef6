"""目标分解: suggestions add up exactly, allocations never fall short of the target, money is
guidance only.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from areas.models import Area
from funds.models import Fund
from indicators.models import Plan, Revision, Target, TargetAllocation
from indicators.plan.revisions import RevisionError, with_rule
from indicators.plan.targets import (
    _apportion,
    allocate,
    allocation_areas,
    allocation_gap,
    revise_target,
    suggest_allocation,
    withdraw_allocation,
)
from indicators.rules.answers.values import is_in_money
from tests.conftest import DISTRICT, HUAYIPO, JIEFANGBEI, NEIGHBOUR_STREET, QIXINGGANG
from tests.indicators.conftest import HEAD, indicator_text, item_of
from tests.types import Make

pytestmark = pytest.mark.once
Day = datetime.date
#: 19 funds among 11 streets with 79 communities, by the largest remainder, worked out by hand.
BY_COMMUNITIES = {
    "七星岗街道": 2,  # 8 communities: 1.92
    "解放碑街道": 2,  # 9: 2.16
    "两路口街道": 2,  # 7: 1.68
    "上清寺街道": 2,  # 7
    "菜园坝街道": 1,  # 5: 1.20
    "南纪门街道": 1,  # 5
    "朝天门街道": 2,  # 7
    "大溪沟街道": 2,  # 9
    "大坪街道": 2,  # 8
    "化龙桥街道": 1,  # 4: 0.96 (its 工作站 is not counted)
    "石油路街道": 2,  # 10: 2.41
}


def _target(plan: Plan, code: str = "funds", year: int = 2026) -> Target:
    return plan.indicators.get(code=code).targets.get(due_on__year=year, place="annex")


def _names(shares: dict[str, Decimal]) -> dict[str, Decimal]:
    return {str(Area.objects.get(code=code)): value for code, value in shares.items()}


def _all(plan: Plan, value: int = 2) -> dict[str, Decimal]:
    return {area.code: Decimal(value) for area in allocation_areas(plan)}


# --- suggestions ----------------------------------------------------------------------------


def test_by_communities(yuzhong: Plan) -> None:
    assert _names(suggest_allocation(_target(yuzhong), "communities")) == BY_COMMUNITIES


def test_evenly_with_the_rest_to_the_first(yuzhong: Plan) -> None:
    shares = suggest_allocation(_target(yuzhong), "even")
    assert list(shares.values()) == [2] * 8 + [1] * 3
    assert sum(shares.values()) == 19
    assert list(shares) == sorted(shares)


def test_by_what_each_had_at_the_end_of_last_year(
    yuzhong: Plan, approved: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: Day(2027, 3, 5))
    for code, number in ((QIXINGGANG, 3), (JIEFANGBEI, 1)):
        for _ in range(number):
            approved(Fund, area_id=code, level="street", established_on=Day(2026, 12, 31))
    approved(Fund, area_id="500103004", level="street", established_on=Day(2027, 1, 1))
    shares = suggest_allocation(_target(yuzhong, year=2027), "last_year")  # 27 as 3 : 1
    assert {code: value for code, value in shares.items() if value} == {
        QIXINGGANG: 20,
        JIEFANGBEI: 7,
    }
    assert len(shares) == 11


def test_without_last_year_there_is_nothing_to_go_by(yuzhong: Plan) -> None:
    with pytest.raises(RevisionError, match="各地均无可依据的数据，不能按上年完成数分解"):
        suggest_allocation(_target(yuzhong), "last_year")


def test_money_is_divided_to_the_cent_of_its_unit(yuzhong: Plan) -> None:
    target = _target(yuzhong, "raised")
    shares = suggest_allocation(target, "even")  # 340 万元 / 11 = 30.909…
    assert sorted(shares.values()) == [Decimal("30.90")] + [Decimal("30.91")] * 10
    target.value = Decimal("340.0001")
    assert sum(suggest_allocation(target, "communities").values()) == Decimal("340.0001")


@given(
    total=st.integers(0, 10_000),
    weights=st.lists(st.integers(0, 500), min_size=1, max_size=40).filter(any),
)
def test_a_division_adds_up_and_is_fair(total: int, weights: list[int]) -> None:
    named = {f"{n:03}": Decimal(weight) for n, weight in enumerate(weights)}
    shares = _apportion(Decimal(total), named, Decimal(1))
    assert sum(shares.values()) == total
    for code, weight in named.items():
        exact = Decimal(total) * weight / sum(weights)
        assert shares[code] % 1 == 0
        assert abs(shares[code] - exact) < 1
        assert all(shares[code] >= shares[other] for other, less in named.items() if less < weight)


@pytest.mark.parametrize("code", ["coverage", "street_fund_coverage", "raised_growth"])
def test_a_share_or_growth_is_the_same_for_all(yuzhong: Plan, shiju: User, code: str) -> None:
    target = yuzhong.indicators.get(code=code).targets.first()
    assert target
    for attempt in (
        lambda: suggest_allocation(target, "even"),
        lambda: allocate(target, _all(yuzhong), by=shiju, reason="分解"),
    ):
        with pytest.raises(RevisionError, match="比例类目标各地同一标准，不作分解"):
            attempt()


def test_a_target_that_is_no_whole_number_cannot_be_divided(
    own_plan: Callable[..., Plan],
) -> None:
    rule = 'counting = "stock"\nmeasure = "funds"\ntarget = [{due_on = 2026-12-31, value = "1.5"}]'
    target = own_plan(indicator_text(rule)).indicators.get().targets.get()
    with pytest.raises(RevisionError, match="目标不是整数"):
        suggest_allocation(target, "even")
    with pytest.raises(RevisionError, match="没有“odd”这种分解办法"):
        suggest_allocation(target, "odd")


def test_below_a_community_there_is_nobody(own_plan: Callable[..., Plan]) -> None:
    rule = 'counting = "stock"\nmeasure = "funds"\ntarget = [{due_on = 2026-12-31, value = "1"}]'
    plan = own_plan(indicator_text(rule), head=HEAD.replace("500103", HUAYIPO))
    with pytest.raises(RevisionError, match="没有纳入考核的地区"):
        suggest_allocation(plan.indicators.get().targets.get(), "even")


def test_who_is_not_counted_or_gone_takes_no_share(yuzhong: Plan) -> None:
    Area.objects.filter(code=QIXINGGANG).update(is_counted=False)
    Area.objects.filter(code=JIEFANGBEI).update(valid_to=Day(2026, 1, 1))
    shares = suggest_allocation(_target(yuzhong), "communities")
    assert len(shares) == 9 and not {QIXINGGANG, JIEFANGBEI} & set(shares)
    assert sum(shares.values()) == 19


def test_a_street_plan_is_shared_among_its_communities(
    own_plan: Callable[..., Plan],
) -> None:
    rule = 'counting = "stock"\nmeasure = "teams"\ntarget = [{due_on = 2026-12-31, value = "9"}]'
    plan = own_plan(indicator_text(rule), head=HEAD.replace("500103", QIXINGGANG))
    shares = suggest_allocation(plan.indicators.get().targets.get(), "communities")
    assert sorted(shares.values()) == [1] * 7 + [2]
    assert all(len(code) == 12 for code in shares)


# --- allocating -----------------------------------------------------------------------------


def test_shares_replace_those_before_and_leave_a_trail(yuzhong: Plan, shiju: User) -> None:
    target = _target(yuzhong)
    allocate(target, suggest_allocation(target, "communities"), by=shiju, reason="按社区数")
    assert allocation_gap(target) == 0
    allocate(target, _all(yuzhong), by=shiju, reason="每个街道2支")
    assert allocation_gap(target) == 3
    assert TargetAllocation.objects.count() == 11
    latest, first = Revision.objects.all()
    assert (latest.subject, latest.by, latest.reason) == (
        "目标分解：2026年底（附件）",
        shiju,
        "每个街道2支",
    )
    assert first.before["shares"] == {}
    assert latest.before["shares"] == first.after["shares"]
    assert set(latest.after["shares"].values()) == {"2"}
    assert latest.after["words"] == [
        "菜园坝街道：由1支改为2支",
        "南纪门街道：由1支改为2支",
        "化龙桥街道：由1支改为2支",
    ]
    assert Plan.objects.get().edited_at == Revision.objects.latest("at").plan.edited_at


def test_a_share_is_the_target_of_its_street(yuzhong: Plan, shiju: User, approved: Make) -> None:
    approved(Fund)
    allocate(_target(yuzhong), _all(yuzhong), by=shiju, reason="分解")
    item = item_of(yuzhong, "funds", QIXINGGANG, Day(2026, 6, 30))
    assert item.target and (item.target.value, item.rate) == (2, Decimal("0.5"))


def test_the_gap_follows_a_revision_of_the_target(yuzhong: Plan, shiju: User) -> None:
    target = _target(yuzhong)
    assert allocation_gap(target) is None
    allocate(target, _all(yuzhong), by=shiju, reason="分解")
    revise_target(_target(yuzhong), by=shiju, value=Decimal(25), reason="加码")
    assert allocation_gap(_target(yuzhong)) == -3


_BAD: dict[str, tuple[dict[str, str], str]] = {
    "too little": ({QIXINGGANG: "10", JIEFANGBEI: "8"}, "分解合计18支，目标19支，还差1支"),
    "nothing": ({}, "分解合计0支，目标19支，还差19支"),
    "half": ({QIXINGGANG: "19.5"}, "七星岗街道：以“支”计的分解值应为整数"),
    "less than none": ({QIXINGGANG: "20", JIEFANGBEI: "-1"}, "解放碑街道：分解值应为不小于0的数"),
    "no number": ({QIXINGGANG: "NaN"}, "不小于0"),
    "a community": ({QIXINGGANG: "19", HUAYIPO: "1"}, f"{HUAYIPO}不是可承担分解目标的下级地区"),
    "the neighbour": ({QIXINGGANG: "19", NEIGHBOUR_STREET: "1"}, "不是可承担分解目标的下级地区"),
    "itself": ({DISTRICT: "19"}, "不是可承担分解目标的下级地区"),
    "no area": ({"5001": "19"}, "不是可承担分解目标的下级地区"),
    "too big": ({QIXINGGANG: "1E+13"}, "小数点前不超过"),
}


@pytest.mark.parametrize("case", _BAD)
def test_what_does_not_add_up_is_refused(yuzhong: Plan, shiju: User, case: str) -> None:
    shares, message = _BAD[case]
    target = _target(yuzhong)
    allocate(target, _all(yuzhong), by=shiju, reason="分解")
    given_shares = {code: Decimal(value) for code, value in shares.items()}
    with pytest.raises(RevisionError, match=message):
        allocate(target, given_shares, by=shiju, reason="改")
    assert set(target.allocations.values_list("value", flat=True)) == {2}
    assert Revision.objects.count() == 1


def test_money_may_be_shared_to_the_cent_and_is_marked(yuzhong: Plan, shiju: User) -> None:
    target = _target(yuzhong, "raised")
    allocate(target, suggest_allocation(target, "even"), by=shiju, reason="参考")
    assert allocation_gap(target) == 0
    assert is_in_money(target.indicator)
    with pytest.raises(RevisionError, match=r"分解合计339\.99万元，目标340万元，还差0\.01万元"):
        allocate(target, {QIXINGGANG: Decimal("339.99")}, by=shiju, reason="参考")


@pytest.mark.parametrize("name", ["quji", "jiedao", "shengting", "guanli", "shenji", "jiangbei"])
def test_only_the_reviewer_of_the_plans_area_shares_out(
    yuzhong: Plan, shiju: User, request: pytest.FixtureRequest, name: str
) -> None:
    user, target = request.getfixturevalue(name), _target(yuzhong)
    with pytest.raises(RevisionError, match="只有管辖"):
        allocate(target, _all(yuzhong), by=user, reason="分解")
    allocate(target, _all(yuzhong), by=shiju, reason="分解")
    with pytest.raises(RevisionError, match="只有管辖"):
        withdraw_allocation(target, by=user, reason="取消")
    assert target.allocations.count() == 11


def test_a_reason_and_a_change_are_needed(yuzhong: Plan, shiju: User) -> None:
    target = _target(yuzhong)
    with pytest.raises(RevisionError, match="请填写修订理由"):
        allocate(target, _all(yuzhong), by=shiju, reason="")
    with pytest.raises(RevisionError, match="该目标没有分解"):
        withdraw_allocation(target, by=shiju, reason="取消")
    allocate(target, _all(yuzhong), by=shiju, reason="分解")
    with pytest.raises(RevisionError, match="分解没有变化"):
        allocate(target, _all(yuzhong), by=shiju, reason="分解")


def test_shares_can_be_withdrawn_and_the_trail_stays(yuzhong: Plan, shiju: User) -> None:
    target = _target(yuzhong)
    allocate(target, {QIXINGGANG: Decimal(19)}, by=shiju, reason="分解")
    withdraw_allocation(target, by=shiju, reason="不再分解")
    assert allocation_gap(target) is None
    revision = Revision.objects.latest("pk")
    assert revision.before["shares"] == {QIXINGGANG: "19"}
    assert revision.after["words"] == ["七星岗街道：由19支改为未分解"]


def test_what_is_shared_out_cannot_become_a_percentage(
    own_plan: Callable[..., Plan], shiju: User
) -> None:
    rule = 'counting = "coverage"\nmeasure = "teams"\nlevel = 5\n'
    text = indicator_text(rule + 'target = [{ due_on = 2026-12-31, value = "9" }]', unit="%")
    plan = own_plan(text.replace('unit = "%"', 'unit = "个"'))
    indicator = plan.indicators.get()
    allocate(indicator.targets.get(), {QIXINGGANG: Decimal(9)}, by=shiju, reason="分解")
    indicator.unit = "%"
    with pytest.raises(RevisionError, match="不能改为比例类；请先取消分解"):
        with_rule(indicator, {"is_ratio": True})
