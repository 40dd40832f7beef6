"""A change names the version it is based on; only drafts and returned records can be changed."""

from __future__ import annotations

import threading

import pytest
from django.db import connections
from django.test import Client

from accounts.models import User
from funds.models import Fund
from reviews.models import Status
from reviews.privacy import masked
from reviews.services import reopen, return_, submit, void
from scenes.models import Activity, Scene
from tests.api.clients import ApiOf, codes
from tests.conftest import HUAYIPO, MINSHENGLU, QIXINGGANG
from tests.types import Make


def test_only_the_fields_that_are_named_are_changed(api: ApiOf, make: Make, jiedao: User) -> None:
    scene = make(Scene, operator="原主体", has_staff=True)
    answer = api(jiedao).patch(f"scenes/{scene.pk}/", {"name": "新名"})
    assert (answer.status_code, answer.json()["name"]) == (200, "新名")
    scene.refresh_from_db()
    assert (scene.name, scene.operator, scene.has_staff) == ("新名", "原主体", True)
    assert scene.history.latest().history_user == jiedao


def test_a_change_that_names_no_state_is_refused(api: ApiOf, make: Make, jiedao: User) -> None:
    scene = make(Scene)
    answer = api(jiedao).patch(f"scenes/{scene.pk}/", {"name": "新名"}, **{"If-Match": ""})
    assert (answer.status_code, answer.json()["code"]) == (428, "if_match")


def test_a_change_of_another_state_is_refused(
    api: ApiOf, make: Make, jiedao: User, quji: User
) -> None:
    scene = make(Scene)
    first = api(jiedao).get(f"scenes/{scene.pk}/")["ETag"]
    assert api(quji).patch(f"scenes/{scene.pk}/", {"note": "先改"}).status_code == 200
    answer = api(jiedao).patch(f"scenes/{scene.pk}/", {"note": "后改"}, **{"If-Match": first})
    assert (answer.status_code, answer.json()["code"]) == (412, "changed")
    scene.refresh_from_db()
    assert scene.note == "先改"


def test_rows_are_part_of_the_state(api: ApiOf, make: Make, quji: User) -> None:
    activity = make(Activity, reached=[HUAYIPO])
    path = f"activities/{activity.pk}/"
    before = api(quji).get(path)["ETag"]
    answer = api(quji).patch(path, {"communities": [HUAYIPO, MINSHENGLU]})
    assert answer.json()["communities"] == [HUAYIPO, MINSHENGLU]
    assert answer["ETag"] != before
    assert api(quji).patch(path, {"communities": []}).json()["communities"] == []
    assert api(quji).patch(path, {"note": "无关"}).json()["communities"] == []


@pytest.mark.parametrize("tag", ["abc", '"abc"', 'W/"' + "0" * 32 + '"', "**"])
def test_what_is_no_tag_is_refused(api: ApiOf, make: Make, jiedao: User, tag: str) -> None:
    scene = make(Scene)
    answer = api(jiedao).patch(f"scenes/{scene.pk}/", {}, **{"If-Match": tag})
    assert (answer.status_code, codes(answer)) == (400, [("If-Match", "invalid")])


def test_what_is_submitted_or_approved_is_not_changed(
    api: ApiOf, make: Make, approved: Make, jiedao: User, quji: User, shiju: User
) -> None:
    pending, fact, gone, back, again = (make(Scene) for _ in range(5))
    for record in (pending, back, fact, again):
        submit(record, by=quji, reason="测试")
    return_(back, by=shiju, reason="补充")
    void(gone, by=quji, reason="重复")
    facts = approved(Scene)
    reopened = approved(Scene)
    reopen(reopened, by=shiju, reason="有误")
    found = {
        record.pk: api(jiedao).patch(f"scenes/{record.pk}/", {"note": "改"}).status_code
        for record in (pending, gone, facts, back, reopened)
    }
    assert list(found.values()) == [409, 409, 409, 200, 200]
    assert Scene.objects.filter(note="改", status=Status.RETURNED).count() == 2


def test_a_record_is_not_moved_out_of_scope(api: ApiOf, make: Make, jiedao: User) -> None:
    scene = make(Scene)
    answer = api(jiedao).patch(f"scenes/{scene.pk}/", {"area": MINSHENGLU})
    assert (answer.status_code, codes(answer)) == (422, [("area", "does_not_exist")])
    moved = api(jiedao).patch(f"scenes/{scene.pk}/", {"area": QIXINGGANG})
    assert moved.json()["area"] == QIXINGGANG


def test_members_that_stay_keep_their_rows(api: ApiOf, make: Make, jiedao: User) -> None:
    fund = make(Fund)
    kept = fund.members.create(name="王某", kind="street")
    fund.members.create(name="走的", kind="donor")
    members = [
        {"name": "王某", "kind": "street", "duty": ""},
        {"name": "来的", "kind": "host", "duty": "委员"},
    ]
    answer = api(jiedao).patch(f"funds/{fund.pk}/", {"members": members})
    shown = [row | {"name": masked(str(row["name"]))} for row in members]
    assert answer.json()["members"] == shown
    assert fund.members.get(name="王某").pk == kept.pk
    assert not fund.members.filter(name="走的").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_of_one_state_one_is_stored(make: Make, jiedao: User) -> None:
    scene = make(Scene)
    path = f"/api/v1/scenes/{scene.pk}/"
    client = Client()
    client.force_login(jiedao)
    headers = {"If-Match": client.get(path)["ETag"]}
    barrier, answers = threading.Barrier(3), []

    def change(note: str) -> None:
        mine = Client()
        mine.cookies = client.cookies
        barrier.wait()
        sent = {"note": note}
        answers.append(
            mine.patch(path, sent, content_type="application/json", headers=headers).status_code
        )
        connections.close_all()

    threads = [threading.Thread(target=change, args=(f"第{number}人",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 412, 412]
    assert scene.history.count() == 2
