"""An approval is sent to every webhook of its area and to no other, in the same commit or not at
all.
"""

from __future__ import annotations

import datetime
import json
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.webhooks.models import DeliveryState, WebhookDelivery
from funds.models import Donation, Fund
from orgs.models import VolunteerTeam
from projects.models import Aid
from reviews.models import RECORD_APPROVED, Action, Status
from reviews.services import approve, move_all, reopen, return_, submit, void
from tests.conftest import DAY, DISTRICT, HUAYIPO, JIEFANGBEI, MINSHENGLU, NEIGHBOUR, QIXINGGANG
from tests.types import Make
from tests.webhooks.conftest import MakeWebhook


def _named(webhook: Any) -> list[dict[str, Any]]:
    return [
        record for each in webhook.deliveries.order_by("pk") for record in each.payload["records"]
    ]


def test_an_approval_writes_one_delivery(make_webhook: MakeWebhook, approved: Make) -> None:
    webhook = make_webhook()
    team = approved(VolunteerTeam)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.webhook, delivery.state) == (webhook, DeliveryState.WAITING)
    assert (delivery.event, delivery.area_code) == (RECORD_APPROVED, DISTRICT)
    at = datetime.datetime.fromisoformat(delivery.payload.pop("at"))
    assert at.utcoffset() == datetime.timedelta(hours=8)
    assert delivery.payload == {
        "id": str(delivery.event_id),
        "event": "record.approved",
        "kind": "orgs.volunteerteam",
        "area": DISTRICT,
        "records": [{"id": team.pk, "area": HUAYIPO}],
    }
    assert uuid.UUID(delivery.payload["id"]).version == 4


def test_no_other_transition_tells_anybody(
    make_webhook: MakeWebhook, make: Make, quji: User, shiju: User
) -> None:
    record = make(VolunteerTeam)
    make_webhook()
    submit(record, by=quji, reason="测试")
    return_(record, by=shiju, reason="测试")
    submit(record, by=quji, reason="测试")
    assert not WebhookDelivery.objects.exists()
    approve(record, by=shiju)
    reopen(record, by=shiju, reason="测试")
    void(record, by=quji, reason="测试")
    assert WebhookDelivery.objects.count() == 1


def test_a_webhook_is_told_of_its_own_area_only(
    make_webhook: MakeWebhook, make: Make, quji: User, shiju: User
) -> None:
    district, street = make_webhook(), make_webhook(area_id=QIXINGGANG)
    community, neighbour = make_webhook(area_id=MINSHENGLU), make_webhook(area_id=NEIGHBOUR)
    records = {code: make(VolunteerTeam, area_id=code) for code in (HUAYIPO, MINSHENGLU)}
    for action, by in ((Action.SUBMIT, quji), (Action.APPROVE, shiju)):
        assert move_all(VolunteerTeam.objects.all(), action, by=by, reason="测试") == 2
    both = [{"id": record.pk, "area": code} for code, record in records.items()]
    assert _named(district) == both
    assert _named(street) == both[:1]
    assert _named(community) == both[1:]
    assert not neighbour.deliveries.exists()


def test_a_street_without_an_approval_gets_no_empty_delivery(
    make_webhook: MakeWebhook, approved: Make
) -> None:
    webhook = make_webhook(area_id=JIEFANGBEI)
    approved(VolunteerTeam, area_id=HUAYIPO)
    assert not webhook.deliveries.exists()


def test_a_webhook_that_is_off_or_asked_for_other_events_is_not_told(
    make_webhook: MakeWebhook, approved: Make
) -> None:
    make_webhook(is_active=False)
    make_webhook(events=["report.filed", "edition.sealed"])
    approved(VolunteerTeam)
    assert not WebhookDelivery.objects.exists()


def test_what_is_rolled_back_was_never_told(
    make_webhook: MakeWebhook, make: Make, quji: User, shiju: User
) -> None:
    make_webhook()
    record = make(VolunteerTeam)
    submit(record, by=quji, reason="测试")
    with pytest.raises(RuntimeError), transaction.atomic():
        approve(record, by=shiju)
        assert WebhookDelivery.objects.count() == 1
        raise RuntimeError
    assert not WebhookDelivery.objects.exists()


def test_without_a_webhook_an_approval_costs_one_query(make: Make, quji: User, shiju: User) -> None:
    submit(record := make(VolunteerTeam), by=quji, reason="测试")
    with CaptureQueriesContext(connection) as captured:
        approve(record, by=shiju)
    assert len([query for query in captured if "accounts_webhook" in query["sql"]]) == 1


def _approve_many(number: int, quji: User, shiju: User) -> list[str]:
    """Return the statements that approving so many records at once takes."""
    teams = [
        VolunteerTeam(
            area_id=HUAYIPO,
            name=f"第{number}批志愿队{n}",
            founded_on=DAY,
            status=Status.PENDING,
            submitted_by=quji,
        )
        for n in range(number)
    ]
    VolunteerTeam.objects.bulk_create(teams)
    with CaptureQueriesContext(connection) as captured:
        assert move_all(VolunteerTeam.objects.all(), Action.APPROVE, by=shiju) == number
    return [query["sql"] for query in captured]


def test_ten_thousand_approvals_are_ten_deliveries_and_take_as_many_queries_as_a_thousand(
    make_webhook: MakeWebhook, quji: User, shiju: User
) -> None:
    webhook, street = make_webhook(), make_webhook(area_id=QIXINGGANG)
    _approve_many(1, quji, shiju)  # fills Django's and the series' own caches
    few = _approve_many(1000, quji, shiju)
    assert webhook.deliveries.count() == street.deliveries.count() == 2
    many = _approve_many(10_000, quji, shiju)
    assert webhook.deliveries.count() == street.deliveries.count() == 12
    assert len(many) <= len(few)
    sizes = [len(each.payload["records"]) for each in webhook.deliveries.order_by("pk")]
    assert sizes == [1] + [1000] * 11
    told = [record["id"] for record in _named(webhook)]
    assert sorted(told) == sorted(VolunteerTeam.objects.values_list("pk", flat=True))
    assert len(told) == len(set(told))


def test_the_thousand_and_first_record_is_in_a_second_delivery(
    make_webhook: MakeWebhook, quji: User, shiju: User
) -> None:
    webhook = make_webhook()
    _approve_many(1001, quji, shiju)
    sizes = [len(each.payload["records"]) for each in webhook.deliveries.order_by("pk")]
    assert sizes == [1000, 1]


def test_a_payload_holds_ids_and_area_codes_and_nothing_of_anybody(
    make_webhook: MakeWebhook, approved: Make
) -> None:
    make_webhook()
    approved(
        Donation,
        fund=approved(Fund, name="张三纪念基金", phone="13912345678"),
        donor_type="person",
        donor_name="张三丰",
        amount_yuan=98765,
    )
    approved(Aid, content="慰问李四", amount_yuan=43210)
    payloads = list(WebhookDelivery.objects.values_list("payload", flat=True))
    assert len(payloads) == 3
    for payload in payloads:
        assert set(payload) == {"id", "event", "at", "kind", "area", "records"}
        assert all(set(record) == {"id", "area"} for record in payload["records"])
    text = json.dumps(payloads, ensure_ascii=False)
    for secret in ("张三", "13912345678", "李四", "98765", "43210", "quji", "shiju"):
        assert secret not in text
