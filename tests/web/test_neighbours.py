"""Users of another area find nothing: every address of the URL configuration is tried."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.access.models import LoginCount, LoginSession
from accounts.access.secrets.second_factor import Authenticator
from accounts.api.models import ApiToken
from accounts.models import User
from accounts.webhooks.models import Webhook, WebhookDelivery
from areas.models import Area, AreaSuccession
from audit.models import AuditEvent
from funds.models import Fund
from indicators.models import Duty, Indicator, Plan, Target, Task
from proposals.models import PendingChange
from reports.models import Edition, Report
from reviews.models import Attachment, ImportBatch, ImportJob, ReviewEvent
from tests.persons import leaks_in
from tests.records.kinds import RECORD_KINDS
from tests.types import Make, Response, Visit, streamed
from tests.web.routes import (
    Address,
    Route,
    UnknownRoute,
    addresses,
    all_routes,
    bulk_calls,
)
from tests.web.world import LOG_MARK, MARK, World, build_world
from tests.worlds import share

pytestmark = pytest.mark.once  # addresses and forms; visibility is tested on both databases

#: What each role may open although it belongs to others: settings, and logs for the auditor.
_OPEN: dict[str, set[type[models.Model]]] = {
    "jiangbei": {Plan},
    "jiedao2": {Plan, Indicator, Target, Duty, Task},  # of the district above
    "guanli": {Plan, Area, AreaSuccession, Webhook, WebhookDelivery, PendingChange},
    "anquan": {User, LoginCount, ApiToken, Area},
    "shenji": {ReviewEvent, ImportBatch, PendingChange, AuditEvent},
    "": set(),
}

#: Users with lists of records may also search them for out-of-scope records.
_SEES_LISTS = ("jiangbei", "jiedao2")


@pytest.fixture
def world(make: Make, quji: User, shiju: User, yuzhong: Plan) -> World:
    return build_world(make, quji, shiju, yuzhong)


share(__name__, "world")


@pytest.fixture(autouse=True)
def _sessions_in_cookies(settings: Settings) -> None:
    """Spare each of ten thousand requests the statement that reads its session."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"


def _content(response: Response) -> bytes:
    return streamed(response) if response.streaming else response.content


def _is_refused(response: Response) -> bool:
    if response.status_code == 302:
        return response["Location"].startswith("/admin/login/") or response["Location"] == "/admin/"
    # 405: refused before anything is looked up
    return response.status_code in (401, 403, 404, 405)


def _faults(response: Response, address: Address, user: str) -> list[str]:
    content = _content(response)
    body = content.decode(errors="replace")
    marks = [MARK] if user == "shenji" else [MARK, LOG_MARK]
    faults = [f"{address.url} 显示了“{mark}”" for mark in marks if mark in _searched(body, address)]
    faults += [f"{address.url} 显示了“{whole}”" for whole in leaks_in(content)]
    is_closed = address.thing is not None and address.thing not in _OPEN[user]
    if is_closed and not _is_refused(response) and not _is_redirect_to_change(response):
        faults.append(f"{address.url} 应当拒绝，实为 {response.status_code}")
    if response.status_code == 302 and response["Location"].endswith("?e=1"):
        faults.append(f"{address.url} 有一项筛选没有被接受，其余各项因此没有检查")
    if response.status_code >= 500:
        faults.append(f"{address.url} 出错 {response.status_code}")
    return faults


def _searched(body: str, address: Address) -> str:
    """Return the page without the search box, which repeats what was typed."""
    typed = (f'value="{mark}"' for mark in (MARK, LOG_MARK))
    for text in typed:
        body = body.replace(text, "")
    return body


def _is_redirect_to_change(response: Response) -> bool:
    """Whether `/<id>/` redirects to `/<id>/change/`, which refuses."""
    return response.status_code == 302 and response["Location"].endswith("/change/")


@pytest.fixture
def routes(world: World) -> list[Address]:
    """Every address, filled in with the objects of 七星岗街道."""
    return [address for route in all_routes() for address in addresses(route, world)]


def test_no_page_shows_or_opens_a_record_from_elsewhere(
    routes: list[Address], visit: Visit, request: pytest.FixtureRequest, subtests: pytest.Subtests
) -> None:
    for user in _OPEN:
        visitor = request.getfixturevalue(user) if user else None
        client = visit(visitor)
        client.raise_request_exception = False
        faults: list[str] = []
        for address in routes:
            if "__" in address.url and user not in _SEES_LISTS:
                continue
            faults += _faults(client.get(address.url), address, user)
            if visitor and address.name == "admin:logout":
                client.force_login(visitor)
        with subtests.test(user=user or "anonymous"):
            assert faults == []


def test_a_page_out_of_scope_is_not_found_rather_than_sent_elsewhere(
    world: World, visit: Visit, jiangbei: User
) -> None:
    client = visit(jiangbei)
    report = reverse("report", args=[world[Report].pk])
    answers = {"report": client.get(report).status_code} | {
        model._meta.label: client.get(
            reverse(
                f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[each.pk]
            )
        ).status_code
        for model, each in world.objects.items()
        if model in RECORD_KINDS or model in (ReviewEvent, ImportBatch)
    }
    assert set(answers.values()) == {404}, answers


def _snapshot() -> dict[str, list[object]]:
    """Return all rows as they are stored."""
    return {
        model._meta.label: [
            {name: value for name, value in row.items() if name != "last_login"}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in apps.get_models()
        if model._meta.app_label not in _OTHERS and model not in _OF_ONESELF
    }


#: Tables in which every visit leaves traces.
_OTHERS = {"sessions", "contenttypes", "auth", "admin", "audit", "otp_totp", "otp_static"}
#: What everybody may change of their own account: the second factor, and codes that are wrong.
_OF_ONESELF = (Authenticator, LoginCount, LoginSession)


def test_no_form_sent_from_elsewhere_changes_anything(
    world: World,
    routes: list[Address],
    visit: Visit,
    request: pytest.FixtureRequest,
    subtests: pytest.Subtests,
) -> None:
    sent = [*(address for address in routes if "?" not in address.url), *bulk_calls(world)]
    for user in _OPEN:
        if user in ("guanli", "anquan"):  # keep settings and accounts: see the test below
            continue
        visitor = request.getfixturevalue(user) if user else None
        before = _snapshot()
        client = visit(visitor)
        client.raise_request_exception = False
        faults: list[str] = []
        for address in sent:
            response = client.post(address.url, address.sent, address.content_type)
            faults += _faults(response, address, user)
            if visitor and response.status_code == 302:
                client.force_login(visitor)
        after = _snapshot()
        with subtests.test(user=user or "anonymous"):
            assert faults == []
            assert {label for label in after if after[label] != before[label]} == set()


@pytest.mark.parametrize("name", ["guanli", "anquan"])
def test_an_administrator_moves_no_record(
    world: World, visit: Visit, request: pytest.FixtureRequest, name: str
) -> None:
    client = visit(request.getfixturevalue(name))
    client.raise_request_exception = False
    before = _snapshot()
    calls = [address for route in all_routes() for address in addresses(route, world)]
    for address in (*(call for call in calls if "?" not in call.url), *bulk_calls(world)):
        kind = address.thing or _kind_of_list(address.url)
        if kind in RECORD_KINDS or kind in (Report, Edition, Attachment, ImportJob):
            response = client.post(address.url, address.sent, address.content_type)
            assert _is_refused(response) or _is_redirect_to_change(response), address.url
    assert _snapshot() == before


def _kind_of_list(url: str) -> type[models.Model] | None:
    label = ".".join(url.split("/")[2:4])
    return next((kind for kind in RECORD_KINDS if kind._meta.label_lower == label), None)


def test_a_new_address_has_to_be_added_to_the_walk(world: World) -> None:
    for name in (
        "brand-new",
        "admin:funds_fund_copy",
        "admin:funds_other_changelist",
        "admin:brandnew",
        "fond-detail",
        "other:home",
    ):
        with pytest.raises(UnknownRoute, match="没有人告诉测试怎样访问网址“brand/new/”"):
            addresses(Route("brand/new/", name), world)


@pytest.mark.parametrize(
    "tail", ["funds/(?P<pk>[0-9]{1,18})/copy/$", "funds/all/$", "fonds/$", "fonds/(?P<pk>[0-9]+)/$"]
)
def test_a_new_address_of_the_api_has_to_be_added_to_the_walk(world: World, tail: str) -> None:
    with pytest.raises(UnknownRoute, match="没有人告诉测试怎样访问网址"):
        addresses(Route(f"api/v1/^{tail}", "fund-detail"), world)


def test_a_new_action_of_a_list_has_to_be_added_to_the_walk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = admin.site._registry[Fund]
    monkeypatch.setattr(pages, "actions", [*(pages.actions or ()), "copy_selected"])
    with pytest.raises(UnknownRoute, match="社区慈善基金列表的操作“copy_selected”"):
        bulk_calls(world)


def test_no_two_addresses_share_a_name() -> None:
    """A link to one of them would lead to the other."""
    names = [route.name for route in all_routes() if route.name.rpartition(":")[2]]
    assert {name for name in names if names.count(name) > 1} == set()


def test_the_walk_fills_in_every_address_of_the_configuration(world: World) -> None:
    silent = [str(route) for route in all_routes() if not addresses(route, world)]
    assert len(silent) == 1  # readyz, which waits for a worker
    assert "readyz" in silent[0]
    lists = {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        for model in admin.site._registry
    }
    assert lists <= {route.name for route in all_routes()}
