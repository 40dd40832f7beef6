"""Whom the platform tells of approvals and reports, and what it has told them."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from areas.models import Area


class Event(models.TextChoices):
    """What another system can be told of."""

    RECORD_APPROVED = "record.approved", "记录审核通过"
    REPORT_FILED = "report.filed", "报告上报"
    EDITION_SEALED = "edition.sealed", "报告封存"


def new_salt() -> str:
    """What makes a webhook's secret its own."""
    return secrets.token_hex(16)


class Webhook(models.Model):
    """回调通知: an address of another system, told of `events` in the subtree of `area`.

    Its secret is derived from SECRET_KEY and `salt` and never stored: a new SECRET_KEY gives every
    webhook a new secret, which its receiver has to be told.
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
    def secret(self) -> str:
        """64 hexadecimal digits, whose ASCII bytes are the key of every signature."""
        return salted_hmac("accounts.webhooks", self.salt, algorithm="sha256").hexdigest()


class DeliveryState(models.TextChoices):
    """How a delivery stands."""

    WAITING = "waiting", "等待发送"
    SENT = "sent", "已送达"
    DEAD = "dead", "发送失败"


class WebhookDelivery(models.Model):
    """发送记录: one event for one webhook, written in the transaction that made the event.

    等待发送 → 已送达, or after the last attempt 发送失败, from where an administrator sends it again.
    Who sends it first puts `next_attempt_at` behind its own time: of two workers one gets it, and what
    a dead worker had taken is due again.
    """

    webhook = models.ForeignKey(
        Webhook, models.PROTECT, related_name="deliveries", verbose_name="回调通知"
    )
    event_id = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    event = models.CharField("事项", max_length=20, choices=Event)
    area_code = models.CharField("区划代码", max_length=12)
    #: Ids and area codes only: who is told has to ask the platform for what they stand for.
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
