"""Which areas fall short of a coverage and by how much, compared with a plain loop over all areas."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from areas.models import Area
from areas.services import SuccessionError, register_succession
from funds.models import Donation, Fund
from indicators.models import Indicator, Plan
from indicators.progress.progress import progress_of
from indicators.progress.services import find_indicator
from indicators.rules import rule_of
from indicators.rules.answers.shortfalls import Shortfall
from indicators.store import series
from orgs.models import CommunityOrg, Training
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU, QIXINGGANG
from tests.indicators import oracle
from tests.indicators.conftest import HEAD, indicator_text, item_of
from tests.indicators.oracle import Answer
from tests.indicators.worlds import World, answer_now, area, days_to_ask, seeds
from tests.types import Make

pytestmark = pytest.mark.once

Day = datetime.date
ON = Day(2026, 6, 30)

_COVERAGE = 'counting = "coverage"\nmeasure = "{}"\nlevel = {}\nat_least = {}\n'
_YEAR = 'within = "year"\n'
#: Every kind of coverage: (measure, level, at least, the rest).
RULES = [
    ("scenes", 3, 3, ""),
    ("scenes", 3, 1, "share = true\n"),
    ("street_funds", 4, 1, "share = true\n"),
    ("trained", 4, 40, _YEAR),
    ("raised", 4, 50_000, f"{_YEAR}share = true\n"),
    ("community_funds", 5, 1, "share = true\n"),
    ("charity_orgs", 5, 2, ""),
    ("charity_orgs", 5, 1, "urban_only = true\nshare = true\n"),
    ("funds", 5, 2, "urban_only = true\n"),
    ("reached", 5, 1, f"{_YEAR}share = true\n"),
    ("raised", 5, 30_000, _YEAR),
]


def _text(number: int, measure: str, level: int, at_least: int, more: str) -> str:
    rule = _COVERAGE.format(measure, level, at_least) + more
    return indicator_text(rule, code=f"rule{number}", unit="%" if "share" in more else "个")


def succeed(world: World, number: int) -> None:
    """Make some areas of the world follow others, or new ones."""
    random = world.random
    for _ in range(number):
        old = random.choice([code for code in world.codes if len(code) > 4])
        parent = {6: 4, 9: 6, 12: 9}[len(old)]
        near = [code for code in world.codes if len(code) == len(old) and code != old]
        parents = sorted({code[:parent] for code in [*near, old]} & set(world.codes)) or ["5001"]
        fresh = random.choice(parents) + ("77" if len(old) == 6 else "777")
        on = Day(random.randint(2023, 2026), random.randint(1, 12), random.choice([1, 15]))
        try:
            register_succession(old, random.choice([fresh, *near]), on, name="新区")
        except SuccessionError:
            continue
        world.codes = sorted(Area.objects.values_list("code", flat=True))


# --- a plain loop ---------------------------------------------------------------------------


def _twin(
    answer: Answer, indicator: Indicator, root: str, day: Day, at_least: int
) -> list[tuple[Decimal, str, Decimal]]:
    """Return (missing, code, has) of every counted area that has less, by a plain loop."""
    facts = oracle.moved(answer.facts[indicator.measure], answer.homes(day))
    count = oracle.year if indicator.within == "year" else oracle.stock
    areas = oracle.eligible(
        answer.places, root, day, indicator.level or 5, urban_only=indicator.is_urban_only
    )
    found = [(place.code, count(facts, place.code, day)) for place in areas]
    return sorted((at_least - has, code, has) for code, has in found if has < at_least)


def _plainly(found: list[Shortfall]) -> list[tuple[Decimal, str, Decimal]]:
    return [(each.missing, each.area.code, each.has) for each in found]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", seeds(range(400, 412), 4))
def test_who_falls_short_is_what_a_loop_finds(
    seed: int, load_text: Callable[..., Plan], tmp_path: Path
) -> None:
    """At every level, at the end of a month and on any day."""
    world = World(Random(seed))
    plan = load_text(*(_text(number, *rule) for number, rule in enumerate(RULES)))
    world.fill(world.random.randint(2, 14))
    if seed % 2:
        succeed(world, 3)
    series.recompute_all()
    answer = answer_now()
    for day in [ON, days_to_ask(world.random)[3]]:
        codes = list(Area.objects.existing_on(day).values_list("code", flat=True))
        for root in codes[:2] + world.random.sample(codes[2:], min(5, len(codes[2:]))):
            for item in progress_of(plan, [root], day)[root]:
                indicator, spot = item.indicator, f"{item.indicator.code} {root} {day}"
                found = rule_of(indicator).shortfalls(root, day, item.at_least)
                right = _twin(answer, indicator, root, day, item.at_least)
                assert _plainly(found) == right, spot
                _assert_they_add_up(answer, item, root, day, len(found))


def _assert_they_add_up(answer: Answer, item: Any, root: str, day: Day, short: int) -> None:
    """The existing areas less those that fall short are those that count."""
    indicator = item.indicator
    level, urban = indicator.level or 5, indicator.is_urban_only
    there = len(oracle.eligible(answer.places, root, day, level, urban_only=urban))
    spot = f"{indicator.code} {root} {day}"
    assert item.figure.numerator == there - short, spot
    if indicator.is_ratio:
        assert item.figure.denominator == there, spot


# --- a district -------------------------------------------------------------------------------


def _named(found: list[Shortfall]) -> list[tuple[str, Decimal, Decimal]]:
    return [(str(each.area), each.has, each.missing) for each in found]


def test_yuzhongs_communities_without_enough_organisations(yuzhong: Plan, approved: Make) -> None:
    """Ordered by how near they are to the threshold; areas that reach it are left out."""
    for _ in range(2):
        approved(CommunityOrg, area_id=MINSHENGLU)
    approved(CommunityOrg)
    approved(CommunityOrg, area_id=QIXINGGANG)  # a street's own is no community's
    indicator = find_indicator(yuzhong, "orgs_each_community")
    found = rule_of(indicator).shortfalls(DISTRICT, ON, 2)
    assert len(found) == 78
    assert _named(found)[0] == ("华一坡社区", 1, 1)
    assert {(each.has, each.missing) for each in found[1:]} == {(0, 2)}
    codes = [each.area.code for each in found[1:]]
    assert codes == sorted(codes)
    assert MINSHENGLU not in codes
    assert "500103013009" not in codes  # 化龙桥社区工作站 is not counted
    assert len(rule_of(indicator).shortfalls(QIXINGGANG, ON, 2)) == 8
    assert _named(rule_of(indicator).shortfalls(HUAYIPO, ON, 2)) == [("华一坡社区", 1, 1)]
    assert rule_of(indicator).shortfalls(MINSHENGLU, ON, 2) == []


def test_the_threshold_of_the_years_target_decides(yuzhong: Plan, approved: Make) -> None:
    for _ in range(2):
        approved(CommunityOrg)
    counts = {}
    for year in (2026, 2027, 2028, 2029):
        item = item_of(yuzhong, "orgs_each_community", DISTRICT, ON, year)
        short = rule_of(item.indicator).shortfalls(DISTRICT, ON, item.at_least)
        counts[year] = (item.at_least, len(short), _named(short)[0][2])
    assert counts == {2026: (2, 78, 2), 2027: (2, 78, 2), 2028: (2, 78, 2), 2029: (3, 79, 1)}


def test_money_is_missing_in_yuan(own_plan: Callable[..., Plan], approved: Make) -> None:
    plan = own_plan(_text(1, "raised", 5, 100, _YEAR))
    approved(Donation, amount_yuan=Decimal("99.50"))
    approved(Donation, area_id=MINSHENGLU, amount_yuan=100)
    found = rule_of(find_indicator(plan, "rule1")).shortfalls(DISTRICT, ON, 100)
    assert _named(found)[0] == ("华一坡社区", Decimal("99.5"), Decimal("0.5"))
    assert {each.missing for each in found[1:]} == {100}
    assert len(found) == 78


def test_what_is_counted_within_the_year_starts_anew(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    plan = own_plan(_text(1, "trained", 4, 40, _YEAR))
    approved(Training, person_times=39)
    indicator = find_indicator(plan, "rule1")
    assert _named(rule_of(indicator).shortfalls(DISTRICT, ON, 40))[0] == ("七星岗街道", 39, 1)
    later = rule_of(indicator).shortfalls(DISTRICT, Day(2027, 1, 31), 40)
    assert {(each.has, each.missing) for each in later} == {(0, 40)}
    assert len(later) == 11


def test_a_fund_that_closed_is_missing_from_that_day(yuzhong: Plan, approved: Make) -> None:
    approved(Fund, area_id=QIXINGGANG, level="street", closed_on=Day(2026, 6, 10))
    indicator = find_indicator(yuzhong, "street_fund_coverage")
    counts = [
        len(rule_of(indicator).shortfalls(DISTRICT, Day(2026, 6, day), 1)) for day in (9, 10, 30)
    ]
    assert counts == [10, 11, 11]


# --- how much it costs ------------------------------------------------------------------------


def _grow(streets: int, communities: int, by: dict[str, Any]) -> None:
    """Extend 渝中区 to this size, with a fund and a donation in every new community."""
    known = set(Area.objects.values_list("code", flat=True))
    codes = [f"{DISTRICT}{n + 1:03}" for n in range(streets)]
    codes += [f"{code}{n + 1:03}" for code in codes for n in range(communities)]
    fresh = [code for code in codes if code not in known]
    Area.objects.bulk_create(area(code, is_urban=True) for code in fresh)
    homes = [code for code in fresh if len(code) == 12]
    day, base = Day(2026, 3, 12), {"status": "approved"} | by
    Fund.objects.bulk_create(
        Fund(area_id=c, name="基金", level="community", host_name="会", established_on=day, **base)
        for c in homes
    )
    Donation.objects.bulk_create(
        Donation(area_id=c, donated_on=day, amount_yuan=1, **base) for c in homes
    )


@pytest.mark.django_db
def test_the_number_of_queries_does_not_depend_on_how_many_areas_there_are(
    load_text: Callable[..., Plan],
) -> None:
    Area.objects.bulk_create(area(code) for code in ("50", "5001", DISTRICT))
    by = {
        "submitted_by": User.objects.create_user("clerk", role=Role.CLERK, area_id="50"),
        "reviewed_by": User.objects.create_user("reviewer", role=Role.REVIEWER, area_id="50"),
    }
    plan = load_text(*(_text(number, *rule) for number, rule in enumerate(RULES)), head=HEAD)
    costs = []
    for streets, communities in ((1, 2), (11, 7)):
        _grow(streets, communities, by)
        series.recompute_all()
        costs.append([_cost(plan, root, day) for root in ("50", DISTRICT) for day in (ON, _BEFORE)])
    assert Area.objects.filter(level=5).count() == 77
    assert costs[0] == costs[1]


#: A day after which its month has more records, so that it is counted and not read from stored
#: rows.
_BEFORE = Day(2026, 3, 9)


def _cost(plan: Plan, root: str, day: Day) -> dict[str, int]:
    found = {}
    for indicator in plan.indicators.select_related("plan").prefetch_related("targets"):
        with CaptureQueriesContext(connection) as queries:
            rule_of(indicator).shortfalls(root, day, indicator.at_least)
        found[indicator.code] = len(queries)
    assert max(found.values()) < 60, found
    return found
