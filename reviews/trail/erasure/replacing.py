"""Erases and corrects personal texts of one record everywhere that the platform keeps them.

个人信息保护法 arts. 46, 47. What is counted stays. The log of acts (网络安全法 art. 21) and sealed editions hold
personal data masked only, and are never changed.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from audit.chain.lifting import changing
from audit.chain.verifying import cover_history
from reviews.fields import field_of, history_of
from reviews.models import (
    Attachment,
    ImportBatch,
    ReviewEvent,
    Status,
    Submission,
    cover_contents,
)
from reviews.privacy import sensitive_fields
from reviews.trail.erasure.copies import batches_of, clear_copies
from reviews.trail.erasure.swaps import Swaps, changed_texts
from reviews.trail.erasure.texts import rows_of

_SUBMITTED = (Status.PENDING, Status.APPROVED)


@transaction.atomic
def replace_texts(record: Submission, swaps: Swaps, *, reason: str) -> None:
    """Put the new texts in the place of the old ones in all that is kept of a record.

    `reason` says in Chinese why the append-only rows change; it names no person. TooLong where a
    corrected text does not fit.
    """
    kind = type(record)
    locked = kind._default_manager.select_for_update(of=("self",), no_key=True).get(pk=record.pk)
    batches = batches_of(locked)
    for row in list(rows_of(locked)):
        _replace_in_row(row, swaps)
    _replace_in_history(locked, swaps, reason)
    _replace_in_events(locked, swaps, reason)
    _replace_in_attachments(locked, swaps)
    _replace_in_log(locked, swaps)
    for batch in batches:
        _replace_in_batch(batch, locked, swaps)
    clear_copies(locked, swaps, {batch.pk for batch in batches})
    changed = kind._default_manager.filter(pk=record.pk)
    changed.update(updated_at=timezone.now())
    if locked.status in _SUBMITTED:
        cover_contents(changed)


def _replace_in_row(row: models.Model, swaps: Swaps) -> None:
    changed = changed_texts(row, swaps)
    if not changed:
        return
    rows = type(row)._default_manager.filter(pk=row.pk)
    try:
        with transaction.atomic():
            rows.update(**changed)
    except IntegrityError:  # two rows of one kind have the same mark: one in 65,536
        marked = sensitive_fields(type(row))
        rows.update(**{n: f"{v}{row.pk}" if n in marked else v for n, v in changed.items()})


def _replace_in_history(record: Submission, swaps: Swaps, reason: str) -> None:
    versions = history_of(type(record)).filter(id=record.pk)
    _replace_kept(versions, swaps, reason)


def _replace_in_events(record: Submission, swaps: Swaps, reason: str) -> None:
    kind = ContentType.objects.get_for_model(type(record))
    events = ReviewEvent.objects.filter(content_type=kind, object_id=record.pk)
    _replace_kept(events, swaps, reason)


def _replace_kept(rows: models.QuerySet[models.Model], swaps: Swaps, reason: str) -> None:
    """Replace the texts in rows of an append-only table, by the way that the log authorises."""
    changed = {row.pk: found for row in rows.order_by() if (found := changed_texts(row, swaps))}
    if not changed:
        return
    model = rows.model
    if hasattr(model, "tracked_fields"):
        cover_history(model)  # `changing` covers the newest rows: none before them may be left out
    held = model._default_manager.filter(pk__in=list(changed))
    with changing(held, reason):
        for pk, texts in changed.items():
            model._default_manager.filter(pk=pk).update(**texts)


def _replace_in_attachments(record: Submission, swaps: Swaps) -> None:
    """Replace the texts in names and notes of files, removed ones too; the files themselves stay."""
    kind = ContentType.objects.get_for_model(type(record))
    files = Attachment.objects.filter(content_type=kind, object_id=record.pk)
    for file in files:
        _replace_in_row(file, swaps)


def _replace_in_log(record: Submission, swaps: Swaps) -> None:
    """Replace the names of rows in the log of the record's page."""
    kind = ContentType.objects.get_for_model(type(record))
    for log in LogEntry.objects.filter(content_type=kind, object_id=str(record.pk)):
        told, name = swaps.json_text(log.change_message), swaps.free(log.object_repr)
        if (told, name) != (log.change_message, log.object_repr):
            LogEntry.objects.filter(pk=log.pk).update(change_message=told, object_repr=name)


def _replace_in_batch(batch: ImportBatch, record: Submission, swaps: Swaps) -> None:
    """Replace the texts in what an import keeps of its changes, as the columns hold them now."""
    label = record._meta.label_lower
    for change in batch.changes:
        if change["model"] == label and change["pk"] == record.pk:
            for name, values in change["fields"].items():
                if isinstance(field_of(record, name), models.CharField | models.TextField):
                    change["fields"][name] = list(_replaced(type(record), name, values, swaps))
    batch.warnings = swaps.json(batch.warnings)
    batch.save(update_fields=["changes", "warnings"])


def _replaced(
    kind: type[Submission], name: str, values: Iterable[object], swaps: Swaps
) -> Iterable[object]:
    """Yield the values of a column as it would hold them."""
    for value in values:
        if not isinstance(value, str):
            yield value
            continue
        version = kind(**{name: value})
        yield changed_texts(version, swaps).get(name, value)
