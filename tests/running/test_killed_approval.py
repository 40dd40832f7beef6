"""If a process is killed during a transition, records and figures are both old or both new."""

from __future__ import annotations

import os
import signal
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from random import Random

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import QuerySet

from funds.models import Fund
from indicators.store.series import differences
from orgs.models import Training
from reviews.models import Action, ReviewEvent, Status, Submission
from reviews.services import move_all
from tests.running.office import HERE, PREFECTURE, THERE, enter, open_office, person
from tests.running.processes import Colleague, ask, die, each_step, wait_until_alone

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Operation:
    """A transition of some records, and the transitions that take them back."""

    kind: type[Submission]
    records: list[int]
    action: Action
    source: Status
    target: Status
    back: tuple[Action, ...]

    def do(self) -> int:
        """Move the records; return how many were moved."""
        return self._move(self.action)

    def undo(self) -> None:
        """Take the records back to the source state."""
        assert [self._move(action) for action in self.back] == [len(self.records)] * len(self.back)

    def _move(self, action: Action) -> int:
        by = person(f"{'clerk' if action == Action.SUBMIT else 'first'}-{PREFECTURE}")
        rows = self.kind.objects.filter(pk__in=self.records)
        return move_all(rows, action, by=by, reason="" if action == Action.APPROVE else "测试")

    def seen(self) -> Seen:
        """Return the present state of the database."""
        rows = self.kind.objects.filter(pk__in=self.records)
        return Seen(
            [str(status) for status in rows.order_by("pk").values_list("status", flat=True)],
            self._events().count(),
            list(differences()),
        )

    def _events(self) -> QuerySet[ReviewEvent]:
        kind = ContentType.objects.get_for_model(self.kind)
        return ReviewEvent.objects.filter(content_type=kind, object_id__in=self.records)

    def after(self, before: Seen) -> Seen:
        """Return the state that the database must have after the transition."""
        number = len(self.records)
        return Seen([str(self.target)] * number, before.events + number, [])

    def aftermath(self, before: Seen) -> tuple[Seen, int]:
        """Return what a new process finds, and the number of events after it has worked on."""
        wait_until_alone()
        found = self.seen()
        if found not in (before, self.after(before)):
            return found, 0
        if found != before:
            assert self.do() == 0  # it cannot be done twice
            self.undo()
        assert self.do() == len(self.records)
        self.undo()
        return found, self._events().count()


@dataclass(frozen=True)
class Seen:
    """The states of the records, the number of their events, and differences of the figures."""

    statuses: list[str]
    events: int
    differences: list[str]


_APPROVE = (Action.APPROVE, Status.PENDING, Status.APPROVED, (Action.REOPEN, Action.SUBMIT))
_REOPEN = (Action.REOPEN, Status.APPROVED, Status.RETURNED, (Action.SUBMIT, Action.APPROVE))


@pytest.fixture(params=["approve_one", pytest.param("reopen_many", marks=pytest.mark.production)])
def operation(request: pytest.FixtureRequest, transactional_db: None) -> Operation:
    """One fund; or four trainings in two counties, beside one that stays approved (PostgreSQL)."""
    open_office()
    standing = Operation(Training, enter(Training, THERE, 1), *_APPROVE)
    standing._move(Action.SUBMIT)
    standing.do()
    if request.param == "approve_one":
        made = Operation(Fund, enter(Fund, HERE, 1), *_APPROVE)
        made._move(Action.SUBMIT)
    else:
        records = enter(Training, HERE, 2) + enter(Training, THERE, 2)
        made = Operation(Training, records, *_REOPEN)
        made._move(Action.SUBMIT)
        made._move(Action.APPROVE)
    made.do()
    made.undo()  # caches of this process are filled
    return made


@dataclass(frozen=True)
class Rehearsal:
    """The steps of the transition in the database, and the seconds that it and its COMMIT take."""

    steps: list[str]
    seconds: float
    commit_seconds: float

    @property
    def commit(self) -> int:
        """The number of the transition's COMMIT; the steps after it tie its events to the chain."""
        return self.steps.index("COMMIT") + 1


def _rehearse(operation: Operation) -> Rehearsal:
    steps, took = list[str](), list[float]()

    def around(name: str, step: Callable[[], object]) -> object:
        began = time.perf_counter()
        try:
            return step()
        finally:
            steps.append(name)
            took.append(time.perf_counter() - began)

    began = time.perf_counter()
    with each_step(around):
        operation.do()
    seconds = time.perf_counter() - began
    operation.undo()
    return Rehearsal(steps, seconds, took[steps.index("COMMIT")])


def _doomed(operation: Operation, number: int, moment: str) -> Colleague:
    """Return a process that dies before or after its step, or that waits to be killed.

    `sent`: PostgreSQL has received the COMMIT, but nobody reads the answer. `amid`: the process
    says when the step begins and is killed during it.
    """

    def work(line: Connection) -> None:
        passed = 0

        def around(name: str, step: Callable[[], object]) -> object:
            nonlocal passed
            passed += 1
            if passed != number:
                return step()
            if moment == "sent":
                _send_commit()
            if moment in ("before", "sent"):
                die()
            if moment == "amid":
                line.send(name)
            result = step()
            if moment == "after":
                die()
            return result

        with each_step(around):
            operation.do()
        if moment == "amid":
            time.sleep(60)

    return Colleague(work)


def _send_commit() -> None:
    """Send the COMMIT message of the protocol without waiting for the answer."""
    text = b"COMMIT\x00"
    os.write(connection.connection.fileno(), b"Q" + struct.pack(">i", len(text) + 4) + text)


def _kill_amid(colleague: Colleague, delay: float) -> int:
    """Kill the process so many seconds after the step began; return its exit status."""
    assert colleague.line.poll(60)
    began = colleague.line.recv()
    assert isinstance(began, str), began
    until = time.perf_counter() + delay
    while time.perf_counter() < until:
        pass
    return colleague.kill()


class Inquest:
    """Kills one transition after another and checks the state that is left."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.rehearsal: Rehearsal = ask(lambda: _rehearse(operation))
        self.before: Seen = ask(operation.seen)
        assert self.before.statuses == [operation.source] * len(operation.records)
        assert self.before.differences == []

    def dies(self, number: int, moment: str, delay: float = 0) -> bool:
        """Return whether the transition was done when its process was killed.

        It is never half done.
        """
        colleague = _doomed(self.operation, number, moment)
        died = _kill_amid(colleague, delay) if moment == "amid" else colleague.end()
        where = f"{moment} {number}: {self.rehearsal.steps[number - 1][:120]}"
        assert died == -signal.SIGKILL, where
        old, new = self.before, self.operation.after(self.before)
        found, events = ask(lambda: self.operation.aftermath(old))
        assert found in (old, new), where
        self.before = Seen(old.statuses, events, [])
        return bool(found == new)


def test_killed_at_any_step_it_is_not_done_before_the_commit_and_done_after(
    operation: Operation,
) -> None:
    inquest = Inquest(operation)
    commit, last = inquest.rehearsal.commit, len(inquest.rehearsal.steps)
    assert "COMMIT" in inquest.rehearsal.steps[commit:]
    assert last > commit > 15
    assert not inquest.dies(1, "before")
    for number in range(1, commit + 1):  # the end of one step is the beginning of the next
        assert inquest.dies(number, "after") == (number == commit)
    assert inquest.dies(last, "before")
    if connection.vendor == "postgresql":
        assert inquest.dies(commit, "sent")
    assert ask(operation.seen) == inquest.before


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param("approve_one", marks=pytest.mark.once),
        pytest.param("reopen_many", marks=pytest.mark.production),
    ],
    indirect=True,
)
def test_killed_at_a_random_moment_it_is_done_or_not(operation: Operation) -> None:
    """Ten times around the COMMIT and ten times anywhere; both may be over before the kill.

    One operation on each database: the steps above are all tried on both.
    """
    inquest, random = Inquest(operation), Random(str(operation.action))
    rehearsal = inquest.rehearsal
    for _ in range(10):
        inquest.dies(1, "amid", random.uniform(0, 1.2 * rehearsal.seconds))
        commit = random.uniform(0, 2 * rehearsal.commit_seconds)
        inquest.dies(rehearsal.commit, "amid", commit)
    assert ask(operation.seen) == inquest.before


@pytest.mark.parametrize("operation", ["approve_one"], indirect=True)
def test_a_half_done_approval_would_be_seen(operation: Operation) -> None:
    """The same check finds a process that dies between record and figures, each committed alone."""

    def half(line: Connection) -> None:
        operation.kind.objects.filter(pk__in=operation.records).update(status=operation.target)
        die()

    before: Seen = ask(operation.seen)
    assert Colleague(half).end() == -signal.SIGKILL
    found: Seen = ask(operation.seen)
    assert found.statuses == [operation.target]
    assert found.events == before.events
    assert len(found.differences) > 0
