"""保存并提交 with warnings: the form returns once, asks for a reason, and accepts no outdated one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from funds.models import Fund
from reviews.models import Attachment, ReviewEvent, Status
from scenes.models import Scene
from tests.conftest import HUAYIPO
from tests.reviews.test_attachments import upload
from tests.types import Make, Response, Visit
from tests.web.forms import filled_in, messages_of
from tests.web.test_entry_drafts import add_page, change_page, errors_of, send

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

SCENE = {"area": HUAYIPO, "name": "长廊", "type": "other", "opened_on": "2026-03-01", "_submit": ""}
NO_TYPE_NAME = "类型为“其他”时应写明类型名称"
FUND = {
    "area": HUAYIPO,
    "name": "重庆市渝中区慈善会华一坡社区邻里基金",
    "level": "community",
    "host_name": "重庆市渝中区慈善会",
    "established_on": "2026-03-01",
    "members-TOTAL_FORMS": 1,
    "members-0-name": "李强",
    "members-0-kind": "donor",
    "_submit": "",
}
FILE = "reviews-attachment-content_type-object_id"


@pytest.fixture
def clerk(visit: Visit, jiedao: User) -> Client:
    return visit(jiedao)


def shown_in(page: Response) -> list[str]:
    """Return the fields that record which warnings the page has shown."""
    return re.findall(r'<input type="hidden" name="_shown" value="(\w+)">', page.content.decode())


def again(client: Client, page: Response, **changes: object) -> Response:
    """Press 保存并提交 on the page that came back."""
    sent = filled_in(page, _submit="", _shown=shown_in(page), **changes)
    return client.post(page.request["PATH_INFO"], sent, follow=True)


def test_the_form_comes_back_with_all_that_was_typed_and_each_warning_at_its_field(
    clerk: Client,
) -> None:
    page = send(clerk, add_page(Scene), **SCENE, address="巷口")
    assert page.status_code == 200
    assert page.redirect_chain == []
    assert errors_of(page) == {}
    form = page.context["adminform"].form
    assert {name: form[name].value() for name in ("name", "address", "type")} == {
        "name": "长廊",
        "address": "巷口",
        "type": "other",
    }
    assert f"提示：{NO_TYPE_NAME}</strong>" in form.fields["type_name"].help_text
    text = page.content.decode()
    assert re.search(r'<textarea id="id__reason" name="_reason"[^>]* autofocus>', text)
    assert 'aria-describedby="id_type_name_helptext"' in text
    assert 'id="id_type_name_helptext"' in text
    assert "请更正" not in text
    assert not Scene.objects.exists()
    assert not Scene.history.exists()
    assert not ReviewEvent.objects.exists()


def test_with_a_reason_the_same_button_saves_and_submits_in_one_go(
    clerk: Client, jiedao: User
) -> None:
    page = again(clerk, send(clerk, add_page(Scene), **SCENE), _reason=" 牌匾尚未定名\r\n月底补 ")
    scene = Scene.objects.get()
    assert (scene.status, scene.submitted_by) == (Status.PENDING, jiedao)
    assert ReviewEvent.objects.get().reason == "牌匾尚未定名\n月底补"
    assert messages_of(page) == ["“长廊”已保存并提交，等待审核"]
    assert (
        scene.history.count() == 1
    )  # the submission is the only event; the first attempt left none


@pytest.mark.parametrize("reason", ["", "  ", "\u3000\r\n"])
def test_a_reason_of_blanks_is_none(clerk: Client, reason: str) -> None:
    page = again(clerk, send(clerk, add_page(Scene), **SCENE), _reason=reason)
    assert "请填写说明" in page.content.decode()
    assert NO_TYPE_NAME in page.content.decode()
    assert not Scene.objects.exists()


def test_a_reason_does_for_no_other_warning_than_those_it_was_given_for(clerk: Client) -> None:
    page = send(clerk, add_page(Scene), **SCENE)
    page = again(clerk, page, _reason="尚未定名", has_staff="on")
    assert "提示有变化，请核对说明后再次提交" in page.content.decode()
    assert "“六有”尚缺5项" in page.content.decode()
    assert ">尚未定名</textarea>" in page.content.decode()
    assert not Scene.objects.exists()
    again(clerk, page, _reason="尚未定名，五项在建")
    assert ReviewEvent.objects.get().reason == "尚未定名，五项在建"


def test_the_same_field_with_another_fault_warns_anew(clerk: Client) -> None:
    fund = FUND | {"host_has_public_fundraising": "on", "phone": "12", "members-TOTAL_FORMS": 0}
    page = send(clerk, add_page(Fund), **fund)
    assert "“联系电话”不像电话号码" in page.content.decode()
    page = again(clerk, page, _reason="分机", phone="13")
    assert "“联系电话”不像电话号码" in page.content.decode()
    assert not Fund.objects.exists()


def test_a_warning_that_is_gone_is_no_hindrance(clerk: Client) -> None:
    page = send(clerk, add_page(Scene), **SCENE, has_staff="on")
    again(clerk, page, _reason="五项在建", type_name="慈善长廊")
    assert Scene.objects.get().status == Status.PENDING


def test_all_warnings_gone_need_no_reason(clerk: Client) -> None:
    again(clerk, send(clerk, add_page(Scene), **SCENE), type_name="慈善长廊")
    assert Scene.objects.get().status == Status.PENDING


@pytest.mark.parametrize("extra", [{}, {"_shown": "0123456789abcdef"}])
def test_a_reason_nobody_was_asked_for_explains_nothing(clerk: Client, extra: Any) -> None:
    page = send(clerk, add_page(Scene), **SCENE, _reason="先填好的", **extra)
    assert NO_TYPE_NAME in page.content.decode()
    assert not Scene.objects.exists()


def test_a_reason_too_long_is_said_and_kept(clerk: Client) -> None:
    page = again(clerk, send(clerk, add_page(Scene), **SCENE), _reason="长" * 501)
    assert "说明过长（501字），不应超过500字" in page.content.decode()
    assert "长" * 501 in page.content.decode()
    assert not Scene.objects.exists()


def test_what_blocks_comes_first_and_the_reason_is_kept(clerk: Client) -> None:
    page = send(clerk, add_page(Scene), **SCENE)
    page = again(clerk, page, _reason="尚未定名", opened_on="2099-01-01")
    assert set(errors_of(page)) == {"opened_on"}
    assert ">尚未定名</textarea>" in page.content.decode()
    again(clerk, page, _reason="尚未定名", opened_on="2026-03-01")
    assert Scene.objects.get().status == Status.PENDING


def test_a_draft_is_saved_without_a_word(clerk: Client) -> None:
    page = send(clerk, add_page(Scene), **SCENE)
    sent = filled_in(page, _save="", _shown=shown_in(page))
    assert clerk.post(add_page(Scene), sent).status_code == 302
    assert Scene.objects.get().status == Status.DRAFT


def test_rows_below_the_form_come_back_and_go_in_with_it(clerk: Client) -> None:
    page = send(clerk, add_page(Fund), **FUND)
    text = page.content.decode()
    assert "依托组织没有公开募捐资格" in text
    assert "管理小组尚缺" in text
    group = page.context["inline_admin_formsets"][0].formset
    assert [form["name"].value() for form in group.forms] == ["李强"]
    assert not Fund.objects.exists()
    again(clerk, page, _reason="由区慈善会代为募集")
    fund = Fund.objects.get()
    assert (fund.status, fund.members.count()) == (Status.PENDING, 1)


def test_a_returned_record_is_mended_explained_and_submitted(clerk: Client, make: Make) -> None:
    scene = make(Scene, type="other", status=Status.RETURNED, review_reason="地址不详")
    page = send(clerk, change_page(scene), address="巷口", _submit="")
    scene.refresh_from_db()
    assert (scene.status, scene.address) == (Status.RETURNED, "")
    again(clerk, page, _reason="尚未定名")
    scene.refresh_from_db()
    assert (scene.status, scene.address) == (Status.PENDING, "巷口")


def test_chosen_files_are_stored_with_the_draft_whose_form_asks(clerk: Client) -> None:
    file = {f"{FILE}-TOTAL_FORMS": 1, f"{FILE}-0-file": upload()}
    page = send(clerk, add_page(Scene), **SCENE, **file)
    scene = Scene.objects.get()
    assert page.redirect_chain == [(f"{change_page(scene)}?asked=1", 302)]
    assert (scene.status, Attachment.objects.count()) == (Status.DRAFT, 1)
    assert messages_of(page) == ["“长廊”和所选文件已保存为草稿，说明下列提示后即可提交"]
    assert NO_TYPE_NAME in page.content.decode()
    again(clerk, page, _reason="尚未定名")
    scene.refresh_from_db()
    assert (scene.status, Attachment.objects.count()) == (Status.PENDING, 1)


def test_a_file_chosen_with_the_reason_goes_in_at_once(clerk: Client) -> None:
    page = send(clerk, add_page(Scene), **SCENE)
    file = {f"{FILE}-TOTAL_FORMS": 1, f"{FILE}-0-file": upload()}
    again(clerk, page, _reason="尚未定名", **file)
    assert Scene.objects.get().status == Status.PENDING
    assert Attachment.objects.count() == 1


def test_the_question_is_for_who_may_submit(
    visit: Visit, clerk: Client, shiju: User, jiedao2: User, make: Make
) -> None:
    address = change_page(make(Scene, type="other")) + "?asked=1"
    assert shown_in(clerk.get(address))
    assert "_reason" not in visit(shiju).get(address).content.decode()
    assert visit(jiedao2).get(address).status_code == 404


def test_what_a_field_with_a_warning_gives_back_is_text(clerk: Client) -> None:
    fund = FUND | {"host_has_public_fundraising": "on", "phone": "<b>1", "members-TOTAL_FORMS": 0}
    text = send(clerk, add_page(Fund), **fund).content.decode()
    assert "不像电话号码" in text
    assert "&lt;b&gt;1" in text
    assert "<b>1" not in text
