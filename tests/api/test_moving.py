"""Transitions through the API obey the same rules; a bulk transition moves all records or none."""

from __future__ import annotations

import pytest

from accounts.models import User
from funds.models import Fund
from reviews.models import ReviewEvent, Status
from reviews.services import submit
from scenes.models import Scene
from tests.api.clients import ApiOf, codes
from tests.conftest import HUAYIPO, NEIGHBOUR
from tests.types import Make


def test_a_record_goes_from_draft_to_fact(
    api: ApiOf, make: Make, jiedao: User, shiju: User
) -> None:
    path = f"scenes/{make(Scene).pk}/"
    assert api(jiedao).post(f"{path}submit/").json()["status"] == "pending"
    back = api(shiju).post(f"{path}return/", {"reason": "请补充地址"}).json()
    assert (back["status"], back["review_reason"]) == ("returned", "请补充地址")
    assert api(jiedao).patch(path, {"address": "华一路1号"}).status_code == 200
    assert api(jiedao).post(f"{path}submit/").status_code == 200
    fact = api(shiju).post(f"{path}approve/").json()
    assert (fact["status"], fact["reviewed_by"]) == ("approved", str(shiju))
    assert api(shiju).post(f"{path}reopen/", {"reason": "重复"}).json()["status"] == "returned"
    assert api(shiju).post(f"{path}void/", {"reason": "重复"}).json()["status"] == "void"
    told = ReviewEvent.objects.order_by("pk").values_list("action", "by__username", "reason")
    assert list(told) == [
        ("submit", "jiedao", ""),
        ("return", "shiju", "请补充地址"),
        ("submit", "jiedao", ""),
        ("approve", "shiju", ""),
        ("reopen", "shiju", "重复"),
        ("void", "shiju", "重复"),
    ]


def test_what_blocks_a_submission_is_told_by_field(api: ApiOf, make: Make, jiedao: User) -> None:
    scene = make(Scene, name="", type="")
    answer = api(jiedao).post(f"scenes/{scene.pk}/submit/")
    assert (answer.status_code, answer.json()["code"]) == (422, "rules")
    assert codes(answer) == [("name", "required"), ("type", "required")]


def test_a_warning_asks_for_a_word(api: ApiOf, make: Make, jiedao: User) -> None:
    path = f"funds/{make(Fund, host_has_public_fundraising=False).pk}/submit/"
    answer = api(jiedao).post(path)
    assert (answer.status_code, answer.json()["code"]) == (422, "unexplained")
    assert {each["is_warning"] for each in answer.json()["problems"]} == {True}
    assert api(jiedao).post(path, {"reason": "正在申请资格"}).status_code == 200
    assert ReviewEvent.objects.get().reason == "正在申请资格"


@pytest.mark.parametrize("act", ["return", "reopen", "void"])
@pytest.mark.parametrize("reason", ["", "   ", None])
def test_who_is_overruled_is_told_why(
    api: ApiOf, make: Make, quji: User, shiju: User, act: str, reason: str | None
) -> None:
    scene = make(Scene)
    submit(scene, by=quji, reason="测试")
    sent = {} if reason is None else {"reason": reason}
    answer = api(shiju).post(f"scenes/{scene.pk}/{act}/", sent)
    assert answer.status_code == (400 if reason is None else 422)
    scene.refresh_from_db()
    assert scene.status == Status.PENDING


def test_a_transition_of_another_state_than_was_read_is_refused(
    api: ApiOf, make: Make, quji: User, shiju: User
) -> None:
    scene = make(Scene)
    read = api(shiju).get(f"scenes/{scene.pk}/")["ETag"]
    submit(scene, by=quji, reason="测试")
    answer = api(shiju).post(f"scenes/{scene.pk}/approve/", **{"If-Match": read})
    assert answer.status_code == 412
    seen = api(shiju).get(f"scenes/{scene.pk}/")["ETag"]
    assert api(shiju).post(f"scenes/{scene.pk}/approve/", **{"If-Match": seen}).status_code == 200


@pytest.mark.parametrize("act", ["submit", "approve", "return", "reopen"])
def test_a_record_in_another_state_is_a_conflict(
    api: ApiOf, approved: Make, make: Make, jiedao: User, shiju: User, act: str
) -> None:
    record = make(Scene) if act in ("approve", "return", "reopen") else approved(Scene)
    user = jiedao if act == "submit" else shiju
    answer = api(user).post(
        f"scenes/{record.pk}/{act}/", {} if act in ("submit", "approve") else {"reason": "试"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "state")


def test_many_records_move_together(api: ApiOf, make: Make, jiedao: User, shiju: User) -> None:
    ids = [make(Scene).pk for _ in range(5)]
    answer = api(jiedao).post("scenes/transitions/", {"action": "submit", "ids": ids})
    assert answer.json() == {"count": 5}
    assert api(shiju).post("scenes/transitions/", {"action": "approve", "ids": ids}).json() == {
        "count": 5
    }
    assert Scene.objects.approved().count() == 5
    assert ReviewEvent.objects.count() == 10


def test_one_record_that_cannot_move_holds_all_and_is_named(
    api: ApiOf, make: Make, approved: Make, jiedao: User
) -> None:
    ids = [make(Scene).pk, approved(Scene).pk, make(Scene).pk]
    answer = api(jiedao).post("scenes/transitions/", {"action": "submit", "ids": ids})
    assert answer.status_code == 409
    assert [(each["index"], each["code"]) for each in answer.json()["problems"]] == [(1, "state")]
    assert Scene.objects.pending().count() == 0


def test_one_record_out_of_scope_is_as_unknown_as_none(
    api: ApiOf, make: Make, shiju: User, quji: User
) -> None:
    here, foreign = make(Scene), make(Scene, area_id=NEIGHBOUR + "001001")
    submit(here, by=quji, reason="试")
    for other in (foreign.pk, 999_999):
        answer = api(shiju).post(
            "scenes/transitions/", {"action": "approve", "ids": [here.pk, other]}
        )
        assert answer.status_code == 404
        assert [(each["index"], each["code"]) for each in answer.json()["problems"]] == [
            (1, "not_found")
        ]
    assert Scene.objects.pending().count() == 1


def test_problems_of_many_are_told_by_index(api: ApiOf, make: Make, jiedao: User) -> None:
    ids = [make(Scene).pk, make(Scene, name="").pk, make(Scene, area_id=HUAYIPO).pk]
    answer = api(jiedao).post("scenes/transitions/", {"action": "submit", "ids": ids})
    assert answer.status_code == 422
    assert [(each["index"], each["field"]) for each in answer.json()["problems"]] == [(1, "name")]
    assert Scene.objects.pending().count() == 0


def test_a_record_named_twice_moves_once(api: ApiOf, make: Make, jiedao: User) -> None:
    pk = make(Scene).pk
    answer = api(jiedao).post("scenes/transitions/", {"action": "submit", "ids": [pk, pk]})
    assert answer.json() == {"count": 1}
    assert ReviewEvent.objects.count() == 1


def test_many_records_are_moved_as_they_were_read_or_not_at_all(
    api: ApiOf, make: Make, jiedao: User, shiju: User
) -> None:
    scenes = [make(Scene) for _ in range(3)]
    for scene in scenes:
        submit(scene, by=jiedao, reason="测试")
    ids = [scene.pk for scene in scenes]
    versions = [api(shiju).get(f"scenes/{pk}/")["ETag"] for pk in ids]
    api(shiju).post(f"scenes/{ids[1]}/return/", {"reason": "地址不全"})
    api(jiedao).patch(f"scenes/{ids[1]}/", {"address": "华一路1号"})
    api(jiedao).post(f"scenes/{ids[1]}/submit/")
    sent: dict[str, object] = {"action": "approve", "ids": ids, "versions": versions}
    answer = api(shiju).post("scenes/transitions/", sent)
    assert (answer.status_code, answer.json()["code"]) == (412, "changed")
    assert [each["index"] for each in answer.json()["problems"]] == [1]
    assert not Scene.objects.approved().exists()
    sent["versions"] = [versions[0], api(shiju).get(f"scenes/{ids[1]}/")["ETag"], versions[2]]
    assert api(shiju).post("scenes/transitions/", sent).json() == {"count": 3}


@pytest.mark.parametrize("versions", [[], ["x"], ['"0"', 3], "ab", ['"' + "0" * 32 + '"'] * 2])
def test_versions_come_one_for_each_record(
    api: ApiOf, make: Make, jiedao: User, versions: object
) -> None:
    sent = {"action": "void", "ids": [make(Scene).pk], "reason": "重复", "versions": versions}
    assert api(jiedao).post("scenes/transitions/", sent).status_code == 400
