"""Proposing, confirming, refusing and withdrawing changes.

Confirming applies exactly what was proposed and shown, in one transaction with its audit events; it is
refused where what the change starts from has changed since.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from audit.acts import Act
from audit.events import record
from audit.macs import is_valid, mac_of
from proposals.kinds import MASK, Outcome, Proposal, ProposalRefused, change_kinds, kind_of
from proposals.models import ChangeState, PendingChange

if TYPE_CHECKING:
    from proposals.kinds import Person

_LONGEST = 500


def propose(
    proposal: Proposal, *, by: Person, reason: str = ""
) -> tuple[PendingChange, Outcome | None]:
    """Store a change that waits for its confirmation, or apply it at once where one person may.

    Returns the change and, where it was applied, its outcome. A waiting one has been tried and taken
    back, so that what cannot be done is refused here. ProposalRefused with a message for the user.
    """
    kind = kind_of(proposal.kind)
    if not kind.may_propose(by, proposal.area):
        raise ProposalRefused("您的角色不能提出这项变更")
    is_alone = not settings.SECOND_PERSON or kind.acts_alone(by, proposal.payload)
    reason = _checked_reason(reason, is_needed=not is_alone)
    with transaction.atomic():
        change = _stored(proposal, by, reason)
        _record(Act.PROPOSED, change, by)
        if is_alone:
            change.is_alone = True
            return change, _apply(change, by)
        _try(change, by)
    return change, None


def confirm(pk: int, *, by: Person) -> tuple[PendingChange, Outcome]:
    """Confirm a change and apply it. ProposalRefused where `by` may not, or it cannot be done."""
    with transaction.atomic():
        change = _locked(pk)
        require_decider(change, by)
        if not kind_of(change.kind).may_propose(change.proposed_by, change.area):
            raise ProposalRefused("提出人已不再担任相应职责，不能确认；请退回")
        if not is_valid(change.mac, _sealed(change)):
            raise ProposalRefused("该变更的内容与提出时不符，不能确认；请退回并告知审计员")
        if is_outdated(change):
            raise ProposalRefused("提出之后原状已有变化，没有生效；请退回，由提出人重新提出")
        return change, _apply(change, by)


def refuse(pk: int, *, by: Person, reason: str) -> PendingChange:
    """Refuse a change with a reason; it stays as refused."""
    reason = _checked_reason(reason, is_needed=True, name="不同意的理由")
    with transaction.atomic():
        change = _locked(pk)
        require_decider(change, by)
        change.decision = reason
        _decide(change, ChangeState.REFUSED, by)
        kind_of(change.kind).dropped(change)
        _record(Act.REJECTED, change, by, reason)
    return change


def withdraw(pk: int, *, by: Person) -> PendingChange:
    """Withdraw one's own change that nobody has decided on."""
    with transaction.atomic():
        change = _locked(pk)
        if change.proposed_by_id != by.pk:
            raise ProposalRefused("只有提出人可以撤回")
        _decide(change, ChangeState.WITHDRAWN, by)
        kind_of(change.kind).dropped(change)
        _record(Act.REJECTED, change, by, "提出人撤回")
    return change


def may_decide(change: PendingChange, user: Person) -> bool:
    """Whether a user may confirm or refuse a waiting change: another person with the right role."""
    kind = kind_of(change.kind)
    return (
        change.is_waiting
        and change.proposed_by_id != user.pk
        and bool(getattr(user, "is_active", False))
        and kind.may_confirm(user, change.area)
        and not kind.is_about(user, change.payload)
    )


def require_decider(change: PendingChange, by: Person) -> None:
    """Raise ProposalRefused unless the user may decide on the change."""
    if change.proposed_by_id == by.pk:
        raise ProposalRefused("提出人本人不能确认，须由另一人确认")
    if kind_of(change.kind).is_about(by, change.payload):
        raise ProposalRefused("涉及您本人的账号，须由另一人确认")
    if not may_decide(change, by):
        raise ProposalRefused("您的角色不能确认这项变更")


def readable_by(user: Person) -> Q:
    """Return the condition of the changes that a user may read: own ones, and those to confirm."""
    found = Q(proposed_by=user.pk)
    for kind in change_kinds():
        condition = kind.readers(user)
        if condition is not None:
            found |= Q(kind=kind.key) & condition
    return found


def is_outdated(change: PendingChange) -> bool:
    """Whether what the change starts from has changed since it was proposed."""
    return _digest(kind_of(change.kind).state(change.payload)) != change.was


def _stored(proposal: Proposal, by: Person, reason: str) -> PendingChange:
    payload = json.loads(json.dumps(dict(proposal.payload), default=str))
    change = PendingChange(
        kind=proposal.kind,
        subject=proposal.subject,
        title=proposal.title[:200],
        area=proposal.area,
        payload=payload,
        lines=[list(line) for line in proposal.lines],
        was=_digest(kind_of(proposal.kind).state(payload)),
        reason=reason,
        proposed_by_id=_key(by),
    )
    change.mac = mac_of(_sealed(change))
    try:
        with transaction.atomic():
            change.save()
    except IntegrityError:
        raise ProposalRefused(
            "该对象已有一项变更待确认；请先由他人确认或退回，或由提出人撤回"
        ) from None
    return change


def _sealed(change: PendingChange) -> list[object]:
    """Return what the mac of a change covers: all that is shown and applied, and whose it is."""
    names = ("kind", "subject", "title", "area", "payload", "lines", "was", "reason")
    return [*(getattr(change, name) for name in names), change.proposed_by_id]


def _try(change: PendingChange, by: Person) -> None:
    """Apply the change and take it back: what cannot be done is refused before it is stored."""
    with transaction.atomic():
        kind_of(change.kind).apply(change, by=by)
        transaction.set_rollback(True)


def _apply(change: PendingChange, by: Person) -> Outcome:
    _decide(change, ChangeState.DONE, by)
    outcome = kind_of(change.kind).apply(change, by=by)
    _record(Act.CONFIRMED, change, by, "一人办理" if change.is_alone else "")
    return outcome


def _decide(change: PendingChange, state: ChangeState, by: Person) -> None:
    change.state, change.decided_by_id, change.decided_at = state, by.pk, timezone.now()
    change.save(update_fields=["state", "decided_by", "decided_at", "decision", "is_alone"])


def _locked(pk: int) -> PendingChange:
    rows = PendingChange.objects.select_for_update(of=("self",)).select_related("proposed_by")
    change = rows.filter(pk=pk).first()
    if change is None:
        raise ProposalRefused("没有这项变更")
    if not change.is_waiting:
        raise ProposalRefused(f"该变更{change.get_state_display()}，不能再办理")
    return change


def _checked_reason(reason: str, *, is_needed: bool, name: str = "理由") -> str:
    reason = reason.strip()
    if is_needed and not reason:
        raise ProposalRefused(f"请填写{name}")
    if len(reason) > _LONGEST:
        raise ProposalRefused(f"{name}最多{_LONGEST}个字")
    return reason


def _key(user: Person) -> int:
    if user.pk is None:
        raise ProposalRefused("请先登录")
    return int(user.pk)


def _digest(state: object) -> str:
    text = json.dumps(state, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _record(act: Act, change: PendingChange, by: Person, detail: str = "") -> None:
    shown = [
        (label, *((MASK, MASK) if is_personal else (before, after)))
        for label, before, after, is_personal in change.lines
    ]
    record(
        act,
        about=change,
        area=change.area,
        before={label: before for label, before, _ in shown},
        after={label: after for label, _, after in shown},
        user=by,
        detail=f"{change.title}；{detail or change.reason}",
    )
