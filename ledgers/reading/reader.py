"""Reads a workbook by the ledgers of a kind into entries, and collects findings at their cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from areas.codes import COUNTY_LEVEL, TOWNSHIP_LEVEL, cut_to
from areas.models import Area
from areas.successions import Successions
from ledgers.cells import Cell, CellError, as_text, whole
from ledgers.declaration import COMMUNITY, STREET, Ledger, Lookup, Row, RowRefused
from ledgers.reading.area_names import AreaNames
from ledgers.reading.column_cells import ColumnCells, assumed_units, columns_of, row_units
from ledgers.reading.decisions import Decisions
from ledgers.reading.entries import TO_WRITE, Entry, RowOutcome
from ledgers.reading.homes import Homes
from ledgers.reading.marks import hidden_columns, hidden_rows, struck_out
from ledgers.reading.matching import match_entries
from ledgers.reading.remarks import remarks_on
from ledgers.reading.sheets import (
    Header,
    data_rows,
    find_header,
    is_prose,
    read_facts,
    total_rows,
)
from ledgers.workbooks.grids import PLAIN_TRAIT, Grid, Trait, cell_name
from reviews.checks import SAME_NUMBER, SAME_RECORD, Problem, find_all_problems
from reviews.fields import attribute_history
from reviews.models import ImportBatch

if TYPE_CHECKING:
    from accounts.models import User

#: Receives the progress from time to time: (step in Chinese, done, total).
OnProgress = Callable[[str, int, int], None]
_TICK = 500
_NO_TRAITS: Mapping[int, Trait] = {}
#: Outcomes of rows that may be written, so their records are checked.
_CHECKED = TO_WRITE | {RowOutcome.DOUBTFUL}


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
        self.result = ImportResult()
        self.entries: list[Entry] = []
        self._faulty: set[tuple[str, str]] = set()
        self._filled: dict[frozenset[str], frozenset[str]] = {}
        self._placed: dict[tuple[object, ...], tuple[Area | None, Area | None]] = {}

    # --- findings ---------------------------------------------------------------------------

    def problem(self, sheet: str, cell: str, column: str, message: str) -> None:
        """Record the first problem of a cell; later ones usually follow from it and are dropped."""
        if (sheet, cell) not in self._faulty:
            self._faulty.add((sheet, cell))
            self.result.problems.append(Finding(sheet, cell, column, message))

    def warn(self, sheet: str, cell: str, column: str, message: str) -> None:
        """Record a warning, which does not block the import."""
        self.result.warnings.append(Finding(sheet, cell, column, message))

    # --- sheets -----------------------------------------------------------------------------

    def read(self, grids: Sequence[Grid], hidden: Sequence[str]) -> None:
        """Read all sheets into entries."""
        self._order = {grid.name: position for position, grid in enumerate(grids)}
        self._lines = sum(len(grid.rows) for grid in grids)
        for name in hidden:
            self.warn(name, "A1", "", "隐藏的工作表没有导入；如需导入请先取消隐藏")
        for grid in grids:
            self._read_sheet(grid)
        if not self.result.rows and not self.result.problems:
            self.problem(grids[0].name, "A1", "", "没有找到任何可导入的数据行")

    def _read_sheet(self, grid: Grid) -> None:
        if not any(as_text(value) for row in grid.rows for value in row):
            return
        fitting = [
            (header, ledger) for ledger in self.ledgers if (header := find_header(grid, ledger))
        ]
        if not fitting:
            if is_prose(grid):
                self.warn(grid.name, "A1", "", "该工作表只有文字说明，没有导入")
                return
            titles = "；".join(
                "、".join(column.title for column in ledger.needed) for ledger in self.ledgers
            )
            self.problem(grid.name, "A1", "", f"没有找到表头，至少应有：{titles}")
            return
        header, ledger = max(fitting, key=lambda pair: len(pair[0].columns))
        if header.missing:
            titles = "、".join(f"“{column.title}”" for column in header.missing)
            first = header.missing[0].title
            self.problem(grid.name, cell_name(header.row, 0), first, f"缺少{titles}列")
        self._read_rows(grid, header, ledger)

    def _read_rows(self, grid: Grid, header: Header, ledger: Ledger) -> None:
        facts, spread = read_facts(grid, header), grid.spread()
        default = self.names.named_in(grid.name) or self.names.named_in(facts.title)
        if default is not None and not self.names.holds(default):
            self.problem(
                grid.name, "A1", "", f"该工作表属于{default}，不在“{self.names.root}”的范围"
            )
            return
        filled: Counter[int] = Counter()
        rows: list[Row] = []
        totals = list(total_rows(grid, header))
        columns, faults = columns_of(grid, header, facts.units)
        for fault in faults:
            self.problem(grid.name, *fault)
        assumed: set[int] = set()
        reported_on = facts.reported_on or timezone.localdate()
        street: Area | None = None
        for number, values in data_rows(grid, header):
            self.result.rows += 1
            if self.result.rows % _TICK == 0:
                self.tick("读取", self.result.rows, self._lines)
            filled.update(at for at, _ in header.unknown if as_text(_get(values, at)))
            row = Row({}, None, reported_on)
            traits = grid.traits.get(number, _NO_TRAITS)
            assumed |= self._parse(row, columns, grid.name, number, values, spread, traits)
            for fault in row_units(header, number, values):
                self.problem(grid.name, *fault)
            for at, title, message in struck_out(grid, number, header) if traits else ():
                self.problem(grid.name, cell_name(number, at), title, message)
            if totals:
                rows.append(row)
            row.area, street = self._area_of(
                grid.name, number, header, ledger, row, street, default
            )
            self._build(grid.name, number, header, ledger, row)
        for report in (hidden_rows, hidden_columns):
            for cell, title, message in report(grid, header):
                self.warn(grid.name, cell, title, message)
        for at, title in header.unknown:
            if filled[at]:
                self.warn(grid.name, cell_name(header.row, at), title, "不认识的列，内容没有导入")
        for cell, title, message in assumed_units(header, assumed):
            self.warn(grid.name, cell, title, message)
        self._compare_totals(grid, header, columns, totals, rows)

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
            value = _get(values, cells.at)
            if spread and not cells.column.is_quantity:
                value = spread.get((number, cells.at), value)
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

    # --- areas ------------------------------------------------------------------------------

    def _area_of(
        self,
        sheet: str,
        number: int,
        header: Header,
        ledger: Ledger,
        row: Row,
        previous: Area | None,
        default: Area | None,
    ) -> tuple[Area | None, Area | None]:
        """Return the row's area, and the street that applies to blank street cells below."""
        if ledger.area_from != "columns":
            return self.names.root, None
        written_street, written_community = row[STREET] or "", row[COMMUNITY] or ""
        key = (written_street, written_community, previous, default)
        if key in self._placed:
            return self._placed[key]
        field_name = STREET
        try:
            street = self.names.street(written_street) if written_street else None
            if street is None and default is not None:
                street = default
            if not written_community:
                area = street or (self.names.root if self.names.root.level >= 4 else None)
                if area is None:
                    raise CellError("未填街道和社区")
                return area, street or previous
            field_name = COMMUNITY
            area = self._community(written_community, street, previous)
        except CellError as error:
            self.problem(sheet, *self._cell(header, number, field_name), str(error))
            return None, previous
        self._placed[key] = area, self.names.street_of(area)
        return self._placed[key]

    def _community(self, written: str, street: Area | None, previous: Area | None) -> Area:
        """Look a community up; a blank street cell means the street above if it has such a
        community."""
        if street is None and previous is not None:
            try:
                return self.names.community(written, previous)
            except CellError:
                pass
        return self.names.community(written, street)

    def _cell(self, header: Header, number: int, field_name: str) -> tuple[str, str]:
        """Return (cell, column title) of a field; of the first known column when the field has none."""
        if field_name in header.columns:
            at, column = header.columns[field_name]
        else:
            at, column = min(header.columns.values(), key=lambda pair: pair[0])
        return cell_name(number, at), column.title

    # --- records ----------------------------------------------------------------------------

    def _build(self, sheet: str, number: int, header: Header, ledger: Ledger, row: Row) -> None:
        if row.area is None:
            return
        try:
            record = ledger.record_of(row, self.lookup)
        except RowRefused as error:
            self.problem(sheet, *self._cell(header, number, error.field), str(error))
            return
        for name, message in row.remarks:
            self.warn(sheet, *self._cell(header, number, name), message)
        record.created_by = self.lookup.by
        attribute_history(record, self.lookup.by)
        record.import_cell = f"{sheet}!{number + 1}"[:60]
        filled = frozenset(row.filled)  # most rows fill the same columns, so they share one set
        filled = self._filled.setdefault(filled, filled)
        self.entries.append(Entry(sheet, number, header, ledger, record, filled))

    def check(self, decisions: Decisions) -> None:
        """Compare the rows with stored records, run the submission checks, and record all findings."""
        homes = Homes(Successions.stored(), self.names.root.code)
        for entry, field_name, message in match_entries(self.entries, homes, decisions):
            self.problem(
                entry.sheet,
                *self._cell(entry.header, entry.number, _column_of(entry, field_name)),
                message,
            )
        fresh = [entry for entry in self.entries if entry.outcome in _CHECKED]
        self.tick("核对", 0, 0)
        self._count_outcomes()
        self._remark()
        found = find_all_problems([entry.record for entry in fresh])
        for entry, problems in zip(fresh, found, strict=True):
            missing = {column.field for column in entry.header.missing}
            for problem in problems:
                if problem.field in missing or _is_asked(entry, problem):
                    continue
                where = self._cell(entry.header, entry.number, _column_of(entry, problem.field))
                report = self.warn if problem.is_warning else self.problem
                report(entry.sheet, *where, problem.message)
        last = len(self._order)  # hidden sheets come last
        for findings in (self.result.problems, self.result.warnings):
            findings.sort(
                key=lambda item: (self._order.get(item.sheet, last), *_position(item.cell))
            )

    def _remark(self) -> None:
        """Tell what rows leave empty that the stored record has, and what the clerk decided."""
        for entry in self.entries:
            for name, message in remarks_on(entry):
                where = self._cell(entry.header, entry.number, _column_of(entry, name))
                self.warn(entry.sheet, *where, message)

    def _count_outcomes(self) -> None:
        """Add one warning per sheet about unchanged rows, and one about rows that change records."""
        texts = {
            RowOutcome.SAME: "行与系统中已有记录相同，不重复导入",
            RowOutcome.CHANGED: "行修改系统中尚未提交审核的记录",
        }
        counts = Counter((entry.sheet, entry.outcome) for entry in self.entries)
        for (sheet, outcome), number in counts.items():
            if outcome in texts:
                self.warn(sheet, "A1", "", f"有{number}{texts[outcome]}")

    # --- totals -----------------------------------------------------------------------------

    def _compare_totals(
        self,
        grid: Grid,
        header: Header,
        columns: Sequence[ColumnCells],
        totals: Sequence[tuple[int, Sequence[object]]],
        rows: Sequence[Row],
    ) -> None:
        """Warn when a 合计 row differs from the sum of the rows above it."""
        for number, values in totals:
            for cells in columns:
                number_format = grid.trait(number, cells.at).number_format
                cell = cells.cell(_get(values, cells.at), number_format)
                if cell.is_empty:
                    continue
                actual, stated = self._total(cells, cell, rows)
                if stated is not None and stated != actual:
                    self.warn(
                        grid.name,
                        cell_name(number, cells.at),
                        cells.column.title,
                        f"合计行为{stated}，各行相加为{actual}，请核对",
                    )

    def _total(
        self, cells: ColumnCells, cell: Cell, rows: Sequence[Row]
    ) -> tuple[Decimal | int | None, Decimal | int | None]:
        try:
            if cells.column.is_quantity:
                total = sum((row[cells.name] or 0 for row in rows), Decimal(0))
                return total, cells.column.parse(cell)
            if cells.name == "name":  # `15支`
                return len(rows), whole(cell)
        except CellError:
            pass
        return None, None


def _get(values: Sequence[object], at: int) -> object:
    return values[at] if at < len(values) else None


def _position(cell: str) -> tuple[int, int, str]:
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters) :] or 0), len(letters), letters


def _column_of(entry: Entry, field_name: str) -> str:
    """Return the column of a field; the name column when the field has no column of its own."""
    renamed, kind = entry.ledger.renamed, entry.record._meta.model_name
    name = renamed.get(f"{kind}.{field_name}") or renamed.get(field_name, field_name)
    return name if name in entry.header.columns else entry.record.title_field


def _is_asked(entry: Entry, problem: Problem) -> bool:
    """Return whether the question about a doubtful row says already what a check found."""
    is_question = problem.code in {SAME_RECORD, SAME_NUMBER}
    return entry.outcome == RowOutcome.DOUBTFUL and is_question
