"""An import of 200 rows takes as many queries as one of 20, except for batches of INSERTs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from funds.models import Fund
from tests.ledger.workbooks import (
    Row,
    activity,
    aid,
    fund,
    money,
    one_sheet,
    org,
    project,
    run,
    scene,
    training,
)
from tests.types import Make

ROWS: dict[str, tuple[str, Callable[[int], Row]]] = {
    "funds": ("funds", fund),
    "orgs": ("orgs", org),
    "projects": ("projects", project),
    "money": ("money", money),
    "scenes": ("scenes", scene),
    "activities": ("activities", activity),
    "trainings": ("activities", training),
    "aid": ("activities", aid),
}


def _queries(tmp_path: Path, kind: str, rows: list[Row], options: tuple[str, ...]) -> list[str]:
    content = one_sheet(*rows)
    with CaptureQueriesContext(connection) as captured:
        assert run(tmp_path, kind, content, *options).code == 0
    return [query["sql"] for query in captured if not query["sql"].startswith("INSERT")]


@pytest.mark.parametrize(
    "options", [("--check",), (), ("--approve-as", "shiju")], ids=["check", "import", "approve"]
)
@pytest.mark.parametrize("ledger", ROWS)
def test_queries_do_not_grow_with_rows(
    tmp_path: Path, quji: User, shiju: User, approved: Make, ledger: str, options: tuple[str, ...]
) -> None:
    kind, row = ROWS[ledger]
    if ledger == "money":
        approved(Fund, name=fund()["基金名称"])
    run(tmp_path, kind, one_sheet(row(999)), "--approve-as", "shiju")
    few = _queries(tmp_path, kind, [row(number) for number in range(100, 120)], options)
    many = _queries(tmp_path, kind, [row(number) for number in range(200, 400)], options)
    assert len(many) <= len(few) + 2
