"""Batch checks for repeated records: already stored, or twice in the batch.

Texts are compared by their folded keys (`areas.spelling`), so two spellings of a name are one name.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from django.db.models import Q

from areas.codes import COUNTY_LEVEL, cut_to
from areas.querysets import within_q
from areas.spelling import folded, folded_value
from reviews.checks.problems import CheckedRecord, Problem, values_of
from reviews.fields import label_of

_CHUNK = 500

Key = tuple[object, ...]


def key_of(record: CheckedRecord, names: Iterable[str]) -> Key:
    """Return the key of some fields of a record: texts folded, other values as they are."""
    return tuple([folded_value(getattr(record, name)) for name in names])


def folded_key(values: Iterable[object]) -> Key:
    """Return the key of stored values."""
    return tuple([folded_value(value) for value in values])


def repeated_in(hashes: Sequence[int]) -> set[int]:
    """Return the hashes that occur more than once."""
    once = set(hashes)
    if len(once) == len(hashes):
        return set()
    return {hashed for hashed, number in Counter(hashes).items() if number > 1}


# --- names ---------------------------------------------------------------------------------------


def repeated(
    model: type[CheckedRecord], records: Sequence[CheckedRecord]
) -> Iterator[tuple[int, Problem]]:
    """Yield a problem for a record whose identity an earlier one of the batch, or a stored one, has."""
    if not model.identity:
        return
    # Hashes of all keys take little memory; the keys themselves are compared where they meet.
    hashes, areas = array("q"), set[str]()
    for area, *values in values_of(records, ("area_id", *model.identity)):
        key = folded_key(values)
        hashes.append(hash(key))
        if all(key):
            areas.add(area)
    taken = _stored_identities(model, areas, set(hashes)) if areas else {}
    met = repeated_in(hashes) | set(map(hash, taken))
    seen: set[Key] = set()
    for position, record in _at(records, hashes, met):
        key = key_of(record, model.identity)
        stored = taken[key] - {record.pk} if key in taken else ()
        if all(key) and (stored or key in seen):
            yield position, repeated_problem(record, is_stored=bool(stored))
        seen.add(key)


def _at(
    records: Sequence[CheckedRecord], hashes: Iterable[int], met: Collection[int]
) -> Iterator[tuple[int, CheckedRecord]]:
    """Yield the records whose hashes are met, with their positions."""
    return ((at, records[at]) for at, hashed in enumerate(hashes) if hashed in met)


def _stored_identities(
    model: type[CheckedRecord], areas: Collection[str], wanted: Collection[int]
) -> dict[Key, set[int]]:
    """Return the living records whose identity has a wanted hash; one query per 500 areas.

    Names are compared here: the database knows only their spelling.
    """
    ordered = sorted(areas)
    taken: dict[Key, set[int]] = defaultdict(set)
    for start in range(0, len(ordered), _CHUNK):
        rows = model.not_voided().filter(area_id__in=ordered[start : start + _CHUNK])
        for pk, *values in rows.order_by().values_list("pk", *model.identity):
            if hash(key := folded_key(values)) in wanted:
                taken[key].add(pk)
    return taken


def repeated_problem(record: CheckedRecord, *, is_stored: bool) -> Problem:
    """Return the problem that a name is stored, or stands in the batch, already."""
    where = "系统中已有" if is_stored else "本表中已有"
    name = record._meta.verbose_name
    return Problem(
        "repeated", record.title_field, f"同一地区{where}同名{name}“{record}”，请勿重复填报"
    )


# --- records without a name ----------------------------------------------------------------------

#: Code of the finding that an identical record is stored; bulk writing through the API refuses it.
SAME_RECORD = "same_record"


def identical(
    model: type[CheckedRecord], records: Sequence[CheckedRecord]
) -> Iterator[tuple[int, Problem]]:
    """Yield a warning for a nameless record that equals another one: probably the same fact."""
    if not model.likeness:
        return
    keys = map(folded_key, values_of(records, model.likeness))
    hashes = array("q", map(hash, keys))
    stored = _stored_likenesses(model, records, set(hashes))
    met = repeated_in(hashes) | set(map(hash, stored))
    seen: set[Key] = set()
    for position, record in _at(records, hashes, met):
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
    model: type[CheckedRecord], records: Sequence[CheckedRecord], wanted: Collection[int]
) -> dict[Key, set[int]]:
    """Return the living records whose likeness has a wanted hash; one query per 500 days."""
    taken: dict[Key, set[int]] = defaultdict(set)
    found, areas = set[object](), set[str]()
    for area, day in values_of(records, ("area_id", model.date_field)):
        areas.add(area)
        if day:
            found.add(day)
    days = sorted(found, key=str)
    for start in range(0, len(days), _CHUNK):
        rows = model.not_voided().filter(
            **{f"{model.date_field}__in": days[start : start + _CHUNK]}
        )
        for pk, area, *values in rows.values_list("pk", "area_id", *model.likeness):
            if area in areas and hash(key := folded_key(values)) in wanted:
                taken[key].add(pk)
    return taken


# --- numbers of receipts and filings -------------------------------------------------------------


#: Code of the finding that another record has the same receipt or filing number.
SAME_NUMBER = "same_number"


def same_numbers(
    model: type[CheckedRecord], records: Sequence[CheckedRecord]
) -> Iterator[tuple[int, Problem]]:
    """Yield a warning for a receipt or filing number that another record has: probably the same fact.

    A number is compared within `number_scope`, or within the county when the kind names none. Other
    checks tell of records that are the same altogether.
    """
    if not model.numbers:
        return
    hashes = {field: array("q") for field in model.numbers}
    scopes = set[object]()
    scope_field = model.number_scope or "area_id"
    for scope, *numbers in values_of(records, (scope_field, *model.numbers)):
        within = scope if model.number_scope else cut_to(scope or "", COUNTY_LEVEL)
        for each, number in zip(hashes.values(), numbers, strict=True):
            key = _key_within(within, number)
            each.append(hash(key) if key else 0)
            if key:
                scopes.add(within)
    for field, each in hashes.items():
        yield from _same_number(model, records, field, each, scopes)


def _same_number(
    model: type[CheckedRecord],
    records: Sequence[CheckedRecord],
    field: str,
    hashes: Sequence[int],
    scopes: Collection[object],
) -> Iterator[tuple[int, Problem]]:
    """Yield the warnings about one number; the hash of a record without one is 0."""
    wanted = {*hashes} - {0}
    stored = _stored_numbers(model, field, scopes, wanted) if wanted else {}
    met = (repeated_in(hashes) | set(map(hash, stored))) - {0}
    seen: dict[Key, set[Key]] = defaultdict(set)
    for position, record in _at(records, hashes, met):
        key = _number_key(record, field)
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


def _scope_of(record: CheckedRecord) -> object:
    if record.number_scope:
        return getattr(record, record.number_scope)
    return cut_to(record.area_id or "", COUNTY_LEVEL)


def _sameness(model: type[CheckedRecord]) -> tuple[str, ...]:
    return model.identity or model.likeness


def _stored_numbers(
    model: type[CheckedRecord],
    field: str,
    given: Collection[object],
    wanted: Collection[int],
) -> dict[Key, dict[int, Key]]:
    """Return the living records with a number whose hash is wanted: number → primary key → what makes
    them the same; one query per 500 scopes."""
    scopes = sorted(given, key=str)
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
