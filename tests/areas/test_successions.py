"""Where a record of an abolished area counts: forwards (`destination`) and backwards (`sources`)."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from areas.models import Area, AreaSuccession
from areas.successions import Successions
from tests.indicators.oracle import Move, home
from tests.indicators.worlds import area as unsaved_area

pytestmark = pytest.mark.once  # uses no database, or does not depend on its kind


Day = datetime.date
ON = Day(2026, 1, 25)
BEFORE, LATER = Day(2026, 1, 24), Day(2026, 6, 30)

#: 渝北区 with two towns; 北碚区 and 两江新区 follow.
YUBEI, BEIBEI, LIANGJIANG = "500112", "500109", "500157"
DAWAN, SHICHUAN = "500112135", "500112142"
KNOWN = {
    *("50", "5001", YUBEI, DAWAN, f"{DAWAN}001", SHICHUAN, f"{SHICHUAN}001"),
    *(BEIBEI, "500109135", "500109135001", LIANGJIANG, "500157142", "500157142001"),
}
SPLIT = Successions([(ON, DAWAN, "500109135"), (ON, YUBEI, LIANGJIANG)])


# --- one day ----------------------------------------------------------------------------------


def test_until_the_day_before_everything_is_where_it_was() -> None:
    assert SPLIT.destination(f"{DAWAN}001", BEFORE, KNOWN) == f"{DAWAN}001"
    assert SPLIT.sources(YUBEI, BEFORE) == {YUBEI: 1}
    assert SPLIT.sources(LIANGJIANG, BEFORE) == {LIANGJIANG: 1}


def test_from_the_day_on_the_deepest_predecessor_rules() -> None:
    assert SPLIT.destination(f"{DAWAN}001", ON, KNOWN) == "500109135001"
    assert SPLIT.destination(f"{SHICHUAN}001", ON, KNOWN) == "500157142001"
    assert SPLIT.destination(YUBEI, ON, KNOWN) == LIANGJIANG
    assert SPLIT.destination("500109135", ON, KNOWN) == "500109135"


def test_sources_are_signed_subtrees() -> None:
    assert SPLIT.sources(LIANGJIANG, LATER) == {LIANGJIANG: 1, YUBEI: 1, DAWAN: -1}
    assert SPLIT.sources(BEIBEI, LATER) == {BEIBEI: 1, DAWAN: 1}
    assert SPLIT.sources("500157142", LATER) == {"500157142": 1, SHICHUAN: 1}
    assert SPLIT.sources(YUBEI, LATER) == {}
    assert SPLIT.sources(DAWAN, LATER) == {}


def test_above_both_nothing_changes() -> None:
    assert SPLIT.sources("5001", LATER) == {"5001": 1}
    assert SPLIT.concerns("5001")
    assert not SPLIT.concerns("5002")


def test_what_the_successor_has_no_code_for_counts_at_the_nearest_area_above() -> None:
    few = KNOWN - {"500157142001"}
    assert SPLIT.destination(f"{SHICHUAN}001", ON, few) == "500157142"
    assert SPLIT.destination(f"{SHICHUAN}001", ON, few - {"500157142"}) == LIANGJIANG


def test_two_that_change_places_on_one_day_do_so_at_once() -> None:
    swapped = Successions([(ON, DAWAN, SHICHUAN), (ON, SHICHUAN, DAWAN)])
    assert swapped.destination(f"{DAWAN}001", ON, KNOWN) == f"{SHICHUAN}001"
    assert swapped.destination(f"{SHICHUAN}001", ON, KNOWN) == f"{DAWAN}001"
    assert swapped.sources(DAWAN, ON) == {SHICHUAN: 1}
    assert swapped.sources(YUBEI, ON) == {YUBEI: 1}


# --- day after day ----------------------------------------------------------------------------


def test_a_chain_is_followed_day_by_day_whatever_the_order_of_registration() -> None:
    moves = [(Day(2027, 1, 1), "500157", "500199"), (ON, YUBEI, LIANGJIANG)]
    chain = Successions(moves)
    assert chain.days == [ON, Day(2027, 1, 1)]
    assert chain.destination(SHICHUAN, LATER, {*KNOWN, "500199"}) == "500157142"
    assert chain.destination(SHICHUAN, Day(2027, 1, 1), {*KNOWN, "500199142"}) == "500199142"
    assert chain.sources("500199", LATER) == {"500199": 1}
    assert chain.sources("500199", Day(2027, 1, 1)) == {"500199": 1, LIANGJIANG: 1, YUBEI: 1}
    assert chain.everywhere("500199") == {"500199", LIANGJIANG, YUBEI}


def test_what_found_no_code_on_the_way_does_not_reappear_under_it() -> None:
    """It counts at the nearest area above and moves on from there."""
    moves = [(ON, SHICHUAN, "500157142"), (LATER, "500157142", "500199142")]
    known = {SHICHUAN, f"{SHICHUAN}001", "500157142", "500199142", "500199142001"}
    chain = Successions(moves, known)
    assert chain.destination(f"{SHICHUAN}001", LATER, known) == "500199142"
    assert chain.sources("500199142001", LATER) == {"500199142001": 1}
    assert chain.sources("500199142", LATER) == {"500199142": 1, "500157142": 1, SHICHUAN: 1}


def test_nothing_registered_moves_nothing() -> None:
    none = Successions([])
    assert not none
    assert none.days == []
    assert none.destination(DAWAN, LATER, KNOWN) == DAWAN
    assert none.sources(YUBEI, LATER) == {YUBEI: 1}
    assert none.everywhere(YUBEI) == {YUBEI}
    assert none.groups([YUBEI, BEIBEI]) == [[BEIBEI], [YUBEI]]


# --- what belongs together ---------------------------------------------------------------------


def test_counties_that_exchange_records_are_one_group_and_others_their_own() -> None:
    counties = ["500157", "500112", "500109", "500103", "510101"]
    assert SPLIT.groups(counties) == [["500103"], ["500109", "500112", "500157"], ["510101"]]


def test_a_move_of_a_prefecture_groups_all_its_counties_with_those_of_the_other() -> None:
    moves = Successions([(ON, "5001", "5002")])
    assert moves.groups(["500101", "500102", "500201", "510101"]) == [
        ["500101", "500102", "500201"],
        ["510101"],
    ]


def test_groups_meet_through_a_third() -> None:
    moves = Successions([(ON, "500101", "500102"), (LATER, "500301", "500102")])
    assert moves.groups(["500101", "500102", "500301", "500302"]) == [
        ["500101", "500102", "500301"],
        ["500302"],
    ]


# --- any moves ----------------------------------------------------------------------------------

_CODES = ["50", "5001", "5002", "500101", "500102", "500201", *(
    f"{county}{tail}" for county in ("500101", "500102", "500201")
    for tail in ("001", "001001", "001002", "002", "002001")
)]  # fmt: skip
_DAYS = [Day(2025, 5, 1), Day(2025, 5, 20), Day(2025, 9, 1), Day(2026, 1, 1)]
_PAIRS = [(a, b) for a in _CODES for b in _CODES if len(a) == len(b) and a != b]


@st.composite
def _random_moves(draw: st.DrawFn) -> tuple[list[Move], set[str]]:
    move = st.tuples(st.sampled_from(_DAYS), st.sampled_from(_PAIRS))
    drawn = draw(st.lists(move, min_size=1, max_size=5, unique_by=lambda one: one[1][0]))
    ends = {end for _, pair in drawn for end in pair}
    gone = draw(st.sets(st.sampled_from(_CODES), max_size=6))
    known = {
        code for code in _CODES
        if not any(code.startswith(g) for g in gone) or any(e.startswith(code) for e in ends)
    }  # fmt: skip
    return [Move(on, *pair) for on, pair in drawn], known


@given(_random_moves(), st.sampled_from([Day(2025, 5, 10), *_DAYS, LATER]))
@settings(max_examples=600, deadline=None, database=None, derandomize=True)
def test_forwards_and_backwards_are_the_oracles_home(
    drawn: tuple[list[Move], set[str]], day: Day
) -> None:
    """What counts in an area is what its signed sources hold, each record once or not at all."""
    moves, known = drawn
    made = Successions([(move.on, move.predecessor, move.successor) for move in moves], known)
    homes = {code: home(code, day, moves, known) for code in known}
    assert {code: made.destination(code, day, known) for code in known} == homes
    for root in known:
        terms = made.sources(root, day)
        assert set(terms) <= made.everywhere(root)
        for code in known:
            times = sum(sign for term, sign in terms.items() if code.startswith(term))
            assert times == homes[code].startswith(root), (root, code, terms)
        if terms != {root: 1}:
            assert made.concerns(root)


@given(_random_moves())
@settings(max_examples=200, deadline=None, database=None, derandomize=True)
def test_groups_are_a_partition_and_no_record_leaves_its_group(
    drawn: tuple[list[Move], set[str]],
) -> None:
    moves, known = drawn
    counties = sorted(code for code in known if len(code) == 6)
    made = Successions([(move.on, move.predecessor, move.successor) for move in moves], known)
    groups = made.groups(counties)
    assert sorted(county for group in groups for county in group) == counties
    group_of = {county: number for number, group in enumerate(groups) for county in group}
    for code in known:
        for day in _DAYS:
            end = home(code, day, moves, known)
            if len(code) >= 6 and end[:6] in group_of:
                assert group_of[code[:6]] == group_of[end[:6]]


# --- the database -------------------------------------------------------------------------------


@pytest.fixture
def tree(db: None) -> None:
    Area.objects.bulk_create(unsaved_area(code) for code in sorted({*KNOWN, "500199"}))


def _succeed(predecessor: str, successor: str, on: Day = ON, **values: bool) -> None:
    AreaSuccession.objects.create(
        predecessor_id=predecessor, successor_id=successor, on=on, **values
    )


def test_only_who_carries_the_records_is_followed(tree: None) -> None:
    _succeed(YUBEI, LIANGJIANG)
    _succeed(YUBEI, BEIBEI, carries_records=False)
    stored = Successions.stored()
    assert stored.sources(LIANGJIANG, ON) == {LIANGJIANG: 1, YUBEI: 1}
    assert stored.sources(BEIBEI, ON) == {BEIBEI: 1}


def test_the_stored_ones_know_which_codes_there_are_on_the_way(tree: None) -> None:
    """The community of 石船镇 has no code in 北碚区, so it is not found under 两江新区's code
    either.
    """
    Area.objects.filter(code__in=["500109135001"]).delete()
    _succeed(SHICHUAN, "500109135", ON)
    _succeed("500109135", "500157142", LATER)
    stored = Successions.stored()
    assert stored.sources("500157142001", LATER) == {"500157142001": 1}
    assert stored.sources("500157142", LATER) == {"500157142": 1, "500109135": 1, SHICHUAN: 1}


@pytest.mark.parametrize("root", sorted(KNOWN))
@pytest.mark.parametrize("day", [BEFORE, ON, LATER])
def test_the_condition_finds_the_areas_whose_records_count(tree: None, root: str, day: Day) -> None:
    _succeed(DAWAN, "500109135")
    _succeed(YUBEI, LIANGJIANG)
    _succeed("500157142", "500109135", LATER)
    stored, known = Successions.stored(), set(Area.objects.values_list("code", flat=True))
    found = Area.objects.filter(stored.condition("code", root, day))
    assert set(found.values_list("code", flat=True)) == {
        code for code in known if stored.destination(code, day, known).startswith(root)
    }
