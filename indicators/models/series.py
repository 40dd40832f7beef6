"""The stored series, which are derived from the records."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from areas.models import Area


class SeriesLayout(models.Model):
    """Which series the stored rows hold, in which order and for which years; at most one row."""

    keys = models.JSONField("序列")
    first_year = models.PositiveSmallIntegerField("起始年")
    last_year = models.PositiveSmallIntegerField("截止年")
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "序列目录"
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1),
                name="indicators_serieslayout_only_one",
                violation_error_message="序列目录只有一条",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_year}-{self.last_year}"


class AreaSeries(models.Model):
    """One area's year: every series × 12 months as one compressed block; no row if all are zero.

    Rows are derived and written by the hundred thousand, so the unique pair is the only index;
    that the area exists is checked by `check_figures`, not for each row (ADR 0007).
    """

    area = models.ForeignKey(
        Area,
        models.CASCADE,
        related_name="+",
        verbose_name="区划",
        db_index=False,
        db_constraint=False,
    )
    year = models.PositiveSmallIntegerField("年份")
    blob = models.BinaryField("数据")

    class Meta:
        verbose_name = verbose_name_plural = "统计序列"
        constraints = [
            models.UniqueConstraint(
                fields=("area", "year"),
                name="indicators_areaseries_once",
                violation_error_message="该区划该年的统计序列已存在",
            )
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.year}"
