"""A manual figure holds until the next one of its area, whatever code the area has by then."""

from __future__ import annotations

import datetime

import pytest

from areas.successions import Successions
from indicators.store.reported import ends_of

pytestmark = pytest.mark.once  # no database
Day = datetime.date
NEW_YEAR, EVE, ON, SUMMER = Day(2025, 12, 31), Day(2026, 1, 24), Day(2026, 1, 25), Day(2026, 6, 30)
DAWAN, SHICHUAN = "500112135", "500112142"
_CHAIN = Successions([(ON, DAWAN, "500109135"), (SUMMER, "500109135", "500157135")])


@pytest.mark.parametrize(
    ("reports", "ends"),
    [
        ([(DAWAN, NEW_YEAR)], [None]),
        ([(DAWAN, NEW_YEAR), (DAWAN, EVE)], [EVE, None]),
        ([(DAWAN, NEW_YEAR), ("500109135", ON)], [ON, None]),
        # before the succession, that code in 北碚区 belonged to another place
        ([(DAWAN, NEW_YEAR), ("500109135", EVE)], [None, None]),
        # the third code is the same town from the summer on
        ([(DAWAN, NEW_YEAR), ("500157135", SUMMER)], [SUMMER, None]),
        ([(DAWAN, NEW_YEAR), ("500157135", Day(2026, 6, 29))], [None, None]),
        # a place that has another code now no longer reports under the old one
        ([(DAWAN, NEW_YEAR), ("500109135", Day(2026, 8, 1))], [None, None]),
        ([(DAWAN, NEW_YEAR), (f"{DAWAN}001", EVE), ("500109135001", ON)], [None, ON, None]),
        ([(SHICHUAN, NEW_YEAR), ("500109135", ON)], [None, None]),
        ([(DAWAN, ON), ("500109135", ON)], [None, None]),
    ],
)
def test_a_report_gives_way_to_the_next_of_its_place(
    reports: list[tuple[str, Day]], ends: list[Day | None]
) -> None:
    assert ends_of(reports, _CHAIN) == ends


def test_what_lost_its_number_on_the_way_is_not_taken_for_another_place() -> None:
    """The community of 大湾镇 has no number in 北碚区; the one in 两江新区 is another place."""
    known = {DAWAN, f"{DAWAN}001", "500109135", "500157135", "500157135001"}
    moves = [(ON, DAWAN, "500109135"), (SUMMER, "500109135", "500157135")]
    reports = [(f"{DAWAN}001", NEW_YEAR), ("500157135001", SUMMER)]
    assert ends_of(reports, Successions(moves, known)) == [None, None]
