"""Fixtures of the tests of accounts."""

from __future__ import annotations

from tests.web.conftest import visit as visit  # (a fixture)
