"""Nobody reviews what they submitted themselves, not even after a change of role."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Role, User
from orgs.models import VolunteerTeam
from reviews.models import Action, ReviewEvent
from reviews.services import TransitionError, approve, move_all, reopen, return_, submit
from tests.records.kinds import RECORD_KINDS, kind_name, sound
from tests.types import Make


@pytest.fixture
def promoted(quji: User) -> Callable[[], User]:
    """Make the clerk quji a reviewer, as happens in small bureaus."""

    def promote() -> User:
        quji.role = Role.REVIEWER
        quji.save()
        return quji

    return promote


def test_an_approver_never_approves_what_he_submitted(
    make: Make, quji: User, promoted: Callable[[], User]
) -> None:
    record = make(VolunteerTeam)
    submit(record, by=quji)
    with pytest.raises(TransitionError, match="提交人不能审核自己提交的记录"):
        approve(record, by=promoted())
    record.refresh_from_db()
    assert (record.status, record.reviewed_by) == ("pending", None)


def test_a_bulk_approval_leaves_the_own_submissions_and_approves_the_rest(
    make: Make, quji: User, jiedao: User, promoted: Callable[[], User]
) -> None:
    own, other = make(VolunteerTeam), make(VolunteerTeam)
    submit(own, by=quji)
    submit(other, by=jiedao)
    assert move_all(VolunteerTeam.objects.all(), Action.APPROVE, by=promoted()) == 1
    assert list(VolunteerTeam.objects.approved()) == [other]
    assert ReviewEvent.objects.filter(action=Action.APPROVE).get().object_id == other.pk


def test_nobody_returns_what_he_submitted(
    make: Make, quji: User, promoted: Callable[[], User]
) -> None:
    record = make(VolunteerTeam)
    submit(record, by=quji)
    with pytest.raises(TransitionError, match="提交人不能审核自己提交的记录"):
        return_(record, by=promoted(), reason="日期有误")


def test_nobody_reopens_what_he_submitted(approved: Make, promoted: Callable[[], User]) -> None:
    record = approved(VolunteerTeam)
    with pytest.raises(TransitionError, match="提交人不能审核自己提交的记录"):
        reopen(record, by=promoted(), reason="日期有误")


def test_a_bulk_return_leaves_the_own_submissions_and_returns_the_rest(
    make: Make, quji: User, jiedao: User, promoted: Callable[[], User]
) -> None:
    own, other = make(VolunteerTeam), make(VolunteerTeam)
    submit(own, by=quji)
    submit(other, by=jiedao)
    by = promoted()
    assert move_all(VolunteerTeam.objects.all(), Action.RETURN, by=by, reason="日期有误") == 1
    other.refresh_from_db()
    assert other.status == "returned"


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_the_database_refuses_one_pair_of_eyes(
    make: Make, quji: User, kind: type[VolunteerTeam]
) -> None:
    record = sound(make, kind)
    row = kind.objects.filter(pk=record.pk)
    name = f"{kind._meta.app_label}_{kind._meta.model_name}_four_eyes"
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row.update(submitted_by=quji, reviewed_by=quji)
    assert row.get().reviewed_by is None
