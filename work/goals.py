"""Verdicts on goals without a number: who gives them, and how one is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from areas.codes import level_of
from audit.acts import Act
from audit.chain.covers import cover_new
from audit.events import record
from reviews.models import REASON_LENGTH, Status
from work.models import GoalVerdict, TaskProgress, Verdict

if TYPE_CHECKING:
    from accounts.models import User


class VerdictRefused(Exception):
    """A verdict that is refused; the message is for the user."""


def may_assess(user: User, progress: TaskProgress) -> bool:
    """Whether the user may give a verdict: a reviewer of the assessor's level or above, over the area,
    who did not submit the progress."""
    task = progress.task
    return (
        task.is_goal
        and user.is_reviewer
        and user.covers(progress.area_id)
        and level_of(user.area_id or "") <= (task.assessor_level or 0)
        and progress.submitted_by_id != user.pk
    )


def give_verdict(progress: TaskProgress, verdict: str, reason: str, *, by: User) -> GoalVerdict:
    """Store a verdict on approved progress; VerdictRefused says why it is not stored."""
    reason = reason.strip()
    with transaction.atomic():
        stored = TaskProgress.objects.select_for_update().get(pk=progress.pk)
        if not may_assess(by, stored):
            raise VerdictRefused("只有评定层级的审核员可以评定，提交人不能评定自己提交的进展")
        if stored.status != Status.APPROVED:
            raise VerdictRefused("进展尚未通过审核，不能评定")
        if verdict not in Verdict.values:
            raise VerdictRefused("请选择“达到”“基本达到”或“未达到”")
        if not reason or len(reason) > REASON_LENGTH:
            raise VerdictRefused(f"请填写评定理由，不超过{REASON_LENGTH}字")
        given = GoalVerdict.objects.create(progress=stored, verdict=verdict, reason=reason, by=by)
        cover_new(given)
        record(
            Act.TRANSITION,
            about=stored,
            user=by,
            after={"操作": "评定", "结果": given.get_verdict_display()},
            detail=reason,
        )
        return given
