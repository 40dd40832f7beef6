"""The dashboard's workbook has the same numbers as the page, the API and the command."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client

from accounts.models import User
from funds.models import Donation, Fund
from indicators.models import Plan
from orgs.models import CommunityOrg, Training
from scenes.models import Activity
from tests.conftest import DISTRICT, HUAYIPO, JIEFANGBEI, MINSHENGLU, QIXINGGANG
from tests.types import Make, Visit
from tests.worlds import share

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

ON = "2026-06-15"


@pytest.fixture
def facts(approved: Make, yuzhong: Plan) -> None:
    fund = approved(Fund)
    approved(Donation, fund=fund, area_id=HUAYIPO, amount_yuan=Decimal("12345.67"))
    approved(Donation, area_id=MINSHENGLU, amount_yuan=1, donated_on=datetime.date(2025, 3, 1))
    approved(Training, person_times=37)
    approved(CommunityOrg)
    approved(Activity, reached=[HUAYIPO, MINSHENGLU])


share(__name__, "facts")


def _book(client: Client, area: str = DISTRICT, **query: str) -> Any:
    answer = client.get(f"/dashboard/yuzhong-2026/{area}/figures.xlsx", {"on": ON} | query)
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def _as_text(value: object) -> str | None:
    """Return a number in a cell as the API writes it."""
    return None if value == "无数据" else f"{Decimal(str(value)).normalize():f}"


def test_every_value_is_that_of_the_api_and_of_the_page(
    facts: None, visit: Visit, shiju: User
) -> None:
    client = visit(shiju)
    asked = {"plan": "yuzhong-2026", "area": DISTRICT, "on": ON}
    items = client.get("/api/v1/progress/", asked).json()["indicators"]
    page = client.get(f"/dashboard/yuzhong-2026/{DISTRICT}/", {"on": ON})
    cards = page.context["annex_cards"] + page.context["text_cards"]
    rows = list(_book(client)["指标"].iter_rows(min_row=4, values_only=True))
    assert len(rows) == len(items) == len(cards) == 14
    by_name = {item["name"]: item for item in items}
    assert [row[1] for row in rows] == [card["indicator"].name for card in cards]
    for row, card in zip(rows, cards, strict=True):
        item = by_name[row[1]]
        assert _as_text(row[4]) == item["value"], row[1]
        assert (item["value"] or "") == card["exact"]
        assert row[3] == card["target"]
        assert row[7] == card["state"].label


def test_the_sheet_of_the_streets_holds_the_table_of_the_page_in_its_order(
    facts: None, visit: Visit, shiju: User
) -> None:
    client = visit(shiju)
    table = client.get(f"/dashboard/yuzhong-2026/{DISTRICT}/", {"on": ON}).context["table"]
    rows = list(_book(client)["街道明细"].iter_rows(min_row=4, values_only=True))
    assert [row[1] for row in rows] == [*(str(line["area"]) for line in table), "渝中区"]
    for row, line in zip(rows, table, strict=False):
        assert [_as_text(value) or "" for value in row[2:]] == [
            cell["exact"] for cell in line["cells"]
        ]


def test_the_trend_has_three_years_of_month_ends(facts: None, visit: Visit, shiju: User) -> None:
    client = visit(shiju)
    trend = client.get(f"/dashboard/yuzhong-2026/{DISTRICT}/", {"on": ON}).context["trend"]
    rows = list(_book(client)["走势"].iter_rows(min_row=4, values_only=True))
    assert [row[0] for row in rows] == trend["labels"][:36]
    for column, series in enumerate(trend["series"], start=1):
        assert [row[column] for row in rows] == series["values"]


def test_a_community_has_no_sheet_of_areas_below(facts: None, visit: Visit, shiju: User) -> None:
    assert _book(visit(shiju), HUAYIPO).sheetnames == ["指标", "走势", "较上次变化"]


@pytest.mark.parametrize("area", [DISTRICT, JIEFANGBEI, HUAYIPO[:6] + "999", "50"])
def test_out_of_scope_is_not_found(facts: None, visit: Visit, jiedao: User, area: str) -> None:
    client = visit(jiedao)
    assert client.get(f"/dashboard/yuzhong-2026/{area}/figures.xlsx").status_code == 404
    assert client.get(f"/dashboard/yuzhong-2026/{QIXINGGANG}/figures.xlsx").status_code == 200
