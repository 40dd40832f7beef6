"""The audit log: events that are written once, never changed and never deleted by a page."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from typing_extensions import override

from audit.acts import Act, Outcome


class AppendOnly(Exception):
    """Somebody tried to change or delete an event of the audit log."""


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    """Events that can be read and added."""

    @override
    def update(self, **values: Any) -> NoReturn:
        raise AppendOnly("审计日志只能追加，不能修改")

    @override
    def delete(self) -> NoReturn:
        raise AppendOnly("审计日志只能追加，不能删除")


class AuditEvent(models.Model):
    """Who did what to what, from where, and how it ended (GB/T 22239-2019 8.1.4.3).

    Accounts and areas are kept as plain values: an event outlives what it names. `before` and `after`
    name fields; the values of personal data are masked in them.
    """

    at = models.DateTimeField("时间", db_index=True)
    user_id = models.BigIntegerField("账号编号", null=True)
    username = models.CharField("账号", max_length=150, blank=True)
    role = models.CharField("角色", max_length=20, blank=True)
    user_area = models.CharField("账号区划", max_length=12, blank=True)
    address = models.CharField("来源地址", max_length=45, blank=True)
    agent = models.CharField("浏览器或程序", max_length=300, blank=True)
    task = models.CharField("后台任务或命令", max_length=100, blank=True)
    act = models.CharField("操作", max_length=20, choices=Act)
    outcome = models.CharField("结果", max_length=7, choices=Outcome, default=Outcome.DONE)
    area = models.CharField("对象区划", max_length=12, blank=True)
    object_type = models.CharField("对象类型", max_length=60, blank=True)
    object_key = models.CharField("对象编号", max_length=60, blank=True)
    object_name = models.CharField("对象", max_length=200, blank=True)
    before = models.JSONField("变更前", null=True)
    after = models.JSONField("变更后", null=True)
    detail = models.CharField("说明", max_length=500, blank=True)
    #: Algorithm, fingerprint of the key and keyed digest of all other columns: `audit.chain`.
    mac = models.CharField("校验值", max_length=100)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审计日志"
        ordering = ("-pk",)
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=("username", "at"), name="audit_event_user"),
            models.Index(fields=("object_type", "object_key"), name="audit_event_object"),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.object_name}".strip()

    @override
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new event; AppendOnly for a stored one."""
        if self.pk is not None:
            raise AppendOnly("审计日志只能追加，不能修改")
        super().save(*args, **kwargs)

    @override
    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Never delete: AppendOnly."""
        raise AppendOnly("审计日志只能追加，不能删除")
