"""What may be excused; and each due day reminds its area once, until the duty is done."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from areas.services import register_succession
from dates.due_items import DueItem, due_kind
from indicators.duties.due import DUTY_DUE
from indicators.duties.instances import Asked, DutyState, counts_in, instances, page_of, tables_of
from indicators.models import DutyExcuse, Plan
from orgs.models import Charity
from reports.filing.reminding import remind, reminder_text
from reports.models import Reminder
from reviews.checks import find_problems
from reviews.models import Status
from reviews.services import reopen
from supervision.models import AuditReport, GuidanceVisit, HotlineNotice
from tests.conftest import DISTRICT, HUAYIPO, QIXINGGANG
from tests.indicators.conftest import indicator_text, item_of
from tests.indicators.duties.test_plan_files import duty_text
from tests.types import Make

pytestmark = pytest.mark.once
Day = datetime.date
Load = Callable[..., Plan]
AUDITS = {
    "code": '"audits"',
    "name": '"上年度审计"',
    "who": '{ kind = "charities" }',
    "when": '{ every = "year", due = "03-31", of = "last_year" }',
    "done": '{ kind = "audit-reports" }',
    "reminders": "[14, -1]",
}


@pytest.fixture
def plan(own_plan: Load) -> Plan:
    rule = 'counting = "duty"\nduty = "{}"'
    return own_plan(
        indicator_text(rule.format("visits"), "visits", "%"),
        duty_text(reminders="[14, 1, -1]"),
        duty_text(**AUDITS),
        duty_text(code='"strict"', excusable="false"),
    )


def _state(plan: Plan, day: Day, code: str = "visits") -> DutyState:
    duties = list(plan.duties.filter(code=code).select_related("plan"))
    asked = Asked(QIXINGGANG, day, Day(2026, 3, 1), Day(2026, 3, 31))
    return page_of(duties, asked).rows[0].state


def test_the_states_of_one_quarter(plan: Plan, approved: Make, shiju: User) -> None:
    assert _state(plan, Day(2026, 1, 1)) == DutyState.NOT_DUE
    assert _state(plan, Day(2026, 3, 16)) == DutyState.NOT_DUE
    assert _state(plan, Day(2026, 3, 17)) == DutyState.DUE_SOON
    assert _state(plan, Day(2026, 3, 31)) == DutyState.DUE_SOON
    assert _state(plan, Day(2026, 4, 1)) == DutyState.OVERDUE
    visit = approved(GuidanceVisit, area_id=HUAYIPO, visited_on=Day(2026, 3, 31))
    assert _state(plan, Day(2026, 3, 30)) == DutyState.DUE_SOON
    assert _state(plan, Day(2026, 4, 1)) == DutyState.DONE
    reopen(visit, reason="核对", by=shiju)
    assert _state(plan, Day(2026, 4, 1)) == DutyState.OVERDUE


def test_a_visit_of_the_next_quarter_is_of_the_next_quarter(plan: Plan, approved: Make) -> None:
    approved(GuidanceVisit, area_id=HUAYIPO, visited_on=Day(2026, 4, 1))
    assert _state(plan, Day(2026, 4, 1)) == DutyState.OVERDUE
    street = item_of(plan, "visits", QIXINGGANG, Day(2026, 4, 1)).figure
    assert (street.numerator, street.denominator) == (1, 1)
    whole = item_of(plan, "visits", DISTRICT, Day(2026, 4, 1)).figure
    assert (whole.numerator, whole.denominator) == (1, 11)  # ten others are silent
    before = item_of(plan, "visits", DISTRICT, Day(2026, 3, 31)).figure
    assert (before.numerator, before.denominator) == (0, 11)


def test_late_is_done_from_its_day_and_stays_late(plan: Plan, approved: Make) -> None:
    approved(Charity, registered_on=Day(2020, 1, 1), area_id=QIXINGGANG)
    charity = Charity.objects.get()
    approved(AuditReport, charity=charity, year="2025", reported_on=Day(2026, 4, 20))
    assert _state(plan, Day(2026, 4, 19), "audits") == DutyState.OVERDUE
    assert _state(plan, Day(2026, 4, 20), "audits") == DutyState.LATE
    assert _state(plan, Day(2029, 1, 1), "audits") == DutyState.LATE


# --- excuses ------------------------------------------------------------------------------------


_NEW = "500103999"


def _excuse(**values: object) -> DutyExcuse:
    given = {
        "plan_code": "own",
        "duty_code": "visits",
        "area_id": QIXINGGANG,
        "debtor": QIXINGGANG,
        "period": "2026-Q1",
        "excused_on": Day(2026, 3, 20),
        "reason": "汛期停办",
    }
    return DutyExcuse(**given | values)


def test_an_excuse_takes_the_street_out_from_its_day(plan: Plan, approved: Make) -> None:
    values = {name: getattr(_excuse(), name) for name in ("duty_code", "debtor", "period")}
    approved(
        DutyExcuse,
        area_id=QIXINGGANG,
        plan_code="own",
        excused_on=Day(2026, 3, 20),
        reason="汛期停办",
        **values,
    )
    assert _state(plan, Day(2026, 3, 19)) == DutyState.DUE_SOON
    assert _state(plan, Day(2026, 3, 20)) == DutyState.EXCUSED
    assert _state(plan, Day(2026, 4, 2)) == DutyState.EXCUSED
    owed = [item_of(plan, "visits", DISTRICT, Day(2026, 3, day)).figure for day in (19, 20)]
    assert [figure.denominator for figure in owed] == [11, 10]
    approved(GuidanceVisit, area_id=HUAYIPO, visited_on=Day(2026, 3, 25))
    assert _state(plan, Day(2026, 3, 24)) == DutyState.EXCUSED
    assert _state(plan, Day(2026, 3, 25)) == DutyState.DONE  # done all the same
    figure = item_of(plan, "visits", DISTRICT, Day(2026, 3, 31)).figure
    assert (figure.numerator, figure.denominator) == (1, 11)


def _hotline(own_plan: Load, approved: Make, **days: Day) -> DutyState:
    """The state on 1 May of a duty to have published a hotline by 31 March, with one of these days."""
    plan = own_plan(
        duty_text(
            who="{ level = 3 }",
            when='{ on = "2026-03-31" }',
            done='{ kind = "hotline-notices" }',
            **{"from": "2020-01-01"},
        )
    )
    approved(HotlineNotice, area_id=DISTRICT, published_on=Day(2025, 5, 1), **days)
    duties = list(plan.duties.select_related("plan"))
    asked = Asked(DISTRICT, Day(2026, 5, 1), Day(2026, 3, 1), Day(2026, 3, 31))
    return page_of(duties, asked).rows[0].state


@pytest.mark.parametrize(
    ("days", "state"),
    [
        ({}, DutyState.DONE),
        ({"ended_on": Day(2026, 4, 1)}, DutyState.DONE),
        ({"ended_on": Day(2026, 3, 31)}, DutyState.OVERDUE),
        ({"ended_on": Day(2025, 12, 1)}, DutyState.OVERDUE),
    ],
)
def test_a_hotline_stands_on_the_day_it_is_due(
    own_plan: Load, approved: Make, days: dict[str, Day], state: DutyState
) -> None:
    assert _hotline(own_plan, approved, **days) == state


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"duty_code": "other"}, "duty_code", "没有履责事项“other”"),
        ({"duty_code": "strict"}, "duty_code", "不得免除"),
        ({"debtor": "500103002"}, "debtor", "应与所属地区一致，填500103001"),
        ({"area_id": HUAYIPO, "debtor": HUAYIPO}, "area", "由4级地区办理，所属地区是5级"),
        ({"period": "2026-01"}, "period", "没有期次“2026-01”，可填：2028-Q1"),
        ({"duty_code": "audits", "debtor": "999"}, "debtor", "没有编号为“999”"),
        ({"duty_code": "audits", "debtor": "甲"}, "debtor", "没有编号为“甲”"),
    ],
)
def test_what_cannot_be_excused_is_said(
    plan: Plan, values: dict[str, str], field: str, words: str
) -> None:
    assert find_problems(_excuse()) == []
    (problem,) = find_problems(_excuse(**values))
    assert problem.field == field and words in problem.message


def test_what_a_street_did_before_it_was_renamed_stays_done(plan: Plan, approved: Make) -> None:
    """Its charities owe in the street that it became, and are excused there."""
    approved(GuidanceVisit, area_id=HUAYIPO, visited_on=Day(2026, 3, 2))
    charity = approved(Charity, registered_on=Day(2020, 1, 1), area_id=QIXINGGANG)
    register_succession(QIXINGGANG, _NEW, Day(2026, 5, 1), name="枇杷山街道")
    day, span = Day(2026, 7, 1), (Day(2026, 1, 1), Day(2026, 6, 30))
    for root in (DISTRICT, QIXINGGANG):
        visits = instances([plan.duties.get(code="visits")], root, day, *span)
        states = {(each.debtor.key, each.period_code): each.state for each in visits}
        assert states[QIXINGGANG, "2026-Q1"] == DutyState.DONE
        assert (QIXINGGANG, "2026-Q2") not in states
    audits = [plan.duties.get(code="audits")]
    for root, number in ((DISTRICT, 1), (_NEW, 1), (QIXINGGANG, 0)):
        found = counts_in(tables_of(audits, Asked(root, day, *span)), day, 4)
        assert found == ({("audits", _NEW): {DutyState.OVERDUE: 1}} if number else {})
    values = {"duty_code": "audits", "debtor": str(charity.pk), "period": "2025"}
    with time_machine.travel(day):
        assert find_problems(_excuse(area_id=_NEW, **values)) == []
        assert find_problems(_excuse(area_id="500103003", **values)) != []


# --- reminders ----------------------------------------------------------------------------------


def _items(day: Day, code: str = "") -> list[DueItem]:
    found = due_kind(DUTY_DUE).owed(day)
    return [item for item in found if item.key.startswith(f"own/{code}")]


def test_a_reminder_goes_out_once_a_mark(plan: Plan, approved: Make, jiedao: User) -> None:
    plan.duties.filter(code="strict").delete()
    remind(Day(2026, 3, 17))
    assert Reminder.objects.filter(kind=DUTY_DUE).count() == 11
    for day in (17, 18, 29):
        assert remind(Day(2026, 3, day)) == 0
    approved(GuidanceVisit, area_id=HUAYIPO, visited_on=Day(2026, 3, 29))
    assert remind(Day(2026, 3, 30)) == 10  # one street has done it
    assert remind(Day(2026, 3, 31)) == 0
    assert remind(Day(2026, 4, 1)) == 10
    key = f"own/visits/{QIXINGGANG}/2026-Q1/"
    marks = Reminder.objects.filter(key=key).values_list("mark", flat=True)
    assert list(marks) == [14]
    item = due_kind(DUTY_DUE).find(key)
    assert item is not None and item.title == "七星岗街道2026年第1季度“每季度工作指导”"


def test_charities_of_an_area_are_reminded_of_together(plan: Plan, approved: Make) -> None:
    for name in ("甲会", "乙会", "丙会", "丁会"):
        approved(Charity, name=name, registered_on=Day(2020, 1, 1), area_id=QIXINGGANG)
    (item,) = _items(Day(2026, 3, 20), "audits")
    assert item.title == "甲会、乙会、丙会等4个2025年度“上年度审计”"
    assert (item.area_code, item.due_on, item.is_done) == (QIXINGGANG, Day(2026, 3, 31), False)
    reminder = Reminder.by_calendar(item, 14, Day(2026, 3, 20))
    assert "应于2026年3月31日前完成，还有11天。" in reminder_text(reminder, item)
    for charity in Charity.objects.order_by("pk"):
        approved(AuditReport, charity=charity, year="2025", reported_on=Day(2026, 3, 19))
    assert _items(Day(2026, 3, 20), "audits") == []
    found = due_kind(DUTY_DUE).find(item.key)
    assert found is not None and found.is_done


def test_what_is_long_overdue_floods_nobody(plan: Plan, district: object) -> None:
    assert _items(Day(2026, 8, 1), "visits/500103001/2026-Q1") == []
    assert due_kind(DUTY_DUE).find("own/none/500103001/2026-Q1/") is None


def test_the_number_of_statements_does_not_grow(plan: Plan, make: Make, shiju: User) -> None:
    duties = list(plan.duties.select_related("plan"))
    asked = Asked(DISTRICT, Day(2026, 3, 20), Day(2026, 1, 1), Day(2027, 12, 31))
    counts = []
    for number in (1, 20):
        Charity.objects.bulk_create(
            Charity(
                name=f"{number}会{at}",
                area_id=QIXINGGANG,
                status=Status.APPROVED,
                submitted_by=None,
                reviewed_by=shiju,
            )
            for at in range(number)
        )
        with CaptureQueriesContext(connection) as queries:
            assert page_of(duties, asked).total > number
            counts_in(tables_of(duties, asked), asked.day, 4)
        counts.append(len(queries))
    assert counts[0] == counts[1] < 30
