"""Guessing is counted before the hash, per account and per address, and ends in locks that grow."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.access.addresses import client_address, counted_address, device_of
from accounts.access.guard import Attempt, admit, clear_counts, note_failure, note_success
from accounts.access.models import CountKind, LoginCount
from accounts.access.pages.forms import REFUSED
from accounts.models import User
from audit.acts import Act, Outcome
from audit.models import AuditEvent
from tests.conftest import PASSWORD
from tests.types import Response, Visit

HERE, THERE = "10.0.0.5", "10.0.0.6"


def log_in(name: str, password: str, address: str = HERE, client: Client | None = None) -> Response:
    sent = {"username": name, "password": password}
    return (client or Client()).post("/admin/login/", sent, REMOTE_ADDR=address)


def is_in(answer: Response) -> bool:
    return answer.status_code == 302


def count_of(name: str) -> LoginCount:
    return LoginCount.objects.get(kind=CountKind.ACCOUNT, subject=name)


def acts() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("pk").values_list("act", "outcome"))


def test_after_five_failures_the_right_password_does_not_help_either(shiju: User) -> None:
    pages = [log_in("shiju", "falsch") for _ in range(5)]
    pages.append(log_in("shiju", PASSWORD, THERE))
    assert not any(map(is_in, pages))
    assert {REFUSED in page.content.decode() for page in pages} == {True}
    assert acts().count((Act.LOGIN, Outcome.FAILED)) == 5
    assert acts().count((Act.LOGIN, Outcome.REFUSED)) == 1
    assert acts().count((Act.LOCKED, Outcome.DONE)) == 1


def test_a_lock_ends_and_the_next_one_lasts_twice_as_long(shiju: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for minutes in (10, 20, 40):
            for _ in range(5):
                log_in("shiju", "falsch")
            clock.shift(datetime.timedelta(minutes=minutes, seconds=-1))
            assert not is_in(log_in("shiju", PASSWORD))
            clock.shift(datetime.timedelta(seconds=2))
            assert not count_of("shiju").is_locked_at(timezone.now())
        assert is_in(log_in("shiju", PASSWORD))
        assert count_of("shiju").locks == 0


def test_an_attempt_takes_its_place_before_the_password_is_looked_at(shiju: User) -> None:
    attempt = Attempt("shiju", HERE, HERE)
    assert [admit(attempt) for _ in range(7)] == [True] * 5 + [False] * 2
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=2)):
        assert not admit(attempt)  # nobody gave a place back: these were failures
        assert count_of("shiju").is_locked_at(timezone.now())


def test_honest_people_at_the_same_moment_lock_nothing(shiju: User, settings: Settings) -> None:
    settings.LOGIN_ADDRESS_FAILURES = 3
    attempts = [Attempt(f"name{number}", HERE, HERE) for number in range(4)]
    assert [admit(each) for each in attempts] == [True, True, True, False]
    for each in attempts[:3]:
        note_success(each)
    assert is_in(log_in("shiju", PASSWORD))


def test_an_address_that_tries_many_accounts_is_locked_and_nobody_else(
    shiju: User, settings: Settings
) -> None:
    settings.LOGIN_ADDRESS_FAILURES = 6
    for number in range(6):
        log_in(f"name{number}", "falsch")
    assert not is_in(log_in("shiju", PASSWORD))
    assert is_in(log_in("shiju", PASSWORD, THERE))


def test_who_guesses_does_not_clean_the_address_by_logging_in_in_between(
    shiju: User, quji: User, settings: Settings
) -> None:
    settings.LOGIN_ADDRESS_FAILURES = 6
    for number in range(6):
        log_in(f"name{number}", "falsch")
        if number < 5:
            assert is_in(log_in("quji", PASSWORD))
    assert not is_in(log_in("shiju", PASSWORD))


def test_a_success_forgets_the_failures_of_the_account(shiju: User) -> None:
    for _ in range(3):
        for _ in range(4):
            log_in("shiju", "falsch")
        assert is_in(log_in("shiju", PASSWORD))


def test_a_name_that_no_account_has_is_counted_alike_and_never_stored(district: object) -> None:
    for _ in range(6):
        page = log_in("geheim-falsch-getippt", "x")
    assert REFUSED in page.content.decode()
    row = LoginCount.objects.get(kind=CountKind.ACCOUNT)
    assert row.is_locked_at(timezone.now())
    stored = [row.subject, *AuditEvent.objects.values_list("detail", flat=True)]
    assert not any("geheim" in each for each in stored)


def test_old_counts_are_forgotten_but_not_when_somebody_last_came_in(shiju: User) -> None:
    log_in("niemand", "x")
    log_in("shiju", PASSWORD)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2)):
        clear_counts()
    assert [row.subject for row in LoginCount.objects.all()] == ["shiju"]


def test_who_logs_in_is_told_of_the_last_time_and_of_failures_since(shiju: User) -> None:
    log_in("shiju", PASSWORD, THERE)
    log_in("shiju", "falsch")
    log_in("shiju", "falsch")
    client = Client()
    log_in("shiju", PASSWORD, client=client)
    text = client.get("/").content.decode()
    assert f"地址 {THERE}" in text
    assert "此后登录失败2次" in text
    note_success(Attempt("shiju", HERE, HERE))
    assert note_success(Attempt("shiju", HERE, HERE)).failures == 0


def test_logging_in_and_out_is_recorded_with_address_and_agent(shiju: User) -> None:
    client = Client(HTTP_USER_AGENT="Pruefer/1", REMOTE_ADDR=HERE)
    log_in("shiju", PASSWORD, client=client)
    client.post("/admin/logout/")
    events = AuditEvent.objects.filter(username="shiju").order_by("pk")
    assert list(events.values_list("act", flat=True)) == [Act.LOGIN, Act.LOGOUT]
    assert set(events.values_list("address", "agent")) == {(HERE, "Pruefer/1")}


def test_the_administrator_lifts_a_lock_and_nobody_else_sees_it(
    visit: Visit, anquan: User, shiju: User, shenji: User
) -> None:
    for _ in range(5):
        admit(Attempt("shiju", HERE, HERE))
    note_failure(Attempt("shiju", HERE, HERE))
    address = "/admin/accounts/logincount/"
    page = visit(anquan).get(f"{address}?locked=1").content.decode()
    assert "shiju" in page
    assert [visit(each).get(address).status_code for each in (shiju, shenji)] == [403, 403]
    sent = {"action": "lift_selected", "_selected_action": [count_of("shiju").pk]}
    visit(anquan).post(address, sent)
    assert is_in(log_in("shiju", PASSWORD))
    assert AuditEvent.objects.filter(act=Act.UNLOCKED, username="anquan").exists()


@pytest.mark.once
@pytest.mark.parametrize(
    ("proxies", "told", "address", "counted"),
    [
        (0, "1.2.3.4", HERE, HERE),
        (1, "", HERE, HERE),
        (1, "9.9.9.9, 1.2.3.4", "1.2.3.4", "1.2.3.4"),
        (2, "9.9.9.9, 1.2.3.4, 10.0.0.9", "1.2.3.4", "1.2.3.4"),
        (1, "no address", HERE, HERE),
        (1, "2001:db8::5", "2001:db8::5", "2001:db8::/64"),
        (1, "::ffff:1.2.3.4", "1.2.3.4", "1.2.3.4"),
    ],
)
def test_a_forwarded_address_counts_as_far_as_own_proxies_wrote_it(
    settings: Settings, proxies: int, told: str, address: str, counted: str
) -> None:
    settings.PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": told} if told else {}
    request = RequestFactory(headers=headers, REMOTE_ADDR=HERE).get("/")
    assert (client_address(request), counted_address(request)) == (address, counted)


@pytest.mark.once
def test_a_proxy_of_this_machine_that_nobody_named_does_not_stand_for_everybody(
    settings: Settings,
) -> None:
    request = RequestFactory(headers={"X-Forwarded-For": "1.2.3.4"}).get("/")
    assert counted_address(request) == ""
    assert counted_address(RequestFactory().get("/")) == "127.0.0.1"


@pytest.mark.once
def test_a_device_is_named_by_browser_and_system() -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"
    assert device_of(agent) == "Edge，Windows"
    assert device_of("curl/8") == "未知设备"
