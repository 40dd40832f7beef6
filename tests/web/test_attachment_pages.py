"""Evidence through the pages: the tab of a record, and the address that serves a file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from areas.models import Area
from reviews.evidence.attachments import (
    AttachmentError,
    add_attachment,
    living_attachments,
    remove_attachment,
)
from reviews.models import Attachment, Status, Submission
from reviews.services import submit
from scenes.models import Scene
from tests.conftest import DAY, HUAYIPO, MINSHENGLU
from tests.photos import photo
from tests.records.kinds import RECORD_KINDS, kind_name, sound
from tests.types import Make, Response, Visit, streamed
from tests.web.forms import filled_in, messages_of

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

JPEG, PNG, PDF = photo(), photo(form="PNG"), b"%PDF-1.7 paper"
PREFIX = "reviews-attachment-content_type-object_id"


def upload(content: bytes = JPEG, name: str = "照片.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def files_under(folder: Path) -> list[Path]:
    return [path for path in (folder / "attachments").rglob("*") if path.is_file()]


def _page(record: Submission | type[Submission], action: str = "change") -> str:
    arguments = [record.pk] if isinstance(record, Submission) else []
    opts = record._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{action}", args=arguments)


def _with(*files: object, start: int = 0, **values: object) -> dict[str, object]:
    """Return the form data for new rows of evidence, each `file` or `(file, note)`."""
    sent: dict[str, object] = {f"{PREFIX}-TOTAL_FORMS": start + len(files)}
    for number, each in enumerate(files, start):
        file, note = each if isinstance(each, tuple) else (each, "")
        sent |= {f"{PREFIX}-{number}-file": file, f"{PREFIX}-{number}-note": note}
    return sent | values


def _save(client: Client, url: str, **changes: object) -> Response:
    page = client.get(url)
    values = filled_in(page, **changes)
    stored = {f"{PREFIX}-{n}-file" for n in range(30)} - set(changes)
    return client.post(url, {key: value for key, value in values.items() if key not in stored})


def _errors(response: Response) -> list[dict[str, list[str]]]:
    (formset,) = (
        group.formset
        for group in response.context["inline_admin_formsets"]
        if group.formset.model is Attachment
    )
    return [dict(errors) for errors in formset.errors]


@pytest.fixture
def scene(make: Make, district: Area) -> Scene:
    return make(Scene, name="慈善墙")


@pytest.fixture
def clerk(visit: Visit, jiedao: User) -> Client:
    return visit(jiedao)


# --- the tab ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_every_kind_takes_evidence(
    make: Make, clerk: Client, jiedao: User, kind: type[Submission]
) -> None:
    record = sound(make, kind, area_id=HUAYIPO)
    page = clerk.get(_page(record))
    assert 'enctype="multipart/form-data"' in page.content.decode()
    assert _save(clerk, _page(record), **_with((upload(), "揭牌"))).status_code == 302
    found = living_attachments(record).get()
    assert (found.file_name, found.note, found.added_by) == ("照片.jpg", "揭牌", jiedao)


def test_several_files_come_with_a_new_record(clerk: Client, tmp_path: Path) -> None:
    values = {"area": HUAYIPO, "name": "慈善墙", "type": "wall", "opened_on": DAY}
    files = _with(upload(), upload(PNG, "图.png"), upload(PDF, "协议.pdf"))
    assert _save(clerk, _page(Scene, "add"), **values, **files).status_code == 302
    scene = Scene.objects.get()
    kinds = list(living_attachments(scene).values_list("kind", flat=True))
    assert kinds == ["image/jpeg", "image/png", "application/pdf"]
    assert len(files_under(tmp_path)) == 3


def test_more_files_may_be_added_beside_stored_ones_and_the_form_stays_multipart(
    clerk: Client, scene: Scene, jiedao: User
) -> None:
    add_attachment(scene, upload(), by=jiedao)
    page = clerk.get(_page(scene))
    assert 'enctype="multipart/form-data"' in page.content.decode()
    done = _save(clerk, _page(scene), **_with(upload(PDF, "协议.pdf"), start=1))
    assert done.status_code == 302
    assert living_attachments(scene).count() == 2


def test_a_clerk_removes_a_file_and_it_stays_in_the_trail(
    clerk: Client, scene: Scene, jiedao: User, tmp_path: Path
) -> None:
    found = add_attachment(scene, upload(), by=jiedao)
    assert _save(clerk, _page(scene), **{f"{PREFIX}-0-DELETE": "on"}).status_code == 302
    found.refresh_from_db()
    assert (found.removed_by, found.removed_at is not None) == (jiedao, True)
    assert len(files_under(tmp_path)) == 1
    assert clerk.get(reverse("attachment", args=[found.pk])).status_code == 404
    assert "照片.jpg" not in clerk.get(_page(scene)).content.decode()
    history = clerk.get(_page(scene, "history")).content.decode()
    assert history.index("移除附件") < history.index("上传附件")


def test_one_file_is_exchanged_for_itself_in_one_go(
    clerk: Client, scene: Scene, jiedao: User
) -> None:
    add_attachment(scene, upload(), by=jiedao)
    sent = _with(upload(), start=1, **{f"{PREFIX}-0-DELETE": "on"})
    assert _save(clerk, _page(scene), **sent).status_code == 302
    assert living_attachments(scene).count() == 1


def test_a_stored_file_and_its_note_cannot_be_rewritten(
    clerk: Client, scene: Scene, jiedao: User
) -> None:
    found = add_attachment(scene, upload(), by=jiedao, note="揭牌")
    sent = {f"{PREFIX}-0-file": upload(PDF, "别的.pdf"), f"{PREFIX}-0-note": "别的"}
    assert _save(clerk, _page(scene), **sent).status_code == 302
    stored = Attachment.objects.get()
    assert (stored.file.name, stored.note, stored.kind) == (found.file.name, "揭牌", "image/jpeg")


# --- nothing half-saved -------------------------------------------------------------------------


def test_a_refused_file_keeps_the_form_with_its_message_beside_the_field(
    clerk: Client, scene: Scene, tmp_path: Path
) -> None:
    files = _with(upload(), upload(b"PK\x03\x04", "说明.docx"))
    page = _save(clerk, _page(scene), name="慈善小巷", **files)
    assert page.status_code == 200
    assert _errors(page) == [
        {},
        {
            "file": [
                "“说明.docx”不是照片或PDF文件；请上传JPEG、PNG照片或PDF文件，其他格式请先另存为PDF"
            ]
        },
    ]
    assert page.context["adminform"].form["name"].value() == "慈善小巷"
    assert "所选文件尚未保存；请改正后重新选择文件，再保存" in messages_of(page)
    scene.refresh_from_db()
    assert scene.name == "慈善墙"
    assert not Attachment.objects.exists()
    assert files_under(tmp_path) == []


def test_where_another_field_is_wrong_no_file_is_saved_and_the_clerk_is_told(
    clerk: Client, scene: Scene, tmp_path: Path
) -> None:
    page = _save(clerk, _page(scene), opened_on="昨天", **_with(upload()))
    assert page.status_code == 200
    assert "所选文件尚未保存；请改正后重新选择文件，再保存" in messages_of(page)
    assert not Attachment.objects.exists()
    assert files_under(tmp_path) == []


def test_the_same_file_twice_is_refused_beside_the_second(
    clerk: Client, scene: Scene, jiedao: User
) -> None:
    page = _save(clerk, _page(scene), **_with(upload(), upload(name="副本.jpg")))
    message = "“副本.jpg”与已有附件“照片.jpg”是同一个文件，不必重复上传"
    assert _errors(page) == [{}, {"file": [message]}]
    add_attachment(scene, upload(), by=jiedao)
    page = _save(clerk, _page(scene), **_with(upload(name="副本.jpg"), start=1))
    assert _errors(page) == [{}, {"file": [message]}]
    assert living_attachments(scene).count() == 1


def test_the_twenty_first_file_is_refused(clerk: Client, scene: Scene, jiedao: User) -> None:
    for number in range(19):
        add_attachment(scene, upload(PDF + b"%d" % number), by=jiedao)
    files = _with(upload(PNG, "二十.png"), upload(PDF, "二十一.pdf"), start=19)
    page = _save(clerk, _page(scene), **files)
    assert _errors(page)[-2:] == [
        {},
        {"file": ["每条记录最多20个附件，放不下“二十一.pdf”；请先移除不需要的附件"]},
    ]
    assert living_attachments(scene).count() == 19


def test_a_note_without_a_file_is_asked_for_the_file(clerk: Client, scene: Scene) -> None:
    page = _save(clerk, _page(scene), **_with(("", "揭牌")))
    assert _errors(page) == [{"file": ["请选择文件，或清空这一行的说明"]}]


def test_an_empty_row_does_no_harm(clerk: Client, scene: Scene) -> None:
    assert _save(clerk, _page(scene), **_with("")).status_code == 302


def test_a_page_opened_before_it_had_the_tab_still_saves_and_keeps_the_files(
    clerk: Client, scene: Scene, jiedao: User
) -> None:
    add_attachment(scene, upload(), by=jiedao)
    sent = filled_in(clerk.get(_page(scene)), name="慈善小巷")
    old = {name: value for name, value in sent.items() if not name.startswith(PREFIX)}
    assert clerk.post(_page(scene), old).status_code == 302
    scene.refresh_from_db()
    assert (scene.name, living_attachments(scene).count()) == ("慈善小巷", 1)


def test_a_file_name_longer_than_the_field_is_cut_not_refused(clerk: Client, scene: Scene) -> None:
    assert _save(clerk, _page(scene), **_with(upload(name="长" * 200 + ".jpg"))).status_code == 302
    assert living_attachments(scene).get().file_name == "长" * 116 + ".jpg"


def test_a_fault_while_saving_leaves_no_file(
    visit: Visit, jiedao: User, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is already on disk when writing the log fails and everything is rolled back."""
    seen = []

    def fail(*args: object, **kwargs: object) -> None:
        seen.extend(files_under(tmp_path))
        raise RuntimeError

    monkeypatch.setattr("django.contrib.admin.options.ModelAdmin.log_change", fail)
    client = visit(jiedao)
    client.raise_request_exception = False
    assert _save(client, _page(scene), **_with(upload())).status_code == 500
    assert len(seen) == 1
    assert files_under(tmp_path) == []
    assert not Attachment.objects.exists()


def test_saving_and_submitting_in_one_go_takes_the_file_along(clerk: Client, scene: Scene) -> None:
    done = _save(clerk, _page(scene), **_with(upload()), _submit="1")
    assert done.status_code == 302
    assert living_attachments(scene).count() == 1


# --- who and when -------------------------------------------------------------------------------


@pytest.mark.parametrize("user", ["shiju", "shengting"])
def test_who_only_reads_sees_the_files_and_no_field_to_choose_one(
    visit: Visit, scene: Scene, jiedao: User, request: pytest.FixtureRequest, user: str
) -> None:
    found = add_attachment(scene, upload(), by=jiedao, note="揭牌")
    Scene.objects.filter(pk=scene.pk).update(status=Status.PENDING)
    page = visit(request.getfixturevalue(user)).get(_page(scene)).content.decode()
    assert reverse("attachment", args=[found.pk]) in page
    assert "揭牌" in page
    assert 'type="file"' not in page
    assert str(found.file.name) not in page


@pytest.mark.parametrize("user", ["jiedao2", "shiju", "shengting", "jiangbei", "guanli", "shenji"])
def test_nobody_but_the_own_clerk_adds_or_removes_files(
    visit: Visit, scene: Scene, jiedao: User, request: pytest.FixtureRequest, user: str
) -> None:
    found = add_attachment(scene, upload(), by=jiedao)
    values = {
        "area": HUAYIPO,
        "name": "慈善墙",
        "type": "wall",
        "opened_on": DAY,
        f"{PREFIX}-TOTAL_FORMS": 2,
        f"{PREFIX}-INITIAL_FORMS": 1,
        f"{PREFIX}-0-id": found.pk,
        f"{PREFIX}-0-DELETE": "on",
        f"{PREFIX}-1-file": upload(PDF, "协议.pdf"),
    }
    answer = visit(request.getfixturevalue(user)).post(_page(scene), values)
    assert answer.status_code in (302, 403, 404)
    assert living_attachments(scene).get() == found


@pytest.mark.parametrize("status", [Status.PENDING, Status.APPROVED, Status.VOID])
def test_what_is_no_longer_a_draft_takes_no_file(
    clerk: Client, scene: Scene, jiedao: User, status: Status
) -> None:
    found = add_attachment(scene, upload(), by=jiedao)
    sent = filled_in(clerk.get(_page(scene)), **_with(upload(PDF, "协议.pdf"), start=1))
    sent[f"{PREFIX}-0-DELETE"] = "on"
    sent.pop(f"{PREFIX}-0-file")
    Scene.objects.filter(pk=scene.pk).update(status=status)
    assert clerk.post(_page(scene), sent).status_code == 403
    assert living_attachments(scene).get() == found


def test_a_form_that_names_a_foreign_file_removes_nothing(
    clerk: Client, make: Make, scene: Scene, jiedao: User, jiedao2: User
) -> None:
    own = add_attachment(scene, upload(), by=jiedao)
    theirs = add_attachment(make(Scene, area_id=MINSHENGLU), upload(), by=jiedao2)
    gone = add_attachment(scene, upload(PDF, "协议.pdf"), by=jiedao)
    remove_attachment(gone, by=jiedao)
    for foreign in (theirs, gone):
        before = foreign.removed_at
        sent = {f"{PREFIX}-0-id": foreign.pk, f"{PREFIX}-0-DELETE": "on"}
        _save(clerk, _page(scene), **sent)
        foreign.refresh_from_db()
        assert foreign.removed_at == before
    assert Attachment.objects.filter(pk=own.pk).exists()


# --- the address --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (JPEG, "签约 照片.html", "image/jpeg"),
        (PNG, "图.svg", "image/png"),
        (PDF, "协议.pdf", "application/pdf"),
    ],
)
def test_a_file_is_served_as_what_it_is_and_runs_nothing(
    visit: Visit, shiju: User, scene: Scene, jiedao: User, content: bytes, name: str, kind: str
) -> None:
    found = add_attachment(scene, upload(content, name), by=jiedao)
    answer = visit(shiju).get(reverse("attachment", args=[found.pk]))
    kept = found.file.read()
    assert streamed(answer) == kept
    assert kept == content or kind != "application/pdf"
    assert answer["Content-Type"] == kind
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Content-Length"] == str(len(kept))
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Cookie" in answer["Vary"]
    assert answer["X-Frame-Options"] == "DENY"
    disposition = answer["Content-Disposition"]
    assert disposition.startswith("inline; filename*=utf-8''")
    assert unquote(disposition.split("''")[1]) == found.file_name


READERS = {
    "jiedao": 200,
    "quji": 200,
    "shiju": 200,
    "shengting": 200,
    "jiedao2": 404,
    "jiangbei": 404,
    "guanli": 404,
    "shenji": 404,
}


@pytest.mark.parametrize("user", list(READERS))
def test_a_file_is_there_for_who_sees_its_record_and_for_nobody_else(
    visit: Visit, scene: Scene, jiedao: User, request: pytest.FixtureRequest, user: str
) -> None:
    url = reverse("attachment", args=[add_attachment(scene, upload(), by=jiedao).pk])
    client = visit(request.getfixturevalue(user))
    if user == "shengting":  # an observer
        assert client.get(url).status_code == 404  # of a draft
    Scene.objects.filter(pk=scene.pk).update(status=Status.PENDING)
    assert client.get(url).status_code == READERS[user]
    assert client.head(url).status_code == READERS[user]


def test_who_is_not_logged_in_is_asked_to(visit: Visit, scene: Scene, jiedao: User) -> None:
    url = reverse("attachment", args=[add_attachment(scene, upload(), by=jiedao).pk])
    answer = visit(None).get(url)
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={url}")


def test_a_kept_copy_is_asked_about_each_time(
    visit: Visit, scene: Scene, jiedao: User, jiedao2: User
) -> None:
    url = reverse("attachment", args=[add_attachment(scene, upload(), by=jiedao).pk])
    tag = visit(jiedao).get(url)["ETag"]
    kept = visit(jiedao).get(url, headers={"If-None-Match": tag})
    assert (kept.status_code, kept.content) == (304, b"")
    assert visit(jiedao2).get(url, headers={"If-None-Match": tag}).status_code == 404


@pytest.mark.parametrize("pk", [0, 10**6, 2**63, 10**30])
def test_a_file_that_never_was_is_not_found(visit: Visit, jiedao: User, pk: int) -> None:
    assert visit(jiedao).get(f"/attachments/{pk}/").status_code == 404


def test_a_file_lost_from_the_disk_is_not_found_and_the_record_still_opens(
    clerk: Client, scene: Scene, jiedao: User, tmp_path: Path
) -> None:
    found = add_attachment(scene, upload(), by=jiedao)
    (tmp_path / str(found.file.name)).unlink()
    assert clerk.get(reverse("attachment", args=[found.pk])).status_code == 404
    assert clerk.get(_page(scene)).status_code == 200
    assert _save(clerk, _page(scene), name="慈善小巷").status_code == 302


def test_only_reading_is_answered(clerk: Client, scene: Scene, jiedao: User) -> None:
    url = reverse("attachment", args=[add_attachment(scene, upload(), by=jiedao).pk])
    assert clerk.post(url).status_code == 405
    assert clerk.delete(url).status_code == 405


def test_no_address_serves_the_folder_itself(clerk: Client, scene: Scene, jiedao: User) -> None:
    name = str(add_attachment(scene, upload(), by=jiedao).file.name)
    tries = ["", "media/", "static/", "static/../", "var/", "attachments/../", "attachments/"]
    for start in tries:
        assert clerk.get(f"/{start}{name}").status_code == 404, start
        assert clerk.get(f"/{start}{name.removeprefix('attachments/')}").status_code == 404, start


def test_a_pending_record_shows_its_files_to_the_reviewer(
    visit: Visit, shiju: User, scene: Scene, jiedao: User, quji: User
) -> None:
    found = add_attachment(scene, upload(), by=jiedao)
    submit(scene, by=quji, reason="测试")
    assert visit(shiju).get(reverse("attachment", args=[found.pk])).status_code == 200


# --- several at once, and from the camera -------------------------------------------------------


def test_several_files_in_one_choice_and_one_from_the_camera(
    visit: Visit, jiedao: User, scene: Scene
) -> None:
    client, url = visit(jiedao), reverse("admin:scenes_scene_change", args=[scene.pk])
    page = client.get(url)
    text = page.content.decode()
    assert 'multiple accept=".jpg,.jpeg,.png,.heic' in text
    assert 'accept="image/*" capture="environment"' in text
    prefix = "reviews-attachment-content_type-object_id"
    several = [upload(PDF, "协议.pdf"), upload(photo("blue", "HEIF"), "IMG_0001.HEIC")]
    sent = filled_in(page) | {f"{prefix}-several": several, f"{prefix}-camera": [upload()]}
    assert client.post(url, sent).status_code == 302
    found = Attachment.objects.order_by("pk").values_list("file_name", "kind")
    assert list(found) == [
        ("协议.pdf", "application/pdf"),
        ("IMG_0001.jpg", "image/jpeg"),
        ("照片.jpg", "image/jpeg"),
    ]


def test_one_faulty_file_of_several_stores_none_and_is_named(
    visit: Visit, jiedao: User, scene: Scene
) -> None:
    client, url = visit(jiedao), reverse("admin:scenes_scene_change", args=[scene.pk])
    prefix = "reviews-attachment-content_type-object_id"
    several = [upload(), upload(photo("blue")[:60], "半张.jpg")]
    page = client.post(url, filled_in(client.get(url)) | {f"{prefix}-several": several})
    assert "“半张.jpg”不完整或已损坏" in page.content.decode()
    assert not Attachment.objects.exists()


def test_a_photo_stored_as_it_was_uploaded_is_recognised(
    visit: Visit, jiedao: User, scene: Scene
) -> None:
    old = add_attachment(scene, upload(), by=jiedao)
    digest = hashlib.sha256(JPEG).hexdigest()
    Attachment.objects.filter(pk=old.pk).update(sha256=digest, upload_sha256="")
    with pytest.raises(AttachmentError, match="是同一个文件"):
        add_attachment(scene, upload(name="另一个名字.jpg"), by=jiedao)
