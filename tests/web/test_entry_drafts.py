"""A draft can be saved at any time; the page names what is missing, and submission requires it."""

from __future__ import annotations

import datetime

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from funds.models import Donation, Fund
from indicators.models import ManualFigure, OpeningBalance, Plan
from orgs.models import Charity, Training
from projects.models import Project
from reviews.checks import find_problems
from reviews.models import Status, Submission
from scenes.models import Scene
from tests.conftest import DISTRICT, HUAYIPO
from tests.records.kinds import RECORD_KINDS, kind_name, sound
from tests.types import Make, Response, Visit
from tests.web.forms import filled_in, messages_of

pytestmark = pytest.mark.once


def add_page(kind: type[Submission]) -> str:
    return reverse(f"admin:{kind._meta.app_label}_{kind._meta.model_name}_add")


def change_page(record: Submission) -> str:
    opts = record._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk])


def send(client: Client, url: str, **changes: object) -> Response:
    return client.post(url, filled_in(client.get(url), **changes), follow=True)


def errors_of(response: Response) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)


@pytest.fixture
def clerk(visit: Visit, jiedao: User) -> Client:
    return visit(jiedao)


def test_a_draft_with_problems_is_saved_and_says_what_it_lacks(clerk: Client) -> None:
    page = send(clerk, add_page(Fund), area=HUAYIPO, level="street", established_on="2099-01-01")
    fund = Fund.objects.get()
    assert (fund.name, fund.status, fund.area_id) == ("", Status.DRAFT, HUAYIPO)
    said = " ".join(messages_of(page))
    assert "提交前须改正" in said
    for words in ("“基金名称”不能为空", "“依托慈善组织”不能为空", "街道级基金", "晚于今天"):
        assert words in said, words


def test_a_draft_in_order_is_saved_without_remarks(clerk: Client) -> None:
    page = send(clerk, add_page(Training), name="骨干培训", held_on="2026-03-01", person_times=9)
    assert Training.objects.count() == 1
    assert not any("提示" in message for message in messages_of(page))


def test_a_warning_is_said_as_what_needs_a_word(clerk: Client) -> None:
    page = send(
        clerk, add_page(Scene), name="长廊", type="wall", opened_on="2026-03-01", has_staff="on"
    )
    assert any("提交时须说明" in message and "六有" in message for message in messages_of(page))


def test_what_is_wrong_with_a_draft_stands_on_its_page(clerk: Client, make: Make) -> None:
    scene = make(Scene, type="")
    page = clerk.get(change_page(scene)).content.decode()
    assert "须改正：“类型”不能为空" in page


def test_a_record_without_a_name_can_be_opened_from_the_list(clerk: Client, make: Make) -> None:
    scene = make(Scene, name="")
    page = clerk.get("/admin/scenes/scene/").content.decode()
    assert "未命名的慈善服务场景" in page
    assert change_page(scene) in page


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_what_the_database_cannot_hold_empty_is_asked_for_beside_the_field(
    clerk: Client, yuzhong: Plan, kind: type[Submission]
) -> None:
    page = clerk.get(add_page(kind))
    form = page.context["adminform"].form
    names = [
        column.name
        for column in kind._meta.fields
        if column.name in form.fields
        and not column.null
        and not column.has_default()
        and not isinstance(column, models.CharField | models.TextField)
    ]
    answer = clerk.post(add_page(kind), filled_in(page, **dict.fromkeys(names, "")))
    assert answer.status_code == 200
    errors = errors_of(answer)
    for name in names:
        label = form.fields[name].label
        assert errors[name][0] in (f"请填写“{label}”", f"请选择“{label}”"), name
    assert names
    assert not kind.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_whatever_a_draft_may_leave_empty_is_asked_for_at_submission(
    clerk: Client, make: Make, yuzhong: Plan, kind: type[Submission]
) -> None:
    form = clerk.get(add_page(kind)).context["adminform"].form
    record = sound(make, kind)
    owed = [
        column.name
        for column in kind._meta.fields
        if column.name in form.fields and isinstance(column, models.CharField) and not column.blank
    ]
    for name in owed:
        before = getattr(record, name)
        setattr(record, name, "")
        found = {(problem.code, problem.field) for problem in find_problems(record)}
        assert ("required", name) in found
        setattr(record, name, before)


@pytest.mark.parametrize(
    ("kind", "values", "field", "words"),
    [
        (Fund, {"closed_on": "2026-02-01"}, "closed_on", "早于“设立日期”"),
        (Fund, {"initial_yuan": "-1"}, "initial_yuan", "不能为负数"),
        (Scene, {"closed_on": "2026-02-01"}, "closed_on", "早于“建成日期”"),
        (Project, {"ends_on": "2026-02-01"}, "ends_on", "早于“开始时间”"),
        (Project, {"spent_yuan": "-1"}, "spent_yuan", "不能为负数"),
        (Donation, {"amount_yuan": "0"}, "amount_yuan", "应大于0"),
        (OpeningBalance, {"quantity": "-1"}, "quantity", "不能为负数"),
        (ManualFigure, {"denominator": "0"}, "denominator", "应大于0"),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_what_the_database_refuses_is_refused_beside_the_field(
    clerk: Client,
    make: Make,
    kind: type[Submission],
    values: dict[str, str],
    field: str,
    words: str,
) -> None:
    record = sound(make, kind)
    answer = send(clerk, change_page(record), **values)
    errors = errors_of(answer)
    assert set(errors) == {field}
    assert len(errors[field]) == 1
    assert words in errors[field][0]


def test_a_second_record_of_the_same_name_is_refused_at_once(clerk: Client, make: Make) -> None:
    make(Scene, name="慈善墙")
    answer = send(
        clerk, add_page(Scene), area=HUAYIPO, name="慈善墙", type="wall", opened_on="2026-03-01"
    )
    assert errors_of(answer) == {
        "name": ["同一地区系统中已有同名慈善服务场景“慈善墙”，请勿重复填报"]
    }
    assert Scene.objects.count() == 1


def test_a_second_draft_without_a_name_is_refused_in_its_own_words(
    clerk: Client, make: Make
) -> None:
    make(Scene, name="")
    answer = send(clerk, add_page(Scene), area=HUAYIPO, opened_on="2026-03-01")
    assert errors_of(answer) == {"name": ["该地区已有一条未填“场景名称”的记录，请先填写“场景名称”"]}


def test_a_void_record_of_the_same_name_is_no_hindrance(clerk: Client, make: Make) -> None:
    make(Scene, name="慈善墙", status=Status.VOID)
    send(clerk, add_page(Scene), area=HUAYIPO, name="慈善墙", type="wall", opened_on="2026-03-01")
    assert Scene.objects.filter(status=Status.DRAFT).count() == 1


def test_a_figure_reported_twice_for_a_day_is_refused_beside_the_day(
    clerk: Client, make: Make
) -> None:
    figure = sound(make, ManualFigure)
    values = {"plan_code": figure.plan_code, "indicator_code": figure.indicator_code}
    answer = send(
        clerk,
        add_page(ManualFigure),
        area=HUAYIPO,
        as_of=figure.as_of,
        numerator=1,
        evidence="报表",
        **values,
    )
    assert errors_of(answer) == {"as_of": ["该地区同日的这项指标已填报"]}


@pytest.mark.parametrize("status", [Status.PENDING, Status.APPROVED, Status.VOID])
@pytest.mark.parametrize("button", ["_save", "_submit"])
def test_what_is_under_review_or_settled_stays_as_it_is(
    clerk: Client, make: Make, status: Status, button: str
) -> None:
    scene = make(Scene, name="慈善墙", status=status)
    sent = {"area": HUAYIPO, "name": "改名", "type": "wall", "opened_on": "2026-03-01", button: ""}
    assert clerk.post(change_page(scene), sent).status_code == 403
    scene.refresh_from_db()
    assert (scene.name, scene.status) == ("慈善墙", status)


def test_a_donation_to_a_fund_needs_no_place_and_one_to_none_does(
    visit: Visit, quji: User, make: Make
) -> None:
    client = visit(quji)
    fund = make(Fund)
    send(client, add_page(Donation), fund=fund.pk, area="", amount_yuan="5")
    assert Donation.objects.get().area_id == fund.area_id
    answer = send(client, add_page(Donation), fund="", area="", amount_yuan="5")
    assert errors_of(answer) == {"area": ["请选择“所属地区”"]}


def test_a_host_on_file_fills_in_what_is_left_blank(visit: Visit, quji: User, make: Make) -> None:
    host = make(
        Charity,
        area_id=DISTRICT,
        name="重庆市渝中区慈善会",
        credit_code="51500103MJ1234561J",
        has_public_fundraising=True,
    )
    send(
        visit(quji),
        add_page(Fund),
        area=HUAYIPO,
        name="甲基金",
        level="community",
        host=host.pk,
        established_on="2026-03-01",
    )
    fund = Fund.objects.get()
    assert (fund.host_name, fund.host_credit_code) == (host.name, host.credit_code)
    assert fund.host_has_public_fundraising


def test_a_day_of_today_is_already_there_for_what_happens_daily(clerk: Client) -> None:
    form = clerk.get(add_page(Donation)).context["adminform"].form
    assert form["donated_on"].value() == timezone.localdate()
    assert clerk.get(add_page(Fund)).context["adminform"].form["established_on"].value() is None
    assert isinstance(timezone.localdate(), datetime.date)


@pytest.mark.once
def test_a_draft_with_nothing_in_it_breaks_no_page(
    visit: Visit, quji: User, shiju: User, make: Make, yuzhong: Plan
) -> None:
    drafts = [_empty_draft(make, kind, quji) for kind in RECORD_KINDS]
    shared = ["/", "/quality/500103/", "/dashboard/yuzhong-2026/500103/"]
    for user, parts in ((quji, _OF_CLERKS), (shiju, _OF_REVIEWERS)):
        client = visit(user)
        for page in (*shared, *(page for draft in drafts for page in _pages_of(draft, parts))):
            assert client.get(page).status_code in (200, 403), (page, user)
    for draft in drafts:
        draft.refresh_from_db()
        assert draft.status == Status.DRAFT


def _empty_draft(make: Make, kind: type[Submission], by: User) -> Submission:
    """Store a draft of which every value that may be missing is missing."""
    record = sound(make, kind, area_id=HUAYIPO)
    empty: dict[str, object] = {}
    for column in kind._meta.fields:
        if column.editable and column.null:
            empty[column.name] = None
        elif column.editable and isinstance(column, models.CharField):
            empty[column.name] = ""
    kind.objects.filter(pk=record.pk).update(**empty, created_by=by)
    return record


#: The pages of a draft that only clerks can use, and those that look the same for all.
_OF_CLERKS = ("add/?copy=last", "{pk}/change/", "{pk}/submit_one/")
_OF_REVIEWERS = ("", "{pk}/history/", "{pk}/change/")


def _pages_of(record: Submission, parts: tuple[str, ...]) -> list[str]:
    opts = record._meta
    start = f"/admin/{opts.app_label}/{opts.model_name}/"
    figures = f"/records/{opts.label_lower}/{record.pk}/figures/"
    return [figures, *(start + part.format(pk=record.pk) for part in parts)]
