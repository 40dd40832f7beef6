"""Covers: keyed digests of rows, written in the transaction that writes the rows."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils import timezone

from audit.chain.links import link_after_commit
from audit.macs import mac_of, packed
from audit.models import Cover
from crypto.digests import DigestName, keyed_digest
from crypto.keys import Key

#: Hexadecimal digits of a row's digest.
LENGTH = 32
#: The digest of a row that was deleted with authority.
GONE = "0" * LENGTH
#: Rows of a cover, and covers of a statement.
_AT_ONCE, _COVERS_AT_ONCE = 1000, 100

#: A key and the values of the columns.
Row = tuple[int, Sequence[object]]


def columns_of(model: type[Model]) -> list[str]:
    """Return the columns of a model that a cover holds: all."""
    return [field.attname for field in model._meta.concrete_fields]


def cover_rows(rows: QuerySet[Model]) -> int:
    """Cover stored rows as they are now; return their number."""
    model = rows.model
    columns = columns_of(model)
    return cover(model._meta.label_lower, columns, _values(rows, columns))


def cover_new(row: Model) -> None:
    """Cover one stored row."""
    cover_rows(type(row)._default_manager.filter(pk=row.pk))


def _values(rows: QuerySet[Model], columns: Sequence[str]) -> Iterator[Row]:
    stored = rows.order_by("pk").values_list("pk", *columns)
    for key, *values in stored.iterator(chunk_size=2000):
        yield key, values


def cover(
    label: str, columns: Sequence[str], rows: Iterable[tuple[int, Sequence[object] | None]]
) -> int:
    """Write the covers of rows (None: the row is deleted); return the number of rows."""
    digests, told, number = Digests(label), iter(rows), 0
    written: list[Cover] = []
    while part := list(islice(told, _AT_ONCE)):
        number += len(part)
        written.append(_cover(label, columns, part, digests))
    if written:
        stored = Cover.objects.bulk_create(written, batch_size=_COVERS_AT_ONCE)
        link_after_commit(stored[0])  # ties those after it, too
    return number


def _cover(
    label: str,
    columns: Sequence[str],
    part: Sequence[tuple[int, Sequence[object] | None]],
    digests: Digests,
) -> Cover:
    made = Cover(
        at=timezone.now(),
        label=label,
        columns=",".join(columns),
        keys=",".join(str(key) for key, _ in part),
        digests="".join(
            GONE if values is None else digests.of(key, values) for key, values in part
        ),
    )
    made.mac = mac_of(content_of_cover(made))
    return made


def content_of_cover(cover: Cover) -> list[object]:
    """Return what a cover's mac covers."""
    return ["audit.cover", cover.at, cover.label, cover.columns, cover.keys, cover.digests]


class Digests:
    """Digests of the rows of one table under one key."""

    def __init__(self, label: str, key: Key | None = None, name: DigestName | None = None) -> None:
        self._label = label
        self._key = (key or settings.AUDIT_KEYS.current).bytes_for("audit row")
        self._name = name or DigestName(settings.DIGEST)
        self._is_quick = self._name is DigestName.SHA256

    def of(self, key: int, values: Sequence[object]) -> str:
        """Return the digest of a row."""
        content = packed([self._label, key, *values])
        if self._is_quick:
            return hmac.digest(self._key, content, "sha256").hex()[:LENGTH]
        return keyed_digest(self._key, content, self._name)[:LENGTH]


def digests_of(cover: Cover) -> Digests:
    """Return the digests by the key and algorithm of a written cover; KeyError without its key."""
    name, fingerprint, _ = cover.mac.split("$")
    return Digests(cover.label, settings.AUDIT_KEYS.by_fingerprint[fingerprint], DigestName(name))


def parts_of(cover: Cover) -> Iterator[tuple[int, str]]:
    """Yield each key of a cover with its digest."""
    for number, key in enumerate(cover.keys.split(",")):
        yield int(key), cover.digests[number * LENGTH : (number + 1) * LENGTH]
