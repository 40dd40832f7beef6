"""What every record kind has: menu entry, form, ledger, API, review, list, export.

Every test below runs for every declared kind; an incomplete declaration stops `manage.py check`
(`test_declarations`). What a kind shows and takes is tried `once`; what is exported of it is read by
queries of its own and tried on both databases. `test_sealed_kinds` seals them.
"""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from areas.models import Area
from desks.navigation import navigation
from ledgers.declaration import Ledger
from ledgers.files.template import template_of
from ledgers.reading.sheets import read_workbook
from ledgers.registry import KINDS
from ledgers.service import import_ledger
from reports.exports.columns import columns_of
from reports.exports.forms import ExportForm
from reports.exports.ledger import write_ledger
from reports.models.exports import Export
from reviews.models import ReviewEvent, Status, Submission
from reviews.services import approve, return_, submit
from tests.conftest import DISTRICT, HUAYIPO
from tests.ledger.workbooks import one_sheet
from tests.records.examples import example_values, sent_values
from tests.records.kinds import RECORD_KINDS, kind_name, sound
from tests.records.ledger_rows import row_of
from tests.types import Make
from tests.web.forms import filled_in

Kind = type[Submission]
every_kind = pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)


def _page(kind: Kind, page: str, *arguments: object) -> str:
    return reverse(f"admin:{kind._meta.app_label}_{kind._meta.model_name}_{page}", args=arguments)


@pytest.fixture
def clerk(quji: User) -> Client:
    """A browser in which the district's clerk is logged in."""
    client = Client()
    client.force_login(quji)
    return client


@pytest.fixture
def sent(make: Make, district: Area) -> Any:
    """`sent(kind)`: the kind's example as a client sends it, with references to stored records."""

    def values(kind: Kind) -> dict[str, Any]:
        record, given = sound(make, kind), sent_values(kind)
        kind._default_manager.filter(pk=record.pk).update(status=Status.VOID)
        for field in kind._meta.concrete_fields:
            if field.is_relation and field.name in given and field.name != "area":
                if (given_key := getattr(record, field.attname)) is None:
                    other = next(each for each in RECORD_KINDS if each is field.related_model)
                    given_key = make(other).pk
                given[field.name] = given_key
        return given if kind.area_from else {"area": HUAYIPO} | given

    return values


# --- form, list, menu ------------------------------------------------------------------------


@pytest.mark.once
@every_kind
def test_the_menu_has_it(kind: Kind, quji: User, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = quji
    entries = {str(item["link"]): item for group in navigation(request) for item in group["items"]}
    entry = entries[_page(kind, "changelist")]
    assert (entry["title"], entry["icon"]) == (kind._meta.verbose_name, kind.declaration.icon)


@pytest.mark.once
@every_kind
def test_the_form_takes_the_example_and_the_list_shows_it(
    clerk: Client, quji: User, sent: Any, kind: Kind
) -> None:
    values = sent(kind)
    if kind.area_from and "area" in clerk.get(_page(kind, "add")).context["adminform"].form.fields:
        values.setdefault("area", HUAYIPO)
    answer = clerk.post(
        _page(kind, "add"), filled_in(clerk.get(_page(kind, "add")), **values, _save="1")
    )
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    record = kind._default_manager.latest("pk")
    assert (record.status, record.created_by) == (Status.DRAFT, quji)
    listed = clerk.get(_page(kind, "changelist"))
    assert record in list(listed.context["cl"].queryset)


# --- API -----------------------------------------------------------------------------------------


@pytest.mark.once
@every_kind
def test_the_api_takes_the_example_and_finds_it_again(clerk: Client, sent: Any, kind: Kind) -> None:
    address = f"/api/v1/{kind.declaration.address}/"
    made = clerk.post(address, sent(kind), content_type="application/json")
    assert made.status_code == 201, made.json()
    pk = made.json()["id"]
    problems = clerk.get(f"{address}{pk}/").json()["problems"]
    assert [each for each in problems if not each["is_warning"]] == []
    found = clerk.get(address, {"status": "draft", "within": DISTRICT}).json()["results"]
    assert [each["id"] for each in found] == [pk]


# --- ledger --------------------------------------------------------------------------------------

#: A kind and the workbook that holds it, as far as one column of its ledger is one field.
_LEDGERS = [
    pytest.param(kind, key, ledger, id=kind_name(kind))
    for key, ledgers in KINDS.items()
    for ledger in ledgers
    for kind in ledger.kinds
]


@pytest.mark.once
@pytest.mark.parametrize(("kind", "key", "ledger"), _LEDGERS)
def test_its_ledger_has_a_template(kind: Kind, key: str, ledger: Ledger, district: Area) -> None:
    content = template_of(KINDS[key], district)
    grids, _ = read_workbook(content)
    assert ledger.name[:31] in [grid.name for grid in grids]


@pytest.mark.once
@pytest.mark.parametrize(("kind", "key", "ledger"), _LEDGERS)
def test_its_ledger_is_read_into_the_same_record(
    kind: Kind, key: str, ledger: Ledger, make: Make, quji: User
) -> None:
    if len(ledger.kinds) > 1:
        pytest.skip("one ledger of several kinds: its columns are not their fields")
    record = sound(make, kind)
    row = row_of(ledger, record)
    kind._default_manager.filter(pk=record.pk).update(status=Status.VOID)
    assert quji.area is not None
    result = import_ledger(key, KINDS[key], one_sheet(row), "台账.xlsx", by=quji, root=quji.area)
    assert result.problems == []
    read = kind._default_manager.latest("pk")
    assert read.pk != record.pk
    for name, value in example_values(kind, 0).items():
        if name not in ("area_id", kind.title_field):
            assert getattr(read, name) == getattr(record, name), (name, value)


# --- review --------------------------------------------------------------------------------------


@pytest.mark.once
@every_kind
def test_it_is_returned_mended_and_approved(
    make: Make, quji: User, shiju: User, district: Area, kind: Kind
) -> None:
    record = sound(make, kind)
    submit(record, by=quji)
    return_(record, by=shiju, reason="请补充")
    submit(record, by=quji)
    approve(record, by=shiju)
    record.refresh_from_db()
    assert (record.status, record.reviewed_by) == (Status.APPROVED, shiju)
    events = ReviewEvent.objects.filter(
        content_type=ContentType.objects.get_for_model(kind), object_id=record.pk
    )
    assert [each.action for each in events.order_by("pk")] == [
        *("submit", "return", "submit", "approve")
    ]


# --- export --------------------------------------------------------------------------------------


@every_kind
def test_its_ledger_is_exported(make: Make, shiju: User, district: Area, kind: Kind) -> None:
    label = kind._meta.label_lower
    form: Any = ExportForm(user=shiju)
    assert label in dict(form.fields["kind"].choices)
    record, target = sound(make, kind), io.BytesIO()
    export = Export(kind=label, area_id=DISTRICT, requested_by=shiju)
    assert write_ledger(export, target, lambda *_: None) == {"row_count": 1}
    columns = columns_of(kind)
    titles = [column.title for column in columns]
    assert len(titles) == len(kind.declaration.exported) + 3
    assert all(column.value(record) is None or column.title for column in columns)
