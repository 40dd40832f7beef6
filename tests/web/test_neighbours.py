"""Whoever comes from elsewhere finds nothing: the whole URL configuration, walked."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models
from django.urls import reverse

from accounts.models import User
from areas.models import Area, AreaSuccession
from indicators.models import Plan
from reports.models import Report
from reviews.models import ImportBatch, ReviewEvent
from tests.records.kinds import RECORD_KINDS
from tests.web.routes import LOG_MARK, MARK, Address, Route, UnknownRoute, addresses, all_routes
from tests.web.world import World, build_world

#: What the roles may open although it is not theirs: settings, and logs for the auditor.
_OPEN: dict[str, set[type[models.Model]]] = {
    "jiangbei": {Plan},
    "jiedao2": {Plan},
    "guanli": {Plan, User, Area, AreaSuccession},
    "shenji": {ReviewEvent, ImportBatch},
    "": set(),
}


@pytest.fixture
def world(make: Any, quji: User, shiju: User, yuzhong: Plan) -> World:
    return build_world(make, quji, shiju, yuzhong)


def _text(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")


def _is_refused(response: Any) -> bool:
    if response.status_code == 302:
        return response["Location"].startswith("/admin/login/") or response["Location"] == "/admin/"
    return response.status_code in (403, 404)


def _faults(client: Any, address: Address, user: str) -> list[str]:
    response = client.get(address.url)
    body = _text(response)
    marks = [MARK] if user == "shenji" else [MARK, LOG_MARK]
    faults = [f"{address.url} 显示了“{mark}”" for mark in marks if mark in _searched(body, address)]
    is_closed = address.thing is not None and address.thing not in _OPEN[user]
    if is_closed and not _is_refused(response) and not _is_redirect_to_change(response):
        faults.append(f"{address.url} 应当拒绝，实为 {response.status_code}")
    if response.status_code >= 500:
        faults.append(f"{address.url} 出错 {response.status_code}")
    return faults


def _searched(body: str, address: Address) -> str:
    """The page without the search box, which repeats what was typed."""
    typed = (f'value="{mark}"' for mark in (MARK, LOG_MARK))
    for text in typed:
        body = body.replace(text, "")
    return body


def _is_redirect_to_change(response: Any) -> bool:
    """`/<id>/` is sent on to `/<id>/change/`, which refuses."""
    return response.status_code == 302 and response["Location"].endswith("/change/")


@pytest.fixture
def routes(world: World) -> list[Address]:
    """Every address there is, filled in with the objects of 七星岗街道."""
    return [address for route in all_routes() for address in addresses(route, world)]


def test_no_page_shows_or_opens_a_record_from_elsewhere(
    routes: list[Address], visit: Any, request: Any, subtests: Any
) -> None:
    for user in _OPEN:
        visitor = request.getfixturevalue(user) if user else None
        client = visit(visitor)
        client.raise_request_exception = False
        faults: list[str] = []
        for address in routes:
            faults += _faults(client, address, user)
            if visitor and address.name == "admin:logout":
                client.force_login(visitor)
        with subtests.test(user=user or "anonymous"):
            assert faults == []


def test_a_page_out_of_scope_is_not_found_rather_than_sent_elsewhere(
    world: World, visit: Any, jiangbei: User
) -> None:
    client = visit(jiangbei)
    answers = {
        model._meta.label: client.get(
            reverse(
                f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[each.pk]
            )
        ).status_code
        for model, each in world.objects.items()
        if model in RECORD_KINDS or model in (Report, ReviewEvent, ImportBatch)
    }
    assert set(answers.values()) == {404}, answers


def test_a_new_address_has_to_be_added_to_the_walk(world: World) -> None:
    for name in (
        "brand-new",
        "admin:funds_fund_copy",
        "admin:funds_other_changelist",
        "fond-detail",
    ):
        with pytest.raises(UnknownRoute):
            addresses(Route("brand/new/", name), world)
