"""Models of logging in: counted failures, sessions, former passwords."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from typing_extensions import override


class CountKind(models.TextChoices):
    """What failures are counted of."""

    ACCOUNT = "account", "账号"
    ADDRESS = "address", "登录地址"
    API_ADDRESS = "api_address", "接口调用地址"


class LoginCount(models.Model):
    """The failed logins of one account or from one address (登录锁定).

    `failures` are those in a row; at the limit the row is locked until `locked_until`, each time for
    twice as long (`locks`). A success forgets the account's; a day without failure forgets all.
    `subject` is a user name or an address; a name that no account has is stored as a digest, because
    people type passwords there. `failures_since` counts those since the last success.
    """

    kind = models.CharField("对象类别", max_length=12, choices=CountKind)
    subject = models.CharField("账号或地址", max_length=150)
    failures = models.PositiveIntegerField("连续失败次数", default=0)
    locks = models.PositiveSmallIntegerField("连续锁定次数", default=0)
    locked_until = models.DateTimeField("锁定至", null=True, blank=True)
    failed_at = models.DateTimeField("最近失败", null=True, blank=True)
    failed_from = models.CharField("最近失败的地址", max_length=45, blank=True)
    failures_since = models.PositiveIntegerField("上次登录后的失败次数", default=0)
    entered_at = models.DateTimeField("上次登录", null=True, blank=True)
    entered_from = models.CharField("上次登录的地址", max_length=45, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录锁定"
        ordering = ("-failed_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "subject"),
                name="accounts_logincount_once",
                violation_error_message="该账号或地址已有记录",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject}"

    def is_locked_at(self, moment: datetime.datetime) -> bool:
        """Return whether no login is admitted at a moment."""
        return self.locked_until is not None and moment < self.locked_until

    @property
    def state(self) -> str:
        """The state now in Chinese: 锁定中 or 未锁定."""
        return "锁定中" if self.is_locked_at(timezone.now()) else "未锁定"


class LoginSession(AbstractBaseSession):
    """A session with the account, address and device that it belongs to (登录会话).

    `display` is the path of the one page that a session of a big screen may show.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", verbose_name="账号"
    )
    address = models.CharField("地址", max_length=45, blank=True)
    agent = models.CharField("设备", max_length=200, blank=True)
    started_at = models.DateTimeField("登录时间")
    seen_at = models.DateTimeField("最近使用")
    display = models.CharField("大屏页面", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录会话"
        ordering = ("-seen_at",)

    @classmethod
    @override
    def get_session_store_class(cls) -> type:
        """Not used: the store names this model, and this module must not import the store."""
        raise NotImplementedError


class FormerPassword(models.Model):
    """The hash of a password that an account has or had; the last five may not be used again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    password = models.CharField("口令摘要", max_length=128)
    set_at = models.DateTimeField("设定时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "用过的口令"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.user}（{self.set_at:%Y-%m-%d}）"
