"""The words of a report, drafted from approved progress of tasks, and the rows of its 任务清单.

For a report of `area` due on `due_on` (a report day of the plan; another day is a ValueError):

- `narrative_of(plan, area, due_on)` gives what the area and the areas below it told, in the order of
  the plan's tasks, the area's own words first; each with its source (`Said.progress`, the key of the
  `TaskProgress`). `said_lines(narrative.measures)` are finished sentences.
- `task_rows(plan, area, due_on)` gives one row for each task: the areas that owe it, how many are
  how far, the area's own words and the verdict on a goal.

Both count approved records only: a pending one is 待审核 in the rows, and silent in the words. A
plan without tasks gives empty answers. Five queries each; `rows_of` and `told_in` share one book.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from areas.models import Area
from indicators.models import Plan, Task
from reviews.models import Status
from work.book import (
    DONE,
    NOT_STARTED,
    PENDING,
    SILENT,
    UNDER_WAY,
    Standing,
    TaskBook,
    period_due,
)
from work.models import TaskProgress


@dataclass(frozen=True)
class Said:
    """What one area said of one task, and where it stands."""

    task: str
    area: str
    is_own: bool
    text: str
    #: The key of the `TaskProgress`.
    progress: int


@dataclass(frozen=True)
class Narrative:
    """The approved words of an area and the areas below it, in the order of the plan's tasks."""

    measures: tuple[Said, ...]
    results: tuple[Said, ...]
    problems: tuple[Said, ...]
    next_steps: tuple[Said, ...]


@dataclass(frozen=True)
class TaskRow:
    """One task as a line of 任务清单."""

    position: int
    name: str
    clause: str
    stage: str
    #: Who owes it, in the plan's words: `街道`.
    owed_by: str
    owing: int
    done: int
    under_way: int
    not_started: int
    pending: int
    silent: int
    #: How far the area itself is; None where it does not owe the task.
    own: Standing | None
    measures: str
    results: str
    #: The verdict on a goal with its reason, or "".
    verdict: str

    @property
    def state(self) -> str:
        """In words: the area's own state, or how many areas below are how far."""
        if self.own is not None and self.owing == 1:
            return self.own.label
        counts = (
            (DONE, self.done),
            (UNDER_WAY, self.under_way),
            (NOT_STARTED, self.not_started),
            (PENDING, self.pending),
            (SILENT, self.silent),
        )
        return (
            "，".join(f"{standing.label}{number}" for standing, number in counts if number) or "—"
        )


def narrative_of(plan: Plan, area: Area, due_on: datetime.date) -> Narrative:
    """The approved words of the area and the areas below it for one report day."""
    return told_in(_book(plan, area, due_on))


def task_rows(plan: Plan, area: Area, due_on: datetime.date) -> list[TaskRow]:
    """The plan's tasks that are owed within the area, as rows for one report day."""
    return rows_of(_book(plan, area, due_on))


def said_lines(said: Sequence[Said]) -> list[str]:
    """Sentences such as `健全协调机制（七星岗街道）：召开部署会。`, one for each source."""
    return [
        f"{each.task}{'' if each.is_own else f'（{each.area}）'}：{each.text.rstrip('。；;. ')}。"
        for each in said
    ]


def told_in(book: TaskBook) -> Narrative:
    """The words that a book holds; those of records of its own period, not of earlier ones."""
    progress = list(_approved(book))

    def said(text_of: Callable[[TaskProgress], str]) -> tuple[Said, ...]:
        return tuple(
            Said(
                task.name,
                each.area.short_name,
                each.area_id == book.root.code,
                " ".join(text_of(each).split()),
                each.pk,
            )
            for task, each in progress
            if text_of(each).strip()
        )

    return Narrative(
        said(lambda each: each.measures),
        said(lambda each: each.results),
        said(lambda each: each.problems),
        said(lambda each: each.next_steps),
    )


def _approved(book: TaskBook) -> Iterator[tuple[Task, TaskProgress]]:
    for task in book.tasks:
        owing = sorted(book.owing(task), key=lambda area: (area.code != book.root.code, area.code))
        for area in owing:
            progress = book.progress(task, area)
            if progress is not None and _is_told(book, progress):
                yield task, progress


def _is_told(book: TaskBook, progress: TaskProgress) -> bool:
    return progress.status == Status.APPROVED and progress.due_on == book.period.due_on


def rows_of(book: TaskBook) -> list[TaskRow]:
    """The tasks of a book that somebody within its root owes, as rows."""
    return [_row(book, task) for task in book.tasks if book.owing(task)]


def _row(book: TaskBook, task: Task) -> TaskRow:
    counts, root = book.standings(task), book.root
    owes = root.level in task.levels and any(area.code == root.code for area in book.areas)
    own = book.progress(task, root) if owes else None
    told = own if own is not None and own.status == Status.APPROVED else None
    verdict = book.verdict(task, root) if owes else None
    return TaskRow(
        position=task.position,
        name=task.name,
        clause=task.clause,
        stage=task.stage.name if task.stage else "",
        owed_by="、".join(book.plan.label_of(level) for level in task.levels),
        owing=counts.total(),
        done=counts[DONE],
        under_way=counts[UNDER_WAY],
        not_started=counts[NOT_STARTED],
        pending=counts[PENDING],
        silent=counts[SILENT],
        own=book.standing(task, root) if owes else None,
        measures=told.measures if told else "",
        results=told.results if told else "",
        verdict=f"{verdict.get_verdict_display()}：{verdict.reason}" if verdict else "",
    )


def _book(plan: Plan, area: Area, due_on: datetime.date) -> TaskBook:
    period = period_due(plan, due_on)
    if period is None:
        raise ValueError(f"{due_on}不是方案“{plan}”的报送日")
    return TaskBook.read(plan, area, period)
