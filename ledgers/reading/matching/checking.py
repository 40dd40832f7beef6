"""Checks the rows of a ledger against the stored records and by the checks of their kinds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from ledgers.declaration import ReadRow
from ledgers.reading.entries import TO_WRITE, Entry, Records, RowOutcome, cell_of
from ledgers.reading.findings import Findings, OnProgress
from ledgers.reading.matching.decisions import Decisions
from ledgers.reading.matching.homes import Homes
from ledgers.reading.matching.remarks import remarks_on
from ledgers.reading.matching.rows import match_entries
from reviews.checks import SAME_NUMBER, SAME_RECORD, Problem, find_all_problems

_AREA = ("area_id",)
#: Outcomes of rows that may be written, so their records are checked.
_CHECKED = TO_WRITE | {RowOutcome.DOUBTFUL}


class Checker:
    """Compares the entries of a file with what is stored."""

    def __init__(
        self, entries: Sequence[Entry], homes: Homes, findings: Findings, tick: OnProgress
    ) -> None:
        self._entries, self._homes = entries, homes
        self._findings, self._tick = findings, tick

    def check(self, decisions: Decisions) -> None:
        """Compare the rows with stored records, run the submission checks, and record all findings."""
        faulty = self._findings.faulty_rows()
        for entry in self._entries if faulty else ():
            entry.is_faulty = (entry.sheet, entry.number) in faulty
        for entry, field_name, message in match_entries(self._entries, self._homes, decisions):
            self._findings.problem(
                entry.sheet,
                *cell_of(entry.header, entry.number, _column_of(entry, field_name)),
                message,
            )
        self._compare_related()
        self._compare_book()
        self._compare_kinds()
        self._refuse_elsewhere()
        fresh = [entry for entry in self._entries if entry.outcome in _CHECKED]
        self._tick("核对", 0, 0)
        self._count_outcomes()
        self._remark()
        found = find_all_problems(Records(fresh))
        for entry, problems in zip(fresh, found, strict=True):
            if not problems:
                continue
            missing = {column.field for column in entry.header.missing}
            for problem in problems:
                if problem.field in missing or _is_asked(entry, problem):
                    continue
                where = cell_of(entry.header, entry.number, _column_of(entry, problem.field))
                report = self._findings.warn if problem.is_warning else self._findings.problem
                report(entry.sheet, *where, problem.message)

    def _compare_related(self) -> None:
        """Report rows whose stored record is the same but has other rows that belong to it."""
        by_ledger: dict[int, list[Entry]] = defaultdict(list)
        for entry in self._entries:
            if entry.ledger.unlike_related and (entry.stored or entry.written):
                by_ledger[id(entry.ledger)].append(entry)
        for entries in by_ledger.values():
            pairs = [(each.written or each.record, each.stored or each.record) for each in entries]
            unlike = entries[0].ledger.unlike_related
            for position, name, message in unlike(pairs) if unlike else ():
                entry = entries[position]
                self._findings.problem(
                    entry.sheet, *cell_of(entry.header, entry.number, name), message
                )

    def _compare_book(self) -> None:
        """Tell where rows state another balance than the stored records and the rows come to."""
        by_ledger: dict[int, list[Entry]] = defaultdict(list)
        for entry in self._entries:
            if entry.ledger.unlike_book:
                by_ledger[id(entry.ledger)].append(entry)
        for entries in by_ledger.values():
            unlike = entries[0].ledger.unlike_book if _state_more(entries) else None
            for position, name, message in unlike(list(map(_read, entries))) if unlike else ():
                entry = entries[position]
                self._findings.warn(
                    entry.sheet, *cell_of(entry.header, entry.number, name), message
                )

    def _compare_kinds(self) -> None:
        """Warn of new rows that may be stored records of another kind, such as money on the other side."""
        by_ledger: dict[int, list[Entry]] = defaultdict(list)
        for entry in self._entries:
            if entry.ledger.like_other_kinds and not entry.is_faulty:
                by_ledger[id(entry.ledger)].append(entry)
        for entries in by_ledger.values():
            new = [
                entry for entry in entries if entry.outcome in (RowOutcome.NEW, RowOutcome.DOUBTFUL)
            ]
            stated = [
                entry.stored or entry.record
                for entry in entries
                if entry.outcome not in (RowOutcome.NEW, RowOutcome.DOUBTFUL)
            ]
            like = entries[0].ledger.like_other_kinds
            for position, name, message in like(Records(new), stated) if like else ():
                entry = new[position]
                where = cell_of(entry.header, entry.number, _column_of(entry, name))
                self._findings.warn(entry.sheet, *where, message)

    def _refuse_elsewhere(self) -> None:
        """Refuse new rows that belong to a record of an area that was renamed or merged into the root:
        its clerk may change nothing there."""
        for entry in self._entries:
            is_new = entry.ledger.area_from == "record" and entry.outcome == RowOutcome.NEW
            if is_new and not self._homes.holds(str(entry.values_of(_AREA)[0])):
                where = cell_of(entry.header, entry.number, entry.model.title_field)
                self._findings.problem(
                    entry.sheet,
                    *where,
                    f"所属的记录登记在原区划“{entry.record.area}”，这里不能新增：请由上级填报员导入",
                )

    def _remark(self) -> None:
        """Tell what rows leave empty that the stored record has, and what the clerk decided."""
        for entry in self._entries:
            if entry.is_faulty:
                continue
            for name, message in remarks_on(entry):
                where = cell_of(entry.header, entry.number, _column_of(entry, name))
                self._findings.warn(entry.sheet, *where, message)

    def _count_outcomes(self) -> None:
        """Add one warning per sheet about unchanged rows, and one about rows that change records."""
        texts = {
            RowOutcome.SAME: "行与系统中已有记录相同，不重复导入",
            RowOutcome.CHANGED: "行修改系统中尚未提交审核的记录",
        }
        counts = Counter((entry.sheet, entry.outcome) for entry in self._entries)
        for (sheet, outcome), number in counts.items():
            if outcome in texts:
                self._findings.warn(sheet, "A1", "", f"有{number}{texts[outcome]}")


def _state_more(entries: Iterable[Entry]) -> bool:
    """Return whether a table has a column that is only compared, such as 结余."""
    headers = {id(entry.header): entry.header for entry in entries}.values()
    return any(
        column.is_compared_only for header in headers for _, column in header.columns.values()
    )


def _read(entry: Entry) -> ReadRow:
    is_open = entry.is_faulty or entry.outcome in (RowOutcome.REFUSED, RowOutcome.DOUBTFUL)
    stored = entry.record if entry.written else entry.stored
    return ReadRow(entry.written or entry.record, stored, is_open)


def _column_of(entry: Entry, field_name: str) -> str:
    """Return the column of a field; the name column when the field has no column of its own."""
    renamed, kind = entry.ledger.renamed, entry.model._meta.model_name
    name = renamed.get(f"{kind}.{field_name}") or renamed.get(field_name, field_name)
    return name if name in entry.header.columns else entry.model.title_field


def _is_asked(entry: Entry, problem: Problem) -> bool:
    """Return whether the question about a doubtful row says already what a check found."""
    is_question = problem.code in {SAME_RECORD, SAME_NUMBER}
    return entry.outcome == RowOutcome.DOUBTFUL and is_question
