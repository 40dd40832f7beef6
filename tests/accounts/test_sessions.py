"""Sessions end when they are not used, are listed, and show only what they are for."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.access.models import LoginSession
from accounts.access.tasks import clear_logins
from accounts.models import User
from indicators.models import Plan
from tests.conftest import PASSWORD
from tests.types import Visit

PAGE = "/account/sessions/"
BOARD = "/dashboard/yuzhong-2026/500103/"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def passes(clock: time_machine.Traveller, **span: float) -> None:
    clock.shift(datetime.timedelta(**span))


def test_half_an_hour_without_a_request_ends_a_session(
    visit: Visit, quji: User, clock: time_machine.Traveller
) -> None:
    client = visit(quji)
    for _ in range(3):
        passes(clock, minutes=29)
        assert client.get(PAGE).status_code == 200
    passes(clock, minutes=31)
    assert client.get(PAGE)["Location"] == f"/admin/login/?next={PAGE}&ended=1"


def test_what_a_page_asks_by_itself_keeps_nobody_logged_in(
    visit: Visit, quji: User, clock: time_machine.Traveller
) -> None:
    client = visit(quji)
    passes(clock, minutes=20)
    client.get("/imports/1/progress/")
    client.get(f"{BOARD}?screen=1")
    passes(clock, minutes=11)
    assert client.get(PAGE).status_code == 302


def test_twelve_hours_end_a_session_in_any_case(
    visit: Visit, quji: User, clock: time_machine.Traveller
) -> None:
    client = visit(quji)
    for _ in range(12 * 3 - 1):
        passes(clock, minutes=20)
        client.get(PAGE)
    assert client.get(PAGE).status_code == 200
    passes(clock, minutes=21)
    assert client.get(PAGE).status_code == 302


def test_the_use_is_stored_at_most_once_a_minute(
    visit: Visit,
    quji: User,
    clock: time_machine.Traveller,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = visit(quji)
    with django_assert_num_queries(2):  # session, account
        client.get("/admin/password_change/done/")
    passes(clock, minutes=2)
    with django_assert_num_queries(3):
        client.get("/admin/password_change/done/")


def test_ones_sessions_are_listed_and_the_others_ended(
    visit: Visit, quji: User, jiedao: User
) -> None:
    here, there, other = visit(quji), visit(quji), visit(jiedao)
    assert "现有2处登录" in here.get(PAGE).content.decode()
    here.post(PAGE)
    assert [each.get(PAGE).status_code for each in (here, there, other)] == [200, 302, 200]


def test_a_form_sent_too_late_leads_back_to_its_page(
    visit: Visit, quji: User, clock: time_machine.Traveller
) -> None:
    client = visit(quji)
    passes(clock, hours=1)
    page = "http://testserver/admin/funds/fund/add/?copy=last"
    sent = client.post("/admin/funds/fund/add/", {"name": "x"}, headers={"Referer": page})
    query = "next=/admin/funds/fund/add/%3Fcopy%3Dlast&sent=1"
    assert sent["Location"] == f"/admin/login/?{query}"
    assert "可以恢复" in client.get(sent["Location"]).content.decode()
    foreign = {"Referer": "http://elsewhere.example/admin/"}
    client.cookies["sessionid"] = "expired"
    sent = client.post("/exports/", headers=foreign)
    assert sent["Location"] == "/admin/login/?next=/exports/&sent=1"


def test_the_big_screen_shows_its_dashboard_for_days_and_nothing_else(
    yuzhong: Plan, visit: Visit, shiju: User, clock: time_machine.Traveller
) -> None:
    client = visit(shiju)
    assert client.get(f"/account/display/?to={BOARD}").status_code == 200
    assert client.post(f"/account/display/?to={BOARD}")["Location"] == f"{BOARD}?screen=1"
    passes(clock, days=3)
    assert client.get(f"{BOARD}?screen=1").status_code == 200
    others = ("/", BOARD, PAGE, "/api/v1/funds/", "/admin/funds/fund/")
    assert {client.get(each).status_code for each in others} <= {302, 401, 403}
    assert client.get(f"{BOARD.replace('500103', '500103001')}?screen=1").status_code == 302
    assert client.post(f"{BOARD}?screen=1").status_code == 302
    assert "大屏" in visit(shiju).get(PAGE).content.decode()
    passes(clock, days=28)
    assert client.get(f"{BOARD}?screen=1").status_code == 302


def test_who_logs_in_on_the_big_screen_has_an_ordinary_session_again(
    yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    client = visit(shiju)
    client.post(f"/account/display/?to={BOARD}")
    assert client.cookies["sessionid"]["max-age"]
    client.post("/admin/login/", {"username": "shiju", "password": PASSWORD})
    assert client.get(PAGE).status_code == 200
    assert not client.cookies["sessionid"]["max-age"]


def test_only_a_dashboard_can_be_a_big_screen(
    visit: Visit, shiju: User, settings: Settings
) -> None:
    client = visit(shiju)
    for to in ("/admin/", "https://elsewhere.example/dashboard/a/b/", ""):
        assert client.get("/account/display/", {"to": to}).status_code == 404
    settings.DISPLAY_DAYS = 0
    assert client.get("/account/display/", {"to": BOARD}).status_code == 404


def test_ended_sessions_are_cleared(
    visit: Visit, quji: User, clock: time_machine.Traveller
) -> None:
    visit(quji)
    passes(clock, hours=1)
    visit(quji)
    clear_logins()
    assert LoginSession.objects.count() == 1


def test_a_switched_off_account_has_no_session(visit: Visit, quji: User) -> None:
    client = visit(quji)
    User.objects.filter(pk=quji.pk).update(is_active=False)
    assert client.get(PAGE).status_code == 302
    assert Client().get(PAGE).status_code == 302
