"""What persons ask about their data in a record, and what is announced before data are erased."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone

from areas.models import Area
from proposals.models import PendingChange
from reviews.privacy import SensitiveText, is_masked, masked_name
from reviews.querysets import AreaScopedQuerySet


class PersonalAct(models.TextChoices):
    """What is asked: 个人信息保护法 art. 47 and art. 46."""

    ERASE = "erase", "删除"
    CORRECT = "correct", "更正"


class Asker(models.TextChoices):
    """Who asks (个人信息保护法 arts. 31, 44, 49)."""

    SELF = "self", "本人"
    KIN = "kin", "监护人、近亲属"
    AGENT = "agent", "受托人"
    EMPLOYER = "employer", "本人所在单位代办"


class Basis(models.TextChoices):
    """On what a request is based: one of the cases of 个人信息保护法 art. 47 para. 1, or art. 46."""

    NEEDLESS = "needless", "目的已实现、无法实现或不再必要（第四十七条第一项）"
    ENDED = "ended", "已停止服务或保存期限已满（第四十七条第二项）"
    WITHDRAWN = "withdrawn", "本人撤回同意（第四十七条第三项）"
    UNLAWFUL = "unlawful", "违法或违反约定处理（第四十七条第四项）"
    OTHER = "other", "法律、行政法规规定的其他情形（第四十七条第五项）"
    WRONG = "wrong", "个人信息不准确或不完整（第四十六条）"


class PersonalRequest(models.Model):
    """A person's request to erase or correct own data in a record, as a clerk or reviewer entered it.

    What a second person decides on it stands in `change`. Once that is decided, `asker` is masked and
    `new` and `other` are empty: the register says who asked what and when, and holds no personal data.
    """

    content_type = models.ForeignKey(ContentType, models.PROTECT, verbose_name="记录类别")
    object_id = models.BigIntegerField("记录编号")
    record = GenericForeignKey("content_type", "object_id")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所属地区")
    change = models.OneToOneField(
        PendingChange, models.PROTECT, null=True, related_name="+", verbose_name="变更"
    )
    act = models.CharField("处理", max_length=7, choices=PersonalAct)
    #: Which texts, by `reviews.trail.erasure.texts.PersonalText.key`.
    keys = models.JSONField("项目", default=list)
    #: A text elsewhere in the record that is to go: in a remark, as it is written there.
    other = SensitiveText("其他文字中的内容", max_length=100, blank=True)
    new = SensitiveText("更正为", max_length=200, blank=True)
    asker = SensitiveText("申请人", max_length=50)
    standing = models.CharField("申请人身份", max_length=8, choices=Asker)
    asked_on = models.DateField("申请日期")
    basis = models.CharField("依据", max_length=9, choices=Basis)
    entered_at = models.DateTimeField("登记时间", default=timezone.now)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "个人信息申请"
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=("content_type", "object_id"), name="reviews_personal_request")
        ]

    @property
    def asker_shown(self) -> str:
        """Who asks, as everybody reads it."""
        return masked_name(self.asker) if not is_masked(self.asker) else self.asker

    def __str__(self) -> str:
        return f"{self.get_act_display()}个人信息申请（{self.asked_on.isoformat()}）"


class PersonalNotice(models.Model):
    """The announcement that a record's personal data will be erased because their keeping ends.

    Nothing is erased by the night's task that was not announced long enough before; the row stays.
    """

    content_type = models.ForeignKey(ContentType, models.PROTECT, verbose_name="记录类别")
    object_id = models.BigIntegerField("记录编号")
    record = GenericForeignKey("content_type", "object_id")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所属地区")
    announced_on = models.DateField("预告日期")
    due_on = models.DateField("删除日期")
    done_at = models.DateTimeField("办结时间", null=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "个人信息到期删除预告"
        ordering = ("due_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("content_type", "object_id"),
                condition=Q(done_at__isnull=True),
                name="reviews_personalnotice_once",
                violation_error_message="该记录已有预告",
            )
        ]
        indexes = [
            models.Index(
                fields=("area", "due_on"),
                condition=Q(done_at__isnull=True),
                name="reviews_personalnotice_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.content_type.name}#{self.object_id}"
