"""Batch checks for repeated records: already stored, or twice in the batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from reviews.checks.problems import CheckedRecord, Problem

_CHUNK = 500


def _identity(record: CheckedRecord) -> tuple[object, ...]:
    return tuple(getattr(record, name) for name in record.identity)


def repeated(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Yield a problem for a record whose identity an earlier one of the batch, or a stored one, has."""
    by_model: dict[type[CheckedRecord], list[int]] = defaultdict(list)
    for position, record in enumerate(records):
        if record.identity and all(_identity(record)):
            by_model[type(record)].append(position)
    for model, positions in by_model.items():
        seen: set[tuple[object, ...]] = set()
        taken = _stored_identities(model, [records[position] for position in positions])
        for position in positions:
            key = _identity(records[position])
            stored = taken.get(key, set()) - {records[position].pk}
            if stored or key in seen:
                yield position, _repeated_problem(records[position], is_stored=bool(stored))
            seen.add(key)


def _stored_identities(
    model: type[CheckedRecord], records: Sequence[CheckedRecord]
) -> dict[tuple[object, ...], set[int]]:
    taken: dict[tuple[object, ...], set[int]] = defaultdict(set)
    titles = sorted({getattr(record, model.title_field) for record in records})
    for start in range(0, len(titles), _CHUNK):
        rows = model.not_voided().filter(
            **{f"{model.title_field}__in": titles[start : start + _CHUNK]}
        )
        for pk, *key in rows.values_list("pk", *model.identity):
            taken[tuple(key)].add(pk)
    return taken


#: Code of the finding that an identical record is stored; an import refuses such a record.
SAME_RECORD = "same_record"


def identical(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Yield a warning for a nameless record that equals another one: probably the same fact."""
    by_model: dict[type[CheckedRecord], list[int]] = defaultdict(list)
    for position, record in enumerate(records):
        if record.likeness:
            by_model[type(record)].append(position)
    for model, positions in by_model.items():
        seen: set[tuple[object, ...]] = set()
        stored = _stored_likenesses(model, [records[position] for position in positions])
        for position in positions:
            record = records[position]
            key = tuple(getattr(record, name) for name in model.likeness)
            name = model._meta.verbose_name
            if stored.get(key, set()) - {record.pk}:
                message = f"系统中已有完全相同的{name}，请勿重复填报"
                yield position, Problem(SAME_RECORD, model.date_field, message, is_warning=True)
            elif key in seen:
                message = f"本表中有完全相同的{name}，请核对是否重复"
                yield position, Problem("same_row", model.date_field, message, is_warning=True)
            seen.add(key)


def _stored_likenesses(
    model: type[CheckedRecord], records: Sequence[CheckedRecord]
) -> dict[tuple[object, ...], set[int]]:
    taken: dict[tuple[object, ...], set[int]] = defaultdict(set)
    days = sorted({day for record in records if (day := getattr(record, model.date_field))})
    areas = {record.area_id for record in records}
    for start in range(0, len(days), _CHUNK):
        rows = model.not_voided().filter(
            **{f"{model.date_field}__in": days[start : start + _CHUNK]}
        )
        for pk, area, *key in rows.values_list("pk", "area_id", *model.likeness):
            if area in areas:
                taken[tuple(key)].add(pk)
    return taken


def _repeated_problem(record: CheckedRecord, *, is_stored: bool) -> Problem:
    where = "系统中已有" if is_stored else "本表中已有"
    name = record._meta.verbose_name
    return Problem(
        "repeated", record.title_field, f"同一地区{where}同名{name}“{record}”，请勿重复填报"
    )
