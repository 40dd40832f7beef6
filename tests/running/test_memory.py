"""The bound on the memory of a process that runs tasks."""

from __future__ import annotations

import sys

import pytest

from running.memory import bound_memory
from tests.running.processes import ask

pytestmark = [
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts what is mapped"),
]
_MEGABYTE = 1024 * 1024


def _fits(bound: int, megabytes: int) -> bool:
    bound_memory(bound)
    try:
        return len(bytearray(megabytes * _MEGABYTE)) > 0
    except MemoryError:
        return False


@pytest.mark.parametrize(
    ("bound", "megabytes", "fits"), [(64, 32, True), (64, 128, False), (0, 128, True)]
)
def test_a_process_takes_no_more_than_its_bound(bound: int, megabytes: int, fits: bool) -> None:
    assert ask(lambda: _fits(bound, megabytes)) is fits
