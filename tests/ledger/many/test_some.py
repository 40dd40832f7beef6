"""Thirty of the many files, written by the tests themselves; the whole run is outside CI."""

from __future__ import annotations

import random
from functools import cache

import pytest

from accounts.models import User
from tests.ledger.many.by_openpyxl import xlsx
from tests.ledger.many.facts import FAULTS, difference, outcome, verdict
from tests.ledger.many.pages import book_of
from tests.ledger.many.plain import FUND, PLAIN
from tests.ledger.many.plan import INSIDE, mixed
from tests.ledger.workbooks import fund, imported

pytestmark = pytest.mark.once


def test_every_file_is_read_rightly_or_tells_that_it_cannot(quji: User, shiju: User) -> None:
    imported(quji, "funds", fund(基金名称=FUND), approve_as=shiju)
    plain = cache(lambda kind: outcome(kind, xlsx(book_of(PLAIN[kind])), quji))
    files = [*mixed([*INSIDE], 30, random.Random(20261130))]
    assert len({file.writer for file in files}) > 12
    for file in files:
        assert not plain(file.kind).problems
        found = outcome(file.kind, INSIDE[file.writer](file.book), quji)
        said = verdict(plain(file.kind), found, is_told=file.is_told)
        assert said not in FAULTS, f"{file.label}\n{difference(plain(file.kind), found)}"
