"""The lineage of a figure lists exactly the approved records that make it up."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from areas.models import AreaSuccession
from dates.months import year_before
from funds.models import Donation, Fund
from indicators.models import ManualFigure, OpeningBalance, Plan
from indicators.progress.lineage import lineage
from indicators.progress.progress import progress_of
from indicators.progress.services import find_indicator
from indicators.rules import rule_of
from indicators.store.series import recompute_all
from indicators.store.series_reader import view
from indicators.store.tree_context import TreeContext
from orgs.models import CommunityOrg
from reviews.models import Status
from reviews.services import ProblemsFound, reopen, submit, void
from scenes.models import Activity
from tests.conftest import (
    DISTRICT,
    HUAYIPO,
    JIEFANGBEI,
    MINSHENGLU,
    NEIGHBOUR_STREET,
    QIXINGGANG,
)
from tests.indicators.conftest import indicator_text, item_of, run_json
from tests.indicators.worlds import World, answer_now, days_to_ask, load_world_plan, seeds
from tests.types import Make

Day = datetime.date
ON = Day(2026, 6, 30)
FAR = f"{NEIGHBOUR_STREET}001"


def _records(plan: Plan, indicator: str, code: str = DISTRICT, day: Day = ON) -> list[object]:
    return [item.record for item in lineage(find_indicator(plan, indicator), code, day)]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", seeds(range(200, 208), 3))
def test_the_quantities_add_up_to_the_figure(seed: int, tmp_path: Path) -> None:
    world = World(Random(seed))
    plan = load_world_plan(tmp_path)
    world.fill(12)
    recompute_all()
    for day in days_to_ask(world.random)[1:4]:
        root = world.random.choice([code for code in world.codes if len(code) > 4])
        _assert_adds_up(plan, root, day)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", seeds(range(210, 222), 4))
def test_the_quantities_add_up_after_successions(seed: int, tmp_path: Path) -> None:
    """Before a change, on its day and later; at predecessors, successors and above."""
    world = World(Random(seed), is_whole=True)
    plan = load_world_plan(tmp_path)
    world.fill(12)
    recompute_all()
    while not world.succeed(4):
        continue
    change = world.random.choice(list(AreaSuccession.objects.all()))
    eve = change.on - datetime.timedelta(days=1)
    for day in (eve, change.on, Day(2026, 12, 31)):
        somewhere = world.random.choice(world.codes)
        for root in {change.predecessor_id, change.successor_id, world.codes[0], somewhere}:
            _assert_adds_up(plan, root, day)


def _assert_adds_up(plan: Plan, root: str, day: Day) -> None:
    homes = answer_now().homes(day)
    for item in progress_of(plan, [root], day)[root]:
        if item.indicator.against == "whole_year" and day.year < 2024:
            continue  # see test_any_day
        found = lineage(item.indicator, root, day)
        total = sum((one.quantity for one in found), Decimal(0))
        figure, spot = item.figure, f"{item.indicator.code} {root} {day}"
        assert {one.record.status for one in found} <= {Status.APPROVED}, spot
        assert all(homes[one.area_code].startswith(root) for one in found), spot
        match item.indicator.counting:
            case "coverage":
                width = {3: 6, 4: 9, 5: 12}[item.indicator.level or 5]
                places = {homes[one.area_code][:width] for one in found}
                assert len(places) == figure.numerator, spot
            case "growth":
                assert total == figure.numerator + 2 * figure.denominator, spot
            case _:
                scale = 10_000 if item.indicator.unit == "万元" else 1
                assert total == figure.numerator * scale, spot


def test_only_approved_living_records_of_the_area_are_listed(
    yuzhong: Plan, approved: Make, make: Make, quji: User, shiju: User
) -> None:
    running = approved(Fund)
    elsewhere = approved(Fund, area_id=MINSHENGLU)
    reopen(approved(Fund), by=shiju, reason="核对")
    void(approved(Fund), by=shiju, reason="重复")
    submit(make(Fund), by=quji)
    make(Fund, area_id=FAR, status=Status.APPROVED)
    approved(Fund, closed_on=ON)
    closes_later = approved(Fund, closed_on=ON + datetime.timedelta(days=1))
    assert set(_records(yuzhong, "funds")) == {running, elsewhere, closes_later}
    assert set(_records(yuzhong, "funds", QIXINGGANG)) == {running, closes_later}
    assert _records(yuzhong, "funds", JIEFANGBEI) == [elsewhere]


def test_a_share_lists_the_records_of_qualifying_areas_only(yuzhong: Plan, approved: Make) -> None:
    two = [approved(CommunityOrg) for _ in range(2)]
    approved(CommunityOrg, area_id=MINSHENGLU)
    approved(CommunityOrg, area_id=MINSHENGLU, category="culture")
    assert set(_records(yuzhong, "orgs_each_community")) == set(two)
    assert item_of(yuzhong, "orgs_each_community", DISTRICT, ON).figure.numerator == 1


def test_a_share_asks_for_as_many_as_the_target_of_its_year(yuzhong: Plan, approved: Make) -> None:
    for _ in range(2):
        approved(CommunityOrg)
    for year, reached in ((2027, 1), (2028, 0), (2029, 0)):
        day = Day(year, 6, 30)
        assert item_of(yuzhong, "orgs_each_community", DISTRICT, day).figure.numerator == reached
        assert len(_records(yuzhong, "orgs_each_community", day=day)) == 2 * reached


def test_an_activity_is_listed_once_for_each_community_it_reached(
    yuzhong: Plan, approved: Make
) -> None:
    activity = approved(Activity, area_id=DISTRICT, reached=[HUAYIPO, MINSHENGLU])
    assert _records(yuzhong, "coverage") == [activity, activity]
    assert _records(yuzhong, "coverage", QIXINGGANG) == [activity]


def test_a_share_over_money_asks_for_yuan(own_plan: Callable[..., Plan], approved: Make) -> None:
    """Amounts are in yuan: 50 yuan are not "at least 100", neither in the figure nor in the
    lineage.
    """
    rule = 'counting = "coverage"\nmeasure = "raised"\nlevel = 5\nwithin = "year"\nat_least = 100'
    plan = own_plan(indicator_text(rule))
    approved(Donation, amount_yuan=50)
    approved(Donation, area_id=MINSHENGLU, amount_yuan=100)
    assert len(_records(plan, "one")) == 1
    assert item_of(plan, "one", DISTRICT, ON).figure.numerator == 1


def test_a_fractional_opening_balance_counts_alike_in_figure_and_lineage(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    """Of 1.5 and 1.5 funds, either such a balance is refused, or both show 3."""
    plan = own_plan(indicator_text('counting = "stock"\nmeasure = "funds"'))
    for code in (HUAYIPO, MINSHENGLU):
        with contextlib.suppress(ProblemsFound):
            approved(OpeningBalance, area_id=code, quantity=Decimal("1.5"))
    total = sum(item.quantity for item in lineage(find_indicator(plan, "one"), DISTRICT, ON))
    assert item_of(plan, "one", DISTRICT, ON).figure.numerator == total


def test_a_reported_figure_is_the_latest_of_each_area(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    plan = own_plan(indicator_text('counting = "manual"', unit="%"))
    report = {"plan_code": "own", "indicator_code": "one", "denominator": 10}
    approved(ManualFigure, as_of=Day(2026, 2, 1), numerator=3, **report)
    latest = approved(ManualFigure, as_of=Day(2026, 5, 1), numerator=4, **report)
    other = approved(ManualFigure, area_id=MINSHENGLU, as_of=Day(2026, 2, 1), numerator=5, **report)
    approved(ManualFigure, as_of=Day(2026, 7, 1), numerator=9, **report)
    assert _records(plan, "one") == [latest, other]
    figure = item_of(plan, "one", DISTRICT, ON).figure
    assert (figure.numerator, figure.denominator) == (9, 20)


def test_json_names_the_record_and_who_approved_it(yuzhong: Plan, approved: Make) -> None:
    donation = approved(Donation, amount_yuan=Decimal("1250.50"), donor_name="陈先生")
    assert run_json("lineage", "yuzhong-2026", "raised", "--on", "2026-06-30") == {
        "plan": "yuzhong-2026",
        "indicator": "raised",
        "area": DISTRICT,
        "on": "2026-06-30",
        "count": 1,
        "records": [
            {
                "kind": "funds.donation",
                "kind_name": "捐赠收入",
                "id": donation.pk,
                "name": str(donation),
                "area": HUAYIPO,
                "date": "2026-03-01",
                "quantity": "1250.5",
                "approved_by": "shiju",
                "approved_at": timezone.localtime(donation.reviewed_at).isoformat(),
            }
        ],
    }


def test_an_unknown_indicator_is_named_with_those_there_are(yuzhong: Plan) -> None:
    with pytest.raises(CommandError, match="没有指标“raisd”，现有：funds、scenes"):
        call_command("lineage", "yuzhong-2026", "raisd")


def test_lineage_reads_records_not_the_store(yuzhong: Plan, make: Make) -> None:
    """Figure and lineage are independent: a record that is missing in the stored rows shows as a
    difference.
    """
    make(Fund, status=Status.APPROVED)
    indicator = find_indicator(yuzhong, "funds")
    now, before = (view([DISTRICT], day, TreeContext(DISTRICT)) for day in (ON, year_before(ON)))
    assert rule_of(indicator).figure(DISTRICT, now, before).numerator == 0
    assert len(_records(yuzhong, "funds")) == 1
