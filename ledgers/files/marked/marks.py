"""What a marked copy says: the messages at each cell, and the lines of its list of findings."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledgers.reading.findings import Finding
from ledgers.reading.sheets import LIST_HEAD, LIST_SHEET

AUTHOR = "社区慈善工作平台"
#: The line above our messages in a comment: what follows it is ours and is replaced next time.
HEADING = f"{AUTHOR}："
#: The colours of a cell with a problem, and of one with warnings only.
PROBLEM_COLOUR, WARNING_COLOUR = "FFC7CE", "FFEB9C"
#: The most characters that Excel keeps in a cell or a comment.
_MOST_CHARACTERS = 32_000
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: The row and the column of a cell, from 0.
Place = tuple[int, int]
#: The first and the last cell of a merged range.
Range = tuple[Place, Place]


class Unmarkable(ValueError):
    """The file cannot be edited in place; a copy of its values can still be made."""


@dataclass(frozen=True)
class Mark:
    """The messages at one cell, and whether one of them is a problem."""

    messages: tuple[str, ...]
    is_problem: bool

    @property
    def text(self) -> str:
        """Return the messages, one a line."""
        return written("\n".join(self.messages))

    @property
    def colour(self) -> str:
        """Return the colour as six hexadecimal digits."""
        return PROBLEM_COLOUR if self.is_problem else WARNING_COLOUR


Marks = Mapping[Place, Mark]


def marks_of(
    problems: Sequence[Finding], warnings: Sequence[Finding]
) -> dict[str, dict[Place, Mark]]:
    """Return the marks of each sheet; what stands at no cell is in the list only."""
    found: dict[str, dict[Place, Mark]] = defaultdict(dict)
    for is_problem, findings in ((True, problems), (False, warnings)):
        for finding in findings:
            if (place := place_of(finding.cell)) is not None:
                here = found[finding.sheet]
                here[place] = _joined(here.get(place), Mark((finding.message,), is_problem))
    return dict(found)


def _joined(first: Mark | None, second: Mark) -> Mark:
    if first is None:
        return second
    messages = tuple(dict.fromkeys((*first.messages, *second.messages)))
    return Mark(messages, first.is_problem or second.is_problem)


def at_first_cells(marks: Marks, merges: Iterable[Range]) -> dict[Place, Mark]:
    """Move the marks within merged ranges to the first cell, the only one that is shown."""
    moved = dict(marks)
    columns: dict[int, list[int]] = defaultdict(list)
    for row, column in sorted(marks):
        columns[row].append(column)
    rows = list(columns)
    for first, last in merges:
        for row in rows[bisect_left(rows, first[0]) : bisect_right(rows, last[0])]:
            for column in columns[row]:
                is_within = first[1] <= column <= last[1] and (row, column) != first
                if is_within and (mark := moved.pop((row, column), None)):
                    moved[first] = _joined(moved.get(first), mark)
    return moved


def lines_of(
    problems: Sequence[Finding], warnings: Sequence[Finding], notes: Sequence[str] = ()
) -> list[list[str]]:
    """Return the list of findings with its titles; notes on the whole file stand below."""
    found = [("须改正", one) for one in problems] + [("提示", one) for one in warnings]
    lines = [[kind, one.sheet, one.cell, one.column, one.message] for kind, one in found]
    lines += [["说明", "", "", "", note] for note in notes]
    return [list(LIST_HEAD), *([written(text) for text in line] for line in lines)]


def may_be_list(name: str) -> bool:
    """Return whether a sheet's name is one that lists have; its titles tell for certain."""
    return name.startswith(LIST_SHEET)


def free_list_name(names: Iterable[str]) -> str:
    """Return the name of a new list: 问题清单, with a number where a sheet of the clerk's has it."""
    taken = {name.casefold() for name in names}
    numbered = (f"{LIST_SHEET}{number or ''}" for number in range(len(taken) + 1))
    return next(name for name in numbered if name not in taken)


def place_of(cell: str) -> Place | None:
    """Return the place of a cell: C4 → (3, 2); None for anything else."""
    match = _CELL.fullmatch(cell)
    if not match:
        return None
    column = 0
    for letter in match.group(1):
        column = column * 26 + ord(letter) - 64
    return int(match.group(2)) - 1, column - 1


def written(text: str) -> str:
    """Return the text as XML can hold it and Excel keeps it."""
    return _NOT_XML.sub("", text)[:_MOST_CHARACTERS]
