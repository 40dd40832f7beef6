"""Personal data are kept by kind for some years: nothing goes unannounced, or while nobody set the years."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.acts import Act
from audit.chain.verifying import verify_chain
from audit.models import AuditEvent
from ledgers.registry import KINDS
from ledgers.service import check_ledger
from ledgers.tasks import erase_persons
from orgs.models import Talent
from reviews.models import PersonalNotice
from reviews.privacy import is_erased
from reviews.trail.erasure.replacing import replace_texts
from reviews.trail.erasure.swaps import Swaps
from reviews.trail.erasure.texts import personal_texts
from reviews.trail.keeping import NotKept, keep_longer, setting_faults
from tests.conftest import HUAYIPO
from tests.ledger.workbooks import one_sheet
from tests.types import Make

TODAY = timezone.localdate()
LONG_AGO = timezone.now() - datetime.timedelta(days=365 * 9)
MANY_YEARS_AGO = TODAY - datetime.timedelta(days=365 * 8)


@pytest.fixture(autouse=True)
def years(settings: Any) -> Any:
    settings.PERSONS_YEARS_BY_KIND = {"talents": 5}
    return settings


@pytest.fixture
def talents(make: Make, district: object) -> list[Talent]:
    """One who left long ago, one who left long ago and was entered today, one who is there."""
    gone = make(
        Talent, area_id=HUAYIPO, name="赵探针", since=MANY_YEARS_AGO, left_on=MANY_YEARS_AGO
    )
    Talent.objects.filter(pk=gone.pk).update(created_at=LONG_AGO)
    entered = make(
        Talent, area_id=HUAYIPO, name="钱多多", since=MANY_YEARS_AGO, left_on=MANY_YEARS_AGO
    )
    there = make(Talent, area_id=HUAYIPO, name="孙小小", left_on=None)
    Talent.objects.filter(pk=there.pk).update(created_at=LONG_AGO)
    return [gone, entered, there]


def _after(days: int) -> None:
    """Let some days go by for what is announced."""
    for notice in PersonalNotice.objects.filter(done_at=None):
        due_on = notice.due_on - datetime.timedelta(days=days)
        PersonalNotice.objects.filter(pk=notice.pk).update(due_on=due_on)


def _names() -> list[bool]:
    return [
        is_erased(name) for name in Talent.objects.order_by("pk").values_list("name", flat=True)
    ]


def test_it_is_announced_and_then_erased(talents: list[Talent]) -> None:
    erase_persons()
    erase_persons()
    notice = PersonalNotice.objects.get()
    assert (notice.object_id, (notice.due_on - TODAY).days) == (talents[0].pk, 30)
    assert _names() == [False, False, False]
    announced = AuditEvent.objects.get(act=Act.PERSONAL_ANNOUNCED).after or {}
    assert announced["编号"] == str(talents[0].pk)
    _after(30)
    erase_persons()
    erase_persons()
    assert _names() == [True, False, False]
    assert AuditEvent.objects.get(act=Act.PERSONAL_ERASED).detail.startswith(
        "个人信息保存期限（5年）"
    )
    assert PersonalNotice.objects.count() == 1
    assert list(verify_chain()) == []


def test_nothing_is_erased_while_no_years_are_set(talents: list[Talent], years: Any) -> None:
    erase_persons()
    _after(30)
    years.PERSONS_YEARS_BY_KIND = {}
    erase_persons()
    assert _names() == [False, False, False]
    assert not PersonalNotice.objects.exists()


def test_a_reviewer_puts_it_off_and_a_neighbour_sees_nothing(
    talents: list[Talent], quji: User, shiju: User, jiangbei: User, shengting: User
) -> None:
    erase_persons()
    pk = PersonalNotice.objects.get().pk
    for user in (quji, jiangbei, shengting):
        with pytest.raises(NotKept, match="不能暂缓"):
            keep_longer(pk, by=user, reason="案件未结")
    address = reverse("persons-ending")
    seen = {}
    for user in (quji, shiju, jiangbei, shengting):
        client = Client()
        client.force_login(user)
        answer = client.get(address)
        seen[user.username] = (
            answer.status_code,
            f"第{talents[0].pk}号" in answer.content.decode(),
        )
    assert seen == {
        "quji": (200, True),
        "shiju": (200, True),
        "jiangbei": (200, False),
        "shengting": (403, False),
    }
    client.force_login(shiju)
    assert "请填写暂缓的理由" in client.post(address, {"notice": pk}).content.decode()
    client.post(address, {"notice": pk, "reason": "案件未结"})
    _after(30)
    erase_persons()
    assert _names() == [False, False, False]
    assert AuditEvent.objects.get(act=Act.PERSONAL_KEPT).detail == "案件未结"
    client.force_login(shiju)
    assert "个人信息保存期限将满" in client.get("/").content.decode()


def test_a_kind_that_is_not_there_is_named(years: Any) -> None:
    years.PERSONS_YEARS_BY_KIND = {"talent": 5}
    (fault,) = setting_faults()
    assert fault.startswith("环境变量 PERSONS_YEARS_BY_KIND 中没有“talent”这一类别，应为：")
    assert "talents（" in fault


def test_a_ledger_that_comes_again_states_the_erased_record(
    talents: list[Talent], quji: User, shiju: User
) -> None:
    gone = talents[0]
    rows = {
        "姓名": "赵探针",
        "联系方式": gone.contact,
        "类别": gone.get_role_display(),
        "入库日期": str(gone.since),
    }
    texts = {text.value: "" for text in personal_texts(gone)}
    replace_texts(gone, Swaps(texts), reason="按个人信息申请第1号删除")
    place = {"街道": "七星岗街道", "社区": "华一坡社区"}
    book = one_sheet(place | rows)
    assert quji.area is not None
    checked = check_ledger("talents", KINDS["talents"], book, by=quji, root=quji.area)
    assert [(entry.outcome.value, entry.stored) for entry in checked.entries] == [("same", gone)]
