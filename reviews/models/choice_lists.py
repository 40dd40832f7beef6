"""A column that names several of some choices, kept as their words: `看护照料、心理疏导`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from typing_extensions import override

if TYPE_CHECKING:
    _TextField = models.CharField[str, str]
else:
    _TextField = models.CharField

SEPARATOR = "、"
_SEPARATORS = re.compile(r"[、，,；;/\s]+")
#: Heading → the words below it.
Groups = Mapping[str, Sequence[str]]


def all_words(groups: Groups) -> list[str]:
    """Return the words below all headings, in the order in which they are offered."""
    return [word for words in groups.values() for word in words]


def words_in(text: str) -> list[str]:
    """Return the words of a text, whatever separates them."""
    return [word for word in _SEPARATORS.split(text) if word]


class ChoiceListField(_TextField):
    """Some words out of known ones, in the order in which they are offered, joined by `、`.

    `groups` holds the words by heading; one heading "" where they need none.
    """

    def __init__(self, *args: Any, groups: Groups | None = None, **kwargs: Any) -> None:
        self.groups: Groups = groups or {}
        self.words = all_words(self.groups)
        kwargs.setdefault("max_length", 300)
        super().__init__(*args, **kwargs)

    @override
    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Store the column as plain text, so that another word needs no migration."""
        name, _, arguments, options = super().deconstruct()
        return str(name), "django.db.models.CharField", arguments, options

    @override
    def to_python(self, value: Any) -> Any:
        """Return the words in the order in which they are offered, each once; unknown ones last."""
        return self.joined(words_in(value)) if isinstance(value, str) else value

    def joined(self, words: Iterable[str]) -> str:
        """Return the text that names these words."""
        given = set(words)
        unknown = [word for word in dict.fromkeys(words) if word not in self.words]
        return SEPARATOR.join([word for word in self.words if word in given] + unknown)

    @override
    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse a word that is not offered."""
        super().validate(value, model_instance)
        if fault := self.fault_of(words_in(value or "")):
            raise ValidationError(fault, code="invalid_choice")

    def fault_of(self, words: Iterable[str]) -> str:
        """Return in Chinese which words are not offered; "" where all are."""
        unknown = [word for word in words if word not in self.words]
        if not unknown:
            return ""
        return f"“{SEPARATOR.join(unknown)}”无法识别，可选：{SEPARATOR.join(self.words)}"

    @override
    def formfield(self, **kwargs: Any) -> Any:
        """Offer the words as ticks below their headings."""
        choices: list[Any] = [
            option
            for heading, words in self.groups.items()
            for option in _options(heading, [(word, word) for word in words])
        ]
        return ChoiceListFormField(
            choices=choices,
            required=not self.blank,
            label=str(self.verbose_name),
            help_text=kwargs.get("help_text", self.help_text),
        )


def _options(heading: str, words: list[tuple[str, str]]) -> list[Any]:
    return [(heading, words)] if heading else words


class ChoiceListFormField(forms.MultipleChoiceField):
    """Ticks whose value is the text that the column keeps."""

    widget = forms.CheckboxSelectMultiple(attrs={"class": "choice-list"})

    @override
    def prepare_value(self, value: Any) -> Any:
        """Return the words of a stored text, so that their boxes are ticked."""
        return words_in(value) if isinstance(value, str) else value

    @override
    def to_python(self, value: Any) -> list[str]:
        """Return the ticked words; a text of several words names all of them."""
        return [word for each in super().to_python(value) for word in words_in(each)]

    @override
    def clean(self, value: Any) -> Any:
        """Return the ticked words as one text."""
        return SEPARATOR.join(super().clean(value))

    @override
    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the ticks with those of the stored text."""
        return super().has_changed(self.prepare_value(initial), self.prepare_value(data))
