"""One delivery to its receiver: signed, at most by one worker at a time, again later when it fails."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
import logging
import time
from typing import Any

import requests
from django.conf import settings
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from accounts.webhooks.models import DeliveryState, WebhookDelivery
from accounts.webhooks.targets import target_fault
from areas.codes import is_within

#: After each failed attempt it is tried again so much later; after the last one it is given up.
RETRY_AFTER = (
    datetime.timedelta(minutes=1),
    datetime.timedelta(minutes=5),
    datetime.timedelta(minutes=30),
    datetime.timedelta(hours=2),
    datetime.timedelta(hours=6),
    datetime.timedelta(hours=24),
)
MOST_ATTEMPTS = len(RETRY_AFTER) + 1
#: Longer than an attempt takes: what was taken and not settled by then, a dead worker had.
TAKEN_FOR = datetime.timedelta(minutes=10)
#: So many of one webhook are started in a minute: a slow receiver leaves room for the others.
AT_ONCE = 20
KEPT = datetime.timedelta(days=90)
#: Seconds to connect, and between two bytes of the answer.
_PATIENCE = (5, 10)

_log = logging.getLogger(__name__)


class NotDelivered(Exception):
    """Why, for the administrator, and the status where there was an answer."""

    def __init__(self, words: str, status: int | None = None, *, is_final: bool = False) -> None:
        super().__init__(words)
        self.status, self.is_final = status, is_final


# --- what is due ----------------------------------------------------------------------------


def due() -> list[int]:
    """Keys of what should be sent now: the oldest of each webhook first, `AT_ONCE` of each at most."""
    rows = WebhookDelivery.objects.filter(
        state=DeliveryState.WAITING, next_attempt_at__lte=timezone.now()
    )
    rank = Window(RowNumber(), partition_by="webhook_id", order_by="pk")
    ranked = rows.annotate(rank=rank).filter(rank__lte=AT_ONCE)
    return list(ranked.order_by("rank", "pk").values_list("pk", flat=True))


def send(pk: int) -> bool:
    """Send a delivery that is due, unless somebody else does or did; whether it was delivered."""
    delivery = _taken(pk)
    if delivery is None:
        return False
    try:
        status = _attempt(delivery)
    except NotDelivered as fault:
        _put_off(delivery, fault)
        return False
    return _settle(delivery, DeliveryState.SENT, last_status=status, last_error="")


def clear_sent(kept: datetime.timedelta = KEPT) -> int:
    """Delete what was delivered so long ago; what was not stays. Idempotent."""
    old = timezone.now() - kept
    rows = WebhookDelivery.objects.filter(state=DeliveryState.SENT, settled_at__lt=old)
    return rows.delete()[0]


# --- one attempt ----------------------------------------------------------------------------


def _taken(pk: int) -> WebhookDelivery | None:
    """Compare-and-set: of several workers one gets it, until `TAKEN_FOR` is over."""
    now = timezone.now()
    rows = WebhookDelivery.objects.filter(
        pk=pk, state=DeliveryState.WAITING, next_attempt_at__lte=now
    )
    if not rows.update(attempts=F("attempts") + 1, next_attempt_at=now + TAKEN_FOR):
        return None
    return WebhookDelivery.objects.select_related("webhook").filter(pk=pk).first()


def _attempt(delivery: WebhookDelivery) -> int:
    """The status of the answer, 2xx; NotDelivered otherwise."""
    webhook = delivery.webhook
    if delivery.attempts > MOST_ATTEMPTS:
        raise NotDelivered("多次发送均中断，没有结果", is_final=True)
    if not webhook.is_active:
        raise NotDelivered("回调通知已停用，没有发送", is_final=True)
    if delivery.event not in webhook.events or not is_within(delivery.area_code, webhook.area_id):
        raise NotDelivered("回调通知的事项或区划范围已变更，没有发送", is_final=True)
    # Again, for the setting may have changed since the webhook was saved.
    if fault := target_fault(webhook.url, settings.WEBHOOK_TARGETS):
        raise NotDelivered(f"没有发送：{fault}"[:200], is_final=True)
    body = body_of(delivery.payload)
    return _posted(webhook.url, body, headers_of(delivery, body))


def body_of(payload: dict[str, Any]) -> bytes:
    """Canonical JSON: every attempt sends the same bytes."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def headers_of(delivery: WebhookDelivery, body: bytes) -> dict[str, str]:
    """What names, dates and signs the delivery."""
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


def _posted(url: str, body: bytes, headers: dict[str, str]) -> int:
    with requests.Session() as session:
        session.trust_env = False  # no proxy and no .netrc: it goes where it says, or nowhere
        try:
            with session.post(
                url,
                data=body,
                headers=headers,
                timeout=_PATIENCE,
                allow_redirects=False,
                stream=True,
            ) as answer:
                return _judged(answer)
        except requests.Timeout:
            raise NotDelivered("接收方超时没有应答") from None
        except requests.exceptions.SSLError:
            raise NotDelivered("接收方的证书未通过验证") from None
        except requests.ConnectionError:
            raise NotDelivered("连接不上接收方，或连接中断") from None
        except (requests.RequestException, ValueError) as error:
            _log.warning("webhook: %r", error)
            raise NotDelivered("发送出错") from None


def _judged(answer: requests.Response) -> int:
    status = answer.status_code
    if 200 <= status < 300:
        return status
    if 300 <= status < 400:
        raise NotDelivered(f"接收方要求转到其他地址（{status}），没有转发", status)
    raise NotDelivered(f"接收方应答状态码{status}", status)


# --- how it ends ----------------------------------------------------------------------------


def _put_off(delivery: WebhookDelivery, fault: NotDelivered) -> None:
    said: dict[str, Any] = {"last_status": fault.status, "last_error": str(fault)}
    if fault.is_final or delivery.attempts >= MOST_ATTEMPTS:
        _settle(delivery, DeliveryState.DEAD, **said)
        _log.warning("webhook %s, delivery %s: %s", delivery.webhook_id, delivery.pk, fault)
        return
    again = timezone.now() + RETRY_AFTER[delivery.attempts - 1]
    _held(delivery).update(next_attempt_at=again, **said)


def _settle(delivery: WebhookDelivery, state: DeliveryState, **said: Any) -> bool:
    return bool(_held(delivery).update(state=state, settled_at=timezone.now(), **said))


def _held(delivery: WebhookDelivery) -> Any:
    """The row while it is ours: who took it over has put another time there."""
    return WebhookDelivery.objects.filter(
        pk=delivery.pk,
        state=DeliveryState.WAITING,
        next_attempt_at=delivery.next_attempt_at,
    )
