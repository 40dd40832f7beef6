"""Both databases read the same events: PostgreSQL's COPY BINARY and SQLite's fetched rows agree."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from areas.models import Area
from funds.models import Donation, Fund
from indicators.models import OpeningBalance
from indicators.store.engine import ALWAYS, EVENT, OPEN, month_of
from indicators.store.events import Scope, read
from orgs.models import Charity, Training
from reviews.models import Status
from scenes.models import Scene
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU, NEIGHBOUR, QIXINGGANG
from tests.types import Make

Day = datetime.date
MARCH, MAY = month_of(2026, 3), month_of(2026, 5)
OPEN_END, ALWAYS_THERE = int(OPEN), int(ALWAYS)


def _rows(kind: str, measure: str, scope: Scope | None = None, until: Day | None = None) -> Any:
    events = read(kind, measure, scope or Scope(DISTRICT), until)
    assert events.dtype == EVENT
    return sorted(events.tolist())


def test_nothing_approved_is_no_event(district: Area, make: Make) -> None:
    make(Fund)
    assert _rows("measure", "funds") == []


def test_a_stock_has_start_and_end_and_with_a_day_nothing_later(district: Area, make: Make) -> None:
    make(Fund, status=Status.APPROVED, closed_on=Day(2026, 5, 10))
    make(Fund, status=Status.APPROVED, area_id=MINSHENGLU)
    first, second = int(HUAYIPO), int(MINSHENGLU)
    expected = [(first, MARCH, MAY, 1), (second, MARCH, OPEN_END, 1)]
    assert _rows("measure", "funds") == expected
    assert _rows("measure", "funds", until=Day(2026, 5, 10)) == expected
    assert _rows("measure", "funds", until=Day(2026, 5, 9))[0][2] == OPEN_END
    assert _rows("measure", "funds", until=Day(2026, 2, 28)) == []


def test_money_is_counted_in_fen_to_the_last(district: Area, make: Make) -> None:
    amounts = [Decimal("0.01"), Decimal("1.15"), Decimal("8.29"), Decimal("12345678901.23")]
    for amount in amounts:
        make(Donation, status=Status.APPROVED, amount_yuan=amount)
    assert [row[3] for row in _rows("measure", "raised")] == [1, 115, 829, 1234567890123]


def test_an_area_without_dates_has_always_been_there(district: Area) -> None:
    Area.objects.filter(code=HUAYIPO).update(valid_to=Day(2026, 5, 1))
    rows = {row[0]: row[1:] for row in _rows("measure", "communities")}
    assert len(rows) == 79
    assert rows[int(HUAYIPO)] == (ALWAYS_THERE, MAY, 1)
    assert rows[int(MINSHENGLU)] == (ALWAYS_THERE, OPEN_END, 1)
    early = {row[0]: row for row in _rows("measure", "communities", until=Day(2026, 4, 30))}
    assert early[int(HUAYIPO)][2] == OPEN_END


def test_a_charity_without_a_day_of_registration_is_not_counted(district: Area, make: Make) -> None:
    make(Charity, status=Status.APPROVED)
    make(Charity, status=Status.APPROVED, registered_on=Day(2026, 3, 3))
    assert _rows("measure", "charities") == [(int(DISTRICT), MARCH, OPEN_END, 1)]


def test_a_choice_of_types_and_flags_is_kept(district: Area, make: Make) -> None:
    for kind in ("donation_point", "donation_platform", "wall"):
        make(Scene, status=Status.APPROVED, type=kind)
    assert len(_rows("measure", "donation_points")) == 2
    assert len(_rows("measure", "donation_platforms")) == 1
    assert _rows("measure", "full_scenes") == []


def test_a_scope_is_everything_a_subtree_or_one_area(district: Area, make: Make) -> None:
    for code in (DISTRICT, QIXINGGANG, HUAYIPO, NEIGHBOUR):
        make(Training, status=Status.APPROVED, area_id=code)
    counts = [
        len(_rows("measure", "trained", scope))
        for scope in (
            Scope(),
            Scope("50"),
            Scope(DISTRICT),
            Scope(QIXINGGANG),
            Scope(only=DISTRICT),
        )
    ]
    assert counts == [4, 4, 3, 2, 1]


def test_opening_balances_go_where_their_period_says(district: Area, make: Make) -> None:
    def balance(measure: str, covers: str) -> None:
        make(
            OpeningBalance,
            measure=measure,
            covers=covers,
            quantity=Decimal("2.50"),
            status=Status.APPROVED,
        )

    for covers in ("all", "year"):
        balance("raised", covers)
    balance("funds", "year")
    assert _rows("measure", "raised") == [(int(HUAYIPO), MARCH, OPEN_END, 250)]
    assert _rows("opening", "raised") == [(int(HUAYIPO), MARCH, OPEN_END, 250)]
    assert _rows("measure", "funds") == []


def test_more_rows_than_one_block_are_all_there(db: None) -> None:
    Area.objects.bulk_create(
        Area(code=str(500103001000 + n), name="村", level=5, kind="village") for n in range(20_001)
    )
    events = read("measure", "communities", Scope())
    assert len(events) == 20_001
    assert sorted(events["area"].tolist()) == [500103001000 + n for n in range(20_001)]
