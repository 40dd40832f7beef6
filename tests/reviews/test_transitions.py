"""Every status × transition × role: the transition with its one event, or no change at all."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Role, User
from orgs.models import VolunteerTeam
from reviews import services
from reviews.models import Action, ReviewEvent, Status
from reviews.services import TransitionError
from tests.types import Make

REASON = "依据不足"
CAST = {
    Role.CLERK: "quji",
    Role.REVIEWER: "shiju",
    Role.OBSERVER: "shengting",
    Role.ADMINISTRATOR: "guanli",
    Role.SECURITY: "anquan",
    Role.AUDITOR: "shenji",
}
TRANSITIONS: dict[Action, Callable[..., None]] = {
    Action.SUBMIT: lambda record, by: services.submit(record, by=by, reason=REASON),
    Action.APPROVE: lambda record, by: services.approve(record, by=by),
    Action.RETURN: lambda record, by: services.return_(record, by=by, reason=REASON),
    Action.REOPEN: lambda record, by: services.reopen(record, by=by, reason=REASON),
    Action.VOID: lambda record, by: services.void(record, by=by, reason=REASON),
}
ALLOWED = {
    (Status.DRAFT, Action.SUBMIT, Role.CLERK): Status.PENDING,
    (Status.RETURNED, Action.SUBMIT, Role.CLERK): Status.PENDING,
    (Status.PENDING, Action.APPROVE, Role.REVIEWER): Status.APPROVED,
    (Status.PENDING, Action.RETURN, Role.REVIEWER): Status.RETURNED,
    (Status.APPROVED, Action.REOPEN, Role.REVIEWER): Status.RETURNED,
    (Status.DRAFT, Action.VOID, Role.CLERK): Status.VOID,
    (Status.RETURNED, Action.VOID, Role.CLERK): Status.VOID,
    (Status.DRAFT, Action.VOID, Role.REVIEWER): Status.VOID,
    (Status.RETURNED, Action.VOID, Role.REVIEWER): Status.VOID,
    (Status.PENDING, Action.VOID, Role.REVIEWER): Status.VOID,
    (Status.APPROVED, Action.VOID, Role.REVIEWER): Status.VOID,
}


def standing(make: Make, status: Status, submitter: User | None = None) -> Any:
    record = make(VolunteerTeam, status=status)
    if submitter and status != Status.DRAFT:
        record.submitted_by, record.submitted_at = submitter, timezone.now()
        record.save()
    return record


def stored(record: VolunteerTeam) -> dict[str, Any]:
    return VolunteerTeam.objects.filter(pk=record.pk).values().get()


@pytest.mark.parametrize(("status", "action", "role"), ALLOWED)
def test_an_allowed_transition_moves_the_record_and_writes_one_event(
    request: pytest.FixtureRequest,
    make: Make,
    jiedao: User,
    status: Status,
    action: Action,
    role: Role,
) -> None:
    actor = request.getfixturevalue(CAST[role])
    record = standing(make, status, jiedao)
    TRANSITIONS[action](record, actor)

    target = ALLOWED[status, action, role]
    reason = "" if action == Action.APPROVE else REASON
    assert (record.status, stored(record)["status"]) == (target, target)
    event = ReviewEvent.objects.get()
    assert (event.record, event.area_id) == (record, record.area_id)
    assert (event.action, event.from_status, event.to_status) == (action, status, target)
    assert (event.by, event.reason, record.review_reason) == (actor, reason, reason)
    assert event.at <= timezone.now()


@pytest.mark.parametrize(("action", "role"), list(itertools.product(Action, Role)))
def test_a_transition_from_any_other_status_changes_nothing(
    request: pytest.FixtureRequest,
    make: Make,
    jiedao: User,
    action: Action,
    role: Role,
) -> None:
    actor = request.getfixturevalue(CAST[role])
    forbidden = [status for status in Status if (status, action, role) not in ALLOWED]
    assert forbidden
    for status in forbidden:
        record = standing(make, status, jiedao)
        before = stored(record)
        with pytest.raises(TransitionError):
            TRANSITIONS[action](record, actor)
        assert stored(record) == before
    assert not ReviewEvent.objects.exists()


def test_a_record_says_who_submitted_and_reviewed_it_last(
    make: Make, quji: User, shiju: User, jiedao: User
) -> None:
    record = make(VolunteerTeam)
    services.submit(record, by=quji)
    assert (record.submitted_by, record.reviewed_by, record.reviewed_at) == (quji, None, None)
    services.return_(record, by=shiju, reason="补充人数")
    assert (record.submitted_by, record.reviewed_by) == (quji, shiju)
    assert record.submitted_at is not None and record.reviewed_at is not None
    assert record.reviewed_at >= record.submitted_at
    services.submit(record, by=jiedao)
    assert (record.submitted_by, record.reviewed_by, record.review_reason) == (jiedao, None, "")
    services.approve(record, by=shiju)
    assert (record.submitted_by, record.reviewed_by) == (jiedao, shiju)


def test_the_whole_way_of_a_record_is_in_its_events(make: Make, quji: User, shiju: User) -> None:
    record = make(VolunteerTeam)
    services.submit(record, by=quji)
    services.approve(record, by=shiju)
    services.reopen(record, by=shiju, reason="日期有误")
    services.void(record, by=quji, reason="重复")
    events = ReviewEvent.objects.filter(object_id=record.pk).order_by("pk")
    assert list(events.values_list("from_status", "to_status", "by__username", "reason")) == [
        ("draft", "pending", "quji", ""),
        ("pending", "approved", "shiju", ""),
        ("approved", "returned", "shiju", "日期有误"),
        ("returned", "void", "quji", "重复"),
    ]


def test_a_record_is_editable_while_draft_or_returned() -> None:
    editable = {status for status in Status if VolunteerTeam(status=status).is_editable}
    assert editable == {Status.DRAFT, Status.RETURNED}
