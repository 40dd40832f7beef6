"""The page of one task at one area: its text, what was reported, the records that show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from areas.models import Area
from indicators.models import Task
from policies.naming import named_by
from reviews.addresses import list_address, page_address, record_address
from reviews.evidence.attachments import living_attachments
from reviews.kinds import record_kinds
from reviews.models import Status, Submission
from work.board.lines import cell_link
from work.book import STANDINGS, Standing, TaskBook
from work.goals import may_assess
from work.models import GoalVerdict, TaskProgress, Verdict, WorkRecord

if TYPE_CHECKING:
    from accounts.models import User

_MOST = 50


@dataclass(frozen=True)
class Register:
    """The approved records of one kind in the area: those of the period, and all up to its end."""

    name: str
    in_period: int
    total: int
    link: str


@dataclass(frozen=True)
class Below:
    """One area below that owes the task."""

    area: Area
    standing: Standing
    link: str


def build_cell(book: TaskBook, task: Task, user: User) -> dict[str, object]:
    """Build the context of `work/cell.html` for the book's root."""
    area = book.root
    owes = any(each.code == area.code for each in book.owing(task))
    progress = book.progress(task, area) if owes else None
    return {
        "task": task,
        "documents": named_by(user, task.clause, task.content, task.evidence),
        "owed_by": "、".join(book.plan.label_of(level) for level in task.levels),
        "assessor": book.plan.label_of(task.assessor_level) if task.assessor_level else "",
        "owes": owes,
        "standing": book.standing(task, area) if owes else None,
        "progress": progress,
        "is_earlier": progress is not None and progress.due_on != book.period.due_on,
        "progress_link": record_address(progress) if progress else "",
        "attachments": list(living_attachments(progress)) if progress else [],
        "add_link": _add_link(book, task, user) if owes and progress is None else "",
        "verdicts": _verdicts(progress),
        "choices": Verdict.choices if _may_judge(user, progress) else [],
        "below": _below(book, task),
        "registers": _registers(book, task),
        "work": _work(book, task),
    }


def _add_link(book: TaskBook, task: Task, user: User) -> str:
    """The address of the form for the missing progress; "" for users who enter no records there."""
    if not (user.is_clerk and user.covers(book.root.code)):
        return ""
    query = f"area={book.root.code}&task={task.pk}&due_on={book.period.due_on.isoformat()}"
    return f"{page_address(TaskProgress, 'add')}?{query}"


def _verdicts(progress: TaskProgress | None) -> list[GoalVerdict]:
    return list(progress.verdicts.select_related("by")) if progress else []


def _may_judge(user: User, progress: TaskProgress | None) -> bool:
    is_fact = progress is not None and progress.status == Status.APPROVED
    return progress is not None and is_fact and may_assess(user, progress)


def _below(book: TaskBook, task: Task) -> list[Below]:
    """The areas below that owe the task, those furthest behind last."""
    found = [
        Below(area, book.standing(task, area), cell_link(book, task, area))
        for area in book.owing(task)
        if area.code != book.root.code
    ]
    return sorted(found, key=lambda each: (STANDINGS.index(each.standing), each.area.code))


def _registers(book: TaskBook, task: Task) -> list[Register]:
    kinds = {kind.declaration.address: kind for kind in record_kinds()}
    return [_register(book, kinds[name]) for name in task.record_kinds if name in kinds]


def _register(book: TaskBook, kind: type[Submission]) -> Register:
    day, period = kind.date_field, book.period
    now = Q((f"{day}__gte", period.first), (f"{day}__lte", period.last))
    counts = (
        kind._default_manager.within(book.root.code)
        .approved()
        .filter(Q((f"{day}__lte", period.last)))
        .aggregate(now=Count("pk", filter=now), total=Count("pk"))
    )
    link = list_address(kind, street=book.root.code, status__exact=Status.APPROVED.value)
    return Register(str(kind._meta.verbose_name), counts["now"], counts["total"], link)


def _work(book: TaskBook, task: Task) -> list[tuple[WorkRecord, str]]:
    """The approved work records of the task in the period, the newest first."""
    rows = WorkRecord.objects.within(book.root.code).approved().filter(task=task)
    rows = rows.filter(held_on__gte=book.period.first, held_on__lte=book.period.last)
    found = rows.select_related("area").order_by("-held_on", "pk")[:_MOST]
    return [(record, record_address(record)) for record in found]
