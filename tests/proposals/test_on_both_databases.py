"""Proposals are stored, compared and applied alike on SQLite and PostgreSQL (pages: `tests/web`)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.api.tokens import find_valid_token
from accounts.confirming.making import account_change, new_account, new_integration
from accounts.models import Role, User
from areas.models import Area
from areas.proposing import area_proposal, succession_proposal
from indicators.models import Plan
from indicators.plan.proposing.making import allocation_proposal, target_proposal
from proposals.kinds import Proposal, ProposalRefused
from proposals.models import ChangeState, PendingChange
from proposals.services import confirm, is_outdated, propose
from tests.conftest import DISTRICT, NEIGHBOUR, QIXINGGANG


@pytest.fixture(autouse=True)
def _two_persons(settings: Settings) -> None:
    settings.SECOND_PERSON = True


def _target() -> Proposal:
    target = (
        Plan.objects.get()
        .indicators.get(code="funds")
        .targets.get(due_on__year=2026, place="annex")
    )
    return target_proposal(
        target, value=Decimal("23.50"), operator=">=", at_least=None, document_number=""
    )


def _allocation() -> Proposal:
    target = Plan.objects.get().indicators.get(code="raised").targets.earliest("due_on")
    return allocation_proposal(target, {QIXINGGANG: target.value})


def _area() -> Proposal:
    stored = Area.objects.get(code=QIXINGGANG)
    wanted = Area.objects.get(code=QIXINGGANG)
    wanted.is_counted = False
    return area_proposal(wanted, stored)


def _succession() -> Proposal:
    old, on = Area.objects.get(code=NEIGHBOUR), datetime.date(2026, 1, 25)
    return succession_proposal(
        old, "500199", on, name="新江北区", document_number="", carries_records=True
    )


def _account() -> Proposal:
    return new_account(User(username="xinren", role=Role.REVIEWER, area_id=DISTRICT))


def _role() -> Proposal:
    stored, wanted = (User.objects.get(username="jiedao") for _ in range(2))
    wanted.role = Role.REVIEWER
    return account_change(stored, wanted, ["role"])


def _token() -> Proposal:
    day = timezone.localdate() + datetime.timedelta(days=30)
    return new_integration("平台", Role.OBSERVER, Area.objects.get(code=DISTRICT), day)


@pytest.mark.parametrize(
    ("make", "by", "second"),
    [
        (_allocation, "shiju", "guanli"),
        (_area, "guanli", "anquan"),
        (_succession, "guanli", "anquan"),
        (_account, "anquan", "guanli"),
        (_role, "anquan", "guanli"),
        (_token, "anquan", "guanli"),
    ],
)
def test_what_was_proposed_is_what_is_applied(
    make: Callable[[], Proposal],
    by: str,
    second: str,
    yuzhong: Plan,
    shiju: User,
    jiedao: User,
    guanli: User,
    anquan: User,
) -> None:
    proposer, other = (User.objects.get(username=name) for name in (by, second))
    change, outcome = propose(make(), by=proposer, reason="试")
    assert outcome is None
    stored = PendingChange.objects.get(pk=change.pk)
    assert not is_outdated(stored)
    with pytest.raises(ProposalRefused, match="已有一项变更待确认"):
        propose(make(), by=proposer, reason="试")
    done, applied = confirm(change.pk, by=other)
    assert done.state == ChangeState.DONE
    if make is _token:
        assert find_valid_token(applied.secret)
    with pytest.raises(ProposalRefused, match="已生效"):
        confirm(change.pk, by=other)


def test_what_cannot_be_done_is_refused_when_it_is_proposed(yuzhong: Plan, shiju: User) -> None:
    with pytest.raises(ProposalRefused, match="整数"):
        propose(_target(), by=shiju, reason="试")
    assert not PendingChange.objects.exists()


def test_the_database_takes_no_confirmation_by_the_proposer(yuzhong: Plan, guanli: User) -> None:
    change, _ = propose(_area(), by=guanli, reason="试")
    rows = PendingChange.objects.filter(pk=change.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state=ChangeState.DONE, decided_by=guanli)
