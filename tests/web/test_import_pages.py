"""The import pages: upload, see the outcome of each row, correct, store, undo.

Only within the own scope.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.http import content_disposition_header
from openpyxl import load_workbook
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from ledgers import jobs
from ledgers.registry import KINDS
from orgs.models import CommunityOrg
from projects.models import Aid
from reviews.fields import attribute_history
from reviews.leases import MOST_BREAKS
from reviews.models import ImportBatch, ImportJob, JobState, Status
from reviews.services import approve, submit
from tests.ledger.workbooks import aid, imported, one_sheet, org
from tests.types import Make, Response, Visit
from tests.web.forms import hidden_fields, messages_of

LEDGER_FILES = Path(__file__).parent.parent / "ledger" / "files"

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL


@pytest.fixture(autouse=True)
def _own_cache(settings: Settings, tmp_path: Path) -> None:
    """Do not share leases between tests."""
    cache.clear()


def _upload(
    browser: Any, *rows: dict[str, Any], kind: str = "orgs", name: str = "台账.xlsx"
) -> Response:
    file = SimpleUploadedFile(name, one_sheet(*rows))
    return browser.post("/imports/", {"kind": kind, "file": file}, follow=True)


def _job() -> ImportJob:
    return ImportJob.objects.latest("pk")


def test_a_clerk_uploads_sees_each_row_and_stores(visit: Visit, jiedao: User) -> None:
    browser = visit(jiedao)
    response = _upload(browser, org(1), org(2))
    assert response.redirect_chain == [(f"/imports/{_job().pk}/", 302)]
    assert not CommunityOrg.objects.exists()
    assert [(label, number) for label, number, _ in response.context["counts"]] == [
        ("须改正", 0),
        ("修改", 0),
        ("新增", 2),
        ("相同，跳过", 0),
    ]
    done = browser.post(f"/imports/{_job().pk}/commit/", {"submit": "1"}, follow=True)
    assert "已导入并提交审核" in done.content.decode()
    assert set(CommunityOrg.objects.values_list("status", flat=True)) == {Status.PENDING}
    assert (_job().state, _job().batch) == (JobState.IMPORTED, ImportBatch.objects.get())


def test_drafts_only_where_nobody_asks_to_submit(visit: Visit, jiedao: User) -> None:
    browser = visit(jiedao)
    _upload(browser, org(1))
    browser.post(f"/imports/{_job().pk}/commit/")
    assert CommunityOrg.objects.get().status == Status.DRAFT


def test_one_problem_offers_the_marked_copy_and_no_import(visit: Visit, jiedao: User) -> None:
    browser = visit(jiedao)
    response = _upload(browser, org(1), org(2, 成员数=-1))
    text = response.content.decode()
    assert "1处须改正，没有写入任何记录" in text
    assert "Sheet1 I3" in text
    assert "/commit/" not in text
    browser.post(f"/imports/{_job().pk}/commit/", {"submit": "1"})
    assert not CommunityOrg.objects.exists()
    marked = browser.get(f"/imports/{_job().pk}/marked.xlsx")
    assert "filename*=utf-8''" in marked["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(marked.content))["Sheet1"]
    assert sheet["I3"].fill.start_color.rgb == "00FFC7CE"


@pytest.mark.parametrize(
    ("name", "copy", "sentence"),
    [
        ("台账.xlsx", "台账（已标注）.xlsx", "标注的表格就是您的原表"),
        ("台账.xls", "台账（已标注）.xlsx", "只保留内容和合并单元格"),
        ("台账.ods", "台账（已标注）.ods", "标注的表格就是您的原表"),
    ],
)
def test_the_marked_copy_has_the_kind_of_the_file_and_the_page_says_what_it_keeps(
    visit: Visit, jiedao: User, name: str, copy: str, sentence: str
) -> None:
    browser = visit(jiedao)
    content = (LEDGER_FILES / f"clerks_file{Path(name).suffix}").read_bytes()
    upload = {"kind": "orgs", "file": SimpleUploadedFile(name, content)}
    assert sentence in browser.post("/imports/", upload, follow=True).content.decode()
    marked = browser.get(f"/imports/{_job().pk}/marked.xlsx")
    assert marked["Content-Disposition"] == content_disposition_header(True, copy)


def test_rows_say_whether_they_are_new_changed_or_the_same(visit: Visit, jiedao: User) -> None:
    browser = visit(jiedao)
    _upload(browser, org(1), org(2))
    browser.post(f"/imports/{_job().pk}/commit/")
    response = _upload(browser, org(1), org(2, 成员数=21), org(3))
    lines = {line["title"]: (line["label"], line["details"]) for line in response.context["lines"]}
    assert lines == {
        "华一坡社区互助会1": ("相同，跳过", []),
        "华一坡社区互助会2": ("修改", ["成员数：20 → 21"]),
        "华一坡社区互助会3": ("新增", []),
    }
    browser.post(f"/imports/{_job().pk}/commit/")
    members = dict(CommunityOrg.objects.values_list("name", "members"))
    assert members == {f"华一坡社区互助会{n}": size for n, size in ((1, 20), (2, 21), (3, 20))}


def test_the_same_file_twice_creates_nothing_twice(visit: Visit, jiedao: User) -> None:
    browser = visit(jiedao)
    for _ in range(2):
        response = _upload(browser, org(1))
        browser.post(f"/imports/{_job().pk}/commit/")
    assert "没有重复导入" in response.content.decode()
    assert CommunityOrg.objects.count() == 1


def test_pressing_twice_stores_once(visit: Visit, jiedao: User) -> None:
    browser = visit(jiedao)
    _upload(browser, org(1))
    for _ in range(3):
        browser.post(f"/imports/{_job().pk}/commit/")
    assert (CommunityOrg.objects.count(), ImportBatch.objects.count()) == (1, 1)


def test_data_that_changed_after_the_check_is_not_overrun(
    visit: Visit, jiedao: User, shiju: User
) -> None:
    browser = visit(jiedao)
    _upload(browser, org(1))
    browser.post(f"/imports/{_job().pk}/commit/")
    _upload(browser, org(1, 成员数=21))
    record = CommunityOrg.objects.get()
    submit(record, by=jiedao, reason="核对")
    approve(record, by=shiju)
    done = browser.post(f"/imports/{_job().pk}/commit/", follow=True)
    assert "没有写入" in done.content.decode()
    assert CommunityOrg.objects.get().members == 20
    assert "1处须改正" in done.content.decode()


def test_a_page_from_before_another_check_stores_nothing(
    visit: Visit, jiedao: User, make: Make
) -> None:
    browser = visit(jiedao)
    shown = _upload(browser, org(1)).context["job"].outcomes
    assert (
        f'name="outcomes" value="{shown}"' in browser.get(f"/imports/{_job().pk}/").content.decode()
    )
    make(CommunityOrg, name=org(1)["组织名称"], members=7)
    browser.post(f"/imports/{_job().pk}/check/")  # in another tab
    done = browser.post(f"/imports/{_job().pk}/commit/", {"outcomes": shown}, follow=True)
    assert "打开本页之后该文件重新核对过，没有写入" in done.content.decode()
    assert CommunityOrg.objects.get().members == 7
    now = {"outcomes": done.context["job"].outcomes}
    browser.post(f"/imports/{_job().pk}/commit/", now)
    assert CommunityOrg.objects.get().members == 20


def test_warnings_are_explained_before_their_rows_are_submitted(visit: Visit, jiedao: User) -> None:
    """The clerk's words go with each record; a draft needs none, and neither does a whole sheet."""
    browser = visit(jiedao)
    _upload(browser, org(1) | {"不认识的列": "内容"}, org(2))
    page = browser.get(f"/imports/{_job().pk}/")
    assert 'name="reason"' in page.content.decode()
    refused = browser.post(f"/imports/{_job().pk}/commit/", {"submit": "1", "reason": " "})
    assert "请填写“提示说明”" in browser.get(refused["Location"]).content.decode()
    assert not CommunityOrg.objects.exists()
    browser.post(f"/imports/{_job().pk}/commit/", {"submit": "1", "reason": "该列另存，已核对"})
    assert set(CommunityOrg.objects.values_list("status", "review_reason")) == {
        (Status.PENDING, "该列另存，已核对")
    }
    _upload(browser, org(1), org(2), org(3))  # two rows are stored: nothing to explain
    browser.post(f"/imports/{_job().pk}/commit/", {"submit": "1"})
    assert CommunityOrg.objects.filter(review_reason="台账导入").count() == 1


def test_a_batch_is_undone_after_a_question(visit: Visit, jiedao: User) -> None:
    browser = visit(jiedao)
    _upload(browser, org(1))
    browser.post(f"/imports/{_job().pk}/commit/", {"submit": "1"})
    address = f"/imports/batches/{ImportBatch.objects.get().pk}/undo/"
    question = browser.get(address)
    assert "撤销" in question.content.decode()
    assert CommunityOrg.objects.get().status == Status.PENDING
    done = browser.post(address, hidden_fields(question), follow=True)
    assert "已撤销" in done.content.decode()
    assert CommunityOrg.objects.get().status == Status.VOID


def _undo_page(browser: Any, *rows: dict[str, Any]) -> Response:
    _upload(browser, *rows)
    browser.post(f"/imports/{_job().pk}/commit/")
    return browser.get(f"/imports/batches/{_job().batch_id}/undo/")


def _edit(record: CommunityOrg, by: User, **values: object) -> None:
    for name, value in values.items():
        setattr(record, name, value)
    attribute_history(record, by)
    record.save()


def test_a_record_that_somebody_has_mended_meanwhile_is_not_voided_unseen(
    visit: Visit, jiedao: User, quji: User
) -> None:
    browser = visit(jiedao)
    question = _undo_page(browser, org(1), org(2))
    _edit(CommunityOrg.objects.get(name=org(2)["组织名称"]), quji, members=33)
    address = f"/imports/batches/{_job().batch_id}/undo/"
    late = browser.post(address, hidden_fields(question))
    assert messages_of(late) == ["这批记录刚有变化，没有撤销；请核对后重新确认"]
    assert set(CommunityOrg.objects.values_list("status", flat=True)) == {Status.DRAFT}
    text = late.content.decode()
    assert "华一坡社区互助会2" in text
    assert "<ins>33" in text
    assert "华一坡社区互助会1（" not in text
    browser.post(address, hidden_fields(late))
    assert set(CommunityOrg.objects.values_list("status", flat=True)) == {Status.VOID}


def test_a_record_that_somebody_has_submitted_meanwhile_is_told(
    visit: Visit, jiedao: User, quji: User
) -> None:
    browser = visit(jiedao)
    question = _undo_page(browser, org(1))
    submit(CommunityOrg.objects.get(), by=quji, reason="核对过")
    late = browser.post(f"/imports/batches/{_job().batch_id}/undo/", hidden_fields(question))
    assert "理由：核对过" in late.content.decode()
    assert CommunityOrg.objects.get().status == Status.PENDING


def test_a_record_that_the_batch_changed_and_somebody_else_too_is_told(
    visit: Visit, jiedao: User, quji: User
) -> None:
    browser = visit(jiedao)
    imported(quji, "orgs", org(1))
    question = _undo_page(browser, org(1, 成员数=21))
    _edit(CommunityOrg.objects.get(), quji, leader="王芳")
    late = browser.post(f"/imports/batches/{_job().batch_id}/undo/", hidden_fields(question))
    assert "王*" in late.content.decode()
    assert CommunityOrg.objects.get().members == 21
    browser.post(f"/imports/batches/{_job().batch_id}/undo/", hidden_fields(late))
    assert CommunityOrg.objects.get().members == 20


def test_a_click_without_what_was_seen_undoes_nothing(visit: Visit, jiedao: User) -> None:
    browser = visit(jiedao)
    _undo_page(browser, org(1))
    late = browser.post(f"/imports/batches/{_job().batch_id}/undo/")
    assert (late.status_code, CommunityOrg.objects.get().status) == (200, Status.DRAFT)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"kind": "orgs"}, "请选择要导入的文件"),
        ({"kind": "nothing", "file": True}, "请选择台账种类"),
        ({"file": True}, "请选择台账种类"),
    ],
)
def test_what_is_missing_is_said(
    visit: Visit, jiedao: User, answers: dict[str, object], words: str
) -> None:
    if answers.get("file"):
        answers = {**answers, "file": SimpleUploadedFile("a.xlsx", b"x")}
    response = visit(jiedao).post("/imports/", answers)
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "空文件"), (b"x" * 100, "不超过|超过"), (b"PK nonsense", "")]
)
def test_a_file_that_is_none_is_refused_in_words(
    visit: Visit, jiedao: User, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    if b"x" in content:
        monkeypatch.setattr(jobs, "MOST_BYTES", 50)
    file = SimpleUploadedFile("台账.xlsx", content)
    response = visit(jiedao).post("/imports/", {"kind": "orgs", "file": file}, follow=True)
    text = response.content.decode()
    if words:
        assert any(word in text for word in words.split("|"))
        assert not ImportJob.objects.exists()
    else:
        assert "不是有效的 Excel 文件" in text
        assert _job().state == JobState.REFUSED


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_has_its_template(visit: Visit, jiedao: User, kind: str) -> None:
    response = visit(jiedao).get(f"/imports/templates/{kind}.xlsx")
    assert response.status_code == 200
    names = load_workbook(io.BytesIO(response.content)).sheetnames
    assert names[: len(KINDS[kind])] == [ledger.name[:31] for ledger in KINDS[kind]]


def test_long_work_is_left_to_a_worker_and_the_page_says_how_far_it_is(
    visit: Visit,
    jiedao: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    from ledgers import tasks

    sent: list[int] = []
    monkeypatch.setattr(jobs, "AT_ONCE_BYTES", 0)
    monkeypatch.setattr(tasks.work_on_import, "delay", sent.append)
    browser = visit(jiedao)
    with django_capture_on_commit_callbacks(execute=True):
        response = _upload(browser, org(1))
    job = _job()
    assert (sent, job.state) == ([job.pk], JobState.CHECKING)
    assert "可以离开本页" in response.content.decode()
    assert jobs.unattended_jobs() == [job.pk]
    lease = jobs.ImportLease(job.pk)
    assert lease.acquire()
    lease.report("读取", 0, 900)
    assert browser.get(f"/imports/{job.pk}/progress/").json() == {
        "state": "checking",
        "is_at_work": True,
        "step": "读取",
        "done": 0,
        "total": 900,
    }
    with CaptureQueriesContext(connection) as queries:
        browser.get(f"/imports/{job.pk}/progress/")
    assert not [one["sql"] for one in queries if '"content"' in one["sql"]]  # the file itself
    assert jobs.unattended_jobs() == []
    jobs.work_on(job.pk, KINDS)
    job.refresh_from_db()
    assert job.state == JobState.CHECKING  # another worker holds the lease
    lease.release()
    jobs.work_on(job.pk, KINDS)
    job.refresh_from_db()
    assert job.state == JobState.CHECKED


def test_a_file_that_brings_every_worker_down_is_given_up(jiedao: User) -> None:
    assert jiedao.area
    job = jobs.create_job("orgs", one_sheet(org(1)), "台账.xlsx", by=jiedao, root=jiedao.area)
    ImportJob.objects.update(attempts=MOST_BREAKS)
    jobs.work_on(job.pk, KINDS)
    job.refresh_from_db()
    assert (job.state, "没有写入" in job.message) == (JobState.REFUSED, True)


def test_an_error_nobody_expected_stores_nothing_and_is_said(
    jiedao: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledgers import service

    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    assert jiedao.area
    job = jobs.create_job("orgs", one_sheet(org(1)), "台账.xlsx", by=jiedao, root=jiedao.area)
    jobs.work_on(job.pk, KINDS)
    job.refresh_from_db()
    assert jobs.ask_to_import(job, is_submitted=True)
    monkeypatch.setattr(service, "_store", broken)
    with pytest.raises(RuntimeError):
        jobs.work_on(job.pk, KINDS)
    job.refresh_from_db()
    assert job.state == JobState.REFUSED
    assert not CommunityOrg.objects.exists()
    assert not ImportBatch.objects.exists()
    assert jobs.progress_of(job) is None


# --- scope --------------------------------------------------------------------------------------


def _addresses(job: ImportJob) -> list[tuple[str, str]]:
    return [
        ("get", f"/imports/{job.pk}/"),
        ("get", f"/imports/{job.pk}/progress/"),
        ("get", f"/imports/{job.pk}/marked.xlsx"),
        ("post", f"/imports/{job.pk}/commit/"),
        ("post", f"/imports/{job.pk}/check/"),
    ]


@pytest.mark.parametrize(
    ("name", "status"),
    [("jiedao2", 404), ("quji", 404), ("shiju", 403), ("jiangbei", 403), ("guanli", 404), ("shenji", 404)],
)  # fmt: skip
def test_an_upload_is_its_uploaders_alone(
    request: pytest.FixtureRequest, visit: Visit, jiedao: User, name: str, status: int
) -> None:
    _upload(visit(jiedao), org(1))
    browser = visit(request.getfixturevalue(name))
    for method, address in _addresses(_job()):
        assert getattr(browser, method)(address).status_code == status, address
    assert _job().state == JobState.CHECKED


def test_a_clerk_moved_elsewhere_loses_the_upload(visit: Visit, jiedao: User) -> None:
    browser = visit(jiedao)
    _upload(browser, org(1))
    User.objects.filter(pk=jiedao.pk).update(area_id="500103003")
    for method, address in _addresses(_job()):
        assert getattr(browser, method)(address).status_code == 404, address


def test_rows_of_another_street_are_refused(visit: Visit, jiedao2: User) -> None:
    response = _upload(visit(jiedao2), org(1))
    assert "1处须改正" in response.content.decode()


def test_no_list_shows_another_streets_uploads_or_batches(
    visit: Visit, jiedao: User, jiedao2: User
) -> None:
    browser = visit(jiedao)
    _upload(browser, org(1), name="机密甲.xlsx")
    browser.post(f"/imports/{_job().pk}/commit/")
    _upload(browser, org(2), name="机密乙.xlsx")
    assert "机密甲" in browser.get("/imports/").content.decode()
    other = visit(jiedao2)
    assert "机密" not in other.get("/imports/").content.decode()
    address = f"/imports/batches/{ImportBatch.objects.get().pk}/undo/"
    assert (other.get(address).status_code, other.post(address).status_code) == (404, 404)
    assert CommunityOrg.objects.get().status == Status.DRAFT


def test_the_template_holds_no_neighbours_place(visit: Visit, jiedao: User) -> None:
    content = visit(jiedao).get("/imports/templates/funds.xlsx").content
    book = load_workbook(io.BytesIO(content))
    written = {str(cell.value) for sheet in book for row in sheet for cell in row if cell.value}
    assert "七星岗街道" in written
    assert not {text for text in written if "解放碑" in text or "民生路" in text}


def test_doubtful_rows_are_asked_on_the_page_and_the_choice_is_kept(
    visit: Visit, jiedao: User
) -> None:
    imported(jiedao, "activities", aid(1), aid(2))
    browser = visit(jiedao)
    page = _upload(browser, aid(1, 帮扶人次=25), aid(2, 帮扶人次=30), kind="activities")
    shown, address = page.content.decode(), f"/imports/{_job().pk}/check/"
    assert "有2行疑似修改系统中已有的记录" in shown
    assert 'name="row:Sheet1!2"' in shown
    assert "帮扶人次：5 → 25" in shown
    assert "导入并提交审核" not in shown
    first = Aid.objects.get(content="助餐1")
    page = browser.post(address, {"row:Sheet1!2": first.pk}, follow=True)
    assert "有1行疑似修改" in page.content.decode()
    page = browser.post(address, {"others": "new"}, follow=True)
    assert "导入并提交审核" in page.content.decode()
    assert "已选择：另一笔" in page.content.decode()
    browser.post(f"/imports/{_job().pk}/commit/")
    assert sorted(Aid.objects.values_list("person_times", flat=True)) == [5, 25, 30]


@pytest.mark.parametrize(
    "sent", [{"row:Sheet1!9": "new"}, {"row:Sheet1!2": "x"}, {"others": "x"}, {"forget": "1"}]
)
def test_a_choice_that_was_not_asked_changes_nothing(
    visit: Visit, jiedao: User, sent: dict[str, str]
) -> None:
    imported(jiedao, "activities", aid(1))
    browser = visit(jiedao)
    _upload(browser, aid(1, 帮扶人次=25), kind="activities")
    page = browser.post(f"/imports/{_job().pk}/check/", sent, follow=True)
    assert page.status_code == 200
    assert _job().decisions == {}
    assert "有1行疑似修改" in page.content.decode()
