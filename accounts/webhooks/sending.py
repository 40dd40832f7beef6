"""Sends one delivery to its receiver: signed, by one worker at a time, retried when it fails."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
import logging
import time

import requests
from django.conf import settings
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from accounts.webhooks.models import DeliveryState, WebhookDelivery
from accounts.webhooks.targets import target_fault
from areas.codes import is_within

#: The waiting time after each failed attempt; after the last attempt the delivery fails.
RETRY_AFTER = (
    datetime.timedelta(minutes=1),
    datetime.timedelta(minutes=5),
    datetime.timedelta(minutes=30),
    datetime.timedelta(hours=2),
    datetime.timedelta(hours=6),
    datetime.timedelta(hours=24),
)
MOST_ATTEMPTS = len(RETRY_AFTER) + 1
#: Longer than any attempt takes: a delivery still unsettled by then belonged to a dead worker.
RESERVED_FOR = datetime.timedelta(minutes=10)
#: Deliveries of one webhook started per minute at most, so a slow receiver does not delay others.
AT_ONCE = 20
KEPT = datetime.timedelta(days=90)
#: Timeouts in seconds: to connect, and between two bytes of the response.
_TIMEOUTS = (5, 10)

_log = logging.getLogger(__name__)


class NotDelivered(Exception):
    """An attempt failed: the reason in Chinese, and the response status when there was a response."""

    def __init__(self, reason: str, status: int | None = None, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.status, self.is_final = status, is_final


def due_deliveries() -> list[int]:
    """Return the keys of the deliveries to send now: the oldest of each webhook first, `AT_ONCE` of
    each at most."""
    rows = WebhookDelivery.objects.filter(
        state=DeliveryState.WAITING, next_attempt_at__lte=timezone.now()
    )
    rank = Window(RowNumber(), partition_by="webhook_id", order_by="pk")
    ranked = rows.annotate(rank=rank).filter(rank__lte=AT_ONCE)
    return list(ranked.order_by("rank", "pk").values_list("pk", flat=True))


def send_delivery(pk: int) -> bool:
    """Send a due delivery unless another worker sends or has sent it; return whether it was
    delivered."""
    delivery = _reserve(pk)
    if delivery is None:
        return False
    try:
        status = _attempt(delivery)
    except NotDelivered as failure:
        _record_failure(delivery, failure)
        return False
    return _settle(delivery, DeliveryState.SENT, last_status=status, last_error="")


def clear_sent(kept: datetime.timedelta = KEPT) -> int:
    """Delete deliveries sent longer ago than `kept`; return how many. Failed deliveries stay."""
    old = timezone.now() - kept
    rows = WebhookDelivery.objects.filter(state=DeliveryState.SENT, settled_at__lt=old)
    return rows.delete()[0]


def _reserve(pk: int) -> WebhookDelivery | None:
    """Reserve a due delivery for `RESERVED_FOR` by compare-and-set; None when another worker has it."""
    now = timezone.now()
    rows = WebhookDelivery.objects.filter(
        pk=pk, state=DeliveryState.WAITING, next_attempt_at__lte=now
    )
    if not rows.update(attempts=F("attempts") + 1, next_attempt_at=now + RESERVED_FOR):
        return None
    return WebhookDelivery.objects.select_related("webhook").filter(pk=pk).first()


def _attempt(delivery: WebhookDelivery) -> int:
    """Send the delivery and return the response status (2xx); NotDelivered otherwise."""
    webhook = delivery.webhook
    if delivery.attempts > MOST_ATTEMPTS:
        raise NotDelivered("多次发送均中断，没有结果", is_final=True)
    if not webhook.is_active:
        raise NotDelivered("回调通知已停用，没有发送", is_final=True)
    if delivery.event not in webhook.events or not is_within(delivery.area_code, webhook.area_id):
        raise NotDelivered("回调通知的事项或区划范围已变更，没有发送", is_final=True)
    # Checked again, because the setting may have changed since the webhook was saved.
    if fault := target_fault(webhook.url, settings.WEBHOOK_TARGETS):
        raise NotDelivered(f"没有发送：{fault}"[:200], is_final=True)
    body = body_of(delivery.payload)
    return _post(webhook.url, body, headers_of(delivery, body))


def body_of(payload: dict[str, object]) -> bytes:
    """Return the payload as canonical JSON, so that every attempt sends the same bytes."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def headers_of(delivery: WebhookDelivery, body: bytes) -> dict[str, str]:
    """Return the headers that identify, date and sign the delivery."""
    stamp = str(int(time.time()))
    signed = hmac.new(delivery.webhook.secret.encode(), digestmod=hashlib.sha256)
    signed.update(stamp.encode() + b"." + body)
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Cishan-Webhook",
        "X-Cishan-Event": delivery.event,
        "X-Cishan-Delivery": str(delivery.event_id),
        "X-Cishan-Timestamp": stamp,
        "X-Cishan-Signature": f"sha256={signed.hexdigest()}",
    }


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    with requests.Session() as session:
        session.trust_env = False  # ignore proxies and .netrc: connect to the address itself
        try:
            with session.post(
                url,
                data=body,
                headers=headers,
                timeout=_TIMEOUTS,
                allow_redirects=False,
                stream=True,
            ) as response:
                return _check_status(response)
        except requests.Timeout:
            raise NotDelivered("接收方超时没有应答") from None
        except requests.exceptions.SSLError:
            raise NotDelivered("接收方的证书未通过验证") from None
        except requests.ConnectionError:
            raise NotDelivered("连接不上接收方，或连接中断") from None
        except (requests.RequestException, ValueError) as error:
            _log.warning("webhook: %r", error)
            raise NotDelivered("发送出错") from None


def _check_status(response: requests.Response) -> int:
    status = response.status_code
    if 200 <= status < 300:
        return status
    if 300 <= status < 400:
        raise NotDelivered(f"接收方要求转到其他地址（{status}），没有转发", status)
    raise NotDelivered(f"接收方应答状态码{status}", status)


def _record_failure(delivery: WebhookDelivery, failure: NotDelivered) -> None:
    result = {"last_status": failure.status, "last_error": str(failure)}
    if failure.is_final or delivery.attempts >= MOST_ATTEMPTS:
        _settle(delivery, DeliveryState.DEAD, **result)
        _log.warning("webhook %s, delivery %s: %s", delivery.webhook_id, delivery.pk, failure)
        return
    again = timezone.now() + RETRY_AFTER[delivery.attempts - 1]
    _reserved(delivery).update(next_attempt_at=again, **result)


def _settle(delivery: WebhookDelivery, state: DeliveryState, **result: object) -> bool:
    return bool(_reserved(delivery).update(state=state, settled_at=timezone.now(), **result))


def _reserved(delivery: WebhookDelivery) -> QuerySet[WebhookDelivery]:
    """Return the row while this worker has reserved it: another worker would have changed the time."""
    return WebhookDelivery.objects.filter(
        pk=delivery.pk,
        state=DeliveryState.WAITING,
        next_attempt_at=delivery.next_attempt_at,
    )
