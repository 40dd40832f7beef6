"""Versions of records: a digest of everything that a page or the API shows of a record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
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
    for link in _links_to(model):
        names = [field.attname for field in link.model._meta.concrete_fields]
        rows = link.model._default_manager.filter(**{f"{link.name}__in": keys})
        for values in rows.order_by("pk").values_list(link.attname, *names):
            content.get(values[0], []).append((link.model._meta.label, values))
    kind = ContentType.objects.get_for_model(model)
    files = Attachment.objects.filter(content_type=kind, removed_at=None, object_id__in=keys)
    for key, *values in files.order_by("pk").values_list("object_id", "pk", "sha256", "note"):
        content.get(key, []).append(values)
    return {key: _digest(parts) for key, parts in content.items()}


def _links_to(model: type[models.Model]) -> Iterator[AnyField]:
    """Yield the references of rows that belong to a record and go with it."""
    for relation in model._meta.related_objects:
        if relation.on_delete is models.CASCADE:
            yield relation.field


def _digest(content: object) -> str:
    return hashlib.sha256(repr(content).encode()).hexdigest()[:_LENGTH]
