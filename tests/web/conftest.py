"""Fixtures that the page tests share: no LibreOffice, and a browser for a named user."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from tests.types import Visit


@pytest.fixture(autouse=True)
def _no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the slow conversion to PDF, which has tests of its own."""
    monkeypatch.setattr("reports.pages.editions.pdf_of", lambda document: b"%PDF-")


@pytest.fixture
def visit(db: None) -> Visit:
    """`visit(user)`: a browser in which that user is logged in; `visit(None)` is anonymous."""

    def browser(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return browser
