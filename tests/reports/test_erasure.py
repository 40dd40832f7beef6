"""A request to erase or correct personal data: entered by one, confirmed by another, and nothing is left."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.api.models import Replay
from accounts.models import Role, User
from areas.models import Area
from audit.acts import Act
from audit.chain.verifying import verify_chain
from audit.models import AuditEvent
from funds.books.overview import missing_kinds
from funds.models import Donation, Fund, FundMember
from indicators.store.series import differences
from proposals.kinds import ProposalRefused
from proposals.models import PendingChange
from proposals.services import confirm, refuse, withdraw
from reports.editions.sealing import seal
from reports.editions.verifying import verify_editions
from reports.models import Report
from reports.models.exports import Export, FileState
from reviews.fields import history_of
from reviews.kinds import record_kinds
from reviews.models import (
    Asker,
    Attachment,
    Basis,
    ImportBatch,
    ImportJob,
    JobState,
    PersonalAct,
    PersonalRequest,
    Submission,
    verify_records,
)
from reviews.privacy import ERASED, is_erased
from reviews.services import approve, reopen, submit
from reviews.trail.erasure.requests import Asked, ask, faults_of
from reviews.trail.erasure.texts import personal_texts
from tests.conftest import DISTRICT, HUAYIPO
from tests.ledger.workbooks import one_sheet
from tests.reports.conftest import JUNE
from tests.types import Make

NAME, EARLIER, PHONE = "欧阳探针", "钱多多", "13911112222"
TODAY = datetime.date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _second_person(settings: Any) -> None:
    settings.SECOND_PERSON = True


@pytest.fixture
def second(district: Area) -> User:
    return User.objects.create_user("shiju2", role=Role.REVIEWER, area_id=DISTRICT)


@pytest.fixture
def fund(make: Make, quji: User, shiju: User) -> Fund:
    """An approved fund whose leader's name stands wherever a name can stand."""
    fund = make(Fund, area_id=HUAYIPO, leader=EARLIER, phone=PHONE, note=f"负责人{NAME} {PHONE}")
    fund.leader = NAME
    fund.save()
    for name, kind in ((NAME, "donor"), (NAME, "resident"), ("孙小小", "street")):
        FundMember.objects.create(fund=fund, name=name, kind=kind)
    submit(fund, by=quji, reason=f"{NAME}已核")
    approve(fund, by=shiju)
    reopen(fund, by=shiju, reason=f"{NAME}电话 139-1111-2222 有误")
    _leave_copies(fund, quji)
    submit(fund, by=quji, reason="改好")
    approve(fund, by=shiju)
    return fund


def _leave_copies(fund: Fund, clerk: User) -> None:
    kind = ContentType.objects.get_for_model(Fund)
    change = {"model": "funds.fund", "pk": fund.pk, "fields": {"leader": [EARLIER, NAME]}}
    batch = ImportBatch.objects.create(
        kind="funds", file_name="a.xlsx", sha256="0" * 64, area_id=DISTRICT, created_by=clerk,
        row_count=1, changed_count=1, changes=[change], warnings=[f"{NAME}的电话"],
    )  # fmt: skip
    book = one_sheet({"负责人": NAME})
    for state, own in ((JobState.IMPORTED, batch), (JobState.CHECKED, None)):
        ImportJob.objects.create(
            kind="funds", file_name="a.xlsx", content=book, area_id=DISTRICT, created_by=clerk,
            state=state, batch=own, found={"rows": [NAME]}, reason=f"{NAME}核过",
        )  # fmt: skip
    Attachment.objects.create(
        content_type=kind, object_id=fund.pk, file="attachments/1", file_name=f"{NAME}.jpg",
        kind="image/jpeg", size=1, sha256="0" * 64, note=f"{NAME}签字", added_by=clerk,
    )  # fmt: skip
    told = [{"added": {"name": "管理小组成员", "object": NAME}}]
    LogEntry.objects.create(
        user=clerk, content_type=kind, object_id=str(fund.pk), object_repr=str(fund),
        action_flag=CHANGE, change_message=json.dumps(told),
    )  # fmt: skip
    body = json.dumps({"id": fund.pk, "leader": NAME})
    Replay.objects.create(user=clerk, key="k", fingerprint="f", status=201, body=body)
    path = Path(django_settings.EXPORT_DIR) / "export-1-x.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    Export.objects.create(
        kind="funds.fund", area_id=DISTRICT, requested_by=clerk, state=FileState.DONE,
        file_name=path.name, made_at=timezone.now(),
    )  # fmt: skip


def _asked(record: Submission, *values: str, new: str = "", other: str = "") -> Asked:
    act = PersonalAct.CORRECT if new else PersonalAct.ERASE
    return Asked(
        act=act,
        texts=tuple(text for text in personal_texts(record) if text.value in values),
        other=other,
        new=new,
        asker=NAME,
        standing=Asker.SELF,
        asked_on=TODAY,
        basis=Basis.WRONG if new else Basis.WITHDRAWN,
        reason="本人书面申请",
    )


def _places_of(*secrets: str) -> Iterator[str]:
    """Yield each column of the database that holds a text, packed files and escaped JSON included."""
    for model in apps.get_models(include_auto_created=True):
        for values in model._base_manager.values():
            for name, value in values.items():
                plain = str(bytes(value)) if isinstance(value, memoryview | bytes) else str(value)
                told = plain.encode().decode("unicode-escape", "ignore") if "\\u" in plain else ""
                if any(secret in plain or secret in told for secret in secrets):
                    yield f"{model._meta.label}.{name}"


def _faults() -> list[str]:
    return [*verify_chain(), *verify_records(record_kinds()), *differences()]


def test_a_confirmed_erasure_leaves_the_text_nowhere(
    fund: Fund, quji: User, shiju: User, django_capture_on_commit_callbacks: Any
) -> None:
    before = missing_kinds([fund.pk])
    request, change, outcome = ask(fund, _asked(fund, NAME, PHONE), by=quji)
    assert outcome is None
    assert NAME not in str([change.lines, change.payload, change.title])
    assert set(_places_of(NAME)) >= {"funds.Fund.leader", "reviews.PersonalRequest.asker"}
    with django_capture_on_commit_callbacks(execute=True):
        confirm(change.pk, by=shiju)
    assert list(_places_of(NAME, PHONE, "139-1111-2222")) == []
    fund.refresh_from_db()
    assert is_erased(fund.leader)
    assert fund.note == f"负责人{ERASED} {ERASED}"
    assert EARLIER in history_of(Fund).filter(id=fund.pk).values_list("leader", flat=True)
    assert FundMember.objects.filter(fund=fund).count() == 3
    assert missing_kinds([fund.pk]) == before
    request.refresh_from_db()
    assert request.asker == "欧阳**"
    states = dict(ImportJob.objects.values_list("state", "message"))
    assert states.keys() == {JobState.IMPORTED, JobState.REFUSED}
    assert not ImportJob.objects.exclude(content=b"").exists()
    export = Export.objects.get()
    assert not export.is_there
    assert not export.path.exists()
    assert _faults() == []


def test_it_is_audited_without_clear_values(fund: Fund, quji: User, shiju: User) -> None:
    _, change, _ = ask(fund, _asked(fund, NAME), by=quji)
    confirm(change.pk, by=shiju)
    acts = AuditEvent.objects.filter(object_key__in=(str(fund.pk), str(change.pk)))
    found = {event.act: event for event in acts}
    told = {event.act: event.after or {} for event in acts}
    assert {Act.PERSONAL_ASKED, Act.PROPOSED, Act.CONFIRMED, Act.PERSONAL_ERASED} <= set(found)
    assert told[Act.PERSONAL_ASKED]["依据"] == Basis.WITHDRAWN.label
    assert told[Act.PERSONAL_ERASED]["项目"] == "负责人、管理小组成员姓名"
    assert found[Act.PERSONAL_ERASED].detail == "本人书面申请"


def test_an_earlier_text_alone_may_be_erased(fund: Fund, quji: User, shiju: User) -> None:
    (text,) = (each for each in personal_texts(fund) if each.value == EARLIER)
    assert (text.label, text.is_current) == ("负责人（以前的）", False)
    _, change, _ = ask(fund, _asked(fund, EARLIER), by=quji)
    confirm(change.pk, by=shiju)
    fund.refresh_from_db()
    assert fund.leader == NAME
    assert list(_places_of(EARLIER)) == []
    assert _faults() == []


def test_a_correction_stands_everywhere_and_others_stay(
    fund: Fund, quji: User, shiju: User
) -> None:
    _, change, _ = ask(fund, _asked(fund, PHONE, new="13933334444"), by=quji)
    confirm(change.pk, by=shiju)
    fund.refresh_from_db()
    assert (fund.phone, fund.note) == ("13933334444", f"负责人{NAME} 13933334444")
    assert list(_places_of(PHONE)) == []
    assert set(history_of(Fund).filter(id=fund.pk).values_list("phone", flat=True)) == {fund.phone}
    assert fund.leader == NAME
    assert PersonalRequest.objects.get().new == ""
    assert _faults() == []


def test_who_proposed_does_not_confirm_and_who_sees_no_persons_decides_nothing(
    fund: Fund, quji: User, shiju: User, jiangbei: User, shengting: User, second: User
) -> None:
    for user in (jiangbei, shengting):
        with pytest.raises(ProposalRefused):
            ask(fund, _asked(fund, NAME), by=user)
    _, change, _ = ask(fund, _asked(fund, NAME), by=shiju)
    for user in (shiju, quji, jiangbei, shengting):
        with pytest.raises(ProposalRefused):
            confirm(change.pk, by=user)
    confirm(change.pk, by=second)
    assert PendingChange.objects.get().state == "done"


@pytest.mark.parametrize("end", ["refuse", "withdraw"])
def test_a_dropped_request_keeps_nothing_of_a_person(
    fund: Fund, quji: User, shiju: User, end: str
) -> None:
    request, change, _ = ask(fund, _asked(fund, PHONE, new="13933334444"), by=quji)
    if end == "refuse":
        refuse(change.pk, by=shiju, reason="身份未核实")
    else:
        withdraw(change.pk, by=quji)
    request.refresh_from_db()
    assert (request.new, request.other, request.asker) == ("", "", "欧阳**")
    fund.refresh_from_db()
    assert fund.phone == PHONE


def test_a_request_that_was_changed_or_overtaken_is_not_applied(
    fund: Fund, quji: User, shiju: User
) -> None:
    request, change, _ = ask(fund, _asked(fund, NAME), by=quji)
    PersonalRequest.objects.filter(pk=request.pk).update(other="孙小小")
    with pytest.raises(ProposalRefused, match="与登记时不符"):
        confirm(change.pk, by=shiju)
    PersonalRequest.objects.filter(pk=request.pk).update(other="")
    history = history_of(Fund).filter(id=fund.pk)
    reopen(fund, by=shiju, reason="改")
    assert history.exists()
    confirm(change.pk, by=shiju)


def test_what_is_wrong_with_a_request_is_said(fund: Fund) -> None:
    asked = _asked(fund, NAME)
    changed = Asked(**{**vars(asked), "reason": f"{NAME}要求", "basis": Basis.WRONG})
    assert list(faults_of(fund, changed)) == [
        "“理由”中不要写出要处理的姓名、号码：理由会长期留存",
        "“依据”与处理方式不符，应选第四十七条中的一项",
    ]
    assert list(faults_of(fund, _asked(fund, other="李不在"))) == [
        "记录中没有“其他文字中的内容”所填的文字，请照原样填写"
    ]
    assert list(faults_of(fund, _asked(fund))) == ["请勾选要处理的项目，或填写“其他文字中的内容”"]


def test_sealed_editions_hold_no_person_and_stay_as_sealed(
    report: Report, fund: Fund, approved: Make, quji: User, shiju: User
) -> None:
    donor = {"donor_name": NAME, "donor_type": "person", "handler": EARLIER}
    gift = approved(Donation, fund=fund, **donor)
    edition = seal(report, by=shiju, on=JUNE)
    content, digest = edition.content, edition.sha256
    assert not any(secret in content for secret in (NAME, EARLIER, PHONE))
    records: list[Submission] = [fund, gift]
    for record in records:
        texts = [text.value for text in personal_texts(record)]
        _, change, _ = ask(record, _asked(record, *texts), by=quji)
        confirm(change.pk, by=shiju)
    edition.refresh_from_db()
    assert (edition.content, edition.sha256) == (content, digest)
    assert list(verify_editions()) == []
    assert _faults() == []


def test_the_page_asks_and_another_districts_user_finds_nothing(
    fund: Fund, quji: User, shiju: User, jiangbei: User, shengting: User
) -> None:
    address = reverse("record-erase", args=["funds.fund", fund.pk])
    keys = [text.key for text in personal_texts(fund) if text.value == NAME]
    sent = {
        "keys": keys, "act": "erase", "asker": NAME, "standing": "self",
        "asked_on": "2026-03-01", "basis": "withdrawn", "reason": "本人书面申请",
    }  # fmt: skip
    for user in (jiangbei, shengting):
        client = Client()
        client.force_login(user)
        assert client.get(address).status_code == 404
        assert client.post(address, sent).status_code == 404
    client = Client()
    client.force_login(quji)
    shown = client.get(address).content.decode()
    assert "欧阳**" in shown
    assert NAME not in shown
    wrong = client.post(address, {**sent, "asked_on": "去年"})
    assert "“申请日期”应写成 2026-03-01 的样子" in wrong.content.decode()
    answer = client.post(address, sent)
    change = PendingChange.objects.get()
    assert answer["Location"] == reverse("pending-change", args=[change.pk])
    assert "欧阳**" in client.get(answer["Location"]).content.decode()
    reviewer = Client()
    reviewer.force_login(shiju)
    reviewer.post(answer["Location"], {"confirm": "1"})
    fund.refresh_from_db()
    assert is_erased(fund.leader)
    assert (
        ERASED in reviewer.get(reverse("admin:funds_fund_change", args=[fund.pk])).content.decode()
    )
