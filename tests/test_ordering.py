"""The table of long test files lists existing files only."""

from __future__ import annotations

from tests.ordering import LONG
from tests.running.conftest import ROOT


def test_every_long_file_is_there_and_named_once() -> None:
    assert [path for path in LONG if not (ROOT / path).is_file()] == []
    assert len(LONG) == len(set(LONG))
