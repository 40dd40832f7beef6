"""Uniqueness of rows with encrypted columns."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F
from django.db.models.functions import Substr
from typing_extensions import override

from crypto.ciphers import DIGEST_AT, DIGEST_LENGTH


class UniqueTexts(models.UniqueConstraint):
    """Rows are unique by some columns, of which `digested` are encrypted and searched.

    The database compares the keyed digests of these; forms and the API compare the texts, also with
    those under another key.
    """

    def __init__(self, *, digested: tuple[str, ...], **kwargs: Any) -> None:
        self.digested = digested
        super().__init__(**kwargs)

    @override
    def deconstruct(self) -> Any:
        path, arguments, options = super().deconstruct()
        return path, arguments, {**options, "digested": self.digested}

    def _stored(self) -> models.UniqueConstraint:
        columns = [
            Substr(name, DIGEST_AT, DIGEST_LENGTH) if name in self.digested else F(name)
            for name in self.fields
        ]
        return models.UniqueConstraint(*columns, name=self.name)

    @override
    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._stored().constraint_sql(model, schema_editor)

    @override
    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._stored().create_sql(model, schema_editor)

    @override
    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._stored().remove_sql(model, schema_editor)
