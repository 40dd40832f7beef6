"""A clerk enters records for the own area, and no tampered form reaches further."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import User
from areas.codes import is_within
from areas.models import Area
from funds.models import Donation, Expenditure, Fund
from indicators.models import Plan, Task
from orgs.models import Charity
from projects.models import Aid, Project
from reviews.models import Status, Submission
from reviews.services import approve, submit, void
from scenes.models import Activity, Scene
from tests.conftest import DAY, DISTRICT, HUAYIPO, JIEFANGBEI, MINSHENGLU, QIXINGGANG
from tests.records.kinds import RECORD_KINDS, kind_name
from tests.types import Make, Response, Visit
from tests.web.forms import filled_in

pytestmark = pytest.mark.once  # forms; storing is tested on both databases


FUND = {
    "area": HUAYIPO,
    "name": "重庆市渝中区慈善会华一坡社区邻里基金",
    "level": "community",
    "host_name": "重庆市渝中区慈善会",
    "established_on": "2026-03-01",
}


def _add(model: type[Submission]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def _change(record: Submission) -> str:
    opts = record._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk])


def _post(client: Client, url: str, **changes: object) -> Response:
    return client.post(url, filled_in(client.get(url), **changes))


@pytest.fixture
def clerk(visit: Visit, jiedao: User) -> Client:
    return visit(jiedao)


def test_a_clerk_saves_a_draft_of_the_own_street(clerk: Client, jiedao: User) -> None:
    assert _post(clerk, _add(Fund), **FUND).status_code == 302
    fund = Fund.objects.get()
    assert (fund.area_id, fund.status, fund.created_by) == (HUAYIPO, Status.DRAFT, jiedao)


def test_a_clerks_own_area_is_filled_in(clerk: Client) -> None:
    form = clerk.get(_add(Scene)).context["adminform"].form
    assert form["area"].value() == QIXINGGANG


def test_what_transitions_write_is_not_taken_from_the_form(clerk: Client, shiju: User) -> None:
    tampered = {"status": "approved", "reviewed_by": shiju.pk, "created_by": shiju.pk}
    assert _post(clerk, _add(Fund), **FUND, **tampered).status_code == 302
    fund = Fund.objects.get()
    assert (fund.status, fund.reviewed_by) == (Status.DRAFT, None)
    assert fund.created_by != shiju


@pytest.mark.parametrize("area", [MINSHENGLU, JIEFANGBEI, DISTRICT, "500105001001", "000000"])
def test_a_new_record_cannot_be_put_into_a_foreign_area(clerk: Client, area: str) -> None:
    values = FUND | {"area": area}
    response = _post(clerk, _add(Fund), **values)
    assert response.status_code == 200
    assert "area" in response.context["adminform"].form.errors
    assert not Fund.objects.exists()


def test_a_record_cannot_be_moved_into_a_foreign_area(clerk: Client, make: Make) -> None:
    scene = make(Scene)
    assert _post(clerk, _change(scene), area=MINSHENGLU).status_code == 200
    scene.refresh_from_db()
    assert scene.area_id == HUAYIPO


@pytest.mark.parametrize(
    ("model", "field", "kind"),
    [
        (Donation, "fund", Fund),
        (Expenditure, "fund", Fund),
        (Fund, "host", Charity),
        (Aid, "project", Project),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_record_cannot_hang_on_a_foreign_one(
    clerk: Client, make: Make, model: type[Submission], field: str, kind: type[Submission]
) -> None:
    foreign = make(kind, area_id=MINSHENGLU)
    values = {
        "area": HUAYIPO,
        "donated_on": DAY,
        "spent_on": DAY,
        "helped_on": DAY,
        "group": "elderly",
        "content": "慰问",
        "person_times": 1,
        "amount_yuan": "8",
        "purpose": "慰问",
        **(FUND if model is Fund else {}),
        field: foreign.pk,
    }
    response = _post(clerk, _add(model), **values)
    assert response.status_code == 200
    assert set(response.context["adminform"].form.errors) == {field}
    assert not model.objects.exists()


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_an_empty_form_comes_back_with_what_is_missing(
    clerk: Client, kind: type[Submission]
) -> None:
    response = _post(clerk, _add(kind), area="")
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert not kind.objects.exists()


def test_money_of_an_own_fund_is_saved_in_the_funds_area(clerk: Client, make: Make) -> None:
    fund = make(Fund)
    values = {"fund": fund.pk, "spent_on": DAY, "amount_yuan": "8", "purpose": "慰问"}
    assert _post(clerk, _add(Expenditure), **values).status_code == 302
    assert Expenditure.objects.get().area_id == fund.area_id


def _activity(area: str) -> dict[str, object]:
    return {
        "area": HUAYIPO,
        "name": "重阳敬老",
        "held_on": DAY,
        "form": "activity",
        "reaches-TOTAL_FORMS": 1,
        "reaches-0-area": area,
    }


def test_an_activity_reaches_only_communities_of_the_clerks_own(clerk: Client) -> None:
    assert _post(clerk, _add(Activity), **_activity(MINSHENGLU)).status_code == 200
    assert not Activity.objects.exists()
    assert _post(clerk, _add(Activity), **_activity(HUAYIPO)).status_code == 302
    assert list(Activity.objects.get().communities.all()) == [Area.objects.get(code=HUAYIPO)]


@pytest.mark.parametrize("status", [Status.PENDING, Status.APPROVED, Status.VOID])
def test_what_is_no_longer_a_draft_cannot_be_edited(
    clerk: Client, make: Make, quji: User, shiju: User, status: Status
) -> None:
    scene = make(Scene, name="慈善墙")
    if status == Status.VOID:
        void(scene, by=quji, reason="重复")
    else:
        submit(scene, by=quji, reason="测试")
    if status == Status.APPROVED:
        approve(scene, by=shiju)
    values = {"area": HUAYIPO, "name": "改名", "type": "wall", "opened_on": DAY}
    assert clerk.post(_change(scene), values).status_code == 403
    scene.refresh_from_db()
    assert (scene.name, scene.status) == ("慈善墙", status)


def test_rows_of_a_pending_record_cannot_be_edited(clerk: Client, make: Make, quji: User) -> None:
    activity = make(Activity, reached=[HUAYIPO])
    submit(activity, by=quji, reason="测试")
    reach = activity.reaches.get()
    values = _activity(HUAYIPO) | {
        "reaches-INITIAL_FORMS": 1,
        "reaches-0-id": reach.pk,
        "reaches-0-activity": activity.pk,
        "reaches-0-DELETE": "on",
    }
    assert clerk.post(_change(activity), values).status_code == 403
    assert activity.reaches.exists()


@pytest.mark.parametrize("user", ["jiedao2", "shiju", "shengting", "jiangbei", "guanli", "shenji"])
def test_nobody_but_the_own_clerk_edits_a_draft(
    make: Make, visit: Visit, request: pytest.FixtureRequest, user: str
) -> None:
    scene = make(Scene, name="慈善墙")
    values = {"area": HUAYIPO, "name": "改名", "type": "wall", "opened_on": DAY}
    visitor = request.getfixturevalue(user)
    answer = visit(visitor).post(_change(scene), values)
    assert answer.status_code in ((403,) if visitor.covers(HUAYIPO) else (302, 403, 404))
    scene.refresh_from_db()
    assert scene.name == "慈善墙"


@pytest.mark.parametrize("user", ["shiju", "shengting", "guanli", "shenji"])
def test_only_clerks_add_records(visit: Visit, request: pytest.FixtureRequest, user: str) -> None:
    client = visit(request.getfixturevalue(user))
    for model in RECORD_KINDS:
        assert client.get(_add(model)).status_code == 403
        assert client.post(_add(model), {}).status_code == 403


@pytest.mark.parametrize("user", ["quji", "guanli"])
def test_no_record_is_ever_deleted(
    make: Make, visit: Visit, request: pytest.FixtureRequest, user: str
) -> None:
    scene = make(Scene)
    url = reverse("admin:scenes_scene_delete", args=[scene.pk])
    client = visit(request.getfixturevalue(user))
    assert client.post(url, {"post": "yes"}).status_code in (302, 403)
    assert Scene.objects.filter(pk=scene.pk).exists()


def _formsets(response: Response) -> list[Any]:
    groups = response.context["inline_admin_formsets"]
    return [response.context["adminform"].form, *(group.formset.empty_form for group in groups)]


def _areas_of(choice: Any) -> list[str]:
    if isinstance(choice, Task):  # of a plan above: the clerk's own area owes it
        return [QIXINGGANG] if is_within(QIXINGGANG, choice.plan.area_code) else []
    return [choice.code] if isinstance(choice, Area) else [choice.area_id]


def _referred() -> list[type[Submission]]:
    """The kinds that records refer to."""
    targets = {field.related_model for kind in RECORD_KINDS for field in kind._meta.fields}
    return [kind for kind in RECORD_KINDS if kind in targets]


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_related_fields_list_only_what_is_in_scope(
    clerk: Client, make: Make, yuzhong: Plan, kind: type[Submission]
) -> None:
    for each in _referred():
        make(each, area_id=HUAYIPO)
        make(each, area_id=MINSHENGLU)
        make(each, area_id="500105001001")
    related = 0
    for form in _formsets(clerk.get(_add(kind))):
        for name, field in form.fields.items():
            if isinstance(field, forms.ModelChoiceField) and not field.widget.is_hidden:
                related += 1
                codes = {code for row in field.queryset or () for code in _areas_of(row)}
                assert codes, name
                assert all(is_within(code, QIXINGGANG) for code in codes), name
    assert related


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_a_required_choice_starts_blank(
    clerk: Client, yuzhong: Plan, kind: type[Submission]
) -> None:
    for form in _formsets(clerk.get(_add(kind))):
        columns = {field.name: field for field in form._meta.model._meta.fields}
        for bound in form:
            column = columns.get(bound.name)
            if column is None or not column.choices or not bound.field.required:
                continue
            if not column.has_default():
                assert next(iter(bound.field.choices))[0] == "", bound.name
                assert bound.value() in (None, ""), bound.name
                assert str(bound).count("selected") <= 1, bound.name


def test_every_record_kind_has_its_page() -> None:
    assert set(RECORD_KINDS) <= set(admin.site._registry)
