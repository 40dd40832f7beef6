"""A delivery is sent signed; only a 2xx answer counts as delivered."""

from __future__ import annotations

import datetime
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from accounts.webhooks.announcing import send_again
from accounts.webhooks.models import DeliveryState, Webhook, WebhookDelivery, new_salt
from accounts.webhooks.sending import clear_sent, send_delivery
from ledgers.tasks import clear_files
from tests.conftest import NEIGHBOUR, QIXINGGANG
from tests.types import Json
from tests.webhooks.conftest import MakeWebhook, Receiver, is_signed, waiting_for

pytestmark = pytest.mark.once  # checks the requests that are sent

Start = Callable[..., Receiver]


def _state(delivery: WebhookDelivery) -> tuple[str, int | None, str]:
    delivery.refresh_from_db()
    return delivery.state, delivery.last_status, delivery.last_error


def test_it_arrives_with_its_headers_and_its_body(
    delivery: WebhookDelivery, receiver: Receiver
) -> None:
    before = int(time.time())
    assert send_delivery(delivery.pk)
    (call,) = receiver.calls
    assert call.path == "/hooks/cishan"
    assert call.headers["Content-Type"] == "application/json; charset=utf-8"
    assert call.headers["X-Cishan-Event"] == "record.approved"
    assert call.headers["X-Cishan-Delivery"] == str(delivery.event_id)
    assert before <= int(call.headers["X-Cishan-Timestamp"]) <= time.time()
    assert call.payload == delivery.payload
    assert call.body == b'{"event":"record.approved","id":"x","kind":"funds.fund","records":[]}'
    assert _state(delivery) == (DeliveryState.SENT, 200, "")
    assert delivery.settled_at
    assert delivery.attempts == 1


def test_the_receiver_can_verify_the_signature(
    delivery: WebhookDelivery, receiver: Receiver
) -> None:
    send_delivery(delivery.pk)
    (call,) = receiver.calls
    secret = delivery.webhook.secret
    assert is_signed(call, secret)
    call.body += b" "
    assert not is_signed(call, secret)


def test_the_receiver_can_verify_it_with_the_code_of_the_documentation(
    delivery: WebhookDelivery, receiver: Receiver
) -> None:
    send_delivery(delivery.pk)
    (call,) = receiver.calls
    text = (Path(settings.BASE_DIR) / "docs" / "webhooks.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    found: Json = {}
    exec(code, found)
    is_genuine, secret = found["is_genuine"], delivery.webhook.secret
    assert is_genuine(secret, call.headers, call.body)
    assert not is_genuine(secret, call.headers, call.body + b" ")
    assert not is_genuine("0" * 64, call.headers, call.body)
    old = call.headers | {"X-Cishan-Timestamp": str(int(time.time()) - 3600)}
    assert not is_genuine(secret, old, call.body)


def test_a_changed_timestamp_breaks_the_signature(
    delivery: WebhookDelivery, receiver: Receiver
) -> None:
    send_delivery(delivery.pk)
    (call,) = receiver.calls
    call.headers["X-Cishan-Timestamp"] += "0"
    assert not is_signed(call, delivery.webhook.secret)


def test_a_renewed_secret_signs_what_is_sent_from_then_on(
    delivery: WebhookDelivery, receiver: Receiver
) -> None:
    old = delivery.webhook.secret
    Webhook.objects.update(salt=new_salt())
    send_delivery(delivery.pk)
    (call,) = receiver.calls
    assert not is_signed(call, old)
    assert is_signed(call, Webhook.objects.get().secret)


def test_every_webhook_and_every_installation_has_a_secret_of_its_own(
    make_webhook: MakeWebhook, settings: Settings
) -> None:
    secrets = {make_webhook().secret, make_webhook().secret}
    settings.SECRET_KEY = "另一个" * 20
    secrets |= {webhook.secret for webhook in Webhook.objects.all()}
    assert len(secrets) == 4
    assert all(len(secret) == 64 for secret in secrets)


def test_what_was_delivered_is_not_sent_a_second_time(
    delivery: WebhookDelivery, receiver: Receiver
) -> None:
    assert send_delivery(delivery.pk)
    assert not send_delivery(delivery.pk)
    assert len(receiver.calls) == 1


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_delivered(start_receiver: Start, make_webhook: MakeWebhook, status: int) -> None:
    one = waiting_for(make_webhook(url=start_receiver(statuses=[status]).url))
    send_delivery(one.pk)
    assert _state(one) == (DeliveryState.SENT, status, "")


@pytest.mark.parametrize("status", [300, 304, 400, 401, 404, 410, 429, 500, 503])
def test_any_other_answer_is_tried_again(
    start_receiver: Start, make_webhook: MakeWebhook, status: int
) -> None:
    one = waiting_for(make_webhook(url=start_receiver(statuses=[status]).url))
    assert not send_delivery(one.pk)
    state, last, words = _state(one)
    assert (state, last) == (DeliveryState.WAITING, status)
    assert str(status) in words


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(
    start_receiver: Start, make_webhook: MakeWebhook, status: int
) -> None:
    inner = start_receiver()
    outer = start_receiver(statuses=[status], answer_headers={"Location": inner.url})
    one = waiting_for(make_webhook(url=outer.url))
    assert not send_delivery(one.pk)
    assert len(outer.calls) == 1
    assert inner.calls == []
    words = f"接收方要求转到其他地址（{status}），没有转发"
    assert _state(one) == (DeliveryState.WAITING, status, words)


def test_a_receiver_that_is_not_there_is_tried_again(
    make_webhook: MakeWebhook, settings: Settings
) -> None:
    with socket.socket() as free:  # bound and not listening: nobody else gets the port
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        settings.WEBHOOK_TARGETS = [url]
        one = waiting_for(make_webhook(url=f"{url}/in"))
        assert not send_delivery(one.pk)
    assert _state(one) == (DeliveryState.WAITING, None, "连接不上接收方，或连接中断")


def test_a_receiver_that_never_answers_is_tried_again(
    start_receiver: Start, make_webhook: MakeWebhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.webhooks.sending._TIMEOUTS", (5, 0.2))
    receiver = start_receiver()
    receiver.may_answer.clear()
    one = waiting_for(make_webhook(url=receiver.url))
    assert not send_delivery(one.pk)
    assert _state(one) == (DeliveryState.WAITING, None, "接收方超时没有应答")


def test_a_receiver_that_speaks_no_https_is_tried_again(
    receiver: Receiver, make_webhook: MakeWebhook, settings: Settings
) -> None:
    origin = receiver.origin.replace("http:", "https:")
    settings.WEBHOOK_TARGETS = [origin]
    one = waiting_for(make_webhook(url=f"{origin}/in"))
    assert not send_delivery(one.pk)
    assert _state(one) == (DeliveryState.WAITING, None, "接收方的证书未通过验证")
    assert receiver.calls == []


def test_a_proxy_of_the_environment_is_not_asked(
    delivery: WebhookDelivery,
    start_receiver: Start,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = start_receiver()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.origin)
    assert send_delivery(delivery.pk)
    assert (len(receiver.calls), proxy.calls) == (1, [])


def test_a_host_that_is_not_allowed_any_more_is_dead_at_once(
    delivery: WebhookDelivery, receiver: Receiver, settings: Settings
) -> None:
    settings.WEBHOOK_TARGETS = ["https://a.gov.cn"]
    assert not send_delivery(delivery.pk)
    assert receiver.calls == []
    words = "没有发送：不在允许接收的主机之内；允许的有：https://a.gov.cn"
    assert _state(delivery) == (DeliveryState.DEAD, None, words)
    assert delivery.settled_at


def test_a_webhook_that_was_switched_off_gets_nothing_that_waits(
    delivery: WebhookDelivery, receiver: Receiver
) -> None:
    Webhook.objects.update(is_active=False)
    assert not send_delivery(delivery.pk)
    assert receiver.calls == []
    assert _state(delivery) == (DeliveryState.DEAD, None, "回调通知已停用，没有发送")


@pytest.mark.parametrize(
    "changes", [{"events": ["report.filed"]}, {"area_id": QIXINGGANG}, {"area_id": NEIGHBOUR}]
)
def test_what_a_webhook_does_not_ask_for_any_more_is_not_sent(
    delivery: WebhookDelivery, receiver: Receiver, changes: Json
) -> None:
    Webhook.objects.update(**changes)
    assert not send_delivery(delivery.pk)
    assert receiver.calls == []
    words = "回调通知的事项或区划范围已变更，没有发送"
    assert _state(delivery) == (DeliveryState.DEAD, None, words)


def test_what_lies_in_a_wider_area_is_sent(delivery: WebhookDelivery) -> None:
    Webhook.objects.update(area_id="50")
    assert send_delivery(delivery.pk)


def test_sending_again_takes_the_dead_ones_only(
    delivery: WebhookDelivery, receiver: Receiver, settings: Settings
) -> None:
    allowed, settings.WEBHOOK_TARGETS = settings.WEBHOOK_TARGETS, []
    send_delivery(delivery.pk)
    assert _state(delivery)[0] == DeliveryState.DEAD
    settings.WEBHOOK_TARGETS = allowed
    waiting_for(delivery.webhook)
    assert send_again(WebhookDelivery.objects.all()) == 1
    assert send_delivery(delivery.pk)
    assert _state(delivery) == (DeliveryState.SENT, 200, "")
    assert delivery.attempts == 1
    assert send_again(WebhookDelivery.objects.all()) == 0


def test_what_was_delivered_is_cleared_after_ninety_days_and_nothing_else(
    make_webhook: MakeWebhook,
) -> None:
    webhook, now = make_webhook(), datetime.datetime.now(datetime.UTC)
    old, young = (now - datetime.timedelta(days=days) for days in (91, 89))
    waiting_for(webhook, state="sent", settled_at=old)
    kept = [
        waiting_for(webhook, state="sent", settled_at=young),
        waiting_for(webhook, state="dead", settled_at=old),
        waiting_for(webhook, next_attempt_at=old),
    ]
    WebhookDelivery.objects.update(created_at=old)
    clear_files()  # every night
    assert list(WebhookDelivery.objects.order_by("pk")) == kept
    assert clear_sent() == 0
