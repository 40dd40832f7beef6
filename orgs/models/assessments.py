"""What is asked of community organisations every year and at every larger event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from typing_extensions import override

from orgs.models.community_orgs import CommunityOrg
from reviews.models import KindDeclaration, Submission, once
from reviews.privacy import SensitiveText

#: The best score of an assessment.
MOST_POINTS = 100


class OrgRecord(Submission):
    """Abstract base of records that belong to a community organisation; their area is its."""

    organisation = models.ForeignKey(
        CommunityOrg, models.PROTECT, related_name="%(class)ss", verbose_name="社区社会组织"
    )

    area_from: ClassVar[tuple[str, ...]] = ("organisation",)
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "organisation")

    class Meta(Submission.Meta):
        abstract = True


class Grade(models.TextChoices):
    """The result of an assessment."""

    EXCELLENT = "excellent", "优秀"
    GOOD = "good", "良好"
    PASSED = "passed", "合格"
    FAILED = "failed", "不合格"


class OrgAssessment(OrgRecord):
    """One yearly assessment of a community organisation (评估评议).

    渝北民〔2021〕114号 三（四）2: the 两委 and the residents assess it, and the result is a basis of
    further work with it. State machine: see `reviews.models.Submission`.
    """

    year = models.CharField("评估年度", max_length=4)
    assessed_on = models.DateField("评议日期")
    committees_score = models.DecimalField("“两委”评分", max_digits=5, decimal_places=2)
    residents_score = models.DecimalField(
        "居民评分", max_digits=5, decimal_places=2, null=True, blank=True
    )
    residents = models.PositiveIntegerField("参评居民人数", null=True, blank=True)
    grade = models.CharField("评估等次", max_length=9, choices=Grade)
    opinion = models.CharField("评议意见", max_length=500, blank=True)
    use_made = models.CharField("结果运用", max_length=200, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="org-assessments",
        icon="rate_review",
        example={
            "organisation": 1,
            "year": "2026",
            "assessed_on": "2026-06-15",
            "committees_score": "92.00",
            "residents_score": "88.50",
            "residents": 40,
            "grade": "excellent",
            "use_made": "优先承接社区服务项目",
        },
        sealed=(
            "organisation",
            "year",
            "assessed_on",
            "committees_score",
            "residents_score",
            "grade",
            "use_made",
        ),
        sheet=220,
        exported=(
            "organisation",
            "year",
            "assessed_on",
            "committees_score",
            "residents_score",
            "residents",
            "grade",
            "opinion",
            "use_made",
        ),
        wide=("organisation", "opinion", "use_made"),
        prose=("opinion", "use_made", "note"),
        not_copied=("organisation", "opinion", "note"),
    )
    #: The field that names the year which an assessment is for.
    for_period: ClassVar[str] = "year"
    period_months: ClassVar[int] = 12
    identity: ClassVar[tuple[str, ...]] = ("organisation_id", "year")
    units: ClassVar[Mapping[str, str]] = {
        "committees_score": "分",
        "residents_score": "分",
        "residents": "人",
    }
    title_field: ClassVar[str] = "year"
    date_field: ClassVar[str] = "assessed_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "评估评议"
        indexes = [models.Index(fields=("assessed_on",), name="orgs_orgassessment_on")]
        constraints = [
            *Submission.Meta.constraints,
            once(
                "organisation",
                "year",
                name="orgs_orgassessment_once",
                message="该组织这一年度已有评估评议",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.organisation}{self.year}年度评估评议" if self.organisation_id else "评估评议"


class EventKind(models.TextChoices):
    """The four kinds of major activities (渝北民〔2021〕114号 三（四）2)."""

    FESTIVAL = "festival", "节庆活动"
    PERFORMANCE = "performance", "文化演出"
    CONTEST = "contest", "体育竞赛"
    GATHERING = "gathering", "人员集会"


class Reply(models.TextChoices):
    """What is answered to a reported activity."""

    AGREED = "agreed", "同意"
    CONDITIONS = "conditions", "落实要求后举办"
    REFUSED = "refused", "不同意"


class MajorActivity(OrgRecord):
    """A major activity that a community organisation reports before it holds it (重大活动报告).

    渝北民〔2021〕114号 三（四）2. Its day may lie ahead. State machine: see
    `reviews.models.Submission`.
    """

    name = models.CharField("活动名称", max_length=100)
    kind = models.CharField("活动类别", max_length=11, choices=EventKind)
    held_on = models.DateField("举办日期")
    place = models.CharField("举办地点", max_length=200)
    people_expected = models.PositiveIntegerField("预计参加人数")
    safety_leader = SensitiveText("安全负责人", max_length=50)
    safety_phone = SensitiveText("安全负责人电话", max_length=30, blank=True)
    safety_measures = models.CharField("安全措施", max_length=500, blank=True)
    reported_on = models.DateField("报告日期")
    reply = models.CharField("答复意见", max_length=10, choices=Reply, blank=True)
    replied_on = models.DateField("答复日期", null=True, blank=True)
    reply_text = models.CharField("答复要求", max_length=500, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="major-activities",
        icon="celebration",
        example={
            "organisation": 1,
            "name": "华一坡社区邻里文化节",
            "kind": "festival",
            "held_on": "2026-03-20",
            "place": "华一坡社区文化广场",
            "people_expected": 300,
            "safety_leader": "王某",
            "reported_on": "2026-02-10",
        },
        sealed=(
            "organisation",
            "name",
            "kind",
            "held_on",
            "people_expected",
            "reported_on",
            "reply",
        ),
        sheet=221,
        exported=(
            "organisation",
            "name",
            "kind",
            "held_on",
            "place",
            "people_expected",
            "safety_measures",
            "reported_on",
            "reply",
            "replied_on",
            "reply_text",
        ),
        wide=("organisation", "name", "place", "safety_measures", "reply_text"),
        searched=("place",),
        prose=("place", "safety_leader", "safety_phone", "safety_measures", "reply_text", "note"),
        not_copied=("name", "reply_text", "note"),
        persons_until="held_on",
    )
    likeness: ClassVar[tuple[str, ...]] = ("organisation_id", "held_on", "name")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("organisation_id", "held_on", "name"),)
    units: ClassVar[Mapping[str, str]] = {"people_expected": "人"}
    date_field: ClassVar[str] = "held_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "重大活动报告"
        indexes = [models.Index(fields=("held_on",), name="orgs_majoractivity_held_on")]
