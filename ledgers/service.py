"""Import of a ledger file: the whole file is checked, then all of it is stored, or nothing."""

from __future__ import annotations

import gc
import hashlib
import json
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from areas.codes import COUNTY_LEVEL, cut_to
from areas.models import Area
from areas.querysets import within_q
from audit.acts import Act
from audit.events import record as log
from ledgers.cells import texts_of
from ledgers.declaration import Ledger
from ledgers.reading.entries import TO_WRITE, Entry, RowOutcome, outcomes_digest
from ledgers.reading.findings import Finding, ImportResult, OnProgress, no_progress
from ledgers.reading.matching.decisions import Decisions
from ledgers.reading.reader import Reader
from ledgers.reading.sheets import read_workbook
from ledgers.workbooks.grids import Grid
from reviews.bulk import PackedRecord, store_new, store_packed, write_history
from reviews.fields import field_of
from reviews.models import IMPORT_REASON, Action, ImportBatch, Submission
from reviews.services import DRAFT, FirstSubmission, TransitionError, move_all, not_moved

if TYPE_CHECKING:
    from accounts.models import User
    from reviews.querysets import SubmissionQuerySet

_AT_ONCE = 2000
_AREA = ("area_id",)
_UNDECIDED = Decisions()
#: Why a file was not stored although its check was clean.
CHANGED_SINCE = "核对之后数据有变化，没有写入；下面是重新核对的结果"

Entries = Sequence[Entry]


@dataclass
class CheckedLedger:
    """A file that was read and checked; nothing is stored yet."""

    kind: str
    root: Area
    digest: str
    result: ImportResult
    entries: list[Entry]

    @property
    def outcomes(self) -> str:
        """The digest of what the check found: it changes with the data that the file meets."""
        return outcomes_digest(self.entries, (*self.result.problems, *self.result.warnings))


class ChangedSinceCheck(TransitionError):
    """The file means something else by now than its check has shown; `checked` says what."""

    def __init__(self, checked: CheckedLedger) -> None:
        super().__init__(CHANGED_SINCE)
        self.checked = checked


@contextmanager
def collecting_nothing() -> Iterator[None]:
    """Let Python look for no garbage in cycles meanwhile: an import makes none, but ever more objects to
    look at."""
    is_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_on:
            gc.enable()


@collecting_nothing()
def check_ledger(
    kind: str,
    ledgers: Sequence[Ledger],
    content: bytes,
    *,
    by: User,
    root: Area,
    decisions: Decisions = _UNDECIDED,
    tick: OnProgress = no_progress,
) -> CheckedLedger:
    """Read a file and collect every problem and warning; nothing is stored.

    A doubtful row is a problem until `decisions` says what it is. TransitionError when the user may not import here; UnusableFile when the bytes are no workbook.
    """
    if not (by.is_clerk and by.covers(root.code)):
        raise TransitionError(f"{by}不是“{root}”的填报员，不能导入台账")
    tick("打开文件", 0, 0)
    grids, hidden = read_workbook(content)
    digest, first = _digest(grids), grids[0].name
    reader = Reader(ledgers, by, root, tick)
    reader.read(grids, hidden)
    grids.clear()  # frees the memory of a large file's cells
    reader.check(decisions)
    earlier = _earlier_batch(kind, digest, root)
    if earlier is not None and _is_taken_again(earlier, first, reader):
        # Another digest, because the earlier batch keeps this one.
        digest = hashlib.sha256(f"{digest} {timezone.now().isoformat()}".encode()).hexdigest()
    return CheckedLedger(kind, root, digest, reader.result, reader.entries)


def _digest(grids: Sequence[Grid]) -> str:
    """Return the SHA-256 of the cell texts, so that a file saved again is the same ledger."""
    # The same bytes as `json.dumps` of all sheets, but row by row.
    digest, encode = hashlib.sha256(), json.JSONEncoder(ensure_ascii=False).encode
    for sheet, grid in enumerate(grids):
        digest.update(b", [" if sheet else b"[[")
        for number, row in enumerate(grid.rows):
            texts = texts_of(row)
            joined = "".join(texts)
            is_plain = joined.isprintable() and '"' not in joined and "\\" not in joined
            line = '["' + '", "'.join(texts) + '"]' if is_plain and texts else encode(texts)
            digest.update(f"{', ' if number else ''}{line}".encode())
        digest.update(b"]")
    digest.update(b"]" if grids else b"[]")
    return digest.hexdigest()


def _earlier_batch(kind: str, digest: str, root: Area) -> ImportBatch | None:
    """Return a batch of the same ledger, not undone, for this area or one above or below it."""
    overlapping = within_q("area_id", root.code) | Q(area_id__in=root.ancestor_codes)
    standing = ImportBatch.objects.filter(overlapping, undone_at__isnull=True)
    return standing.filter(kind=kind, sha256=digest).first()


def _is_taken_again(earlier: ImportBatch, sheet: str, reader: Reader) -> bool:
    """Refuse a ledger that was imported before, unless records of that import do not count any more;
    return whether it is taken again."""
    when = timezone.localtime(earlier.created_at).strftime("%Y-%m-%d %H:%M")
    said = f"同一台账已于{when}由{earlier.created_by}导入"
    is_taken = _has_lost_records(earlier, {entry.model for entry in reader.entries})
    if is_taken:
        again = f"{said}，其中的记录（或其基金）后来已作废；作废的各行按新的登记"
        reader.result.warnings.append(Finding(sheet, "A1", "", again))
    else:
        reader.result.problems = [Finding(sheet, "A1", "", f"{said}，没有重复导入")]
    return is_taken


def _has_lost_records(batch: ImportBatch, models: set[type[Submission]]) -> bool:
    """Return whether a record of the batch, or what it belongs to, is void by now."""
    return any(
        model._default_manager.filter(import_batch=batch)
        .exclude(pk__in=model.not_voided().filter(import_batch=batch).values("pk"))
        .exists()
        for model in models
    )


def lock_county(root: Area) -> None:
    """Lock the county, so that imports of a county run one after another."""
    county = Area.objects.select_for_update(no_key=True).filter(
        code=cut_to(root.code, COUNTY_LEVEL)
    )
    list(county.values_list("code"))


@collecting_nothing()
def import_ledger(
    kind: str,
    ledgers: Sequence[Ledger],
    content: bytes,
    file_name: str,
    *,
    by: User,
    root: Area,
    is_submitted: bool = False,
    reason: str = IMPORT_REASON,
    approve_as: User | None = None,
    decisions: Decisions = _UNDECIDED,
    shown: str | None = None,
    tick: OnProgress = no_progress,
) -> ImportResult:
    """Store a whole file, or nothing when there is a single problem.

    With `is_submitted` every row is submitted, and `reason` explains its warnings; with `approve_as`
    another user approves them, too. `shown` is the digest of the outcomes that the user has seen:
    ChangedSinceCheck when they are others now. A file without new content creates no batch.
    TransitionError when a role forbids it; UnusableFile when the bytes are no workbook.
    """
    with transaction.atomic():
        lock_county(root)
        checked = check_ledger(
            kind, ledgers, content, by=by, root=root, decisions=decisions, tick=tick
        )
        if shown is not None and shown != checked.outcomes:
            raise ChangedSinceCheck(checked)
        result = checked.result
        entries = [entry for entry in checked.entries if entry.outcome in TO_WRITE]
        if result.problems or not entries:
            return result
        batch = _create_batch(checked, file_name, by)
        checked.entries.clear()  # frees memory: each record is let go once it is stored
        submission = FirstSubmission(by, reason) if is_submitted or approve_as else None
        written = _store(entries, batch, by, submission, tick)
        if approve_as:
            for rows in written:
                _move_whole(rows, Action.APPROVE, approve_as)
    result.created, result.batch = batch.created_counts, batch
    return result


def _create_batch(checked: CheckedLedger, file_name: str, by: User) -> ImportBatch:
    outcomes = Counter(entry.outcome for entry in checked.entries)
    counts = Counter(
        entry.ledger.key_of(entry.model)
        for entry in checked.entries
        if entry.outcome == RowOutcome.NEW
    )
    batch = ImportBatch.objects.create(
        kind=checked.kind,
        file_name=file_name[:200],
        sha256=checked.digest,
        area=checked.root,
        created_by=by,
        row_count=checked.result.rows,
        created_counts=dict(counts),
        changed_count=outcomes[RowOutcome.CHANGED],
        same_count=outcomes[RowOutcome.SAME],
        changes=[_as_json(entry) for entry in checked.entries if entry.changes],
        warnings=[str(finding) for finding in checked.result.warnings],
    )
    log(
        Act.LEDGER_STORED,
        about=batch,
        user=by,
        after={
            "文件摘要": batch.sha256,
            "行数": batch.row_count,
            "新增": batch.created_counts,
            "修改": batch.changed_count,
        },
    )
    return batch


def _as_json(entry: Entry) -> dict[str, object]:
    """Return what the batch stores of a changed record, from which the change can be undone."""
    return {
        "model": entry.record._meta.label_lower,
        "pk": entry.record.pk,
        "fields": {
            change.field: [_plain(change.before), _plain(change.after)] for change in entry.changes
        },
    }


def _plain(value: object) -> bool | int | str | None:
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _move_whole(rows: SubmissionQuerySet, action: Action, by: User, reason: str = "") -> None:
    """Move every row of the batch; TransitionError when one of them cannot be moved."""
    left = rows.count() - move_all(rows, action, by=by, reason=reason)
    if left:
        raise TransitionError(not_moved(by, action, left))


def _store(
    entries: list[Entry],
    batch: ImportBatch,
    by: User,
    submission: FirstSubmission | None,
    tick: OnProgress,
) -> list[SubmissionQuerySet]:
    """Write the records with their history, and submit them; return the rows of each model in order of
    appearance. The list of entries is emptied."""
    if submission:
        submission.refuse_outside(str(entry.values_of(_AREA)[0]) for entry in entries)
    done, total = 0, len(entries)
    by_model: dict[type[Submission], tuple[deque[Entry], list[Entry]]] = {}
    for entry in entries:
        fresh, changed = by_model.setdefault(entry.model, (deque(), []))
        (fresh if entry.outcome == RowOutcome.NEW else changed).append(entry)
    entries.clear()
    written: list[SubmissionQuerySet] = []
    for model, (fresh, changed) in by_model.items():
        while fresh:
            some = [fresh.popleft() for _ in range(min(_AT_ONCE, len(fresh)))]
            _create(model, some, batch, submission)
            done += len(some)
            tick("写入", done, total)
        rows = model._default_manager.filter(import_batch=batch)
        write_history(rows, by, IMPORT_REASON, **(DRAFT if submission else {}))
        if submission:
            submission.write_events(rows)
        altered = _change(model, changed, by, submission)
        written.append(rows | altered if changed else rows)
    return written


def _create(
    model: type[Submission],
    entries: Entries,
    batch: ImportBatch,
    submission: FirstSubmission | None,
) -> None:
    common = {"import_batch_id": batch.pk, **(submission.marks() if submission else {})}
    groups: dict[tuple[int, bool], list[Entry]] = defaultdict(list)
    for entry in entries:
        is_packed = isinstance(entry.kept, PackedRecord) and entry.ledger.save_related is None
        groups[id(entry.ledger), is_packed].append(entry)
    for (_, is_packed), members in groups.items():
        cells = [entry.place[:60] for entry in members]
        packed = [each.kept for each in members if isinstance(each.kept, PackedRecord)]
        if is_packed:
            store_packed(model, packed, common, import_cell=cells)
            continue
        records = [entry.record for entry in members]
        for record, cell in zip(records, cells, strict=True):
            vars(record).update(common, import_cell=cell)
        store_new(model, records)
        if save_related := members[0].ledger.save_related:
            save_related(records)


def _change(
    model: type[Submission], entries: Entries, by: User, submission: FirstSubmission | None
) -> SubmissionQuerySet:
    """Write the changed fields and return the rows; TransitionError when a record was changed since
    the check."""
    keys = [entry.record.pk for entry in entries]
    rows = model._default_manager.filter(pk__in=keys)
    if not entries:
        return rows
    now = {row.pk: row for row in rows.select_for_update(no_key=True)}
    for entry in entries:
        if not now[entry.record.pk].is_editable or _has_moved(entry, now[entry.record.pk]):
            raise TransitionError(f"“{entry.record}”刚有变化，没有写入；请重新核对")
        entry.record.updated_at = timezone.now()
    names = {change.field for entry in entries for change in entry.changes}
    bulk_update_with_history(
        [entry.record for entry in entries],
        model,
        [*sorted(names), "updated_at"],
        batch_size=_AT_ONCE,
        default_user=by,
        default_change_reason=IMPORT_REASON,
    )
    if submission:
        _move_whole(rows, Action.SUBMIT, by, submission.reason)
    return rows


def _has_moved(entry: Entry, current: Submission) -> bool:
    return any(
        field_of(current, change.field).value_from_object(current) != change.before
        for change in entry.changes
    )
