"""Puts other texts in the place of personal ones, wherever a column, a sentence or JSON holds them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import models

from areas.spelling import folded
from reviews.models import Submission
from reviews.privacy import ERASED, SensitiveText, mark_of
from reviews.trail.erasure.texts import SEPARATOR

#: The least length of a text that is looked for within others: one character is anybody's.
LEAST = 2
_NUMBER = re.compile(r"[\d\s()（）+－-]{7,}")
_BETWEEN_DIGITS = r"[\s()（）－-]*"
#: Columns that transitions and imports fill.
_WORKING = frozenset({"status", "import_cell"})


class TooLong(Exception):
    """A corrected text does not fit; the Chinese message names the column."""


class Swaps:
    """What takes the place of some texts: text → the correct one, "" to erase it."""

    def __init__(self, wanted: Mapping[str, str]) -> None:
        self.wanted = {old: new for old, new in wanted.items() if old and folded(old)}
        self._by_key = {folded(old): old for old in self.wanted}
        found = sorted((old for old in self.wanted if len(old) >= LEAST), key=len, reverse=True)
        self._inside = re.compile(
            "|".join(f"({_pattern(old)})" for old in found) or r"(?!)", re.IGNORECASE
        )
        self._found = found

    def marked(self, text: str) -> str:
        """Return a text of a marked column: each person in it is compared as a whole first."""
        parts = SEPARATOR.split(text)
        for at in range(0, len(parts), 2):
            old = self._by_key.get(folded(parts[at]))
            new = None if old is None else self.wanted[old] or mark_of(old)
            parts[at] = self._within(parts[at], is_marked=True) if new is None else new
        return "".join(parts)

    def free(self, text: str) -> str:
        """Return a sentence without the texts."""
        return self._within(text, is_marked=False)

    def json(self, value: Any) -> Any:
        """Return a value as JSON holds it without the texts; keys of objects stay."""
        if isinstance(value, str):
            return self.marked(value)
        if isinstance(value, list):
            return [self.json(each) for each in value]
        if isinstance(value, dict):
            return {name: self.json(each) for name, each in value.items()}
        return value

    def json_text(self, text: str) -> str:
        """Return a JSON document, or another text, without the texts."""
        try:
            stored = json.loads(text)
        except ValueError:
            return self.free(text)
        changed = self.json(stored)
        return text if changed == stored else json.dumps(changed, ensure_ascii=False)

    def are_in(self, text: str) -> bool:
        """Return whether a text holds one of the texts."""
        return self.marked(text) != text

    def are_within(self, text: str) -> bool:
        """Return whether a long text holds one of the texts."""
        return self._inside.search(text) is not None

    def _within(self, text: str, *, is_marked: bool) -> str:
        def put(found: re.Match[str]) -> str:
            old = self._found[(found.lastindex or 1) - 1]
            return self.wanted[old] or (mark_of(old) if is_marked else ERASED)

        return self._inside.sub(put, text)


def _pattern(old: str) -> str:
    """Return a pattern without groups of a text in any spacing; a number is no part of a longer one."""
    if _NUMBER.fullmatch(old):
        digits = _BETWEEN_DIGITS.join(re.sub(r"\D", "", old))
        return rf"(?<!\d){digits}(?!\d)"
    spaced = r"\s*".join(re.escape(sign) for sign in old if not sign.isspace())
    return rf"(?<![A-Za-z0-9]){spaced}(?![A-Za-z0-9])" if old.isascii() else spaced


@cache
def _columns(model: type[models.Model]) -> list[tuple[str, str, int | None, bool]]:
    """Return name, label and length of each text column that may go, and whether it is marked.

    The name by which a record is known (a fund's, an organisation's) is none: others refer to it.
    """
    return [
        (field.attname, str(field.verbose_name), field.max_length, isinstance(field, SensitiveText))
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and field.name not in _WORKING
        and (isinstance(field, SensitiveText) or field.name not in names_of(model))
    ]


@cache
def names_of(model: type[models.Model]) -> frozenset[str]:
    """Return the columns by which a record is known and found, other than marked and free texts."""
    kind: type = getattr(model, "instance_type", model)  # of a version: the kind
    if not issubclass(kind, Submission):
        return frozenset()
    found = {*kind.identity, *kind.numbers, kind.title_field}
    found |= {name for key in kind.recognised_by for name in key}
    return frozenset(found - set(kind.declaration.prose))


def changed_texts(row: models.Model, swaps: Swaps) -> dict[str, str]:
    """Return the columns of a row, or of a version, that change, with their new texts.

    TooLong where a corrected text does not fit.
    """
    changed = {}
    for name, label, longest, is_marked in _columns(type(row)):
        old = getattr(row, name) or ""
        new = swaps.marked(old) if is_marked else swaps.free(old)
        if new != old:
            changed[name] = _fitting(new, longest, label)
    return changed


def _fitting(text: str, longest: int | None, label: str) -> str:
    """Return a text that fits its column: marks of erased texts are made shorter where they must."""
    if longest is None or len(text) <= longest:
        return text
    shorter = re.sub(f"{ERASED}[0-9a-f]{{4}}", ERASED, text)
    if len(shorter) > longest:
        shorter = shorter.replace(ERASED, "…")
    if len(shorter) > longest:
        raise TooLong(f"更正后“{label}”超过{longest}字，请先由填报员改短")
    return shorter
