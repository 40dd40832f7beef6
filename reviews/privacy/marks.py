"""The mark of a column that holds personal data: who somebody is, or how to reach them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.db import models
from django.db.models import Q

from crypto.fields import EncryptedText
from reviews.privacy.masks import masked


class SensitiveText(EncryptedText):
    """A name or a contact of a person; everybody reads it masked (`masked_text`), and the database
    holds it encrypted.

    `is_personal` says of a row whether its value is a person's (default: always); `open_rows` is the
    condition under which everybody may search it, because no person is named.
    """

    def __init__(
        self,
        *args: Any,
        is_personal: Callable[[Any], bool] | None = None,
        open_rows: Q | None = None,
        **kwargs: Any,
    ) -> None:
        self.is_personal = is_personal
        self.open_rows = open_rows
        super().__init__(*args, **kwargs)

    def shown_in(self, row: object) -> str:
        """Return the value of a row, or of a stored version, as everybody reads it."""
        value = getattr(row, self.attname)
        if not value or (self.is_personal is not None and not self.is_personal(row)):
            return value or ""
        return masked(value)


@cache
def sensitive_fields(model: type[models.Model]) -> dict[str, SensitiveText]:
    """Return the marked columns of a model by name."""
    return {
        field.name: field
        for field in model._meta.concrete_fields
        if isinstance(field, SensitiveText)
    }


def masked_text(row: models.Model, name: str) -> str:
    """Return a text of a row as everybody reads it: masked where it is marked and a person's."""
    field = sensitive_fields(type(row)).get(name)
    return field.shown_in(row) if field is not None else str(getattr(row, name))


def without_persons(row: models.Model, text: str) -> str:
    """Return a sentence about a row in which the row's personal data are masked."""
    for name in sensitive_fields(type(row)):
        value, shown = getattr(row, name), masked_text(row, name)
        if value and shown != value and value in text:
            text = text.replace(value, shown)
    return text


def kept_text(row: models.Model, name: str, sent: str, given: Mapping[str, Any]) -> str:
    """Return what to store for a text that was sent back: the stored one where its mask came back.

    `given` holds the new values of the row; where they would uncover the text, its mask is returned,
    which nobody can store.
    """
    is_back = bool(sent) and sent == masked_text(row, name)
    return getattr(row, name) if is_back and name not in uncovered(row, given) else sent


def uncovered(row: models.Model, given: Mapping[str, Any]) -> list[str]:
    """Return the masked texts of a row that would be no person's any more with these new values."""
    stored = {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}
    return [
        name
        for name, mark in sensitive_fields(type(row)).items()
        if mark.is_personal is not None
        and mark.is_personal(row)
        and not mark.is_personal(SimpleNamespace(**stored | {**given, name: stored[name]}))
    ]
