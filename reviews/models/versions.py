"""Versions of records: a digest of everything that a page or the API shows of a record."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import models

from reviews.fields import AnyField
from reviews.models.attachments import Attachment
from reviews.models.submission import Submission

if TYPE_CHECKING:
    from reviews.querysets import SubmissionQuerySet

_LENGTH = 32


def version_of(record: Submission) -> str:
    """Return the version of a record as it is stored now; empty when it is not stored."""
    rows = type(record)._default_manager.filter(pk=record.pk)
    return versions_of(rows).get(record.pk, "")


def version_of_set(records: SubmissionQuerySet) -> str:
    """Return the version of a set: it changes when a record changes, comes or goes."""
    return _digest(versions_of(records))


def versions_of(records: SubmissionQuerySet) -> dict[int, str]:
    """Return primary key → version: 32 hexadecimal digits over columns, rows below and attachments.

    One query for the records, one for each kind of rows and one for the attachments.
    """
    model = records.model
    columns = [field.attname for field in model._meta.concrete_fields]
    stored = records.order_by("pk").values_list("pk", *columns)
    content: dict[int, list[object]] = {values[0]: [values] for values in stored}
    keys = records.order_by().values("pk")
    for link in links_to(model):
        names = [field.attname for field in link.model._meta.concrete_fields]
        rows = link.model._default_manager.filter(**{f"{link.name}__in": keys})
        for values in rows.order_by("pk").values_list(link.attname, *names):
            content.get(values[0], []).append((link.model._meta.label, values))
    kind = ContentType.objects.get_for_model(model)
    files = Attachment.objects.filter(content_type=kind, removed_at=None, object_id__in=keys)
    for key, *values in files.order_by("pk").values_list("object_id", "pk", "sha256", "note"):
        content.get(key, []).append(values)
    return {key: _digest(parts) for key, parts in content.items()}


def belongings_of(record: Submission) -> dict[str, str]:
    """Return what belongs to a stored record: key → name, `附件“合影.jpg”`; rows below and files."""
    found: dict[str, str] = {}
    for link in links_to(type(record)):
        for row in link.model._default_manager.filter(**{link.name: record.pk}).order_by("pk"):
            found[f"{row._meta.label_lower}:{row.pk}"] = f"{row._meta.verbose_name}“{row}”"
    kind = ContentType.objects.get_for_model(type(record))
    files = Attachment.objects.filter(content_type=kind, removed_at=None, object_id=record.pk)
    for pk, name in files.order_by("pk").values_list("pk", "file_name"):
        found[f"{Attachment._meta.label_lower}:{pk}"] = f"附件“{name}”"
    return found


def belongings_changed(record: Submission, seen: Collection[str]) -> list[str]:
    """Return in Chinese what came to a record or went since somebody saw these keys."""
    now = belongings_of(record)
    come = [f"新增{name}" for key, name in now.items() if key not in seen]
    kinds = {link.model._meta.label_lower: link.model for link in links_to(type(record))}
    gone = Counter(key.partition(":")[0] for key in seen if key not in now)
    rows = [
        f"移除{number}行{kinds[kind]._meta.verbose_name}"
        for kind, number in gone.items()
        if kind in kinds
    ]
    kind = ContentType.objects.get_for_model(type(record))
    removed = Attachment.objects.filter(
        content_type=kind, object_id=record.pk, removed_at__isnull=False
    )
    names = removed.order_by("pk").values_list("pk", "file_name")
    files = [
        f"移除附件“{name}”" for pk, name in names if f"{Attachment._meta.label_lower}:{pk}" in seen
    ]
    return [*come, *rows, *files]


def links_to(model: type[models.Model]) -> Iterator[AnyField]:
    """Yield the references of rows that belong to a record and go with it."""
    for relation in model._meta.related_objects:
        if relation.on_delete is models.CASCADE:
            yield relation.field


def _digest(content: object) -> str:
    return hashlib.sha256(repr(content).encode()).hexdigest()[:_LENGTH]
