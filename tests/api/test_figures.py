"""Figures and lineage of the API equal those of the commands, page by page, within the scope."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from areas.models import Area
from funds.models import Donation, Fund
from indicators.models import Plan
from orgs.models import CommunityOrg
from tests.api.clients import ApiOf, codes
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU, NEIGHBOUR, QIXINGGANG
from tests.types import Json, Make
from tests.worlds import share

pytestmark = pytest.mark.once  # API documents and bodies; storing is tested on both databases

PLAN = "yuzhong-2026"


def _command(name: str, *arguments: str) -> Any:
    out = io.StringIO()
    call_command(name, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def facts(yuzhong: Plan, approved: Make) -> None:
    fund = approved(Fund)
    approved(Fund, area_id=MINSHENGLU)
    approved(Donation, fund=fund, amount_yuan="12345.67")
    for _ in range(3):
        approved(CommunityOrg)


share(__name__, "facts")


@pytest.mark.parametrize(
    "query",
    [
        {"area": DISTRICT, "on": "2026-06-15"},
        {"area": QIXINGGANG, "on": "2026-06-30"},
        {"on": "2026-11-20", "year": "2027"},
        {"year": "2025"},
        {},
    ],
)
def test_progress_is_the_commands_json(
    facts: None, api: ApiOf, shiju: User, query: dict[str, str]
) -> None:
    options = [part for name, value in query.items() for part in (f"--{name}", value)]
    answer = api(shiju).get("progress/", {"plan": PLAN, **query})
    assert answer.json() == _command("progress", PLAN, *options)


def test_figures_of_a_level_are_each_areas_progress(facts: None, api: ApiOf, shiju: User) -> None:
    told: list[Json] = []
    cursor: dict[str, str] = {}
    while True:
        query = {"plan": PLAN, "level": "4", "on": "2026-06-15", "page_size": "4", **cursor}
        answer = api(shiju).get("figures/", query).json()
        told += answer["results"]
        if answer["next"] is None:
            break
        cursor = {"cursor": answer["results"][-1]["area"]}
    streets = list(Area.objects.within(DISTRICT).filter(level=4).order_by("code"))
    assert [row["area"] for row in told] == [street.code for street in streets]
    for row in told:
        alone = _command("progress", PLAN, "--area", row["area"], "--on", "2026-06-15")
        assert row["indicators"] == alone["indicators"]


def test_the_next_page_is_where_the_address_says(facts: None, api: ApiOf, shiju: User) -> None:
    first = api(shiju).get("figures/", {"plan": PLAN, "level": "4", "page_size": "1"}).json()
    second = api(shiju).client.get(first["next"]).json()
    assert first["results"][0]["area"] < second["results"][0]["area"]


@pytest.mark.parametrize(
    "indicator", ["funds", "raised", "charity_orgs", "community_fund_coverage"]
)
def test_lineage_is_the_commands_and_adds_up_page_by_page(
    facts: None, api: ApiOf, shiju: User, indicator: str
) -> None:
    expected = _command("lineage", PLAN, indicator, "--on", "2026-06-15")
    query = {"plan": PLAN, "indicator": indicator, "on": "2026-06-15"}
    whole = api(shiju).get("lineage/", query).json()
    assert whole.pop("next") is None
    assert whole == expected
    records, cursor = [], 0
    while cursor is not None:
        page = api(shiju).get("lineage/", query | {"page_size": "2", "cursor": str(cursor)}).json()
        records += page["records"]
        cursor = page["next"]
    assert records == expected["records"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"plan": "none"}, 404),
        ({}, 404),
        ({"plan": PLAN, "area": NEIGHBOUR}, 404),
        ({"plan": PLAN, "area": "50"}, 404),
        ({"plan": PLAN, "on": "2026-02-30"}, 400),
        ({"plan": PLAN, "on": "30.6.2026"}, 400),
        ({"plan": PLAN, "on": "0001-01-01"}, 422),
        ({"plan": PLAN, "on": ""}, 400),
        ({"plan": PLAN, "areas": DISTRICT}, 400),
    ],
)
@pytest.mark.parametrize("path", ["progress/", "figures/", "lineage/"])
def test_what_is_wrong_is_said(
    yuzhong: Plan, api: ApiOf, shiju: User, path: str, query: dict[str, str], status: int
) -> None:
    more = {"indicator": "funds"} if path == "lineage/" else {}
    assert api(shiju).get(path, query | more).status_code == status


@pytest.mark.parametrize("year", ["26", "0000", "1949", "2999"])
def test_a_year_of_no_figures_is_named(yuzhong: Plan, api: ApiOf, shiju: User, year: str) -> None:
    answer = api(shiju).get("progress/", {"plan": PLAN, "year": year})
    assert (answer.status_code, codes(answer)) == (422, [("year", "range")])


def test_a_level_is_one_to_five(yuzhong: Plan, api: ApiOf, shiju: User) -> None:
    for level in ("0", "6", "x", "04"):
        assert api(shiju).get("figures/", {"plan": PLAN, "level": level}).status_code == 400


def test_a_street_sees_its_own_figures_only(facts: None, api: ApiOf, jiedao: User) -> None:
    calls = api(jiedao)
    for path, more in (("figures/", {}), ("progress/", {}), ("lineage/", {"indicator": "funds"})):
        assert calls.get(path, {"plan": PLAN, "area": DISTRICT, **more}).status_code == 404
        assert calls.get(path, {"plan": PLAN, **more}).status_code == 404
    rows = calls.get("figures/", {"plan": PLAN, "area": QIXINGGANG, "level": "5"}).json()["results"]
    assert {row["area"][:9] for row in rows} == {QIXINGGANG}
    records = calls.get(
        "lineage/", {"plan": PLAN, "area": QIXINGGANG, "indicator": "funds"}
    ).json()["records"]
    assert {record["area"] for record in records} == {HUAYIPO}


def test_plans_indicators_and_targets_are_those_of_the_own_area(
    yuzhong: Plan, api: ApiOf, jiedao: User, jiangbei: User
) -> None:
    assert [row["code"] for row in api(jiedao).get("plans/").json()["results"]] == [PLAN]
    assert api(jiedao).get(f"plans/{PLAN}/").json()["title"] == yuzhong.title
    indicators = api(jiedao).get(f"indicators/?plan={PLAN}").json()["results"]
    assert [row["code"] for row in indicators] == list(
        yuzhong.indicators.order_by("pk").values_list("code", flat=True)
    )
    targets = (
        api(jiedao).get(f"targets/?plan={PLAN}&indicator=funds&page_size=100").json()["results"]
    )
    assert {row["due_on"][:4]: row["value"] for row in targets if row["place"] == "annex"} == {
        "2026": "19.0000",
        "2027": "27.0000",
        "2029": "35.0000",
    }
    for path in ("plans/", "indicators/", "targets/"):
        assert api(jiangbei).get(path).json()["results"] == []
    assert api(jiangbei).get(f"plans/{PLAN}/").status_code == 404
