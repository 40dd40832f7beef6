"""A page shows one state of the database, whatever is approved while it is built."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from funds.models import Fund
from indicators.models import Plan
from indicators.progress.progress import progress_of
from indicators.store import series_reader
from indicators.store.series import ensure_layout
from indicators.store.stored import stored_rows
from running.db_snapshot import read_snapshot
from tests.conftest import DISTRICT
from tests.types import Make

pytestmark = pytest.mark.django_db(transaction=True)
Day = datetime.date


def _elsewhere(work: Callable[[], object]) -> None:
    """Do the work in another connection and commit it."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def test_what_is_committed_meanwhile_is_not_seen_and_nobody_waits(
    yuzhong: Plan, approved: Make
) -> None:
    ensure_layout()
    approved(Fund)
    with read_snapshot():
        assert Fund.objects.count() == 1
        with read_snapshot():
            _elsewhere(lambda: approved(Fund))
        assert Fund.objects.count() == 1
    assert Fund.objects.count() == 2


def test_an_approval_between_the_reads_of_a_figure_does_not_split_it(
    yuzhong: Plan,
    approved: Make,
    make: Make,
    quji: User,
    shiju: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The fund begins before the day and ends after it.

    Mixed states would count it twice or not at all.
    """
    ensure_layout()
    approved(Fund, established_on=Day(2026, 3, 2))

    def then_somebody_approves(*arguments: Any) -> Any:
        rows = stored_rows(*arguments)
        monkeypatch.setattr(series_reader, "stored_rows", stored_rows)
        days = {"established_on": Day(2026, 3, 3), "closed_on": Day(2026, 3, 25)}
        _elsewhere(lambda: approved(Fund, **days))
        return rows

    monkeypatch.setattr(series_reader, "stored_rows", then_somebody_approves)
    values = [
        progress_of(yuzhong, [DISTRICT], Day(2026, 3, 10))[DISTRICT][0].value for _ in range(2)
    ]
    assert values == [1, 2]


def test_a_failure_inside_leaves_nothing_open(yuzhong: Plan) -> None:
    with pytest.raises(ZeroDivisionError), read_snapshot():
        Fund.objects.count()
        _ = 1 / 0
    with read_snapshot():
        assert Fund.objects.count() == 0
    Plan.objects.update(title="可以写")
