"""Undoing a whole import: its records are voided, its changes are put back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from audit.acts import Act
from audit.events import record
from ledgers.service import lock_county
from reviews.kinds import record_kinds
from reviews.models import UNDO_REASON, ImportBatch, Status, Submission, version_of_set
from reviews.services import Refusal, TransitionError, void_unapproved

if TYPE_CHECKING:
    from accounts.models import User
    from reviews.querysets import SubmissionQuerySet

#: Characters of a kind's version within that of a batch.
_LENGTH = 16


def touched_by(batch: ImportBatch) -> list[SubmissionQuerySet]:
    """Return, for each kind, the records that the batch has created or changed."""
    changed: dict[str, list[int]] = defaultdict(list)
    for change in batch.changes:
        changed[change["model"]].append(change["pk"])
    sets = [
        model._default_manager.filter(
            Q(import_batch=batch) | Q(pk__in=changed[model._meta.label_lower])
        )
        for model in record_kinds()
    ]
    return [rows for rows in sets if rows.exists()]


def batch_version(batch: ImportBatch) -> str:
    """Return the version of all records that undoing the batch would touch."""
    return ".".join(version_of_set(rows)[:_LENGTH] for rows in touched_by(batch))


@transaction.atomic
def undo_batch(batch: ImportBatch, *, by: User, seen: str | None = None) -> int:
    """Void the batch's records and put back what it changed; return the number of records.

    `seen` is the version of the batch that the user decided on (default: any). TransitionError, and
    nothing done, when the batch has another version, or a record is approved, was changed since, or
    is used by a record outside the batch; also when the user is no clerk of the area.
    """
    if not (by.is_clerk and by.covers(batch.area_id)):
        raise TransitionError(f"{by}不是“{batch.area}”的填报员，不能撤销导入")
    lock_county(batch.area)
    batch.refresh_from_db()
    if batch.undone_at:
        raise TransitionError("该批次已撤销")
    if seen is not None:
        _refuse_unseen(batch, seen)
    kinds = [model for model in record_kinds() if _rows(model, batch).exists()]
    for model in kinds:
        _refuse_facts(model, batch)
        _refuse_references(model, batch)
    done = sum(void_unapproved(_rows(model, batch), by=by, reason=UNDO_REASON) for model in kinds)
    for change in batch.changes:
        _put_back(change, by)
    batch.undone_at, batch.undone_by = timezone.now(), by
    batch.save(update_fields=["undone_at", "undone_by"])
    number = done + len(batch.changes)
    record(Act.LEDGER_UNDONE, about=batch, user=by, after={"记录数": number})
    return number


def _refuse_unseen(batch: ImportBatch, seen: str) -> None:
    """Refuse when the records, locked from now on, are not as the user has seen them."""
    for rows in touched_by(batch):
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    if seen != batch_version(batch):
        raise TransitionError("这批记录刚有变化，没有撤销；请核对后重新确认", Refusal.CHANGED)


def _rows(model: type[Submission], batch: ImportBatch) -> SubmissionQuerySet:
    return model._default_manager.filter(import_batch=batch)


def _refuse_facts(model: type[Submission], batch: ImportBatch) -> None:
    approved = _rows(model, batch).approved().count()
    if approved:
        name = model._meta.verbose_name
        raise TransitionError(
            f"其中{approved}条{name}已审核通过，不能整批撤销；请先由审核员撤回通过"
        )


def _refuse_references(model: type[Submission], batch: ImportBatch) -> None:
    """Refuse when a living record from outside the batch refers to one of the batch's records."""
    for relation in model._meta.related_objects:
        other = relation.related_model
        if not (isinstance(other, type) and issubclass(other, Submission)):
            continue
        held = other._default_manager.exclude(status=Status.VOID).filter(
            **{f"{relation.field.name}__import_batch": batch}
        )
        if found := held.exclude(import_batch=batch).first():
            raise TransitionError(f"{other._meta.verbose_name}“{found}”用到本批次的记录，不能撤销")


def _put_back(change: Mapping[str, Any], by: User) -> None:
    """Restore the earlier values; TransitionError unless the values are still those of the batch."""
    model: Any = apps.get_model(change["model"])
    record = model._default_manager.select_for_update(no_key=True).get(pk=change["pk"])
    if not record.is_editable:
        state = record.get_status_display()
        raise TransitionError(f"“{record}”当前为“{state}”，不能撤销；请先由审核员退回")
    for name, (before, after) in change["fields"].items():
        field = model._meta.get_field(name)
        if field.value_from_object(record) != field.to_python(after):
            raise TransitionError(f"“{record}”的“{field.verbose_name}”导入后又有修改，不能撤销")
        setattr(record, field.attname, field.to_python(before))
    record.updated_at = timezone.now()
    bulk_update_with_history(
        [record],
        model,
        [*change["fields"], "updated_at"],
        default_user=by,
        default_change_reason=UNDO_REASON,
    )
