"""Targets that contradict each other, are missing or replaced, and targets revised on the site."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from funds.models import Fund
from indicators.models import Indicator, Plan, Revision, Target
from indicators.plan.loading import SHIPPED, load_plans
from indicators.plan.revisions import RevisionError, change_rule, with_rule
from indicators.plan.targets import Milestone, disagreements, milestones, revise_target
from indicators.progress.target_sentences import deadline_text, demand_text
from indicators.store.series import differences
from orgs.models import CommunityOrg
from reports.editions.sealing import seal
from reports.editions.verifying import verify_editions
from reports.models import Report
from tests.conftest import DISTRICT
from tests.indicators.conftest import HEAD, indicator_text, item_of
from tests.types import Make

Day = datetime.date
STOCK = 'counting = "stock"\nmeasure = "funds"\n'
YEAR = 'counting = "year"\nmeasure = "trained"\n'
SHARE = 'counting = "coverage"\nmeasure = "teams"\nlevel = 5\nshare = true\n'


def _target(day: str, value: str, place: str = "annex", **more: int) -> str:
    extra = "".join(f", {name} = {number}" for name, number in more.items())
    return f'{{ due_on = {day}, place = "{place}", value = "{value}"{extra} }}'


def _rule(rule: str, *targets: str, unit: str = "个") -> str:
    return indicator_text(f"{rule}target = [{', '.join(targets)}]\n", unit=unit)


# --- disagreements --------------------------------------------------------------------------


def test_yuzhongs_annex_and_text_disagree_about_organisations(yuzhong: Plan) -> None:
    found = {row.code: disagreements(row) for row in yuzhong.indicators.all()}
    assert found.pop("charity_orgs") == [
        "2027年底：附件185个，正文158个，相差27个",
        "正文2027年底的158个，附件2026年底即要求",
    ]
    assert not any(found.values())


def test_ordos_asks_for_less_than_before(db: None) -> None:
    plan = load_plans([SHIPPED / "ordos-2024.toml"])[0]
    found = {row.code: disagreements(row) for row in plan.indicators.all()}
    assert found.pop("fund_coverage") == ["正文2025年底的90%，低于2025年6月底的100%"]
    assert not any(found.values())


@pytest.mark.parametrize("name", ["yantai-2025", "yubei-2021", "yunnan-2024"])
def test_the_other_three_agree_with_themselves(db: None, name: str) -> None:
    plan = load_plans([SHIPPED / f"{name}.toml"])[0]
    assert [disagreements(row) for row in plan.indicators.all()] == [[]] * plan.indicators.count()


E26, E27, E28 = "2026-12-31", "2027-12-31", "2028-12-31"
_CASES: dict[str, tuple[str, list[str]]] = {
    "same value": (_rule(STOCK, _target(E26, "5"), _target(E26, "5", "text")), []),
    "same value, other threshold": (
        _rule(SHARE, _target(E26, "1", at_least=2), _target(E26, "1", "text", at_least=3), unit="%"),
        ["2026年底：附件要求每个不少于2个，正文要求每个不少于3个"],
    ),
    "per cent": (
        _rule(SHARE, _target(E26, "0.9"), _target(E26, "0.825", "text"), unit="%"),
        ["2026年底：附件90%，正文82.5%，相差7.5个百分点"],
    ),
    "more, and earlier": (
        _rule(STOCK, _target(E26, "9"), _target(E27, "8", "text")),
        ["正文2027年底的8个，附件2026年底即要求9个"],
    ),
    "the earliest is told": (
        _rule(STOCK, _target(E26, "8"), _target(E27, "9"), _target(E28, "8", "text")),
        ["正文2028年底的8个，附件2026年底即要求"],
    ),
    "a flow begins anew each year": (
        _rule(YEAR, _target(E26, "8"), _target(E27, "8", "text")), []
    ),
    "less each year is said of a flow, too": (
        _rule(YEAR, _target(E26, "9"), _target(E27, "8", "text"), _target(E27, "8")),
        ["正文2027年底的8个，附件2026年底即要求9个", "附件2027年底的8个，低于2026年底的9个"],
    ),
    "a higher threshold is no repetition": (
        _rule(SHARE, _target(E26, "1", at_least=1), _target(E27, "1", "text", at_least=2), unit="%"),
        [],
    ),
    "a lower share of more is no fall": (
        _rule(SHARE, _target(E26, "1", at_least=1), _target(E27, "0.5", at_least=2), unit="%"), []
    ),
    "below the highest before": (
        _rule(STOCK, _target(E26, "9"), _target(E27, "7"), _target(E28, "8")),
        ["附件2027年底的7个，低于2026年底的9个", "附件2028年底的8个，低于2026年底的9个"],
    ),
    "any day": (
        _rule(STOCK, _target("2026-06-30", "9"), _target("2026-07-15", "8")),
        ["附件2026年7月15日的8个，低于2026年6月底的9个"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", _CASES)
def test_what_disagrees_and_what_does_not(load_text: Callable[..., Plan], case: str) -> None:
    text, sentences = _CASES[case]
    assert disagreements(load_text(text).indicators.get()) == sentences


def test_another_document_is_named(load_text: Callable[..., Plan]) -> None:
    other = _target(E26, "6", "text").replace(" }", ', document = "市局通知" }')
    plan = load_text(_rule(STOCK, _target(E26, "5"), other))
    assert disagreements(plan.indicators.get()) == ["2026年底：附件5个，市局通知正文6个，相差1个"]


# --- milestones -----------------------------------------------------------------------------


def test_2028_of_yuzhong_is_worked_out_and_marked(yuzhong: Plan) -> None:
    found = {row.code: milestones(row) for row in yuzhong.indicators.all()}
    values = {code: [(m.year, m.value) for m in row] for code, row in found.items() if row}
    assert values == {
        "funds": [(2028, 31)],
        "scenes": [(2028, 18)],  # 17.5
        "charity_orgs": [(2028, 211)],
        "trained": [(2028, 85)],
        "projects": [(2028, 60)],
        "aid_projects": [(2028, 30)],
        "raised": [(2028, 395)],
        "aided": [(2028, 7500)],
        "coverage": [(2028, Decimal("0.9"))],
    }
    assert all(milestone.is_derived for row in found.values() for milestone in row)
    assert not Target.objects.filter(due_on__year=2028).exists()


_GAPS: dict[str, tuple[str, list[tuple[int, str]]]] = {
    "two years": (_rule(STOCK, _target(E26, "1"), _target("2029-12-31", "3")),
                  [(2027, "2"), (2028, "3")]),
    "a third each": (_rule(SHARE, _target(E26, "0"), _target("2029-12-31", "1"), unit="%"),
                     [(2027, "0.3334"), (2028, "0.6667")]),
    "from midsummer": (_rule(STOCK, _target("2026-06-30", "0"), _target(E28, "100")), [(2027, "60")]),
    "before the first and behind the last": (_rule(STOCK, _target(E27, "1")), []),
    "the other place does not rule": (
        _rule(STOCK, _target(E26, "1"), _target(E28, "5", "text")), []
    ),
    "stages within a year": (
        _rule(STOCK, _target("2026-06-30", "1"), _target(E26, "2"), _target(E28, "4")), []
    ),
    "another threshold": (
        _rule(SHARE, _target(E26, "1", at_least=1), _target(E28, "1", at_least=2), unit="%"), []
    ),
    "growth": (_rule('counting = "growth"\nmeasure = "raised"\n', _target(E26, "0.1"),
                     _target(E28, "0.2"), unit="%"), []),
    "reported": (_rule('counting = "manual"\n', _target(E26, "0.1"), _target(E28, "0.2"),
                       unit="%"), []),
}  # fmt: skip


@pytest.mark.parametrize("case", _GAPS)
def test_a_gap_is_walked_in_a_straight_line(load_text: Callable[..., Plan], case: str) -> None:
    text, expected = _GAPS[case]
    found = milestones(load_text(text).indicators.get())
    assert found == [Milestone(year, Decimal(value)) for year, value in expected]


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (Day(2027, 12, 31), "2027年底"),
        (Day(2028, 2, 29), "2028年2月底"),
        (Day(2028, 2, 28), "2028年2月28日"),
    ],
)
def test_a_day_is_written_as_a_bureau_does(day: Day, text: str) -> None:
    assert deadline_text(day) == text


# --- revising -------------------------------------------------------------------------------


def _of(plan: Plan, code: str, year: int = 2026, place: str = "annex") -> Target:
    return plan.indicators.get(code=code).targets.get(due_on__year=year, place=place)


def test_a_revision_keeps_the_old_value_with_who_when_and_why(yuzhong: Plan, shiju: User) -> None:
    before = timezone.now()
    revision = revise_target(
        _of(yuzhong, "funds"), by=shiju, value=Decimal(22), operator=">=",
        reason=" 市局要求 ", document_number="渝民〔2026〕9号",
    )  # fmt: skip
    stored, plan = Revision.objects.get(pk=revision.pk), Plan.objects.get()
    assert (stored.plan, stored.by, stored.reason) == (yuzhong, shiju, "市局要求")
    assert (stored.indicator_code, stored.document_number) == ("funds", "渝民〔2026〕9号")
    assert stored.subject == "修订目标：2026年底（附件）"
    which = {"due_on": "2026-12-31", "place": "annex", "at_least": None}
    assert stored.before == which | {"value": "19", "operator": "="}
    words = ["由“19支”改为“≥22支”"]
    assert stored.after == which | {"value": "22", "operator": ">=", "words": words}
    assert before <= stored.at <= timezone.now()
    assert plan.edited_at and before <= plan.edited_at
    assert demand_text(_of(yuzhong, "funds").indicator, _of(yuzhong, "funds")) == "≥22支"


def test_progress_is_measured_against_the_revised_target(
    yuzhong: Plan, shiju: User, approved: Make
) -> None:
    approved(Fund)
    revise_target(_of(yuzhong, "funds"), by=shiju, value=Decimal(10), reason="核减")
    assert item_of(yuzhong, "funds", DISTRICT, Day(2026, 6, 30)).rate == Decimal("0.1")


def test_a_revised_text_does_not_move_what_the_annex_rules(yuzhong: Plan, shiju: User) -> None:
    revise_target(
        _of(yuzhong, "charity_orgs", 2027, "text"), by=shiju, value=Decimal(500), reason="核"
    )
    target = item_of(yuzhong, "charity_orgs", DISTRICT, Day(2027, 6, 30)).target
    assert target and target.value == 185


def test_a_new_threshold_is_counted_at_once(yuzhong: Plan, shiju: User, approved: Make) -> None:
    for _ in range(4):
        approved(CommunityOrg)
    target = _of(yuzhong, "orgs_each_community", 2027, "text")
    revise_target(target, by=shiju, value=Decimal(1), at_least=4, reason="提高")
    figure = item_of(yuzhong, "orgs_each_community", DISTRICT, Day(2027, 1, 31)).figure
    assert (figure.numerator, figure.denominator) == (1, 79)
    assert list(differences()) == []
    assert Revision.objects.get().after["words"] == [
        "由“≥100%（每个不少于2）”改为“≥100%（每个不少于4）”"
    ]


@pytest.mark.parametrize("name", ["quji", "jiedao", "shengting", "guanli", "shenji", "jiangbei"])
def test_only_the_reviewer_of_the_plans_area_revises(
    yuzhong: Plan, request: pytest.FixtureRequest, name: str
) -> None:
    with pytest.raises(RevisionError, match="只有管辖本方案适用地区的审核员可以修订"):
        revise_target(
            _of(yuzhong, "funds"), by=request.getfixturevalue(name), value=Decimal(1), reason="无"
        )
    assert _of(yuzhong, "funds").value == 19
    assert not Revision.objects.exists()


def test_a_street_reviewer_does_not_revise_the_districts(yuzhong: Plan, jiedao: User) -> None:
    User.objects.filter(pk=jiedao.pk).update(role="reviewer")
    jiedao.refresh_from_db()
    with pytest.raises(RevisionError, match="只有管辖"):
        revise_target(_of(yuzhong, "funds"), by=jiedao, value=Decimal(1), reason="无")


_REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "no reason": ("funds", {"value": Decimal(1), "reason": " "}, "请填写修订理由"),
    "too much reason": ("funds", {"value": Decimal(1), "reason": "理" * 501}, "理由过长（501字）"),
    "no change": ("funds", {"value": Decimal("19.0000")}, "目标没有变化"),
    "half a fund": ("funds", {"value": Decimal("1.5")}, "以“支”计的目标应为整数"),
    "less than none": ("funds", {"value": Decimal(-1)}, "不小于0"),
    "no number": ("funds", {"value": Decimal("NaN")}, "不小于0"),
    "more than all": ("coverage", {"value": Decimal("1.01")}, "比例不应超过100%"),
    "too many digits": ("raised", {"value": Decimal("0.00001")}, "小数"),
    "too big": ("raised", {"value": Decimal(10) ** 13}, "小数点前不超过"),
    "operator": ("funds", {"value": Decimal(1), "operator": "<"}, "关系应为不少于或等于"),
    "threshold of a stock": ("funds", {"value": Decimal(1), "at_least": 2}, "只用于覆盖类指标"),
    "threshold of none": ("coverage", {"value": Decimal(1), "at_least": 0}, "应不小于1"),
    "document": ("funds", {"value": Decimal(1), "document_number": "文" * 61}, "60"),
}


@pytest.mark.parametrize("case", _REFUSED)
def test_what_cannot_be_a_target_is_refused(yuzhong: Plan, shiju: User, case: str) -> None:
    code, values, message = _REFUSED[case]
    target = _of(yuzhong, code)
    was = target.value
    with pytest.raises(RevisionError, match=message):
        revise_target(target, by=shiju, **{"reason": "核", **values})
    assert _of(yuzhong, code).value == was
    assert not Revision.objects.exists()


def test_a_growth_may_be_asked_to_fall(yuzhong: Plan, shiju: User) -> None:
    target = _of(yuzhong, "raised_growth", place="text")
    revise_target(target, by=shiju, value=Decimal("-0.05"), reason="核")
    assert _of(yuzhong, "raised_growth", place="text").value == Decimal("-0.05")


def test_what_somebody_else_revised_meanwhile_is_not_overwritten(
    yuzhong: Plan, shiju: User
) -> None:
    seen = _of(yuzhong, "funds")
    revise_target(_of(yuzhong, "funds"), by=shiju, value=Decimal(22), reason="先")
    with pytest.raises(RevisionError, match="目标刚有变化，没有保存"):
        revise_target(seen, by=shiju, value=Decimal(25), reason="后")
    assert _of(yuzhong, "funds").value == 22
    Target.objects.filter(pk=seen.pk).delete()
    with pytest.raises(RevisionError, match="已不在方案中"):
        revise_target(seen, by=shiju, value=Decimal(25), reason="后")


def test_a_sealed_edition_keeps_the_old_target(yuzhong: Plan, shiju: User) -> None:
    on = Day(2026, 6, 30)
    report = Report.objects.create(
        plan=yuzhong, area_id=DISTRICT, due_on=on, file_by=on, prepared_at=timezone.now()
    )
    edition = seal(report, by=shiju, on=on)
    revise_target(_of(yuzhong, "funds"), by=shiju, value=Decimal(22), reason="加码")
    edition.refresh_from_db()
    assert '"target_text":"19"' in edition.content
    assert list(verify_editions()) == []
    assert '"target_text":"22"' in seal(report, by=shiju, on=on, reason="目标修订").content


# --- the rule -------------------------------------------------------------------------------


def _indicator(plan: Plan, code: str) -> Indicator:
    return plan.indicators.select_related("plan").get(code=code)


def test_a_changed_rule_counts_from_now_on(yuzhong: Plan, shiju: User, approved: Make) -> None:
    for tier in ("street", "registered"):
        approved(CommunityOrg, tier=tier)
    day = Day(2026, 6, 30)
    assert item_of(yuzhong, "charity_orgs", DISTRICT, day).value == 2
    values = {"measure": "filed_charity_orgs", "reading": "只计备案"}
    revision = change_rule(
        _indicator(yuzhong, "charity_orgs"), values, by=shiju, reason="按可选口径"
    )
    assert item_of(yuzhong, "charity_orgs", DISTRICT, day).value == 1
    assert list(differences()) == []
    assert revision.subject == "修改口径：公益慈善类社区社会组织"
    assert revision.before["measure"] == "charity_orgs"
    assert revision.after["words"][0] == (
        "计量由“公益慈善类社区社会组织”改为“备案的公益慈善类社区社会组织”"
    )
    assert Plan.objects.get().edited_at is not None


def test_a_coverage_with_another_threshold_needs_new_series(
    yuzhong: Plan, shiju: User, approved: Make
) -> None:
    for _ in range(7):
        approved(CommunityOrg)
    indicator = _indicator(yuzhong, "coverage")
    values = {"measure": "charity_orgs", "within": "stock", "at_least": 7}
    change_rule(indicator, values, by=shiju, reason="试")
    figure = item_of(yuzhong, "coverage", DISTRICT, Day(2026, 6, 30)).figure
    assert (figure.numerator, figure.denominator) == (1, 79)
    assert list(differences()) == []


_UNSOUND: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "a stock by year": ("funds", {"counting": "year"}, "measure", "是时点数，不能按“当年累计”计"),
    "no measure": ("funds", {"measure": ""}, "measure", "没有计量"),
    "no level": ("coverage", {"level": None}, "level", "覆盖层级应为"),
    "urban streets": ("coverage", {"level": 4, "is_urban_only": True}, "level", "仅城镇社区"),
    "stock in a year": ("coverage", {"within": "stock"}, "within", "发生数的覆盖按“当年”计"),
    "none": ("coverage", {"at_least": 0}, "at_least", "应不小于1"),
    "counts for a share": ("coverage", {"is_ratio": False}, "is_ratio", "而目标以“%”为单位"),
    "growth in 万元": ("raised", {"counting": "growth"}, "counting", "得出的是比例"),
    "people in 万元": ("raised", {"measure": "trained"}, "measure", "与目标的单位“万元”不符"),
    "money in funds": ("trained", {"measure": "raised"}, "measure", "与目标的单位“人次”不符"),
    "reading": ("funds", {"reading": "口" * 301}, "reading", "300"),
}


@pytest.mark.parametrize("case", _UNSOUND)
def test_a_rule_that_cannot_be_counted_is_refused(yuzhong: Plan, shiju: User, case: str) -> None:
    code, values, field, message = _UNSOUND[case]
    indicator = _indicator(yuzhong, code)
    for attempt in (
        lambda: with_rule(indicator, values),
        lambda: change_rule(indicator, values, by=shiju, reason="试"),
    ):
        with pytest.raises(RevisionError, match=message) as error:
            attempt()
        assert error.value.field == field
    assert not Revision.objects.exists()


def test_cumulative_needs_a_plan_that_begins_with_a_month(
    shiju: User, own_plan: Callable[..., Plan]
) -> None:
    plan = own_plan(indicator_text(YEAR), head=HEAD.replace("2026-01-01", "2026-01-12"))
    with pytest.raises(RevisionError, match="起算日期应为某月1日"):
        with_rule(_indicator(plan, "one"), {"counting": "cumulative"})


def test_a_manual_share_may_become_a_counted_one(
    own_plan: Callable[..., Plan], shiju: User
) -> None:
    plan = own_plan(indicator_text('counting = "manual"', unit="%"))
    values = {"counting": "coverage", "measure": "teams", "level": 5, "is_ratio": True}
    change_rule(_indicator(plan, "one"), values, by=shiju, reason="改为自动计数")
    assert item_of(plan, "one", DISTRICT, Day(2026, 6, 30)).figure.denominator == 79


def test_nothing_changed_and_changed_meanwhile(yuzhong: Plan, shiju: User) -> None:
    seen = _indicator(yuzhong, "charity_orgs")
    with pytest.raises(RevisionError, match="口径没有变化"):
        change_rule(seen, {"counting": "stock"}, by=shiju, reason="试")
    change_rule(_indicator(yuzhong, "charity_orgs"), {"reading": "新"}, by=shiju, reason="措辞")
    with pytest.raises(RevisionError, match="口径刚有变化"):
        change_rule(seen, {"reading": "另"}, by=shiju, reason="措辞")


def test_only_the_reviewer_changes_a_rule(yuzhong: Plan, jiangbei: User, guanli: User) -> None:
    for user in (jiangbei, guanli):
        with pytest.raises(RevisionError, match="只有管辖"):
            change_rule(_indicator(yuzhong, "funds"), {"reading": "新"}, by=user, reason="试")
