"""The entry form: groups in the bureau's order, defaults, choices within the own area."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from areas.models import Area
from funds.models import Expenditure, Fund
from orgs.models import Charity
from projects.models import Aid, Project
from reviews.models import Status, Submission
from reviews.pages.entry_pages import TRAIL
from scenes.models import Scene
from tests.conftest import DISTRICT, HUAYIPO, JIEFANGBEI, MINSHENGLU, QIXINGGANG
from tests.records.kinds import RECORD_KINDS, kind_name
from tests.types import Make, Visit
from tests.web.test_entry_drafts import add_page, change_page

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

_CHINESE = re.compile(r"[\u4e00-\u9fff（）]+")


@pytest.fixture
def clerk(visit: Visit, jiedao: User) -> Client:
    return visit(jiedao)


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_every_field_stands_in_exactly_one_group_with_a_chinese_heading(
    clerk: Client, kind: type[Submission]
) -> None:
    page = clerk.get(add_page(kind))
    groups = page.context["adminform"].fieldsets
    names = flatten_fieldsets(groups)
    entered = {
        column.name for column in kind._meta.fields if column.editable and not column.auto_created
    }
    entered -= {"created_at", "updated_at"}
    if any(not kind._meta.get_field(name).null for name in kind.area_from):  # area taken over
        entered -= {"area"}
    assert sorted(names) == sorted(entered)
    assert all(_CHINESE.fullmatch(title) for title, _ in groups)
    assert len({title for title, _ in groups}) == len(groups)


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_hints_speak_of_fields_that_are_there(kind: type[Submission]) -> None:
    pages: Any = admin.site._registry[kind]
    columns = {column.name for column in kind._meta.fields}
    assert set(pages.help_texts) | set(pages.today) <= columns


def test_the_trail_stands_apart_at_the_end(clerk: Client, make: Make) -> None:
    page = clerk.get(change_page(make(Fund))).content.decode()
    assert page.index("管理小组成员") < page.index(TRAIL)
    assert TRAIL not in clerk.get(add_page(Fund)).content.decode()


def test_the_trail_leaves_out_what_says_nothing(clerk: Client, make: Make) -> None:
    draft = clerk.get(change_page(make(Fund))).content.decode()
    assert "审核意见" not in draft
    returned = make(Fund, status=Status.RETURNED, review_reason="名称有误")
    page = clerk.get(change_page(returned)).content.decode()
    assert "审核意见" in page
    assert "名称有误" in page


@pytest.mark.parametrize(
    ("area", "expected"), [(DISTRICT, None), (QIXINGGANG, QIXINGGANG), (HUAYIPO, HUAYIPO)]
)
def test_only_a_street_or_a_community_is_filled_in(
    district: Area, visit: Visit, area: str, expected: str | None
) -> None:
    user = User.objects.create_user("lin", role=Role.CLERK, area_id=area)
    form = visit(user).get(add_page(Scene)).context["adminform"].form
    assert form["area"].value() == expected


def _offered(client: Client, kind: type[Submission], field: str, term: str = "") -> list[str]:
    query = {
        "app_label": kind._meta.app_label,
        "model_name": kind._meta.model_name or "",
        "field_name": field,
        "term": term,
    }
    answer = client.get(reverse("admin:autocomplete"), query)
    assert answer.status_code == 200
    return [each["text"] for each in answer.json()["results"]]


def test_places_are_offered_from_the_own_area_and_say_their_street(clerk: Client) -> None:
    offered = _offered(clerk, Scene, "area", "华一坡")
    assert offered == ["华一坡社区（七星岗街道）"]
    assert _offered(clerk, Scene, "area", "民生路") == []
    assert _offered(clerk, Scene, "area", "七星岗") == ["七星岗街道"]


def test_hosts_of_the_district_are_offered_to_a_street(clerk: Client, make: Make) -> None:
    make(Charity, area_id=DISTRICT, name="区慈善会", status=Status.APPROVED)
    make(Charity, area_id=DISTRICT, name="区级草稿")
    make(Charity, area_id=JIEFANGBEI, name="解放碑基金会")
    make(Charity, area_id=QIXINGGANG, name="已作废的", status=Status.VOID)
    assert _offered(clerk, Fund, "host") == ["区慈善会"]


def test_funds_and_projects_are_offered_from_the_own_area(clerk: Client, make: Make) -> None:
    make(Fund, name="甲基金")
    make(Fund, name="别处基金", area_id=MINSHENGLU)
    make(Project, name="甲项目")
    make(Project, name="别处项目", area_id=MINSHENGLU)
    assert _offered(clerk, Expenditure, "fund") == ["甲基金"]
    assert _offered(clerk, Aid, "project") == ["甲项目"]


def test_the_list_of_hosts_is_not_widened_by_the_choice(clerk: Client, make: Make) -> None:
    make(Charity, area_id=DISTRICT, name="区慈善会")
    assert "区慈善会" not in clerk.get("/admin/orgs/charity/").content.decode()


def test_people_of_the_trail_are_named_without_a_way_into_their_accounts(
    clerk: Client, make: Make, jiedao: User
) -> None:
    page = clerk.get(change_page(make(Fund, created_by=jiedao))).content.decode()
    assert f"/admin/accounts/user/{jiedao.pk}/" not in page
    assert "录入人" in page


def test_who_only_reads_is_not_told_how_to_enter(visit: Visit, shiju: User, make: Make) -> None:
    hint = "依托组织全称＋街道（社区）名称"
    fund = make(Fund)
    assert hint not in visit(shiju).get(change_page(fund)).content.decode()
