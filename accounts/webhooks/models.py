"""Webhooks, through which other systems learn of approvals and reports, and their deliveries."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.webhooks.events import event_choices
from areas.models import Area

_PURPOSE = "accounts.webhooks"


def key_mark(key: str = "") -> str:
    """Return the mark of a SECRET_KEY, by default the present one; it does not give the key away."""
    return salted_hmac(f"{_PURPOSE}.mark", "", secret=key or None, algorithm="sha256").hexdigest()[
        :8
    ]


def new_salt() -> str:
    """Return a random salt, from which a webhook's secret is derived."""
    return secrets.token_hex(16)


class Webhook(models.Model):
    """An address of another system that is notified of `events` in the subtree of `area` (回调通知).

    Its secret is derived from a SECRET_KEY and `salt` and never stored. `key_mark` says from which key:
    after a change of SECRET_KEY that is one of SECRET_KEY_FALLBACKS, until the secret is renewed.
    """

    name = models.CharField("名称", max_length=50)
    url = models.CharField("接收地址", max_length=500)
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        related_name="+",
        verbose_name="区划范围",
        help_text="只通知本区划及其下级的事项",
    )
    events = models.JSONField("通知事项", default=list)
    is_active = models.BooleanField("启用", default=True)
    salt = models.CharField("密钥盐值", max_length=32, default=new_salt, editable=False)
    key_mark = models.CharField("主密钥", max_length=8, default=key_mark, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name="创建人",
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "回调通知"
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("name",),
                name="accounts_webhook_name_once",
                violation_error_message="已有同名的回调通知",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_name(self) -> str:
        """What the audit log calls the webhook."""
        return self.name

    @property
    def secret(self) -> str:
        """The key of every signature: 64 hexadecimal digits, used as their ASCII bytes."""
        key = self._key or settings.SECRET_KEY
        return salted_hmac(_PURPOSE, self.salt, secret=key, algorithm="sha256").hexdigest()

    @property
    def is_outdated(self) -> bool:
        """Whether the secret was derived from another SECRET_KEY than the present one."""
        return self.key_mark != key_mark()

    @property
    def _key(self) -> str:
        """The SECRET_KEY that the secret was derived from; empty once the installation has it no more."""
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return next((key for key in keys if key_mark(key) == self.key_mark), "")


class DeliveryState(models.TextChoices):
    """The state of a delivery."""

    WAITING = "waiting", "等待发送"
    SENT = "sent", "已送达"
    DEAD = "dead", "发送失败"


class WebhookDelivery(models.Model):
    """One event for one webhook (发送记录), stored in the transaction of the event.

    等待发送 → 已送达, or 发送失败 after the last attempt; from there an administrator can send it again. A
    worker first moves `next_attempt_at` behind the end of its attempt. So only one of several
    workers sends the delivery, and it becomes due again when that worker dies.
    """

    webhook = models.ForeignKey(
        Webhook, models.PROTECT, related_name="deliveries", verbose_name="回调通知"
    )
    event_id = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    event = models.CharField("事项", max_length=20, choices=event_choices)
    area_code = models.CharField("区划代码", max_length=12)
    #: Ids and area codes only: the receiver queries the API for the records behind them.
    payload = models.JSONField("内容")
    state = models.CharField(
        "状态", max_length=7, choices=DeliveryState, default=DeliveryState.WAITING
    )
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    next_attempt_at = models.DateTimeField("下次发送时间", default=timezone.now)
    last_status = models.PositiveSmallIntegerField("应答状态码", null=True, blank=True)
    last_error = models.CharField("未送达原因", max_length=200, blank=True)
    created_at = models.DateTimeField("产生时间", auto_now_add=True)
    settled_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "发送记录"
        ordering = ("-pk",)
        indexes = [
            models.Index(
                fields=("webhook", "next_attempt_at"),
                condition=Q(state="waiting"),
                name="accounts_webhook_due",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at__isnull=True)
                | (~Q(state="waiting") & Q(settled_at__isnull=False)),
                name="accounts_webhookdelivery_settled_has_time",
                violation_error_message="已送达或发送失败的须有办结时间，等待发送的没有",
            )
        ]

    def __str__(self) -> str:
        return f"{self.webhook}：{self.get_event_display()}"
