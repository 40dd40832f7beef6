"""Review events, the trail of a record: one event per transition."""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from accounts.webhooks.events import declare_event
from areas.models import Area
from audit.chain.protected import declare_append_only
from reviews.models.states import REASON_LENGTH, REASONED, Action, Status
from reviews.querysets import AreaScopedQuerySet

#: An event for other systems (`accounts.webhooks`).
RECORD_APPROVED = declare_event("record.approved", "记录审核通过")


class ReviewEvent(models.Model):
    """One transition of one record: who did what, when and why; written once, never changed."""

    content_type = models.ForeignKey(ContentType, models.PROTECT, verbose_name="记录类别")
    object_id = models.BigIntegerField("记录编号")
    record = GenericForeignKey("content_type", "object_id")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所属地区")
    action = models.CharField("操作", max_length=8, choices=Action)
    from_status = models.CharField("原状态", max_length=8, choices=Status)
    to_status = models.CharField("新状态", max_length=8, choices=Status)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="操作人"
    )
    at = models.DateTimeField("时间")
    reason = models.CharField("理由", max_length=REASON_LENGTH, blank=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审核记录"
        ordering = ("-at", "-pk")
        indexes = [
            models.Index(fields=("content_type", "object_id"), name="reviews_event_record"),
            # For `past_reasons`; leaves out submissions and approvals, of which there are tens of
            # thousands.
            models.Index(
                fields=("action", "area"),
                condition=Q(action__in=REASONED),
                name="reviews_event_reasoned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}：{self.content_type.name}#{self.object_id}"


declare_append_only(ReviewEvent)
