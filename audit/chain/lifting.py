"""The authorised way to change what is append-only: within one transaction, and recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from audit.acts import Act
from audit.chain.covers import columns_of, cover
from audit.events import record
from audit.models import Cover, Permit

_AT_ONCE = 500


@contextmanager
def lifted() -> Iterator[None]:
    """Lift the triggers until the block ends. Use `changing`, which records what is done."""
    with transaction.atomic():
        permit = Permit.objects.create(number=_transaction())
        yield
        permit.delete()


def _transaction() -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT txid_current()")
        return int(cursor.fetchone()[0])


@contextmanager
def changing(changed: QuerySet[Model], reason: str) -> Iterator[None]:
    """Let the block change or delete these rows of an append-only table, for a reason in Chinese.

    Afterwards the rows are covered as they are then, and an audit event keeps both digests, so that
    the verification accepts exactly this change.
    """
    model = changed.model
    columns = columns_of(model)
    with transaction.atomic():
        keys = list(changed.order_by("pk").values_list("pk", flat=True))
        before = _last_cover(model)
        with lifted():
            yield
        now = _stored(model, keys, columns)
        rows = [(key, now.get(key)) for key in keys]
        cover(model._meta.label_lower, columns, rows)
        record(
            Act.LOG_LIFTED,
            before={"数据表": model._meta.label_lower, "最后校验": before},
            after={"行数": len(keys), "删除": len(keys) - len(now), "校验": _last_cover(model)},
            detail=reason,
        )


def _stored(
    model: type[Model], keys: Sequence[int], columns: Sequence[str]
) -> dict[int, list[object]]:
    """Return key → values of the rows that are still there."""
    found: dict[int, list[object]] = {}
    for start in range(0, len(keys), _AT_ONCE):
        part = model._default_manager.filter(pk__in=keys[start : start + _AT_ONCE])
        for key, *values in part.values_list("pk", *columns):
            found[key] = values
    return found


def _last_cover(model: type[Model]) -> str:
    """Return the mac of the last cover of a table."""
    rows = Cover.objects.filter(label=model._meta.label_lower).order_by("-pk")
    return rows.values_list("mac", flat=True).first() or ""
