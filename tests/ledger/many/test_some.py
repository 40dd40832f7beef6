"""Thirty of the many files, written by the tests themselves; the whole run is outside CI."""

from __future__ import annotations

import itertools

import pytest

from accounts.models import User
from tests.ledger.many.by_openpyxl import xlsx
from tests.ledger.many.facts import FAULTS, Outcome, difference, outcome, verdict
from tests.ledger.many.pages import book_of
from tests.ledger.many.plain import FUND, PLAIN
from tests.ledger.many.plan import INSIDE, ManyFile, drawn
from tests.ledger.workbooks import fund, imported

pytestmark = pytest.mark.once


def some() -> list[ManyFile]:
    """Return thirty files: every fifth that differs in one way, and some that differ in two."""
    files = [*drawn([*INSIDE], times=1, pairs=8, seed=20261130)]
    single = [file for file in files if len(file.changes) == 1]
    return [*itertools.islice(single, 3, None, len(single) // 22)][:22] + files[-8:]


def test_every_file_is_read_rightly_or_tells_that_it_cannot(quji: User, shiju: User) -> None:
    imported(quji, "funds", fund(基金名称=FUND), approve_as=shiju)
    plain: dict[str, Outcome] = {}
    files = some()
    for file in files:
        if file.kind not in plain:
            plain[file.kind] = outcome(file.kind, xlsx(book_of(PLAIN[file.kind])), quji)
            assert not plain[file.kind].problems
        found = outcome(file.kind, INSIDE[file.writer](file.book), quji)
        said = verdict(plain[file.kind], found, is_told=file.is_told)
        assert said not in FAULTS, f"{file.label}\n{difference(plain[file.kind], found)}"
    assert len(files) == 30
