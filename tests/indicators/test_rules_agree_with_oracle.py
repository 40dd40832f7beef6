"""Every counting rule gives what plain loops give, on random trees with successions.

Without a database: hypothesis draws areas with flags and lives, successions, records, opening
balances, reports and a day. `ORACLE_CASES=50000 pytest
tests/indicators/test_rules_agree_with_oracle.py` draws that many new cases; without it, the same
1,000 are used.
"""

from __future__ import annotations

import datetime
import math
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.rules import rule_of
from tests.indicators.grounds import Ground, grounds, keys_for, month_end, rows_in_a_block, views

pytestmark = pytest.mark.once  # uses no database, or does not depend on its kind


_CASES = int(os.environ.get("ORACLE_CASES", "1000"))
_ROUND = 5000  # hypothesis remembers every case of a round
_SETTINGS = settings(
    max_examples=min(_CASES, _ROUND),
    deadline=None,
    database=None,
    derandomize="ORACLE_CASES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
_THRESHOLDS = st.sampled_from([1, 1, 2, 3, 30])


@pytest.mark.parametrize("number", range(math.ceil(_CASES / _ROUND)))
@given(grounds(), _THRESHOLDS, st.sampled_from([1, 10, 1000]), st.booleans())
@_SETTINGS
def test_every_rule_at_every_area(
    number: int,
    drawn: tuple[Ground, datetime.date],
    at_least: int,
    block_rows: int,
    is_stored: bool,
) -> None:
    ground, day = drawn
    day = month_end(day) if is_stored else day
    indicators, answer = ground.indicators(), ground.answer()
    with rows_in_a_block(block_rows):
        now, before = views(ground, day, keys_for(indicators, at_least), is_stored=is_stored)
    for indicator in indicators:
        for code in ground.codes:
            figure = rule_of(indicator).figure(code, now, before, at_least)
            right = answer.counted(indicator, code, day, at_least)
            spot = f"{indicator.counting} {indicator.measure} {code} {day}"
            assert (figure.numerator, figure.denominator) == right, spot
