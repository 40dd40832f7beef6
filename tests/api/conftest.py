"""Fixtures that the API tests share: calls of a named user, and users of every role and area."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from areas.models import Area
from tests.api.clients import Api, ApiOf
from tests.api.places import Office
from tests.types import Make


@pytest.fixture
def api(db: None) -> ApiOf:
    """`api(user)`: calls in that user's session; `api(None)` without any."""

    def calls(user: User | None) -> Api:
        client = Client()
        if user is not None:
            client.force_login(user)
        return Api(client)

    return calls


@pytest.fixture
def office(
    make: Make, district: Area, settings: Settings, caplog: pytest.LogCaptureFixture
) -> Office:
    """The users of walks; sessions are cookies, and expected refusals are not logged."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    caplog.set_level("CRITICAL", "django.request")
    return Office(make)
