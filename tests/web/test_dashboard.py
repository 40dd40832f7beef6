"""The dashboard shows the same figures as `progress --json`, to those who may see them."""

from __future__ import annotations

import datetime
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from funds.models import Donation, Fund
from indicators.models import Plan
from orgs.models import Training
from scenes.models import Activity, Scene
from tests.conftest import DISTRICT, HUAYIPO, JIEFANGBEI, MINSHENGLU, QIXINGGANG
from tests.types import Make, Response, Visit
from tests.worlds import share

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

URL = f"/dashboard/yuzhong-2026/{DISTRICT}/"


@pytest.fixture
def facts(approved: Make, yuzhong: Plan) -> None:
    fund = approved(Fund)
    approved(Fund, area_id=MINSHENGLU, established_on=datetime.date(2026, 6, 10))
    approved(Donation, fund=fund, area_id=HUAYIPO, amount_yuan=Decimal("12300"))
    approved(Training, person_times=37)
    approved(Activity, reached=[HUAYIPO, MINSHENGLU])


share(__name__, "facts")


def _json(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("progress", "yuzhong-2026", *arguments, "--json", stdout=out)
    return {each["code"]: each for each in json.loads(out.getvalue())["indicators"]}


def _shown(value: str | None, unit: str) -> str:
    """Return a value of the JSON as the page writes it."""
    if value is None:
        return "无数据"
    number = Decimal(value)
    if unit == "%":
        return f"{(number * 100).quantize(Decimal('0.01')).normalize():f}%"
    return f"{number.normalize():f}"


def test_the_cards_show_the_figures_of_the_command(facts: None, visit: Visit, shiju: User) -> None:
    client = visit(shiju)
    for area in (DISTRICT, QIXINGGANG, HUAYIPO):
        for on in ("2026-03-01", "2026-06-15"):
            page = client.get(f"/dashboard/yuzhong-2026/{area}/?on={on}")
            _compare(page, _json("--area", area, "--on", on))


def _compare(page: Response, expected: dict[str, Any]) -> None:
    cards = page.context["annex_cards"] + page.context["text_cards"]
    assert len(cards) == len(expected) == 14
    for card in cards:
        item = expected[card["indicator"].code]
        target = _shown(item["target"], item["unit"]) if item["target"] else "未设目标"
        assert card["value"] == _shown(item["value"], item["unit"]), item["code"]
        assert card["exact"] == (item["value"] or ""), item["code"]
        assert card["target"].removeprefix("≥") == target
        assert str(card["state"]) == item["status"]
        spot = (
            f'data-value="{card["exact"]}" data-indicator="{item["code"]}">{card["value"]} <small>'
        )
        assert spot in page.content.decode()


def test_the_rows_below_are_the_dashboards_of_the_areas_below(
    facts: None, visit: Visit, shiju: User
) -> None:
    client = visit(shiju)
    page = client.get(f"{URL}?on=2026-06-15")
    rows = {row["area"].code: row["values"] for row in page.context["table"]}
    assert len(rows) == 11
    for street in (QIXINGGANG, JIEFANGBEI):
        below = client.get(f"/dashboard/yuzhong-2026/{street}/?on=2026-06-15")
        assert rows[street] == [card["value"] for card in below.context["annex_cards"]]
    assert page.context["total"] == [card["value"] for card in page.context["annex_cards"]]


def test_another_day_shows_what_was_so_on_that_day(facts: None, visit: Visit, shiju: User) -> None:
    client = visit(shiju)
    values = {
        day: client.get(f"{URL}?on={day}").context["annex_cards"][0]["value"]
        for day in ("2026-02-28", "2026-03-01", "2026-06-09", "2026-06-10")
    }
    assert values == {"2026-02-28": "0", "2026-03-01": "1", "2026-06-09": "1", "2026-06-10": "2"}


@pytest.mark.parametrize("day", ["2026-02-30", "gestern", "2026", "0", "' OR 1=1"])
def test_a_day_that_is_none_is_not_found(
    yuzhong: Plan, visit: Visit, shiju: User, day: str
) -> None:
    assert visit(shiju).get(URL, {"on": day}).status_code == 404


@pytest.mark.parametrize("day", ["1990-01-01", "2050-12-31"])
def test_a_day_long_ago_or_to_come_is_counted(
    facts: None, visit: Visit, shiju: User, day: str
) -> None:
    assert visit(shiju).get(URL, {"on": day}).status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "2999-12-31"])
def test_a_day_no_plan_reaches_is_not_found(
    yuzhong: Plan, visit: Visit, shiju: User, day: str
) -> None:
    assert visit(shiju).get(URL, {"on": day}).status_code == 404


OUTSIDE = [
    ("jiangbei", "500103"),
    ("jiangbei", "500105"),
    ("jiedao", "500103"),
    ("jiedao", "500103003"),
    ("jiedao2", "500103001003"),
    ("shiju", "50"),
    ("shiju", "500105"),
    ("shiju", "999999"),
    ("guanli", "500103"),
    ("shenji", "500103"),
]


def test_out_of_scope_is_not_found(
    yuzhong: Plan, visit: Visit, request: pytest.FixtureRequest
) -> None:
    for user, area in OUTSIDE:
        client = visit(request.getfixturevalue(user))
        answer = client.get(f"/dashboard/yuzhong-2026/{area}/")
        assert answer.status_code == 404, (user, area)


def test_a_plan_that_is_not_there_is_not_found(yuzhong: Plan, visit: Visit, shiju: User) -> None:
    assert visit(shiju).get(f"/dashboard/yunnan-2024/{DISTRICT}/").status_code == 404


def test_a_street_sees_no_link_above_itself(facts: None, visit: Visit, jiedao: User) -> None:
    page = visit(jiedao).get(f"/dashboard/yuzhong-2026/{QIXINGGANG}/")
    assert list(page.context["trail"]) == []
    assert f'"{URL}"' not in page.content.decode()


def _queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_the_number_of_queries_depends_on_neither_areas_nor_records(
    facts: None, approved: Make, visit: Visit, shiju: User
) -> None:
    client = visit(shiju)
    queries = ("", "?on=2026-06-15", "?on=2026-06-30")
    before = [_queries(client, URL + query) for query in queries]
    # A street's page needs one more query, for the neighbours to compare with.
    street = f"/dashboard/yuzhong-2026/{QIXINGGANG}/"
    assert [_queries(client, street + query) - 1 for query in queries] == before
    for _ in range(15):
        approved(Scene)
        approved(Training)
    assert [_queries(client, URL + query) for query in queries] == before
