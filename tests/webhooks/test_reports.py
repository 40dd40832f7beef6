"""Filing a report sends events of the report and its edition; a correction only of the edition."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.webhooks.models import WebhookDelivery
from funds.models import Fund
from indicators.models import Plan
from reports.editions.sealing import SealError, seal
from reports.models import Report
from tests.conftest import DISTRICT, HUAYIPO, NEIGHBOUR, QIXINGGANG
from tests.types import Make
from tests.webhooks.conftest import MakeWebhook

DUE = datetime.date(2026, 6, 30)


@pytest.fixture
def report(yuzhong: Plan) -> Report:
    return Report.objects.create(
        file_by=DUE, plan=yuzhong, area_id=DISTRICT, due_on=DUE, prepared_at=timezone.now()
    )


def _told(webhook: Any) -> list[tuple[str, int]]:
    rows = webhook.deliveries.order_by("pk").values_list("event", "payload__number")
    return list(rows)


def test_filing_tells_of_the_report_and_of_its_edition(
    make_webhook: MakeWebhook, report: Report, shiju: User
) -> None:
    webhook = make_webhook()
    edition = seal(report, by=shiju, on=DUE)
    assert _told(webhook) == [("report.filed", 1), ("edition.sealed", 1)]
    for delivery in WebhookDelivery.objects.all():
        del delivery.payload["at"]
        assert delivery.area_code == DISTRICT
        assert delivery.payload == {
            "id": str(delivery.event_id),
            "event": delivery.event,
            "report": report.pk,
            "edition": edition.pk,
            "number": 1,
            "sha256": edition.sha256,
            "plan": "yuzhong-2026",
            "area": DISTRICT,
            "due_on": "2026-06-30",
        }


def test_a_correction_tells_of_its_edition_only(
    make_webhook: MakeWebhook, report: Report, shiju: User, approved: Make
) -> None:
    seal(report, by=shiju, on=DUE)
    approved(Fund, area_id=HUAYIPO)
    webhook = make_webhook()
    seal(report, by=shiju, on=DUE, reason="漏报")
    assert _told(webhook) == [("edition.sealed", 2)]


def test_only_webhooks_around_the_report_are_told(
    make_webhook: MakeWebhook, report: Report, shiju: User
) -> None:
    city, street = make_webhook(area_id="50"), make_webhook(area_id=QIXINGGANG)
    neighbour, sealed = make_webhook(area_id=NEIGHBOUR), make_webhook(events=["edition.sealed"])
    seal(report, by=shiju, on=DUE)
    assert len(_told(city)) == 2
    assert _told(sealed) == [("edition.sealed", 1)]
    assert _told(street) == _told(neighbour) == []


def test_a_report_that_is_not_sealed_tells_nobody(
    make_webhook: MakeWebhook, report: Report, shiju: User, quji: User
) -> None:
    make_webhook()
    with pytest.raises(SealError):
        seal(report, by=quji, on=DUE)
    with pytest.raises(RuntimeError), transaction.atomic():
        seal(report, by=shiju, on=DUE)
        raise RuntimeError
    assert not WebhookDelivery.objects.exists()
