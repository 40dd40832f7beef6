"""Single pieces of work: meetings, drills, cases, brands, awards."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from indicators.models import Task
from reviews.models import KindDeclaration, Submission

#: The kind of work that no plan names; its name is in `WorkRecord.kind_name`.
OTHER_KIND = "其他"


class WorkRecord(Submission):
    """One piece of work that a plan wants told: a meeting, a drill, a case, a brand, an award (工作记录).

    The kinds are those of the plans of the record's area (`Plan.work_kinds`), and 其他 with a name
    of its own. What has a `public_text` stands in the collection of results once it is approved
    (典型经验、案例、品牌、表彰: 渝中 方案 四（三）, 云南 方案 二（五）9, 鄂民发〔2024〕92号 二（三）10). State machine:
    see `reviews.models.Submission`.
    """

    kind = models.CharField("工作类别", max_length=30)
    kind_name = models.CharField("其他类别名称", max_length=30, blank=True)
    name = models.CharField("工作名称", max_length=100)
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=200, blank=True)
    content = models.CharField("工作内容", max_length=500, blank=True)
    people = models.PositiveIntegerField("参与人数", null=True, blank=True)
    granted_by = models.CharField("授予或认定单位", max_length=100, blank=True)
    amount_yuan = models.DecimalField(
        "奖补金额（元）", max_digits=14, decimal_places=2, null=True, blank=True
    )
    public_text = models.CharField("公开简介", max_length=500, blank=True)
    task = models.ForeignKey(
        Task,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="work_records",
        verbose_name="工作任务",
    )
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="work-records",
        icon="work_history",
        example={
            "area": "500103001003",
            "kind": OTHER_KIND,
            "kind_name": "居民恳谈会",
            "name": "华一坡社区慈善基金居民恳谈会",
            "held_on": "2026-03-12",
            "content": "听取居民对基金使用方向的意见",
            "people": 35,
        },
        sealed=("kind", "kind_name", "name", "held_on", "people"),
        sheet=211,
        exported=(
            *("kind", "kind_name", "name", "held_on", "place", "content", "people"),
            *("granted_by", "amount_yuan", "public_text", "task"),
        ),
        wide=("name", "place", "content", "granted_by", "public_text", "task"),
        searched=("kind", "kind_name"),
        prose=("place", "content", "public_text", "note"),
        not_copied=("name", "content", "public_text", "note"),
    )
    likeness: ClassVar[tuple[str, ...]] = ("area_id", "held_on", "kind", "name", "people")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("area_id", "held_on", "name"),)
    date_field: ClassVar[str] = "held_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "工作记录"
        indexes = [models.Index(fields=("held_on",), name="work_workrecord_held_on")]
        constraints = [
            *Submission.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount_yuan__isnull=True) | Q(amount_yuan__gt=0),
                name="work_workrecord_money_positive",
                violation_error_message="奖补金额应大于0，没有的留空",
            ),
        ]

    @property
    def kind_text(self) -> str:
        """The kind in words: the plan's, or the name of the other kind."""
        return self.kind_name if self.kind == OTHER_KIND and self.kind_name else self.kind
