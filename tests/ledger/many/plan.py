"""Which file shows what: changes and writers drawn with a fixed seed, so that each occurs several times."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from tests.ledger.many.by_openpyxl import csv_of, page_of, xlsx
from tests.ledger.many.changes.around import AROUND
from tests.ledger.many.changes.books import BOOKS
from tests.ledger.many.changes.cells import CELL_CHANGES
from tests.ledger.many.changes.columns import COLUMNS
from tests.ledger.many.changes.odd import ODD, ODD_LAYOUTS
from tests.ledger.many.changes.packages import PACKAGE_CHANGES, Parts, edited
from tests.ledger.many.pages import Book, Change, as_json, book_of
from tests.ledger.many.plain import PLAIN

_SHOWN = frozenset({"formats", "types", "errors", "merges", "hidden", "sheets"})
_ALL = _SHOWN | {"struck", "1904"}
LAYOUT_CHANGES = (*COLUMNS, *AROUND, *BOOKS)
CHANGES = (*CELL_CHANGES, *LAYOUT_CHANGES, *ODD, *ODD_LAYOUTS)


@dataclass(frozen=True)
class Writer:
    """A program that writes files with one ending, and what it can express."""

    name: str
    ending: str
    can: frozenset[str]


#: The programs outside the platform's own environment.
OUTSIDE = (
    Writer("XlsxWriter", "xlsx", _ALL | {"formulas"}),
    Writer("xlwt", "xls", _ALL),
    Writer("SheetJS", "xlsx", _SHOWN | {"formulas", "uncalculated", "1904"}),
    Writer("SheetJS", "xlsb", _SHOWN | {"formulas"}),
    Writer("SheetJS", "xls", _SHOWN),
    Writer("SheetJS", "xml", _SHOWN),
    Writer("SheetJS", "ods", frozenset({"merges", "sheets"})),
    Writer("SheetJS", "html", frozenset({"merges"})),
    Writer("SheetJS", "csv", frozenset()),
    Writer("exceljs", "xlsx", _ALL | {"formulas", "uncalculated"}),
    Writer("excelize", "xlsx", _ALL - {"errors", "1904"} | {"uncalculated"}),
    *(
        Writer("Aspose", ending, _ALL - {"errors"} | {"formulas"})
        for ending in ("xlsx", "xls", "xlsb", "ods")
    ),
    *(
        Writer("Spire", ending, _ALL - {"errors"} | {"formulas"})
        for ending in ("xlsx", "xls", "ods")
    ),
    *(Writer("LibreOffice", ending, _ALL) for ending in ("xlsx", "xls", "ods")),
)


def _package(edit: Callable[[Parts], None], book: Book) -> bytes:
    return edited(xlsx(book), edit)


#: What the tests write themselves.
INSIDE: dict[Writer, Callable[[Book], bytes]] = {
    Writer("openpyxl", "xlsx", _ALL | {"uncalculated"}): xlsx,
    Writer("text in GBK", "csv", frozenset()): lambda book: csv_of(book, "gb18030"),
    Writer("text with BOM", "csv", frozenset()): lambda book: csv_of(book, "utf-8-sig"),
    Writer("text in UTF-16", "csv", frozenset()): lambda book: csv_of(book, "utf-16", "\t"),
    Writer("web page in GBK", "xls", frozenset()): lambda book: page_of(book, "gb18030"),
    **{
        Writer(f"package: {label}", "xlsx", frozenset({"merges", "sheets", "hidden"})): partial(
            _package, edit
        )
        for label, edit in PACKAGE_CHANGES.items()
    },
}


@dataclass(frozen=True)
class ManyFile:
    """One file: the kind of its ledger, how it differs from the plain one, and who writes it."""

    kind: str
    changes: tuple[Change, ...]
    writer: Writer

    @property
    def label(self) -> str:
        """What the file is, in words."""
        changes = " + ".join(change.label for change in self.changes) or "原样"
        return f"{self.kind}, {self.writer.name} .{self.writer.ending}: {changes}"

    @property
    def is_told(self) -> bool:
        """Whether the clerk has to be told something."""
        return any(change.is_told for change in self.changes)

    @property
    def book(self) -> Book:
        """The book that the writer gets."""
        return book_of(PLAIN[self.kind], *self.changes)


def fits(change: Change, kind: str, writer: Writer) -> bool:
    """Return whether a change shows in a ledger of a kind, and the writer can express it."""
    return change.needs <= writer.can and shows(change, kind)


@cache
def shows(change: Change, kind: str) -> bool:
    """Return whether a change makes a ledger of a kind differ from the plain one."""
    if change.kinds and kind not in change.kinds:
        return False
    plain = PLAIN[kind]
    return book_of(plain, change) != book_of(plain)


def drawn(writers: Sequence[Writer], times: int, pairs: int, seed: int) -> Iterator[ManyFile]:
    """Yield `times` files for each change, then files that differ in two ways."""
    draw = random.Random(seed)
    kinds = sorted(PLAIN)
    for _ in range(times):
        turn = draw.randrange(len(writers))
        for change in CHANGES:
            choices = [
                (kind, writer) for kind in kinds for writer in writers if fits(change, kind, writer)
            ]
            if choices:
                # Each writer in turn, so that none is left out by chance.
                near = sorted(
                    choices, key=lambda pair: (writers.index(pair[1]) - turn) % len(writers)
                )
                first = near[0][1]
                kind, writer = draw.choice([pair for pair in near if pair[1] == first])
                turn = (writers.index(writer) + 1) % len(writers)
                yield ManyFile(kind, (change,), writer)
    yield from mixed(writers, pairs, draw)


def mixed(writers: Sequence[Writer], number: int, draw: random.Random) -> Iterator[ManyFile]:
    """Yield files that differ in a way of writing and in a layout."""
    kinds = sorted(PLAIN)
    while number:
        kind, writer = draw.choice(kinds), draw.choice(writers)
        changes = draw.choice((*CELL_CHANGES, *ODD)), draw.choice((*LAYOUT_CHANGES, *ODD_LAYOUTS))
        if all(fits(change, kind, writer) for change in changes):
            number -= 1
            yield ManyFile(kind, changes, writer)


def write_plan(folder: Path, *, times: int = 1, pairs: int = 40, seed: int = 20261130) -> None:
    """Write plan.json for the programs outside, and the files that need no other program.

    The plain ledger of every kind by every writer comes first; it is what the others are compared with.
    """
    folder.mkdir(parents=True, exist_ok=True)
    writers = [*INSIDE, *OUTSIDE]  # openpyxl is the first
    plain = [ManyFile(kind, (), writer) for writer in writers for kind in sorted(PLAIN)]
    entries = []
    for number, file in enumerate((*plain, *drawn(writers, times, pairs, seed))):
        name = f"{number:04}.{file.writer.ending}"
        entries.append(
            {
                "file": name,
                "kind": file.kind,
                "writer": file.writer.name,
                "ending": file.writer.ending,
                "label": file.label,
                "is_plain": not file.changes,
                "is_told": file.is_told,
                "book": as_json(file.book),
            }
        )
        if file.writer in INSIDE:
            (folder / name).write_bytes(INSIDE[file.writer](file.book))
        elif file.writer.name == "LibreOffice":
            target = folder / file.writer.ending
            target.mkdir(exist_ok=True)
            (target / f"{number:04}.xlsx").write_bytes(xlsx(file.book))
    (folder / "plan.json").write_text(json.dumps(entries, ensure_ascii=False))


if __name__ == "__main__":
    write_plan(Path(sys.argv[1]))
