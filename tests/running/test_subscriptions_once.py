"""A period of a subscription is made once and mailed once, whatever beats and workers do
meanwhile.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from kombu import Connection

from accounts.models import User
from config.celery import app
from indicators.models import Plan
from reports.exports.tasks import deliver_subscriptions, mail_deliveries
from reports.models.exports import Delivery, FileState, Subscription
from tests.children import ChildProcess
from tests.conftest import DISTRICT
from tests.running.conftest import wait_until

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]
Start = Callable[..., ChildProcess]


@pytest.fixture
def subscription(yuzhong: Plan, shiju: User) -> Subscription:
    """A subscription made forty days ago for today's day: due today, and maybe a month ago."""
    User.objects.filter(pk=shiju.pk).update(email="shiju@example.com")
    today = timezone.localdate()
    Plan.objects.update(ends_on=today + datetime.timedelta(days=60))
    made = Subscription.objects.create(
        user=shiju, plan=yuzhong, area_id=DISTRICT, day=min(today.day, 28)
    )
    begun = timezone.now() - datetime.timedelta(days=40)
    Subscription.objects.update(created_at=begun)
    return made


def test_beats_and_workers_at_once_make_and_mail_each_period_once(
    subscription: Subscription,
    worker_environment: dict[str, str],
    celery_worker_process: Start,
    tmp_path: Path,
) -> None:
    mails = tmp_path / "mails"
    mails.mkdir()
    # The third slash is not part of the path.
    environment = worker_environment | {"EMAIL_URL": f"filemail:///{mails}"}
    workers = [celery_worker_process(environment) for _ in range(2)]
    with Connection(environment["REDIS_URL"]) as broker:
        for _ in range(5):
            app.send_task(deliver_subscriptions.name, connection=broker)
            app.send_task(mail_deliveries.name, connection=broker)
    wait_until(
        lambda: sum(worker.log.count("deliver_subscriptions[") for worker in workers) >= 10
    )  # every message was received and done
    wait_until(
        lambda: Delivery.objects.exists() and not Delivery.objects.filter(handled_at=None).exists()
    )
    states = set(Delivery.objects.values_list("state", flat=True))
    assert states == {FileState.DONE}
    number = Delivery.objects.count()
    assert number in (1, 2)
    files = list((Path(environment["DATA_DIR"]) / "exports").iterdir())
    assert len(files) == number
    texts = "".join(path.read_text("utf-8") for path in mails.iterdir())
    assert texts.count("To: shiju@example.com") == number
    assert all("raised unexpected" not in worker.log for worker in workers)
