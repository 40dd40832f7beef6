"""The engine counts the same as a loop over the records, for any tree, span and events."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.store.engine import (
    EVENT,
    OPEN,
    Events,
    SeriesKey,
    Span,
    Tree,
    compute,
    covered,
    flow,
    month_of,
    place,
    stock,
    year_to_date,
)
from tests.indicators.oracle import Event, flow_in_months, is_below, stock_in_month

pytestmark = pytest.mark.once  # uses no database, or does not depend on its kind


_WIDTHS = (2, 2, 2, 3, 3)
_CASES = settings(
    max_examples=90, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@st.composite
def trees(draw: st.DrawFn) -> list[str]:
    """Draw codes of levels 1–5 or 3–5, each with all its ancestors from the top level on."""
    top = draw(st.sampled_from([1, 3]))
    codes: set[str] = set()
    steps = [
        st.sampled_from([f"{number:0{width}}" for number in (0, 1, 9, 10**width - 1)])
        for width in _WIDTHS
    ]
    first = st.sampled_from(["10", "50", "99"])
    for _ in range(draw(st.integers(0, 8))):
        depth = draw(st.integers(top, 5))
        parts = [draw(first), *(draw(step) for step in steps[1:depth])]
        codes |= {"".join(parts[:level]) for level in range(top, depth + 1)}
    order = draw(st.permutations(sorted(codes)))
    return list(order)


spans = st.builds(
    lambda first, length: Span(first, first + length - 1),
    st.integers(month_of(2024, 1), month_of(2025, 12)),
    st.integers(1, 30),
)


@st.composite
def events_in(draw: st.DrawFn, codes: list[str], *, most: int = 12) -> list[Event]:
    """Draw events inside and outside of the tree, before, within and after any span."""
    areas = st.sampled_from([*codes, "50", "500103", "110101001001", "77"])
    found = []
    for _ in range(draw(st.integers(0, most))):
        start = draw(st.one_of(st.just(0), st.integers(month_of(2022, 1), month_of(2029, 12))))
        length = draw(st.one_of(st.none(), st.integers(0, 40)))
        end = None if length is None else start + length
        quantity = draw(st.one_of(st.just(1), st.integers(0, 10**12)))
        found.append(Event(draw(areas), start, end, quantity))
    return found


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[str], Span, list[Event]]:
    codes = draw(trees())
    return codes, draw(spans), draw(events_in(codes))


def as_events(events: list[Event]) -> Events:
    return np.array(
        [
            (int(event.area), event.start, OPEN if event.end is None else event.end, event.quantity)
            for event in events
        ],
        dtype=EVENT,
    )


def months_of(span: Span) -> range:
    return range(span.first, span.last + 1)


@given(worlds())
@_CASES
def test_stock_is_what_began_and_has_not_ended(
    world: tuple[list[str], Span, list[Event]],
) -> None:
    codes, span, events = world
    tree = Tree(codes)
    total = tree.roll_up(stock(tree, span, as_events(events)))
    assert total.tolist() == [
        [stock_in_month(set(codes), root, month, events) for month in months_of(span)]
        for root in sorted(codes)
    ]


@given(worlds())
@_CASES
def test_flow_is_what_began_within_the_month(world: tuple[list[str], Span, list[Event]]) -> None:
    codes, span, events = world
    tree = Tree(codes)
    total = tree.roll_up(flow(tree, span, as_events(events)))
    assert total.tolist() == [
        [flow_in_months(set(codes), root, month, month, events) for month in months_of(span)]
        for root in sorted(codes)
    ]


@given(worlds())
@_CASES
def test_year_to_date_starts_in_january_or_where_the_span_opens(
    world: tuple[list[str], Span, list[Event]],
) -> None:
    codes, span, events = world
    tree = Tree(codes)
    total = year_to_date(span, tree.roll_up(flow(tree, span, as_events(events))))
    assert total.tolist() == [
        [
            flow_in_months(set(codes), root, max(month // 12 * 12, span.first), month, events)
            for month in months_of(span)
        ]
        for root in sorted(codes)
    ]


@given(st.data())
@_CASES
def test_covered_counts_the_eligible_areas_that_reach_the_threshold(data: st.DataObject) -> None:
    codes, span, events = data.draw(worlds())
    areas = data.draw(st.lists(st.sampled_from(codes), unique=True)) if codes else []
    lives = [
        Event(code, data.draw(st.integers(month_of(2024, 1), month_of(2026, 6))), None, 1)
        for code in areas
    ]
    at_least = data.draw(st.sampled_from([1, 2, 3, 10**6]))
    tree = Tree(codes)
    counts = tree.roll_up(stock(tree, span, as_events(events)))
    reached = covered(tree, stock(tree, span, as_events(lives)), counts, at_least)
    known = set(codes)
    assert reached.tolist() == [
        [
            sum(
                1
                for life in lives
                if is_below(life.area, root)
                and life.start <= month
                and stock_in_month(known, life.area, month, events) >= at_least
            )
            for month in months_of(span)
        ]
        for root in sorted(codes)
    ]


@given(st.data())
@_CASES
def test_roll_up_adds_every_subtree_once(data: st.DataObject) -> None:
    codes, span = data.draw(trees()), data.draw(spans)
    tree = Tree(codes)
    cells = st.integers(-(10**15), 10**15)
    own = np.array([[data.draw(cells) for _ in range(2)] for _ in codes], dtype=np.int64).reshape(
        len(codes), 2
    )
    order = sorted(codes)
    assert tree.codes == order
    assert len(span) == span.last - span.first + 1
    assert tree.roll_up(own.copy()).tolist() == [
        [
            sum(int(own[row, column]) for row, code in enumerate(order) if is_below(code, root))
            for column in range(2)
        ]
        for root in order
    ]


@given(worlds(), st.sampled_from([1, 2]))
@_CASES
def test_compute_takes_stock_flow_opening_and_coverage_from_their_own_events(
    world: tuple[list[str], Span, list[Event]], at_least: int
) -> None:
    codes, span, events = world
    lives = [Event(code, 0, None, 1) for code in codes if len(code) == 12]
    keys = [
        SeriesKey("measure", "there"),
        SeriesKey("measure", "came"),
        SeriesKey("opening", "came"),
        SeriesKey("coverage", "there", "stock", "places", at_least),
        SeriesKey("coverage", "came", "year", "places", at_least),
    ]
    rows = as_events(events)
    tree = Tree(codes)
    result = compute(
        tree,
        span,
        keys,
        {
            ("measure", "there"): place(tree, span, rows, is_stock=True),
            ("measure", "came"): place(tree, span, rows, is_stock=False),
            ("opening", "came"): place(tree, span, rows, is_stock=True),
            ("measure", "places"): place(tree, span, as_events(lives), is_stock=True),
        },
    )
    known, month = set(codes), span.last
    january = max(month // 12 * 12, span.first)
    for row, root in enumerate(sorted(codes)):
        below = [life.area for life in lives if is_below(life.area, root)]
        assert [int(result[key][row, -1]) for key in keys] == [
            stock_in_month(known, root, month, events),
            flow_in_months(known, root, month, month, events),
            stock_in_month(known, root, month, events),
            sum(1 for c in below if stock_in_month(known, c, month, events) >= at_least),
            sum(1 for c in below if flow_in_months(known, c, january, month, events) >= at_least),
        ]


def test_an_empty_tree_has_no_rows() -> None:
    tree, span = Tree([]), Span(month_of(2026, 1), month_of(2026, 3))
    events = as_events([Event("50", month_of(2026, 1), None, 1)])
    assert stock(tree, span, events).shape == (0, 3)
    assert tree.roll_up(flow(tree, span, events)).shape == (0, 3)
