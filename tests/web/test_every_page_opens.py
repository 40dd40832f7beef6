"""Every page opens on PostgreSQL: texts are tested on one database, queries on both."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from indicators.models import Plan
from reviews.models import Status
from tests.types import Make, Visit
from tests.web.routes import addresses, all_routes
from tests.web.world import World, build_world
from tests.worlds import share

# With SQLite, `test_neighbours` and `test_chinese` open the same pages and check the answers.
pytestmark = pytest.mark.production

#: The users who try an address in turn, until one of them may open it.
_VISITORS = ("shiju", "quji", "guanli", "anquan", "shenji")


@pytest.fixture
def world(make: Make, quji: User, shiju: User, yuzhong: Plan) -> World:
    states = (Status.DRAFT, Status.PENDING, Status.APPROVED)
    return build_world(make, quji, shiju, yuzhong, states=states)


share(__name__, "world")


@pytest.fixture
def browsers(visit: Visit, request: pytest.FixtureRequest) -> list[Client]:
    clients = [visit(request.getfixturevalue(name)) for name in _VISITORS]
    for client in clients:
        client.raise_request_exception = False
    return clients


def test_no_page_fails(world: World, browsers: list[Client]) -> None:
    answers: dict[str, list[int]] = {}
    opened: dict[str, Client] = {}  # who opened an address of the route before is asked first
    for address in (each for route in all_routes() for each in addresses(route, world)):
        if address.url.startswith("/api/"):  # the API's tests run on both kinds of database
            continue
        codes = answers.setdefault(address.url, [])
        first = opened.get(address.name, browsers[0])
        others = [each for each in browsers if each is not first]
        for browser in (first, *others) if address.name != "admin:logout" else ():
            codes.append(browser.get(address.url).status_code)
            if codes[-1] == 200:
                opened[address.name] = browser
                break
    assert {url: codes for url, codes in answers.items() if max(codes, default=0) >= 500} == {}
    assert sum(200 in codes for codes in answers.values()) > 100


def test_every_role_has_its_home(world: World, browsers: list[Client]) -> None:
    assert [browser.get("/", follow=True).status_code for browser in browsers] == [200] * 5
