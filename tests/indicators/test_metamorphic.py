"""Changes that must not change a figure, and changes that must change it in a known way."""

from __future__ import annotations

import datetime
import os
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from areas.models import AreaSuccession
from areas.services import withdraw_succession
from indicators.models import AreaSeries, Indicator, Plan
from indicators.progress.progress import progress_of
from indicators.rules import rule_of
from indicators.rules.answers.figure import Figure
from indicators.store import series
from reviews.models import Status, Submission
from reviews.services import approve, reopen
from tests.indicators.grounds import Ground, grounds, keys_for, views
from tests.indicators.oracle import Fact, Facts, Move, Place
from tests.indicators.worlds import KINDS, World, days_to_ask, load_world_plan

T = TypeVar("T")

pytestmark = pytest.mark.once  # uses no database, or does not depend on its kind


Day = datetime.date
_SETTINGS = settings(
    max_examples=120 if os.environ.get("ALL_WORLDS") else 60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
Figures = dict[tuple[str, str], Figure]


def figures(ground: Ground, day: Day) -> Figures:
    """Return the figures of every rule in every area, by (rule, area)."""
    rules = ground.indicators()
    now, before = views(ground, day, keys_for(rules, 2))
    return {
        (rule.code, code): rule_of(rule).figure(code, now, before, 2)
        for rule in rules
        for code in ground.codes
    }


def additive(ground: Ground) -> list[Indicator]:
    """Return the indicators whose figure is the sum over the areas below."""
    return [rule for rule in ground.indicators() if rule.counting != "coverage"]


# --- without a database -----------------------------------------------------------------------


@given(grounds(), st.randoms(use_true_random=False))
@_SETTINGS
def test_the_order_of_records_areas_and_successions_never_matters(
    drawn: tuple[Ground, Day], random: Random
) -> None:
    ground, day = drawn

    def mixed(items: list[T]) -> list[T]:
        return random.sample(items, len(items))

    facts = {
        measure: Facts(mixed(found.records), mixed(found.openings))
        for measure, found in ground.facts.items()
    }
    other = Ground(
        mixed(ground.places), mixed(ground.moves), facts, mixed(ground.reports), ground.starts_on
    )
    assert figures(other, day) == figures(ground, day)


@given(grounds(), st.integers(0, 29), st.sampled_from(["funds", "trained", "raised"]))
@_SETTINGS
def test_one_more_record_is_felt_where_it_counts_and_above_and_nowhere_else(
    drawn: tuple[Ground, Day], number: int, measure: str
) -> None:
    ground, day = drawn
    ground = replace(ground, starts_on=min(ground.starts_on, day.replace(day=1)))
    code = ground.codes[number % len(ground.codes)]
    found = ground.facts[measure]
    more = Facts([*found.records, Fact(code, day)], found.openings)
    after = figures(replace(ground, facts=ground.facts | {measure: more}), day)
    before, home = figures(ground, day), ground.answer().homes(day)[code]
    for rule in ground.indicators():
        for area in ground.codes:
            change = after[rule.code, area].numerator - before[rule.code, area].numerator
            if rule.measure != measure or not home.startswith(area):
                assert after[rule.code, area] == before[rule.code, area], (rule.code, area)
            elif rule.counting == "coverage":
                assert change in (0, 1)
            else:
                assert change > 0


def _has_sum_below(rule: Indicator) -> bool:
    """Whether the figure is a quotient of two sums: growth, and what is reported in a unit of rates."""
    return rule.counting == "growth" or (rule.counting == "manual" and rule.is_averaged)


@given(grounds())
@_SETTINGS
def test_children_add_up_to_their_parent_with_its_own(drawn: tuple[Ground, Day]) -> None:
    """For every additive rule; records of the parent itself are added."""
    ground, day = drawn
    found, homes = figures(ground, day), ground.answer().homes(day)
    for parent in ground.codes:
        below = [code for code in ground.codes if code.startswith(parent) and code != parent]
        children = [c for c in below if not any(c.startswith(o) for o in below if o != c)]
        own = ground.answer().only([code for code, home in homes.items() if home == parent])
        for rule in additive(ground):
            parts = [found[rule.code, child] for child in children]
            rest = own.counted(rule, parent, day)
            whole = found[rule.code, parent]
            assert whole.numerator == rest[0] + sum(part.numerator for part in parts)
            if _has_sum_below(rule):
                assert whole.denominator == rest[1] + sum(part.denominator for part in parts)


@given(grounds(most_moves=0), st.data())
@_SETTINGS
def test_the_parts_of_a_split_county_sum_to_the_whole(
    drawn: tuple[Ground, Day], data: st.DataObject
) -> None:
    """Some streets go to one new county, the rest to another.

    Together they have what the county had.
    """
    ground, day = drawn
    ground = _with_new_counties(ground)
    streets = sorted(code for code in ground.codes if code[:6] == "500101" and len(code) == 9)
    leaving = data.draw(st.sets(st.sampled_from(streets))) if streets else set()
    moves = [Move(day, code, f"500188{code[6:]}") for code in leaving]
    split = replace(ground, moves=[*moves, Move(day, "500101", "500199")])
    before, after = figures(ground, day), figures(split, day)
    for rule in additive(ground):
        parts = [after[rule.code, code] for code in ("500188", "500199")]
        whole = before[rule.code, "500101"]
        assert whole.numerator == sum(part.numerator for part in parts)
        if _has_sum_below(rule):
            assert whole.denominator == sum(part.denominator for part in parts)
        assert after[rule.code, "500101"].numerator == 0
        assert after[rule.code, "50"] == before[rule.code, "50"]


def _with_new_counties(ground: Ground) -> Ground:
    """Add counties 500188 and 500199 with all the codes of 500101, as the service would."""
    old = [place for place in ground.places if place.code.startswith("500101")]
    new = [Place(county + place.code[6:]) for county in ("500188", "500199") for place in old]
    return replace(ground, places=[*ground.places, *new])


@given(grounds(most_moves=0), st.data())
@_SETTINGS
def test_a_new_code_alone_changes_no_figure(drawn: tuple[Ground, Day], data: st.DataObject) -> None:
    """A county gets another code from some day on, and all its areas keep their figures."""
    ground, day = drawn
    on = data.draw(st.sampled_from([day, day - datetime.timedelta(days=400), Day(day.year, 1, 1)]))
    living = [_for_good(place) for place in ground.places]
    ground = replace(ground, places=living)
    old = [place for place in living if place.code.startswith("500101")]
    follow = [replace(place, code="500199" + place.code[6:], valid_from=on) for place in old]
    ended = [replace(place, valid_to=on) if place in old else place for place in living]
    other = replace(ground, places=[*ended, *follow], moves=[Move(on, "500101", "500199")])
    before, after = figures(ground, day), figures(other, day)
    for rule in ground.indicators():
        for place in old:
            new = after[rule.code, "500199" + place.code[6:]]
            assert new == before[rule.code, place.code], (rule.code, place.code)
        assert after[rule.code, "50"] == before[rule.code, "50"]


def _for_good(place: Place) -> Place:
    """Return an area of 500101 without first and last day."""
    is_of_county = place.code.startswith("500101")
    return replace(place, valid_from=None, valid_to=None) if is_of_county else place


# --- in the database --------------------------------------------------------------------------


def _stored() -> list[tuple[str, int, bytes]]:
    rows = AreaSeries.objects.order_by("area", "year").values_list("area", "year", "blob")
    return [(area, year, bytes(blob)) for area, year, blob in rows]


def _world(seed: int, folder: Path, successions: int) -> tuple[World, Plan]:
    world = World(Random(seed), is_whole=True)
    plan = load_world_plan(folder)
    world.fill(8)
    for _ in range(successions):
        world.succeed(3)
    series.recompute_all()
    return world, plan


def _pending(world: World) -> list[Submission]:
    """Create some records of every kind that wait for the reviewer."""
    found = list[Submission]()
    for kind in KINDS:
        found += kind._default_manager.filter(status=Status.PENDING).order_by("pk")[:2]
    return world.random.sample(found, len(found))


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(600, 606))
def test_approving_and_reopening_changes_no_stored_byte(seed: int, tmp_path: Path) -> None:
    world, _ = _world(seed, tmp_path, successions=1)
    before, waiting = _stored(), _pending(world)
    assert waiting
    for record in waiting:
        approve(record, by=world.reviewer)
    assert _stored() != before
    for record in world.random.sample(waiting, len(waiting)):
        record.refresh_from_db()
        reopen(record, by=world.reviewer, reason="核对")
    assert _stored() == before


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(610, 614))
def test_the_order_of_approvals_never_matters(seed: int, tmp_path: Path) -> None:
    world, _ = _world(seed, tmp_path, successions=1)
    waiting, ends = _pending(world), []
    for _ in range(3):
        world.random.shuffle(waiting)
        with transaction.atomic():
            for record in waiting:
                approve(type(record)._default_manager.get(pk=record.pk), by=world.reviewer)
            ends.append(_stored())
            transaction.set_rollback(True)
    assert ends[0] == ends[1] == ends[2]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(620, 628))
def test_withdrawing_successions_restores_every_figure(seed: int, tmp_path: Path) -> None:
    """Withdrawn from last to first; the stored rows are the same byte for byte.

    Only coverage is stored by the tree of each month: a succession that changes none of it
    leaves every byte as it is. So more are registered until one is felt in the stored rows.
    """
    world, plan = _world(seed, tmp_path, successions=0)
    asked = [(code, day) for day in days_to_ask(world.random)[1:4] for code in world.codes]
    before, stored = _figures_at(plan, asked), _stored()
    for _ in range(50):
        if world.succeed(3) and _stored() != stored:
            break
    assert _stored() != stored
    for row in AreaSuccession.objects.order_by("-pk"):
        withdraw_succession(row)
    assert list(series.differences()) == []
    assert _figures_at(plan, asked) == before
    assert _stored() == stored


def _figures_at(plan: Plan, asked: list[tuple[str, Day]]) -> list[list[Figure]]:
    return [
        [item.figure for item in progress_of(plan, [code], day)[code]]
        for code, day in asked[:: max(len(asked) // 12, 1)]
    ]
