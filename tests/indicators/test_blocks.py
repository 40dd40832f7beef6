"""Counting in blocks: every partition and every complete scope gives the same series."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from areas.successions import Successions
from indicators.store import series
from indicators.store.engine import (
    EVENT,
    Blocks,
    Matrix,
    Placed,
    SeriesKey,
    Span,
    Tree,
    count,
    month_of,
    place,
)
from indicators.store.series_view import Rows
from tests.indicators.grounds import Ground, blocks, grounds, keys_for, rows_in_a_block, rows_of

pytestmark = pytest.mark.once  # uses no database, or does not depend on its kind


Day = datetime.date
_SETTINGS = settings(
    max_examples=150,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
SPAN = Span(month_of(2023, 1), month_of(2026, 12))


def _same(one: Rows, other: Rows) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)


# --- the series of a tree -----------------------------------------------------------------------


@given(grounds(), st.none() | st.just(Day(2025, 5, 17)))
@_SETTINGS
def test_any_partition_gives_the_same_series(drawn: tuple[Ground, Day], until: Day | None) -> None:
    ground, _ = drawn
    keys, found = keys_for(ground.indicators(), 1), []
    for number in (1, 3, 1000):
        with rows_in_a_block(number):
            made = blocks(ground, SPAN, keys, until)
        assert [tree for tree, _ in made if not len(tree)] == []
        found.append(rows_of(made))
    assert {code for code, _ in found[0]} == set(ground.codes)
    assert _same(found[0], found[1])
    assert _same(found[1], found[2])


@given(grounds(), st.integers(0, 29))
@_SETTINGS
def test_a_scope_with_all_its_sources_gives_what_the_whole_tree_gives(
    drawn: tuple[Ground, Day], number: int
) -> None:
    """An area at any level is counted without the rest of the tree."""
    ground, _ = drawn
    keys = keys_for(ground.indicators(), 2)
    whole = rows_of(blocks(ground, SPAN, keys))
    root = ground.codes[number % len(ground.codes)]
    tops = ground.successions.everywhere(root)
    codes = [code for code in ground.codes if any(code.startswith(top) for top in tops)]
    part = rows_of(blocks(ground, SPAN, keys, codes=codes))
    assert {code for code, _ in part} == set(codes)
    for (code, key), row in part.items():
        if code.startswith(root):
            assert np.array_equal(row, whole[code, key]), (code, key)


@given(grounds())
@settings(_SETTINGS, max_examples=40)
def test_single_areas_counted_one_by_one_add_up_to_every_whole(drawn: tuple[Ground, Day]) -> None:
    """This is how an ancestor's own records are counted when its row is added up again."""
    ground, _ = drawn
    keys = [key for key in keys_for(ground.indicators(), 1) if key.kind != "coverage"]
    whole, own = rows_of(blocks(ground, SPAN, keys)), dict[tuple[str, SeriesKey], Matrix]()
    for code in ground.codes:
        own |= rows_of(blocks(ground, SPAN, keys, codes=[code]))
    for (root, key), row in whole.items():
        parts = [own[code, key] for code in ground.codes if code.startswith(root)]
        assert np.array_equal(row, np.sum(parts, axis=0)), (root, key)


@pytest.mark.parametrize(
    "codes", [[], ["50"], ["50", "5001"], ["500101"], ["500101001"], ["500101001001"]]
)
def test_a_tree_of_little_or_nothing_is_counted(codes: list[str]) -> None:
    keys = [
        SeriesKey("measure", "funds"),
        SeriesKey("coverage", "funds", "stock", "communities", 1),
    ]
    events = np.array([(int(code), SPAN.first, SPAN.last, 3) for code in codes], dtype=EVENT)
    sources = [(("measure", name), events) for name in ("funds", "communities")]
    made = list(series.count_events(codes, SPAN, keys, sources, Successions([])))
    assert [code for tree, _ in made for code in tree.codes] == codes
    assert all(
        matrix.shape == (len(tree), len(SPAN)) for tree, found in made for matrix in found.values()
    )
    for tree, found in made:
        below = [sum(other.startswith(code) for other in codes) for code in tree.codes]
        assert found[keys[0]][:, 0].tolist() == [3 * number for number in below]


def test_a_county_without_events_is_a_row_of_zeros() -> None:
    key = SeriesKey("measure", "trained")
    events = np.array([(500101001, month_of(2024, 5), SPAN.last, 30)], dtype=EVENT)
    codes = ["50", "5001", "500101", "500101001", "500102", "500103", "500103001"]
    with rows_in_a_block(1):
        made = list(
            series.count_events(
                codes, SPAN, [key], [(("measure", "trained"), events)], Successions([])
            )
        )
    assert [tree.codes for tree, _ in made] == [
        ["500101", "500101001"],
        ["500102"],
        ["500103", "500103001"],
        ["50", "5001"],
    ]
    sums = {
        code: int(found[key][tree.row[code]].sum()) for tree, found in made for code in tree.codes
    }
    assert sums == {
        **dict.fromkeys(codes, 0),
        **dict.fromkeys(("50", "5001", "500101", "500101001"), 30),
    }


# --- the partition itself -------------------------------------------------------------------------


@st.composite
def _partitions(draw: st.DrawFn) -> tuple[Tree, list[list[str]]]:
    counties = draw(st.sets(st.sampled_from([f"5001{n:02}" for n in range(1, 9)]), max_size=6))
    streets = draw(
        st.sets(st.sampled_from([f"{c}{n:03}" for c in sorted(counties) for n in (1, 2)] or ["50"]))
    )
    tree = Tree(sorted({"50", "5001"} | counties | streets))
    groups: list[list[str]] = [[] for _ in range(draw(st.integers(0, 4)))]
    for county in sorted(counties):
        if groups:
            draw(st.sampled_from(groups)).append(county)
    return tree, groups


@given(
    _partitions(),
    st.lists(st.tuples(st.integers(0, 19), st.integers(0, 5), st.integers(0, 9)), max_size=12),
)
@_SETTINGS
def test_every_row_and_every_event_is_in_one_block(
    drawn: tuple[Tree, list[list[str]]], numbers: list[tuple[int, int, int]]
) -> None:
    """Blocks may be empty; rows outside every group are in the last block."""
    tree, groups = drawn
    made, span = Blocks(tree, groups), Span(month_of(2024, 1), month_of(2024, 6))
    codes = [made.codes(tree, number) for number in range(made.number)]
    assert made.number == len(groups) + 1
    assert sorted(code for block in codes for code in block) == tree.codes
    assert all(block == sorted(block) for block in codes)
    for group, block in zip(groups, codes, strict=False):
        assert {code[:6] for code in block} == set(group)
    events = np.array(
        [(int(tree.codes[at % len(tree)]), span.first + month, span.last, many) for at, month, many in numbers],
        dtype=EVENT,
    )  # fmt: skip
    placed = place(tree, span, events, is_stock=False)
    parts = made.split(placed)
    whole = count(len(tree), span, placed)
    assert len(parts) == made.number
    assert sum(len(part) for part in parts) == len(placed)
    for block, part in zip(codes, parts, strict=True):
        own = count(len(block), span, part)
        assert own.tolist() == [whole[tree.row[code]].tolist() for code in block]


def test_parts_of_a_stock_keep_their_ends() -> None:
    tree, span = Tree(["500101", "500102"]), Span(month_of(2024, 1), month_of(2024, 6))
    events = np.array(
        [
            (500102, month_of(2024, 2), month_of(2024, 4), 5),
            (500101, month_of(2024, 1), month_of(2024, 3), 1),
        ],
        dtype=EVENT,
    )
    first, second, rest = Blocks(tree, [["500101"], ["500102"]]).split(
        place(tree, span, events, is_stock=True)
    )
    assert _monthly(first) == [1, 1, 0, 0, 0, 0]
    assert _monthly(second) == [0, 5, 5, 0, 0, 0]
    assert len(rest) == 0


def _monthly(placed: Placed) -> list[int]:
    own: Matrix = count(1, Span(month_of(2024, 1), month_of(2024, 6)), placed)
    return [int(number) for number in own[0]]
