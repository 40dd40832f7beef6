"""A ledger file into records: everything is looked at, then all of it is stored, or nothing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from areas.codes import COUNTY_LEVEL, TOWNSHIP_LEVEL, cut_to
from areas.models import Area
from areas.querysets import within_q
from reviews.checks import SAME_RECORD, find_all_problems
from reviews.ledger.cells import Cell, CellError, as_text, whole
from reviews.ledger.declaration import COMMUNITY, STREET, Ledger, Lookup, Row, RowRefused
from reviews.ledger.places import Places
from reviews.ledger.sheets import (
    Grid,
    Header,
    SheetFacts,
    cell_name,
    data_rows,
    find_header,
    is_prose,
    read_facts,
    read_workbook,
    total_rows,
)
from reviews.models import Action, ImportBatch, Submission
from reviews.services import TransitionError, move_all

if TYPE_CHECKING:
    from accounts.models import User
    from reviews.querysets import SubmissionQuerySet

#: The reason under which an imported ledger's warnings are submitted.
IMPORT_REASON = "台账导入"


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
    """What was found in a file; `created` is empty while nothing is stored."""

    rows: int = 0
    created: dict[str, int] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    batch: ImportBatch | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape of `import_records --json`."""
        return {
            "rows": self.rows,
            "created": self.created,
            "problems": [vars(finding) for finding in self.problems],
            "warnings": [vars(finding) for finding in self.warnings],
        }


@dataclass
class _Entry:
    """A row on its way to a record."""

    sheet: str
    number: int
    header: Header
    ledger: Ledger
    record: Submission


class _Reader:
    """Reads a workbook's sheets against the ledgers of a kind and collects findings."""

    def __init__(self, ledgers: Sequence[Ledger], by: User, root: Area) -> None:
        self.ledgers, self.lookup = ledgers, Lookup(by, root)
        county = Area.objects.within(cut_to(root.code, COUNTY_LEVEL)).filter(level=TOWNSHIP_LEVEL)
        self.places = Places(root, Area.objects.within(root.code), county)
        self._order: dict[str, int] = {}
        self.result = ImportResult()
        self.entries: list[_Entry] = []
        self._faulty: set[tuple[str, str]] = set()

    # findings -----------------------------------------------------------------------------

    def problem(self, sheet: str, cell: str, column: str, message: str) -> None:
        """The first problem of a cell; later ones follow from it."""
        if (sheet, cell) not in self._faulty:
            self._faulty.add((sheet, cell))
            self.result.problems.append(Finding(sheet, cell, column, message))

    def warn(self, sheet: str, cell: str, column: str, message: str) -> None:
        """Stays visible, blocks nothing."""
        self.result.warnings.append(Finding(sheet, cell, column, message))

    # sheets -------------------------------------------------------------------------------

    def read(self, grids: Sequence[Grid], hidden: Sequence[str]) -> None:
        """All sheets."""
        self._order = {grid.name: position for position, grid in enumerate(grids)}
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
        default = self.places.named_in(grid.name) or self.places.named_in(facts.title)
        if default is not None and not self.places.holds(default):
            self.problem(
                grid.name, "A1", "", f"该工作表属于{default}，不在“{self.places.root}”的范围"
            )
            return
        filled: Counter[int] = Counter()
        rows: list[Row] = []
        street: Area | None = None
        for number, values in data_rows(grid, header):
            self.result.rows += 1
            filled.update(at for at, _ in header.unknown if as_text(_get(values, at)))
            row = self._parse(grid, header, facts, number, values, spread)
            rows.append(row)
            row.area, street = self._place(grid.name, number, header, ledger, row, street, default)
            self._build(grid.name, number, header, ledger, row)
        for at, title in header.unknown:
            if filled[at]:
                self.warn(grid.name, cell_name(header.row, at), title, "不认识的列，内容没有导入")
        self._compare_totals(grid, header, facts, rows)

    def _parse(
        self,
        grid: Grid,
        header: Header,
        facts: SheetFacts,
        number: int,
        values: list[Any],
        spread: dict[tuple[int, int], Any],
    ) -> Row:
        row = Row({}, None, facts.reported_on or timezone.localdate())
        for name, (at, column) in header.columns.items():
            value = _get(values, at)
            if not column.is_quantity:
                value = spread.get((number, at), value)
            cell = Cell(value, header.units[name] or facts.unit)
            where = cell_name(number, at)
            try:
                row.values[name] = column.parse(cell)
            except CellError as error:
                self.problem(grid.name, where, column.title, str(error))
                row.values[name] = None
            for remark in cell.remarks:
                self.warn(grid.name, where, column.title, remark)
            if column.required and cell.is_empty:
                self.problem(grid.name, where, column.title, f"“{column.title}”不能为空")
        return row

    # areas --------------------------------------------------------------------------------

    def _place(
        self,
        sheet: str,
        number: int,
        header: Header,
        ledger: Ledger,
        row: Row,
        previous: Area | None,
        default: Area | None,
    ) -> tuple[Area | None, Area | None]:
        """The row's area, and the street that blank cells below mean."""
        if ledger.area_from != "columns":
            return self.places.root, None
        written_street, written_community = row[STREET] or "", row[COMMUNITY] or ""
        field_name = STREET
        try:
            street = self.places.street(written_street) if written_street else None
            if street is None and default is not None:
                street = default
            if not written_community:
                area = street or (self.places.root if self.places.root.level >= 4 else None)
                if area is None:
                    raise CellError("未填街道和社区")
                return area, street or previous
            field_name = COMMUNITY
            area = self._community(written_community, street, previous)
        except CellError as error:
            self.problem(sheet, *self._cell(header, number, field_name), str(error))
            return None, previous
        return area, self.places.street_of(area)

    def _community(self, written: str, street: Area | None, previous: Area | None) -> Area:
        """A blank street cell means the street above, where that has such a community."""
        if street is None and previous is not None:
            try:
                return self.places.community(written, previous)
            except CellError:
                pass
        return self.places.community(written, street)

    def _cell(self, header: Header, number: int, field_name: str) -> tuple[str, str]:
        """(cell, column title) of a field; the row's first known column where it has none."""
        if field_name in header.columns:
            at, column = header.columns[field_name]
        else:
            at, column = min(header.columns.values(), key=lambda pair: pair[0])
        return cell_name(number, at), column.title

    # records ------------------------------------------------------------------------------

    def _build(self, sheet: str, number: int, header: Header, ledger: Ledger, row: Row) -> None:
        if row.area is None:
            return
        try:
            record = ledger.build(row, self.lookup)
        except RowRefused as error:
            self.problem(sheet, *self._cell(header, number, error.field), str(error))
            return
        for name, message in row.remarks:
            self.warn(sheet, *self._cell(header, number, name), message)
        record.created_by = record._history_user = self.lookup.by  # type: ignore[attr-defined]
        record.import_cell = f"{sheet}!{number + 1}"[:60]
        self.entries.append(_Entry(sheet, number, header, ledger, record))

    def check(self) -> None:
        """Run the submission checks over all records and place what they find."""
        found = find_all_problems([entry.record for entry in self.entries])
        for entry, problems in zip(self.entries, found, strict=True):
            missing = {column.field for column in entry.header.missing}
            for problem in problems:
                if problem.field in missing:
                    continue
                where = self._cell(entry.header, entry.number, _column_of(entry, problem.field))
                is_warning = problem.is_warning and problem.code != SAME_RECORD
                report = self.warn if is_warning else self.problem
                report(entry.sheet, *where, problem.message)
        last = len(self._order)  # hidden sheets come last
        for findings in (self.result.problems, self.result.warnings):
            findings.sort(
                key=lambda item: (self._order.get(item.sheet, last), *_position(item.cell))
            )

    # totals -------------------------------------------------------------------------------

    def _compare_totals(
        self, grid: Grid, header: Header, facts: SheetFacts, rows: Sequence[Row]
    ) -> None:
        """A 合计 row is a check-sum: it must say what the rows above it say."""
        for number, values in total_rows(grid, header):
            for name, (at, column) in header.columns.items():
                cell = Cell(_get(values, at), header.units[name] or facts.unit)
                if cell.is_empty:
                    continue
                actual, stated = self._total(name, column.is_quantity, column.parse, cell, rows)
                if stated is not None and stated != actual:
                    self.warn(
                        grid.name,
                        cell_name(number, at),
                        column.title,
                        f"合计行为{stated}，各行相加为{actual}，请核对",
                    )

    def _total(
        self, name: str, is_quantity: bool, parse: Any, cell: Cell, rows: Sequence[Row]
    ) -> tuple[Any, Any]:
        try:
            if is_quantity:
                return sum((row[name] or 0 for row in rows), Decimal(0)), parse(cell)
            if name == "name":  # `15支`
                return len(rows), whole(cell)
        except CellError:
            pass
        return None, None


def _get(values: Sequence[Any], at: int) -> Any:
    return values[at] if at < len(values) else None


def _position(cell: str) -> tuple[int, int, str]:
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters) :] or 0), len(letters), letters


def _column_of(entry: _Entry, field_name: str) -> str:
    """A finding about a field that has no column of its own stands at the ledger's name column."""
    name = entry.ledger.renamed.get(field_name, field_name)
    return name if name in entry.header.columns else entry.record.title_field


@dataclass
class CheckedLedger:
    """A file that was read and looked at, and nothing stored."""

    kind: str
    root: Area
    digest: str
    result: ImportResult
    entries: list[_Entry]


def check_ledger(
    kind: str, ledgers: Sequence[Ledger], content: bytes, *, by: User, root: Area
) -> CheckedLedger:
    """Read a file and report every problem and warning; nothing is stored.

    TransitionError when the user may not import here; UnusableFile when the bytes are no workbook.
    """
    if not (by.is_clerk and by.covers(root.code)):
        raise TransitionError(f"{by}不是“{root}”的填报员，不能导入台账")
    grids, hidden = read_workbook(content)
    digest = _digest(grids)
    reader = _Reader(ledgers, by, root)
    reader.read(grids, hidden)
    reader.check()
    earlier = _earlier_batch(kind, digest, root)
    if earlier is not None:
        when = timezone.localtime(earlier.created_at).strftime("%Y-%m-%d %H:%M")
        message = f"同一台账已于{when}由{earlier.created_by}导入，没有重复导入"
        reader.result.problems = [Finding(grids[0].name, "A1", "", message)]
    return CheckedLedger(kind, root, digest, reader.result, reader.entries)


def _digest(grids: Sequence[Grid]) -> str:
    """SHA-256 over what the sheets say: a file saved again is still the same ledger."""
    said = [[[as_text(value) for value in row] for row in grid.rows] for grid in grids]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _earlier_batch(kind: str, digest: str, root: Area) -> ImportBatch | None:
    """A batch of the same ledger for this area, one above or one below it."""
    overlapping = within_q("area_id", root.code) | Q(area_id__in=root.ancestor_codes)
    return ImportBatch.objects.filter(overlapping, kind=kind, sha256=digest).first()


def import_ledger(
    kind: str,
    ledgers: Sequence[Ledger],
    content: bytes,
    file_name: str,
    *,
    by: User,
    root: Area,
    is_submitted: bool = False,
    approve_as: User | None = None,
) -> ImportResult:
    """Store a whole file, or nothing when there is a single problem.

    Optionally submits every row (warnings under the reason 台账导入) and approves as another user.
    TransitionError when a role forbids it; UnusableFile when the bytes are no workbook.
    """
    with transaction.atomic():
        # One import of a county at a time: two clerks sending one ledger meet here.
        county = Area.objects.select_for_update(no_key=True).filter(
            code=cut_to(root.code, COUNTY_LEVEL)
        )
        list(county.values_list("code"))
        checked = check_ledger(kind, ledgers, content, by=by, root=root)
        result = checked.result
        if result.problems:
            return result
        batch = _create_batch(checked, file_name, by)
        for model in _store(checked.entries, batch, by):
            rows = model._default_manager.filter(import_batch=batch)
            if is_submitted or approve_as:
                _move_whole(rows, Action.SUBMIT, by)
            if approve_as:
                _move_whole(rows, Action.APPROVE, approve_as)
    result.created, result.batch = batch.created_counts, batch
    return result


def _create_batch(checked: CheckedLedger, file_name: str, by: User) -> ImportBatch:
    counts = Counter(entry.ledger.key_of(entry.record) for entry in checked.entries)
    return ImportBatch.objects.create(
        kind=checked.kind,
        file_name=file_name[:200],
        sha256=checked.digest,
        area=checked.root,
        created_by=by,
        row_count=checked.result.rows,
        created_counts=dict(counts),
        warnings=[str(finding) for finding in checked.result.warnings],
    )


def _move_whole(rows: SubmissionQuerySet, action: Action, by: User) -> None:
    """Move every row of the batch, or none of anything."""
    reason = IMPORT_REASON if action == Action.SUBMIT else ""
    left = rows.count() - move_all(rows, action, by=by, reason=reason)
    if left:
        raise TransitionError(f"{by}不能{action.label}其中{left}条记录（不在管辖范围），没有写入")


def _store(entries: Sequence[_Entry], batch: ImportBatch, by: User) -> list[type[Submission]]:
    """Write the records with their history; the models written, in order of first appearance."""
    by_model: dict[type[Submission], list[_Entry]] = defaultdict(list)
    for entry in entries:
        entry.record.import_batch = batch
        by_model[type(entry.record)].append(entry)
    for model, group in by_model.items():
        bulk_create_with_history(
            [entry.record for entry in group],
            model,
            batch_size=500,
            default_user=by,
            default_change_reason=IMPORT_REASON,
        )
        for ledger in dict.fromkeys(id(entry.ledger) for entry in group):
            members = [entry for entry in group if id(entry.ledger) == ledger]
            save_related = members[0].ledger.save_related
            if save_related:
                save_related([entry.record for entry in members])
    return list(by_model)
