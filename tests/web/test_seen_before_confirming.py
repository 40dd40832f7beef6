"""A confirmation moves exactly what its page showed: whatever changed meanwhile is told instead."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from areas.models import Area
from funds.models import Donation, Fund
from reviews.evidence.attachments import add_attachment, remove_attachment
from reviews.fields import attribute_history
from reviews.models import Action, Attachment, ReviewEvent, Status, Submission, version_of
from reviews.services import approve, reopen, return_, submit, void
from scenes.models import Activity, ActivityReach, Scene
from tests.conftest import HUAYIPO, MINSHENGLU
from tests.types import Make, Response, Visit
from tests.web.forms import hidden_fields, messages_of

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

LATE = "待处理的记录刚有变化，没有{}任何记录；请核对后重新确认"


@pytest.fixture
def donation(make: Make, quji: User) -> Donation:
    made = make(Donation, amount_yuan=Decimal(500), donor_name="某科技公司", created_by=quji)
    submit(made, by=quji, reason="核对过")
    return made


def _address(record: Submission, action: str) -> str:
    meta = record._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{action}_one", args=[record.pk])


def _confirm(client: Client, page: Response, url: str, reason: str = "核对无误") -> Response:
    return client.post(url, hidden_fields(page) | {"reason": reason}, follow=True)


def _mend(record: Submission, by: User, **values: object) -> None:
    """Return a submitted record, change it and submit it again."""
    reviewer = User.objects.get(username="shiju")
    return_(record, by=reviewer, reason="金额有误")
    _write(record, by, **values)
    submit(record, by=by, reason="已改")


def _write(record: Submission, by: User, **values: object) -> None:
    for name, value in values.items():
        setattr(record, name, value)
    attribute_history(record, by)
    record.save()


@pytest.mark.parametrize(
    ("action", "label"), [("approve", "通过"), ("return", "退回"), ("void", "作废")]
)
def test_a_record_mended_meanwhile_is_not_decided_on(
    visit: Visit, shiju: User, quji: User, donation: Donation, action: str, label: str
) -> None:
    client, url = visit(shiju), _address(donation, action)
    page = client.get(url)
    assert "500.00" in page.content.decode()
    _mend(donation, quji, amount_yuan=Decimal(500_000))
    late = _confirm(client, page, url)
    donation.refresh_from_db()
    assert donation.status == Status.PENDING
    assert messages_of(late) == [LATE.format(label)]
    text = late.content.decode()
    assert "打开本页之后的变化" in text
    assert "<del>500.00</del>" in text
    assert "<ins>500,000.00</ins>" in text
    assert "理由：金额有误" in text
    done = _confirm(client, late, url)
    assert messages_of(done) == [f"{label}：1 条"]


def test_an_unchanged_record_is_approved(visit: Visit, shiju: User, donation: Donation) -> None:
    client, url = visit(shiju), _address(donation, "approve")
    assert messages_of(_confirm(client, client.get(url), url)) == ["通过：1 条"]


def test_a_page_that_does_not_say_what_it_showed_moves_nothing(
    visit: Visit, shiju: User, donation: Donation
) -> None:
    page = visit(shiju).post(_address(donation, "approve"), {"confirmed": "1"})
    assert messages_of(page) == [LATE.format("通过")]
    donation.refresh_from_db()
    assert donation.status == Status.PENDING


def test_a_record_returned_meanwhile_says_by_whom_and_why(
    visit: Visit, shiju: User, donation: Donation
) -> None:
    client, url = visit(shiju), _address(donation, "approve")
    page = client.get(url)
    return_(donation, by=shiju, reason="票据号不符")
    late = _confirm(client, page, url)
    text = late.content.decode()
    assert "现为“已退回”" in text
    assert "票据号不符" in text
    assert "打开本页时可通过 1 条，现在可通过 0 条" in text


def test_a_forgotten_reason_does_not_hide_the_change(
    visit: Visit, shiju: User, quji: User, donation: Donation
) -> None:
    client, url = visit(shiju), _address(donation, "return")
    page = client.get(url)
    _mend(donation, quji, amount_yuan=Decimal(800))
    late = _confirm(client, page, url, reason=" ")
    assert messages_of(late) == ["“退回”须填写理由"]
    assert "<ins>800.00</ins>" in late.content.decode()


def test_a_clerk_submits_what_was_seen(visit: Visit, quji: User, make: Make) -> None:
    scene = make(Scene, name="老地方")
    client, url = visit(quji), _address(scene, "submit")
    page = client.get(url)
    _write(scene, quji, name="新地方")
    assert messages_of(_confirm(client, page, url)) == [LATE.format("提交")]
    assert not ReviewEvent.objects.exists()


def test_reopening_is_of_the_fact_that_was_seen(
    visit: Visit, shiju: User, quji: User, make: Make
) -> None:
    scene = make(Scene)
    submit(scene, by=quji, reason="测试")
    approve(scene, by=shiju)
    client, url = visit(shiju), _address(scene, "reopen")
    page = client.get(url)
    reopen(scene, by=shiju, reason="重复")
    _write(scene, quji, name="改过")
    submit(scene, by=quji, reason="改")
    approve(scene, by=shiju)
    assert messages_of(_confirm(client, page, url)) == [LATE.format("撤回通过")]
    scene.refresh_from_db()
    assert scene.status == Status.APPROVED


def test_evidence_added_or_removed_is_a_change(visit: Visit, quji: User, make: Make) -> None:
    scene = make(Scene)
    paper = SimpleUploadedFile("协议.pdf", b"%PDF-1.7 a paper")
    client, url = visit(quji), _address(scene, "submit")
    page = client.get(url)
    attachment = add_attachment(scene, paper, by=quji)
    late = _confirm(client, page, url)
    assert messages_of(late) == [LATE.format("提交")]
    assert "上传附件" in late.content.decode()
    remove_attachment(attachment, by=quji)
    later = _confirm(client, late, url)
    assert "移除附件" in later.content.decode()


def test_rows_below_a_record_are_part_of_it(make: Make, district: Area) -> None:
    fund, activity = make(Fund), make(Activity)
    before = version_of(fund), version_of(activity)
    fund.members.create(name="王某", kind="street")
    ActivityReach.objects.create(activity=activity, area_id=HUAYIPO)
    assert version_of(fund) != before[0]
    assert version_of(activity) != before[1]
    assert version_of(Fund()) == ""


def test_a_bulk_decision_is_refused_as_a_whole_and_names_what_changed(
    visit: Visit, shiju: User, quji: User, make: Make
) -> None:
    scenes = [make(Scene, name=f"场景{number}") for number in range(3)]
    for scene in scenes:
        submit(scene, by=quji, reason="测试")
    url = "/admin/scenes/scene/"
    client = visit(shiju)
    chosen = {"action": "approve_selected", "_selected_action": [each.pk for each in scenes]}
    page = client.post(url, chosen)
    _mend(scenes[0], quji, address="改过的地址")
    return_(scenes[1], by=shiju, reason="重复")
    late = _confirm(client, page, url)
    assert messages_of(late) == [LATE.format("通过")]
    text = late.content.decode()
    assert "打开本页时可通过 3 条，现在可通过 2 条" in text
    assert "改过的地址" in text
    assert f"场景1（{scenes[1].area}，现为“已退回”）" in text
    assert not ReviewEvent.objects.filter(action=Action.APPROVE).exists()
    assert messages_of(_confirm(client, late, url)) == ["通过：2 条"]


def test_all_rows_of_all_pages_are_those_that_were_announced(
    visit: Visit, shiju: User, quji: User, make: Make
) -> None:
    scene, other = make(Scene), make(Scene, area_id=MINSHENGLU)
    submit(scene, by=quji, reason="测试")
    url = "/admin/scenes/scene/"
    client = visit(shiju)
    chosen = {"action": "approve_selected", "_selected_action": [scene.pk], "select_across": "1"}
    page = client.post(url, chosen)
    submit(other, by=quji, reason="测试")
    assert messages_of(_confirm(client, page, url)) == [LATE.format("通过")]
    void(scene, by=shiju, reason="重复")  # as many as before, but others
    page = client.post(url, chosen)
    assert messages_of(_confirm(client, page, url)) == ["通过：1 条"]


def test_the_api_and_the_pages_know_the_same_version(
    visit: Visit, quji: User, donation: Donation
) -> None:
    client = visit(quji)
    answer = client.get(f"/api/v1/donations/{donation.pk}/")
    assert answer["ETag"] == f'"{version_of(donation)}"'
    Attachment.objects.create(
        record=donation, file="x", file_name="x.pdf", kind="application/pdf", size=1, added_by=quji
    )
    stale = client.post(
        f"/api/v1/donations/{donation.pk}/submit/",
        {},
        content_type="application/json",
        headers={"If-Match": answer["ETag"]},
    )
    assert stale.status_code == 412
