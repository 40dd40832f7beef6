"""The tasks that an area owes now: those without progress in the running report period."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicators.models import Plan, Task
from work.board.lines import cell_link
from work.book import SILENT, TaskBook, running_period

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class OwedTasks:
    """The tasks of one plan that the user's own area has not told of, and the day they are due."""

    plan: Plan
    due_on: datetime.date
    tasks: list[tuple[Task, str]]


def owed_tasks(user: User, plans: Sequence[Plan]) -> list[OwedTasks]:
    """The tasks without progress of the user's own area in the running period of each plan."""
    if user.area is None:
        return []
    return [owed for plan in plans if (owed := _owed(user, plan)) is not None and owed.tasks]


def _owed(user: User, plan: Plan) -> OwedTasks | None:
    period = running_period(plan)
    if period is None or user.area is None or not plan.tasks.exists():
        return None
    book = TaskBook.read(plan, user.area, period)
    tasks = [
        (task, cell_link(book, task, user.area))
        for task in book.tasks
        if any(area.code == user.area.code for area in book.owing(task))
        and book.standing(task, user.area) is SILENT
    ]
    return OwedTasks(plan, period.due_on, tasks)
