"""The API: the command's JSON, and lists that are scoped, filtered and cheap."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from config.urls import router
from funds.models import Fund
from indicators.models import Plan
from reviews.models import Submission
from reviews.services import submit
from scenes.models import Scene
from tests.conftest import DISTRICT, HUAYIPO, JIEFANGBEI, MINSHENGLU, QIXINGGANG
from tests.records.kinds import sound

PROGRESS = "/api/v1/progress/"
LISTS = {
    prefix: viewset.queryset.model
    for prefix, viewset, _ in router.registry
    if issubclass(viewset.queryset.model, Submission)
}
Make = Callable[..., Any]


def test_progress_is_the_commands_json(
    yuzhong: Plan, approved: Any, visit: Any, shiju: User
) -> None:
    approved(Fund)
    client = visit(shiju)
    for query in (
        {"area": DISTRICT, "on": "2026-06-15"},
        {"area": QIXINGGANG, "on": "2026-06-30"},
        {"on": "2026-11-20", "year": "2027"},
        {"year": "2025"},
        {},
    ):
        out = io.StringIO()
        options = [part for name, value in query.items() for part in (f"--{name}", value)]
        call_command("progress", "yuzhong-2026", *options, "--json", stdout=out)
        answer = client.get(PROGRESS, {"plan": "yuzhong-2026", **query})
        assert answer.json() == json.loads(out.getvalue()), query


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"plan": "none"}, 404),
        ({}, 404),
        ({"plan": "yuzhong-2026", "area": "500105"}, 404),
        ({"plan": "yuzhong-2026", "area": "50"}, 404),
        ({"plan": "yuzhong-2026", "on": "2026-02-30"}, 400),
        ({"plan": "yuzhong-2026", "year": "26"}, 400),
        ({"plan": "yuzhong-2026", "year": "0000"}, 400),
        ({"plan": "yuzhong-2026", "on": "0001-01-01"}, 400),
    ],
)
def test_progress_says_what_is_wrong_in_chinese(
    yuzhong: Plan, visit: Any, shiju: User, query: dict[str, str], status: int
) -> None:
    response = visit(shiju).get(PROGRESS, query)
    assert response.status_code == status
    assert any(
        "\u4e00" <= sign <= "\u9fff" for sign in json.dumps(response.json(), ensure_ascii=False)
    )


@pytest.mark.parametrize("user", ["", "guanli", "shenji"])
def test_without_a_business_role_nothing_is_answered(
    yuzhong: Plan, visit: Any, request: Any, user: str
) -> None:
    client = visit(request.getfixturevalue(user) if user else None)
    for path in ("progress/?plan=yuzhong-2026", "areas/", *(f"{each}/" for each in LISTS)):
        assert client.get(f"/api/v1/{path}").status_code in (401, 403), path


def _ids(response: Any) -> set[int]:
    assert response.status_code == 200
    return {row["id"] for row in response.json()["results"]}


@pytest.mark.parametrize(("path", "model"), list(LISTS.items()))
def test_a_list_holds_what_is_in_scope(
    make: Make, visit: Any, path: str, model: Any, request: Any
) -> None:
    here, there = sound(make, model, area_id=HUAYIPO), sound(make, model, area_id=MINSHENGLU)
    seen = {
        user: _ids(visit(request.getfixturevalue(user)).get(f"/api/v1/{path}/"))
        for user in ("jiedao", "jiedao2", "quji", "shiju", "shengting", "jiangbei")
    }
    both = {here.pk, there.pk}
    assert seen == {
        "jiedao": {here.pk},
        "jiedao2": {there.pk},
        "quji": both,
        "shiju": both,
        "shengting": both,
        "jiangbei": set(),
    }


def test_the_tree_is_scoped_too(visit: Any, jiedao: User) -> None:
    rows = visit(jiedao).get("/api/v1/areas/?level=5").json()["results"]
    assert rows
    assert all(row["code"].startswith(QIXINGGANG) for row in rows)


def test_lists_are_filtered_by_state_place_and_day(
    make: Make, visit: Any, quji: User, shiju: User
) -> None:
    first = make(Scene, opened_on=datetime.date(2026, 1, 31))
    second = make(Scene, opened_on=datetime.date(2026, 2, 1))
    other = make(Scene, area_id=MINSHENGLU, opened_on=datetime.date(2026, 2, 2))
    submit(first, by=quji, reason="测试")
    client = visit(shiju)
    expected = {
        "status=pending": {first},
        "status=draft": {second, other},
        f"within={JIEFANGBEI}": {other},
        f"within={QIXINGGANG}": {first, second},
        f"within={DISTRICT}": {first, second, other},
        "within=500105": set(),
        "within=5001'": set(),
        "since=2026-02-01": {second, other},
        "until=2026-02-01": {first, second},
        "since=2026-02-01&until=2026-02-01": {second},
        f"status=draft&within={QIXINGGANG}": {second},
    }
    for query, rows in expected.items():
        found = _ids(client.get(f"/api/v1/scenes/?{query}"))
        assert found == {row.pk for row in rows}, query


@pytest.mark.parametrize("query", ["status=fertig", "since=gestern", "until=2026-02-30"])
def test_a_filter_that_makes_no_sense_is_refused(visit: Any, shiju: User, query: str) -> None:
    assert visit(shiju).get(f"/api/v1/scenes/?{query}").status_code == 400


def test_the_filter_within_never_widens_the_scope(make: Make, visit: Any, jiedao: User) -> None:
    make(Scene, area_id=MINSHENGLU)
    client = visit(jiedao)
    for root in ("50", DISTRICT, JIEFANGBEI):
        assert _ids(client.get(f"/api/v1/scenes/?within={root}")) == set()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_api_only_reads(make: Make, visit: Any, quji: User, method: str) -> None:
    scene = make(Scene)
    send = getattr(visit(quji), method)
    answer = send(f"/api/v1/scenes/{scene.pk}/", {"name": "改"}, content_type="application/json")
    assert answer.status_code == 405
    scene.refresh_from_db()
    assert scene.name != "改"


def test_what_is_internal_is_not_shown(make: Make, visit: Any, shiju: User) -> None:
    make(Scene)
    row = visit(shiju).get("/api/v1/scenes/").json()["results"][0]
    assert not {"transition_id", "import_batch"} & set(row)


def test_lists_are_paged(make: Make, visit: Any, shiju: User) -> None:
    for _ in range(51):
        make(Scene)
    answer = visit(shiju).get("/api/v1/scenes/").json()
    assert (answer["count"], len(answer["results"])) == (51, 50)
    assert answer["next"].endswith("page=2")


@pytest.mark.parametrize(("path", "model"), list(LISTS.items()))
def test_the_number_of_queries_does_not_grow_with_the_rows(
    make: Make, visit: Any, shiju: User, path: str, model: Any
) -> None:
    client = visit(shiju)
    counts = []
    for total in (2, 30):
        while model.objects.count() < total:
            sound(make, model)
        client.get(f"/api/v1/{path}/")
        with CaptureQueriesContext(connection) as queries:
            assert len(_ids(client.get(f"/api/v1/{path}/"))) == total
        counts.append(len(queries))
    assert counts[0] == counts[1]
