"""What a plan asks of records: how they are named, and which level of the tree decides on them."""

from __future__ import annotations

from django.db import models

from indicators.models.plans import Plan


class RecordRule(models.Model):
    """Abstract base of a plan's rules for the records of a kind that meet a condition.

    `kind`: the kind's address (`declaration.address`). `where`: field → value or values; a record meets
    it when every field has one of them.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+", verbose_name="方案")
    code = models.CharField("编号", max_length=40)
    position = models.PositiveSmallIntegerField("序号")
    name = models.CharField("名称", max_length=60)
    clause = models.CharField("条款", max_length=60)
    kind = models.CharField("记录类别", max_length=40)
    where = models.JSONField("条件", default=dict, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def is_for(self, record: models.Model) -> bool:
        """Return whether a record of the kind meets the condition."""
        return all(self.meets(record, field) for field in self.where)

    def meets(self, record: models.Model, field: str) -> bool:
        """Return whether a record has one of the values that the condition names for a field."""
        value = self.where[field]
        return getattr(record, field) in (value if isinstance(value, list) else [value])


class NamingRule(RecordRule):
    """How records of a kind are named: parts in their order (云南方案 二（四）, 渝北民〔2021〕114号 三（四）2).

    A part is text, or a field in braces: `{area}`, `{county}`, `{form}` (one of `endings`), `{scope}`,
    `{brand}` (字号, from `brand_least` to `brand_most` Chinese characters), or a field of the record.
    """

    parts = models.JSONField("名称各部分", default=list)
    endings = models.JSONField("组织形式用字", default=list, blank=True)
    brand_least = models.PositiveSmallIntegerField("字号最少字数", default=1)
    brand_most = models.PositiveSmallIntegerField("字号最多字数", default=8)

    class Meta:
        verbose_name = verbose_name_plural = "命名规则"
        ordering = ("plan", "position")
        constraints = [
            models.UniqueConstraint(
                fields=("plan", "code"),
                name="indicators_namingrule_code_once",
                violation_error_message="同一方案内命名规则编号不能重复",
            )
        ]


class CompetenceRule(RecordRule):
    """Which level decides on the records of a kind (渝北民〔2021〕114号 三（四）2: 登记、街道管理、社区指导).

    A reviewer of `level` decides; a higher one may step in, with a reason; a lower one may not.
    """

    level = models.PositiveSmallIntegerField("审核层级")

    class Meta:
        verbose_name = verbose_name_plural = "审核权限"
        ordering = ("plan", "position")
        constraints = [
            models.UniqueConstraint(
                fields=("plan", "code"),
                name="indicators_competencerule_code_once",
                violation_error_message="同一方案内审核权限编号不能重复",
            )
        ]
