"""A change that waits for the confirmation of a second person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class ChangeState(models.TextChoices):
    """What became of a change."""

    WAITING = "waiting", "待确认"
    DONE = "done", "已生效"
    REFUSED = "refused", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"


class PendingChange(models.Model):
    """A change of accounts, areas or plans (变更): proposed by one person, confirmed by another.

    `waiting` becomes `done` (confirmed and applied in one transaction), `refused` (by a person who could
    have confirmed it, with a reason) or `withdrawn` (by its proposer). Rows stay for ever.
    """

    #: The key of the kind (`proposals.kinds`) that can apply the change.
    kind = models.CharField("事项", max_length=40)
    #: What it is about, such as `accounts.user:12`: one change at a time waits for it.
    subject = models.CharField("对象标识", max_length=160)
    title = models.CharField("变更", max_length=200)
    area = models.CharField("区划代码", max_length=12, blank=True)
    #: What the kind needs to apply it; never a password.
    payload = models.JSONField("内容")
    #: What is shown: label, before, after, and whether it is personal.
    lines = models.JSONField("前后对照")
    #: A digest of what was stored when it was proposed.
    was = models.CharField("原状摘要", max_length=64)
    #: A keyed digest of what was proposed, which who writes the database cannot make.
    mac = models.CharField("校验码", max_length=200, editable=False)
    reason = models.CharField("理由", max_length=500, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人"
    )
    proposed_at = models.DateTimeField("提出时间", default=timezone.now)
    state = models.CharField("状态", max_length=9, choices=ChangeState, default=ChangeState.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="确认人",
    )
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)
    decision = models.CharField("不同意的理由", max_length=500, blank=True)
    #: Whether it took effect without a second person (see the setting SECOND_PERSON).
    is_alone = models.BooleanField("一人办理", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "变更"
        ordering = ("-pk",)
        indexes = [models.Index(fields=("subject", "state"), name="proposals_by_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=("subject",),
                condition=Q(state="waiting"),
                name="proposals_one_waits",
                violation_error_message="同一对象已有一项待确认的变更",
            ),
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(is_alone=True)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=models.F("proposed_by"))),
                name="proposals_confirmed_by_another",
                violation_error_message="提出人本人不能确认",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def audit_name(self) -> str:
        """What the audit log calls it."""
        return f"#{self.pk} {self.title}"

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided on it yet."""
        return self.state == ChangeState.WAITING
