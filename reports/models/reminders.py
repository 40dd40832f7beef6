"""Reminders that went out."""

from __future__ import annotations

import datetime
from typing import Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from accounts.models import User
from dates.due_items import DueItem


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Reminders selected by their due item."""

    def about(self, item: DueItem) -> Self:
        """The reminders of one due item."""
        return self.filter(kind=item.kind, key=item.key)


class Reminder(models.Model):
    """A reminder of something due: sent by the calendar (`mark`) or by a reviewer above (`by`).

    It refers to a due item (`dates.due_items.DueItem`) by kind and key, so anything with a due day
    can have reminders. `mark`: days before the item is due; negative: after. It is handled once its
    mail was sent, or once none is needed any more.
    """

    kind = models.CharField("事项类别", max_length=40)
    key = models.CharField("事项编号", max_length=200)
    mark = models.SmallIntegerField("提前天数", null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    on = models.DateField("日期")
    note = models.CharField("说明", max_length=500, blank=True)
    handled_at = models.DateTimeField("邮件处理时间", null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报送提醒"
        ordering = ("-on", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "key", "mark"),
                name="reports_reminder_once",
                violation_error_message="该提醒已发出",
            ),
            models.UniqueConstraint(
                fields=("kind", "key", "by", "on"),
                name="reports_reminder_urged_once_a_day",
                violation_error_message="今天已催报",
            ),
            models.CheckConstraint(
                condition=Q(mark__isnull=True) ^ Q(by__isnull=True),
                name="reports_reminder_by_calendar_or_person",
                violation_error_message="提醒应由日程或经办人发出",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}（{self.on}）"

    @classmethod
    def by_calendar(cls, item: DueItem, mark: int, on: datetime.date) -> Self:
        """The reminder that the calendar requires on a day; not stored yet."""
        return cls(kind=item.kind, key=item.key, mark=mark, on=on)

    @classmethod
    def by_person(cls, item: DueItem, by: User, on: datetime.date, note: str = "") -> Self:
        """The reminder that a reviewer above sends by hand; not stored yet."""
        return cls(kind=item.kind, key=item.key, by=by, on=on, note=note)

    @classmethod
    def urge(cls, item: DueItem, by: User, on: datetime.date, note: str = "") -> bool:
        """Store the reminder of a reviewer above; False where that user has sent it this day."""
        try:
            with transaction.atomic():
                cls.by_person(item, by, on, note).save()
        except IntegrityError:
            return False
        return True
