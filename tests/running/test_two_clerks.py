"""Two clerks save the same name at the same time: one record is stored, and the other form says
why.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.models import User
from funds.models import Fund
from ledgers import service
from orgs.models import CommunityOrg
from reviews.models import Attachment, ImportBatch, ImportJob, JobState, ReviewEvent
from reviews.pages.record_admin import RecordAdmin
from scenes.models import Scene
from tests.conftest import HUAYIPO, MINSHENGLU
from tests.ledger.workbooks import one_sheet, org
from tests.reviews.test_attachments import files_under, upload
from tests.types import Make
from tests.web.forms import filled_in
from tests.web.test_entry_drafts import add_page, change_page, errors_of

pytestmark = pytest.mark.django_db(transaction=True)
SCENE = {"area": HUAYIPO, "name": "慈善墙", "type": "wall", "opened_on": "2026-03-01"}
SAID = {"name": ["同一地区系统中已有同名慈善服务场景“慈善墙”，请勿重复填报"]}


@pytest.fixture
def clerks(jiedao: User, quji: User) -> list[Client]:
    """The clients of the street's clerk and the district's clerk."""
    found = [Client(), Client()]
    for client, user in zip(found, (jiedao, quji), strict=True):
        client.force_login(user)
    return found


@pytest.fixture
def saved_together() -> Iterator[None]:
    """Both forms are validated before either is saved (on SQLite only one can be)."""
    if connection.vendor != "postgresql":
        yield
        return
    barrier, arrived = threading.Barrier(2, timeout=30), set[int]()
    save = RecordAdmin.save_model

    def wait_and_save(self: Any, *arguments: Any) -> None:
        if threading.get_ident() not in arrived:
            arrived.add(threading.get_ident())
            barrier.wait()
        save(self, *arguments)

    with mock.patch.object(RecordAdmin, "save_model", wait_and_save):
        yield
    assert len(arrived) == 2


def _at_once(*works: Callable[[], Any]) -> list[Any]:
    """Return the results of works that run at the same time, each on its own connection."""
    answers: dict[int, Any] = {}

    def run(number: int, work: Callable[[], object]) -> None:
        try:
            answers[number] = work()
        except BaseException as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [answers[number] for number in range(len(works))]


def _both_send(clerks: list[Client], *forms: tuple[str, dict[str, Any]]) -> tuple[Any, Any]:
    """Return the answer to the form that was first, and the answer to the other."""

    pairs = zip(clerks, forms, strict=True)
    answers = _at_once(*(partial(client.post, *form) for client, form in pairs))
    first, second = sorted(answers, key=lambda answer: answer.status_code, reverse=True)
    assert (first.status_code, second.status_code) == (302, 200)
    return first, second


@pytest.mark.usefixtures("saved_together")
@pytest.mark.parametrize("button", ["_save", "_submit"])
def test_the_second_form_comes_back_with_the_word_beside_the_field(
    clerks: list[Client], button: str
) -> None:
    page = add_page(Scene)
    sent = [
        (page, filled_in(client.get(page), **SCENE, address=f"巷{n}", **{button: ""}))
        for n, client in enumerate(clerks)
    ]
    _, second = _both_send(clerks, *sent)
    scene = Scene.objects.get()
    assert errors_of(second) == SAID
    # What the other clerk typed is still there.
    typed = {"巷0", "巷1"} - {scene.address}
    assert {second.context["adminform"].form["address"].value()} == typed
    assert (scene.history.count(), ReviewEvent.objects.count()) == (1, int(button == "_submit"))


@pytest.mark.usefixtures("saved_together")
def test_a_change_to_a_name_that_somebody_takes_meanwhile(clerks: list[Client], make: Make) -> None:
    scenes = [make(Scene, name=name) for name in ("甲墙", "乙墙")]
    sent = [
        (change_page(scene), filled_in(client.get(change_page(scene)), name="慈善墙"))
        for client, scene in zip(clerks, scenes, strict=True)
    ]
    _, second = _both_send(clerks, *sent)
    assert errors_of(second) == SAID
    names = set(Scene.objects.values_list("name", flat=True))
    assert "慈善墙" in names
    assert len(names & {"甲墙", "乙墙"}) == 1


@pytest.mark.usefixtures("saved_together")
def test_rows_and_files_of_the_refused_form_leave_nothing(
    clerks: list[Client], tmp_path: Path
) -> None:
    page, prefix = add_page(Fund), "reviews-attachment-content_type-object_id"
    fund = {
        "area": HUAYIPO,
        "name": "重庆市渝中区慈善会华一坡社区邻里基金",
        "level": "community",
        "host_name": "重庆市渝中区慈善会",
        "established_on": "2026-03-01",
        "members-TOTAL_FORMS": 1,
        "members-0-name": "李强",
        "members-0-kind": "donor",
        f"{prefix}-TOTAL_FORMS": 1,
    }
    sent = [
        (page, filled_in(client.get(page), **fund, **{f"{prefix}-0-file": upload()}))
        for client in clerks
    ]
    _, second = _both_send(clerks, *sent)
    assert set(errors_of(second)) == {"name"}
    assert "请改正后重新选择文件" in second.content.decode()
    group = second.context["inline_admin_formsets"][0].formset
    assert [form["name"].value() for form in group.forms] == ["李强"]
    assert Fund.objects.get().members.count() == 1
    assert Attachment.objects.count() == len(files_under(tmp_path)) == 1


@pytest.mark.usefixtures("saved_together")
def test_the_same_name_in_two_places_is_no_collision(clerks: list[Client]) -> None:
    page, (_, client) = add_page(Scene), clerks
    forms = [
        filled_in(client.get(page), **(SCENE | {"area": area})) for area in (HUAYIPO, MINSHENGLU)
    ]
    answers = _at_once(*(partial(client.post, page, form) for form in forms))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Scene.objects.count() == 2


def test_an_import_that_meets_a_form_asks_to_be_looked_at_again(jiedao: User, make: Make) -> None:
    """A form stores the name after the import has checked and before it writes."""
    cache.clear()
    browser = Client()
    browser.force_login(jiedao)
    file = SimpleUploadedFile("台账.xlsx", one_sheet(org(1), org(2)))
    browser.post("/imports/", {"kind": "orgs", "file": file})
    job = ImportJob.objects.get()
    store = service._store

    def after_a_form(*arguments: Any) -> Any:
        enter = partial(make, CommunityOrg, name=org(2)["组织名称"])
        if connection.vendor == "postgresql":
            _at_once(enter)
        else:  # where nobody else can write now: as if they had
            enter()
        return store(*arguments)

    with mock.patch.object(service, "_store", after_a_form):
        page = browser.post(f"/imports/{job.pk}/commit/", follow=True)
    job.refresh_from_db()
    assert (page.status_code, job.state) == (200, JobState.CHECKED)
    assert "核对之后数据有变化，没有写入" in page.content.decode()
    assert not ImportBatch.objects.exists()
    assert not CommunityOrg.objects.filter(name=org(1)["组织名称"]).exists()
    counts = {name: number for _, number, name in page.context["counts"]}
    is_stored = int(connection.vendor == "postgresql")
    assert (counts["new"], counts["changed"]) == (2 - is_stored, is_stored)
