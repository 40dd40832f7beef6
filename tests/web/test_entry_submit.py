"""保存并提交: either the record is submitted or all problems are shown (warnings: see
`test_entry_warnings`).
"""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from funds.models import Fund
from orgs.models import Training
from reviews.models import ReviewEvent, Status
from tests.conftest import HUAYIPO, MINSHENGLU
from tests.types import Make, Visit
from tests.web.forms import filled_in, messages_of
from tests.web.test_entry_drafts import add_page, change_page, errors_of, send

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

SOUND = {"name": "骨干培训", "held_on": "2026-03-01", "person_times": 9, "_submit": ""}


@pytest.fixture
def clerk(visit: Visit, jiedao: User) -> Client:
    return visit(jiedao)


def test_a_record_in_order_is_saved_and_submitted_in_one_go(clerk: Client, jiedao: User) -> None:
    page = send(clerk, add_page(Training), **SOUND)
    training = Training.objects.get()
    assert (training.status, training.submitted_by) == (Status.PENDING, jiedao)
    assert training.created_by == jiedao
    assert messages_of(page) == ["“骨干培训”已保存并提交，等待审核"]
    assert page.redirect_chain[-1][0] == reverse("admin:orgs_training_changelist")
    event = ReviewEvent.objects.get()
    assert (event.action, event.by, event.object_id) == ("submit", jiedao, training.pk)


def test_all_that_blocks_is_shown_at_once_beside_the_fields_and_nothing_is_saved(
    clerk: Client,
) -> None:
    answer = send(
        clerk,
        add_page(Fund),
        area=HUAYIPO,
        level="street",
        established_on="2099-01-01",
        host_credit_code="123",
        _submit="",
    )
    errors = errors_of(answer)
    assert set(errors) == {"name", "level", "host_name", "established_on", "host_credit_code"}
    assert all(len(messages) == 1 for messages in errors.values())
    assert not Fund.objects.exists()
    assert not ReviewEvent.objects.exists()


def test_a_blocked_draft_keeps_what_was_saved_before(clerk: Client, make: Make) -> None:
    training = make(Training, name="骨干培训")
    answer = send(clerk, change_page(training), name="", _submit="")
    assert errors_of(answer) == {"name": ["“培训名称”不能为空"]}
    training.refresh_from_db()
    assert (training.name, training.status) == ("骨干培训", Status.DRAFT)


def test_an_empty_day_is_said_once(clerk: Client) -> None:
    answer = send(clerk, add_page(Training), **(SOUND | {"held_on": ""}))
    assert errors_of(answer) == {"held_on": ["请填写“培训日期”"]}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"held_on": "上周"}, "“培训日期”应为日期，如 2026-03-01"),
        ({"person_times": "四十人"}, "“参训人次”应为整数，如 80，不写单位和逗号"),
        ({"person_times": "-1"}, "“参训人次”不应小于0"),
        ({"kind": "party"}, "所选的“培训类别”不存在，或不在您的辖区，请重新选择"),
        ({"organiser": "甲" * 101}, "“主办单位”过长，不应超过100字（现为101字）"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_field_and_what_would_be_right(
    clerk: Client, given: dict[str, str], told: str
) -> None:
    (name,) = given
    assert errors_of(send(clerk, add_page(Training), **(SOUND | given))) == {name: [told]}


def test_a_returned_record_is_mended_and_submitted_in_one_go(clerk: Client, make: Make) -> None:
    training = make(Training, status=Status.RETURNED)
    send(clerk, change_page(training), person_times=12, _submit="")
    training.refresh_from_db()
    assert (training.person_times, training.status) == (12, Status.PENDING)


def test_a_foreign_place_is_neither_saved_nor_submitted(clerk: Client) -> None:
    answer = send(clerk, add_page(Training), **(SOUND | {"area": MINSHENGLU}))
    assert set(errors_of(answer)) == {"area"}
    assert not Training.objects.exists()


@pytest.mark.parametrize("user", ["jiedao2", "shiju", "shengting", "jiangbei", "guanli", "shenji"])
def test_nobody_else_submits_through_the_form(
    make: Make, visit: Visit, clerk: Client, request: pytest.FixtureRequest, user: str
) -> None:
    training = make(Training)
    sent = filled_in(clerk.get(change_page(training)), _submit="")
    answer = visit(request.getfixturevalue(user)).post(change_page(training), sent)
    assert answer.status_code in (403, 404)
    training.refresh_from_db()
    assert training.status == Status.DRAFT


def test_the_enter_key_saves_a_draft_and_submits_nothing(clerk: Client) -> None:
    page = clerk.get(add_page(Training)).content.decode()
    buttons = re.findall(r'<button type="submit" form="training_form" name="(\w+)"', page)
    assert buttons[0] == "_save"
    assert "_submit" in buttons


def test_who_only_reads_is_offered_no_button(visit: Visit, shiju: User, make: Make) -> None:
    page = visit(shiju).get(change_page(make(Training))).content.decode()
    assert "保存并提交" not in page
    assert "保存草稿" not in page


def test_the_accounts_page_keeps_its_own_buttons(visit: Visit, anquan: User) -> None:
    page = visit(anquan).get("/admin/accounts/user/add/").content.decode()
    assert 'name="_save"' in page
    assert "保存并提交" not in page
