"""Many records in one request: all or none, with problems by index and a constant number of
queries per thousand.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from funds.models import Donation, Fund
from reviews.models import ReviewEvent, Status
from scenes.models import Activity, ActivityReach, Scene
from tests.api.clients import ApiOf
from tests.conftest import HUAYIPO, MINSHENGLU, QIXINGGANG
from tests.types import Make


def _scene(number: int, **changes: object) -> dict[str, object]:
    return {
        "area": HUAYIPO,
        "name": f"慈善墙{number}",
        "type": "wall",
        "opened_on": "2026-03-01",
    } | changes


def test_all_are_stored_in_the_order_they_came(api: ApiOf, jiedao: User) -> None:
    sent = [_scene(number) for number in range(30)]
    answer = api(jiedao).post("scenes/bulk/", {"records": sent})
    assert (answer.status_code, answer.json()["count"]) == (201, 30)
    names = Scene.objects.in_bulk(answer.json()["ids"])
    assert [names[pk].name for pk in answer.json()["ids"]] == [each["name"] for each in sent]
    assert {scene.created_by for scene in names.values()} == {jiedao}
    for scene in names.values():
        version = scene.history.get()
        assert (version.history_type, version.history_user, version.name) == (
            "+",
            jiedao,
            scene.name,
        )


def test_they_are_submitted_where_asked(api: ApiOf, jiedao: User) -> None:
    sent = {"records": [_scene(1), _scene(2)], "submit": True}
    assert api(jiedao).post("scenes/bulk/", sent).status_code == 201
    assert set(Scene.objects.values_list("status", "submitted_by__username")) == {
        (Status.PENDING, "jiedao")
    }
    assert ReviewEvent.objects.count() == 2


def test_one_problem_stores_nothing_and_all_are_told(api: ApiOf, jiedao: User) -> None:
    sent = [
        _scene(1),
        _scene(2, name=""),
        _scene(1),
        _scene(4, opened_on="2126-01-01"),
        _scene(5, area=MINSHENGLU),
    ]
    answer = api(jiedao).post("scenes/bulk/", {"records": sent})
    assert answer.status_code == 422
    found = [(each["index"], each["field"], each["code"]) for each in answer.json()["problems"]]
    assert found == [
        (1, "name", "required"),
        (2, "name", "repeated"),
        (3, "opened_on", "future"),
        (4, "area", "does_not_exist"),
    ]
    assert not Scene.objects.exists()


def test_a_warning_waits_for_a_word_and_nothing_stays(api: ApiOf, make: Make, jiedao: User) -> None:
    fund = make(Fund)
    gift = {"fund": fund.pk, "donated_on": "2026-03-05", "amount_yuan": "5.00"}
    sent = {"records": [gift | {"receipt_number": "渝财1"}, gift], "submit": True}
    answer = api(jiedao).post("donations/bulk/", sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "unexplained")
    assert [(each["index"], each["code"]) for each in answer.json()["problems"]] == [(1, "receipt")]
    assert not Donation.objects.exists()
    assert (
        api(jiedao).post("donations/bulk/", sent | {"reason": "捐赠人不要票据"}).status_code == 201
    )
    assert Donation.objects.pending().count() == 2


def test_shapes_are_told_by_place(api: ApiOf, jiedao: User) -> None:
    answer = api(jiedao).post("scenes/bulk/", {"records": [_scene(1), _scene(2, person_times="5")]})
    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["problems"]] == ["records.1.person_times"]


@pytest.mark.parametrize("records", [[], None, "文字", [5], [[]]])
def test_no_records_are_no_request(api: ApiOf, jiedao: User, records: object) -> None:
    assert api(jiedao).post("scenes/bulk/", {"records": records}).status_code == 400


def test_rows_travel_with_each(api: ApiOf, quji: User) -> None:
    base = {"area": QIXINGGANG, "held_on": "2026-03-05", "form": "activity"}
    sent = [
        base | {"name": "一", "communities": [HUAYIPO]},
        base | {"name": "二"},
        base | {"name": "三", "communities": [MINSHENGLU, HUAYIPO]},
    ]
    ids = api(quji).post("activities/bulk/", {"records": sent}).json()["ids"]
    reached = ActivityReach.objects.order_by("activity", "area").values_list("activity", "area")
    assert list(reached) == [(ids[0], HUAYIPO), (ids[2], HUAYIPO), (ids[2], MINSHENGLU)]
    assert Activity.objects.count() == 3


def _queries(api: ApiOf, user: User, count: int, name: str) -> int:
    sent = [_scene(number, name=f"{name}{number}") for number in range(count)]
    with CaptureQueriesContext(connection) as queries:
        answer = api(user).post("scenes/bulk/", {"records": sent, "submit": True})
    assert answer.status_code == 201
    return len(queries)


def test_ten_thousand_take_as_many_queries_a_thousand_as_two(api: ApiOf, jiedao: User) -> None:
    """The number of chunks grows, so queries per thousand are constant; none runs per row."""
    two, ten = _queries(api, jiedao, 2000, "甲"), _queries(api, jiedao, 10_000, "乙")
    per_thousand = (ten - two) / 8
    fixed = two - 2 * per_thousand
    assert per_thousand == int(per_thousand)
    assert 0 <= fixed < 40
    most = 80 if connection.vendor == "sqlite" else 30  # SQLite accepts 999 values per statement
    assert per_thousand < most
    assert Scene.objects.pending().count() == 12_000


def test_more_than_ten_thousand_are_too_many(api: ApiOf, jiedao: User) -> None:
    sent = [{"area": HUAYIPO}] * 10_001
    answer = api(jiedao).post("scenes/bulk/", {"records": sent})
    assert answer.status_code == 400
    assert not Scene.objects.exists()


def test_what_is_stored_already_is_not_stored_again(api: ApiOf, jiedao: User) -> None:
    """As with a ledger that is imported twice: a doubled donation makes a figure wrong."""
    gift = {
        "area": HUAYIPO,
        "donated_on": "2026-03-05",
        "amount_yuan": "5.00",
        "receipt_number": "1",
    }
    sent = {"records": [gift], "submit": True, "reason": "再报"}
    assert api(jiedao).post("donations/bulk/", sent).status_code == 201
    again = api(jiedao).post("donations/bulk/", sent)
    assert again.status_code == 422
    assert [(each["index"], each["code"]) for each in again.json()["problems"]] == [
        (0, "same_record")
    ]
    assert Donation.objects.count() == 1


def test_two_balances_of_one_time_in_one_request_are_refused(api: ApiOf, quji: User) -> None:
    one = {
        "area": HUAYIPO,
        "measure": "funds",
        "as_of": "2025-12-31",
        "covers": "all",
        "quantity": "2.00",
        "evidence": "年报",
    }
    answer = api(quji).post(
        "opening-balances/bulk/", {"records": [one, one | {"as_of": "2025-06-30"}]}
    )
    assert answer.status_code == 422
    assert {each["code"] for each in answer.json()["problems"]} == {"one_balance"}
