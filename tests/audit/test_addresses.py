"""Every address that changes or hands out something writes an event, or stands in a list with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import ResolverMatch, get_resolver

from accounts.models import User
from audit.acts import Act, Outcome
from audit.addresses import CHANGES_NOTHING, HOLDS_NOTHING, change_of, hand_out_of
from audit.middleware import KnowActor
from audit.models import AuditEvent
from funds.models import Fund
from tests.types import Make
from tests.web.routes import all_routes

_UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
#: Parts of Django's site and of the API that only read, whatever the method → why.
_READS_ONLY = {
    "home": "起始页",
    "board": "大屏",
    "healthz": "健康检查",
    "readyz": "健康检查",
    "api-none": "不存在的接口地址",
    "api-docs": "接口说明",
    "api-redoc": "接口说明",
    "admin:": "旧地址跳转",
    **dict.fromkeys(
        (
            *("admin:search", "admin:index", "admin:autocomplete", "admin:view_on_site"),
            *("admin:app_list", "admin:password_change_done", "admin:jsi18n"),
        ),
        "后台的只读页面",
    ),
    # They read the query only, whatever the method.
    **dict.fromkeys(
        (
            *("dashboard", "dashboard-export", "duty-export", "figure", "duty-item", "duties"),
            *("duties-export", "funds", "funds-file", "fund-book", "fund-statement", "reports"),
            *("record-figures", "quality", "open-items", "matching", "tasks", "task-board"),
            *("task-export", "task-cell", "pending-changes"),
            *("emergency", "org-statistics", "org-statistics-file", "robots"),
        ),
        "只读页面，没有表单",
    ),
}


def _answers(view: Callable[..., object], method: str) -> bool:
    """Whether a view takes a method, as far as it says so without being called."""
    if known := getattr(view, "actions", None):  # of a view set
        return method.lower() in known
    if own := getattr(view, "view_class", None) or getattr(view, "cls", None):
        return hasattr(own, method.lower())
    return method in _named_methods(view)


def _named_methods(view: Callable[..., object]) -> Sequence[str]:
    """The methods to which `require_http_methods` binds a function; POST where nothing binds it."""
    known: Any = view
    while known is not None:
        names = getattr(getattr(known, "__code__", None), "co_freevars", ())
        if "request_method_list" in names:
            found: Sequence[str] = known.__closure__[
                names.index("request_method_list")
            ].cell_contents
            return found
        known = getattr(known, "__wrapped__", None)
    return ("POST",)


def _views() -> dict[str, Callable[..., object]]:
    found: dict[str, Callable[..., object]] = {}

    def walk(patterns: Sequence[Any], spaces: tuple[str, ...]) -> None:
        for entry in patterns:
            if inner := getattr(entry, "url_patterns", None):
                space = getattr(entry, "namespace", None)
                walk(inner, (*spaces, *([space] if space else [])))
            else:
                name = ":".join((*spaces, getattr(entry, "name", None) or ""))
                found[name] = entry.callback

    walk(get_resolver().url_patterns, ())
    return found


@pytest.mark.once
def test_every_address_that_takes_a_change_has_an_act() -> None:
    views = _views()
    assert {route.name for route in all_routes()} <= set(views)
    unnamed = {
        (name, method)
        for name, view in views.items()
        for method in _UNSAFE
        if _answers(view, method)
        and name not in _READS_ONLY
        and not name.endswith("_history")
        and name not in CHANGES_NOTHING
        and change_of(name, method) is Act.OTHER
    }
    assert unnamed == set()


@pytest.mark.once
def test_the_exceptions_are_addresses() -> None:
    assert {*CHANGES_NOTHING, *HOLDS_NOTHING, *_READS_ONLY} <= set(_views())
    assert all(CHANGES_NOTHING.values()) and all(HOLDS_NOTHING.values())


def _called(user: User, name: str, method: str, answer: HttpResponse) -> list[AuditEvent]:
    """The events that a request to an address of this name writes when it gets this answer."""

    def respond(request: HttpRequest) -> HttpResponse:
        request.resolver_match = ResolverMatch(respond, (), {"pk": 7}, name)
        return answer

    request = RequestFactory().generic(method, "/somewhere/")
    request.user = user
    before = set(AuditEvent.objects.values_list("pk", flat=True))
    KnowActor(respond)(request)
    return list(AuditEvent.objects.exclude(pk__in=before))


@pytest.mark.django_db
def test_each_address_and_method_writes_exactly_one_event(shiju: User) -> None:
    for name in sorted({route.name for route in all_routes()}):
        act = change_of(name, "POST")
        events = _called(shiju, name, "POST", HttpResponse(status=302))
        assert [event.act for event in events] == ([act] if act else []), name
        file = HttpResponse("x", headers={"Content-Disposition": "attachment"})
        act = hand_out_of(name)
        events = _called(shiju, name, "GET", file)
        assert [event.act for event in events] == ([act] if act else []), name


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "outcome"),
    [(302, Outcome.DONE), (201, Outcome.DONE), (403, Outcome.REFUSED), (500, Outcome.FAILED)],
)
def test_the_event_says_how_the_request_ended(shiju: User, status: int, outcome: Outcome) -> None:
    (event,) = _called(shiju, "report-seal", "POST", HttpResponse(status=status))
    assert (event.act, event.outcome, event.username) == (Act.REPORT_SEALED, outcome, "shiju")


@pytest.mark.django_db
@pytest.mark.parametrize("status", [200, 404, 409])
def test_a_form_that_is_shown_again_writes_none(shiju: User, status: int) -> None:
    assert _called(shiju, "report-seal", "POST", HttpResponse(status=status)) == []


@pytest.mark.django_db
def test_a_list_as_a_file_and_a_transition_are_recorded_with_who_and_what(
    approved: Make, client: Client, shengting: User
) -> None:
    approved(Fund)
    client.force_login(shengting)
    answer = client.get("/api/v1/funds/?format=csv")
    assert answer.status_code == 200
    answer.getvalue()
    event = AuditEvent.objects.get(username="shengting", act=Act.EXPORTED)
    assert (event.object_type, event.address) == ("fund-list", "127.0.0.1")
    moved = AuditEvent.objects.filter(act=Act.TRANSITION)
    assert {event.username for event in moved} == {"quji", "shiju"}
    assert [event.after["操作"] for event in moved.order_by("pk") if event.after] == [
        "提交",
        "通过",
    ]
