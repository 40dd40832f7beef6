"""System checks of ledgers: every record kind has a ledger file, unless it declares that it has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.core.checks import CheckMessage, Error

from ledgers.declaration import PLACES, Ledger
from ledgers.registry import KINDS, SHARED_KEYS
from reviews.fields import must_be_given
from reviews.kinds import sound_kinds
from reviews.trail.differences import content_fields


def check_ledgers(app_configs: object = None, **_: object) -> list[CheckMessage]:
    """Return an error for each key of several workbooks, and each kind or field without a ledger."""
    return [
        *_shared_keys(),
        *_kinds_without_ledger(),
        *_fields_without_column(),
        *_columns_of_one_name(),
    ]


def _shared_keys() -> Iterator[CheckMessage]:
    for key in sorted(SHARED_KEYS):
        sentence = f"Several workbooks have the key `{key}`: only one of them could be imported."
        yield Error(sentence, id="ledgers.E002")


def _kinds_without_ledger() -> Iterator[CheckMessage]:
    held = {kind for ledger in _ledgers() for kind in ledger.kinds}
    for kind in sound_kinds():
        name = kind._meta.label
        if kind not in held and kind.declaration.has_ledger:
            sentence = (
                f"{name} is in no ledger: list a `Workbook` for it in its app's `resources`, "
                "or declare `has_ledger=False`."
            )
            yield Error(sentence, obj=kind, id="ledgers.E001")
        if kind in held and not kind.declaration.has_ledger:
            sentence = f"{name} is in a ledger, but declares `has_ledger=False`."
            yield Error(sentence, obj=kind, id="ledgers.E001")


def _fields_without_column() -> Iterator[CheckMessage]:
    """Yield required fields of a kind that no column of its ledger fills, and columns for no field."""
    for ledger in _ledgers():
        columns = {column.field for column in ledger.columns}
        for kind in ledger.kinds:
            for field in content_fields(kind):
                column = ledger.renamed.get(field.name, field.name)
                if field.name != "area" and must_be_given(field) and column not in columns:
                    sentence = (
                        f"{kind._meta.label} must have `{field.name}`, but its ledger "
                        f"“{ledger.name}” has no column for it."
                    )
                    yield Error(sentence, obj=kind, id="ledgers.E003")
        if ledger.build is None:  # its columns are fields of its only kind
            fields = {field.name for field in content_fields(ledger.kinds[0])}
            for name in sorted(columns - fields - PLACES - set(ledger.ticks)):
                sentence = (
                    f"The ledger “{ledger.name}” has a column for `{name}`, which is no field of "
                    f"{ledger.kinds[0]._meta.label}: give the ledger a `build`."
                )
                yield Error(sentence, obj=ledger.kinds[0], id="ledgers.E003")


def _columns_of_one_name() -> Iterator[CheckMessage]:
    """Yield names under which two columns of a ledger, or a place and a field, would be one value."""
    for ledger in _ledgers():
        counts = Counter(column.field for column in ledger.columns)
        fields = {field.name for kind in ledger.kinds for field in content_fields(kind)}
        for name in sorted(counts):
            if counts[name] > 1 or (name in PLACES and name in fields):
                sentence = (
                    f"The ledger “{ledger.name}” reads two things into `{name}`: "
                    "one would take the place of the other."
                )
                yield Error(sentence, id="ledgers.E004")


def _ledgers() -> list[Ledger]:
    return [ledger for ledgers in KINDS.values() for ledger in ledgers]
