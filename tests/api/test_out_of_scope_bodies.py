"""A body that refers to an object out of scope is refused with 422, and nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models, transaction
from django.test import Client

from accounts.models import Role
from areas.models import Area
from reviews.models import Status, Submission
from reviews.trail.differences import content_fields
from tests.api.addresses import url_of
from tests.api.calls import KINDS, Call
from tests.api.places import Office
from tests.api.records import Records
from tests.api.walking import send
from tests.conftest import (
    DISTRICT,
    HUAYIPO,
    JIEFANGBEI,
    MINSHENGLU,
    NEIGHBOUR_STREET,
    QIXINGGANG,
)
from tests.records.kinds import sound
from tests.types import Make

pytestmark = pytest.mark.once

_FAR = (JIEFANGBEI, MINSHENGLU, NEIGHBOUR_STREET, f"{NEIGHBOUR_STREET}001", DISTRICT, "50")
#: A community of 七星岗街道.
_NEAR = HUAYIPO
_TRACES = {"sessions", "contenttypes", "auth", "admin"}


@pytest.fixture(params=list(KINDS))
def records(request: pytest.FixtureRequest, office: Office) -> Records:
    return Records(office, request.param, KINDS[request.param])


@pytest.fixture
def clerk(records: Records, office: Office) -> Client:
    """A browser in which a clerk of 七星岗街道 is logged in."""
    return office.client(office.user(Role.CLERK, QIXINGGANG))


def _stored() -> dict[str, list[object]]:
    """All rows of the database, as they are stored."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.app_label not in _TRACES
    }


def _outside(records: Records, make: Make) -> Iterator[dict[str, object]]:
    """Parts of a body, each of which names something out of 七星岗街道's scope."""
    for area in _FAR:
        yield {"area": area}
    for column in content_fields(records.kind):
        kind = column.related_model
        if isinstance(kind, type) and issubclass(kind, Submission):
            for area in (MINSHENGLU, f"{NEIGHBOUR_STREET}001"):
                yield {column.name: sound(make, kind, area_id=area).pk}
            yield {column.name: _no_such(kind)}
    for rows in records.viewset.related:
        if any(column.related_model is Area for column in rows.columns()):
            yield {rows.name: [MINSHENGLU]}
            yield {rows.name: [f"{NEIGHBOUR_STREET}001"]}


def _no_such(model: type[models.Model]) -> int:
    last = model._default_manager.order_by("-pk").first()
    return (last.pk if last else 0) + 1000


def _calls(records: Records, far: dict[str, object]) -> Iterator[tuple[str, Call]]:
    """The requests with such a part: create one record, create many, change one."""
    body = records.bodies[_NEAR]
    prefix = url_of(records.prefix, "list")
    wrong = body | far
    yield "POST", Call(prefix, wrong)
    for submit in (False, True):
        many = {"records": [body, wrong], "submit": submit, "reason": "测试"}
        yield "POST", Call(f"{prefix}bulk/", many)
    draft = records.found[_NEAR][Status.DRAFT]
    yield "PATCH", Call(f"{prefix}{draft.pk}/", far)
    yield "PATCH", Call(f"{prefix}{draft.pk}/", wrong)


def test_what_is_out_of_scope_is_not_taken_from_any_body(
    records: Records, clerk: Client, make: Make
) -> None:
    outside = list(_outside(records, make))
    before = _stored()
    for far in outside:
        for method, call in _calls(records, far):
            answer = send(clerk, method, call, **{"Idempotency-Key": "key-1"})
            assert answer.status_code == 422, (method, call, answer.content.decode())
            problems = answer.json()["problems"]
            assert {each["code"] for each in problems} == {"does_not_exist"}, (call, problems)
            assert {each["field"] for each in problems} <= {*far, "area"}, (call, problems)
    assert _stored() == before


def test_the_same_body_without_it_is_taken(records: Records, clerk: Client) -> None:
    for method, call in _calls(records, {}):
        if "records" in (call.body or {}):
            call.body["records"].pop()  # the same record twice would be refused for that reason
        with transaction.atomic():
            answer = send(clerk, method, call)
            transaction.set_rollback(True)
        assert answer.status_code in (200, 201), (method, call, answer.content.decode())
