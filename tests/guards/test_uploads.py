"""Uploads pass a scanner, leave room on the disk, stay within quotas; pages show small pictures."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from accounts.models import User
from guards import disk
from guards.disk import DiskFull, check_room, sentence_about_room
from guards.scanning import NotClean, check_clean
from ledgers import jobs
from reviews.evidence.attachments import AttachmentError, add_attachment
from reviews.evidence.thumbnails import LONGEST_SIDE, clear_thumbnails, thumbnail_of
from reviews.models import Attachment, ImportJob
from scenes.models import Scene
from tests.guards.clamd import MARK, Clamd, listening
from tests.ledger.workbooks import one_sheet
from tests.types import Make, streamed

pytestmark = [pytest.mark.once, pytest.mark.django_db]

_PDF = b"%PDF-1.4 "


@pytest.fixture
def clamd(tmp_path: Path, settings: Settings) -> Iterator[Clamd]:
    path = tmp_path / "clamd.sock"
    settings.CLAMD = f"unix:{path}"
    with listening(path) as server:
        yield server


@pytest.fixture
def scene(make: Make) -> Scene:
    return make(Scene)


def _file(content: bytes, name: str = "协议.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


# --- the scanner ------------------------------------------------------------------------------


def test_without_a_scanner_nothing_is_scanned() -> None:
    check_clean([MARK])


def test_the_whole_file_is_scanned_in_order(clamd: Clamd) -> None:
    pieces = [bytes([number]) * 50_000 for number in range(5)]
    check_clean(pieces)
    assert clamd.scanned == [b"".join(pieces)]


def test_what_the_scanner_finds_is_refused_everywhere(
    clamd: Clamd, scene: Scene, jiedao: User
) -> None:
    with pytest.raises(AttachmentError, match=r"^“协议.pdf”没有接收：病毒扫描发现“Test.Mark”"):
        add_attachment(scene, _file(_PDF + MARK), by=jiedao)
    assert jiedao.area
    with pytest.raises(jobs.UploadRefused, match=r"病毒扫描发现“Test.Mark”"):
        jobs.create_job("orgs", MARK, "台账.csv", by=jiedao, root=jiedao.area)
    assert not Attachment.objects.exists()
    assert not ImportJob.objects.exists()


def test_what_is_clean_is_taken(clamd: Clamd, scene: Scene, jiedao: User) -> None:
    add_attachment(scene, _file(_PDF), by=jiedao)
    assert clamd.scanned == [_PDF]


def test_nothing_is_taken_unscanned(settings: Settings, tmp_path: Path) -> None:
    settings.CLAMD = f"unix:{tmp_path / 'nobody.sock'}"
    with pytest.raises(NotClean, match=r"病毒扫描服务没有应答，未经扫描的文件不予接收"):
        check_clean([b"x"])
    settings.CLAMD = "127.0.0.1:1"
    with pytest.raises(NotClean, match="没有应答"):
        check_clean([b"x"])


def test_a_scanner_that_ends_without_an_answer_passes_nothing(clamd: Clamd) -> None:
    clamd.is_mute = True
    with pytest.raises(NotClean, match=r"没有得出结果"):
        check_clean([b"x"])


def test_a_file_beyond_the_scanners_limit_is_told(clamd: Clamd) -> None:
    clamd.most_bytes = 1000
    with pytest.raises(NotClean, match=r"超过病毒扫描服务的上限|没有应答"):
        check_clean([b"x" * 2000])


# --- disk and quotas --------------------------------------------------------------------------


def test_a_full_disk_takes_nothing_in_and_the_desk_says_so(
    client: Client,
    scene: Scene,
    jiedao: User,
    guanli: User,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.FREE_DISK_MB = 100
    monkeypatch.setattr(disk, "free_megabytes", lambda: 300)
    assert sentence_about_room() == ""
    check_room(150 * 1024 * 1024)
    monkeypatch.setattr(disk, "free_megabytes", lambda: 99)
    with pytest.raises(AttachmentError, match="服务器磁盘空间不足"):
        add_attachment(scene, _file(_PDF), by=jiedao)
    assert jiedao.area
    with pytest.raises(jobs.UploadRefused, match="服务器磁盘空间不足"):
        jobs.create_job("orgs", one_sheet(), "台账.xlsx", by=jiedao, root=jiedao.area)
    client.force_login(guanli)
    assert "只剩99兆，低于100兆，系统已停止接收" in client.get("/").content.decode()
    settings.FREE_DISK_MB = 0
    check_room(10**12)


def test_room_is_what_is_left_after_the_file(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FREE_DISK_MB = 100
    monkeypatch.setattr(disk, "free_megabytes", lambda: 110)
    check_room(10 * 1024 * 1024)
    with pytest.raises(DiskFull):
        check_room(11 * 1024 * 1024)
    assert "磁盘空间将尽" in sentence_about_room()


def test_an_account_stores_no_more_than_its_quota(
    scene: Scene, jiedao: User, quji: User, settings: Settings
) -> None:
    settings.QUOTA_ACCOUNT_MB = 1
    add_attachment(scene, _file(_PDF + b"0" * 700_000), by=jiedao)
    with pytest.raises(
        AttachmentError,
        match=r"您的账号已存684 KB（附件684 KB，台账0 KB），上限1 MB，放不下本次的684 KB",
    ):
        add_attachment(scene, _file(_PDF + b"1" * 700_000), by=jiedao)
    add_attachment(scene, _file(_PDF + b"1" * 700_000), by=quji)
    assert Attachment.objects.count() == 2


def test_the_accounts_of_an_area_share_its_quota(
    scene: Scene, jiedao: User, settings: Settings
) -> None:
    settings.QUOTA_AREA_MB = 1
    other = User.objects.create_user("tongshi", role=jiedao.role, area_id=jiedao.area_id)
    add_attachment(scene, _file(_PDF + b"0" * 700_000), by=jiedao)
    with pytest.raises(AttachmentError, match=r"您所在地区的账号已存684 KB"):
        add_attachment(scene, _file(_PDF + b"1" * 700_000), by=other)


def test_ledgers_count_until_their_content_is_cleared(
    scene: Scene, jiedao: User, settings: Settings
) -> None:
    settings.QUOTA_ACCOUNT_MB = 1
    content = one_sheet({"街道": "七星岗街道"})
    assert jiedao.area is not None
    kept = jobs.create_job("funds", content, "台账.xlsx", by=jiedao, root=jiedao.area)
    add_attachment(scene, _file(_PDF + b"0" * (1024 * 1024 - len(content) - 9)), by=jiedao)
    with pytest.raises(
        jobs.UploadRefused, match=r"没有接收：您的账号已存1.0 MB（附件10\d\d KB，台账\d KB）"
    ):
        jobs.create_job("funds", content, "台账.xlsx", by=jiedao, root=jiedao.area)
    kept.content, kept.cleared_at = b"", kept.created_at
    kept.save()
    jobs.create_job("funds", content, "台账.xlsx", by=jiedao, root=jiedao.area)


# --- small pictures ---------------------------------------------------------------------------


@pytest.fixture
def picture(scene: Scene, jiedao: User) -> Attachment:
    out = io.BytesIO()
    Image.effect_noise((1600, 1200), 80).save(out, "JPEG")
    return add_attachment(scene, _file(out.getvalue(), "活动.jpg"), by=jiedao)


def test_a_photos_small_picture_is_made_once(
    client: Client, picture: Attachment, jiedao: User
) -> None:
    client.force_login(jiedao)
    address = f"/attachments/{picture.pk}/small/"
    content = streamed(client.get(address))
    with Image.open(io.BytesIO(content)) as small:
        assert (small.format, small.size) == ("JPEG", (LONGEST_SIDE, 240))
    assert len(content) < picture.size / 10
    path = thumbnail_of(picture)
    assert path
    made_at = path.stat().st_mtime_ns
    assert streamed(client.get(address)) == content
    assert path.stat().st_mtime_ns == made_at
    assert (
        address in client.get(f"/admin/scenes/scene/{picture.object_id}/change/").content.decode()
    )


def test_whoever_may_not_see_the_photo_does_not_see_it_small(
    client: Client, picture: Attachment, jiedao2: User
) -> None:
    client.force_login(jiedao2)
    assert client.get(f"/attachments/{picture.pk}/small/").status_code == 404


def test_the_small_picture_goes_with_the_photo(
    client: Client, picture: Attachment, jiedao: User
) -> None:
    path = thumbnail_of(picture)
    assert path
    picture.file.storage.delete(str(picture.file.name))
    client.force_login(jiedao)
    assert client.get(f"/attachments/{picture.pk}/small/").status_code == 404
    assert not path.exists()


def test_small_pictures_are_cleared_after_a_month_and_made_again(picture: Attachment) -> None:
    path = thumbnail_of(picture)
    assert path
    assert clear_thumbnails() == 0
    os.utime(path, (0, 0))
    assert clear_thumbnails() == 1
    assert thumbnail_of(picture) == path
    assert path.exists()


def test_a_pdf_has_none(client: Client, scene: Scene, jiedao: User) -> None:
    kept = add_attachment(scene, _file(_PDF), by=jiedao)
    client.force_login(jiedao)
    assert client.get(f"/attachments/{kept.pk}/small/").status_code == 404


def test_a_transparent_picture_stands_on_white(scene: Scene, jiedao: User) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, "PNG")
    path = thumbnail_of(add_attachment(scene, _file(out.getvalue(), "章.png"), by=jiedao))
    assert path
    with Image.open(path) as small:
        assert small.getpixel((20, 20)) == (255, 255, 255)
