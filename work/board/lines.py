"""The board of tasks: tasks × areas below, for one report period and, if asked, one stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from areas.codes import is_within
from areas.models import Area
from indicators.models import Task
from work.book import NOT_RUNNING, SILENT, STANDINGS, Standing, TaskBook
from work.models import GoalVerdict


@dataclass(frozen=True)
class Cell:
    """One task at one area: its standing, or the areas below by how far they are; empty: not owed."""

    standing: Standing | None
    counts: tuple[tuple[Standing, int], ...]
    link: str
    verdict: GoalVerdict | None = None

    @property
    def text(self) -> str:
        """The cell in words, without its sign."""
        if self.standing is not None:
            said = f"，{self.verdict.get_verdict_display()}" if self.verdict else ""
            return f"{self.standing.label}{said}"
        return "，".join(f"{standing.label}{number}" for standing, number in self.counts)


@dataclass(frozen=True)
class Line:
    """One task with its cells in the order of the columns."""

    task: Task
    owed_by: str
    cells: list[Cell]
    counts: tuple[tuple[Standing, int], ...]


@dataclass(frozen=True)
class Department:
    """A department (责任部门) that a plan names, and the tasks that it leads."""

    name: str
    tasks: list[Task]


def departments_of(book: TaskBook) -> list[Department]:
    """The departments that the tasks of a book name, in the order of the tasks."""
    names = dict.fromkeys(name for task in book.tasks for name in task.departments)
    return [
        Department(name, [task for task in book.tasks if name in task.departments])
        for name in names
    ]


@dataclass(frozen=True)
class Board:
    """The board: its columns, its lines, the totals, and who has reported nothing."""

    book: TaskBook
    columns: list[Area]
    lines: list[Line]
    totals: tuple[tuple[Standing, int], ...]
    #: Areas that owe tasks of the period and have reported none, and how many these are.
    silent: list[tuple[Area, int]]


def cell_link(book: TaskBook, task: Task, area: Area) -> str:
    """The address of the page of one task at one area in the book's period."""
    address = reverse("task-cell", args=[book.plan.code, area.code, task.code])
    return f"{address}?due={book.period.due_on.isoformat()}"


def columns_of(book: TaskBook) -> list[Area]:
    """The root where it owes a task itself, then the areas below it that owe tasks or hold those."""
    below = {area.code for area in book.areas if area.code != book.root.code}
    length = min((len(code) for code in below), default=0)
    heads = Area.objects.within(book.root.code).filter(level=book.root.level + 1)
    near = [area for area in heads.order_by("code") if any(is_within(c, area.code) for c in below)]
    if not near and length:  # no level lies between
        near = [area for area in book.areas if len(area.code) == length and area.code in below]
    own = [book.root] if any(area.code == book.root.code for area in book.areas) else []
    return [*own, *near]


def build_board(book: TaskBook, stage: str = "", department: str = "") -> Board:
    """Lay the book out; `stage` and `department` keep the tasks of one. One query more than the book."""
    tasks = [
        task
        for task in book.tasks
        if book.owing(task)
        and (not stage or (task.stage and task.stage.code == stage))
        and (not department or department in task.departments)
    ]
    columns = columns_of(book)
    lines = [_line(book, task, columns) for task in tasks]
    total: Counter[Standing] = Counter()
    for task in tasks:
        total += book.standings(task)
    return Board(book, columns, lines, counted(total), _silent(book, tasks))


def _line(book: TaskBook, task: Task, columns: Sequence[Area]) -> Line:
    owed_by = "、".join(book.plan.label_of(level) for level in task.levels)
    cells = [_cell(book, task, area) for area in columns]
    return Line(task, owed_by, cells, counted(book.standings(task)))


def _cell(book: TaskBook, task: Task, area: Area) -> Cell:
    owing = [area] if area.code == book.root.code else book.owing(task, area.code)
    owing = [each for each in owing if each.level in task.levels]
    if not owing:
        return Cell(None, (), "")
    link = cell_link(book, task, area)
    if len(owing) == 1 and owing[0].code == area.code:
        return Cell(book.standing(task, area), (), link, book.verdict(task, area))
    return Cell(None, counted(Counter(book.standing(task, each) for each in owing)), link)


def counted(counts: Counter[Standing]) -> tuple[tuple[Standing, int], ...]:
    """The standings that occur, in their order, with their numbers."""
    return tuple((each, counts[each]) for each in STANDINGS if counts[each])


def _silent(book: TaskBook, tasks: Sequence[Task]) -> list[tuple[Area, int]]:
    found = []
    for area in book.areas:
        own = [book.standing(task, area) for task in tasks if area.level in task.levels]
        owed = [standing for standing in own if standing is not NOT_RUNNING]
        if owed and all(standing is SILENT for standing in owed):
            found.append((area, len(owed)))
    return found
