"""作用发挥: funds that spent money within so many months, and funds with a whole management group."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

import pytest
from django.db.models import DateField, Value

from accounts.models import User
from areas.models import Area
from funds.models import Expenditure, Fund, FundMember, MemberKind
from indicators.active_funds import MonthsAfter
from indicators.measures import MEASURES
from indicators.models import Plan
from indicators.plan.loading import load_plans
from indicators.progress.impact_sentences import effect_sentences
from indicators.progress.lineage import lineage
from indicators.store.series import differences, recompute_all
from reviews.services import approve, reopen, void
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU
from tests.indicators.conftest import item_of
from tests.types import Make
from tests.worlds import share

Day = datetime.date
FIRST, LAST = Day(2024, 11, 5), Day(2026, 6, 30)
PLAN = """
[plan]
code = "active-2026"
title = "基金作用发挥（测试）"
issuer = "重庆市渝中区民政局"
issued_on = 2026-01-01
area = "500103"
starts_on = 2026-01-01
ends_on = 2026-12-31

[[indicator]]
code = "active"
name = "作用发挥的基金"
unit = "支"
place = "text"
clause = "一"
counting = "stock"
measure = "active_funds"

[[indicator]]
code = "active_6"
name = "半年内有支出的基金"
unit = "支"
place = "text"
clause = "一"
counting = "stock"
measure = "active_funds:6"

[[indicator]]
code = "steady"
name = "每季度都有支出的基金"
unit = "支"
place = "text"
clause = "一"
counting = "stock"
measure = "active_funds:3q"

[[indicator]]
code = "groups"
name = "管理小组齐全的基金"
unit = "支"
place = "text"
clause = "一"
counting = "stock"
measure = "full_groups"
"""


@pytest.fixture
def plan(district: Area, tmp_path: Path) -> Plan:
    file = tmp_path / "active-2026.toml"
    file.write_text(PLAN, encoding="utf-8")
    load_plans([file])
    return Plan.objects.get(code="active-2026")


@pytest.fixture
def funds(plan: Plan, make: Make) -> list[Fund]:
    """Six funds of two communities, with expenditures on random days; one closed, one a draft."""
    dice = random.Random(4)
    found = []
    for number in range(6):
        place = (HUAYIPO, MINSHENGLU)[number % 2]
        fund = make(Fund, area_id=place, established_on=FIRST, status="approved")
        found.append(fund)
        for _ in range(dice.randint(1, 8)):
            day = FIRST + datetime.timedelta(days=dice.randint(0, (LAST - FIRST).days))
            for _ in range(dice.choice([1, 1, 2])):
                status = dice.choice(["approved", "approved", "pending", "void"])
                make(Expenditure, fund=fund, area_id=place, spent_on=day, status=status)
    Fund.objects.filter(pk=found[0].pk).update(closed_on=Day(2025, 9, 1))
    Fund.objects.filter(pk=found[1].pk).update(status="draft")
    recompute_all()
    return found


share(__name__, "district", "quji", "shiju", "plan", "funds")


def months_later(day: Day, months: int) -> Day:
    """The same day so many months later, or the last one before it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return Day(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError(day)


def active_on(day: Day, months: int, area: str) -> set[int]:
    """The funds that spent within so many months before a day, from the records."""
    found = set()
    for spent in Expenditure.objects.filter(status="approved").select_related("fund"):
        fund, until = spent.fund, months_later(spent.spent_on, months)
        if not spent.area_id.startswith(area) or fund.status != "approved":
            continue
        is_open = fund.closed_on is None or day < fund.closed_on
        if spent.spent_on <= day < until and is_open:
            found.add(fund.pk)
    return found


def counted(plan: Plan, code: str, area: str, day: Day) -> int:
    return int(item_of(plan, code, area, day).figure.numerator)


def steady_on(day: Day, quarters: int, area: str) -> set[int]:
    """The funds that spent in each of so many quarters up to that of a day, or up to the one before."""
    found, own = set(), day.year * 4 + (day.month - 1) // 3
    for fund in Fund.objects.within(area).filter(status="approved"):
        rows = Expenditure.objects.filter(fund=fund, status="approved", spent_on__lte=day)
        spent = {
            each.year * 4 + (each.month - 1) // 3
            for each in rows.values_list("spent_on", flat=True)
        }
        is_open = fund.closed_on is None or day < fund.closed_on
        for last in (own, own - 1):
            if is_open and spent >= set(range(last - quarters + 1, last + 1)):
                found.add(fund.pk)
    return found


def test_a_fund_is_steady_while_it_spends_in_every_quarter(
    plan: Plan, funds: list[Fund], make: Make
) -> None:
    dice, indicator, seen = random.Random(6), plan.indicators.get(code="steady"), set()
    for fund in funds:  # more often than once in a quarter, with a gap now and then
        for month in range(0, 20, 1):
            if dice.random() < 0.45:
                day = months_later(Day(2024, 11, dice.randint(1, 28)), month)
                make(Expenditure, fund=fund, area_id=fund.area_id, spent_on=day, status="approved")
    recompute_all()
    ends = [Day(2025, 12, 31), Day(2026, 1, 1), Day(2026, 3, 31), Day(2026, 4, 1)]
    for day in [
        *ends,
        *(Day(2025, 3, 1) + datetime.timedelta(days=dice.randint(0, 480)) for _ in range(16)),
    ]:
        for area in (DISTRICT, HUAYIPO):
            steady = steady_on(day, 3, area)
            seen.add(len(steady))
            assert counted(plan, "steady", area, day) == len(steady), (area, day)
            records = [each.record.pk for each in lineage(indicator, area, day)]
            shown = Expenditure.objects.filter(pk__in=records).values_list("fund_id", flat=True)
            assert (len(records), set(shown)) == (len(steady), steady)
    assert len(seen) > 2  # the figures differ from day to day
    assert list(differences()) == []


@pytest.mark.parametrize(("code", "months"), [("active", 12), ("active_6", 6)])
def test_a_fund_is_active_for_so_many_months_after_it_spent(
    plan: Plan, funds: list[Fund], code: str, months: int
) -> None:
    dice = random.Random(5)
    indicator = plan.indicators.get(code=code)
    for _ in range(25):
        day = Day(2025, 1, 1) + datetime.timedelta(days=dice.randint(0, 540))
        for area in (DISTRICT, HUAYIPO):
            active = active_on(day, months, area)
            assert counted(plan, code, area, day) == len(active), (area, day)
            records = [each.record.pk for each in lineage(indicator, area, day)]
            shown = Expenditure.objects.filter(pk__in=records).values_list("fund_id", flat=True)
            assert len(records) == len(active)
            assert set(shown) == active


def test_the_stored_series_are_those_of_the_records(
    plan: Plan, funds: list[Fund], quji: User, shiju: User, approved: Make
) -> None:
    assert list(differences()) == []
    spent = approved(Expenditure, fund=funds[2], area_id=funds[2].area_id, spent_on=LAST)
    assert list(differences()) == []
    void(spent, by=shiju, reason="重复")
    assert list(differences()) == []
    reopen(funds[2], by=shiju, reason="更正")
    assert list(differences()) == []


def test_the_effect_of_an_approval_is_told_before(
    plan: Plan, make: Make, approved: Make, shiju: User
) -> None:
    fund = make(Fund, area_id=HUAYIPO, established_on=FIRST, status="approved")
    spent = make(Expenditure, fund=fund, spent_on=LAST, status="pending")
    rows = Expenditure.objects.filter(pk=spent.pk)
    recompute_all()
    said = effect_sentences(Expenditure, rows, shiju, is_gain=True)
    assert any("作用发挥的基金" in sentence for sentence in said)
    before = counted(plan, "active", HUAYIPO, LAST)
    approve(spent, by=shiju)
    assert counted(plan, "active", HUAYIPO, LAST) == before + 1


def test_a_plan_names_the_months_in_whole_numbers() -> None:
    assert MEASURES["active_funds:6"].name == "近6个月有支出的基金"
    assert MEASURES["active_funds:4q"].name == "连续4个季度有支出的基金"
    for text in ("0", "100", "x", "6+7", "1q", "21q", "4Q"):
        assert "月数应为1至99" in MEASURES.fault_of(f"active_funds:{text}")


@pytest.mark.parametrize(
    ("day", "months"), [(Day(2025, 8, 31), 6), (Day(2024, 2, 29), 12), (Day(2025, 1, 30), 1)]
)
def test_a_month_later_stays_within_the_month(funds: list[Fund], day: Day, months: int) -> None:
    row = Fund.objects.annotate(day=Value(day, output_field=DateField()))
    found = row.annotate(later=MonthsAfter("day", months)).values_list("later", flat=True)[0]
    assert found == months_later(day, months)


def test_a_group_is_whole_with_all_five_kinds(plan: Plan, approved: Make) -> None:
    fund = approved(Fund, area_id=HUAYIPO, established_on=FIRST)
    for number, kind in enumerate(MemberKind):
        assert counted(plan, "groups", HUAYIPO, LAST) == 0
        FundMember.objects.create(fund=fund, name=f"成员{number}", kind=kind)
    reopened = approved(Fund, area_id=HUAYIPO, established_on=FIRST)
    assert reopened.pk != fund.pk
    assert counted(plan, "groups", HUAYIPO, LAST) == 1
    assert list(differences()) == []
