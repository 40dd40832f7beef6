"""An incomplete declaration stops `manage.py check` with a sentence that names what is missing."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import models

from api.records import viewset_of
from config.urls import router
from funds.models import Donation, Expenditure, Fund
from funds.resources import WORKBOOKS
from ledgers.registry import KINDS, collect_workbooks
from reviews.checks import finding
from reviews.models import KindDeclaration, Submission
from reviews.pages.record_admin import RecordAdmin
from tests.records.kinds import RECORD_KINDS, kind_name

pytestmark = pytest.mark.once

#: What is forgotten or misspelt in the declaration of a fund → the resulting sentence.
FORGOTTEN: list[tuple[dict[str, Any], str]] = [
    ({"address": ""}, "declares no `address`"),
    ({"address": "Funds/"}, "declares no `address`"),
    ({"icon": ""}, "declares no `icon`: its menu entry would be blank"),
    ({"example": {}}, "declares no `example`"),
    ({"example": dict(Fund.declaration.example, colour="red")}, "says `colour` in its `example`"),
    ({"example": {"area": "500103"}}, "leaves `name` out of its `example`"),
    ({"sealed": ()}, "declares no `sealed` columns: its sheet in a sealed report"),
    ({"sealed": ("name", "colour")}, "names `colour` in `sealed`"),
    ({"sheet": 0}, "declares no `sheet`"),
    ({"sheet": Expenditure.declaration.sheet}, "shares its `sheet`"),
    ({"address": "donations"}, "shares its `address`"),
    ({"exported": ()}, "declares no `exported` columns"),
    ({"exported": ("name", "colour")}, "exports `colour`, which is no field"),
    ({"exported": (("colour", "颜色"),)}, "exports `colour`, which it does not have"),
    ({"wide": ("note",)}, "names `note` in `wide`, which it does not export"),
    ({"searched": ("colour",)}, "names `colour` in `searched`"),
    ({"prose": ("colour",)}, "names `colour` in `prose`"),
    ({"not_copied": ("colour",)}, "names `colour` in `not_copied`"),
    ({"sealed": ("name", "submitted_by")}, "names `submitted_by` in `sealed`"),
    ({"exported": ("name", "reviewed_by")}, "exports `reviewed_by`, which is no field"),
    ({"sealed": "name"}, "gives a str as `sealed`, which must be of type tuple"),
    ({"exported": (("name",),)}, "names ('name',) in `exported`, which is no name"),
    ({"sheet": "30"}, "gives a str as `sheet`, which must be of type int"),
    ({"example": None}, "gives a NoneType as `example`"),
    (
        {"example": dict(Fund.declaration.example, level="village")},
        "says `level` = 'village' in its `example`, which is none of its choices",
    ),
    (
        {"example": dict(Fund.declaration.example, level=["street"])},
        "says `level` = ['street'] in its `example`, which is none of its choices",
    ),
    (
        {"example": dict(Fund.declaration.example, helpers=[])},
        "says `helpers` in its `example`, which are no rows of its API",
    ),
    ({"has_ledger": False}, "is in a ledger, but declares `has_ledger=False`"),
]


def _told() -> str:
    with pytest.raises(SystemCheckError) as refused:
        call_command("check")
    return str(refused.value)


def test_all_kinds_are_complete() -> None:
    call_command("check")


@pytest.mark.parametrize(("change", "sentence"), FORGOTTEN, ids=lambda value: str(value)[:40])
def test_what_a_declaration_lacks_is_said(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], sentence: str
) -> None:
    monkeypatch.setattr(Fund, "declaration", dataclasses.replace(Fund.declaration, **change))
    assert f"funds.Fund {sentence}" in _told()


def test_a_kind_without_a_declaration_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Donation, "declaration")
    assert Donation.declaration == KindDeclaration()
    assert "funds.Donation has no `declaration`" in _told()


def test_a_declaration_of_another_type_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fund, "declaration", {"address": "funds"})
    assert "funds.Fund gives a dict as its `declaration`" in _told()


def test_a_kind_that_declares_no_check_of_its_own_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(finding, "_DECLARED", finding._DECLARED | {Donation: finding.Checks()})
    assert "funds.Donation has no checks" in _told()


def test_a_text_is_no_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Donation, "date_field", "purpose")
    assert "funds.Donation names `purpose` as `date_field`, which holds no day" in _told()


def test_rows_that_the_api_would_not_know_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewset_of(Fund), "related", ())
    told = _told()
    assert "funds.Fund shows rows of funds.FundMember in its form, but its API has none" in told
    assert "funds.Fund says `members` in its `example`, which are no rows of its API" in told


def test_rows_that_the_form_does_not_show_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin.site._registry[Fund], "inlines", ())
    assert "funds.Fund has rows of funds.FundMember in its API, but its form does not" in _told()


def test_a_required_field_without_a_column_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    (ledger,) = KINDS["funds"]
    columns = tuple(each for each in ledger.columns if each.field != "level")
    monkeypatch.setitem(KINDS, "funds", (dataclasses.replace(ledger, columns=columns),))
    assert (
        "funds.Fund must have `level`, but its ledger “社区慈善基金台账” has no column" in _told()
    )


def test_a_column_for_no_field_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    (ledger,) = KINDS["teams"]
    columns = (*ledger.columns, dataclasses.replace(ledger.columns[-1], field="colour"))
    monkeypatch.setitem(KINDS, "teams", (dataclasses.replace(ledger, columns=columns, build=None),))
    assert "has a column for `colour`, which is no field of orgs.VolunteerTeam" in _told()


def test_two_columns_for_one_value_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    (ledger,) = KINDS["teams"]
    twice = (*ledger.columns, ledger.columns[-1])
    monkeypatch.setitem(KINDS, "teams", (dataclasses.replace(ledger, columns=twice),))
    assert f"reads two things into `{ledger.columns[-1].field}`" in _told()


def test_a_field_named_like_a_place_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledgers.completeness.PLACES", frozenset({"name"}))
    assert "reads two things into `name`" in _told()


def test_a_kind_without_checks_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_DECLARED", {})
    assert "funds.Donation has no checks" in _told()


def test_a_kind_whose_reviewer_may_have_submitted_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Donation._meta, "constraints", [])
    assert "funds.Donation lacks the constraint of four eyes" in _told()


def test_a_kind_without_a_form_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    registry: dict[Any, Any] = admin.site._registry
    monkeypatch.delitem(registry, Donation)
    assert "funds.Donation has no form" in _told()


def test_a_field_that_the_form_leaves_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = admin.site._registry[Fund]
    assert isinstance(pages, RecordAdmin)
    monkeypatch.setattr(pages, "groups", pages.groups[1:])
    assert "funds.Fund leaves `level` out of the `groups` of its form" in _told()


def test_a_kind_without_a_ledger_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(KINDS, "funds")
    assert "funds.Fund is in no ledger" in _told()


def test_a_key_that_two_workbooks_have_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("funds.resources.WORKBOOKS", (*WORKBOOKS, WORKBOOKS[0]))
    collect_workbooks()
    try:
        assert f"Several workbooks have the key `{WORKBOOKS[0].key}`" in _told()
    finally:
        monkeypatch.undo()
        collect_workbooks()
    call_command("check")


@pytest.mark.parametrize("name", ["identity", "likeness"])
def test_what_makes_two_records_alike_is_fields(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(Donation, name, ("fund_id", "colour"))
    assert f"funds.Donation names `colour` in `{name}`" in _told()


def test_an_address_that_another_list_has_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [*router.registry, ("plans", viewset_of(Fund), "fund")]
    monkeypatch.setattr(router, "registry", others)
    assert "/api/v1/plans/ is the address of 2 lists" in _told()


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_no_two_kinds_share_a_sheet(kind: type[Submission]) -> None:
    others = [each.declaration.sheet for each in RECORD_KINDS if each is not kind]
    assert kind.declaration.sheet not in others


def _names(rows: object) -> list[str]:
    """The fields of a group of a form, whatever their rows."""
    return [rows] if isinstance(rows, str) else [name for row in rows for name in _names(row)]  # type: ignore[attr-defined]


#: Whose forms a new clerk meets; each field of them says what it means.
TOLD = ("orgs", "projects", "scenes", "policies", "work")


@pytest.mark.parametrize(
    "kind", [each for each in RECORD_KINDS if each._meta.app_label in TOLD], ids=kind_name
)
def test_every_field_of_a_form_says_what_it_means(kind: type[Submission]) -> None:
    """A tick is said by its label and the heading above it."""
    page = admin.site._registry[kind]
    assert isinstance(page, RecordAdmin)
    names = [name for _, rows, _ in page.groups for name in _names(rows) if name != "note"]
    columns: list[Any] = [kind._meta.get_field(name) for name in names]
    untold = [
        column.name
        for column in columns
        if not isinstance(column, models.BooleanField)
        and not (column.name in page.help_texts or column.help_text)
    ]
    assert not untold
