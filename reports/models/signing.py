"""Joint signatures of reports that several offices sign together."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from reports.models.filing import Report


class JointSignature(models.Model):
    """A signature (会签) of one signatory under what is to be sealed as one edition.

    `digest` is of the content that was signed: where that has changed since, the signature no
    longer holds. A row is never changed; signing again adds another.
    """

    report = models.ForeignKey(
        Report, models.PROTECT, related_name="signatures", verbose_name="进展报告"
    )
    number = models.PositiveSmallIntegerField("版次")
    signatory = models.CharField("签署单位", max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="签章人"
    )
    at = models.DateTimeField("会签时间")
    digest = models.CharField("所签内容摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "会签"
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.signatory}：{self.by}"
