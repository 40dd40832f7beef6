"""The pages of a list lose and repeat no row, whatever rows share a time and whatever is changed
meanwhile.
"""

from __future__ import annotations

import base64
import itertools
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from scenes.models import Scene
from tests.api.clients import ApiOf
from tests.conftest import HUAYIPO
from tests.types import Make
from tests.worlds import share


def _walk(calls: Any, path: str, query: dict[str, Any]) -> list[list[int]]:
    pages, answer = [], calls.get(path, query)
    while True:
        assert answer.status_code == 200, answer.json()
        pages.append([row["id"] for row in answer.json()["results"]])
        if answer.json()["next"] is None:
            return pages
        answer = calls._checked(calls.client.get(answer.json()["next"]))


@pytest.fixture
def scenes(district: Area) -> list[Scene]:
    """2,345 scenes created at three times, so that ties are longer than any page."""
    now = timezone.now()
    made = Scene.objects.bulk_create(
        Scene(
            area_id=HUAYIPO,
            name=f"墙{number}",
            type="wall",
            opened_on=f"2026-0{number % 3 + 1}-01",
        )
        for number in range(2345)
    )
    Scene.objects.update(updated_at=now)
    return list(made)


share(__name__, "scenes")


@pytest.mark.parametrize(
    "ordering", ["-id", "id", "updated_at", "-updated_at", "opened_on", "-opened_on", "created_at"]
)
def test_every_row_is_told_once_in_order(
    api: ApiOf, shiju: User, scenes: list[Scene], ordering: str
) -> None:
    pages = _walk(api(shiju), "scenes/", {"ordering": ordering, "page_size": 500})
    found = list(itertools.chain.from_iterable(pages))
    sign = "-" if ordering.startswith("-") else ""
    expected = Scene.objects.order_by(ordering, f"{sign}pk").values_list("pk", flat=True)
    assert found == list(expected)
    assert [len(page) for page in pages] == [500, 500, 500, 500, 345]


def test_what_is_new_meanwhile_shifts_no_page(api: ApiOf, make: Make, shiju: User) -> None:
    first = [make(Scene).pk for _ in range(6)]
    answer = api(shiju).get("scenes/", {"page_size": 3})
    make(Scene)
    rest = api(shiju)._checked(api(shiju).client.get(answer.json()["next"])).json()
    told = [row["id"] for row in (*answer.json()["results"], *rest["results"])]
    assert told == first[::-1]
    assert rest["next"] is None


def test_fifty_rows_unless_asked_otherwise(api: ApiOf, shiju: User, scenes: list[Scene]) -> None:
    answer = api(shiju).get("scenes/").json()
    assert (len(answer["results"]), set(answer)) == (50, {"next", "results"})
    assert len(api(shiju).get("scenes/?page_size=1000").json()["results"]) == 1000


@pytest.mark.parametrize("size", ["0", "1001", "-1", "x", "1.5", "", "９"])
def test_a_page_has_1_to_1000_rows(api: ApiOf, shiju: User, size: str) -> None:
    assert api(shiju).get("scenes/", {"page_size": size}).status_code == 400


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WzEsMl0", "WyJhIiwiYiJd", "é", "WyIxIiwgIjEiLCAiMSJd"]
)
def test_a_cursor_that_nobody_gave_is_not_found(api: ApiOf, shiju: User, cursor: str) -> None:
    answer = api(shiju).get("scenes/", {"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (404, "cursor")


@pytest.mark.parametrize("ordering", ["id", "updated_at", "opened_on"])
@pytest.mark.parametrize(
    "said",
    [
        "[" * 1100,
        '["0001-01-01", "1"]',
        '["9999-12-31", "1"]',
        '["2026-01-01T00:00:00", "1"]',
        '["1", "١"]',
        '["1", "99999999999999999999"]',
        '["\\u0000", "\\u0000"]',
        '{"a": 1}',
    ],
)
def test_a_forged_cursor_finds_a_page_or_none_but_no_fault(
    api: ApiOf, shiju: User, ordering: str, said: str
) -> None:
    cursor = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
    answer = api(shiju).get("scenes/", {"cursor": cursor, "ordering": ordering})
    assert answer.status_code in (200, 404)


@pytest.mark.parametrize("ordering", ["name", "area", "id,name", "--id", "?"])
def test_a_list_is_ordered_by_its_own_fields_only(api: ApiOf, shiju: User, ordering: str) -> None:
    answer = api(shiju).get("scenes/", {"ordering": ordering})
    assert answer.status_code == 400
    assert "-id、id" in answer.json()["problems"][0]["message"]
