"""Processes that work on the test database at the same time and may be killed.

They are forked from the test's own process, which is warmed up, and each opens a connection of its
own; the test's connection is closed first. So the tests need `transactional_db`.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from typing import IO, Any
from unittest import mock

from django.db import connection, connections
from django.db.backends.utils import CursorWrapper

_FORK = multiprocessing.get_context("fork")
#: How many seconds a process may take before the test fails.
_PATIENCE = 120
#: The method with which Django's connection sends COMMIT.
_COMMIT = "_commit"


class Colleague:
    """A process that runs `work(line)`; the line is a pipe to the test."""

    def __init__(self, work: Callable[[Connection], object]) -> None:
        connections.close_all()
        self.line, theirs = _FORK.Pipe()
        self._process = _FORK.Process(target=_do, args=(work, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def kill(self) -> int:
        """Send SIGKILL; return the exit status."""
        assert self._process.pid
        os.kill(self._process.pid, signal.SIGKILL)
        return self.end()

    def end(self) -> int:
        """Wait for the end; return the exit status."""
        self._process.join(_PATIENCE)
        assert self._process.exitcode is not None, "进程没有结束"
        return self._process.exitcode

    def answer(self) -> Any:
        """Return what `work` returned; raise if it failed."""
        assert self.line.poll(_PATIENCE), "进程没有回答"
        is_done, result = self.line.recv()
        self.end()
        assert is_done, result
        return result


def _do(work: Callable[[Connection], object], line: Connection) -> None:
    try:
        answer = (True, work(line))
    except BaseException:
        answer = (False, traceback.format_exc())
    connections.close_all()
    line.send(answer)


def ask(work: Callable[[], object]) -> Any:
    """Run the work in a new process and return its result."""
    return Colleague(lambda line: work()).answer()


def die() -> None:
    """End this process at once, without handlers, `finally` or a message to the database."""
    os.kill(os.getpid(), signal.SIGKILL)


def wait_until_alone() -> None:
    """Wait until PostgreSQL has finished what a killed client had sent."""
    if connection.vendor != "postgresql":
        return
    deadline = time.monotonic() + 10
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone() == (0,):
                return
            assert time.monotonic() < deadline, "已终止进程的数据库连接仍在"
            time.sleep(0.002)


@contextmanager
def each_step(around: Callable[[str, Callable[[], object]], object]) -> Iterator[None]:
    """Call `around(name, step)` for every step of this process in its database.

    Steps are statements, and what Django's execute wrappers do not see: COPY and COMMIT.
    """

    def statement(execute: Callable[..., object], sql: str, *rest: object) -> object:
        return around(sql, lambda: execute(sql, *rest))

    def copy(self: CursorWrapper, sql: str, stream: IO[str]) -> object:
        return around(sql, lambda: self.cursor.copy_expert(sql, stream))

    commit: Callable[[], object] = getattr(connection, _COMMIT)
    with ExitStack() as patches:
        enter = patches.enter_context
        enter(connection.execute_wrapper(statement))
        enter(mock.patch.object(CursorWrapper, "copy_expert", copy, create=True))
        enter(mock.patch.object(connection, _COMMIT, lambda: around("COMMIT", commit)))
        yield
