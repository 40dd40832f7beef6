"""When a delivery is tried again: by one worker at a time, and not for ever."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from multiprocessing.connection import Connection

import pytest
import time_machine
from celery.schedules import crontab
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.webhooks.models import DeliveryState, WebhookDelivery
from accounts.webhooks.sending import (
    AT_ONCE,
    MOST_ATTEMPTS,
    RESERVED_FOR,
    due_deliveries,
    send_delivery,
)
from accounts.webhooks.tasks import send_due_webhooks
from config.celery import app
from tests.running.conftest import wait_until
from tests.running.processes import Colleague
from tests.webhooks.conftest import MakeWebhook, Receiver, waiting_for

Start = Callable[..., Receiver]
_NOW = datetime.datetime(2026, 11, 20, 9, 0, tzinfo=datetime.UTC)
#: Time since the attempt before: 1 min, 5 min, 30 min, 2 h, 6 h, 24 h.
_WAITS = [datetime.timedelta(minutes=each) for each in (1, 5, 30, 120, 360, 1440)]
_SECOND = datetime.timedelta(seconds=1)


def test_it_is_tried_seven_times_in_growing_intervals_and_then_given_up(
    start_receiver: Start, make_webhook: MakeWebhook
) -> None:
    receiver = start_receiver(statuses=[500])
    with time_machine.travel(_NOW, tick=False) as clock:
        one = waiting_for(make_webhook(url=receiver.url))
        for number, wait in enumerate(_WAITS, start=1):
            assert due_deliveries() == [one.pk]
            send_delivery(one.pk)
            assert len(receiver.calls) == number
            clock.shift(wait - _SECOND)
            assert due_deliveries() == []
            assert not send_delivery(one.pk)
            assert len(receiver.calls) == number
            clock.shift(_SECOND)
        send_delivery(one.pk)
        clock.shift(datetime.timedelta(days=30))
        assert due_deliveries() == []
    assert len(receiver.calls) == MOST_ATTEMPTS == 7
    one.refresh_from_db()
    assert (one.state, one.attempts) == (DeliveryState.DEAD, 7)
    assert (one.last_status, one.last_error) == (500, "接收方应答状态码500")
    assert one.settled_at == _NOW + sum(_WAITS, datetime.timedelta())


def test_every_attempt_sends_the_same_bytes_with_its_own_signature(
    start_receiver: Start, make_webhook: MakeWebhook
) -> None:
    receiver = start_receiver(statuses=[503, 200])
    with time_machine.travel(_NOW, tick=False) as clock:
        one = waiting_for(make_webhook(url=receiver.url))
        assert not send_delivery(one.pk)
        clock.shift(_WAITS[0])
        assert send_delivery(one.pk)
    first, second = receiver.calls
    assert first.body == second.body
    assert first.headers["X-Cishan-Delivery"] == second.headers["X-Cishan-Delivery"]
    assert first.headers["X-Cishan-Signature"] != second.headers["X-Cishan-Signature"]
    one.refresh_from_db()
    assert (one.state, one.attempts, one.last_error) == (DeliveryState.SENT, 2, "")


def test_what_is_due_is_found_in_the_database_the_oldest_of_each_webhook_first(
    make_webhook: MakeWebhook,
) -> None:
    busy, quiet = make_webhook(), make_webhook()
    many = [waiting_for(busy).pk for _ in range(AT_ONCE + 5)]
    one = waiting_for(quiet).pk
    waiting_for(quiet, next_attempt_at=timezone.now() + datetime.timedelta(minutes=1))
    waiting_for(quiet, state="sent", settled_at=timezone.now())
    waiting_for(quiet, state="dead", settled_at=timezone.now())
    assert due_deliveries() == [many[0], one, *many[1:AT_ONCE]]


def test_the_beat_looks_every_minute() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["send-due-webhooks"]
    assert app.tasks[entry["task"]].name == send_due_webhooks.name
    assert entry["schedule"] == crontab(minute="*")


def test_a_delivery_that_stops_every_worker_is_given_up(
    delivery: WebhookDelivery, receiver: Receiver
) -> None:
    WebhookDelivery.objects.update(attempts=MOST_ATTEMPTS)
    assert not send_delivery(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, receiver.calls) == (DeliveryState.DEAD, [])


def test_a_row_is_settled_exactly_when_it_has_a_time(make_webhook: MakeWebhook) -> None:
    now, webhook = timezone.now(), make_webhook()
    wrong: list[dict[str, object]] = [
        {"state": "waiting", "settled_at": now},
        {"state": "sent"},
        {"state": "dead"},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            waiting_for(webhook, **values)


def test_two_webhooks_do_not_share_a_name(make_webhook: MakeWebhook) -> None:
    make_webhook(name="市级平台")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_webhook(name="市级平台")


# --- several workers ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_sends_no_other_does(
    transactional_db: None, delivery: WebhookDelivery, receiver: Receiver
) -> None:
    receiver.may_answer.clear()
    first = Colleague(lambda line: send_delivery(delivery.pk))
    wait_until(lambda: len(receiver.calls) == 1)
    others = [
        Colleague(lambda line: (due_deliveries(), send_delivery(delivery.pk))) for _ in range(3)
    ]
    assert [other.answer() for other in others] == [([], False)] * 3
    receiver.may_answer.set()
    assert first.answer() is True
    assert len(receiver.calls) == 1


@pytest.mark.django_db(transaction=True)
def test_of_workers_that_begin_together_one_sends(
    transactional_db: None, delivery: WebhookDelivery, receiver: Receiver
) -> None:
    def work(line: Connection) -> bool:
        line.recv()  # all of them are there
        return send_delivery(delivery.pk)

    workers = [Colleague(work) for _ in range(4)]
    for worker in workers:
        worker.line.send("begin")
    assert sorted(worker.answer() for worker in workers) == [False, False, False, True]
    assert len(receiver.calls) == 1


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_had_is_sent_again_after_a_while(
    transactional_db: None, delivery: WebhookDelivery, receiver: Receiver
) -> None:
    receiver.may_answer.clear()
    victim = Colleague(lambda line: send_delivery(delivery.pk))
    wait_until(lambda: len(receiver.calls) == 1)
    victim.kill()
    receiver.may_answer.set()
    assert due_deliveries() == []
    with time_machine.travel(timezone.now() + RESERVED_FOR):
        assert due_deliveries() == [delivery.pk]
        assert send_delivery(delivery.pk)
    one, two = receiver.calls  # at least once: both carry the same number
    assert one.headers["X-Cishan-Delivery"] == two.headers["X-Cishan-Delivery"]


@pytest.mark.django_db(transaction=True)
def test_who_was_taken_for_dead_settles_nothing(
    transactional_db: None, delivery: WebhookDelivery, start_receiver: Start
) -> None:
    slow = start_receiver(statuses=[500])
    slow.may_answer.clear()
    type(delivery.webhook).objects.update(url=slow.url)
    late = Colleague(lambda line: send_delivery(delivery.pk))
    wait_until(lambda: len(slow.calls) == 1)
    quick = start_receiver()
    type(delivery.webhook).objects.update(url=quick.url)
    with time_machine.travel(timezone.now() + RESERVED_FOR):
        assert send_delivery(delivery.pk)
    slow.may_answer.set()
    assert late.answer() is False
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_status, delivery.last_error) == ("sent", 200, "")
