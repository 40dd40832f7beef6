"""A user who overrules somebody has to give a reason."""

from __future__ import annotations

import pytest

from accounts.models import User
from orgs.models import Charity, VolunteerTeam
from reviews.models import Action, ReviewEvent
from reviews.services import ProblemsFound, TransitionError, move_all, submit
from tests.types import Make

pytestmark = pytest.mark.once  # texts; their figures are tested on both databases


@pytest.mark.parametrize("action", [Action.RETURN, Action.REOPEN, Action.VOID])
@pytest.mark.parametrize("reason", ["", "  ", "\u3000\n"])
def test_return_reopen_and_void_owe_a_reason(
    make: Make, shiju: User, action: Action, reason: str
) -> None:
    status = "approved" if action == Action.REOPEN else "pending"
    record = make(VolunteerTeam, status=status)
    with pytest.raises(TransitionError, match=f"“{action.label}”须填写理由"):
        move_all(VolunteerTeam.objects.all(), action, by=shiju, reason=reason)
    record.refresh_from_db()
    assert record.status == status


def test_a_reason_is_kept_without_the_blanks_around_it(make: Make, shiju: User) -> None:
    record = make(VolunteerTeam, status="pending")
    move_all(VolunteerTeam.objects.all(), Action.RETURN, by=shiju, reason=" 人数有误\n")
    record.refresh_from_db()
    assert record.review_reason == ReviewEvent.objects.get().reason == "人数有误"


def test_a_reason_longer_than_its_field_is_refused_in_words(make: Make, shiju: User) -> None:
    """Above 500 characters, SQLite would store more and PostgreSQL would fail with a database
    error.
    """
    make(VolunteerTeam, status="pending")
    with pytest.raises(TransitionError):
        move_all(VolunteerTeam.objects.all(), Action.RETURN, by=shiju, reason="长" * 501)


def test_a_submission_with_a_warning_needs_a_reason(make: Make, quji: User) -> None:
    record = make(Charity, has_public_fundraising=True)
    with pytest.raises(ProblemsFound, match="请补填资格证书编号") as refusal:
        submit(record, by=quji)
    assert [(found.pk, problem.is_warning) for found, problem in refusal.value.found] == [
        (record.pk, True)
    ]
    submit(record, by=quji, reason="证书换发中")
    assert (record.status, record.review_reason) == ("pending", "证书换发中")


def test_a_reason_does_not_help_against_a_blocking_problem(make: Make, quji: User) -> None:
    record = make(Charity, credit_code="51500103MJ1234561X", has_public_fundraising=True)
    with pytest.raises(ProblemsFound) as refusal:
        submit(record, by=quji, reason="证书换发中")
    assert [problem.code for _, problem in refusal.value.found] == ["credit_code"]
    record.refresh_from_db()
    assert record.status == "draft"


def test_a_reason_given_for_a_warning_is_not_carried_to_the_next_submission(
    make: Make, quji: User, shiju: User, approved: Make
) -> None:
    record = approved(Charity, has_public_fundraising=True)
    move_all(Charity.objects.all(), Action.REOPEN, by=shiju, reason="补证书编号")
    with pytest.raises(ProblemsFound):
        submit(record, by=quji)
