"""Transitions through the pages: confirmed once, with a reason if required, and reported."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from reviews.models import ReviewEvent, Status, version_of_set
from reviews.services import approve, submit
from scenes.models import Scene
from tests.conftest import MINSHENGLU
from tests.types import Make, Response, Visit
from tests.web.forms import buttons_of, hidden_fields, messages_of, options_of

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

LIST = "/admin/scenes/scene/"
FROM = {
    "approve": (Status.PENDING, Status.APPROVED, "通过"),
    "return": (Status.PENDING, Status.RETURNED, "退回"),
    "reopen": (Status.APPROVED, Status.RETURNED, "撤回通过"),
    "void": (Status.APPROVED, Status.VOID, "作废"),
}


@pytest.fixture
def stored(make: Make, quji: User, shiju: User) -> Callable[..., list[Scene]]:
    """`stored(Status.PENDING, 3)`: three scenes in that state."""

    def scenes(status: Status, count: int = 1, **values: object) -> list[Scene]:
        found = [make(Scene, **values) for _ in range(count)]
        for scene in found:
            if status != Status.DRAFT:
                submit(scene, by=quji, reason="测试")
            if status == Status.APPROVED:
                approve(scene, by=shiju)
        return found

    return scenes


def _choose(client: Client, action: str, scenes: list[Scene], **more: object) -> Response:
    chosen = {"action": f"{action}_selected", "_selected_action": [each.pk for each in scenes]}
    return client.post(LIST, chosen | more)


def _confirm(client: Client, page: Response, reason: str = "") -> Response:
    return client.post(LIST, hidden_fields(page) | {"reason": reason}, follow=True)


def _version(scenes: list[Scene]) -> str:
    return version_of_set(Scene.objects.filter(pk__in=[each.pk for each in scenes]))


def _states(scenes: list[Scene]) -> set[str]:
    pks = [each.pk for each in scenes]
    return set(Scene.objects.filter(pk__in=pks).values_list("status", flat=True))


@pytest.mark.parametrize("action", list(FROM))
def test_a_bulk_action_asks_then_moves_and_says_how_many(
    visit: Visit, shiju: User, stored: Callable[..., list[Scene]], action: str
) -> None:
    before, after, label = FROM[action]
    scenes = stored(before, 3)
    client = visit(shiju)
    page = _choose(client, action, scenes)
    assert f"将{label} <strong>3</strong> 条慈善服务场景" in page.content.decode()
    assert _states(scenes) == {before}
    done = _confirm(client, page, reason="核对无误")
    assert messages_of(done) == [f"{label}：3 条"]
    assert _states(scenes) == {after}
    event = ReviewEvent.objects.filter(object_id=scenes[0].pk).latest("pk")
    assert (event.by, event.reason) == (shiju, "核对无误")


@pytest.mark.parametrize("action", ["return", "reopen", "void"])
def test_who_overrules_owes_a_reason(
    visit: Visit, shiju: User, stored: Callable[..., list[Scene]], action: str
) -> None:
    before, _, label = FROM[action]
    scenes = stored(before, 2)
    client = visit(shiju)
    page = _choose(client, action, scenes)
    assert "理由（必填）" in page.content.decode()
    again = _confirm(client, page, reason="  ")
    assert messages_of(again) == [f"“{label}”须填写理由"]
    assert _states(scenes) == {before}


def test_what_cannot_move_stays_and_is_counted_apart(
    visit: Visit, shiju: User, stored: Callable[..., list[Scene]]
) -> None:
    pending, draft = stored(Status.PENDING, 2), stored(Status.DRAFT)
    client = visit(shiju)
    page = _choose(client, "approve", pending + draft)
    text = page.content.decode()
    assert "<strong>2</strong>" in text
    assert "另有 1 条" in text
    assert messages_of(_confirm(client, page)) == ["通过：2 条"]
    assert _states(draft) == {Status.DRAFT}


def test_choosing_all_rows_of_all_pages_moves_all_that_were_announced(
    visit: Visit, shiju: User, stored: Callable[..., list[Scene]]
) -> None:
    scenes = stored(Status.PENDING, 52)
    client = visit(shiju)
    first_page = scenes[:50]
    page = _choose(client, "approve", first_page, select_across="1")
    assert "<strong>52</strong>" in page.content.decode()
    assert messages_of(_confirm(client, page)) == ["通过：52 条"]
    assert _states(scenes) == {Status.APPROVED}


def test_a_clerk_submits_in_bulk_and_reads_what_is_in_the_way(
    visit: Visit, jiedao: User, stored: Callable[..., list[Scene]]
) -> None:
    good, bad = stored(Status.DRAFT), stored(Status.DRAFT, name="慈善点", type="other")
    client = visit(jiedao)
    refused = _confirm(client, _choose(client, "submit", good + bad))
    assert "慈善点：" in messages_of(refused)[0]
    assert _states(good + bad) == {Status.DRAFT}
    done = _confirm(client, _choose(client, "submit", good))
    assert messages_of(done) == ["提交：1 条"]


@pytest.mark.parametrize("action", ["approve", "return", "reopen", "void"])
@pytest.mark.parametrize("user", ["jiangbei", "jiedao2"])
def test_foreign_records_cannot_be_moved_in_bulk(
    visit: Visit,
    request: pytest.FixtureRequest,
    stored: Callable[..., list[Scene]],
    action: str,
    user: str,
) -> None:
    before = FROM[action][0]
    scenes = stored(before, 2)
    client = visit(request.getfixturevalue(user))
    chosen = {
        "action": f"{action}_selected",
        "_selected_action": [each.pk for each in scenes],
        "confirmed": "1",
        "seen": _version(scenes),
        "reason": "越权",
    }
    client.post(LIST, chosen)
    client.post(LIST, chosen | {"select_across": "1"})
    assert _states(scenes) == {before}


def test_a_clerk_cannot_move_a_foreign_draft_among_own_ones(
    visit: Visit, jiedao: User, stored: Callable[..., list[Scene]]
) -> None:
    own, foreign = stored(Status.DRAFT), stored(Status.DRAFT, area_id=MINSHENGLU)
    client = visit(jiedao)
    page = _choose(client, "submit", own + foreign)
    assert foreign[0].name not in page.content.decode()
    _confirm(client, page)
    assert _states(own) == {Status.PENDING}
    assert _states(foreign) == {Status.DRAFT}


@pytest.mark.parametrize("action", ["submit_one", "approve_one", "return_one", "void_one"])
@pytest.mark.parametrize("user", ["jiangbei", "jiedao2", "shengting", "guanli", "shenji"])
def test_a_record_is_moved_from_its_page_only_by_its_own(
    visit: Visit,
    request: pytest.FixtureRequest,
    stored: Callable[..., list[Scene]],
    action: str,
    user: str,
) -> None:
    status = Status.DRAFT if action == "submit_one" else Status.PENDING
    scenes = stored(status)
    client = visit(request.getfixturevalue(user))
    url = reverse(f"admin:scenes_scene_{action}", args=[scenes[0].pk])
    sent = {"confirmed": "1", "seen": _version(scenes), "reason": "越权"}
    answer = client.post(url, sent)
    assert answer.status_code in (403, 404)
    assert _states(scenes) == {status}


def test_from_the_records_page_the_reviewer_approves(
    visit: Visit, shiju: User, stored: Callable[..., list[Scene]]
) -> None:
    scenes = stored(Status.PENDING)
    client = visit(shiju)
    url = reverse("admin:scenes_scene_approve_one", args=[scenes[0].pk])
    page = client.get(url)
    assert "将通过 <strong>1</strong> 条" in page.content.decode()
    done = client.post(url, hidden_fields(page), follow=True)
    assert messages_of(done) == ["通过：1 条"]
    assert _states(scenes) == {Status.APPROVED}


OFFERED = {
    "jiedao": ["submit_selected", "void_selected"],
    "quji": ["submit_selected", "void_selected"],
    "shiju": ["approve_selected", "return_selected", "reopen_selected", "void_selected"],
    "shengting": [],
}


@pytest.mark.parametrize("user", list(OFFERED))
def test_a_list_offers_what_the_role_may_do(
    visit: Visit, request: pytest.FixtureRequest, stored: Callable[..., list[Scene]], user: str
) -> None:
    stored(Status.PENDING)
    assert options_of(visit(request.getfixturevalue(user)).get(LIST)) == OFFERED[user]


BUTTONS = {
    ("jiedao", Status.DRAFT): ["提交", "作废"],
    ("jiedao", Status.PENDING): [],
    ("jiedao", Status.APPROVED): [],
    ("shiju", Status.DRAFT): ["作废"],
    ("shiju", Status.PENDING): ["通过", "退回", "作废"],
    ("shiju", Status.APPROVED): ["撤回通过", "作废"],
    ("shengting", Status.PENDING): [],
}


@pytest.mark.parametrize(("user", "status"), list(BUTTONS))
def test_a_record_offers_what_the_role_may_do_now(
    visit: Visit,
    request: pytest.FixtureRequest,
    stored: Callable[..., list[Scene]],
    user: str,
    status: Status,
) -> None:
    scene = stored(status)[0]
    url = reverse("admin:scenes_scene_change", args=[scene.pk])
    assert buttons_of(visit(request.getfixturevalue(user)).get(url)) == BUTTONS[user, status]


@pytest.mark.parametrize("user", ["shiju", "shengting"])
def test_who_does_not_enter_records_never_sees_an_add_link(
    visit: Visit, request: pytest.FixtureRequest, stored: Callable[..., list[Scene]], user: str
) -> None:
    scene = stored(Status.PENDING)[0]
    client = visit(request.getfixturevalue(user))
    urls = ["/admin/", "/admin/scenes/", LIST, f"{LIST}{scene.pk}/change/"]
    for url in urls:
        assert "/add/" not in client.get(url).content.decode(), url
