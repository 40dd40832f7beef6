"""覆盖社区 of an activity: tick boxes of the clerk's own communities; each tick is a row."""

from __future__ import annotations

import datetime
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import Role, User
from areas.models import Area
from reviews.models import Status
from scenes.models import Activity, ActivityReach
from tests.conftest import HUAYIPO, JIEFANGBEI, MINSHENGLU, QIXINGGANG
from tests.types import Make, Response, Visit
from tests.web.test_entry_drafts import add_page, change_page

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

NEXT = "500103001006"
ACTIVITY = {"area": HUAYIPO, "name": "重阳敬老", "held_on": "2026-03-01", "form": "activity"}


@pytest.fixture
def clerk(visit: Visit, jiedao: User) -> Client:
    return visit(jiedao)


def boxes_in(page: Response) -> dict[str, bool]:
    """Return the boxes of the page as a browser shows them: code → ticked."""
    found = re.findall(r'name="reaches-tick" value="(\d+)"( checked)?', page.content.decode())
    return {code: bool(checked) for code, checked in found}


def was_in(page: Response) -> list[str]:
    return re.findall(r'name="reaches-was" value="(\d+)"', page.content.decode())


def send(
    client: Client,
    url: str,
    ticks: list[str],
    page: Response | None = None,
    changes: dict[str, str] | None = None,
) -> Response:
    """Send the form as a browser does: ticked boxes, and the rows that the page had shown."""
    shown = page or client.get(url)
    form = shown.context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    sent = values | {"reaches-ticks": "1", "reaches-tick": ticks, "reaches-was": was_in(shown)}
    sent |= changes or {}
    return client.post(url, {name: value for name, value in sent.items() if value is not None})


def reached(activity: Activity) -> list[str]:
    return sorted(activity.reaches.values_list("area_id", flat=True))


def test_a_street_sees_its_living_communities_and_no_others(clerk: Client) -> None:
    Area.objects.filter(code=NEXT).update(valid_to=datetime.date(2020, 1, 1))
    boxes = boxes_in(clerk.get(add_page(Activity)))
    living = Area.objects.within(QIXINGGANG).filter(level=5).exclude(code=NEXT)
    assert sorted(boxes) == sorted(living.values_list("code", flat=True))
    assert not any(boxes.values())


def test_a_district_sees_its_communities_street_by_street(visit: Visit, quji: User) -> None:
    page = visit(quji).get(add_page(Activity))
    formset = page.context["inline_admin_formsets"][0].formset
    streets = {street.name: len(street.boxes) for street in formset.streets}
    assert (len(streets), streets["七星岗街道"]) == (11, len(boxes_of(QIXINGGANG)))
    assert formset.is_long
    assert set(boxes_in(page)) == boxes_of("500103")


def boxes_of(root: str) -> set[str]:
    return set(Area.objects.within(root).filter(level=5).values_list("code", flat=True))


def test_ticks_become_rows_and_rows_ticks(clerk: Client) -> None:
    assert send(clerk, add_page(Activity), [HUAYIPO, NEXT], changes=ACTIVITY).status_code == 302
    activity = Activity.objects.get()
    assert reached(activity) == [HUAYIPO, NEXT]
    kept = activity.reaches.get(area_id=HUAYIPO).pk
    boxes = boxes_in(clerk.get(change_page(activity)))
    assert {code for code, ticked in boxes.items() if ticked} == {HUAYIPO, NEXT}
    send(clerk, change_page(activity), [HUAYIPO])
    assert reached(activity) == [HUAYIPO]
    assert activity.reaches.get().pk == kept
    send(clerk, change_page(activity), [])
    assert reached(activity) == []


def test_the_log_names_each_community(clerk: Client, make: Make) -> None:
    activity = make(Activity, reached=[HUAYIPO])
    send(clerk, change_page(activity), [NEXT])
    said = LogEntry.objects.get().get_change_message()
    assert str(Area.objects.get(code=NEXT)) in said
    assert str(Area.objects.get(code=HUAYIPO)) in said
    history = clerk.get(f"/admin/scenes/activity/{activity.pk}/history/").content.decode()
    assert "覆盖社区：新增" in history
    assert "覆盖社区：删除“华一坡社区”" in history


@pytest.mark.parametrize("code", [MINSHENGLU, QIXINGGANG, "500105001001", "000000", "x", ""])
def test_no_tick_reaches_out_of_the_own_area(clerk: Client, make: Make, code: str) -> None:
    answer = send(clerk, add_page(Activity), [HUAYIPO, code], changes=ACTIVITY)
    is_nothing = code == ""
    assert (answer.status_code == 302) == is_nothing
    assert Activity.objects.exists() == is_nothing
    if not is_nothing:
        assert 'class="entry-fault"' in answer.content.decode()
        assert boxes_in(answer)[HUAYIPO]


def test_what_somebody_else_ticked_meanwhile_stays(clerk: Client, make: Make) -> None:
    activity = make(Activity, reached=[HUAYIPO])
    page = clerk.get(change_page(activity))
    ActivityReach.objects.create(activity=activity, area_id=NEXT)
    send(clerk, change_page(activity), [], page=page)
    assert reached(activity) == [NEXT]


def test_what_somebody_else_took_away_comes_back_only_when_ticked(
    clerk: Client, make: Make
) -> None:
    activity = make(Activity, reached=[HUAYIPO])
    page = clerk.get(change_page(activity))
    activity.reaches.all().delete()
    assert send(clerk, change_page(activity), [], page=page).status_code == 302
    assert reached(activity) == []
    assert send(clerk, change_page(activity), [HUAYIPO], page=page).status_code == 302
    assert reached(activity) == [HUAYIPO]


def test_the_day_of_the_activity_decides_what_is_living(clerk: Client) -> None:
    Area.objects.filter(code=NEXT).update(valid_from=datetime.date(2026, 3, 2))
    answer = send(clerk, add_page(Activity), [NEXT], changes=ACTIVITY)
    assert "在活动日期2026-03-01不存在，不能列为覆盖社区" in answer.content.decode()
    assert NEXT not in boxes_in(answer)
    assert send(clerk, add_page(Activity), [NEXT], changes=ACTIVITY | {"held_on": "2026-03-02"})
    assert reached(Activity.objects.get()) == [NEXT]


def test_what_is_stored_stays_whatever_became_of_it(clerk: Client, make: Make) -> None:
    activity = make(Activity, area_id=QIXINGGANG, reached=[NEXT, MINSHENGLU])
    Area.objects.filter(code=NEXT).update(valid_to=datetime.date(2020, 1, 1))
    page = clerk.get(change_page(activity))
    assert boxes_in(page)[NEXT]
    assert boxes_in(page)[MINSHENGLU]
    ticks = [code for code, is_ticked in boxes_in(page).items() if is_ticked]
    assert send(clerk, change_page(activity), ticks, changes={"note": "补记"}).status_code == 302
    assert reached(activity) == [NEXT, MINSHENGLU]


def test_ticks_outlast_a_form_with_problems_and_one_that_asks(clerk: Client) -> None:
    answer = send(clerk, add_page(Activity), [NEXT], changes=ACTIVITY | {"held_on": ""})
    assert answer.status_code == 200
    assert boxes_in(answer)[NEXT]
    assert not Activity.objects.exists()


def test_a_page_that_says_nothing_of_boxes_changes_none(clerk: Client, make: Make) -> None:
    activity = make(Activity, reached=[HUAYIPO])
    row = activity.reaches.get()
    rows = {
        "reaches-TOTAL_FORMS": 2,
        "reaches-INITIAL_FORMS": 1,
        "reaches-0-id": row.pk,
        "reaches-0-activity": activity.pk,
        "reaches-0-area": HUAYIPO,
        "reaches-1-area": NEXT,
    }
    assert clerk.post(change_page(activity), {**ACTIVITY, **rows}).status_code == 302
    assert reached(activity) == [HUAYIPO, NEXT]


def test_above_a_county_there_are_rows_with_a_search(visit: Visit, district: Area) -> None:
    user = User.objects.create_user("shiji", role=Role.CLERK, area_id="50")
    page = visit(user).get(add_page(Activity))
    assert boxes_in(page) == {}
    assert "reaches-TOTAL_FORMS" in page.content.decode()


@pytest.mark.parametrize("status", [Status.DRAFT, Status.PENDING])
def test_who_only_reads_sees_names_and_no_boxes(
    visit: Visit, shiju: User, make: Make, status: Status
) -> None:
    activity = make(Activity, reached=[HUAYIPO], status=status)
    page = visit(shiju).get(change_page(activity))
    assert boxes_in(page) == {}
    assert "华一坡社区" in page.content.decode()


def test_a_neighbour_ticks_nothing(visit: Visit, jiedao2: User, clerk: Client, make: Make) -> None:
    activity = make(Activity, reached=[HUAYIPO])
    sent = {**ACTIVITY, "reaches-ticks": "1", "reaches-was": [HUAYIPO]}
    assert visit(jiedao2).post(change_page(activity), sent).status_code == 404
    assert reached(activity) == [HUAYIPO]
    assert set(boxes_in(visit(jiedao2).get(add_page(Activity)))) == boxes_of(JIEFANGBEI)


def test_the_page_asks_no_more_for_more_communities(
    visit: Visit, jiedao: User, quji: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for user in (jiedao, quji):
        client = visit(user)
        client.get(add_page(Activity))
        with django_assert_max_num_queries(25):
            client.get(add_page(Activity))


def test_an_approved_activity_shows_its_communities_to_its_clerk(
    clerk: Client, approved: Make
) -> None:
    activity = approved(Activity, reached=[HUAYIPO])
    page = clerk.get(change_page(activity))
    assert (page.status_code, "华一坡" in page.content.decode()) == (200, True)
