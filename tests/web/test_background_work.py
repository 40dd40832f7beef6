"""Background work that stands still is told to the administrator, and to whoever waits for it."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from accounts.webhooks.models import WebhookDelivery
from desks.background import sentence_about, standing_still
from indicators.models import Plan
from ledgers import jobs
from reports.exports.jobs import FileLease
from reports.models.exports import Delivery, Export, Subscription
from reviews.leases import queued
from reviews.models import ImportJob, JobState
from tests.ledger.workbooks import one_sheet, org
from tests.types import Visit
from tests.webhooks.conftest import MakeWebhook, waiting_for
from tests.webhooks.conftest import make_webhook as make_webhook  # (a fixture)

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL


@pytest.fixture(autouse=True)
def _no_leases() -> None:
    cache.clear()


@pytest.fixture
def job(jiedao: User) -> ImportJob:
    assert jiedao.area
    content = one_sheet(org(1))
    return jobs.create_job("orgs", content, "机密.xlsx", by=jiedao, root=jiedao.area)


def _later(minutes: int) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(minutes=minutes)


def _told(minutes: int) -> str:
    moment = _later(minutes)
    return sentence_about(standing_still(moment), moment)


def test_an_upload_that_waits_for_minutes_is_told_with_its_number(job: ImportJob) -> None:
    assert _told(4) == ""
    assert "上传的台账1份（最早的已等6分钟）等候处理" in _told(6)
    assert "已等3小时" in _told(190)
    assert "已等2天" in _told(49 * 60)


def test_what_a_worker_holds_does_not_wait(job: ImportJob) -> None:
    lease = jobs.ImportLease(job.pk)
    assert lease.acquire()
    assert _told(600) == ""
    lease.release()
    assert _told(600)


def test_a_settled_upload_does_not_wait_and_waits_anew_when_it_is_asked(job: ImportJob) -> None:
    then = timezone.now() - datetime.timedelta(days=2)
    ImportJob.objects.update(state=JobState.CHECKED, asked_at=then, settled_at=then)
    assert _told(600) == ""
    for ask in (jobs.ask_to_check, lambda job: jobs.ask_to_import(job, is_submitted=False)):
        ImportJob.objects.update(state=JobState.CHECKED, found={"counts": {"new": 1}})
        job.refresh_from_db()
        assert ask(job)
        assert _told(1) == ""
        assert "已等6分钟" in _told(6)


def test_exports_subscriptions_and_webhooks_are_looked_at_too(
    yuzhong: Plan, jiedao: User, make_webhook: MakeWebhook
) -> None:
    assert jiedao.area
    export = Export.objects.create(
        kind="orgs.communityorg", area=jiedao.area, requested_by=jiedao, status="approved"
    )
    assert "导出的台账1份" in _told(6)
    lease = FileLease("export", export.pk)
    assert lease.acquire()
    subscription = Subscription.objects.create(user=jiedao, plan=yuzhong, area=jiedao.area, day=1)
    Delivery.objects.create(subscription=subscription, due_on=timezone.localdate())
    waiting_for(make_webhook())
    assert "回调通知" not in _told(6)
    told = _told(48 * 60)
    assert "导出的台账" not in told
    assert "定期报表1份" in told
    assert "回调通知1份" in told
    WebhookDelivery.objects.update(next_attempt_at=_later(10_000))
    assert "回调通知" not in _told(48 * 60)


def test_the_administrator_s_desk_says_it_without_business_data(
    job: ImportJob, visit: Visit, guanli: User
) -> None:
    assert "后台任务没有进展" not in visit(guanli).get("/").content.decode()
    ImportJob.objects.update(asked_at=timezone.now() - datetime.timedelta(minutes=20))
    page = visit(guanli).get("/").content.decode()
    assert "上传的台账1份（最早的已等20分钟）" in page
    assert "机密" not in page


def test_the_desk_lists_what_was_given_up(job: ImportJob, visit: Visit, guanli: User) -> None:
    assert "已放弃处理" not in visit(guanli).get("/").content.decode()
    ImportJob.objects.update(state=JobState.REFUSED, attempts=2)
    page = visit(guanli).get("/").content.decode()
    assert f"上传编号{job.pk}（七星岗街道" in page
    assert "机密" not in page


def test_the_command_fails_while_work_stands_still(
    job: ImportJob, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("background_work")
    assert capsys.readouterr().out == "后台任务正常\n"
    ImportJob.objects.update(asked_at=timezone.now() - datetime.timedelta(minutes=20))
    with pytest.raises(CommandError, match="后台任务没有进展"):
        call_command("background_work")


def test_an_upload_can_be_saved_as_it_came(job: ImportJob, tmp_path: Path) -> None:
    file = tmp_path / "台账.xlsx"
    call_command("save_upload", str(job.pk), str(file))
    assert file.read_bytes() == bytes(job.content)
    with pytest.raises(CommandError, match="不能写入"):
        call_command("save_upload", str(job.pk), str(file))
    with pytest.raises(CommandError, match="没有上传编号"):
        call_command("save_upload", "999999", str(tmp_path / "other.xlsx"))
    ImportJob.objects.update(cleared_at=timezone.now())
    with pytest.raises(CommandError, match="已清理"):
        call_command("save_upload", str(job.pk), str(tmp_path / "other.xlsx"))


def test_whoever_waits_is_told_after_some_minutes(
    job: ImportJob, visit: Visit, jiedao: User
) -> None:
    assert queued(timezone.now()).step == "排队中"
    ImportJob.objects.update(asked_at=timezone.now() - datetime.timedelta(minutes=7))
    browser = visit(jiedao)
    sentence = "已等候7分钟，比平常久：申请已保存"
    assert sentence in browser.get(f"/imports/{job.pk}/").content.decode()
    assert sentence in browser.get(f"/imports/{job.pk}/progress/").json()["step"]
