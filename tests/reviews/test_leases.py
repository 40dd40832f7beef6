"""Leases: one worker at a time, and who is to blame when a worker ends in the middle."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from reviews import leases
from reviews.leases import Lease, excuse_this_worker

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def _next_after(monkeypatch: pytest.MonkeyPatch, *, is_told: bool) -> Lease:
    """Return the lease of a worker whose predecessor died, perhaps after it was told to stop."""
    monkeypatch.setattr(leases, "_WORKER", "first")
    assert Lease("job-1").acquire()
    if is_told:
        excuse_this_worker()
    cache.delete("job-1")  # it lapses
    monkeypatch.setattr(leases, "_WORKER", "second")
    lease = Lease("job-1")
    assert lease.acquire()
    return lease


def test_a_lease_is_held_once() -> None:
    first, second = Lease("job-1"), Lease("job-1")
    assert (first.acquire(), second.acquire()) == (True, False)
    first.release()
    assert second.acquire()
    assert not second.is_excused


def test_a_worker_that_simply_dies_is_not_excused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not _next_after(monkeypatch, is_told=False).is_excused


def test_a_worker_that_was_told_to_stop_is_excused_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _next_after(monkeypatch, is_told=True).is_excused
    cache.delete("job-1")  # the second worker dies, and nobody told it to
    third = Lease("job-1")
    assert third.acquire()
    assert not third.is_excused


def test_what_a_worker_ended_before_its_stop_excuses_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leases, "_WORKER", "first")
    done = Lease("job-1")
    assert done.acquire()
    done.release()
    excuse_this_worker()
    monkeypatch.setattr(leases, "_WORKER", "second")
    fresh = Lease("job-1")
    assert fresh.acquire()
    assert not fresh.is_excused
