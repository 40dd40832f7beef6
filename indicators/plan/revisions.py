"""Changes of a plan on the site: who may make them, and the revisions that record them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from audit.acts import Act
from audit.chain.covers import cover_new
from audit.events import record as log
from indicators.models import Indicator, Plan, Revision, TargetAllocation
from indicators.plan.changes import change_words
from indicators.rules import RULE_FIELDS, rule_of
from indicators.rules.soundness import find_fault, unfit_unit
from indicators.store.series import ensure_layout
from reviews.models import text_fault

if TYPE_CHECKING:
    from accounts.models import User

_SUBJECT_LENGTH = 100
#: Who has confirmed the change that is being applied; None where one person acts alone.
_second: ContextVar[User | None] = ContextVar("second_person", default=None)


class RevisionError(Exception):
    """A change that is refused; the message is for the user, `field` names the form field."""

    def __init__(self, message: str, field: str = "") -> None:
        self.field = field
        super().__init__(message)


@contextmanager
def confirmed_by(user: User | None) -> Iterator[None]:
    """Let the revisions that are recorded within name the person who confirmed them."""
    token = _second.set(user)
    try:
        yield
    finally:
        _second.reset(token)


def may_revise(user: User, plan: Plan) -> bool:
    """Whether the user may change targets and rules: a reviewer whose area covers the plan's."""
    return user.is_reviewer and user.covers(plan.area_code)


def may_load(user: User, area_code: str) -> bool:
    """Whether the user may load and export plan files: whoever may revise, and administrators."""
    is_reviewer = user.is_reviewer and user.covers(area_code)
    return is_reviewer or (user.is_active and user.is_administrator)


def locked_plan(plan: Plan, by: User) -> Plan:
    """The plan as stored, locked: changes of one plan happen one after the other."""
    if not may_revise(by, plan):
        raise RevisionError("只有管辖本方案适用地区的审核员可以修订")
    return Plan.objects.select_for_update().get(pk=plan.pk)


def clean_reason(reason: str) -> str:
    """The reason without spaces around it; RevisionError where it is empty or too long."""
    reason = reason.strip()
    if not reason:
        raise RevisionError("请填写修订理由", "reason")
    if fault := text_fault(reason):
        raise RevisionError(fault, "reason")
    return reason


def checked(row: Model) -> None:
    """Raise RevisionError with the model's own message where a row is not sound."""
    try:
        row.full_clean()
    except ValidationError as error:
        field, said = next(iter(error.message_dict.items()))
        raise RevisionError("；".join(said), field) from None


def record(
    plan: Plan,
    subject: str,
    words: Sequence[str],
    before: Mapping[str, object],
    after: Mapping[str, object],
    *,
    by: User,
    reason: str,
    indicator: Indicator | None = None,
    document_number: str = "",
) -> Revision:
    """Record a change with old and new values, and mark the plan as edited on the site.

    `words` describe the change in Chinese; they are stored with the new values.
    """
    revision = Revision(
        plan=plan,
        indicator_code=indicator.code if indicator else "",
        subject=subject[:_SUBJECT_LENGTH],
        before=dict(before),
        after={**after, "words": list(words)},
        reason=reason,
        document_number=document_number.strip(),
        by=by,
        confirmed_by=_second.get(),
    )
    checked(revision)
    revision.save()
    cover_new(revision)
    log(
        Act.PLAN_CHANGED,
        about=plan,
        user=by,
        before=before,
        after={"修订内容": revision.subject, **after},
        detail=reason,
    )
    plan.edited_at = timezone.now()
    plan.save(update_fields=["edited_at"])
    return revision


def with_rule(indicator: Indicator, values: Mapping[str, object]) -> Indicator:
    """The indicator under another rule, not saved; RevisionError where it cannot be counted."""
    changed = copy(indicator)
    for field in RULE_FIELDS:
        setattr(changed, field, values.get(field, getattr(indicator, field)))
    if fault := find_fault(changed) or unfit_unit(changed, indicator):
        raise RevisionError(fault.message, fault.field)
    checked(changed)
    if not rule_of(changed).is_allocatable and TargetAllocation.objects.filter(
        target__indicator=indicator
    ):
        raise RevisionError("该指标的目标已分解到下级，不能改为比例类；请先取消分解", "counting")
    return changed


def rule_changes(before: Indicator, after: Indicator) -> list[str]:
    """The names of the rule's fields that differ."""
    return [name for name in RULE_FIELDS if getattr(before, name) != getattr(after, name)]


def change_rule(
    indicator: Indicator,
    values: Mapping[str, object],
    *,
    by: User,
    reason: str,
    document_number: str = "",
) -> Revision:
    """修改口径: count the indicator by another rule from now on.

    `values` by model field (`rules.RULE_FIELDS`). Sealed editions keep the rule they were sealed with.
    RevisionError when the rule cannot be counted, or changed since `indicator` was read.
    """
    reason = clean_reason(reason)
    with transaction.atomic():
        plan = locked_plan(indicator.plan, by)
        stored = Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)
        if rule_changes(stored, indicator):
            raise RevisionError("口径刚有变化，没有保存；请核对后重新修改")
        stored.plan = plan
        changed = with_rule(stored, values)
        names = rule_changes(stored, changed)
        if not names:
            raise RevisionError("口径没有变化")
        changed.save(update_fields=names)
        revision = _record_rule(plan, stored, changed, names, by, reason, document_number)
        ensure_layout()
    return revision


def _record_rule(
    plan: Plan,
    before: Indicator,
    after: Indicator,
    names: Sequence[str],
    by: User,
    reason: str,
    document_number: str,
) -> Revision:
    old, new = ({name: getattr(row, name) for name in names} for row in (before, after))
    words = [change_words(Indicator, name, old[name], new[name]) for name in names]
    return record(
        plan,
        f"修改口径：{after.name}",
        words,
        old,
        new,
        by=by,
        reason=reason,
        indicator=after,
        document_number=document_number,
    )
