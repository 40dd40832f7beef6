"""The timeline of a record, newest first: transitions, changed fields, evidence and import."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.formats import date_format

from areas.codes import ancestors_of
from reviews.evidence.attachments import attachments_of
from reviews.fields import HistoricalRecord, history_of
from reviews.models import IMPORT_REASON, Attachment, ImportBatch, ReviewEvent, Submission
from reviews.privacy import masked, sensitive_fields
from reviews.trail.differences import Difference, FieldTexts, changes_between

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class TimelineEntry:
    """One event on the timeline; `lines` appear below the title, `changes` in a table."""

    at: datetime.datetime
    by: str
    title: str
    lines: tuple[str, ...] = ()
    changes: tuple[Difference, ...] = ()


def timeline_of(record: Submission, user: User) -> list[TimelineEntry]:
    """Return the timeline, newest first, with a constant number of queries.

    The caller has looked the record up in the user's scope.
    """
    entries = [
        *_versions(record, user),
        *_rows_changed(record),
        *_evidence(record),
        *_events(record),
    ]
    # Sorting is stable: for events of one moment, this list holds causes before consequences.
    return sorted(entries, key=lambda entry: entry.at)[::-1]


def timeline_since(
    record: Submission, user: User, moment: datetime.datetime
) -> list[TimelineEntry]:
    """Return what has happened to a record since a moment, newest first."""
    return [entry for entry in timeline_of(record, user) if entry.at > moment]


def _events(record: Submission) -> Iterator[TimelineEntry]:
    kind = ContentType.objects.get_for_model(type(record))
    events = ReviewEvent.objects.filter(content_type=kind, object_id=record.pk)
    for event in events.select_related("by").order_by("at", "pk"):
        moved = f"{event.get_from_status_display()} → {event.get_to_status_display()}"
        reason = (f"理由：{event.reason}",) if event.reason else ()
        yield TimelineEntry(event.at, str(event.by), event.get_action_display(), (moved, *reason))


def _versions(record: Submission, user: User) -> Iterator[TimelineEntry]:
    """Yield the entry of the record and every version that differs from the one before."""
    rows = history_of(type(record)).filter(id=record.pk).select_related("history_user")
    versions = list(rows.order_by("history_date", "history_id"))
    texts = FieldTexts(record, user, versions)
    first = versions[0] if versions and versions[0].history_type == "+" else None
    yield _entered(record, first)
    if versions and first is None:
        yield _changed(versions[0], (), "修改前的内容没有留存")
    batches = _batches_over(record)
    for old, new in pairwise(versions):
        if changes := changes_between(old, new, texts):
            yield _changed(new, tuple(changes), _remark(new, batches))


def _entered(record: Submission, version: HistoricalRecord | None) -> TimelineEntry:
    batch = record.import_batch
    by = version.history_user if version and version.history_user else record.created_by
    at = version.history_date if version else record.created_at
    if batch is None:
        return TimelineEntry(at, _name(by), "录入")
    cell = f"，位置 {record.import_cell}" if record.import_cell else ""
    source = f"{_file(batch)}{cell}"
    return TimelineEntry(at, _name(by or batch.created_by), "由台账导入", (source,))


def _file(batch: ImportBatch) -> str:
    return f"{batch.get_kind_display()}“{batch.file_name}”"


def _batches_over(record: Submission) -> list[ImportBatch]:
    """Return the imports of the areas above the record that changed records, the latest first."""
    places = [*ancestors_of(record.area_id), record.area_id]
    batches = ImportBatch.objects.filter(area_id__in=places, changed_count__gt=0)
    return list(batches.defer("changes", "warnings").order_by("-created_at", "-pk"))


def _remark(version: HistoricalRecord, batches: list[ImportBatch]) -> str:
    """Return why a version was written; for an import, name its clerk's latest file at that time."""
    reason = version.history_change_reason or ""
    if reason != IMPORT_REASON:
        return reason
    mine = (each for each in batches if each.created_by_id == version.history_user_id)
    batch = next((each for each in mine if each.created_at <= version.history_date), None)
    return f"{reason}：{_file(batch)}" if batch else reason


def _changed(
    version: HistoricalRecord, changes: tuple[Difference, ...], remark: str
) -> TimelineEntry:
    lines = (remark,) if remark else ()
    by = _name(version.history_user)
    return TimelineEntry(version.history_date, by, "修改", lines, changes)


def _evidence(record: Submission) -> Iterator[TimelineEntry]:
    for each in attachments_of(record).select_related("added_by", "removed_by"):
        note = (f"说明：{each.note}",) if each.note else ()
        yield TimelineEntry(each.added_at, str(each.added_by), "上传附件", (each.file_name, *note))
        if each.removed_at:
            yield TimelineEntry(
                each.removed_at, _name(each.removed_by), "移除附件", (each.file_name,)
            )


def _rows_changed(record: Submission) -> Iterator[TimelineEntry]:
    """Yield changes of rows below the record: rows have no versions, so the admin log names them."""
    for log in _page_log(record):
        lines = tuple(_log_lines(log))
        if lines:
            yield TimelineEntry(log.action_time, str(log.user), "修改明细", lines)


def rows_changed_since(record: Submission, moment: datetime.datetime) -> list[str]:
    """Return one line per row changed since a moment: `管理小组成员：新增“王芳”（区级填报员，2026年3月1日 9:30）`."""
    return [
        f"{line}（{log.user}，{date_format(timezone.localtime(log.action_time), 'DATETIME_FORMAT')}）"
        for log in _page_log(record)
        if log.action_time > moment
        for line in _log_lines(log)
    ]


def _page_log(record: Submission) -> list[LogEntry]:
    kind = ContentType.objects.get_for_model(type(record))
    logs = LogEntry.objects.filter(content_type=kind, object_id=str(record.pk))
    return list(logs.select_related("user").order_by("action_time", "pk"))


_DONE = {"added": "新增", "changed": "修改", "deleted": "删除"}


def _log_lines(log: LogEntry) -> Iterator[str]:
    """Yield `管理小组成员：新增“王芳”` for each changed row; attachments have entries of their own."""
    for message in _messages(log):
        for done, what in message.items():
            name = what.get("name") if isinstance(what, dict) else None
            if name and done in _DONE and name != Attachment._meta.verbose_name:
                fields = "、".join(str(label) for label in what.get("fields", []))
                tail = f"（{fields}）" if fields else ""
                row = str(what.get("object", ""))
                shown = masked(row) if name in _named_by_persons() else row
                yield f"{name}：{_DONE[done]}“{shown}”{tail}"


@cache
def _named_by_persons() -> frozenset[str]:
    """Return what the rows of records are called that name persons; the log of old rows is whole."""
    return frozenset(
        str(model._meta.verbose_name)
        for model in apps.get_models()
        if not issubclass(model, Submission) and sensitive_fields(model)
    )


def _messages(log: LogEntry) -> list[dict[str, Any]]:
    try:
        messages = json.loads(log.change_message)
    except ValueError:  # plain text that another program wrote
        return []
    return (
        [each for each in messages if isinstance(each, dict)] if isinstance(messages, list) else []
    )


def _name(user: User | None) -> str:
    return str(user) if user else "系统"
