"""Every address opens on PostgreSQL: what the pages say is checked once, their queries on both."""

from __future__ import annotations

import pytest

from accounts.models import User
from indicators.models import Plan
from reviews.models import Status
from tests.types import Make, Visit
from tests.web.routes import addresses, all_routes
from tests.web.world import World, build_world

# With SQLite `test_neighbours` and `test_chinese` go the same ways and look at the answers.
pytestmark = pytest.mark.production

_VISITORS = ("shiju", "quji", "shengting", "guanli", "shenji")


@pytest.fixture
def world(make: Make, quji: User, shiju: User, yuzhong: Plan) -> World:
    states = (Status.DRAFT, Status.PENDING, Status.APPROVED)
    return build_world(make, quji, shiju, yuzhong, states=states)


@pytest.mark.parametrize("name", _VISITORS)
def test_no_address_fails(
    world: World, visit: Visit, request: pytest.FixtureRequest, name: str
) -> None:
    user: User = request.getfixturevalue(name)
    client = visit(user)
    client.raise_request_exception = False
    answers: dict[str, int] = {}
    for address in (each for route in all_routes() for each in addresses(route, world)):
        answers[address.url] = client.get(address.url).status_code
        if address.name == "admin:logout":
            client.force_login(user)
    assert {url: code for url, code in answers.items() if code >= 500} == {}
    assert sum(code == 200 for code in answers.values()) > 10
