"""What the tests of the web share: fast passwords, and a named visitor's client."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User


@pytest.fixture(autouse=True)
def _no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """Walks open every address as everyone; what LibreOffice makes of a document has its own tests."""
    monkeypatch.setattr("reports.pages.editions.pdf_of", lambda document: b"%PDF-")


Visit = Callable[[User | None], Client]


@pytest.fixture
def visit(db: None) -> Visit:
    """`visit(user)`: a browser in which that user is logged in; `visit(None)` is anonymous."""

    def browser(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return browser
