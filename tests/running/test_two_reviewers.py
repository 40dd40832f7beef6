"""Reviewers work in one county at the same time: nothing is lost, and checks see one state."""

from __future__ import annotations

import contextlib
import io
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from multiprocessing.connection import Connection
from random import Random

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import close_old_connections, connection, transaction

from indicators.store.series import differences
from orgs.models import Training
from reviews.models import Action, ReviewEvent, Status, Submission
from reviews.services import move_all
from tests.running.conftest import wait_until
from tests.running.office import HERE, KINDS, THERE, enter, open_office, person
from tests.running.processes import Colleague, ask, each_step

pytestmark = pytest.mark.django_db(transaction=True)

#: How often a reviewer takes each action; the clerk submits returned records again.
_WEIGHTS = {Action.APPROVE: 10, Action.REOPEN: 7, Action.RETURN: 2, Action.VOID: 1}
_IN_WORDS = "全部一致。\n"

#: Record kind → primary keys.
Records = dict[type[Submission], list[int]]


def _move(kind: type[Submission], records: list[int], action: Action, who: str) -> int:
    rows = kind.objects.filter(pk__in=records)
    return move_all(rows, action, by=person(who), reason="" if action == Action.APPROVE else "测试")


@pytest.fixture
def records(transactional_db: None) -> dict[str, Records]:
    """County → its pending records."""
    open_office()
    found = {county: {kind: enter(kind, county, 24) for kind in KINDS} for county in (HERE, THERE)}
    for county, kinds in found.items():
        for kind, keys in kinds.items():
            assert _move(kind, keys, Action.SUBMIT, f"clerk-{county}") == len(keys)
    return found


class Reviewer:
    """A reviewer and a clerk who move random records, one or many at a time."""

    def __init__(self, name: str, county: str, records: Records) -> None:
        self._name, self._clerk, self._records = f"{name}-{county}", f"clerk-{county}", records
        self._random = Random(self._name)
        self.done: Counter[str] = Counter()
        self.moved = 0

    def work(self, operations: int) -> None:
        """Do so many operations, each as a request of its own."""
        for _ in range(operations):
            kind = self._random.choice(list(self._records))
            (action,) = self._random.choices([*_WEIGHTS], [*_WEIGHTS.values()])
            self._take(kind, action, self._name)
            if action in (Action.REOPEN, Action.RETURN):
                self._take(kind, Action.SUBMIT, self._clerk)

    def _take(self, kind: type[Submission], action: Action, who: str) -> None:
        number = 1 if action == Action.VOID else self._random.choice([1, 1, 3, 12, 24])
        chosen = self._random.sample(self._records[kind], number)
        moved = _move(kind, chosen, action, who)
        self.done[f"{action} {'moved' if moved else 'refused'}"] += 1
        self.moved += moved
        close_old_connections()


def _at_work(reviewer: Reviewer, operations: int) -> Colleague:
    """Return the reviewer in a process of their own, which waits for a start signal."""

    def work(line: Connection) -> tuple[Counter[str], int]:
        line.recv()
        reviewer.work(operations)
        return reviewer.done, reviewer.moved

    return Colleague(work)


def test_three_reviewers_at_once_lose_nothing_and_every_check_between_agrees(
    records: dict[str, Records],
) -> None:
    """Two work in one county and one in the next; prefecture and province are the same."""
    before = ReviewEvent.objects.count()
    places = [("first", HERE), ("second", HERE), ("first", THERE)]
    team = [_at_work(Reviewer(name, at, records[at]), 100) for name, at in places]
    checker = Colleague(_check_until_told)
    for colleague in team:
        colleague.line.send("go")
    done, moved = zip(*(colleague.answer() for colleague in team), strict=True)
    checker.line.send("enough")
    assert set(found := checker.answer()) == {_IN_WORDS}
    assert len(found) >= 20
    for actions in done:
        assert all(actions[f"{action} moved"] for action in _WEIGHTS), actions
    assert ReviewEvent.objects.count() == before + sum(moved)
    for kinds in records.values():
        for kind, keys in kinds.items():
            _assert_told_by_events(kind, keys)
    assert ask(_check) == _IN_WORDS


def _assert_told_by_events(kind: type[Submission], keys: list[int]) -> None:
    """Each event begins where the one before ended, and the last one has the record's state."""
    told = defaultdict[int, list[ReviewEvent]](list)
    content_type = ContentType.objects.get_for_model(kind)
    for event in ReviewEvent.objects.filter(content_type=content_type).order_by("pk"):
        told[event.object_id].append(event)
    for record in kind.objects.filter(pk__in=keys).select_related("reviewed_by"):
        events = told[record.pk]
        assert events[0].from_status == Status.DRAFT
        for one, next_one in pairwise(events):
            assert one.to_status == next_one.from_status
            assert one.at <= next_one.at
        assert record.status == events[-1].to_status
        assert record.updated_at == events[-1].at
        if record.status in (Status.APPROVED, Status.RETURNED):
            assert (record.reviewed_by, record.reviewed_at) == (events[-1].by, events[-1].at)


def _check_until_told(line: Connection) -> list[str]:
    found = []
    while not line.poll():
        found.append(_check())
    return found


def _check() -> str:
    """Return the output of `check_figures`."""
    out = io.StringIO()
    with contextlib.suppress(SystemExit):
        call_command("check_figures", stdout=out)
    return out.getvalue()


def test_a_bulk_move_that_waits_for_one_record_holds_no_later_one(
    records: dict[str, Records],
) -> None:
    """Records are locked in the order of their keys, so that no two bulk moves wait for each
    other.
    """
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks no rows")
    keys = records[HERE][Training]
    Training.objects.filter(pk=keys[0]).update(note="最后写入")  # lies behind the others now
    colleague = _approving(keys)
    with transaction.atomic():
        Training.objects.select_for_update().get(pk=keys[0])
        colleague.line.send("go")
        wait_until(_is_someone_waiting)
        free = Training.objects.select_for_update(skip_locked=True).filter(pk__in=keys)
        assert sorted(free.values_list("pk", flat=True)) == keys
    assert colleague.answer() == len(keys)


def test_who_waited_for_a_record_is_dated_after_what_they_waited_for(
    records: dict[str, Records],
) -> None:
    """While an approval waits, its record is returned and submitted again.

    The new version is approved.
    """
    keys = records[HERE][Training][:1]
    colleague = _approving(keys)
    with transaction.atomic():
        Training.objects.select_for_update().get(pk=keys[0])
        colleague.line.send("go")
        if connection.vendor == "postgresql":
            wait_until(_is_someone_waiting)
        else:
            time.sleep(0.3)
        assert _move(Training, keys, Action.RETURN, f"first-{HERE}") == 1
        assert _move(Training, keys, Action.SUBMIT, f"clerk-{HERE}") == 1
    assert colleague.answer() == 1
    _assert_told_by_events(Training, keys)


def _approving(keys: list[int]) -> Colleague:
    """Approve; PostgreSQL meets the records in the order of the table, not of an index."""

    def work(line: Connection) -> int:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET enable_indexscan = off; SET enable_bitmapscan = off")
        line.recv()
        return _move(Training, keys, Action.APPROVE, f"second-{HERE}")

    return Colleague(work)


def _is_someone_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() is not None


def test_a_check_finds_no_difference_whichever_of_its_reads_an_approval_comes_before(
    records: dict[str, Records],
) -> None:
    """The approval commits while the check is still reading; neither waits."""
    keys = records[HERE][Training]
    number = 0
    while True:
        number += 1
        came, text = _check_with(number, lambda: _turn(keys))
        assert text == _IN_WORDS, number
        if not came:
            break
    assert number > 15
    assert list(differences()) == []


def _turn(keys: list[int]) -> None:
    """Approve what is pending; otherwise reopen and submit it."""
    if not _move(Training, keys, Action.APPROVE, f"first-{HERE}"):
        _move(Training, keys, Action.REOPEN, f"first-{HERE}")
        _move(Training, keys, Action.SUBMIT, f"clerk-{HERE}")


def _check_with(number: int, interrupt: Callable[[], None]) -> tuple[bool, str]:
    """Return the output of the check if something happens before its step, and whether it has so
    many.
    """
    passed = 0

    def around(name: str, step: Callable[[], object]) -> object:
        nonlocal passed
        if threading.current_thread() is threading.main_thread():
            passed += 1
            if passed == number:
                _elsewhere(interrupt)
        return step()

    with each_step(around):
        text = _check()
    return passed >= number, text


def _elsewhere(work: Callable[[], None]) -> None:
    """Do the work on another connection and wait for it."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    assert failures == []
