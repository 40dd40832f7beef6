"""任务清单: how the tasks of a plan stand within an area in a report period, and what areas told."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from areas.models import Area
from indicators.models import Plan
from reports.schema.content import SealedTask
from work.book import TaskBook, period_due
from work.summary import TaskRow, rows_of, said_lines, told_in

#: How many sentences of one kind a draft takes over; the others are in the registers.
_MOST_SAID = 10


@dataclass(frozen=True)
class TaskWords:
    """Sentences from approved progress of tasks: measures with results, problems, next steps."""

    measures: Sequence[str] = ()
    problems: Sequence[str] = ()
    next_steps: Sequence[str] = ()


class TasksRead:
    """The tasks of a plan in one report period, read once for all reports in a subtree.

    Everything is counted from the records, so the areas below add up to the area.
    """

    def __init__(self, plan: Plan, root: str, due_on: datetime.date) -> None:
        self.plan, self.root, self.due_on = plan, root, due_on

    @cached_property
    def _book(self) -> TaskBook | None:
        """The book of the whole subtree; None where the plan has no such period or no area."""
        period = period_due(self.plan, self.due_on)
        root = Area.objects.filter(code=self.root).first()
        return TaskBook.read(self.plan, root, period) if period and root else None

    def _of(self, area: Area) -> TaskBook | None:
        return replace(self._book, root=area) if self._book else None

    def lines_of(self, area: Area) -> list[SealedTask]:
        """Return a line for each task that is owed within the area."""
        book = self._of(area)
        return [_line(row) for row in rows_of(book)] if book else []

    def words_of(self, area: Area) -> TaskWords:
        """Return what the area, then the areas below it told, as sentences."""
        book = self._of(area)
        if book is None:
            return TaskWords()
        told = told_in(book)
        return TaskWords(
            measures=_first(said_lines([*told.measures, *told.results])),
            problems=_first(said_lines(told.problems)),
            next_steps=_first(said_lines(told.next_steps)),
        )


def _first(lines: Sequence[str]) -> list[str]:
    """Return the first sentences, and how many more there are."""
    left = len(lines) - _MOST_SAID
    return [*lines[:_MOST_SAID], *([f"另有{left}条，见任务进展台账。"] if left > 0 else [])]


def _line(row: TaskRow) -> SealedTask:
    return SealedTask(
        position=row.position,
        name=row.name,
        clause=row.clause,
        stage=row.stage,
        owed_by=row.owed_by,
        owing=row.owing,
        done=row.done,
        under_way=row.under_way,
        not_started=row.not_started,
        pending=row.pending,
        silent=row.silent,
        state=row.state,
        measures=row.measures,
        results=row.results,
        verdict=row.verdict,
    )
