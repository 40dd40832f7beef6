"""Tokens of integrations, and the answers to requests that may come twice."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class ApiToken(models.Model):
    """What another system shows to act as its integration account (接口凭证).

    The account (`user`) holds role and area like anybody's and cannot log in; the token itself is
    shown once and kept as SHA-256 only. Good until `expires_on`, that day included, unless revoked.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tokens", verbose_name="接口账号"
    )
    digest = models.CharField("摘要", max_length=64, unique=True, editable=False)
    hint = models.CharField("凭证开头", max_length=12, editable=False)
    expires_on = models.DateField("有效期至", help_text="含当日，最长两年")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="签发人"
    )
    created_at = models.DateTimeField("签发时间", auto_now_add=True)
    last_used_at = models.DateTimeField("最近使用", null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="吊销人",
    )
    revoked_at = models.DateTimeField("吊销时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "接口凭证"
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("created_at")),
                name="accounts_apitoken_revoked_after_made",
                violation_error_message="吊销时间不能早于签发时间",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}（{self.hint}…）"

    def is_good_on(self, day: datetime.date) -> bool:
        """Whether it opens the API on a day."""
        return self.revoked_at is None and day <= self.expires_on

    @property
    def state(self) -> str:
        """In words, today."""
        if self.revoked_at is not None:
            return "已吊销"
        return "有效" if self.is_good_on(timezone.localdate()) else "已过期"


class Replay(models.Model):
    """The answer to a request that carried an Idempotency-Key; sent again, it is told again.

    Written in the transaction of what it answers, so a key is used exactly if something was stored.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField("幂等键", max_length=100)
    fingerprint = models.CharField("请求摘要", max_length=64)
    status = models.PositiveSmallIntegerField("状态码", default=0)
    body = models.TextField("回答", default="null")
    headers = models.JSONField("回答头", default=dict)
    created_at = models.DateTimeField("时间", auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "已处理请求"
        constraints = [
            models.UniqueConstraint(
                fields=("user", "key"),
                name="accounts_replay_once",
                violation_error_message="该幂等键已使用",
            )
        ]

    def __str__(self) -> str:
        return self.key
