"""Evidence: file types, file names, who may add and remove it, and what a rollback leaves."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts.models import User
from areas.models import Area
from reviews.evidence import attachments
from reviews.evidence.attachments import (
    AttachmentError,
    add_attachment,
    display_name,
    kind_by_content,
    living_attachments,
    nothing_left_behind,
    readable_attachment,
    remove_attachment,
)
from reviews.models import Attachment, AttachmentKind, Status
from reviews.services import return_, submit
from scenes.models import Scene
from tests.conftest import MINSHENGLU
from tests.photos import photo
from tests.types import Make

JPEG, PNG = photo(), photo(form="PNG")
PDF = b"%PDF-1.7 a paper"
#: Written as escapes, since no editor shows these characters.
RIGHT_TO_LEFT, LEFT_MARK, ISOLATE, ZERO_WIDTH = "\u202e", "\u200e", "\u2066", "\u200b"


def upload(content: bytes = JPEG, name: str = "照片.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def files_under(folder: Path) -> list[Path]:
    return [path for path in (folder / "attachments").rglob("*") if path.is_file()]


@pytest.fixture
def scene(make: Make, district: Area) -> Scene:
    return make(Scene)


# --- file types ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [(JPEG, AttachmentKind.JPEG), (PNG, AttachmentKind.PNG), (PDF, AttachmentKind.PDF)],
)
def test_the_first_bytes_alone_say_what_a_file_is(
    scene: Scene, jiedao: User, content: bytes, kind: AttachmentKind
) -> None:
    found = add_attachment(scene, upload(content, "page.html"), by=jiedao)
    assert found.kind == kind
    assert found.upload_sha256 == hashlib.sha256(content).hexdigest()
    kept = found.file.read()
    assert found.sha256 == hashlib.sha256(kept).hexdigest()
    assert (found.size, found.added_by) == (len(kept), jiedao)
    assert kept == content or kind != AttachmentKind.PDF


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a",
        b"PK\x03\x04 docx",
        b"MZ\x90",
        b" %PDF-1.7",
        b"\xef\xbb\xbf%PDF-1.7",
        b"\x89PNG",
        b"\xff\xd8",
    ],
)
def test_anything_else_is_refused_with_the_name_and_what_would_be_right(
    scene: Scene, jiedao: User, tmp_path: Path, content: bytes
) -> None:
    assert kind_by_content(content) is None
    with pytest.raises(AttachmentError, match=r"“活动照片\.jpg”不是照片或PDF文件；请上传JPEG、PNG"):
        add_attachment(scene, upload(content, "活动照片.jpg"), by=jiedao)
    assert not Attachment.objects.exists()
    assert files_under(tmp_path) == []


def test_an_empty_file_is_refused(scene: Scene, jiedao: User) -> None:
    with pytest.raises(AttachmentError, match=r"“照片\.jpg”是空文件"):
        add_attachment(scene, upload(b""), by=jiedao)


def test_ten_megabytes_are_taken_and_one_byte_more_is_not(
    scene: Scene, jiedao: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert attachments.SIZE_LIMIT == 10 * 1024 * 1024
    full = PDF + b"0" * (attachments.SIZE_LIMIT - len(PDF))
    add_attachment(scene, upload(full, "报告.pdf"), by=jiedao)
    with pytest.raises(AttachmentError, match=r"“报告.pdf”有10\.1 MB，超过10 MB"):
        add_attachment(scene, upload(full + b"0", "报告.pdf"), by=jiedao)


# --- file names ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("签约照片.JPG", "签约照片.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        (r"C:\Users\王\桌面\照片.jpeg", "照片.jpg"),
        ("会议\r\nSet-Cookie: x\x00.png", "会议Set-Cookie_ x.jpg"),
        (f"报告{RIGHT_TO_LEFT}gpj.exe", "报告gpj.jpg"),
        (f"{LEFT_MARK}{ISOLATE}照{ZERO_WIDTH}片.png", "照片.jpg"),
        ("协议v1.2", "协议v1.2.jpg"),
        ("2026.3.1活动照片", "2026.3.1活动照片.jpg"),
        ("照片.html", "照片.jpg"),
        (".jpg", "附件.jpg"),
        ("", "附件.jpg"),
        ("...", "附件.jpg"),
        ('a"b<c>.jpg', "a_b_c_.jpg"),
        ("一\u3000二\u2028三.jpg", "一 二 三.jpg"),
        ("长" * 300 + ".jpg", "长" * 116 + ".jpg"),
    ],
)
def test_a_display_name_is_safe_and_ends_as_the_file_is(raw: str, shown: str) -> None:
    assert display_name(raw, AttachmentKind.JPEG) == shown


def test_on_the_disk_no_word_of_the_uploader_remains(
    scene: Scene, jiedao: User, tmp_path: Path
) -> None:
    found = add_attachment(scene, upload(name="王某某病历.jpg"), by=jiedao)
    (path,) = files_under(tmp_path)
    assert found.file.name == str(path.relative_to(tmp_path))
    assert len(path.name) == 32
    assert int(path.name, 16) >= 0


# --- how many -----------------------------------------------------------------------------------


def test_the_same_file_is_taken_once_a_record(make: Make, scene: Scene, jiedao: User) -> None:
    add_attachment(scene, upload(), by=jiedao)
    with pytest.raises(AttachmentError, match=r"“副本\.jpg”与已有附件“照片\.jpg”是同一个文件"):
        add_attachment(scene, upload(name="副本.jpg"), by=jiedao)
    add_attachment(make(Scene), upload(), by=jiedao)
    assert Attachment.objects.count() == 2


def test_a_removed_file_may_come_again(scene: Scene, jiedao: User) -> None:
    remove_attachment(add_attachment(scene, upload(), by=jiedao), by=jiedao)
    add_attachment(scene, upload(), by=jiedao)
    assert Attachment.objects.count() == 2


def test_twenty_a_record_and_removed_ones_do_not_count(scene: Scene, jiedao: User) -> None:
    for number in range(20):
        add_attachment(scene, upload(PDF + b"%d" % number), by=jiedao)
    with pytest.raises(AttachmentError, match="每条记录最多20个附件"):
        add_attachment(scene, upload(), by=jiedao)
    remove_attachment(living_attachments(scene)[0], by=jiedao)
    add_attachment(scene, upload(), by=jiedao)
    assert living_attachments(scene).count() == 20


# --- who and when -------------------------------------------------------------------------------


@pytest.mark.parametrize("user", ["jiedao2", "jiangbei"])
def test_nobody_from_elsewhere_adds_or_removes(
    scene: Scene, jiedao: User, request: pytest.FixtureRequest, user: str
) -> None:
    found = add_attachment(scene, upload(), by=jiedao)
    stranger = request.getfixturevalue(user)
    with pytest.raises(AttachmentError, match="不在您的管辖范围"):
        add_attachment(scene, upload(PDF), by=stranger)
    with pytest.raises(AttachmentError, match="不在您的管辖范围"):
        remove_attachment(found, by=stranger)
    assert living_attachments(scene).get() == found


@pytest.mark.parametrize("user", ["shiju", "shengting", "guanli", "shenji"])
def test_who_enters_no_records_adds_and_removes_no_files(
    scene: Scene, jiedao: User, request: pytest.FixtureRequest, user: str
) -> None:
    found = add_attachment(scene, upload(), by=jiedao)
    other = request.getfixturevalue(user)
    for act in (
        lambda: add_attachment(scene, upload(PDF), by=other),
        lambda: remove_attachment(found, by=other),
    ):
        with pytest.raises(AttachmentError):
            act()
    assert living_attachments(scene).get() == found


@pytest.mark.parametrize("status", list(Status))
def test_only_drafts_and_returned_records_take_and_lose_files(
    scene: Scene, jiedao: User, status: Status
) -> None:
    found = add_attachment(scene, upload(), by=jiedao)
    Scene.objects.filter(pk=scene.pk).update(status=status)
    if status in (Status.DRAFT, Status.RETURNED):
        add_attachment(scene, upload(PDF), by=jiedao)
        remove_attachment(found, by=jiedao)
        assert living_attachments(scene).get().kind == AttachmentKind.PDF
        return
    with pytest.raises(AttachmentError, match=f"记录当前为“{status.label}”"):
        add_attachment(scene, upload(PDF), by=jiedao)
    with pytest.raises(AttachmentError, match=f"记录当前为“{status.label}”"):
        remove_attachment(found, by=jiedao)


def test_what_was_submitted_meanwhile_is_found_out_although_the_copy_is_old(
    scene: Scene, jiedao: User, quji: User, shiju: User
) -> None:
    stale = Scene.objects.get(pk=scene.pk)
    submit(scene, by=quji, reason="测试")
    with pytest.raises(AttachmentError, match="待审核"):
        add_attachment(stale, upload(), by=jiedao)
    return_(scene, by=shiju, reason="补照片")
    add_attachment(stale, upload(), by=jiedao)


def test_a_removed_file_stays_with_who_and_when(
    scene: Scene, jiedao: User, quji: User, tmp_path: Path
) -> None:
    found = add_attachment(scene, upload(), by=jiedao)
    remove_attachment(found, by=quji)
    assert found.removed_by == quji
    assert found.removed_at is not None
    assert len(files_under(tmp_path)) == 1
    with pytest.raises(AttachmentError, match="已被移除"):
        remove_attachment(found, by=quji)


READERS = {
    "jiedao": True,
    "quji": True,
    "shiju": True,
    "shengting": True,
    "jiedao2": False,
    "jiangbei": False,
    "guanli": False,
    "shenji": False,
}


@pytest.mark.parametrize("user", list(READERS))
def test_who_sees_the_record_reads_its_files(
    scene: Scene, jiedao: User, request: pytest.FixtureRequest, user: str
) -> None:
    found = add_attachment(scene, upload(), by=jiedao)
    Scene.objects.filter(pk=scene.pk).update(status=Status.PENDING)
    read = readable_attachment(request.getfixturevalue(user), found.pk)
    assert read == (found if READERS[user] else None)


def test_an_observer_reads_no_file_of_a_draft(
    scene: Scene, jiedao: User, shiju: User, shengting: User
) -> None:
    found = add_attachment(scene, upload(), by=jiedao)
    assert readable_attachment(shengting, found.pk) is None
    assert readable_attachment(shiju, found.pk) == found


def test_when_a_record_moves_its_files_go_with_it(
    scene: Scene, jiedao: User, jiedao2: User
) -> None:
    found = add_attachment(scene, upload(), by=jiedao)
    Scene.objects.filter(pk=scene.pk).update(area_id=MINSHENGLU)
    assert readable_attachment(jiedao2, found.pk) == found
    assert readable_attachment(jiedao, found.pk) is None


# --- files and transactions ---------------------------------------------------------------------


class _Fault(Exception):
    pass


def test_a_rolled_back_transaction_leaves_no_file(
    scene: Scene, jiedao: User, tmp_path: Path
) -> None:
    with pytest.raises(_Fault), nothing_left_behind(), transaction.atomic():
        add_attachment(scene, upload(), by=jiedao)
        assert len(files_under(tmp_path)) == 1
        raise _Fault
    assert files_under(tmp_path) == []
    assert not Attachment.objects.exists()


def test_a_rollback_without_an_exception_leaves_no_file_either(
    scene: Scene, jiedao: User, tmp_path: Path
) -> None:
    with nothing_left_behind(), transaction.atomic():
        add_attachment(scene, upload(), by=jiedao)
        transaction.set_rollback(True)
    assert files_under(tmp_path) == []


def test_of_two_files_the_one_that_was_kept_stays(
    scene: Scene, jiedao: User, tmp_path: Path
) -> None:
    with nothing_left_behind():
        kept = add_attachment(scene, upload(), by=jiedao)
        with pytest.raises(_Fault), transaction.atomic():
            add_attachment(scene, upload(PDF), by=jiedao)
            raise _Fault
    assert [path.name for path in files_under(tmp_path)] == [Path(str(kept.file.name)).name]


def test_a_fault_after_the_commit_takes_no_file_away(
    scene: Scene, jiedao: User, tmp_path: Path
) -> None:
    with pytest.raises(_Fault), nothing_left_behind():
        with transaction.atomic():
            add_attachment(scene, upload(), by=jiedao)
        raise _Fault
    assert len(files_under(tmp_path)) == Attachment.objects.count() == 1


def test_a_disk_that_fills_up_leaves_no_half_file(
    scene: Scene, jiedao: User, tmp_path: Path
) -> None:
    class Faulty(SimpleUploadedFile):
        reads = 0

        def chunks(self, chunk_size: int | None = None) -> Any:
            self.reads += 1
            yield PDF
            if self.reads > 1:  # inspected once, then written
                raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        add_attachment(scene, Faulty("协议.pdf", PDF), by=jiedao)
    assert files_under(tmp_path) == []
    assert not Attachment.objects.exists()
