"""A subscription is made once per period, mailed once, and only to users who may see it at that
moment.
"""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import Role, User
from funds.models import Fund
from indicators.models import Plan
from reports.dashboard.board import DashboardQuery
from reports.dashboard.export import export
from reports.exports import subscribing
from reports.exports.subscribing import create_deliveries, due_days, mail_deliveries, next_due
from reports.models.exports import Delivery, FileState, Subscription
from running.db_snapshot import read_snapshot
from tests.conftest import DISTRICT, QIXINGGANG
from tests.reports.exports.conftest import Subscribed, at, settled
from tests.types import Make, streamed

Day = datetime.date


def _due(subscription: Subscription, until: str) -> list[str]:
    return [day.isoformat() for day in due_days(subscription, Day.fromisoformat(until))]


def test_due_on_its_day_of_every_month_after_it_was_asked_for(
    subscribed: Subscribed, shiju: User
) -> None:
    one = subscribed(shiju, on="2026-01-10", day=10)
    assert _due(one, "2026-01-31") == []
    assert _due(one, "2026-02-09") == []
    assert _due(one, "2026-04-10") == ["2026-02-10", "2026-03-10", "2026-04-10"]


def test_a_month_without_the_day_has_its_last(subscribed: Subscribed, shiju: User) -> None:
    one = subscribed(shiju, on="2027-11-30", day=31)
    days = ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]
    Plan.objects.update(ends_on=Day(2030, 12, 31))
    one.plan.refresh_from_db()
    assert _due(one, "2028-04-30") == days
    assert next_due(one, Day(2028, 1, 31)) == Day(2028, 2, 29)


def test_the_day_is_one_in_china(subscribed: Subscribed, shiju: User) -> None:
    one = subscribed(shiju)
    # 1 February in Peking, still 31 January in London.
    Subscription.objects.update(created_at=datetime.datetime(2026, 1, 31, 17, tzinfo=datetime.UTC))
    one.refresh_from_db()
    one.day = 1
    assert _due(one, "2026-03-01") == ["2026-03-01"]


def test_after_the_plan_one_more_and_then_no_more(subscribed: Subscribed, shiju: User) -> None:
    one = subscribed(shiju, on="2026-10-15", day=5)
    one.plan.ends_on = Day(2026, 12, 31)
    assert _due(one, "2027-12-31") == ["2026-11-05", "2026-12-05", "2027-01-05"]
    assert next_due(one, Day(2027, 1, 5)) is None


def test_what_was_missed_while_down_is_made_up_for_once(
    subscribed: Subscribed, shiju: User
) -> None:
    subscribed(shiju, on="2026-01-15", day=10)
    assert create_deliveries(Day(2026, 2, 9)) == 0
    assert create_deliveries(Day(2026, 4, 20)) == 3
    assert create_deliveries(Day(2026, 4, 20)) == 0
    days = Delivery.objects.order_by("due_on").values_list("due_on", flat=True)
    assert list(days) == [Day(2026, 2, 10), Day(2026, 3, 10), Day(2026, 4, 10)]


def test_two_beats_in_one_moment_set_down_one(
    subscribed: Subscribed, shiju: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(shiju)
    real = subscribing.due_days
    calls: list[int] = []

    def slow(subscription: Subscription, until: Day) -> list[Day]:
        if not calls:  # the other beat comes between reading and writing
            calls.append(1)
            create_deliveries(until)
        return real(subscription, until)

    monkeypatch.setattr(subscribing, "due_days", slow)
    create_deliveries(Day(2026, 2, 10))
    assert Delivery.objects.count() == 1


def test_a_cancelled_one_is_over(subscribed: Subscribed, shiju: User) -> None:
    one = subscribed(shiju)
    create_deliveries(Day(2026, 2, 10))
    Subscription.objects.update(cancelled_at=one.created_at)
    assert create_deliveries(Day(2026, 6, 10)) == 0
    delivery = settled(Delivery.objects.get())
    assert (delivery.state, delivery.message) == (FileState.FAILED, "订阅已取消，没有发送")


def _sheets(content: bytes) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows except the line with the time of making."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {
        sheet.title: [row for number, row in enumerate(sheet.values) if number != 1]
        for sheet in book.worksheets
    }


def test_the_file_is_the_dashboards_workbook_of_the_day(
    approved: Make, subscribed: Subscribed, shiju: User, yuzhong: Plan
) -> None:
    approved(Fund, established_on=Day(2026, 2, 1))
    approved(Fund, established_on=Day(2026, 2, 11))  # after the day
    one = subscribed(shiju)
    create_deliveries(Day(2026, 2, 20))
    delivery = settled(Delivery.objects.get())
    assert delivery.state == FileState.DONE, delivery.message
    with read_snapshot():
        same = export(DashboardQuery(yuzhong, one.area, Day(2026, 2, 10), shiju))
    assert _sheets(delivery.path.read_bytes()) == _sheets(same)
    assert all(row[4] == 1 for row in _sheets(same)["指标"] if row[1] == "社区慈善基金数量")


def _delivery(subscribed: Subscribed, user: User, **values: object) -> Delivery:
    subscribed(user, **values)
    create_deliveries(Day(2026, 2, 10))
    return Delivery.objects.get()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"is_active": False}, "订阅人的账号已停用，没有发送"),
        ({"role": Role.AUDITOR}, "订阅人的角色已不能查看数据，没有发送"),
        ({"area_id": QIXINGGANG}, "渝中区已不在订阅人的管辖范围，没有发送"),
        ({"area_id": "500105"}, "渝中区已不在订阅人的管辖范围，没有发送"),
    ],
)
def test_who_may_not_see_it_any_more_gets_nothing_and_the_run_says_why(
    subscribed: Subscribed, shiju: User, changes: dict[str, object], reason: str
) -> None:
    User.objects.filter(pk=shiju.pk).update(email="shiju@example.com")
    waiting = _delivery(subscribed, shiju)
    User.objects.filter(pk=shiju.pk).update(**changes)
    delivery = settled(waiting)
    assert (delivery.state, delivery.message, delivery.file_name) == (FileState.FAILED, reason, "")
    assert mail_deliveries() == 0
    assert mail.outbox == []


def test_who_lost_it_between_making_and_mailing_gets_no_mail(
    subscribed: Subscribed, shiju: User
) -> None:
    User.objects.filter(pk=shiju.pk).update(email="shiju@example.com")
    delivery = settled(_delivery(subscribed, shiju))
    User.objects.filter(pk=shiju.pk).update(area_id=QIXINGGANG)
    assert mail_deliveries() == 1
    assert mail.outbox == []
    delivery.refresh_from_db()
    assert "已不在订阅人的管辖范围" in delivery.message
    client = Client()
    client.force_login(shiju)
    assert client.get(f"/exports/deliveries/{delivery.pk}/download/").status_code == 404


def test_mailed_once_with_a_link_that_needs_the_login(
    subscribed: Subscribed, shiju: User, settings: Settings
) -> None:
    settings.SITE_URL = "https://cishan.example.gov.cn/"
    User.objects.filter(pk=shiju.pk).update(email="shiju@example.com")
    delivery = settled(_delivery(subscribed, shiju))
    assert (mail_deliveries(), mail_deliveries()) == (1, 0)
    (message,) = mail.outbox
    assert message.to == ["shiju@example.com"]
    assert message.subject == "【定期报表】渝中区指标报表（2026年2月10日）"
    path = f"/exports/deliveries/{delivery.pk}/download/"
    assert f"https://cishan.example.gov.cn{path}" in message.body
    assert Client().get(path)["Location"].startswith("/admin/login/")
    client = Client()
    client.force_login(shiju)
    assert streamed(client.get(path)) == delivery.path.read_bytes()


def test_without_an_address_of_the_site_the_mail_names_the_page(
    subscribed: Subscribed, shiju: User
) -> None:
    User.objects.filter(pk=shiju.pk).update(email="shiju@example.com")
    settled(_delivery(subscribed, shiju))
    mail_deliveries()
    assert "在“导出与订阅”中下载" in mail.outbox[0].body
    assert "http" not in mail.outbox[0].body


def test_without_a_mail_address_it_waits_on_the_page(subscribed: Subscribed, shiju: User) -> None:
    delivery = settled(_delivery(subscribed, shiju))
    assert mail_deliveries() == 1
    assert mail.outbox == []
    client = Client()
    client.force_login(shiju)
    page = client.get("/exports/").content.decode()
    assert f"/exports/deliveries/{delivery.pk}/download/" in page


def test_a_mail_server_that_is_down_is_asked_again(
    subscribed: Subscribed, shiju: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise ConnectionRefusedError

    User.objects.filter(pk=shiju.pk).update(email="shiju@example.com")
    settled(_delivery(subscribed, shiju))
    with monkeypatch.context() as broken:
        broken.setattr("reports.filing.mailing.send_mail", fail)
        assert mail_deliveries() == 0
    assert mail_deliveries() == 1
    assert len(mail.outbox) == 1


def test_nobody_else_finds_the_file(
    subscribed: Subscribed, shiju: User, quji: User, jiangbei: User
) -> None:
    delivery = settled(_delivery(subscribed, shiju))
    for other in (quji, jiangbei):
        client = Client()
        client.force_login(other)
        assert client.get(f"/exports/deliveries/{delivery.pk}/download/").status_code == 404
        assert "生成过的报表" not in client.get("/exports/").content.decode()


def test_an_observer_of_the_province_has_the_district(
    subscribed: Subscribed, shengting: User
) -> None:
    delivery = settled(_delivery(subscribed, shengting, area_id=DISTRICT))
    assert delivery.state == FileState.DONE, delivery.message


def test_the_daily_task_makes_and_mails(
    subscribed: Subscribed, shiju: User, settings: Settings
) -> None:
    from config.celery import app
    from reports.exports import tasks

    User.objects.filter(pk=shiju.pk).update(email="shiju@example.com")
    subscribed(shiju)
    app.conf.task_always_eager = True
    try:
        with at("2026-03-11"):
            assert tasks.deliver_subscriptions() == 2
            assert tasks.deliver_subscriptions() == 0
    finally:
        app.conf.task_always_eager = False
    assert set(Delivery.objects.values_list("state", flat=True)) == {FileState.DONE}
    assert [message.subject[-11:] for message in mail.outbox] == [
        "2026年2月10日）",
        "2026年3月10日）",
    ]
