"""A manual share has no data while somebody who owes a report is silent (B16, wrong number 2)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest

from areas.models import Area
from indicators.models import ManualFigure, Plan
from indicators.rules import rule_of
from indicators.store.series import differences
from tests.indicators.conftest import indicator_text, item_of
from tests.types import Make

pytestmark = pytest.mark.once
Day = datetime.date
ON = Day(2026, 11, 20)
_OWED = """
[[duty]]
code = "report"
name = "填报"
clause = "一"
who = { level = 4 }
when = { on = "2026-12-31" }
done = { kind = "manual-figures", where = { plan_code = "own", indicator_code = "one" } }
"""


@pytest.fixture
def share(district: Area, own_plan: Callable[..., Plan]) -> Plan:
    streets = Area.objects.within(district.code).filter(level=4)
    kept = list(streets.order_by("code").values_list("code", flat=True)[:3])
    streets.exclude(code__in=kept).update(is_counted=False)
    rule = 'counting = "manual"\nduty = "report"\ntarget = [{ due_on = 2026-12-31, value = "1" }]'
    return own_plan(indicator_text(rule, unit="%"), _OWED)


@pytest.fixture
def report(approved: Make) -> Callable[..., ManualFigure]:
    def store(area: Area, done: int, of: int, day: Day = ON) -> ManualFigure:
        figure = {"plan_code": "own", "indicator_code": "one", "as_of": day}
        return approved(ManualFigure, area=area, numerator=done, denominator=of, **figure)

    return store


def test_b16_the_share_of_one_street_is_not_that_of_the_district(
    share: Plan, report: Callable[..., ManualFigure]
) -> None:
    first, second, third = Area.objects.filter(level=4, is_counted=True, code__startswith="500103")
    for area, done, of in ((first, 3, 3), (second, 1, 4)):
        report(area, done, of)
        item = item_of(share, "one", "500103", ON)
        assert (item.value, item.state) == (None, "no_data")
    assert item_of(share, "one", second.code, ON).value == Decimal("0.25")
    rule = rule_of(share.indicators.get())
    assert [short.area for short in rule.shortfalls("500103", ON, 1)] == [third]
    report(third, 1, 3)
    reports = ManualFigure.objects.all()
    done, of = sum(each.numerator for each in reports), sum(each.denominator for each in reports)
    figure = item_of(share, "one", "500103", ON).figure
    assert (figure.numerator, figure.denominator) == (done, of) == (5, 10)
    assert list(differences()) == []


def test_a_street_that_is_not_counted_owes_nothing(
    share: Plan, report: Callable[..., ManualFigure]
) -> None:
    other = Area.objects.filter(level=4, is_counted=False, code__startswith="500103")[0]
    report(other, 1, 1)
    assert item_of(share, "one", "500103", ON).value is None
    assert item_of(share, "one", other.code, ON).value == 1


def test_without_a_duty_the_reports_alone_count_as_before(
    district: Area, own_plan: Callable[..., Plan], report: Callable[..., ManualFigure]
) -> None:
    plan = own_plan(indicator_text('counting = "manual"', unit="%"))
    report(Area.objects.filter(level=4, code__startswith="500103")[0], 3, 3)
    assert item_of(plan, "one", "500103", ON).value == 1
