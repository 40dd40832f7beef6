"""What the tests of the web share: fast passwords, and a named visitor's client."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User

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
