"""From an approval to the receiver, with real Celery workers, Redis and connections."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from django.conf import settings
from kombu import Connection

from accounts.models import User
from accounts.webhooks.models import DeliveryState, WebhookDelivery
from accounts.webhooks.tasks import send_due_webhooks
from config.celery import app
from orgs.models import VolunteerTeam
from reviews.services import submit
from tests.children import ChildProcess
from tests.running.conftest import manage, wait_until
from tests.servers import RedisServer
from tests.webhooks.conftest import MakeWebhook, Receiver, is_signed, waiting_for

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]
Start = Callable[..., ChildProcess]

_APPROVE = """
from accounts.models import User
from orgs.models import VolunteerTeam
from reviews.services import approve
approve(VolunteerTeam.objects.get(), by=User.objects.get(username="shiju"))
"""


@pytest.fixture
def environment(worker_environment: dict[str, str], receiver: Receiver) -> dict[str, str]:
    """The environment in which a worker signs with the test's key and may call the receiver."""
    return worker_environment | {
        "SECRET_KEY": settings.SECRET_KEY,
        "WEBHOOK_TARGETS": receiver.origin,
    }


def test_an_approval_reaches_the_receiver_without_the_beat(
    environment: dict[str, str],
    celery_worker_process: Start,
    receiver: Receiver,
    make_webhook: MakeWebhook,
    make: Callable[..., VolunteerTeam],
    quji: User,
    shiju: User,
) -> None:
    webhook, team = make_webhook(url=receiver.url), make(VolunteerTeam)
    submit(team, by=quji, reason="测试")
    celery_worker_process(environment)
    done = manage(os.environ | environment, "shell", "--no-imports", "-c", _APPROVE)
    assert done.returncode == 0, done.stderr
    wait_until(lambda: WebhookDelivery.objects.filter(state=DeliveryState.SENT).exists())
    (call,) = receiver.calls
    assert is_signed(call, webhook.secret)
    assert call.payload["records"] == [{"id": team.pk, "area": team.area_id}]


def test_without_redis_the_approval_stands_and_the_beat_finds_what_is_due(
    environment: dict[str, str],
    celery_worker_process: Start,
    redis_server: RedisServer,
    receiver: Receiver,
    make_webhook: MakeWebhook,
    make: Callable[..., VolunteerTeam],
    quji: User,
    shiju: User,
) -> None:
    make_webhook(url=receiver.url)
    submit(team := make(VolunteerTeam), by=quji, reason="测试")
    redis_server.lose_all()
    try:
        done = manage(os.environ | environment, "shell", "--no-imports", "-c", _APPROVE)
    finally:
        redis_server.start()
    assert done.returncode == 0, done.stderr
    team.refresh_from_db()
    assert team.status == "approved"
    assert WebhookDelivery.objects.get().state == DeliveryState.WAITING
    celery_worker_process(environment)
    _beat(environment)
    wait_until(lambda: WebhookDelivery.objects.get().state == DeliveryState.SENT)
    assert len(receiver.calls) == 1


def test_many_beats_and_two_workers_send_each_delivery_once(
    environment: dict[str, str],
    celery_worker_process: Start,
    receiver: Receiver,
    make_webhook: MakeWebhook,
) -> None:
    webhook = make_webhook(url=receiver.url)
    made = [waiting_for(webhook) for _ in range(10)]
    workers = [celery_worker_process(environment) for _ in range(2)]
    _beat(environment, times=5)
    wait_until(lambda: WebhookDelivery.objects.filter(state=DeliveryState.SENT).count() == 10)
    told = [call.headers["X-Cishan-Delivery"] for call in receiver.calls]
    assert sorted(told) == sorted(str(one.event_id) for one in made)
    assert all("raised unexpected" not in worker.log for worker in workers)


def _beat(environment: dict[str, str], times: int = 1) -> None:
    with Connection(environment["REDIS_URL"]) as broker:
        for _ in range(times):
            app.send_task(send_due_webhooks.name, connection=broker)
