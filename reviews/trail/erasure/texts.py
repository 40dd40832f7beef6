"""The personal texts of a record, present and earlier ones, each under a key that does not tell it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace

from django.conf import settings
from django.db import models

from areas.spelling import folded
from crypto.digests import keyed_digest
from reviews.fields import history_of
from reviews.models import Submission
from reviews.models.versions import links_to
from reviews.privacy import SensitiveText, is_erased, sensitive_fields

#: What stands between the persons of one text; blanks only between Chinese names.
SEPARATOR = re.compile(r"(\s*[、，,；;/]+\s*|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff]))")
_KEY_DIGITS = 16


@dataclass(frozen=True)
class PersonalText:
    """One personal text in a column of a record, or of a row that belongs to it.

    `is_current` is False of one that only earlier versions hold.
    """

    row: models.Model
    name: str
    value: str
    is_current: bool = True

    @property
    def key(self) -> str:
        """What forms and requests call it: `funds.fund:3:leader:9f8e…`."""
        purpose = settings.AUDIT_KEYS.current.bytes_for("personal text")
        sealed = keyed_digest(purpose, folded(self.value).encode())[:_KEY_DIGITS]
        return f"{self.row._meta.label_lower}:{self.row.pk}:{self.name}:{sealed}"

    @property
    def label(self) -> str:
        """What pages and the audit log call it; of a row with the row's kind."""
        mark = sensitive_fields(type(self.row))[self.name]
        kind = "" if isinstance(self.row, Submission) else f"{self.row._meta.verbose_name}"
        return f"{kind}{mark.verbose_name}{'' if self.is_current else '（以前的）'}"

    @property
    def longest(self) -> int:
        """How many characters the column takes."""
        return sensitive_fields(type(self.row))[self.name].max_length or 0

    @property
    def shown(self) -> str:
        """The text as everybody reads it."""
        return _shown(self.row, self.name, self.value)


def _shown(row: models.Model, name: str, value: str) -> str:
    """Return a text of a column as everybody reads it, whether the row holds it now or did."""
    field: SensitiveText = sensitive_fields(type(row))[name]
    held = {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}
    return field.shown_in(SimpleNamespace(**held | {name: value}))


@cache
def holds_personal_texts(kind: type[Submission]) -> bool:
    """Return whether records of a kind, or the rows that belong to them, hold personal data."""
    return bool(sensitive_fields(kind)) or any(
        sensitive_fields(link.model) for link in links_to(kind)
    )


def personal_texts(record: Submission) -> list[PersonalText]:
    """Return the texts of a record that name persons and are not erased, one for each person."""
    return [*_current(record), *_earlier(record)]


def rows_of(record: Submission) -> Iterator[models.Model]:
    """Yield the record and the rows that belong to it."""
    yield record
    yield from rows_below(record)


def rows_below(record: Submission) -> Iterator[models.Model]:
    """Yield the rows that belong to a record."""
    for link in links_to(type(record)):
        yield from link.model._default_manager.filter(**{link.name: record.pk}).order_by("pk")


def _current(record: Submission) -> Iterator[PersonalText]:
    for row in rows_of(record):
        for name, field in sensitive_fields(type(row)).items():
            if field.is_personal is None or field.is_personal(row):
                for part in dict.fromkeys(parts_of(getattr(row, name))):
                    yield PersonalText(row, name, part)


def _earlier(record: Submission) -> Iterator[PersonalText]:
    fields = sensitive_fields(type(record))
    held = {(name, part) for name in fields for part in parts_of(getattr(record, name))}
    versions = history_of(type(record)).filter(id=record.pk).order_by("-history_id")
    for version in versions if fields else ():
        for name, field in fields.items():
            if field.is_personal is None or field.is_personal(version):
                for part in parts_of(getattr(version, name)):
                    if (name, part) not in held:
                        held.add((name, part))
                        yield PersonalText(record, name, part, is_current=False)


def parts_of(text: str) -> list[str]:
    """Return the persons or contacts of a text, without what was erased."""
    parts = (part.strip() for part in SEPARATOR.split(text)[::2])
    return [part for part in parts if part and not is_erased(part)]
