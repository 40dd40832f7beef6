"""What reading a ledger finds: problems and warnings at their cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reviews.models import ImportBatch

#: Receives the progress from time to time: (step in Chinese, done, total).
OnProgress = Callable[[str, int, int], None]


def no_progress(step: str, done: int, total: int) -> None:
    """Ignore the progress."""


@dataclass(frozen=True)
class Finding:
    """A problem or a warning at a cell."""

    sheet: str
    cell: str
    column: str
    message: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell} {self.column}: {self.message}"


@dataclass
class ImportResult:
    """The findings in a file; `created` stays empty until records are stored."""

    rows: int = 0
    created: dict[str, int] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    batch: ImportBatch | None = None

    def as_json(self) -> dict[str, object]:
        """Return the output of `import_records --json`."""
        return {
            "rows": self.rows,
            "created": self.created,
            "problems": [vars(finding) for finding in self.problems],
            "warnings": [vars(finding) for finding in self.warnings],
        }


class Findings:
    """Collects the findings of a file."""

    def __init__(self) -> None:
        self.result = ImportResult()
        self._faulty: set[tuple[str, str]] = set()

    def problem(self, sheet: str, cell: str, column: str, message: str) -> None:
        """Record the first problem of a cell; later ones usually follow from it and are dropped."""
        if (sheet, cell) not in self._faulty:
            self._faulty.add((sheet, cell))
            self.result.problems.append(Finding(sheet, cell, column, message))

    def warn(self, sheet: str, cell: str, column: str, message: str) -> None:
        """Record a warning, which does not block the import."""
        self.result.warnings.append(Finding(sheet, cell, column, message))

    def sort(self, order: Mapping[str, int]) -> None:
        """Put the findings in the order of the sheets and of the rows; hidden sheets come last."""
        for found in (self.result.problems, self.result.warnings):
            found.sort(key=lambda one: (order.get(one.sheet, len(order)), *position(one.cell)))

    def faulty_rows(self) -> set[tuple[str, int]]:
        """Return (sheet, row counted from 0) of all problems."""
        return {(each.sheet, position(each.cell)[0] - 1) for each in self.result.problems}


def position(cell: str) -> tuple[int, int, str]:
    """Return a key that sorts cells by row, then by column."""
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters) :] or 0), len(letters), letters
