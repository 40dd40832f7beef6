"""A transition compares the stored state, not the copy on the user's screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import Role, User
from areas.models import Area
from orgs.models import VolunteerTeam
from reviews.models import ReviewEvent
from reviews.services import TransitionError, approve, return_, submit, void
from tests.types import Make


@pytest.fixture
def copies(make: Make, quji: User) -> tuple[VolunteerTeam, VolunteerTeam]:
    """Two copies of a pending record, as two reviewers see it."""
    record = make(VolunteerTeam)
    submit(record, by=quji)
    return VolunteerTeam.objects.get(pk=record.pk), VolunteerTeam.objects.get(pk=record.pk)


def test_the_second_of_two_approvals_fails(
    copies: tuple[VolunteerTeam, VolunteerTeam], shiju: User, district: Area
) -> None:
    first, second = copies
    other = User.objects.create(username="shiju2", role=Role.REVIEWER, area=district)
    approve(first, by=shiju)
    with pytest.raises(TransitionError, match="当前为“已通过”，不能通过"):
        approve(second, by=other)
    second.refresh_from_db()
    assert second.reviewed_by == shiju
    assert ReviewEvent.objects.filter(action="approve").count() == 1


def test_a_record_returned_meanwhile_is_not_approved(
    copies: tuple[VolunteerTeam, VolunteerTeam], shiju: User
) -> None:
    first, second = copies
    return_(first, by=shiju, reason="人数有误")
    with pytest.raises(TransitionError, match="当前为“已退回”，不能通过"):
        approve(second, by=shiju)
    assert not VolunteerTeam.objects.approved().exists()


def test_a_voided_record_stays_void(
    copies: tuple[VolunteerTeam, VolunteerTeam], shiju: User, quji: User
) -> None:
    first, second = copies
    void(first, by=shiju, reason="重复")
    moves: tuple[Callable[[], object], ...] = (
        lambda: approve(second, by=shiju),
        lambda: submit(second, by=quji),
        lambda: void(second, by=shiju, reason="重复"),
    )
    for move in moves:
        with pytest.raises(TransitionError, match="已作废"):
            move()


def test_a_deleted_record_is_not_moved(
    copies: tuple[VolunteerTeam, VolunteerTeam], shiju: User
) -> None:
    first, second = copies
    first.delete()
    with pytest.raises(TransitionError, match="记录不存在或不在您的管辖范围"):
        approve(second, by=shiju)
