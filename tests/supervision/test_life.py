"""The life of an inspection: 抽查 → 责令整改 → 整改完成 or 移交; no step is skipped or dated backwards."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from areas.models import Area
from reviews.checks import find_problems
from reviews.models import Status, Submission
from reviews.services import ProblemsFound, approve, reopen, submit, void
from supervision.life import Case, CaseState, Finding, Step, StepKind, faults, state_on
from supervision.models import (
    Complaint,
    GuidanceVisit,
    Inspection,
    Rectification,
    Referral,
    steps_of,
)
from tests.records.kinds import sound
from tests.types import Make

Day = datetime.date
MARCH = Day(2026, 3, 1)
DUE = Day(2026, 4, 5)
LATE = Day(2026, 4, 6)


def _inspection(make: Make, finding: Finding, **values: Any) -> Inspection:
    given = {"demands": "补齐决议", "rectify_by": DUE} if finding == Finding.PROBLEMS else {}
    others = {"demands": "", "rectify_by": None}
    return make(Inspection, finding=finding, inspected_on=MARCH, **(others | given | values))


def _rectified(
    make: Make, inspection: Inspection, result: str, on: Day, done: Day | None = None
) -> Rectification:
    return make(
        Rectification,
        inspection=inspection,
        result=result,
        rectified_on=done or on,
        accepted_on=on,
        measures=f"整改{on}",
    )


def _referred(make: Make, inspection: Inspection, on: Day) -> Referral:
    return make(Referral, inspection=inspection, referred_on=on, receiver_name="公安机关")


def _codes(record: Submission) -> list[str]:
    return [problem.code for problem in find_problems(record)]


def _said(record: Submission) -> str:
    return "；".join(problem.message for problem in find_problems(record))


@pytest.fixture
def fact(quji: User, shiju: User) -> Any:
    """`fact(record)`: submitted and approved."""

    def approved(record: Submission) -> Submission:
        submit(record, by=quji, reason="测试")
        approve(record, by=shiju)
        return record

    return approved


# --- every transition, as records -----------------------------------------------------------------


def test_problems_are_put_right_and_accepted(make: Make, fact: Any) -> None:
    inspection = fact(_inspection(make, Finding.PROBLEMS))
    assert inspection.stage in ("整改中", "逾期未整改")
    fact(_rectified(make, inspection, "failed", Day(2026, 3, 20)))
    assert inspection.stage == "逾期未整改"
    fact(_rectified(make, inspection, "passed", Day(2026, 3, 28)))
    assert inspection.stage == "整改完成"


def test_what_is_overdue_is_referred(make: Make, fact: Any) -> None:
    inspection = fact(_inspection(make, Finding.PROBLEMS))
    assert "未到" in _said(_referred(make, inspection, DUE))
    fact(_referred(make, inspection, LATE))
    assert inspection.stage == "已移交"


def test_what_was_not_accepted_is_referred_before_its_due_day(make: Make, fact: Any) -> None:
    inspection = fact(_inspection(make, Finding.PROBLEMS))
    fact(_rectified(make, inspection, "failed", Day(2026, 3, 20)))
    assert _codes(_referred(make, inspection, Day(2026, 3, 19))) == ["step"]
    fact(_referred(make, inspection, Day(2026, 3, 21)))
    assert inspection.stage == "已移交"


def test_a_violation_is_referred_at_once_and_not_rectified(make: Make, fact: Any) -> None:
    inspection = fact(_inspection(make, Finding.VIOLATION))
    assert inspection.stage == "待移交"
    assert "应登记移交" in _said(_rectified(make, inspection, "passed", DUE))
    fact(_referred(make, inspection, MARCH))
    assert inspection.stage == "已移交"
    assert "已于2026-03-01移交" in _said(_referred(make, inspection, DUE))


def test_where_nothing_was_found_nothing_follows(make: Make, fact: Any) -> None:
    inspection = fact(_inspection(make, Finding.SOUND))
    assert inspection.stage == "未发现问题"
    assert "没有要整改的" in _said(_rectified(make, inspection, "passed", DUE))
    assert "不能移交" in _said(_referred(make, inspection, LATE))


def test_nothing_follows_an_accepted_rectification(make: Make, fact: Any) -> None:
    inspection = fact(_inspection(make, Finding.PROBLEMS))
    fact(_rectified(make, inspection, "passed", Day(2026, 3, 20)))
    assert "已于2026-03-20验收合格" in _said(_referred(make, inspection, LATE))
    assert "已于2026-03-20验收合格" in _said(_rectified(make, inspection, "failed", LATE))


def test_no_step_is_dated_backwards(make: Make, fact: Any) -> None:
    inspection = fact(_inspection(make, Finding.PROBLEMS))
    before = Day(2026, 2, 28)
    assert "早于抽查" in _said(_rectified(make, inspection, "passed", DUE, done=before))
    assert "step" in _codes(_referred(make, inspection, before))
    fact(_rectified(make, inspection, "failed", Day(2026, 3, 20)))
    again = _rectified(make, inspection, "passed", Day(2026, 3, 25), done=Day(2026, 3, 19))
    assert "早于上一次验收日期2026-03-20" in _said(again)


def test_a_step_before_one_that_is_there_may_not_contradict_it(make: Make, fact: Any) -> None:
    inspection = fact(_inspection(make, Finding.PROBLEMS))
    fact(_rectified(make, inspection, "passed", Day(2026, 3, 20)))
    assert "与已登记的" in _said(_rectified(make, inspection, "passed", Day(2026, 3, 10)))


def test_two_steps_of_one_batch_see_each_other(make: Make, quji: User) -> None:
    inspection = _inspection(make, Finding.PROBLEMS)
    steps = [_rectified(make, inspection, "passed", day) for day in (DUE, LATE)]
    submit(steps[0], by=quji)
    with pytest.raises(ProblemsFound, match="验收合格"):
        submit(steps[1], by=quji)


def test_an_inspection_with_steps_keeps_what_they_rest_on(
    make: Make, fact: Any, shiju: User, quji: User
) -> None:
    inspection = fact(_inspection(make, Finding.PROBLEMS))
    fact(_rectified(make, inspection, "passed", Day(2026, 3, 20)))
    reopen(inspection, by=shiju, reason="更正")
    for values in (
        {"finding": Finding.SOUND, "demands": "", "rectify_by": None},
        {"inspected_on": Day(2026, 3, 21)},
    ):
        changed = Inspection.objects.get(pk=inspection.pk)
        for name, value in values.items():
            setattr(changed, name, value)
        assert _codes(changed) == ["follow_up"]
    submit(inspection, by=quji)
    approve(inspection, by=shiju)
    assert inspection.stage == "整改完成"


def test_a_voided_step_is_no_step(make: Make, fact: Any, shiju: User) -> None:
    inspection = fact(_inspection(make, Finding.PROBLEMS))
    step = fact(_rectified(make, inspection, "passed", Day(2026, 3, 20)))
    void(step, by=shiju, reason="误报")
    assert inspection.stage == "逾期未整改"
    assert _codes(_rectified(make, inspection, "passed", DUE)) == []


def test_the_problems_of_a_guidance_visit_are_put_right_too(make: Make, fact: Any) -> None:
    visit = fact(make(GuidanceVisit, visited_on=MARCH, problems="账目不全", rectify_by=DUE))
    idle = fact(make(GuidanceVisit, visited_on=MARCH, content="座谈"))
    values = {"rectified_on": DUE, "accepted_on": DUE, "result": "passed"}
    assert _codes(make(Rectification, visit=visit, **values)) == []
    assert "没有要整改的" in _said(make(Rectification, visit=idle, **values))


def test_a_complaint_is_referred_once(make: Make, fact: Any) -> None:
    complaint = fact(sound(make, Complaint))
    fact(make(Referral, complaint=complaint, referred_on=complaint.received_on))
    assert _codes(make(Referral, complaint=complaint, referred_on=LATE)) == ["step"]


def test_an_unfinished_case_is_told(district: Area, make: Make) -> None:
    inspection = _inspection(make, Finding.PROBLEMS)
    Inspection.objects.filter(pk=inspection.pk).update(finding="")
    assert _codes(_rectified(make, inspection, "passed", DUE)) == ["case"]


# --- any order of events ---------------------------------------------------------------------------

_days = st.dates(Day(2026, 2, 20), Day(2026, 4, 20))
_cases = st.one_of(
    st.builds(Case, st.just("抽查"), _days, st.just(Finding.SOUND)),
    st.builds(Case, st.just("抽查"), _days, st.just(Finding.VIOLATION)),
    st.builds(Case, st.just("抽查"), _days, st.just(Finding.PROBLEMS), _days),
)
_steps = st.lists(st.builds(Step, st.sampled_from(StepKind), _days, _days | st.none()), max_size=6)


@pytest.mark.once
@given(case=_cases, offered=_steps, day=_days)
def test_no_order_of_events_gives_an_impossible_state(
    case: Case, offered: list[Step], day: Day
) -> None:
    """Each step is taken only if the check accepts it after those that were taken before."""
    taken: list[Step] = []
    for step in offered:
        if not faults(case, [*taken, step]):
            taken.append(step)
    kinds = sorted((step.on, list(StepKind).index(step.kind), step.kind) for step in taken)
    order = [kind for _, _, kind in kinds]
    assert all((step.done_on or step.on) >= case.began_on for step in taken)
    assert all(step.on >= (step.done_on or step.on) for step in taken)
    assert sum(kind != StepKind.FAILED for kind in order) <= 1  # completed or referred, once
    assert all(kind == StepKind.FAILED for kind in order[:-1])  # and nothing after it
    state = state_on(case, taken, day)
    past = {step.kind for step in taken if step.on <= day}
    if case.finding == Finding.SOUND:
        assert (order, state) == ([], CaseState.SOUND)
    elif case.finding == Finding.VIOLATION:
        assert set(order) <= {StepKind.REFERRED}
        assert state == (CaseState.REFERRED if past else CaseState.TO_REFER)
    else:
        assert case.due_on is not None
        expected = CaseState.OVERDUE if day > case.due_on else CaseState.RECTIFYING
        expected = CaseState.RECTIFIED if StepKind.PASSED in past else expected
        expected = CaseState.REFERRED if StepKind.REFERRED in past else expected
        assert state == expected
        if StepKind.REFERRED in order:
            referred = next(step for step in taken if step.kind == StepKind.REFERRED)
            assert len(order) > 1 or referred.on > case.due_on


def test_the_steps_of_all_cases_are_read_by_as_many_queries_as_kinds_of_steps(
    make: Make, fact: Any, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        inspection = fact(_inspection(make, Finding.PROBLEMS, number=f"查{number}"))
        fact(_rectified(make, inspection, "passed", DUE))
    with django_assert_num_queries(2):
        found = steps_of(Inspection)
    assert [len(steps) for steps in found.values()] == [1, 1, 1]
    assert {record.status for record in Rectification.objects.all()} == {Status.APPROVED}
