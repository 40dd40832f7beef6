"""Batch checks for repeated records: already stored, or twice in the batch.

Texts are compared by their folded keys (`areas.spelling`), so two spellings of a name are one name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from django.db.models import Q

from areas.codes import COUNTY_LEVEL, cut_to
from areas.querysets import within_q
from areas.spelling import folded, folded_value
from reviews.checks.problems import CheckedRecord, Problem
from reviews.fields import label_of

_CHUNK = 500

Key = tuple[object, ...]


def key_of(record: CheckedRecord, names: Iterable[str]) -> Key:
    """Return the key of some fields of a record: texts folded, other values as they are."""
    return tuple([folded_value(getattr(record, name)) for name in names])


def folded_key(values: Iterable[object]) -> Key:
    """Return the key of stored values."""
    return tuple([folded_value(value) for value in values])


# --- names ---------------------------------------------------------------------------------------


def repeated(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Yield a problem for a record whose identity an earlier one of the batch, or a stored one, has."""
    for model, positions in _by_model(records, lambda each: bool(each.identity)).items():
        keys = [key_of(records[position], model.identity) for position in positions]
        whole = [position for position, key in zip(positions, keys, strict=True) if all(key)]
        areas = {records[position].area_id for position in whole}
        taken = _stored_identities(model, areas, set(keys)) if areas else {}
        seen: set[Key] = set()
        for position, key in zip(positions, keys, strict=True):
            stored = taken[key] - {records[position].pk} if key in taken else ()
            if all(key) and (stored or key in seen):
                yield position, _repeated_problem(records[position], is_stored=bool(stored))
            seen.add(key)


def _by_model(
    records: Sequence[CheckedRecord], is_compared: Callable[[CheckedRecord], bool]
) -> dict[type[CheckedRecord], list[int]]:
    """Return the positions of the compared records by kind."""
    found: dict[type[CheckedRecord], list[int]] = defaultdict(list)
    for position, record in enumerate(records):
        if is_compared(record):
            found[type(record)].append(position)
    return found


def _stored_identities(
    model: type[CheckedRecord], areas: Collection[str], wanted: Collection[Key]
) -> dict[Key, set[int]]:
    """Return the living records that have a wanted identity; one query per 500 areas.

    Names are compared here: the database knows only their spelling.
    """
    ordered = sorted(areas)
    taken: dict[Key, set[int]] = defaultdict(set)
    for start in range(0, len(ordered), _CHUNK):
        rows = model.not_voided().filter(area_id__in=ordered[start : start + _CHUNK])
        for pk, *values in rows.order_by().values_list("pk", *model.identity):
            if (key := folded_key(values)) in wanted:
                taken[key].add(pk)
    return taken


def _repeated_problem(record: CheckedRecord, *, is_stored: bool) -> Problem:
    where = "系统中已有" if is_stored else "本表中已有"
    name = record._meta.verbose_name
    return Problem(
        "repeated", record.title_field, f"同一地区{where}同名{name}“{record}”，请勿重复填报"
    )


# --- records without a name ----------------------------------------------------------------------

#: Code of the finding that an identical record is stored; bulk writing through the API refuses it.
SAME_RECORD = "same_record"


def identical(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Yield a warning for a nameless record that equals another one: probably the same fact."""
    for model, positions in _by_model(records, lambda each: bool(each.likeness)).items():
        seen: set[Key] = set()
        stored = _stored_likenesses(model, [records[position] for position in positions])
        for position in positions:
            record = records[position]
            key = key_of(record, model.likeness)
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
) -> dict[Key, set[int]]:
    taken: dict[Key, set[int]] = defaultdict(set)
    days = sorted({day for record in records if (day := getattr(record, model.date_field))})
    areas = {record.area_id for record in records}
    for start in range(0, len(days), _CHUNK):
        rows = model.not_voided().filter(
            **{f"{model.date_field}__in": days[start : start + _CHUNK]}
        )
        for pk, area, *key in rows.values_list("pk", "area_id", *model.likeness):
            if area in areas:
                taken[folded_key(key)].add(pk)
    return taken


# --- numbers of receipts and filings -------------------------------------------------------------


#: Code of the finding that another record has the same receipt or filing number.
SAME_NUMBER = "same_number"


def same_numbers(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Yield a warning for a receipt or filing number that another record has: probably the same fact.

    A number is compared within `number_scope`, or within the county when the kind names none. Other
    checks tell of records that are the same altogether.
    """
    for model, positions in _by_model(records, lambda each: bool(each.numbers)).items():
        batch = [records[position] for position in positions]
        for field in model.numbers:
            # Hashes of all keys take little memory; the keys themselves are compared where they meet.
            hashes = [_number_hash(each, field) for each in batch]
            numbers = Counter(each for each in hashes if each is not None)
            stored = _stored_numbers(model, field, batch, numbers) if numbers else {}
            met = {each for each, count in numbers.items() if count > 1} | set(map(hash, stored))
            seen: dict[Key, set[Key]] = defaultdict(set)
            for position, record, hashed in zip(positions, batch, hashes, strict=True):
                key = _number_key(record, field) if hashed in met else None
                if key is None:
                    continue
                own = key_of(record, _sameness(model))
                others = {same for pk, same in stored.get(key, {}).items() if pk != record.pk}
                if others - {own}:
                    yield position, _number_problem(record, field, "系统中")
                elif seen[key] - {own}:
                    yield position, _number_problem(record, field, "本表中")
                seen[key].add(own)


def is_number(text: str) -> bool:
    """Return whether a text is a number of its own; 备案 and 见附件 are none."""
    return any(sign.isdecimal() for sign in text)


def _number_key(record: CheckedRecord, field: str) -> Key | None:
    text: str = getattr(record, field)
    return _key_within(_scope_of(record), text) if text else None


def _key_within(scope: object, text: str) -> Key | None:
    return (scope, folded(text)) if text and scope and is_number(text) else None


def _number_hash(record: CheckedRecord, field: str) -> int | None:
    key = _number_key(record, field)
    return None if key is None else hash(key)


def _scope_of(record: CheckedRecord) -> object:
    if record.number_scope:
        return getattr(record, record.number_scope)
    return cut_to(record.area_id or "", COUNTY_LEVEL)


def _sameness(model: type[CheckedRecord]) -> tuple[str, ...]:
    return model.identity or model.likeness


def _stored_numbers(
    model: type[CheckedRecord],
    field: str,
    batch: Sequence[CheckedRecord],
    wanted: Collection[int],
) -> dict[Key, dict[int, Key]]:
    """Return the living records with a number whose hash is wanted: number → primary key → what makes
    them the same; one query per 500 scopes."""
    scopes = sorted({scope for each in batch if (scope := _scope_of(each))}, key=str)
    taken: dict[Key, dict[int, Key]] = defaultdict(dict)
    scope_field = model.number_scope or "area_id"
    for start in range(0, len(scopes), _CHUNK):
        part = scopes[start : start + _CHUNK]
        rows = model.not_voided().filter(_in_scopes(model, part)).exclude(**{field: ""})
        found = rows.order_by().values_list("pk", scope_field, field, *_sameness(model))
        for pk, scope, text, *same in found:
            if not model.number_scope:
                scope = cut_to(scope, COUNTY_LEVEL)
            if (key := _key_within(scope, text)) is not None and hash(key) in wanted:
                taken[key][pk] = folded_key(same)
    return taken


def _in_scopes(model: type[CheckedRecord], scopes: Sequence[object]) -> Q:
    if model.number_scope:
        return Q((f"{model.number_scope}__in", scopes))
    inside = Q(pk__in=[])
    for county in scopes:
        inside |= within_q("area_id", str(county))
    return inside


def _number_problem(record: CheckedRecord, field: str, where: str) -> Problem:
    label, name = label_of(record, field), record._meta.verbose_name
    message = (
        f"{where}已有“{label}”为“{getattr(record, field)}”的{name}，请核对是否重复填报或编号有误"
    )
    return Problem(SAME_NUMBER, field, message, is_warning=True)
