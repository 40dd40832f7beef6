"""A request sent twice with one key is processed once and answered twice."""

from __future__ import annotations

import datetime
import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.api.models import Replay
from accounts.models import User
from api.writing.replaying import clear_replays
from reviews.models import ReviewEvent
from scenes.models import Scene
from tests.api.clients import ApiOf
from tests.conftest import HUAYIPO, JIEFANGBEI

SCENE = {"area": HUAYIPO, "name": "慈善墙", "type": "wall", "opened_on": "2026-03-01"}
KEY = {"Idempotency-Key": "20260301-0001"}


def test_the_same_request_is_done_once(api: ApiOf, jiedao: User) -> None:
    first = api(jiedao).post("scenes/", SCENE, **KEY)
    again = api(jiedao).post("scenes/", dict(reversed(SCENE.items())), **KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert (again["Location"], again["ETag"]) == (first["Location"], first["ETag"])
    assert (again["Idempotency-Replayed"], "Idempotency-Replayed" in first) == ("true", False)
    assert Scene.objects.count() == 1


def test_bulk_too_with_its_submission(api: ApiOf, jiedao: User) -> None:
    sent = {"records": [SCENE], "submit": True}
    first = api(jiedao).post("scenes/bulk/", sent, **KEY)
    assert api(jiedao).post("scenes/bulk/", sent, **KEY).json() == first.json()
    assert (Scene.objects.count(), ReviewEvent.objects.count()) == (1, 1)


def test_a_key_is_for_one_request(api: ApiOf, jiedao: User) -> None:
    api(jiedao).post("scenes/", SCENE, **KEY)
    answer = api(jiedao).post("scenes/", SCENE | {"name": "另一面墙"}, **KEY)
    assert (answer.status_code, answer.json()["code"]) == (422, "key_used")
    assert Scene.objects.count() == 1


def test_a_refused_request_leaves_its_key_unused(api: ApiOf, jiedao: User) -> None:
    assert api(jiedao).post("scenes/", SCENE | {"area": "500105"}, **KEY).status_code == 422
    assert not Replay.objects.exists()
    assert api(jiedao).post("scenes/", SCENE, **KEY).status_code == 201


def test_keys_are_each_callers_own(api: ApiOf, jiedao: User, quji: User) -> None:
    assert api(jiedao).post("scenes/", SCENE, **KEY).status_code == 201
    assert api(quji).post("scenes/", SCENE | {"name": "区级的墙"}, **KEY).status_code == 201
    assert Scene.objects.count() == 2


@pytest.mark.parametrize("key", ["", " ", "a b", "长", "x" * 101])
def test_a_key_is_short_and_plain(api: ApiOf, jiedao: User, key: str) -> None:
    headers = {"Idempotency-Key": key}
    assert api(jiedao).post("scenes/", SCENE, **headers).status_code == 400
    assert not Scene.objects.exists()


def test_answers_are_forgotten_after_a_week(api: ApiOf, jiedao: User) -> None:
    api(jiedao).post("scenes/", SCENE, **KEY)
    assert clear_replays() == 0
    Replay.objects.update(created_at=timezone.now() - datetime.timedelta(days=8))
    assert clear_replays() == 1


def test_an_account_that_was_moved_is_told_nothing_of_where_it_was(
    api: ApiOf, jiedao: User
) -> None:
    api(jiedao).post("scenes/", SCENE, **KEY)
    User.objects.filter(pk=jiedao.pk).update(area=JIEFANGBEI)
    answer = api(User.objects.get(pk=jiedao.pk)).post("scenes/", SCENE, **KEY)
    assert (answer.status_code, answer.json()["code"]) == (422, "key_used")


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_store_one(jiedao: User) -> None:
    answers: list[Any] = []
    barrier = threading.Barrier(4)

    def call() -> None:
        client = Client()
        client.force_login(User.objects.get(username="jiedao"))
        barrier.wait()
        answers.append(
            client.post("/api/v1/scenes/", SCENE, content_type="application/json", headers=KEY)
        )
        connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.content for answer in answers}) == 1
    assert Scene.objects.count() == 1
