"""Celery's workers and beats as an office runs them, with one clock that the test sets."""

from __future__ import annotations

import datetime
import os
import re
import sys
from functools import partial
from pathlib import Path

from django.conf import settings

from reports.models import Reminder
from reports.tasks import prepare_due_reports
from tests.children import ChildProcess
from tests.running.clocked import reached, write
from tests.running.conftest import ROOT, wait_until

#: Seconds to wait; two busy cores may need that long, an idle machine a hundredth of it.
PATIENCE = 120
_TASK = re.escape(prepare_due_reports.name)
_SENT = re.compile(rf"{_TASK} sent\. id->([0-9a-f-]+)")
_FAILED = "Message Error: Couldn't apply scheduled task prepare-reports"


def moment(day: datetime.date, hour: int = 6, minute: int = 31) -> str:
    """Return a time in China, by default a minute after beat's hour."""
    return f"{day.isoformat()}T{hour:02}:{minute:02}:00+08:00"


class Clocked(ChildProcess):
    """A Celery process with a clock of its own in a file."""

    def __init__(self, clock: Path, now: str, environment: dict[str, str], *words: str) -> None:
        self._clock = clock
        write(clock, now)
        command = [sys.executable, "-m", "tests.running.clocked", str(clock), *words]
        super().__init__([*command], cwd=ROOT, env=environment)

    def move_to(self, now: str) -> None:
        write(self._clock, now)

    def is_at(self, now: str) -> bool:
        told = reached(self._clock)
        return told.exists() and told.read_text(encoding="ascii") == now

    def sent(self) -> list[str]:
        """Return the ids of beat's messages to prepare reports."""
        return _SENT.findall(self.log)

    def failed(self) -> int:
        """Return how many of beat's messages could not be sent."""
        return self.log.count(_FAILED)

    def connections(self) -> int:
        """Return how often a worker has connected to its broker."""
        return self.log.count("Connected to redis")

    def has_received(self, task: str) -> bool:
        return f"[{task}] received" in self.log

    def says(self, words: str) -> bool:
        return words in self.log

    def has_sent_more_than(self, number: int) -> bool:
        return len(self.sent()) > number

    def has_connected_more_than(self, number: int) -> bool:
        return self.connections() > number

    def has_done(self, task: str) -> bool:
        return f"[{task}] succeeded" in self.log


class Clockwork:
    """The processes of one office."""

    def __init__(self, environment: dict[str, str], folder: Path, now: str) -> None:
        self.workers: list[Clocked] = []
        self.beats: list[Clocked] = []
        self._all: list[Clocked] = []
        self._folder, self._now = folder, now
        own = {"SECRET_KEY": settings.SECRET_KEY}  # a time before any process has started
        self._environment = {**os.environ, **own, **environment}

    def start(self, workers: int = 0, beats: int = 0) -> None:
        """Start more workers and beats; return when all are ready."""
        options = ["--pool=solo", "--loglevel=INFO"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        new = [self._new("worker", *options, *quiet) for _ in range(workers)]
        self.workers += new
        for _ in range(beats):
            file = self._folder / f"schedule-{len(self._all)}"
            self.beats.append(self._new("beat", "--loglevel=DEBUG", f"-s{file}"))
        for each in new:
            each.wait_until(partial(each.says, " ready."), PATIENCE)
        for each in self.beats:
            each.wait_until(partial(each.says, "beat: Starting..."), PATIENCE)

    def _new(self, *words: str) -> Clocked:
        clock = self._folder / f"clock-{len(self._all)}"
        made = Clocked(clock, self._now, self._environment, *words)
        self._all.append(made)
        return made

    def move_to(self, day: datetime.date) -> None:
        """Set the clocks to a morning, the workers' first, so that none works by yesterday's
        clock.
        """
        self._now = moment(day)
        for group in (self.workers, self.beats):
            for each in group:
                each.move_to(self._now)
            for each in group:
                each.wait_until(partial(each.is_at, self._now), PATIENCE)

    def beat(self, day: datetime.date) -> list[str]:
        """Set the clocks to a morning; return the messages that the beats have sent."""
        before = [len(each.sent()) for each in self.beats]
        self.move_to(day)
        for each, number in zip(self.beats, before, strict=True):
            each.wait_until(partial(each.has_sent_more_than, number), PATIENCE)
        return [each.sent()[-1] for each in self.beats]

    def live(self, day: datetime.date) -> None:
        """Set the clocks to a morning and wait until its work is done and its mails are sent."""
        for task in self.beat(day):
            wait_until(partial(self._has_done, task), PATIENCE)
        wait_until(lambda: not Reminder.objects.filter(handled_at=None).exists(), PATIENCE)

    def _has_done(self, task: str) -> bool:
        return any(each.has_done(task) for each in self.workers)

    def kill(self, worker: Clocked) -> None:
        """Kill a worker with SIGKILL."""
        worker.kill()
        self.workers.remove(worker)

    def end(self) -> None:
        """Kill all processes, so that none outlives the test."""
        for each in self._all:
            each.kill()
