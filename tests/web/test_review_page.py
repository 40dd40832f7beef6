"""What a reviewer sees before deciding: differences, reasons on offer, and the record's history."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from funds.models import Fund, FundMember
from reviews.evidence.attachments import add_attachment, remove_attachment
from reviews.models import UNDO_REASON, Action, ReviewEvent, Status, Submission
from reviews.pages.reasons import past_reasons
from reviews.services import move_all, reopen, return_, submit, void
from scenes.models import Activity, Scene
from tests.conftest import HUAYIPO, JIEFANGBEI, MINSHENGLU, NEIGHBOUR_STREET
from tests.photos import photo
from tests.records.kinds import RECORD_KINDS, kind_name, sound
from tests.types import Make, Response, Visit
from tests.web.forms import filled_in, hidden_fields, messages_of
from tests.web.test_chinese import english_in

pytestmark = [
    pytest.mark.once,
    pytest.mark.usefixtures("may_tamper"),
]  # pages; `test_every_page_opens` opens each on PostgreSQL

FAR = f"{NEIGHBOUR_STREET}001"


def upload(name: str = "照片.jpg", content: bytes = photo()) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def _url(record: Submission, action: str) -> str:
    opts = record._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{action}", args=[record.pk])


def _text(page: Response) -> str:
    """Return the text of the page's own form in one line."""
    body = page.content.decode()
    start = body.index('class="panel"') if 'class="panel"' in body else body.index('class="board"')
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body[start:])).split())


# --- before and now -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_every_kind_is_reviewed_with_all_its_fields(
    make: Make, visit: Visit, quji: User, shiju: User, kind: type[Submission]
) -> None:
    record = sound(make, kind, area_id=HUAYIPO)
    submit(record, by=quji, reason="测试")
    page = visit(shiju).get(_url(record, "approve_one"))
    text = _text(page)
    for field in kind._meta.fields:
        if field.editable and not field.primary_key:
            assert str(field.verbose_name) in text, field.name
    assert "本记录还没有通过过。" in text
    assert "上次通过时" not in text
    assert english_in(page.content.decode()) == set()


def test_what_was_approved_before_stands_beside_what_is_and_changes_are_named(
    approved: Make, visit: Visit, quji: User, shiju: User
) -> None:
    scene = approved(Scene, name="慈善墙", type="wall")
    reopen(scene, by=shiju, reason="核对")
    scene.name, scene.type = "慈善小巷", "alley"
    scene.save()
    submit(scene, by=quji, reason="已改")
    text = _text(visit(shiju).get(_url(scene, "approve_one")))
    assert "项目 上次通过时 现在" in text
    assert "相比，有 2 项改动。" in text
    assert "场景名称 有改动 慈善墙 慈善小巷" in text
    assert "类型 有改动 慈善墙 慈善小巷" in text
    assert "建成日期 2026年3月1日 2026年3月1日" in text


def test_an_unchanged_record_says_so(approved: Make, visit: Visit, shiju: User) -> None:
    text = _text(visit(shiju).get(_url(approved(Scene), "reopen_one")))
    assert "各项内容与上次通过时" in text
    assert "有改动" not in text


def test_where_the_approved_version_was_not_kept_it_says_so(
    approved: Make, visit: Visit, shiju: User
) -> None:
    scene = approved(Scene)
    scene.history.all().delete()
    text = _text(visit(shiju).get(_url(scene, "void_one")))
    assert "当时的内容没有留存，无法对照" in text
    assert "项目 现在" in text


def test_rows_are_shown_and_it_is_said_that_their_former_state_is_not_known(
    approved: Make, visit: Visit, quji: User, jiedao: User, shiju: User
) -> None:
    fund = approved(Fund)
    FundMember.objects.create(fund=fund, name="赵某", kind="street")
    reopen(fund, by=shiju, reason="核对")
    client, url = visit(jiedao), _url(fund, "change")
    page = client.get(url)
    changes = {
        "members-TOTAL_FORMS": 2,
        "members-0-duty": "组长",
        "members-1-name": "王芳",
        "members-1-kind": "resident",
    }
    assert client.post(url, filled_in(page, **changes)).status_code == 302
    submit(fund, by=quji, reason="已改")
    text = _text(visit(shiju).get(_url(fund, "approve_one")))
    assert "姓名 身份 职务 赵* 街道（乡镇）有关负责人 组长 王* 居民代表 （空）" in text
    assert "管理小组成员只保存现在的内容，上次通过时的内容没有留存，无法逐行对照。" in text
    assert "管理小组成员：新增“王*”（jiedao，" in text
    assert "管理小组成员：修改“赵*”（职务）（jiedao，" in text


def test_communities_reached_are_shown(make: Make, visit: Visit, quji: User, shiju: User) -> None:
    activity = make(Activity, reached=[HUAYIPO, MINSHENGLU])
    submit(activity, by=quji, reason="测试")
    text = _text(visit(shiju).get(_url(activity, "approve_one")))
    assert "覆盖社区 覆盖社区 华一坡社区 民生路社区" in text
    assert "只保存现在的内容" not in text  # nothing to compare with


def test_findings_are_said(make: Make, visit: Visit, quji: User, shiju: User) -> None:
    fund = make(Fund, host_has_public_fundraising=False)
    submit(fund, by=quji, reason="线下定向")
    text = _text(visit(shiju).get(_url(fund, "approve_one")))
    assert "依托组织没有公开募捐资格" in text
    assert "说明：线下定向" in text


def test_evidence_is_at_hand(
    approved: Make, visit: Visit, quji: User, jiedao: User, shiju: User
) -> None:
    scene = approved(Scene)
    Scene.objects.filter(pk=scene.pk).update(status=Status.RETURNED)
    picture = add_attachment(scene, upload(), by=jiedao, note="揭牌")
    paper = add_attachment(scene, upload("协议.pdf", b"%PDF-1.7"), by=jiedao)
    gone = add_attachment(scene, upload("旧.jpg", photo("blue")), by=jiedao)
    remove_attachment(gone, by=jiedao)
    submit(scene, by=quji, reason="测试")
    page = visit(shiju).get(_url(scene, "approve_one"))
    body, text = page.content.decode(), _text(page)
    link, small = (reverse(name, args=[picture.pk]) for name in ("attachment", "attachment-small"))
    assert f'<a href="{link}" target="_blank"><img src="{small}"' in body
    assert f'<img src="{reverse("attachment-small", args=[paper.pk])}"' not in body
    assert "照片.jpg 上次通过后新增 揭牌 jiedao" in text
    assert "PDF：协议.pdf" in text
    assert "上次通过后移除：“旧.jpg”（jiedao，" in text
    assert reverse("attachment", args=[gone.pk]) not in body


def test_without_evidence_it_says_so(make: Make, visit: Visit, quji: User, shiju: User) -> None:
    scene = make(Scene)
    submit(scene, by=quji, reason="测试")
    assert "没有附件。" in _text(visit(shiju).get(_url(scene, "approve_one")))


def test_what_a_record_says_runs_nothing(make: Make, visit: Visit, quji: User, shiju: User) -> None:
    scene = make(Scene, name="<script>alert(1)</script>")
    submit(scene, by=quji, reason="<img src=x onerror=alert(2)>")
    client = visit(shiju)
    return_(scene, by=shiju, reason='"><script>alert(3)</script>')
    other = make(Scene)
    submit(other, by=quji, reason="测试")
    for url in (_url(scene, "void_one"), _url(other, "return_one"), _url(scene, "history")):
        body = client.get(url).content.decode()
        assert "<script>alert" not in body
        assert "<img src=x" not in body


def test_a_selection_is_still_a_table(make: Make, visit: Visit, quji: User, shiju: User) -> None:
    scenes = [make(Scene) for _ in range(2)]
    for scene in scenes:
        submit(scene, by=quji, reason="测试")
    chosen = {"action": "approve_selected", "_selected_action": [each.pk for each in scenes]}
    text = _text(visit(shiju).post("/admin/scenes/scene/", chosen))
    assert "名称 所属地区 状态 提示" in text
    assert all(scene.name in text for scene in scenes)
    assert "建成日期" not in text


def test_a_refused_decision_keeps_the_page_and_what_was_written(
    approved: Make, visit: Visit, shiju: User
) -> None:
    scene = approved(Scene)
    client = visit(shiju)
    url = _url(scene, "reopen_one")
    sent = hidden_fields(client.get(url)) | {"reason": "长" * 501}
    again = client.post(url, sent)
    assert "理由过长" in messages_of(again)[0]
    assert "长" * 501 in again.content.decode()
    assert "项目 上次通过时 现在" in _text(again)


# --- reasons used before ------------------------------------------------------------------------


@pytest.fixture
def returned(make: Make, quji: User, shiju: User) -> Callable[..., None]:
    """`returned("理由", 3)`: three scenes returned one by one for this reason."""

    def send_back(reason: str, times: int = 1, by: User = shiju, **values: object) -> None:
        for _ in range(times):
            scene = make(Scene, status=Status.PENDING, **values)
            return_(scene, by=by, reason=reason)

    return send_back


def test_frequent_reasons_come_first_then_the_latest(
    returned: Callable[..., None], shiju: User
) -> None:
    for number in range(6):
        returned(f"只用过一次{number}")
    returned("缺少照片", 2)
    returned("名称不规范", 3)
    assert past_reasons(shiju, Action.RETURN) == [
        "名称不规范",
        "缺少照片",
        "只用过一次5",
        "只用过一次4",
        "只用过一次3",
    ]


def test_the_reasons_are_those_of_the_same_action(
    approved: Make, returned: Callable[..., None], shiju: User
) -> None:
    returned("退回的理由")
    reopen(approved(Scene), by=shiju, reason="撤回的理由")
    void(approved(Scene), by=shiju, reason="作废的理由")
    assert past_reasons(shiju, Action.RETURN) == ["退回的理由"]
    assert past_reasons(shiju, Action.REOPEN) == ["撤回的理由"]
    assert past_reasons(shiju, Action.VOID) == ["作废的理由"]
    assert past_reasons(shiju, Action.APPROVE) == past_reasons(shiju, Action.SUBMIT) == []


def test_one_decision_about_many_records_counts_once(
    make: Make, returned: Callable[..., None], shiju: User
) -> None:
    for _ in range(5):
        make(Scene, status=Status.PENDING)
    move_all(Scene.objects.all(), Action.RETURN, by=shiju, reason="整批退回")
    returned("缺少照片", 2)
    assert past_reasons(shiju, Action.RETURN) == ["缺少照片", "整批退回"]


def test_what_the_platform_wrote_is_not_offered(make: Make, shiju: User, quji: User) -> None:
    ReviewEvent.objects.all().delete()
    void(make(Scene), by=quji, reason=UNDO_REASON)
    assert past_reasons(shiju, Action.VOID) == []


def test_no_reason_of_a_neighbour_is_offered(
    returned: Callable[..., None], shiju: User, jiangbei: User, visit: Visit, make: Make, quji: User
) -> None:
    returned("江北的理由", 3, by=jiangbei, area_id=FAR)
    returned("渝中的理由")
    assert past_reasons(shiju, Action.RETURN) == ["渝中的理由"]
    assert past_reasons(jiangbei, Action.RETURN) == ["江北的理由"]
    scene = make(Scene)
    submit(scene, by=quji, reason="测试")
    body = visit(shiju).get(_url(scene, "return_one")).content.decode()
    assert '<button type="button" data-reason="渝中的理由" data-fills="reason">' in body
    assert "江北的理由" not in body


def test_a_street_is_offered_its_own_reasons_only(
    make: Make, quji: User, jiedao: User, jiedao2: User
) -> None:
    void(make(Scene), by=quji, reason="七星岗的理由")
    void(make(Scene, area_id=JIEFANGBEI), by=quji, reason="解放碑的理由")
    assert past_reasons(jiedao, Action.VOID) == ["七星岗的理由"]
    assert past_reasons(jiedao2, Action.VOID) == ["解放碑的理由"]


@pytest.mark.parametrize("user", ["guanli", "shenji"])
def test_who_sees_no_records_is_offered_nothing(
    returned: Callable[..., None], request: pytest.FixtureRequest, user: str
) -> None:
    returned("缺少照片")
    assert past_reasons(request.getfixturevalue(user), Action.RETURN) == []


# --- the history --------------------------------------------------------------------------------

HISTORY = {
    "jiedao": 200,
    "quji": 200,
    "shiju": 200,
    "shengting": 200,
    "jiedao2": 404,
    "jiangbei": 404,
    "guanli": 404,
    "shenji": 404,
}


@pytest.mark.parametrize("user", list(HISTORY))
def test_the_history_is_there_for_who_sees_the_record(
    approved: Make, visit: Visit, request: pytest.FixtureRequest, user: str
) -> None:
    scene = approved(Scene)
    client = visit(request.getfixturevalue(user))
    assert client.get(_url(scene, "history")).status_code == HISTORY[user]


def test_the_history_tells_what_happened_in_words(
    approved: Make, visit: Visit, shiju: User, jiedao: User
) -> None:
    scene = approved(Scene, name="慈善墙")
    reopen(scene, by=shiju, reason="名称有误")
    scene.name, scene.has_staff = "慈善小巷", True
    scene.save()
    page = visit(jiedao).get(_url(scene, "history"))
    text = _text(page)
    assert "撤回通过 已通过 → 已退回 理由：名称有误" in text
    assert "场景名称 慈善墙 → 改为 慈善小巷" in text
    assert "有人员 否 → 改为 是" in text
    assert text.index("有人员") < text.index("撤回通过") < text.index("录入")
    assert english_in(page.content.decode()) == set()


@pytest.mark.parametrize("pk", ["0", "abc", "9" * 30])
def test_the_history_of_nothing_is_not_found(visit: Visit, shiju: User, pk: str) -> None:
    assert visit(shiju).get(f"/admin/scenes/scene/{pk}/history/").status_code == 404
