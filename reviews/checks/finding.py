"""The checks of each record kind and their findings: one list for form, import and API."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviews.checks.amounts import exact_amounts
from reviews.checks.followers import area_kept
from reviews.checks.problems import Check, CheckedRecord, Problem, SetCheck
from reviews.checks.repeats import identical, repeated, same_numbers

#: Batch checks that every kind has.
_SHARED: tuple[SetCheck, ...] = (
    exact_amounts,
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
    batch: tuple[SetCheck, ...] = _SHARED


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
    _DECLARED[kind] = Checks(single, (*_SHARED, *batch))


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
    per 500."""
    checks = {kind: checks_of(kind) for kind in dict.fromkeys(map(type, records))}
    found: dict[int, list[Problem]] = defaultdict(list)
    for position, record in enumerate(records):
        for single in checks[type(record)].single:
            for problem in single(record):
                found[position].append(problem)
    batch = [check for each in checks.values() for check in each.batch]
    for check in dict.fromkeys([*batch, *_ADDED]):
        for position, problem in check(records):
            found[position].append(problem)
    return [found.get(position, ()) for position in range(len(records))]
