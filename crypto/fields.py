"""A text column whose values are stored encrypted (`crypto.ciphers`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models import Lookup, Transform
from typing_extensions import override

from crypto.ciphers import CipherName, Undecipherable, decrypt, encrypt, found_by

if TYPE_CHECKING:
    _TextField = models.CharField[str, str]
    _Lookup = Lookup[Any]
else:
    _TextField = models.CharField
    _Lookup = Lookup

_is_checked: ContextVar[bool] = ContextVar("whether unreadable texts are passed on", default=False)


@contextmanager
def unreadable_passed_on() -> Iterator[None]:
    """Let what cannot be decrypted be read as it is stored, so that a check finds it and goes on.

    For checks alone: nobody may write back what is read within it.
    """
    token = _is_checked.set(True)
    try:
        yield
    finally:
        _is_checked.reset(token)


def cipher_name() -> CipherName:
    """Return the cipher of what is written now."""
    return CipherName.SM4 if settings.GUOMI else CipherName.AES


class EncryptedText(_TextField):
    """A text that the database holds encrypted; rows of earlier releases are read as they are.

    `max_length` bounds the text, not what is stored. An empty text is stored empty. The database can
    compare whole texts (`exact`, `in`) where `is_searched`, and everywhere with the empty text; all
    other look-ups are refused (FieldError). Order by such a column never: `reviews.pages.completeness`.
    """

    def __init__(self, *args: Any, is_searched: bool = False, **kwargs: Any) -> None:
        self.is_searched = is_searched
        super().__init__(*args, **kwargs)

    @override
    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Tell migrations of a plain text: they see what is stored."""
        name, _, arguments, options = super().deconstruct()
        return str(name), "django.db.models.TextField", arguments, options

    @override
    def get_internal_type(self) -> str:
        return "TextField"

    @cached_property
    def place(self) -> str:
        """Return the column's name, which is authenticated with each text.

        A stored version has the name of its record's column: versions are copied within the database.
        """
        origin = getattr(self.model, "instance_type", self.model)
        return f"{origin._meta.label_lower}.{self.attname}"

    def stored(self, text: str) -> str:
        """Return a text as it is stored now."""
        return encrypt(
            text, self.place, settings.FIELD_KEYS, cipher_name(), is_searched=self.is_searched
        )

    @override
    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Encrypt what is written."""
        prepared = super().get_db_prep_save(value, connection)
        return self.stored(prepared) if isinstance(prepared, str) else prepared

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        """Return the text of a stored value; Undecipherable without its key."""
        if not value:
            return value
        try:
            return decrypt(value, self.place, settings.FIELD_KEYS)
        except Undecipherable:
            if _is_checked.get():
                return value
            raise

    @override
    def get_lookup(self, lookup_name: str) -> type[Lookup[Any]] | None:
        """Refuse what the database cannot answer: it would compare encrypted texts."""
        found = {"exact": WholeText, "in": WholeTexts, "isnull": super().get_lookup("isnull")}
        return found.get(lookup_name)

    @override
    def get_transform(self, lookup_name: str) -> type[Transform] | None:
        return None


class WholeTexts(_Lookup):
    """Whether an encrypted column holds one of some texts, by the keyed digests stored with them."""

    lookup_name = "in"
    prepare_rhs = False

    @property
    def texts(self) -> list[str]:
        """The texts that are looked for."""
        return [str(each) for each in self.rhs]

    @override
    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        if hasattr(self.rhs, "as_sql"):
            raise FieldError("an encrypted column can only be compared with texts")
        tests: list[str] = []
        given: list[Any] = []
        for told, value in (each for text in self.texts for each in self._tests(text)):
            tests.append(f"{column} {told} %s")
            given += [*parameters, value]
        return f"({' OR '.join(tests)})" if tests else "(1 = 0)", tuple(given)

    def _tests(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield operator and value of the tests for one text; any may hold."""
        field = self.lhs.output_field
        if text and not getattr(field, "is_searched", False):
            raise FieldError(f"{field.place} is encrypted and not declared as searched")
        yield "=", text  # the empty one, or one of an earlier release
        for start in found_by(text, settings.FIELD_KEYS) if text else ():
            yield "LIKE", f"{start}%"


class WholeText(WholeTexts):
    """Equality of an encrypted column and a text."""

    lookup_name = "exact"

    @property
    @override
    def texts(self) -> list[str]:
        return [str(self.rhs)]
