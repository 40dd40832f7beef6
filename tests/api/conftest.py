"""What the tests of the API share: a named user's calls."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.api.clients import Api


@pytest.fixture
def api(db: None) -> Callable[[User | None], Api]:
    """`api(user)`: calls in that user's session; `api(None)` without any."""

    def calls(user: User | None) -> Api:
        client = Client()
        if user is not None:
            client.force_login(user)
        return Api(client)

    return calls
