"""The checks of each record kind and their findings: one list for form, import and API."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from reviews.checks.amounts import exact_amounts
from reviews.checks.followers import area_kept
from reviews.checks.narrow import NarrowCheck
from reviews.checks.persons import personal_faults
from reviews.checks.problems import (
    Check,
    CheckedRecord,
    KindCheck,
    Problem,
    SetCheck,
    kinds_of,
    records_at,
    values_of,
)
from reviews.checks.repeats import identical, repeated, same_numbers
from reviews.privacy import sensitive_fields, without_persons

#: Batch checks that every kind has.
_SHARED: tuple[KindCheck, ...] = (
    exact_amounts,
    personal_faults,
    repeated,
    identical,
    same_numbers,
    area_kept,
)


@dataclass(frozen=True)
class Checks:
    """The checks of one kind: `single` ones of each record in order, then `batch` ones of all
    records."""

    single: tuple[Check, ...] = ()
    batch: tuple[SetCheck, ...] = ()


#: Batch checks that an app above adds for the kinds of other apps, see `declare_for_every_kind`.
_ADDED: list[SetCheck] = []
_DECLARED: dict[type[CheckedRecord], Checks] = {}


def declare_checks(
    kind: type[CheckedRecord], *single: Check, batch: Iterable[SetCheck] = ()
) -> None:
    """Declare the checks of a kind, in the order in which findings are shown.

    An app calls it in its module `checks`, which is imported when the apps are ready. The `batch`
    checks run after those that every kind has (amounts, repeated names, identical records).
    """
    _DECLARED[kind] = Checks(single, tuple(batch))


def declare_for_every_kind(check: SetCheck) -> None:
    """Add a batch check for records of all kinds: what an app above knows of them, such as opening
    balances. It runs last."""
    if check not in _ADDED:
        _ADDED.append(check)


def has_checks(kind: type[CheckedRecord]) -> bool:
    """Return whether checks of the kind's own are declared."""
    return kind in _DECLARED and bool(_DECLARED[kind].single)


def checks_of(kind: type[CheckedRecord]) -> Checks:
    """Return the checks of a kind; without a declaration, those that every kind has."""
    return _DECLARED.get(kind, Checks())


def find_problems(record: CheckedRecord) -> list[Problem]:
    """Return all findings about one record, in the order of its checks."""
    return list(find_all_problems([record])[0])


def find_all_problems(records: Sequence[CheckedRecord]) -> list[Sequence[Problem]]:
    """Return the findings of each record, in the order of `records`; a constant number of queries
    per 500.

    The records may be built as they are read: none is kept.
    """
    found: dict[int, list[Problem]] = defaultdict(list)
    positions: dict[type[CheckedRecord], list[int]] = defaultdict(list)
    for position, kind in enumerate(kinds_of(records)):
        positions[kind].append(position)
    for kind, places in positions.items():
        some = records_at(records, places)
        for at, problem in _alone(kind, some):
            found[places[at]].append(problem)
        for shared in _SHARED:
            for at, problem in shared(kind, some):
                found[places[at]].append(problem)
    batch = [check for kind in positions for check in checks_of(kind).batch]
    for check in dict.fromkeys([*batch, *_ADDED]):
        for position, problem in check(records):
            found[position].append(problem)
    _mask_persons(records, positions, found)
    return [_told_once(found.get(position, ())) for position in range(len(records))]


def _told_once(problems: Sequence[Problem]) -> Sequence[Problem]:
    """Leave out each warning that an error of the same field says already, in the same words."""
    errors = {(each.code, each.field, each.message) for each in problems if not each.is_warning}
    if not errors:
        return problems
    return [
        each
        for each in problems
        if not each.is_warning or (each.code, each.field, each.message) not in errors
    ]


def _mask_persons(
    records: Sequence[CheckedRecord],
    positions: Mapping[type[CheckedRecord], Sequence[int]],
    found: dict[int, list[Problem]],
) -> None:
    """Mask the personal data of each record in its findings: more people read these."""
    for kind, places in positions.items():
        names = tuple(sensitive_fields(kind))
        told = [at for at in places if at in found] if names else []
        some = records_at(records, told) if told else ()
        for at, values in zip(told, values_of(some, names), strict=True):
            if any(value and value in each.message for value in values for each in found[at]):
                record = records[at]
                found[at] = [
                    replace(each, message=without_persons(record, each.message))
                    for each in found[at]
                ]


def _alone(
    kind: type[CheckedRecord], records: Sequence[CheckedRecord]
) -> Iterator[tuple[int, Problem]]:
    """Yield (position, problem) of the single checks; those of one record in the order of the checks."""
    found: dict[int, list[tuple[int, Problem]]] = defaultdict(list)
    numbered = list(enumerate(checks_of(kind).single))
    broad = [(number, each) for number, each in numbered if not isinstance(each, NarrowCheck)]
    for at, record in enumerate(records) if broad else ():
        for number, check in broad:
            for problem in check(record):
                found[at].append((number, problem))
    for number, check in numbered:
        for at in check.suspects(kind, records) if isinstance(check, NarrowCheck) else ():
            found[at] += [(number, problem) for problem in check(records[at])]
    for at, told in found.items():
        for _, problem in sorted(told, key=itemgetter(0)):
            yield at, problem
