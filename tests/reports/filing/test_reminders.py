"""Reminders go out once per mark to those who owe a report, and once it is late to the level
above.
"""

from __future__ import annotations

import datetime

import pytest
from django.core import mail
from django.db.models import QuerySet

from accounts.models import Role, User
from indicators.models import Plan
from reports.filing.preparing import prepare_reports
from reports.filing.reminding import mail_reminders, recipients, remind, reminder_text
from reports.models import Reminder, Report
from reports.workflow import HandlingError, send_back, urge
from tests.conftest import DISTRICT, NEIGHBOUR, QIXINGGANG
from tests.reports.filing.conftest import JUNE, PREPARED, Day, File
from tests.worlds import share

share(__name__, "streets")


def _report(code: str = QIXINGGANG) -> Report:
    return Report.objects.select_related("plan", "area").get(area=code, due_on=JUNE)


def _reminders(code: str = QIXINGGANG) -> QuerySet[Reminder]:
    return Reminder.objects.about(_report(code).due_item)


def _marks(code: str = QIXINGGANG) -> list[tuple[int | None, datetime.date]]:
    return list(_reminders(code).order_by("pk").values_list("mark", "on"))


def _days(first: Day, last: Day) -> list[Day]:
    return [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]


def test_day_by_day_each_mark_goes_once(streets: list[str]) -> None:
    for day in _days(Day(2026, 5, 25), Day(2026, 7, 20)):
        remind(day)
        remind(day)
    assert _marks() == [
        (30, Day(2026, 5, 31)),
        (14, Day(2026, 6, 16)),
        (7, Day(2026, 6, 23)),
        (1, Day(2026, 6, 29)),
        (-1, Day(2026, 7, 1)),
        (-7, Day(2026, 7, 7)),
    ]
    assert Reminder.objects.count() == 4 * 6


def test_after_days_of_being_down_only_the_nearest_goes(streets: list[str]) -> None:
    remind(Day(2026, 6, 26))
    assert _marks() == [(7, Day(2026, 6, 26))]
    remind(Day(2026, 6, 27))
    assert len(_marks()) == 1


def test_an_earlier_day_sends_nothing_that_was_overtaken(streets: list[str]) -> None:
    remind(Day(2026, 6, 29))
    remind(Day(2026, 6, 10))
    assert _marks() == [(1, Day(2026, 6, 29))]


def test_who_has_filed_is_left_alone(streets: list[str], file: File, shiju: User) -> None:
    file(QIXINGGANG)
    remind(Day(2026, 6, 29))
    assert _marks() == []
    send_back(_report(), by=shiju, reason="再核")
    remind(Day(2026, 6, 29))
    assert _marks() == [(1, Day(2026, 6, 29))]


def test_a_plan_sets_its_own_marks(streets: list[str]) -> None:
    Plan.objects.update(report_reminders=[3])
    for day in _days(PREPARED, Day(2026, 7, 20)):
        remind(day)
    assert _marks() == [(3, Day(2026, 6, 27))]
    Plan.objects.update(report_reminders=[])
    Reminder.objects.all().delete()
    assert remind(JUNE) == 0


def test_those_due_ahead_are_reminded_ahead(few_streets: Plan) -> None:
    Plan.objects.update(report_lead_days={"4": 10})
    prepare_reports(PREPARED)
    remind(Day(2026, 6, 19))
    assert (_marks(), _marks(DISTRICT)) == (
        [(1, Day(2026, 6, 19))],
        [(14, Day(2026, 6, 19))],
    )


# --- to whom ----------------------------------------------------------------------------------


@pytest.fixture
def people(streets: list[str], jiedao: User, jiedao2: User, shiju: User, jiangbei: User) -> None:
    """Users with addresses, one who has left, and one without an address."""
    for user in (jiedao, jiedao2, shiju, jiangbei):
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@example.org")
    User.objects.create_user(
        "left", role=Role.CLERK, area_id=QIXINGGANG, email="left@example.org", is_active=False
    )
    User.objects.create_user("mute", role=Role.REVIEWER, area_id=QIXINGGANG)
    User.objects.create_user(
        "looks", role=Role.OBSERVER, area_id=QIXINGGANG, email="looks@example.org"
    )


def _mailed() -> dict[str, list[str]]:
    """Return subject → addresses."""
    return {str(message.subject): sorted(message.to) for message in mail.outbox}


def test_ahead_of_the_day_only_those_who_owe_are_told(people: None) -> None:
    remind(Day(2026, 6, 29))
    mail_reminders()
    told = _mailed()
    assert told["【报送提醒】七星岗街道2026年6月加强社区慈善建设工作进展情况报告"] == [
        "jiedao@example.org"
    ]
    assert told["【报送提醒】渝中区2026年6月加强社区慈善建设工作进展情况报告"] == [
        "shiju@example.org"
    ]
    assert not any("jiangbei@example.org" in each for each in told.values())


def test_once_late_the_level_above_is_told(people: None) -> None:
    remind(Day(2026, 7, 1))
    mail_reminders()
    late = _mailed()["【逾期催报】七星岗街道2026年6月加强社区慈善建设工作进展情况报告"]
    assert late == ["jiedao@example.org", "shiju@example.org"]
    body = next(each.body for each in mail.outbox if "七星岗" in each.subject)
    assert (
        body
        == "七星岗街道2026年6月加强社区慈善建设工作进展情况报告应于2026年6月30日前报送，已逾期1天。"
    )


def _late(code: str) -> list[User]:
    """Return who is reminded one day after an area's day."""
    item = _report(code).due_item
    return recipients(Reminder.by_calendar(item, -1, Day(2026, 7, 1)), item)


def test_the_nearest_reviewer_above_is_told_and_no_neighbour(people: None) -> None:
    User.objects.create_user("shi", role=Role.REVIEWER, area_id="50", email="shi@example.org")
    street, top = (_late(code) for code in (QIXINGGANG, DISTRICT))
    assert {user.username for user in street} == {"jiedao", "mute", "shiju"}
    assert {user.username for user in top} >= {"shi"}
    assert not any(user.area_id == NEIGHBOUR for user in top)


def test_each_is_mailed_once(people: None) -> None:
    remind(Day(2026, 6, 29))
    assert mail_reminders() == 4
    sent = len(mail.outbox)
    assert mail_reminders() == 0
    assert len(mail.outbox) == sent


def test_what_was_filed_before_the_mail_went_is_not_mailed(people: None, file: File) -> None:
    remind(Day(2026, 6, 29))
    file(QIXINGGANG)
    mail_reminders()
    assert not any("七星岗" in subject for subject in _mailed())
    assert not Reminder.objects.filter(handled_at=None).exists()


def test_a_mail_server_that_is_down_is_asked_again(
    people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError("no server")

    remind(Day(2026, 6, 29))
    with monkeypatch.context() as broken:
        broken.setattr("reports.filing.mailing.send_mail", refuse)
        mail_reminders()
    assert _reminders().filter(handled_at=None).exists()
    assert mail.outbox == []
    mail_reminders()
    assert "【报送提醒】七星岗街道2026年6月加强社区慈善建设工作进展情况报告" in _mailed()


# --- urging -----------------------------------------------------------------------------------


def test_the_level_above_urges_once_a_day(people: None, shiju: User) -> None:
    urge(_report(), by=shiju, note="请今日内报送", on=Day(2026, 7, 2))
    with pytest.raises(HandlingError, match="今天已催报过"):
        urge(_report(), by=shiju, on=Day(2026, 7, 2))
    urge(_report(), by=shiju, on=Day(2026, 7, 3))
    assert _reminders().count() == 2
    mail_reminders()
    assert mail.outbox[0].to == ["jiedao@example.org"]
    assert mail.outbox[0].body == (
        "七星岗街道2026年6月加强社区慈善建设工作进展情况报告应于2026年6月30日前报送，已逾期2天。渝中区shiju催报：请今日内报送"
    )
    assert _report().events.filter(action="urge").count() == 2


@pytest.mark.parametrize("user", ["quji", "jiedao", "jiedao2", "shengting", "jiangbei"])
def test_nobody_else_urges(streets: list[str], request: pytest.FixtureRequest, user: str) -> None:
    with pytest.raises(HandlingError, match="只有上级地区的审核员可以催报"):
        urge(_report(), by=request.getfixturevalue(user))


def test_what_is_filed_is_not_urged(streets: list[str], file: File, shiju: User) -> None:
    file(QIXINGGANG)
    with pytest.raises(HandlingError, match="无须催报"):
        urge(_report(), by=shiju)


def test_it_is_said_in_words(streets: list[str]) -> None:
    item = _report().due_item
    text = reminder_text(Reminder.by_calendar(item, 0, JUNE), item)
    assert (
        text
        == "七星岗街道2026年6月加强社区慈善建设工作进展情况报告应于2026年6月30日前报送，今天到期。"
    )
