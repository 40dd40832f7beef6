"""Bulk transitions: one UPDATE per source state for any number of records, all or nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from orgs.models import VolunteerTeam
from reviews.models import Action, ReviewEvent, Submission
from reviews.services import ProblemsFound, TransitionError, move_all
from tests.records.kinds import RECORD_KINDS, kind_name, sound
from tests.types import Make


def queries_of(kind: type[Submission], action: Action, by: User, reason: str = "") -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert move_all(kind.objects.all(), action, by=by, reason=reason)
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_submission_and_approval_take_no_more_queries_for_many_records_than_for_few(
    make: Make, quji: User, shiju: User, kind: type[Submission]
) -> None:
    counts = []
    for number in (1, 2, 7):  # the first round fills Django's and the series' own caches
        for _ in range(number):
            sound(make, kind)
        submitted = queries_of(kind, Action.SUBMIT, quji, "测试")
        approved = queries_of(kind, Action.APPROVE, shiju)
        counts.append((len(submitted), len(approved)))
    (_, few, many) = counts
    assert many[0] <= few[0], "submission"
    assert many[1] <= few[1], "approval"


def test_one_source_state_is_one_update_of_the_table(make: Make, quji: User, shiju: User) -> None:
    for _ in range(20):
        make(VolunteerTeam)
    for action, by in ((Action.SUBMIT, quji), (Action.APPROVE, shiju)):
        queries = queries_of(VolunteerTeam, action, by)
        updated = [sql for sql in queries if sql.startswith('UPDATE "orgs_volunteerteam"')]
        written = [sql for sql in queries if sql.startswith('INSERT INTO "reviews_reviewevent"')]
        # a source state without records costs one (empty) UPDATE
        assert len(updated) == (2 if action == Action.SUBMIT else 1)
        assert len(written) == 1


def test_records_in_another_state_stay_and_the_number_moved_is_returned(
    make: Make, quji: User
) -> None:
    for status in ("draft", "draft", "returned", "pending", "approved", "void"):
        make(VolunteerTeam, status=status)
    assert move_all(VolunteerTeam.objects.all(), Action.SUBMIT, by=quji) == 3
    assert VolunteerTeam.objects.pending().count() == 4
    events = ReviewEvent.objects.order_by("from_status").values_list("from_status", "to_status")
    assert list(events) == [("draft", "pending")] * 2 + [("returned", "pending")]


def test_only_records_of_the_given_set_move(make: Make, quji: User) -> None:
    chosen, left = make(VolunteerTeam, name="甲队"), make(VolunteerTeam, name="乙队")
    assert move_all(VolunteerTeam.objects.filter(name="甲队"), Action.SUBMIT, by=quji) == 1
    assert list(VolunteerTeam.objects.pending()) == [chosen]
    assert list(VolunteerTeam.objects.editable()) == [left]


def test_one_faulty_record_holds_back_all_and_is_named(make: Make, quji: User) -> None:
    make(VolunteerTeam)
    faulty = make(VolunteerTeam, name="甲队", founded_on="1900-01-01")
    make(VolunteerTeam)
    with pytest.raises(ProblemsFound, match="甲队：“成立日期”1900-01-01过早") as refusal:
        move_all(VolunteerTeam.objects.all(), Action.SUBMIT, by=quji)
    assert [record for record, _ in refusal.value.found] == [faulty]
    assert VolunteerTeam.objects.editable().count() == 3
    assert not ReviewEvent.objects.exists()


def test_a_role_that_may_not_act_is_refused_even_over_an_empty_set(
    shengting: User, quji: User
) -> None:
    for action in Action:
        with pytest.raises(TransitionError, match="观察员不能执行"):
            move_all(VolunteerTeam.objects.none(), action, by=shengting, reason="测试")
    assert move_all(VolunteerTeam.objects.all(), Action.SUBMIT, by=quji) == 0
