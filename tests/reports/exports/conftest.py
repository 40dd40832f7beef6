"""Fixtures that the export tests share: an export with its form filled in, and its file."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from accounts.models import User
from indicators.models import Plan
from reports.exports import jobs
from reports.models.exports import Delivery, Export, Subscription
from tests.conftest import DISTRICT

#: `asked(by, **values)`: an export with its form filled in.
Asked = Callable[..., Export]
#: `subscribed(by, *, on, **values)`: a subscription made on a day.
Subscribed = Callable[..., Subscription]

CHINA = datetime.timezone(datetime.timedelta(hours=8))


@pytest.fixture(autouse=True)
def _own_cache() -> None:
    """Give each test a cache of its own, so that tests do not share leases."""
    cache.clear()


@pytest.fixture
def asked() -> Asked:
    """`asked(quji, area_id=…)`: an export that waits in the queue."""

    def factory(by: User, **values: object) -> Export:
        filled = {"kind": "funds.fund", "area_id": by.area_id, "status": "approved"} | values
        return jobs.request_export(Export(requested_by=by, **filled))

    return factory


@pytest.fixture
def made(asked: Asked) -> Asked:
    """`made(quji, kind=…)`: an export whose file is made."""

    def factory(by: User, **values: object) -> Export:
        export = asked(by, **values)
        jobs.work_on("export", export.pk)
        export.refresh_from_db()
        return export

    return factory


@pytest.fixture
def subscribed(yuzhong: Plan) -> Subscribed:
    """`subscribed(shiju, day=31, on="2026-01-15")`: a subscription made on a day."""

    def factory(by: User, *, on: str = "2026-01-15", **values: object) -> Subscription:
        filled = {"plan": yuzhong, "area_id": DISTRICT, "day": 10} | values
        with at(on):
            return Subscription.objects.create(user=by, **filled)

    return factory


def at(day: str) -> Any:
    """Set the time to noon of a day in China."""
    noon = datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(12), CHINA)
    return time_machine.travel(noon, tick=False)


def settled(delivery: Delivery) -> Delivery:
    """Make the file of a delivery and return the delivery."""
    jobs.work_on("delivery", delivery.pk)
    delivery.refresh_from_db()
    return delivery
