"""June and November by the calendar, with real Redis, beat, workers and a clock set by the test.

Whatever is killed or lost meanwhile, each report, reminder and mail exists exactly once.
"""

from __future__ import annotations

import datetime
import email
import email.policy
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
import time_machine
from django.db import connection, transaction

from accounts.models import Role, User
from dates.due_items import DueItem
from indicators.models import Indicator, Plan
from reports.editions.sealing import seal
from reports.editions.verifying import verify_editions
from reports.models import Edition, FilingStatus, Reminder, Report, ReportEvent
from tests.conftest import DISTRICT, JIEFANGBEI, QIXINGGANG
from tests.running.clockwork import PATIENCE, Clocked, Clockwork, moment
from tests.running.conftest import wait_until
from tests.servers import RedisServer

pytestmark = [
    pytest.mark.production,
    pytest.mark.server,
    pytest.mark.django_db(transaction=True),
]
Day = datetime.date
JUNE, NOVEMBER = Day(2026, 6, 30), Day(2026, 11, 30)
#: Mark → the day on which its reminder was sent.
Sent = dict[int, Day]
#: (addressees, text).
Mail = tuple[tuple[str, ...], str]
_RULE = b"-" * 79 + b"\n"
#: The district and three of its streets file.
_FILERS = 4


# --- the office -----------------------------------------------------------------------------


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def clockwork(
    few_streets: Plan,
    addresses: dict[str, str],
    worker_environment: dict[str, str],
    mailbox: Path,
    tmp_path: Path,
    redis_server: RedisServer,
) -> Iterator[Clockwork]:
    """Noon of 29 May 2026, when nothing is due yet."""
    environment = {**worker_environment, "EMAIL_URL": f"filemail:///{mailbox}"}
    office = Clockwork(environment, tmp_path, moment(Day(2026, 5, 29), 12, 0))
    yield office
    office.end()
    redis_server.start()


@pytest.fixture
def few_figures(few_streets: Plan) -> None:
    """Keep few indicators; with all fourteen, a day takes five times as long."""
    few_streets.indicators.exclude(code__in=("funds", "scenes")).delete()


@pytest.fixture
def addresses(quji: User, shiju: User, jiedao: User, jiedao2: User) -> dict[str, str]:
    """The addresses by user; quji and a street have none."""
    found = {}
    for user in (shiju, jiedao, jiedao2):
        user.email = f"{user.username}@example.org"
        user.save(update_fields=["email"])
        found[user.area_id or ""] = user.email
    return found


@contextmanager
def _today(day: Day) -> Iterator[None]:
    with time_machine.travel(moment(day)):
        yield


def _days(first: Day, last: Day) -> list[Day]:
    return [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]


def _file(code: str, due_on: Day, day: Day, reason: str = "") -> None:
    """File as the area's own signer on that day."""
    role = Role.REVIEWER if code == DISTRICT else Role.CLERK
    by = User.objects.filter(area_id=code, role=role).first()
    by = by or User.objects.create_user(f"q{code}", role=role, area_id=code)
    with _today(day):
        seal(Report.objects.get(area=code, due_on=due_on), by=by, on=day, reason=reason)


# --- what must be there ---------------------------------------------------------------------


def _assert_reports(*due: Day) -> None:
    """The district and its streets have one prepared report for each period."""
    codes = Counter(Report.objects.values_list("due_on", "area_id"))
    assert set(codes.values()) <= {1}
    assert Counter(day for day, _ in codes) == dict.fromkeys(due, _FILERS)
    made = ReportEvent.objects.filter(action="prepare").values_list("report_id", flat=True)
    assert sorted(made) == sorted(Report.objects.values_list("pk", flat=True))
    number = Indicator.objects.count()
    drafts = Report.objects.values_list("draft", flat=True)
    assert all(len(draft["indicators"]) == number for draft in drafts)


def _reminders(due_on: Day) -> list[tuple[Reminder, DueItem]]:
    """Each reminder of a period's reports, with the report as due item."""
    reports = Report.objects.filter(due_on=due_on).select_related("plan", "area")
    items = {each.due_item.key: each.due_item for each in reports}
    return [(row, items[row.key]) for row in Reminder.objects.filter(key__in=items)]


def _assert_reminders(due_on: Day, sent: Sent, filer: str, last_mark: int) -> None:
    """Each report has one reminder per mark, on its day; `filer` has none after `last_mark`."""
    found = Counter((item.area_code, row.mark, row.on) for row, item in _reminders(due_on))
    codes = Report.objects.filter(due_on=due_on).values_list("area_id", flat=True)
    assert found == {
        (code, mark, on): 1
        for code in codes
        for mark, on in sent.items()
        if code != filer or mark >= last_mark
    }


def _expected_mails(due_on: Day, addresses: dict[str, str]) -> Counter[Mail]:
    """Return the mails of all reminders; late ones also go to the district's reviewer."""
    mails: Counter[Mail] = Counter()
    for reminder, item in _reminders(due_on):
        left = (due_on - reminder.on).days
        people = {addresses.get(item.area_code), addresses[DISTRICT] if left < 0 else None} - {None}
        stands = f"还有{left}天" if left > 0 else f"已逾期{-left}天"
        text = f"{item.title}应于{due_on:%Y年%-m月%-d日}前报送，{stands}。"
        if people:
            mails[tuple(sorted(map(str, people))), text] += 1
    return mails


def _mails(folder: Path) -> Counter[Mail]:
    """Return addressees and text of every mail that was sent."""
    found: Counter[Mail] = Counter()
    for path in folder.glob("*.log"):
        for part in path.read_bytes().split(_RULE)[:-1]:
            mail = email.message_from_bytes(part, policy=email.policy.default)
            people = tuple(sorted(each.strip() for each in str(mail["To"]).split(",")))
            found[people, mail.get_content().strip()] += 1
    return found


def _standings(due_on: Day, day: Day) -> Counter[FilingStatus]:
    with _today(day):
        return Counter(each.standing for each in Report.objects.filter(due_on=due_on))


# --- what goes wrong ------------------------------------------------------------------------


def _kill_in_the_middle(clockwork: Clockwork, day: Day) -> None:
    """Stop the worker while it prepares reports, and kill it there."""
    with transaction.atomic():
        if connection.vendor == "postgresql":  # on SQLite the transaction itself is the lock
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE reports_report IN EXCLUSIVE MODE")
        (task,) = clockwork.beat(day)
        wait_until(lambda: any(each.has_received(task) for each in clockwork.workers), PATIENCE)
        wait_until(_somebody_waits, PATIENCE)
        clockwork.kill(_at(task, clockwork.workers))
    assert not any(each.has_done(task) for each in clockwork.workers)


def _somebody_waits() -> bool:
    """Whether a process waits for a lock, as far as the database says."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def _at(task: str, workers: list[Clocked]) -> Clocked:
    (one,) = (each for each in workers if each.has_received(task))
    return one


def _lose_redis_at(day: Day, clockwork: Clockwork, redis_server: RedisServer) -> None:
    """Stop Redis before beat sends, and start it again without its data."""
    (beat,) = clockwork.beats
    connected = [each.connections() for each in clockwork.workers]
    redis_server.lose_all()
    clockwork.move_to(day)
    beat.wait_until(lambda: beat.failed() == 1, PATIENCE)
    redis_server.start()
    for each, times in zip(clockwork.workers, connected, strict=True):
        each.wait_until(partial(each.has_connected_more_than, times), PATIENCE)


# --- the year -------------------------------------------------------------------------------


def _live_june(clockwork: Clockwork) -> None:
    """Reports are prepared on 31 May, a street files on the 20th, the others are late."""
    clockwork.live(Day(2026, 5, 30))
    assert not Report.objects.exists()
    for day in _days(Day(2026, 5, 31), Day(2026, 7, 1)):
        clockwork.live(day)
        if day == Day(2026, 6, 20):
            _file(JIEFANGBEI, JUNE, day)
    assert _standings(JUNE, JUNE) == {FilingStatus.OPEN: 3, FilingStatus.FILED: 1}
    assert _standings(JUNE, Day(2026, 7, 1)) == {FilingStatus.OVERDUE: 3, FilingStatus.FILED: 1}
    clockwork.live(Day(2026, 7, 7))


def _file_late(day: Day) -> None:
    streets = Report.objects.owed().exclude(area=DISTRICT).values_list("area_id", flat=True)
    for code in [*streets, DISTRICT]:
        _file(code, JUNE, day)
    assert _standings(JUNE, day) == {FilingStatus.FILED: _FILERS}


def _live_november(clockwork: Clockwork, redis_server: RedisServer) -> None:
    """A worker is killed on the day of preparing, and Redis is lost on the day of a reminder.

    June has shown that days far from a mark bring nothing.
    """
    clockwork.live(Day(2026, 10, 30))
    assert not Report.objects.filter(due_on=NOVEMBER).exists()
    _kill_in_the_middle(clockwork, Day(2026, 10, 31))
    assert not Report.objects.filter(due_on=NOVEMBER).exists()
    clockwork.start(workers=1)
    for day in _days(Day(2026, 11, 1), Day(2026, 12, 1)):
        if 3 <= day.day <= 14:
            continue
        if day == Day(2026, 11, 16):
            _lose_redis_at(day, clockwork, redis_server)
            continue
        clockwork.live(day)
        if day == Day(2026, 11, 24):
            _file(QIXINGGANG, NOVEMBER, day)
    last = _standings(NOVEMBER, Day(2026, 12, 1))
    assert last == {FilingStatus.OVERDUE: 3, FilingStatus.FILED: 1}
    clockwork.live(Day(2026, 12, 7))


def test_june_and_november_go_as_the_calendar_says_whatever_is_killed_or_lost(
    few_figures: None,
    clockwork: Clockwork,
    redis_server: RedisServer,
    addresses: dict[str, str],
    mailbox: Path,
) -> None:
    clockwork.start(workers=2, beats=1)
    _live_june(clockwork)
    _assert_reports(JUNE)
    june = {
        30: Day(2026, 5, 31),
        14: Day(2026, 6, 16),
        7: Day(2026, 6, 23),
        1: Day(2026, 6, 29),
        -1: Day(2026, 7, 1),
        -7: Day(2026, 7, 7),
    }
    _assert_reminders(JUNE, june, JIEFANGBEI, last_mark=14)
    _file_late(Day(2026, 7, 8))
    _live_november(clockwork, redis_server)
    _assert_reports(JUNE, NOVEMBER)
    november = {
        30: Day(2026, 11, 1),  # the day after the worker was killed
        14: Day(2026, 11, 17),  # the day after Redis was lost
        7: Day(2026, 11, 23),
        1: Day(2026, 11, 29),
        -1: Day(2026, 12, 1),
        -7: Day(2026, 12, 7),
    }
    _assert_reminders(NOVEMBER, november, QIXINGGANG, last_mark=7)
    expected = _expected_mails(JUNE, addresses) + _expected_mails(NOVEMBER, addresses)
    assert _mails(mailbox) == expected
    assert set(expected.values()) == {1}
    assert len(expected) == 16 + 17
    assert Edition.objects.count() == _FILERS + 1
    assert list(verify_editions()) == []


def test_two_beats_and_three_workers_do_everything_once(
    clockwork: Clockwork, addresses: dict[str, str], mailbox: Path
) -> None:
    clockwork.start(workers=3, beats=2)
    days = {30: Day(2026, 5, 31), 14: Day(2026, 6, 16), -1: Day(2026, 7, 1)}
    for day in days.values():
        clockwork.live(day)
    _assert_reports(JUNE)
    _assert_reminders(JUNE, days, filer="", last_mark=0)
    expected = _expected_mails(JUNE, addresses)
    assert _mails(mailbox) == expected
    assert set(expected.values()) == {1}
    assert all("raised unexpected" not in each.log for each in clockwork.workers)
