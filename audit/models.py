"""The audit log: events that are written once, never changed and never deleted by a page."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from typing_extensions import override

from audit.acts import Outcome, act_choices


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
    act = models.CharField("操作", max_length=20, choices=act_choices)
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


class Cover(models.Model):
    """Keyed digests of rows of another table, written with them: the last digest of a row is the one
    that holds. Without the key nobody can make one for a row that they changed or added.
    """

    at = models.DateTimeField("时间")
    #: Label of the model: `reviews.reviewevent`.
    label = models.CharField("数据表", max_length=80)
    #: The columns under each digest, separated by commas.
    columns = models.TextField("字段")
    #: The keys of the rows, separated by commas.
    keys = models.TextField("编号")
    #: 32 hexadecimal digits for each key; zeros where the row was deleted with authority.
    digests = models.TextField("逐行校验值")
    mac = models.CharField("校验值", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "逐行校验"
        ordering = ("pk",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.label}#{self.keys[:20]}"


class Link(models.Model):
    """One position of the chain: an event or a cover, tied to the position before it."""

    position = models.BigIntegerField("序号", primary_key=True)
    #: Label of the model of the row: `audit.auditevent` or `audit.cover`.
    label = models.CharField("数据表", max_length=80)
    row_id = models.BigIntegerField("编号")
    row_mac = models.CharField("行校验值", max_length=100)
    #: Keyed digest of the head before it and of the columns above.
    head = models.CharField("链值", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "审计链"
        ordering = ("position",)
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=("label", "row_id"),
                name="audit_link_row_once",
                violation_error_message="该行已在链中",
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}：{self.label}#{self.row_id}"


class Permit(models.Model):
    """Lifts the triggers within one transaction; its row is deleted before the transaction ends."""

    #: PostgreSQL's number of the transaction; 0 on SQLite, where one transaction writes at a time.
    number = models.BigIntegerField("事务")

    class Meta:
        verbose_name = verbose_name_plural = "授权改动"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.number)
