"""Models of API tokens and of stored answers to repeated requests."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class ApiToken(models.Model):
    """A token by which another system acts as its integration account (接口凭证).

    The account (`user`) has a role and an area like any other and cannot log in. The token keeps those
    that it was issued with: once the account has others, the token opens nothing. The token's text
    is shown once; only its SHA-256 is stored. It is valid up to and including `expires_on`, unless
    revoked.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tokens", verbose_name="接口账号"
    )
    role = models.CharField("角色", max_length=14)
    area = models.ForeignKey(
        "areas.Area",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="管辖区划",
    )
    networks = models.CharField(
        "允许的地址",
        max_length=400,
        blank=True,
        help_text="接口调用方的地址或网段，如 10.1.2.3, 10.2.0.0/16；不填的不限",
    )
    digest = models.CharField("摘要", max_length=64, unique=True, editable=False)
    hint = models.CharField("凭证开头", max_length=12, editable=False)
    expires_on = models.DateField("有效期至", help_text="含当日，最长两年")
    reads_persons = models.BooleanField(
        "个人信息",
        default=False,
        help_text="可读取姓名、电话的全部内容；仅限区县及以下的填报员、审核员角色，每次读取均留痕",
    )
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

    #: The token itself; set on the page that issues it, and never stored.
    text = ""

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

    @property
    def audit_name(self) -> str:
        """What the audit log calls the token: its account and its beginning."""
        return f"{self.user.username}（{self.hint}…）"

    def is_good_on(self, day: datetime.date) -> bool:
        """Return whether the token gives access to the API on a day."""
        return self.revoked_at is None and day <= self.expires_on and self.fits_account

    @property
    def fits_account(self) -> bool:
        """Whether the account still has the role and the area that the token was issued with."""
        return (self.role, self.area_id) == (self.user.role, self.user.area_id)

    @property
    def state(self) -> str:
        """The state today in Chinese: 有效, 已过期, 已失效 (the account's role or area changed) or 已吊销."""
        if self.revoked_at is not None:
            return "已吊销"
        if not self.fits_account:
            return "已失效"
        return "有效" if self.is_good_on(timezone.localdate()) else "已过期"


class Replay(models.Model):
    """The stored answer to a request with an Idempotency-Key; the same request gets it again.

    Written in the transaction of the request, so a key is used up only when something was stored.
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
