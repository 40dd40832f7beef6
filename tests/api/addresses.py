"""The addresses of the API, grouped by the first part of their path."""

from __future__ import annotations

import re
from functools import lru_cache

from config.urls import router
from tests.web.routes import Route, UnknownRoute, all_routes

ROOT = "/api/v1/"
#: The group of addresses without a list of objects: figures, and the pages about the API.
PLAIN = "api"
_KINDS = {prefix: viewset for prefix, viewset, _ in router.registry}
_NAMED = re.compile(r"\(\?P<(\w+)>(?:\[[^]]*\]|\([^)]*\)|[^()])*\)")


def api_routes() -> list[Route]:
    """Return all routes below /api/."""
    return [route for route in all_routes() if _plain(route).startswith("/api/")]


def _plain(route: Route) -> str:
    return "/" + route.pattern.replace("^", "").removesuffix("$")


def path_of(route: Route) -> str:
    """Return the path, such as `/api/v1/funds/{pk}/`."""
    return _NAMED.sub(r"{\1}", _plain(route))


def prefix_of(route: Route) -> str:
    """Return the group, such as `funds`; `api` if there is no list of objects."""
    found = path_of(route).removeprefix(ROOT).partition("/")[0]
    return found if found in _KINDS else PLAIN


def what_of(route: Route) -> str:
    """Return what the route does (`list`, `detail`, `submit`): the last word of its name."""
    return route.name.rpartition("-")[2]


@lru_cache(maxsize=1)
def _by_what() -> dict[tuple[str, str], Route]:
    return {(prefix_of(route), what_of(route)): route for route in api_routes()}


def url_of(prefix: str, what: str, *values: object) -> str:
    """Return an address with values filled in; raise UnknownRoute if there is no such route."""
    route = _by_what().get((prefix, what))
    if route is None:
        raise UnknownRoute(f"“{prefix}”的“{what}”", "tests/api/calls.py")
    rest = iter(values)
    return _NAMED.sub(lambda _: str(next(rest)), _plain(route))
