"""Characters that nobody sees fall out of form, API and ledger alike; a text never becomes a formula."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.models import User
from areas.models import Area
from guards.formulas import may_be_formula, never_formula
from guards.invisible import without_invisible
from ledgers.cells.cell import as_written
from ledgers.files.template import template_of
from ledgers.registry import KINDS
from reports.columns import Column
from reports.exports.renderers import csv_lines
from scenes.models import Scene
from tests.conftest import HUAYIPO

pytestmark = pytest.mark.once

_DIRTY = "慈\u202e善\x07墙\x85\u2028\ufffe\u200b"


def test_no_control_character_stays_but_ends_of_lines() -> None:
    signs = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    stay = {each for each in signs if unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp")}
    assert {each for each in stay if without_invisible(each)} == {"\x00", "\t", "\n", "\r"}


def test_a_cell_of_a_ledger_has_none() -> None:
    assert as_written(_DIRTY) == "慈善墙"


@pytest.mark.django_db
def test_neither_form_nor_api_store_one(client: Client, jiedao: User) -> None:
    client.force_login(jiedao)
    sent = {"area": HUAYIPO, "type": "wall", "opened_on": "2026-03-01"}
    made = client.post(
        "/api/v1/scenes/", {**sent, "name": f"甲{_DIRTY}"}, content_type="application/json"
    )
    assert made.status_code == 201, made.content
    assert Scene.objects.get().name == "甲慈善墙"
    found = client.get("/admin/scenes/scene/", {"q": f"甲{_DIRTY}"})
    assert found.context["cl"].query == "甲慈善墙"


_FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@A",
    "＝1+1",
    "＋1",
    "－1",
    "＠A",
    "\u200b=1",
    " ＝1",
    "\t=1",
    "\r1",
]


@pytest.mark.parametrize("text", _FORMULAS)
def test_a_text_that_could_be_a_formula_is_marked(text: str) -> None:
    assert never_formula(text) == f"'{text}"
    lines = "".join(csv_lines([Column("名称", "text", lambda row: row)], [text]))
    assert list(csv.reader(io.StringIO(lines, newline="")))[1] == [f"'{text}"]


@pytest.mark.parametrize("text", ["", "慈善墙", "1+1", "a=b", "“=”"])
def test_any_other_text_is_left_as_it_is(text: str) -> None:
    assert not may_be_formula(text)
    assert never_formula(text) == text


@pytest.mark.django_db
def test_an_area_whose_name_begins_like_a_formula_is_a_text_in_the_template(
    district: Area,
) -> None:
    Area.objects.filter(pk=HUAYIPO).update(name="=1+1", short_name="=1+1")
    Area.objects.filter(pk=district.pk).update(name="=2+2", short_name="=2+2")
    district.refresh_from_db()
    book = load_workbook(io.BytesIO(template_of(KINDS["scenes"], district)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert "=1+1" in {cell.value for cell in cells}
