"""区划变更: the administrator registers and withdraws successions; every refusal is in Chinese."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from areas.models import Area, AreaSuccession
from areas.services import register_succession
from tests.conftest import DISTRICT, HUAYIPO, NEIGHBOUR, NEIGHBOUR_STREET, QIXINGGANG
from tests.types import Response, Visit
from tests.web.forms import filled_in, messages_of
from tests.web.test_chinese import english_in

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

ON = datetime.date(2026, 1, 25)
LIST = reverse("admin:areas_areasuccession_changelist")
ADD = reverse("admin:areas_areasuccession_add")
NEW = "500199"


def _delete_url(row: AreaSuccession) -> str:
    return reverse("admin:areas_areasuccession_delete", args=[row.pk])


def _register(client: Client, **changes: object) -> Response:
    values = {"predecessor": NEIGHBOUR, "successor_code": NEW, "on": "2026-01-25"} | changes
    return client.post(ADD, filled_in(client.get(ADD), **values), follow=True)


def _errors(page: Response) -> list[str]:
    form = page.context["adminform"].form
    return [str(message) for messages in form.errors.values() for message in messages]


@pytest.fixture
def row(district: Area) -> AreaSuccession:
    return register_succession(NEIGHBOUR, NEW, ON, name="新江北区")


def test_the_administrator_registers_a_succession(visit: Visit, guanli: User) -> None:
    page = _register(
        visit(guanli),
        successor_name="新江北区",
        document_number="渝府〔2025〕1号",
        carries_records=True,
    )
    row = AreaSuccession.objects.get()
    assert page.redirect_chain == [(LIST, 302)]
    assert (row.predecessor_id, row.successor_id, row.on) == (NEIGHBOUR, NEW, ON)
    assert (row.document_number, row.carries_records) == ("渝府〔2025〕1号", True)
    assert Area.objects.get(code=NEW).name == "新江北区"
    assert Area.objects.get(code=f"{NEW}001001").valid_from == ON
    assert Area.objects.get(code=f"{NEIGHBOUR_STREET}001").valid_to == ON
    assert any("区划变更" in message for message in messages_of(page))
    assert english_in(page.content.decode()) == set()


def test_the_form_suggests_that_records_are_carried_and_a_blank_name_keeps_the_old(
    visit: Visit, guanli: User
) -> None:
    _register(visit(guanli))
    assert AreaSuccession.objects.get().carries_records
    assert Area.objects.get(code=NEW).name == "江北区"


def test_blanks_around_a_code_do_not_matter(visit: Visit, guanli: User) -> None:
    _register(visit(guanli), successor_code=f" {NEW} ")
    assert AreaSuccession.objects.get().successor_id == NEW


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"predecessor": ""}, "必填"),
        ({"successor_code": ""}, "必填"),
        ({"on": ""}, "必填"),
        ({"on": "二〇二六年"}, "日期"),
        ({"successor_code": "5001"}, "承接区划应与“江北区”同级且不是它本身"),
        ({"successor_code": "50019"}, "“50019”不是区划代码"),
        ({"successor_code": NEIGHBOUR}, "承接区划应与“江北区”同级且不是它本身"),
        ({"successor_code": "510199"}, "承接区划的上级5101不存在，请先登记上级"),
        ({"successor_code": DISTRICT}, "代码500103001已是“七星岗街道”，与“华新街街道”"),
        ({"successor_name": "区" * 101}, "100"),
    ],
)
def test_a_refusal_stands_beside_the_form_and_nothing_is_saved(
    visit: Visit, guanli: User, district: Area, changes: dict[str, object], message: str
) -> None:
    before = list(Area.objects.values_list())
    page = _register(visit(guanli), **changes)
    assert page.status_code == 200
    assert any(message in error for error in _errors(page)), _errors(page)
    assert english_in(page.content.decode()) == set()
    assert not AreaSuccession.objects.exists()
    assert list(Area.objects.values_list()) == before


def test_the_list_and_a_row_are_read_in_chinese(
    visit: Visit, guanli: User, row: AreaSuccession
) -> None:
    client = visit(guanli)
    listed = client.get(LIST).content.decode()
    assert "江北区" in listed
    assert "新江北区" in listed
    shown = client.get(reverse("admin:areas_areasuccession_change", args=[row.pk]))
    assert "2026年1月25日" in shown.content.decode()
    assert english_in(listed) | english_in(shown.content.decode()) == set()


def test_a_registered_one_is_not_changed(visit: Visit, guanli: User, row: AreaSuccession) -> None:
    url = reverse("admin:areas_areasuccession_change", args=[row.pk])
    assert visit(guanli).post(url, {"on": "2026-02-01"}).status_code == 403
    row.refresh_from_db()
    assert row.on == ON


def test_the_administrator_takes_a_mistaken_one_back(
    visit: Visit, guanli: User, row: AreaSuccession
) -> None:
    client = visit(guanli)
    asked = client.get(_delete_url(row))
    assert asked.status_code == 200
    assert english_in(asked.content.decode()) == set()
    page = client.post(_delete_url(row), {"post": "yes"}, follow=True)
    assert page.redirect_chain == [(LIST, 302)]
    assert not AreaSuccession.objects.exists()
    assert not Area.objects.filter(code__startswith=NEW).exists()
    assert not Area.objects.within(NEIGHBOUR).exclude(valid_to=None).exists()


def test_what_is_in_use_is_not_taken_back_and_the_page_says_why(
    visit: Visit, guanli: User, row: AreaSuccession
) -> None:
    User.objects.create_user("xin", role=Role.CLERK, area_id=f"{NEW}001")
    page = visit(guanli).post(_delete_url(row), {"post": "yes"}, follow=True)
    assert any("已有记录、账号或其他变更，不能撤回" in one for one in messages_of(page))
    assert english_in(page.content.decode()) == set()
    assert AreaSuccession.objects.filter(pk=row.pk).exists()
    assert Area.objects.get(code=NEIGHBOUR).valid_to == ON


def test_no_list_of_them_is_deleted_at_once(
    visit: Visit, guanli: User, row: AreaSuccession
) -> None:
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    visit(guanli).post(LIST, chosen)
    assert AreaSuccession.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("who", ["quji", "shiju", "jiedao", "shengting", "shenji", "jiangbei"])
def test_nobody_else_sees_registers_or_takes_back(
    visit: Visit, row: AreaSuccession, who: str, request: pytest.FixtureRequest
) -> None:
    client = visit(request.getfixturevalue(who))
    changed = reverse("admin:areas_areasuccession_change", args=[row.pk])
    for url in (LIST, ADD, changed, _delete_url(row)):
        assert client.get(url).status_code == 403, url
    values = {"predecessor": DISTRICT, "successor_code": "500198", "on": "2026-01-25"}
    assert client.post(ADD, values).status_code == 403
    assert client.post(_delete_url(row), {"post": "yes"}).status_code == 403
    assert AreaSuccession.objects.count() == 1
    assert "areasuccession" not in client.get("/", follow=True).content.decode()


def test_an_area_form_does_not_end_or_begin_an_area(
    visit: Visit, guanli: User, district: Area
) -> None:
    """Only successions set the days on which an area begins and ends."""
    url = reverse("admin:areas_area_change", args=[QIXINGGANG])
    client = visit(guanli)
    values = filled_in(client.get(url), valid_to="2026-02-01", valid_from="2020-01-01")
    client.post(url, values)
    area = Area.objects.get(code=QIXINGGANG)
    assert (area.valid_from, area.valid_to) == (None, None)


def test_a_community_may_be_followed_by_a_new_one(
    visit: Visit, guanli: User, district: Area
) -> None:
    """The form offers all areas, down to communities."""
    _register(visit(guanli), predecessor=HUAYIPO, successor_code=f"{QIXINGGANG}099")
    assert AreaSuccession.objects.get().successor.name == Area.objects.get(code=HUAYIPO).name
