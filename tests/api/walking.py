"""The permission walk: call every route × method × role × place and note each answer as a word."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.urls import resolve

from accounts.models import Role, User
from tests.api.addresses import path_of, prefix_of
from tests.api.calls import GROUPS, Call, Group
from tests.api.places import WHO, Office, Place
from tests.types import Json, Response
from tests.web.routes import Route, UnknownRoute

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ALLOWED, FORBIDDEN, ABSENT, UNKNOWN, UNSUPPORTED, OUTSIDE = (
    "可",
    "禁",
    "无",
    "未登录",
    "不支持",
    "不收",
)
_WORDS = {401: UNKNOWN, 403: FORBIDDEN, 404: ABSENT, 405: UNSUPPORTED}
#: The codes that refuse a body with out-of-scope objects.
_OUTSIDE = {"does_not_exist"}


class Unexpected(AssertionError):
    """An answer that is neither an access nor a refusal of this caller."""


@dataclass(frozen=True)
class Asked:
    """A row of the table: address, method and variant."""

    path: str
    method: str
    variant: str = ""


Column = tuple[Role | None, Place]
#: The answer in each column.
Row = dict[Column, str]
Matrix = dict[Asked, Row]
COLUMNS: list[Column] = [(who, place) for who in WHO for place in Place]


def group_of(route: Route) -> str:
    """Return the name of the group that knows how to call the route."""
    name = prefix_of(route)
    if name not in GROUPS:
        raise UnknownRoute(str(route), "tests/api/calls.py")
    return name


def walk(name: str, routes: list[Route], office: Office) -> Matrix:
    """Call all routes of a group."""
    group = GROUPS[name](office, name)
    matrix: Matrix = {}
    for route in routes:
        for column in COLUMNS:
            for asked, word in _answers(group, route, office, column):
                matrix.setdefault(asked, {})[column] = word
    return matrix


def _answers(
    group: Group, route: Route, office: Office, column: Column
) -> Iterator[tuple[Asked, str]]:
    who, place = column
    caller = office.caller(who, group.ground, place)
    calls = group.calls(route, place, caller)
    path = path_of(route)
    for method in METHODS:
        is_told_apart = calls[0].method == method
        for call in calls if is_told_apart else calls[:1]:
            asked = Asked(path, method, call.variant if is_told_apart else "")
            yield asked, _heard(office, caller, asked, call)


def _heard(office: Office, caller: User | None, asked: Asked, call: Call) -> str:
    """Return the answer; the same request of the same caller is sent only once.

    Where the address has nothing for a method, no object is looked at: each role sends it once to each
    set of guards.
    """
    method, view = asked.method, _view_of(asked.path, call)
    said: Hashable = (caller and caller.pk, method, call.url, call.shown, repr(call.body))
    heard = office.heard
    if not _is_handled(view, method):
        said, heard = (caller and caller.role, method, *_guards(view)), _REFUSED
    if said not in heard:
        heard[said] = word_of(office.client(caller), method, call)
    return heard[said]


def _view_of(path: str, call: Call) -> Any:
    """Return the view of an address."""
    if path not in _VIEWS:
        _VIEWS[path] = resolve(call.url.partition("?")[0]).func
    return _VIEWS[path]


def is_handled(path: str, method: str, call: Call) -> bool:
    """Return whether the viewset of an address has an action for the method."""
    return _is_handled(_view_of(path, call), method)


def _is_handled(view: Any, method: str) -> bool:
    actions = getattr(view, "actions", None)
    return actions is None or method.lower() in actions


def _guards(view: Any) -> Iterator[Hashable]:
    """Yield what decides before a viewset looks for its action: the parts that run for every request."""
    for name in ("authentication_classes", "permission_classes", "throttle_classes"):
        yield tuple(view.initkwargs.get(name, getattr(view.cls, name)))
    for name in ("dispatch", "initial", "http_method_not_allowed", "check_permissions"):
        yield getattr(view.cls, name)
    yield tuple(view.cls.http_method_names)


#: The view of each path.
_VIEWS: dict[str, Any] = {}
#: Answers to methods that an address does not have, of all walks of this process.
_REFUSED: dict[Hashable, str] = {}


def word_of(client: Client, method: str, call: Call, **headers: str) -> str:
    """Return the table's word for one answer; changes of the database are rolled back."""
    with transaction.atomic():
        response = send(client, method, call, **headers)
        transaction.set_rollback(True)
    code = response.status_code
    if method == "GET" and code == 200 and call.shown is not None:
        key, value = call.shown
        return ALLOWED if value in {row[key] for row in response.json()["results"]} else ABSENT
    if 200 <= code < 300:
        return ALLOWED
    if code == 302 and response["Location"].startswith("/admin/login/"):
        return UNKNOWN
    if code == 422 and _is_outside(response.json()):
        return OUTSIDE
    if code not in _WORDS:
        said = response.content.decode(errors="replace")[:500]
        raise Unexpected(f"{method} {call.url} 答复 {code}：{said}；请求内容：{call.body}")
    return _WORDS[code]


def send(client: Client, method: str, call: Call, **headers: str) -> Response:
    """Send the request of a call and return the response."""
    headers = {"If-Match": "*", **headers}
    if method == "GET":
        return client.get(call.url + _whole(call), headers=headers)
    if call.is_form and method == "POST":
        call.body["file"].seek(0)
        return client.post(call.url, call.body, content_type=MULTIPART_CONTENT, headers=headers)
    body = json.dumps({} if call.is_form else call.body)
    return client.generic(method, call.url, body, content_type="application/json", headers=headers)


def _whole(call: Call) -> str:
    """Return the query string that requests the whole list."""
    if call.shown is None:
        return ""
    return f"{'&' if '?' in call.url else '?'}page_size=1000"


def _is_outside(body: Json) -> bool:
    codes = {problem["code"] for problem in body["problems"]}
    return bool(codes) and codes <= _OUTSIDE
