"""A record that is sent to the API, a form or Excel is the same in every field and event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models
from django.forms.models import model_to_dict
from django.urls import reverse

from accounts.models import User
from funds.models import Donation, Fund
from indicators.models import Plan, Task
from ledgers.registry import KINDS
from ledgers.service import import_ledger
from orgs.models import Charity, CommunityOrg
from projects.models import Project
from reviews.fields import field_of, related_model
from reviews.models import ReviewEvent, Submission
from reviews.trail.differences import content_fields
from scenes.models import Activity
from supervision.models import Complaint, Inspection
from tests.api.clients import ApiOf
from tests.conftest import HUAYIPO
from tests.ledger.workbooks import one_sheet
from tests.records.examples import full_values, references
from tests.records.kinds import RECORD_KINDS, kind_name, monthly_duty, owed_task
from tests.records.ledger_rows import Row, row_of
from tests.types import Json, Make
from tests.web.forms import filled_in
from tests.worlds import share

#: Record kind → the key of a stored record of that kind.
World = Callable[[type[models.Model]], int]

#: Kind → rows of a record that its ledger creates, too.
ROWS: dict[type[Submission], Json] = {Activity: {"communities": [HUAYIPO]}}
#: Kind → columns of its ledger that state a field in another form.
IN_ANOTHER_WAY: dict[type[Submission], Row] = {
    Project: {"服务对象": "一老"},
    Donation: {"收入": "1200.00", "支出": None},
}
#: Kind → the workbook and the ledger in which it is read.
LEDGERS = {
    kind: (key, ledger)
    for key, ledgers in KINDS.items()
    for ledger in ledgers
    for kind in ledger.kinds
}
#: Where and when a record was entered, which may differ.
_PROVENANCE = frozenset({"id", "created_at", "updated_at", "submitted_at", "transition_id"})
_OF_A_LEDGER = frozenset({"import_batch", "import_cell", "review_reason"})


@pytest.fixture
def world(yuzhong: Plan, make: Make, quji: User) -> World:
    """A record of each kind that others refer to, and a plan with a figure by hand.

    The fund has something to spend.
    """
    monthly_duty()
    fund: Fund = make(Fund)
    make(Donation, fund=fund, amount_yuan=1000, donated_on="2026-03-02")
    keys: dict[type[models.Model], int] = {Fund: fund.pk, Task: owed_task().pk}
    keys |= {kind: make(kind).pk for kind in (Charity, Inspection)}
    keys[CommunityOrg] = make(CommunityOrg, number="渝中社备999999").pk
    keys[Complaint] = make(Complaint, matter="另一件事", channel="letter").pk

    def key_of(kind: type[models.Model]) -> int:
        if kind not in keys:
            keys[kind] = make(next(each for each in RECORD_KINDS if each is kind)).pk
        return keys[kind]

    return key_of


share(__name__, "world")


def _sent(kind: type[Submission], world: World) -> Json:
    """Return all values a client can send for a record, with the keys of stored references."""
    referred = {field.name: world(related_model(field)) for field in references(kind)}
    said = full_values(kind) | ROWS.get(kind, {}) | referred
    if kind is Fund:
        del said["committee_size"]  # asks for the members, whom the forms of one record leave out
    if kind.area_from:
        return said
    is_of_the_root = kind in LEDGERS and LEDGERS[kind][1].area_from == "root"
    return said if is_of_the_root else said | {"area": HUAYIPO}


def _through_the_api(kind: type[Submission], world: World, api: ApiOf, user: User) -> Submission:
    made = api(user).post(f"{kind.declaration.address}/", _sent(kind, world))
    assert made.status_code == 201, made.json()
    pk = made.json()["id"]
    moved = api(user).post(f"{kind.declaration.address}/{pk}/submit/")
    assert moved.status_code == 200, moved.json()
    return kind._default_manager.get(pk=pk)


def _through_bulk(kind: type[Submission], world: World, api: ApiOf, user: User) -> Submission:
    sent = {"records": [_sent(kind, world)], "submit": True}
    made = api(user).post(f"{kind.declaration.address}/bulk/", sent)
    assert made.status_code == 201, made.json()
    return kind._default_manager.get(pk=made.json()["ids"][0])


def _through_the_form(kind: type[Submission], world: World, api: ApiOf, user: User) -> Submission:
    client = api(user).client
    opts = kind._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_add")
    given = _sent(kind, world)
    reached = given.pop("communities", [])
    page = client.get(url)
    values = filled_in(page, **given, _submit="1")
    if reached:
        values |= {f"reaches-{at}-area": code for at, code in enumerate(reached)}
        values |= {"reaches-TOTAL_FORMS": len(reached)}
    answer = client.post(url, values)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return kind._default_manager.latest("pk")


def _through_excel(kind: type[Submission], world: World, api: ApiOf, user: User) -> Submission:
    ledger, layout = LEDGERS[kind]
    sent = {
        name: value for name, value in _sent(kind, world).items() if name not in ROWS.get(kind, ())
    }
    columns = {name: field_of(kind, name) for name in sent}
    record = kind(**{each.attname: each.to_python(sent[name]) for name, each in columns.items()})
    row = row_of(layout, record, **IN_ANOTHER_WAY.get(kind, {}))
    assert user.area
    result = import_ledger(
        ledger,
        KINDS[ledger],
        one_sheet(row),
        "台账.xlsx",
        by=user,
        root=user.area,
        is_submitted=True,
    )
    assert result.problems == []
    return kind._default_manager.latest("pk")


def _fields(record: Submission) -> dict[str, Any]:
    kept = {field.name: field.value_from_object(record) for field in record._meta.concrete_fields}
    lists = {
        name: sorted(
            str(
                {
                    k: v
                    for k, v in model_to_dict(row).items()
                    if k not in ("id", relation.field.name)
                }
            )
            for row in getattr(record, name).all()
        )
        for relation in record._meta.related_objects
        if relation.on_delete is models.CASCADE and (name := relation.get_accessor_name())
    }
    return {name: value for name, value in (kept | lists).items() if name not in _PROVENANCE}


def _events(record: Submission) -> list[tuple[Any, ...]]:
    events = ReviewEvent.objects.filter(
        object_id=record.pk, content_type__model=record._meta.model_name
    )
    return list(
        events.order_by("pk").values_list("area", "action", "from_status", "to_status", "by")
    )


def _versions(record: Submission) -> list[tuple[Any, ...]]:
    return list(record.history.order_by("pk").values_list("history_type", "history_user"))


def _without(found: tuple[dict[str, Any], Any, Any], names: frozenset[str]) -> tuple[Any, ...]:
    fields, *rest = found
    return {name: value for name, value in fields.items() if name not in names}, *rest


def _without_column(kind: type[Submission]) -> frozenset[str]:
    """Return the fields for which the kind's ledger has no column."""
    _, ledger = LEDGERS[kind]
    ticks = {name for parser in ledger.ticks.values() for name in parser.names}
    asked = {column.field for column in ledger.columns} | set(ledger.renamed) | ticks
    fields = {field.name for field in content_fields(kind)} - {"area"}
    return frozenset() if kind in IN_ANOTHER_WAY else frozenset(fields - asked)


WAYS: list[Callable[..., Submission]] = [_through_bulk, _through_the_form, _through_excel]


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_whichever_way_a_record_comes_it_is_the_same(
    world: World, api: ApiOf, quji: User, kind: type[Submission]
) -> None:
    first = _through_the_api(kind, world, api, quji)
    expected = _fields(first), _events(first), _versions(first)
    for way in WAYS:
        if way is _through_excel and kind not in LEDGERS:
            continue
        kind._default_manager.filter(pk__gte=first.pk).update(status="void")
        record = way(kind, world, api, quji)
        found = _fields(record), _events(record), _versions(record)
        left_out = _OF_A_LEDGER | _without_column(kind) if way is _through_excel else frozenset()
        assert _without(found, left_out) == _without(expected, left_out), way.__name__


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_most_of_what_a_clerk_fills_in_is_sent(kind: type[Submission]) -> None:
    flags = {each.name for each in content_fields(kind) if isinstance(each, models.BooleanField)}
    names = [each.name for each in content_fields(kind) if each.name not in flags]
    sent = set(full_values(kind)) - flags
    assert len(sent) > len(names) / 2, set(names) - sent
