"""How long files are kept: uploads that were not stored, and files on disk without a row."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from ledgers import jobs
from ledgers.registry import KINDS
from ledgers.tasks import clear_files
from ledgers.undoing import undo_batch
from orgs.models import CommunityOrg
from reviews.evidence.attachments import add_attachment, remove_attachment
from reviews.evidence.retention import clear_uploads, remove_strays
from reviews.models import Attachment, ImportJob, JobState
from scenes.models import Scene
from tests.ledger.workbooks import one_sheet, org
from tests.reviews.test_attachments import PDF, files_under, upload
from tests.types import Make

DAYS = datetime.timedelta(days=30)
Wait = Callable[..., None]


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Wait:
    """`wait(days=31)`: move the clock forward by this time."""

    def later(**how_long: float) -> None:
        then = timezone.now() + datetime.timedelta(**how_long)
        monkeypatch.setattr(timezone, "now", lambda: then)

    return later


@pytest.fixture
def uploaded(jiedao: User) -> Callable[..., ImportJob]:
    """`uploaded(org(1))`: an upload of jiedao's that was checked."""
    cache.clear()

    def send(*rows: dict[str, object]) -> ImportJob:
        assert jiedao.area
        job = jobs.create_job("orgs", one_sheet(*rows), "台账.xlsx", by=jiedao, root=jiedao.area)
        jobs.work_on(job.pk, KINDS)
        job.refresh_from_db()
        return job

    return send


def _store(job: ImportJob) -> None:
    assert jobs.ask_to_import(job, is_submitted=False)
    jobs.work_on(job.pk, KINDS)
    job.refresh_from_db()
    assert job.state == JobState.IMPORTED


def _is_there(job: ImportJob) -> bool:
    job.refresh_from_db()
    has = (bool(job.content), bool(job.found), job.cleared_at is None)
    assert len(set(has)) == 1, has
    return has[0]


# --- uploads ------------------------------------------------------------------------------------


def test_an_upload_nobody_stored_goes_after_its_days(
    uploaded: Callable[..., ImportJob], wait: Wait
) -> None:
    job = uploaded(org(1), org(2, 成员数=-1))
    wait(days=29, hours=23)
    assert clear_uploads(DAYS) == 0
    assert _is_there(job)
    wait(hours=2)
    assert clear_uploads(DAYS) == 1
    assert not _is_there(job)
    assert job.state == JobState.REFUSED
    first = job.cleared_at
    wait(days=1)
    assert clear_uploads(DAYS) == 0
    job.refresh_from_db()
    assert job.cleared_at == first


def test_the_days_begin_with_the_last_change(
    uploaded: Callable[..., ImportJob], wait: Wait
) -> None:
    job = uploaded(org(1))
    wait(days=29)
    assert jobs.ask_to_check(job)
    jobs.work_on(job.pk, KINDS)
    wait(days=29)
    assert clear_uploads(DAYS) == 0
    wait(days=2)
    assert clear_uploads(DAYS) == 1


def test_a_file_that_was_refused_goes_too(jiedao: User, wait: Wait) -> None:
    assert jiedao.area
    job = jobs.create_job("orgs", b"nonsense", "x.xlsx", by=jiedao, root=jiedao.area)
    jobs.work_on(job.pk, KINDS)
    wait(days=31)
    assert clear_uploads(DAYS) == 1
    job.refresh_from_db()
    assert (bytes(job.content), "不是有效的" in job.message) == (b"", True)


@pytest.mark.parametrize("state", [JobState.CHECKING, JobState.IMPORTING])
def test_what_is_being_worked_on_is_left_alone(
    uploaded: Callable[..., ImportJob], wait: Wait, state: JobState
) -> None:
    job = uploaded(org(1))
    ImportJob.objects.update(state=state)
    wait(days=400)
    assert clear_uploads(DAYS) == 0
    assert _is_there(job)


def test_the_file_of_a_batch_that_stands_is_kept_for_good(
    uploaded: Callable[..., ImportJob], wait: Wait
) -> None:
    job = uploaded(org(1))
    _store(job)
    wait(days=4000)
    assert clear_uploads(DAYS) == 0
    assert _is_there(job)


def test_the_file_of_an_undone_batch_goes_its_days_after(
    uploaded: Callable[..., ImportJob], jiedao: User, wait: Wait
) -> None:
    job = uploaded(org(1))
    _store(job)
    wait(days=100)
    assert job.batch
    undo_batch(job.batch, by=jiedao)
    assert clear_uploads(DAYS) == 0
    wait(days=31)
    assert clear_uploads(DAYS) == 1
    assert not _is_there(job)
    assert job.state == JobState.IMPORTED
    assert CommunityOrg.objects.get().import_cell


def test_what_was_cleared_is_neither_checked_nor_stored_again(
    uploaded: Callable[..., ImportJob], wait: Wait
) -> None:
    job = uploaded(org(1))
    wait(days=31)
    clear_uploads(DAYS)
    assert not jobs.ask_to_import(job, is_submitted=True)
    assert not jobs.ask_to_check(job)
    jobs.work_on(job.pk, KINDS)
    job.refresh_from_db()
    assert job.state == JobState.REFUSED
    assert jobs.unattended_jobs() == []


def test_the_pages_say_so(
    uploaded: Callable[..., ImportJob], client: Client, jiedao: User, wait: Wait
) -> None:
    job, kept = uploaded(org(1)), uploaded(org(2))
    client.force_login(jiedao)
    assert "没有导入的文件保留30天" in client.get("/imports/").content.decode()
    _store(kept)
    assert kept.batch
    undo_batch(kept.batch, by=jiedao)
    wait(days=31)
    clear_uploads(DAYS)
    client.force_login(jiedao)  # the session is over by then
    day = timezone.localdate()
    text = client.get(f"/imports/{job.pk}/").content.decode()
    assert f"没有导入，原文件已于{day.year}年{day.month}月{day.day}日清理" in text
    assert "/commit/" not in text
    assert f"原文件已于{day.month}月{day.day}日清理" in client.get("/imports/").content.decode()
    assert "撤销，原文件已于" in client.get(f"/imports/{kept.pk}/").content.decode()
    assert client.get(f"/imports/{job.pk}/marked.xlsx").status_code == 404
    assert client.post(f"/imports/{job.pk}/commit/").status_code == 302
    assert not CommunityOrg.objects.living().exists()
    assert job.file_name not in client.get("/").content.decode()


# --- evidence on the disk -----------------------------------------------------------------------


@pytest.fixture
def evidence(make: Make, jiedao: User) -> list[Attachment]:
    """Two files of a record, one of which was removed from it."""
    scene = make(Scene)
    found = [add_attachment(scene, file, by=jiedao) for file in (upload(), upload(PDF, "协议.pdf"))]
    remove_attachment(found[1], by=jiedao)
    return found


def _stray(folder: Path, name: str = "0" * 32) -> Path:
    path = folder / "attachments" / "202611" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half a file")
    return path


def test_a_file_no_row_names_goes_after_a_day(
    evidence: list[Attachment], tmp_path: Path, wait: Wait
) -> None:
    stray = _stray(tmp_path)
    clear_files()
    assert stray.exists()
    wait(days=1, minutes=1)
    clear_files()
    assert not stray.exists()
    assert {path.relative_to(tmp_path).as_posix() for path in files_under(tmp_path)} == {
        each.file.name for each in evidence
    }
    clear_files()


def test_a_file_that_looks_old_but_came_just_now_stays(
    evidence: list[Attachment], tmp_path: Path
) -> None:
    """Such as a file restored from a backup before its database."""
    stray = _stray(tmp_path)
    os.utime(stray, (1, 1))
    assert remove_strays(datetime.timedelta(days=1)) == 0
    assert stray.exists()


def test_nothing_else_that_lies_there_is_touched(
    evidence: list[Attachment], tmp_path: Path, wait: Wait
) -> None:
    others = [_stray(tmp_path, name) for name in ("readme.txt", "0" * 31, "0" * 33)]
    others.append(tmp_path / "attachments" / "backup.tar")
    others[-1].write_bytes(b"x")
    others.append(tmp_path / ("0" * 32))
    others[-1].write_bytes(b"x")
    wait(days=9)
    assert remove_strays(datetime.timedelta(days=1)) == 0
    assert all(path.exists() for path in others)


def test_a_database_that_knows_too_few_of_the_files_removes_none(
    evidence: list[Attachment], tmp_path: Path, wait: Wait, caplog: pytest.LogCaptureFixture
) -> None:
    strays = [_stray(tmp_path, f"{number:032x}") for number in range(3)]
    wait(days=9)
    assert remove_strays(datetime.timedelta(days=1)) == 0
    assert all(path.exists() for path in strays)
    assert "none removed" in caplog.text


def test_no_folder_yet_is_no_fault(db: None) -> None:
    assert remove_strays(datetime.timedelta(days=1)) == 0


def test_beat_knows_the_task() -> None:
    from config.celery import app

    schedule = app.conf.beat_schedule["clear-files"]
    assert schedule["task"] == clear_files.name
