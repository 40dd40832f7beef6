"""Reads a workbook by the ledgers of a kind into entries, and collects findings at their cells."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils import timezone

from areas.codes import COUNTY_LEVEL, TOWNSHIP_LEVEL, cut_to
from areas.models import Area
from areas.successions import Successions
from ledgers.cells import as_text
from ledgers.declaration import Ledger, Lookup, Row, RowRefused, normalise_title
from ledgers.own_files import LAST_TITLE, exported_kind, told_own
from ledgers.reading.column_cells import (
    ColumnCells,
    assumed_units,
    columns_of,
    merged_quantities,
    row_units,
)
from ledgers.reading.entries import Entry, RowOutcome, cell_of
from ledgers.reading.exported import name_columns, unchanged_rows
from ledgers.reading.findings import Findings, OnProgress, no_progress
from ledgers.reading.layout.headers import Header
from ledgers.reading.layout.left_out import LeftOutRows, Told, told_columns
from ledgers.reading.layout.marks import (
    hidden_columns,
    hidden_rows,
    struck_out,
    told_unseen,
    unseen,
)
from ledgers.reading.layout.rows import RowReader, RowRole, data_rows
from ledgers.reading.layout.tables import find_tables
from ledgers.reading.layout.totals import Totals
from ledgers.reading.layout.unread import (
    TOLD_SUMMARY,
    summaries,
    titles_of_others,
    told_stranger,
    told_unread,
)
from ledgers.reading.matching.checking import Checker
from ledgers.reading.matching.decisions import Decisions
from ledgers.reading.matching.homes import Homes
from ledgers.reading.places.area_names import AreaNames
from ledgers.reading.places.other_counties import other_county
from ledgers.reading.places.rows import PlaceError, PlaceReader
from ledgers.reading.places.unknown_columns import told_places
from ledgers.reading.sheets import SheetFacts, read_facts
from ledgers.workbooks.grids import PLAIN_TRAIT, Grid, Trait, cell_name
from reviews.models import Submission

if TYPE_CHECKING:
    from accounts.models import User

_TICK = 500
_NO_TRAITS: Mapping[int, Trait] = {}


class Reader:
    """Reads the sheets of a workbook by the ledgers of a kind."""

    def __init__(
        self, ledgers: Sequence[Ledger], by: User, root: Area, tick: OnProgress = no_progress
    ) -> None:
        self.ledgers, self.tick, self.lookup = ledgers, tick, Lookup(by, root)
        county = Area.objects.within(cut_to(root.code, COUNTY_LEVEL)).filter(level=TOWNSHIP_LEVEL)
        self.names = AreaNames(root, Area.objects.within(root.code), county)
        self._order: dict[str, int] = {}
        self._lines = 0
        self._findings = Findings()
        self.problem, self.warn = self._findings.problem, self._findings.warn
        self.result = self._findings.result
        self.entries: list[Entry] = []
        self._filled: dict[frozenset[str], frozenset[str]] = {}

    # --- sheets -----------------------------------------------------------------------------

    def read(self, grids: Sequence[Grid], hidden: Sequence[str]) -> None:
        """Read all sheets into entries."""
        self._order = {grid.name: position for position, grid in enumerate(grids)}
        self._lines = sum(len(grid.rows) for grid in grids)
        for name in hidden:
            self.warn(name, "A1", "", "隐藏的工作表没有导入；如需导入请先取消隐藏")
        others = titles_of_others(self.ledgers)
        own = self._tell_own(grids)
        tables = [
            (grid, find_tables(grid, self.ledgers, others))
            for grid in grids
            if grid.name not in own
        ]
        has_table = any(found.found for _, found in tables)
        for name in summaries([grid.name for grid, found in tables if found.found]):
            self.problem(name, "A1", "", TOLD_SUMMARY)
        for grid, found in tables:
            for row in found.strangers:
                self._tell(grid.name, told_stranger(grid, row, self.ledgers))
            kind = exported_kind(grid)
            for one in found.found:
                if kind is None or self._read_exported(grid, one.header, one.ledger, kind):
                    self._read_table(grid, one.header, one.ledger)
            if not found.found and (told := told_unread(grid, self.ledgers, has_table=has_table)):
                self._tell(grid.name, told)
        if not self.result.rows and not self.result.problems:
            self.problem(grids[0].name, "A1", "", "没有找到任何可导入的数据行")

    def _tell_own(self, grids: Sequence[Grid]) -> set[str]:
        """Tell of sheets that the platform made and that are no ledger; return their names.

        A file that begins with such a sheet is one problem, whatever else it holds.
        """
        kinds = {kind for ledger in self.ledgers for kind in ledger.kinds}
        said = {grid.name: told for grid in grids if (told := told_own(grid, kinds))}
        if grids[0].name in said:
            self.problem(grids[0].name, "A1", "", said[grids[0].name])
            return {grid.name for grid in grids}
        for name, told in said.items():
            self.warn(name, "A1", "", f"{told}；该工作表没有导入")
        return set(said)

    def _read_exported(
        self, grid: Grid, header: Header, ledger: Ledger, kind: type[Submission]
    ) -> bool:
        """Take the rows of an exported ledger that show records as they are; return whether others
        are left, which are read as any ledger. Its 状态 is that of the review, not the fund's."""
        for name, (at, column) in list(header.columns.items()):
            if normalise_title(grid.at(header.row, at)) == LAST_TITLE:
                header.columns.pop(name)
                header.missing += [column] if column.required else []
        name_columns(header, ledger, kind)
        filled = frozenset(header.columns)
        for number, record in unchanged_rows(grid, kind, self.lookup.by, self.names.root):
            self.result.rows += 1
            header.repeated.add(number)
            entry = Entry(grid.name, number, header, ledger, record, filled)
            entry.outcome, entry.stored = RowOutcome.SAME, record
            self.entries.append(entry)
        return any(True for _ in data_rows(grid, header))

    def _tell(self, sheet: str, told: Told) -> None:
        report = self.problem if told.is_problem else self.warn
        report(sheet, told.cell, told.title, told.message)

    def _read_table(self, grid: Grid, header: Header, ledger: Ledger) -> None:
        if header.missing:
            titles = "、".join(f"“{column.title}”" for column in header.missing)
            first = header.missing[0].title
            self.problem(grid.name, cell_name(header.row, 0), first, f"缺少{titles}列")
        facts = read_facts(grid, header)
        default = self._default_street(grid, facts)
        if default is not None and not self.names.holds(default):
            self.problem(
                grid.name, "A1", "", f"该工作表属于{default}，不在“{self.names.root}”的范围"
            )
            return
        if other := other_county((grid.name, facts.title, facts.office), self.names):
            self.warn(grid.name, "A1", "", other)
        merged = list(merged_quantities(grid, header))
        self._read_rows(grid, header, ledger, facts, default)
        for cell, title, message in merged:
            self.warn(grid.name, cell, title, message)
        for report in (hidden_rows, hidden_columns):
            for cell, title, message in report(grid, header):
                self.warn(grid.name, cell, title, message)

    def _default_street(self, grid: Grid, facts: SheetFacts) -> Area | None:
        """Return the street that the sheet's name, its title or its 填报单位 says."""
        lines = (grid.name, facts.title, facts.office)
        return next(filter(None, map(self.names.named_in, lines)), None)

    def _read_rows(
        self, grid: Grid, header: Header, ledger: Ledger, facts: SheetFacts, default: Area | None
    ) -> None:
        spread, left_out = _spread_down(grid), LeftOutRows()
        columns, faults = columns_of(grid, header, facts.units)
        for fault in faults:
            self.problem(grid.name, *fault)
        assumed: set[int] = set()
        reported_on = facts.reported_on or timezone.localdate()
        places, totals = PlaceReader(self.names, ledger, default), Totals(grid, columns)
        watched = [*(at for at, _ in header.unknown), *header.untitled]
        filled: Counter[int] = Counter()
        white: dict[int, list[int]] = defaultdict(list)
        reader = RowReader(grid, header)
        is_read_again = watched or grid.hidden_rows or grid.hidden_columns or not reader.is_whole
        for number, values, role in reader.rows():
            if role != RowRole.RECORD:
                totals.note(number, values, role)
                if not _holds_below(role, values, places):
                    left_out.note(number, role)
                continue
            if ledger.line_label and self._is_line(grid, number, header, ledger, columns, values):
                continue
            self.result.rows += 1
            if self.result.rows % _TICK == 0:
                self.tick("读取", self.result.rows, self._lines)
            if watched:
                filled.update(at for at in watched if as_text(_get(values, at)))
            row = Row({}, None, reported_on)
            traits = grid.traits.get(number, _NO_TRAITS)
            assumed |= self._parse(row, columns, grid.name, number, values, spread, traits)
            for fault in row_units(header, number, values):
                self.problem(grid.name, *fault)
            for at, title, message in struck_out(grid, number, header) if traits else ():
                self.problem(grid.name, cell_name(number, at), title, message)
            for at in unseen(grid, number, header) if traits else ():
                white[at].append(number)
            totals.add(row)
            self._place(grid.name, number, header, places, row)
            self._build(grid.name, number, header, ledger, row)
            if not is_read_again:
                grid.forget(number)
        told = [*left_out.told(header.left), *told_columns(grid, header, filled)]
        if ledger.area_from == "columns" and watched:
            told += told_places(grid, header, self.names)
        for one in told:
            self._tell(grid.name, one)
        for cell, title, message in (*assumed_units(header, assumed), *told_unseen(white, header)):
            self.warn(grid.name, cell, title, message)
        for number, at, title, message in totals.differing():
            self.warn(grid.name, cell_name(number, at), title, message)

    def _is_line(
        self,
        grid: Grid,
        number: int,
        header: Header,
        ledger: Ledger,
        columns: Sequence[ColumnCells],
        values: Sequence[object],
    ) -> bool:
        """Tell of a row that is no record of its own; return whether it is such a row."""
        texts = {
            cells.at: as_text(value)
            for cells in columns
            if isinstance(value := _get(values, cells.at), str)
        }
        label = ledger.line_label(texts.values()) if ledger.line_label else ""
        if not label or ledger.told_line is None:
            return False
        row = Row({}, None, timezone.localdate())
        for cells in columns:
            trait = grid.trait(number, cells.at)
            row.values[cells.name] = cells.parsed(_get(values, cells.at), trait.number_format).value
        at = next(at for at, text in texts.items() if text == label)
        title = next(column.title for place, column in header.columns.values() if place == at)
        message = ledger.told_line(label, row, self.lookup)
        self.warn(grid.name, cell_name(number, at), title, message)
        return True

    def _place(
        self, sheet: str, number: int, header: Header, places: PlaceReader, row: Row
    ) -> None:
        try:
            places.place(row)
        except PlaceError as error:
            self.problem(sheet, *cell_of(header, number, error.field), str(error))

    def _parse(
        self,
        row: Row,
        columns: Sequence[ColumnCells],
        sheet: str,
        number: int,
        values: Sequence[object],
        spread: dict[tuple[int, int], object],
        traits: Mapping[int, Trait],
    ) -> set[int]:
        """Parse a row; return the columns of money that were taken for yuan without a word."""
        assumed: set[int] = set()
        for cells in columns:
            value = values[cells.at] if cells.at < len(values) else None
            if spread and not cells.column.is_quantity:
                value = spread.get((number, cells.at), value)
            parsed = cells.known.get(value) if type(value) is str else None
            if parsed is None:
                trait = traits.get(cells.at, PLAIN_TRAIT) if traits else PLAIN_TRAIT
                parsed = cells.parsed(value, trait.number_format)
            row.values[cells.name] = parsed.value
            if not parsed.is_empty:
                row.filled.add(cells.name)
            if parsed.is_unit_assumed:
                assumed.add(cells.at)
            for is_fault, message in parsed.notes:
                report = self.problem if is_fault else self.warn
                report(sheet, cell_name(number, cells.at), cells.column.title, message)
        return assumed

    def _build(self, sheet: str, number: int, header: Header, ledger: Ledger, row: Row) -> None:
        if row.area is None:
            return
        try:
            record = ledger.packed(row, row.area, self.lookup)
        except RowRefused as error:
            self.problem(sheet, *cell_of(header, number, error.field), str(error))
            return
        for name, message in row.remarks:
            self.warn(sheet, *cell_of(header, number, name), message)
        filled = frozenset(row.filled)  # most rows fill the same columns, so they share one set
        filled = self._filled.setdefault(filled, filled)
        self.entries.append(Entry(sheet, number, header, ledger, record, filled))

    def check(self, decisions: Decisions) -> None:
        """Compare the rows with stored records, run the submission checks, and record all findings."""
        homes = Homes(Successions.stored(), self.names.root.code)
        Checker(self.entries, homes, self._findings, self.tick).check(decisions)
        self._findings.sort(self._order)


def _spread_down(grid: Grid) -> dict[tuple[int, int], object]:
    """Return the value of each merged range for the cells of its first column: a street merged across
    the column of communities names no community."""
    return {
        (row, left): grid.at(top, left)
        for (top, left), (bottom, _) in grid.merges
        for row in range(top, bottom + 1)
    }


def _holds_below(role: RowRole, values: Sequence[object], places: PlaceReader) -> bool:
    """Let a row that holds nothing but a street's name say the street of the rows below; return
    whether it is one."""
    texts = [text for value in values if (text := as_text(value))]
    if role in (RowRole.SECTION, RowRole.NOTE):
        return len(texts) == 1 and places.begin_section(texts[0])
    if role == RowRole.PLACE_ONLY:
        return len(texts) == 1 and places.carry(texts[0])
    return False


def _get(values: Sequence[object], at: int) -> object:
    return values[at] if at < len(values) else None
