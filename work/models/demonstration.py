"""Applications of streets and communities to become a demonstration, and the decisions on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from typing_extensions import override

from audit.chain.protected import declare_append_only
from reviews.models import REASON_LENGTH, KindDeclaration, Submission, once

#: The most points of each dimension; no document gives a scale (平台默认).
MOST_POINTS = 100
#: The seven dimensions in the order of 渝中 方案 三（二）: the field of their points → their name.
DIMENSIONS = {
    "fund_points": "社区慈善基金设立",
    "project_points": "社区公益慈善项目开展",
    "scene_points": "社区慈善场景打造",
    "org_points": "公益慈善组织培育",
    "talent_points": "社区慈善人才队伍建设",
    "culture_points": "社区慈善文化宣传",
    "service_points": "购买专业机构服务",
}


def _points(name: str) -> models.PositiveSmallIntegerField[int, int]:
    return models.PositiveSmallIntegerField(name, validators=[MaxValueValidator(MOST_POINTS)])


def _within_scale(name: str) -> models.CheckConstraint:
    """No dimension has more points than the scale."""
    return models.CheckConstraint(
        condition=Q(*((f"{field}__lte", MOST_POINTS) for field in DIMENSIONS)),
        name=name,
        violation_error_message=f"各方面得分应为0至{MOST_POINTS}分",
    )


class SevenPoints(models.Model):
    """Abstract: points from 0 to 100 on each of the seven dimensions (渝中 方案 三（二）)."""

    fund_points = _points(DIMENSIONS["fund_points"])
    project_points = _points(DIMENSIONS["project_points"])
    scene_points = _points(DIMENSIONS["scene_points"])
    org_points = _points(DIMENSIONS["org_points"])
    talent_points = _points(DIMENSIONS["talent_points"])
    culture_points = _points(DIMENSIONS["culture_points"])
    service_points = _points(DIMENSIONS["service_points"])

    class Meta:
        abstract = True

    @property
    def points(self) -> dict[str, int]:
        """The points by field, in the order of the document."""
        return {field: getattr(self, field) for field in DIMENSIONS}

    @property
    def score(self) -> Decimal:
        """The plain mean of the seven, with one decimal (平台默认: the document gives no weights)."""
        mean = Decimal(sum(self.points.values())) / len(DIMENSIONS)
        return mean.quantize(Decimal("0.1"))


class DemonstrationApplication(SevenPoints, Submission):
    """A street or community that applies to be a demonstration of a year (示范申报).

    渝中 方案 三（二）, 鄂民发〔2024〕92号 三（一）. The points are its own; once the application is approved, a
    reviewer of the county or above decides with points of theirs (`DemonstrationDecision`). State
    machine: see `reviews.models.Submission`.
    """

    name = models.CharField("申报名称", max_length=100)
    year = models.CharField("申报年度", max_length=4)
    applied_on = models.DateField("申报日期")
    reason = models.CharField("申报理由", max_length=1000)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="demonstration-applications",
        icon="workspace_premium",
        example={
            "area": "500103001003",
            "name": "社区慈善示范社区",
            "year": "2026",
            "applied_on": "2026-03-12",
            "reason": "基金、场景和志愿服务队伍齐全，社区慈善活动每月开展",
            "fund_points": 90,
            "project_points": 85,
            "scene_points": 80,
            "org_points": 85,
            "talent_points": 75,
            "culture_points": 90,
            "service_points": 60,
        },
        sealed=("name", "year", "applied_on", "reason", *DIMENSIONS),
        sheet=251,
        exported=(
            *("name", "year", "applied_on", "reason", *DIMENSIONS),
            *(("score", "自评平均分"), ("outcome", "评定结果")),
        ),
        wide=("name", "reason"),
        searched=("reason",),
        prose=("reason", "note"),
        not_copied=("name", "year", "reason", "note"),
    )
    identity: ClassVar[tuple[str, ...]] = ("name", "area_id", "year")
    units: ClassVar[Mapping[str, str]] = dict.fromkeys(DIMENSIONS, "分")
    date_field: ClassVar[str] = "applied_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "示范申报"
        indexes = [models.Index(fields=("applied_on",), name="work_demonstration_applied_on")]
        constraints = [
            *Submission.Meta.constraints,
            once(
                "area",
                "year",
                "name",
                name="work_demonstrationapplication_once",
                message="该地区这一年度已有同名的示范申报",
            ),
            _within_scale("work_demonstrationapplication_points_within_scale"),
        ]

    @override
    def __str__(self) -> str:
        name = self.name or "未命名的示范申报"
        return f"{self.area}{name}（{self.year}年）" if self.area_id else name

    @property
    def decision(self) -> DemonstrationDecision | None:
        """The decision that stands: the last one; None before the first."""
        return next(iter(self.decisions.all()), None)

    @property
    def outcome(self) -> str:
        """The decision in words; `待评定` before the first."""
        return outcome_of(self.decision)

    @classmethod
    @override
    def export_values(cls) -> Mapping[str, Callable[[Self], object]]:
        """Read the decisions on all applications at once."""
        standing: dict[int, DemonstrationDecision] = {}
        for decision in DemonstrationDecision.objects.all():
            standing.setdefault(decision.application_id, decision)
        return {"outcome": lambda application: outcome_of(standing.get(application.pk))}


def outcome_of(decision: DemonstrationDecision | None) -> str:
    """Return a decision in words; `待评定` for none."""
    return str(Decision(decision.decision).label) if decision else "待评定"


class Decision(models.TextChoices):
    """What was decided on an application."""

    CHOSEN = "chosen", "评定为示范"
    NOT_CHOSEN = "not_chosen", "未评定"


class DemonstrationDecision(SevenPoints):
    """A decision on an approved application, with points and a reason; never changed.

    A later decision on the same application takes the place of the earlier one.
    """

    application = models.ForeignKey(
        DemonstrationApplication, models.PROTECT, related_name="decisions", verbose_name="示范申报"
    )
    decision = models.CharField("评定结果", max_length=10, choices=Decision)
    reason = models.CharField("评定理由", max_length=REASON_LENGTH)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="评定人"
    )
    at = models.DateTimeField("评定时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "示范评定"
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="work_demonstrationdecision_has_reason",
                violation_error_message="评定须写明理由",
            ),
            _within_scale("work_demonstrationdecision_points_within_scale"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.application}：{self.get_decision_display()}"


declare_append_only(DemonstrationDecision)
