"""A transition cannot reach records outside the user's area, nor does it reveal them."""

from __future__ import annotations

import pytest

from accounts.models import User
from orgs.models import VolunteerTeam
from reviews.models import Action, ReviewEvent
from reviews.services import TransitionError, approve, move_all, submit, void
from tests.types import Make

QIXINGGANG, JIEFANGBEI = "500103001003", "500103003013"


def test_a_neighbours_reviewer_approves_nothing_of_ours(
    make: Make, quji: User, jiangbei: User
) -> None:
    record = make(VolunteerTeam)
    submit(record, by=quji)
    with pytest.raises(TransitionError, match="不存在或不在您的管辖范围"):
        approve(record, by=jiangbei)
    assert move_all(VolunteerTeam.objects.all(), Action.APPROVE, by=jiangbei) == 0
    assert VolunteerTeam.objects.pending().count() == 1


def test_a_street_submits_and_voids_only_its_own(make: Make, jiedao: User) -> None:
    make(VolunteerTeam, area_id=QIXINGGANG)
    foreign = make(VolunteerTeam, area_id=JIEFANGBEI)
    with pytest.raises(TransitionError, match="不存在或不在您的管辖范围"):
        submit(foreign, by=jiedao)
    with pytest.raises(TransitionError, match="不存在或不在您的管辖范围"):
        void(foreign, by=jiedao, reason="重复")
    assert move_all(VolunteerTeam.objects.all(), Action.SUBMIT, by=jiedao) == 1
    assert VolunteerTeam.objects.pending().get().area_id == QIXINGGANG
    assert ReviewEvent.objects.get().area_id == QIXINGGANG


def test_a_problem_outside_the_own_area_does_not_hold_up_a_bulk_submission(
    make: Make, jiedao: User
) -> None:
    make(VolunteerTeam, area_id=QIXINGGANG)
    make(VolunteerTeam, area_id=JIEFANGBEI, name="")
    assert move_all(VolunteerTeam.objects.all(), Action.SUBMIT, by=jiedao) == 1


def test_a_dismissed_reviewer_moves_nothing(make: Make, quji: User, shiju: User) -> None:
    record = make(VolunteerTeam)
    submit(record, by=quji)
    shiju.is_active = False
    with pytest.raises(TransitionError):
        approve(record, by=shiju)
    assert VolunteerTeam.objects.pending().exists()
