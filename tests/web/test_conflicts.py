"""Two people edit one stored row: the second is told, sees both values and takes either."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.webhooks.models import Webhook
from areas.models import Area
from funds.models import Fund
from indicators.models import OpeningBalance, Plan, Target
from orgs.models import Charity
from reviews.evidence.attachments import add_attachment, remove_attachment
from reviews.models import Status, Submission
from scenes.models import Scene
from tests.conftest import QIXINGGANG
from tests.types import Make, Response, Visit
from tests.web.forms import filled_in, messages_of

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

TOLD = "打开本页之后他人刚作了修改，没有保存"


@pytest.fixture
def fund(make: Make) -> Fund:
    return make(Fund, leader="王某", phone="", note="", initial_yuan=Decimal(500))


def _address(row: Model) -> str:
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def _rows(page: Response) -> dict[str, tuple[str, str, str]]:
    form = page.context["adminform"].form
    return {row.name: (row.mine, row.stored, row.choice) for row in form.conflicts}


def _again(client: Client, page: Response, url: str, **choices: str) -> Response:
    form = page.context["adminform"].form
    taken = {f"take-{row.name}": row.choice for row in form.conflicts if row.choice}
    taken |= {f"take-{name}": choice for name, choice in choices.items()}
    return client.post(url, filled_in(page) | taken | {form.known_name: form.known}, follow=True)


def test_the_second_of_two_clerks_is_told_and_nothing_is_lost(
    visit: Visit, jiedao: User, quji: User, fund: Fund
) -> None:
    first, second, url = visit(jiedao), visit(quji), _address(fund)
    one, other = first.get(url), second.get(url)
    first.post(url, filled_in(one, leader="李某", phone="63800000", initial_yuan="800"))
    told = second.post(url, filled_in(other, leader="张某", note="已核对"))
    assert TOLD in told.content.decode()
    assert _rows(told) == {
        "leader": ("张某", "李*", ""),
        "phone": ("（空）", "****000", "stored"),
        "note": ("已核对", "（空）", "mine"),
        "initial_yuan": ("500.00", "800.00", "stored"),
    }
    fund.refresh_from_db()
    assert (fund.leader, fund.phone, fund.note) == ("李某", "63800000", "")
    owed = _again(second, told, url)
    assert "请为每一项选定采用哪一个" in owed.content.decode()
    _again(second, owed, url, leader="mine")
    fund.refresh_from_db()
    assert (fund.leader, fund.phone, fund.note) == ("张某", "63800000", "已核对")
    assert fund.initial_yuan == 800


def test_what_is_stored_can_be_taken_over(visit: Visit, quji: User, fund: Fund) -> None:
    client, url = visit(quji), _address(fund)
    page = client.get(url)
    Fund.objects.filter(pk=fund.pk).update(leader="李某")
    told = client.post(url, filled_in(page, leader="张某"))
    _again(client, told, url, leader="stored")
    fund.refresh_from_db()
    assert fund.leader == "李某"


def test_a_third_change_is_told_again(visit: Visit, quji: User, fund: Fund) -> None:
    client, url = visit(quji), _address(fund)
    page = client.get(url)
    Fund.objects.filter(pk=fund.pk).update(leader="李某")
    told = client.post(url, filled_in(page, leader="张某"))
    Fund.objects.filter(pk=fund.pk).update(leader="赵某")
    again = _again(client, told, url, leader="mine")
    assert TOLD in again.content.decode()
    assert _rows(again)["leader"] == ("张某", "赵*", "mine")
    _again(client, again, url)
    fund.refresh_from_db()
    assert fund.leader == "张某"


def test_the_same_change_twice_is_no_conflict(visit: Visit, quji: User, fund: Fund) -> None:
    client, url = visit(quji), _address(fund)
    page = client.get(url)
    Fund.objects.filter(pk=fund.pk).update(leader="张某")
    assert client.post(url, filled_in(page, leader="张某")).status_code == 302


def test_nothing_is_submitted_before_both_were_seen(visit: Visit, quji: User, fund: Fund) -> None:
    client, url = visit(quji), _address(fund)
    page = client.get(url)
    Fund.objects.filter(pk=fund.pk).update(initial_yuan=Decimal(900))
    told = client.post(url, filled_in(page, _submit="1"))
    assert TOLD in told.content.decode()
    fund.refresh_from_db()
    assert (fund.status, fund.initial_yuan) == (Status.DRAFT, 900)


def test_choices_days_ticks_and_references_are_shown_in_words(
    visit: Visit, quji: User, make: Make, fund: Fund
) -> None:
    host = make(Charity, name="渝中区慈善会", area_id="500103")
    client, url = visit(quji), _address(fund)
    page = client.get(url)
    was = str(fund.established_on)
    Fund.objects.filter(pk=fund.pk).update(
        level="street",
        host=host,
        host_has_public_fundraising=not fund.host_has_public_fundraising,
        established_on="2026-02-01",
    )
    rows = _rows(client.post(url, filled_in(page, leader="张某")))
    assert rows["level"][:2] == ("社区级", "街道级")
    assert rows["host"][:2] == ("（空）", "渝中区慈善会")
    assert set(rows["host_has_public_fundraising"][:2]) == {"是", "否"}
    assert rows["established_on"][:2] == (was, "2026-02-01")


@pytest.mark.parametrize("kind", [Scene, Charity, OpeningBalance])
def test_every_kind_of_record_compares(
    visit: Visit, quji: User, make: Make, kind: type[Submission]
) -> None:
    name = "evidence" if kind is OpeningBalance else "name"
    record = make(kind)
    client, url = visit(quji), _address(record)
    page = client.get(url)
    kind._default_manager.filter(pk=record.pk).update(**{name: "他人改的"})
    told = client.post(url, filled_in(page, **{name: "我改的"}))
    assert _rows(told)[name] == ("我改的", "他人改的", "")


def test_a_new_record_has_nothing_to_compare(visit: Visit, jiedao: User) -> None:
    client = visit(jiedao)
    page = client.get("/admin/scenes/scene/add/")
    sent = filled_in(page, name="慈善空间", type="space", opened_on="2026-03-01", area=QIXINGGANG)
    assert client.post("/admin/scenes/scene/add/", sent).status_code == 302


@pytest.mark.parametrize("was", ["", "[]", "x", '{"leader": 1}', '{"nothing": ["1"]}'])
def test_a_form_that_does_not_say_what_it_showed_is_stored(
    visit: Visit, quji: User, fund: Fund, was: str
) -> None:
    client, url = visit(quji), _address(fund)
    sent = filled_in(client.get(url), leader="张某", was=was)
    assert client.post(url, sent).status_code == 302


def test_accounts_areas_and_webhooks_compare_too(
    visit: Visit, guanli: User, anquan: User, jiedao: User
) -> None:
    area = Area.objects.get(pk=QIXINGGANG)
    webhook = Webhook.objects.create(
        name="大数据平台", url="https://a/b", area=area, events=["record.approved"],
        created_by=guanli,
    )  # fmt: skip
    for row, name, theirs, mine in (
        (jiedao, "display_name", "王主任", "李主任"),
        (area, "name", "七星岗街道办", "七星岗街道办事处二"),
        (webhook, "name", "数据局", "市数据局"),
    ):
        client, url = visit(anquan if row == jiedao else guanli), _address(row)
        page = client.get(url)
        type(row).objects.filter(pk=row.pk).update(**{name: theirs})
        told = client.post(url, filled_in(page, **{name: mine}))
        assert TOLD in told.content.decode()
        assert _rows(told)[name] == (mine, theirs, "")
        row.refresh_from_db()
        assert getattr(row, name) == theirs


def test_a_target_revised_meanwhile_is_shown_beside_ones_own(
    visit: Visit, shiju: User, yuzhong: Plan
) -> None:
    target = Target.objects.filter(indicator__code="funds").earliest("due_on")
    url = reverse("admin:indicators_target_revise", args=[target.pk])
    client = visit(shiju)
    page = client.get(url)
    form = page.context["form"]
    sent = {each.html_name: each.value() or "" for each in form}
    sent |= {"seen": page.context["seen"], "value": "25", "reason": "文件调整"}
    Target.objects.filter(pk=target.pk).update(value=30)
    told = client.post(url, sent)
    form = told.context["form"]
    assert [(row.mine, row.stored) for row in form.conflicts] == [("25", "30")]
    assert "现在保存的" in told.content.decode()
    sent |= {"seen": told.context["seen"], "known": form.known, "take-value": "mine"}
    client.post(url, sent)
    target.refresh_from_db()
    assert target.value == 25
    assert messages_of(client.get("/board/", follow=True)) is not None


# --- rows below a record ------------------------------------------------------------------------


def test_a_row_that_two_clerks_edit_is_told(visit: Visit, quji: User, fund: Fund) -> None:
    member = fund.members.create(name="王某", kind="street", duty="组长")
    client, url = visit(quji), _address(fund)
    page = client.get(url)
    fund.members.filter(pk=member.pk).update(duty="副组长")
    told = client.post(url, filled_in(page, **{"members-0-duty": "委员"}))
    assert "现在保存的<b>副组长</b>" in told.content.decode()
    group = next(
        each for each in told.context["inline_admin_formsets"] if each.formset.prefix == "members"
    )
    row = group.formset.forms[0]
    sent = filled_in(told) | {row.known_name: row.known, "take-members-0-duty": "mine"}
    assert client.post(url, sent).status_code == 302
    member.refresh_from_db()
    assert member.duty == "委员"


def test_a_row_untouched_by_me_keeps_what_others_stored(
    visit: Visit, quji: User, fund: Fund
) -> None:
    member = fund.members.create(name="王某", kind="street", duty="组长")
    client, url = visit(quji), _address(fund)
    page = client.get(url)
    fund.members.filter(pk=member.pk).update(duty="副组长")
    client.post(url, filled_in(page, leader="张某"))
    member.refresh_from_db()
    assert member.duty == "副组长"


def test_a_row_that_others_removed_is_kept_as_a_new_one(
    visit: Visit, quji: User, fund: Fund
) -> None:
    gone = fund.members.create(name="王某", kind="street")
    kept = fund.members.create(name="李某", kind="donor")
    client, url = visit(quji), _address(fund)
    page = client.get(url)
    gone.delete()
    told = client.post(url, filled_in(page, **{"members-0-duty": "组长"}))
    assert "他人移除了其中的行" in told.content.decode()
    again = client.post(url, filled_in(told))
    assert "遮盖后的内容" in again.content.decode()  # nobody knows any more whose mask it was
    whole = filled_in(again, **{"members-1-name": "王某"})
    assert client.post(url, whole).status_code == 302
    assert set(fund.members.values_list("name", "duty")) == {("王某", "组长"), ("李某", "")}
    assert fund.members.get(name="李某").pk == kept.pk


def test_a_row_that_others_changed_is_not_removed_unseen(
    visit: Visit, quji: User, fund: Fund
) -> None:
    member = fund.members.create(name="王某", kind="street")
    client, url = visit(quji), _address(fund)
    page = client.get(url)
    fund.members.filter(pk=member.pk).update(name="王某某")
    told = client.post(url, filled_in(page, **{"members-0-DELETE": "on"}))
    assert "没有移除；请核对后再移除" in told.content.decode()
    assert fund.members.count() == 1


def test_a_file_that_others_removed_does_not_stop_the_form(
    visit: Visit, quji: User, fund: Fund
) -> None:
    paper = SimpleUploadedFile("协议.pdf", b"%PDF-1.7 a paper")
    attachment = add_attachment(fund, paper, by=quji)
    client, url = visit(quji), _address(fund)
    page = client.get(url)
    remove_attachment(attachment, by=quji)
    assert client.post(url, filled_in(page, leader="张某")).status_code == 302
