"""A text column whose values are stored encrypted (`crypto.ciphers`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Lookup
from typing_extensions import override

from crypto.ciphers import CipherName, decrypt, encrypt, found_by, is_encrypted

if TYPE_CHECKING:
    _TextField = models.CharField[str, str]
else:
    _TextField = models.CharField


def stored_text(text: str) -> str:
    """Return a text as it is stored now; one that is encrypted already stays."""
    if not text or is_encrypted(text):
        return text
    return encrypt(text, settings.FIELD_KEYS, CipherName(settings.FIELD_CIPHER))


class EncryptedText(_TextField):
    """A text that the database holds encrypted; rows of earlier releases are read as they are.

    `max_length` bounds the text, not what is stored. The only look-ups are whole texts: `exact`, `in`
    and `isnull`.
    """

    @override
    def get_internal_type(self) -> str:
        return "TextField"

    @override
    def get_prep_value(self, value: Any) -> Any:
        return stored_text(value) if isinstance(value, str) else value

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        """Return the text of a stored value."""
        return decrypt(value, settings.FIELD_KEYS) if value else value

    @override
    def get_lookup(self, lookup_name: str) -> type[Lookup[Any]] | None:
        """Refuse what the database cannot answer: it would compare encrypted texts."""
        return {"exact": WholeText, "isnull": super().get_lookup("isnull")}.get(lookup_name)


class WholeText(Lookup[Any]):
    """Equality of an encrypted column and a text, by the keyed digest that is stored with it."""

    lookup_name = "exact"
    prepare_rhs = False

    @override
    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        text = str(self.rhs)
        starts = [f"{start}%" for start in found_by(text, settings.FIELD_KEYS)] if text else []
        told = " OR ".join([f"{column} = %s", *(f"{column} LIKE %s" for _ in starts)])
        given = [each for value in (text, *starts) for each in (*parameters, value)]
        return f"({told})", given
