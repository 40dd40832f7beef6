"""Transitions of records: atomic, compare-and-set, one event per record; bulk transitions are one
UPDATE.

Every transition moves a set of records from its allowed source states to its target state. A single
record is a set of one, so the same rule applies to both.
"""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import F, Max, Min
from django.utils import timezone

from accounts.models import Role
from accounts.webhooks.announcing import announce_records
from audit.acts import Act
from audit.chain.covers import columns_of, cover, cover_rows
from audit.events import record
from reviews.bulk import insert_from
from reviews.checks import Problem, find_all_problems
from reviews.competence import DECISIONS, STEPPED_IN, Standing
from reviews.models import (
    EDITABLE,
    RECORD_APPROVED,
    Action,
    ReviewEvent,
    Status,
    Submission,
    cover_contents,
    text_fault,
    version_of_set,
)
from reviews.privacy import masked, sensitive_fields, without_mobile_numbers
from reviews.signals import facts_changed

if TYPE_CHECKING:
    from accounts.models import User
    from reviews.querysets import AreaScopedQuerySet, SubmissionQuerySet


#: Up to how many records a transition's event names each of them.
_NAMED = 100
#: Of how many records the persons are masked in a reason: one about more names nobody.
_MOST_TOLD = 500


class Refusal(StrEnum):
    """Why a transition was refused, as a code for the API."""

    ROLE = "role"
    FOUR_EYES = "four_eyes"
    STATE = "state"
    REASON = "reason"
    SCOPE = "scope"
    LEVEL = "level"
    CHANGED = "changed"


class TransitionError(Exception):
    """The transition was refused; the Chinese message is for the user."""

    def __init__(self, message: str, refusal: Refusal = Refusal.STATE) -> None:
        self.refusal = refusal
        super().__init__(message)


class ProblemsFound(TransitionError):
    """The records have problems, so they may not be submitted as they are."""

    def __init__(self, found: list[tuple[Submission, Problem]]) -> None:
        self.found = found
        super().__init__("；".join(f"{record}：{problem.message}" for record, problem in found))


@dataclass(frozen=True)
class Rule:
    """The source states of a transition, its target state, its roles, and whether it needs a reason."""

    sources: frozenset[Status]
    target: Status
    roles: frozenset[Role]
    needs_reason: bool = False
    is_four_eyes: bool = False


_CLERK, _REVIEWER = frozenset({Role.CLERK}), frozenset({Role.REVIEWER})
RULES: dict[Action, Rule] = {
    Action.SUBMIT: Rule(EDITABLE, Status.PENDING, _CLERK),
    Action.APPROVE: Rule(
        frozenset({Status.PENDING}), Status.APPROVED, _REVIEWER, is_four_eyes=True
    ),
    Action.RETURN: Rule(
        frozenset({Status.PENDING}),
        Status.RETURNED,
        _REVIEWER,
        needs_reason=True,
        is_four_eyes=True,
    ),
    Action.REOPEN: Rule(
        frozenset({Status.APPROVED}),
        Status.RETURNED,
        _REVIEWER,
        needs_reason=True,
        is_four_eyes=True,
    ),
    Action.VOID: Rule(
        frozenset({Status.DRAFT, Status.RETURNED, Status.PENDING, Status.APPROVED}),
        Status.VOID,
        _CLERK | _REVIEWER,
        needs_reason=True,
    ),
}


def allowed_sources(action: Action, by: User) -> frozenset[Status]:
    """Return the states from which this user may take the action; empty when the role forbids it."""
    rule = RULES[action]
    if by.role not in rule.roles:
        return frozenset()
    if action == Action.VOID and by.is_clerk:  # what was submitted belongs to the reviewer
        return EDITABLE
    return rule.sources


def submit(record: Submission, *, by: User, reason: str = "") -> None:
    """Move 草稿 or 已退回 → 待审核. ProblemsFound when a check blocks, or a warning has no reason."""
    move_one(record, Action.SUBMIT, by, reason)


def approve(record: Submission, *, by: User, reason: str = "") -> None:
    """Move 待审核 → 已通过; the submitter may not do it. A higher level than the competent one needs
    a reason."""
    move_one(record, Action.APPROVE, by, reason)


def return_(record: Submission, *, by: User, reason: str) -> None:
    """Move 待审核 → 已退回; the reason says what to correct."""
    move_one(record, Action.RETURN, by, reason)


def reopen(record: Submission, *, by: User, reason: str) -> None:
    """Move 已通过 → 已退回: the record is no fact any more, and its clerk may correct it."""
    move_one(record, Action.REOPEN, by, reason)


def void(record: Submission, *, by: User, reason: str) -> None:
    """Move any state → 已作废, which is final."""
    move_one(record, Action.VOID, by, reason)


def movable(records: SubmissionQuerySet, action: Action, by: User) -> SubmissionQuerySet:
    """Return the records of the set that this user may move now."""
    rows = records.visible_to(by).filter(status__in=allowed_sources(action, by))
    if action in DECISIONS:
        too_low = Standing.of(records.model, by).is_too_low()
        rows = rows if too_low is None else rows.filter(~too_low)
    return rows.exclude(submitted_by=by) if RULES[action].is_four_eyes else rows


def move_all(
    records: SubmissionQuerySet,
    action: Action,
    *,
    by: User,
    reason: str = "",
    seen: str | None = None,
) -> int:
    """Move every record of the set that may be moved, with one UPDATE per source state.

    Records in another state, out of the user's scope or (on review) submitted by the user stay
    unchanged. `seen` is the version of the movable records that the user decided on (default: any).
    Returns the number moved. TransitionError when the role forbids the action, the reason is
    missing (also that for stepping in, see `reviews.competence`) or the records have another version; ProblemsFound, and nothing moved, when a submission
    is blocked.
    """
    rule, sources = RULES[action], allowed_sources(action, by)
    if not sources:
        raise TransitionError(f"{by.get_role_display()}不能执行“{action.label}”", Refusal.ROLE)
    reason = reason.strip()
    if rule.needs_reason and not reason:
        raise TransitionError(f"“{action.label}”须填写理由", Refusal.REASON)
    if fault := text_fault(reason):
        raise TransitionError(fault, Refusal.REASON)
    with transaction.atomic():
        scoped = _locked(movable(records, action, by), action)
        if seen is not None and seen != version_of_set(scoped):
            raise TransitionError(f"记录刚有变化，没有{action.label}", Refusal.CHANGED)
        if action == Action.SUBMIT:
            _refuse_problems(scoped, reason)
        facts, count = set[str](), 0
        parts = _with_reasons(scoped, action, by, reason)
        for source, (rows, told) in product(sorted(sources), parts):
            areas, number = _update(rows, source, action, by, told)
            count += number
            if Status.APPROVED in (source, rule.target):
                facts |= areas
        if facts:
            facts_changed.send(records.model, area_codes=facts)
    return count


def _with_reasons(
    records: SubmissionQuerySet, action: Action, by: User, reason: str
) -> list[tuple[SubmissionQuerySet, str]]:
    """Return the records with the reason to store, first those where the user steps in for a lower
    level; TransitionError when these have no reason."""
    stepping = Standing.of(records.model, by).steps_in() if action in DECISIONS else None
    if stepping is None:
        return [(records, reason)]
    number = records.filter(stepping).count()
    if number and not reason:
        message = f"其中{number}条由下级审核，代为{action.label}须填写理由"
        raise TransitionError(message, Refusal.REASON)
    told = f"{STEPPED_IN}{reason}"
    if fault := text_fault(told):
        raise TransitionError(fault, Refusal.REASON)
    return [(records.filter(stepping), told), (records, reason)]


def void_unapproved(records: SubmissionQuerySet, *, by: User, reason: str) -> int:
    """Void drafts, returned and submitted records: a clerk undoes an import.

    Approved records stay unchanged. Returns the number moved.
    """
    with transaction.atomic():
        sources = (Status.DRAFT, Status.PENDING, Status.RETURNED)
        found = _locked(records.visible_to(by).filter(status__in=sources), Action.VOID)
        return sum(_update(found, source, Action.VOID, by, reason)[1] for source in sources)


def _locked(records: SubmissionQuerySet, action: Action) -> SubmissionQuerySet:
    """Lock the records in key order, so that bulk transitions neither deadlock nor date events
    wrongly.

    A submission also blocks new rows that refer to the records, because its checks read them.
    """
    if not connection.features.has_select_for_update:  # SQLite: the transaction locks everything
        return records
    is_weak = action != Action.SUBMIT
    rows = records.order_by("pk").select_for_update(of=("self",), no_key=is_weak)
    return records.model._default_manager.filter(pk__in=list(rows.values_list("pk", flat=True)))


def _update(
    records: SubmissionQuerySet, source: Status, action: Action, by: User, reason: str
) -> tuple[set[str], int]:
    """Move the records of one source state; return the areas where they count, and their number."""
    now, stamp, target = timezone.now(), uuid.uuid4(), RULES[action].target
    changes: dict[str, object] = {
        "status": target,
        "transition_id": stamp,
        "review_reason": reason,
        "updated_at": now,
    }
    if action == Action.SUBMIT:
        changes |= {
            "submitted_by": by,
            "submitted_at": now,
            "reviewed_by": None,
            "reviewed_at": None,
        }
    elif action != Action.VOID:
        changes |= {"reviewed_by": by, "reviewed_at": now}
    if not records.order_by().filter(status=source).update(**changes):
        return set(), 0
    moved = records.model._default_manager.filter(transition_id=stamp)
    number = write_events(moved, source, action, by=by, at=now, reason=reason)
    if action == Action.APPROVE:
        announce_records(RECORD_APPROVED, moved)
    # No DISTINCT: with it SQLite would read the whole table in the order of the areas.
    areas = set(moved.order_by().values_list("area_id", flat=True))
    return areas | records.model.counted_elsewhere(stamp), number


def write_events(
    moved: SubmissionQuerySet,
    source: Status,
    action: Action,
    *,
    by: User,
    at: datetime.datetime,
    reason: str,
) -> int:
    """Write the event of each record that was moved; return their number."""
    kind = ContentType.objects.get_for_model(moved.model)
    event: dict[str, object] = {
        "content_type": kind,
        "object_id": F("pk"),
        "area": F("area_id"),
        "action": action.value,
        "from_status": source.value,
        "to_status": RULES[action].target.value,
        "by": by,
        "at": at,
        "reason": reason,
    }
    number = insert_from(ReviewEvent, moved, event)
    written = ReviewEvent.objects.filter(
        content_type=kind,
        object_id__in=moved.order_by().values("pk"),
        at=at,
        action=action.value,
    )
    keys = _covered(written, number)
    if action == Action.SUBMIT:
        cover_contents(moved)
    name = moved.model._meta.verbose_name
    record(
        Act.TRANSITION,
        user=by,
        after={"操作": action.label, "记录类别": name, "条数": number, **keys},
        detail=_told(reason, moved) if reason else "",
    )
    return number


def _told(reason: str, moved: SubmissionQuerySet) -> str:
    """Return a reason as the log keeps it, which nobody can erase: without the persons of the records."""
    kind: type[Submission] = moved.model
    names = list(sensitive_fields(kind))
    rows = moved.order_by().values_list(*names)[:_MOST_TOLD] if names else ()
    for values in rows:
        for value in filter(None, values):
            reason = reason.replace(value, masked(value))
    return without_mobile_numbers(reason)


def _covered(written: AreaScopedQuerySet, number: int) -> dict[str, object]:
    """Cover new events; return the keys of their records for the log, the ends of many."""
    if number > _NAMED:
        cover_rows(written)
        return written.order_by().aggregate(首号=Min("object_id"), 末号=Max("object_id"))
    columns = columns_of(ReviewEvent)
    rows = [(key, values) for key, *values in written.order_by("pk").values_list("pk", *columns)]
    cover(ReviewEvent._meta.label_lower, columns, rows)
    place = columns.index("object_id")
    return {"编号": sorted(values[place] for _, values in rows)}


def _refuse_problems(records: SubmissionQuerySet, reason: str) -> None:
    """Raise ProblemsFound when a record has a problem, or a warning without a reason."""
    batch = list(records.select_related(*records.model.related_for_checks))
    found = [
        (record, problem)
        for record, problems in zip(batch, find_all_problems(batch), strict=True)
        for problem in problems
        if not problem.is_warning or not reason
    ]
    if any(not problem.is_warning for _, problem in found):
        raise ProblemsFound([item for item in found if not item[1].is_warning])
    if found:
        raise ProblemsFound(found)


def move_one(record: Submission, action: Action, by: User, reason: str) -> None:
    """Move one record; TransitionError says why it may not be moved."""
    records = type(record)._default_manager.filter(pk=record.pk)
    if not move_all(records, action, by=by, reason=reason):
        raise _why_not(record, action, by)
    record.refresh_from_db()


def _why_not(record: Submission, action: Action, by: User) -> TransitionError:
    current = type(record)._default_manager.filter(pk=record.pk).first()
    if current is None or not by.covers(current.area_id):
        return TransitionError("记录不存在或不在您的管辖范围", Refusal.SCOPE)
    if RULES[action].is_four_eyes and current.submitted_by_id == by.pk:
        return TransitionError("提交人不能审核自己提交的记录", Refusal.FOUR_EYES)
    standing = Standing.of(type(record), by)
    too_low = standing.is_too_low() if action in DECISIONS else None
    if too_low is not None and type(record)._default_manager.filter(too_low, pk=record.pk).exists():
        return TransitionError(standing.refusal(action), Refusal.LEVEL)
    return TransitionError(f"记录当前为“{current.get_status_display()}”，不能{action.label}")


# --- new records -----------------------------------------------------------------------------------

#: What the first version of a record says, before its submission.
DRAFT: Mapping[str, object] = {
    "status": Status.DRAFT.value,
    "submitted_by": None,
    "submitted_at": None,
    "review_reason": "",
}


@dataclass(frozen=True)
class FirstSubmission:
    """The submission of many new records in the moment in which they are stored: by whom, why, when.

    `move_all` takes stored records: it locks them, examines them again and rewrites every row. New
    records whose checks ran in the same transaction need neither; what is stored of them is the same,
    down to the first version, which is that of a draft.
    """

    by: User
    reason: str
    at: datetime.datetime = field(default_factory=timezone.now)
    transition_id: uuid.UUID = field(default_factory=uuid.uuid4)

    def refuse_outside(self, areas: Iterable[str]) -> None:
        """Raise TransitionError when the area of a record lies out of the user's scope."""
        counts = Counter(areas)
        outside = sum(number for code, number in counts.items() if not self.by.covers(code))
        if outside:
            raise TransitionError(not_moved(self.by, Action.SUBMIT, outside), Refusal.SCOPE)

    def marks(self) -> dict[str, object]:
        """Return the columns of drafts in which the checks found no problem, as submitted ones have
        them."""
        return {
            "status": Status.PENDING,
            "review_reason": self.reason,
            "submitted_by_id": self.by.pk,
            "submitted_at": self.at,
            "transition_id": self.transition_id,
        }

    def write_events(self, rows: SubmissionQuerySet) -> None:
        """Write the event of each record, once they are stored."""
        write_events(rows, Status.DRAFT, Action.SUBMIT, by=self.by, at=self.at, reason=self.reason)


def not_moved(by: User, action: Action, number: int) -> str:
    """Return in Chinese that records were not moved, so that nothing was written."""
    return f"{by}不能{action.label}其中{number}条记录（不在管辖范围），没有写入"
