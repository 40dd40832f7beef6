"""The pages of duties show the states of an independent count, to those who may see them."""

from __future__ import annotations

import datetime
import io
from collections import Counter

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from indicators.duties.instances import STATES, DutyState
from orgs.models import Charity
from reports.filing.reminding import remind
from reports.models import Reminder
from scenes.models import Activity
from tests.conftest import DISTRICT, JIEFANGBEI, NEIGHBOUR, QIXINGGANG
from tests.types import Make, Visit
from tests.web.duties.world import (
    MONTHLY,
    TODAY,
    counted_states,
    happenings,
    plan_with_duties,
    streets,
)
from tests.worlds import share

pytestmark = pytest.mark.once  # pages; the engine of duties has its own tests on both databases


@pytest.fixture
def duties(approved: Make) -> None:
    plan_with_duties()
    happenings(approved)
    approved(Charity, area_id=DISTRICT)


share(__name__, "duties")


def _address(area: str = DISTRICT, **query: object) -> str:
    asked = {"duty": MONTHLY, "on": TODAY.isoformat(), "month": "2026-03"} | query
    return f"/duties/{area}/?" + "&".join(f"{name}={value}" for name, value in asked.items())


def test_the_matrix_shows_the_state_of_every_street_and_month(
    duties: None, visit: Visit, shiju: User
) -> None:
    page = visit(shiju).get(_address(view="matrix"))
    found = page.context["matrix"]
    assert found.total == len(streets())
    shown = {
        (cell.key.split("/")[2], cell.due_on, cell.state)
        for row in found.rows
        for cells in row.cells
        for cell in cells
    }
    assert shown == set(counted_states(TODAY))
    assert {state for _, _, state in shown} == {each.value for each in STATES} - {
        "due_soon",
        "late",
        "referred",
    }


def test_the_month_counts_each_state_on_the_due_day(
    duties: None, visit: Visit, shiju: User
) -> None:
    page = visit(shiju).get(_address(view="month"))
    expected = Counter(state for _, _, state in counted_states(TODAY, range(3, 4)))
    (day, lines), *others = page.context["agenda"]
    assert (day, others) == (datetime.date(2026, 3, 31), [])
    assert dict(lines[0].counts) == expected


def test_overdue_is_counted_by_area(duties: None, visit: Visit, shiju: User) -> None:
    page = visit(shiju).get(_address(view="overdue"))
    expected = Counter(
        street for street, _, state in counted_states(TODAY) if state == DutyState.OVERDUE
    )
    assert {area.code: number for area, number, _ in page.context["areas"]} == expected
    assert page.context["total"] == expected.total()


def test_the_workbook_lists_every_instance(duties: None, visit: Visit, shiju: User) -> None:
    address = _address(view="list").replace(f"/{DISTRICT}/", f"/{DISTRICT}/duties.xlsx")
    book = load_workbook(io.BytesIO(visit(shiju).get(address).content))
    rows = list(book["履责清单"].iter_rows(min_row=4, values_only=True))
    found = Counter((row[6].date(), row[7]) for row in rows)
    assert found == Counter((due, state.label) for _, due, state in counted_states(TODAY))
    total = sum(row[2] for row in book["按地区"].iter_rows(min_row=4, values_only=True))
    assert total == len(rows)
    assert book["矩阵"].max_row == 3 + len(streets())


def test_a_neighbour_sees_nothing(duties: None, visit: Visit, jiangbei: User, jiedao: User) -> None:
    item = reverse("duty-item", args=[f"{MONTHLY}/{QIXINGGANG}/2026-03"])
    client = visit(jiangbei)
    for view in ("month", "list", "matrix", "overdue"):
        assert client.get(_address(view=view)).status_code == 404
    assert client.get(item).status_code == 404
    assert client.post(f"{item}urge/").status_code == 404
    assert client.get(f"/duties/{NEIGHBOUR}/").status_code == 200
    other = visit(jiedao)  # of 七星岗
    assert other.get(_address(JIEFANGBEI, view="list")).status_code == 404
    assert other.get(item.replace(QIXINGGANG, JIEFANGBEI)).status_code == 404
    assert other.get(item).status_code == 200


@pytest.mark.parametrize(
    "query",
    [{"view": "year"}, {"duty": "no/such"}, {"state": "x"}, {"on": "x"}, {"month": "2026-13"}],
)
def test_what_does_not_exist_is_not_found(
    duties: None, visit: Visit, shiju: User, query: dict[str, str]
) -> None:
    assert visit(shiju).get(_address(**query)).status_code == 404
    assert visit(shiju).get(_address(view="list", page=99)).status_code == 404


def test_the_supervisor_urges_once_a_day(
    duties: None, visit: Visit, shiju: User, jiedao: User
) -> None:
    address = reverse("duty-urge", args=[f"{MONTHLY}/{QIXINGGANG}/2026-02"])
    with time_machine.travel("2026-05-20T09:00:00+08:00"):
        assert "只有主管地区的审核员可以催办" in _told(visit(jiedao), address)
        assert "已催办" in _told(visit(shiju), address, note="请于本周内补办")
        assert "今天已催办过" in _told(visit(shiju), address)
        done = address.replace("2026-02", "2026-01")
        assert "现为“已完成”，无须催办" in _told(visit(shiju), done)
        page = visit(jiedao).get(address.removesuffix("urge/")).content.decode()
    assert "已逾期81天" in page
    assert "催办：请于本周内补办" in page
    assert Reminder.objects.get().by == shiju


def _told(client: Client, address: str, **values: str) -> str:
    return client.post(address, values, follow=True).content.decode()


def test_every_reminder_goes_out_once(duties: None) -> None:
    for day in (TODAY, datetime.date(2026, 5, 24), datetime.date(2026, 5, 24)):
        remind(day)
    marks = Counter(Reminder.objects.filter(key__contains="activities").values_list("key", "mark"))
    assert set(marks.values()) == {1}
    open_streets = {key.split("/")[2] for (key, mark) in marks if mark == 7}
    assert open_streets == set(streets())
    late = {(key.split("/")[2], key.split("/")[3]) for (key, mark) in marks if mark == -1}
    expected = {
        (street, f"{due:%Y-%m}")
        for street, due, state in counted_states(TODAY)
        if state == DutyState.OVERDUE and (TODAY - due).days <= 32
    }
    assert late == expected


def test_the_desk_lists_what_is_owed(duties: None, visit: Visit, jiedao: User) -> None:
    with time_machine.travel("2026-05-26T09:00:00+08:00"):
        owed = visit(jiedao).get("/").context["owed"]
    expected = [
        due
        for street, due, state in counted_states(datetime.date(2026, 5, 26))
        if street == QIXINGGANG and state in (DutyState.OVERDUE, DutyState.DUE_SOON)
    ]
    assert [line.instance.period.due_on for line in owed.lines] == sorted(expected)
    assert owed.lines[-1].days_left == 5


def test_an_open_instance_offers_its_forms(duties: None, visit: Visit, jiedao: User) -> None:
    address = reverse("duty-item", args=[f"{MONTHLY}/{QIXINGGANG}/2026-05"])
    page = visit(jiedao).get(address)
    name, form = page.context["add_link"]
    assert name == str(Activity._meta.verbose_name)
    assert visit(jiedao).get(form).status_code == 200
    asked = visit(jiedao).get(page.context["ask_excuse"]).content.decode()
    assert "2026-05" in asked


def test_statements_do_not_grow_with_debtors(
    duties: None, visit: Visit, shiju: User, approved: Make
) -> None:
    client = visit(shiju)
    audits = {"duty": "test-duties/audits"}

    def counts() -> list[int]:
        found = []
        for view in ("month", "list", "matrix", "overdue"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(_address(view=view, **audits)).status_code == 200
            found.append(len(queries))
        return found

    counts()
    before = counts()
    for _ in range(5):
        approved(Charity, area_id=DISTRICT)
    assert counts() == before
