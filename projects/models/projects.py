"""Charity projects: the library of what is planned, running and finished."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from orgs.models import Charity, CommunityOrg
from projects.models.choices import PARTIES, PEOPLE, SERVICES, Charge, Direction, MicroKind
from reviews.models import ChoiceListField, KindDeclaration, Submission, days_in_order, once
from scenes.models import Scene


class ProjectSource(models.TextChoices):
    """The source of a project's money."""

    FUND = "fund", "社区慈善基金"
    PROCUREMENT = "procurement", "政府购买服务"
    VENTURE = "venture", "公益创投"
    MICRO_TASK = "micro_task", "民生小实事"
    DONATION = "donation", "社会捐赠"
    LOTTERY = "lottery", "福利彩票公益金"
    SUPPORT = "support", "社会支持"
    OTHER = "other", "其他"


class ProjectStage(models.TextChoices):
    """The stage of a project in the library; an empty one says nothing: the project has begun."""

    RESERVE = "reserve", "储备"
    APPROVED = "approved", "立项"
    RUNNING = "running", "实施"
    FINISHED = "finished", "结项"


#: In these stages a project is planned only: its days may lie ahead, and it counts nowhere.
PLANNED = frozenset({ProjectStage.RESERVE, ProjectStage.APPROVED})

#: The three dimensions of satisfaction: field → name (鄂民发〔2024〕92号 三（二）).
SATISFACTION = {"precise": "精准度", "expert": "专业度", "satisfied": "满意度"}


class Project(Submission):
    """A community charity project (渝中 annex nos. 5 and 6; 鄂民发〔2024〕92号 二（二）8 项目库).

    储备 → 立项 (by a resolution of the management group) → 实施 → 结项. A planned project counts in no
    figure and owes nothing until its stage says that it has begun. `is_aid` marks a project for
    特殊困难对象 (一老一小, 一困一残), which counts for no. 6 in addition to no. 5.
    State machine: see `reviews.models.Submission`.
    """

    name = models.CharField("项目名称", max_length=100)
    stage = models.CharField("项目阶段", max_length=8, choices=ProjectStage, blank=True)
    direction = models.CharField("项目方向", max_length=10, choices=Direction, blank=True)
    category = models.CharField("项目类别", max_length=30, blank=True)
    for_elderly = models.BooleanField("一老", default=False)
    for_children = models.BooleanField("一小", default=False)
    for_hardship = models.BooleanField("一困", default=False)
    for_disabled = models.BooleanField("一残", default=False)
    for_special = models.BooleanField("特殊人群", default=False)
    served = ChoiceListField("具体对象", groups=PEOPLE, blank=True)
    services = ChoiceListField("服务内容", groups=SERVICES, blank=True)
    other_service = models.CharField("其他服务", max_length=60, blank=True)
    charge = models.CharField("收费方式", max_length=4, choices=Charge, blank=True)
    parties = ChoiceListField("五社联动", groups=PARTIES, blank=True)
    is_aid = models.BooleanField("是否帮扶项目", default=False)
    is_micro = models.BooleanField("小微项目", default=False)
    micro_kind = models.CharField("小微项目类型", max_length=11, choices=MicroKind, blank=True)
    implementer = models.CharField("实施单位", max_length=100, blank=True)
    implementer_org = models.ForeignKey(
        CommunityOrg,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name="实施组织",
    )
    partner = models.CharField("合作单位", max_length=100, blank=True)
    partner_charity = models.ForeignKey(
        Charity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name="合作慈善组织",
    )
    source = models.CharField("资金来源", max_length=12, choices=ProjectSource, blank=True)
    fund = models.ForeignKey(
        "funds.Fund",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name="资助基金",
    )
    site = models.CharField("实施地点", max_length=100, blank=True)
    scene = models.ForeignKey(
        Scene,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name="实施场景",
    )
    feasibility = models.CharField("需求和可行性分析", max_length=500, blank=True)
    resolved_on = models.DateField("决议日期", null=True, blank=True)
    resolution = models.CharField("决议文号或内容", max_length=200, blank=True)
    budget_yuan = models.DecimalField(
        "预算（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    spent_yuan = models.DecimalField(
        "实际支出（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    starts_on = models.DateField("开始时间")
    ends_on = models.DateField("结束时间", null=True, blank=True, help_text="进行中的项目留空")
    people = models.PositiveIntegerField("受益人数", null=True, blank=True)
    person_times = models.PositiveIntegerField("受益人次", null=True, blank=True)
    volunteer_times = models.PositiveIntegerField("志愿者人次", null=True, blank=True)
    surveyed_on = models.DateField("回访日期", null=True, blank=True)
    surveyed = models.PositiveIntegerField("回访人数", null=True, blank=True)
    precise = models.PositiveIntegerField("认为服务精准的人数", null=True, blank=True)
    expert = models.PositiveIntegerField("认为服务专业的人数", null=True, blank=True)
    satisfied = models.PositiveIntegerField("满意的人数", null=True, blank=True)
    subsidised_on = models.DateField("福彩公益金补助日期", null=True, blank=True)
    subsidy_yuan = models.DecimalField(
        "福彩公益金补助（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="projects",
        icon="folder_special",
        example={
            "area": "500103001003",
            "name": "华一坡社区助老项目",
            "stage": "finished",
            "direction": "eldercare",
            "for_elderly": True,
            "is_aid": True,
            "served": "空巢老人、高龄老人",
            "services": "探访关爱、生活照料",
            "parties": "社区、社会组织、社区志愿者",
            "resolved_on": "2026-02-20",
            "resolution": "管理小组决议〔2026〕第1号",
            "starts_on": "2026-03-01",
            "ends_on": "2026-03-20",
            "budget_yuan": "20000.00",
            "surveyed_on": "2026-03-25",
            "surveyed": 20,
            "subsidised_on": "2026-03-28",
            "subsidy_yuan": "3000.00",
        },
        sealed=("name", "category", "is_aid", "starts_on", "ends_on", "budget_yuan", "spent_yuan"),
        sheet=70,
        exported=(
            "name",
            "stage",
            "direction",
            "category",
            "for_elderly",
            "for_children",
            "for_hardship",
            "for_disabled",
            "for_special",
            "served",
            "services",
            "other_service",
            "charge",
            "is_aid",
            "is_micro",
            "micro_kind",
            "parties",
            "implementer",
            "implementer_org",
            "partner",
            "partner_charity",
            "site",
            "scene",
            "source",
            "fund",
            "feasibility",
            "resolved_on",
            "resolution",
            "budget_yuan",
            "spent_yuan",
            "starts_on",
            "ends_on",
            "people",
            "person_times",
            "volunteer_times",
            "surveyed_on",
            "surveyed",
            "precise",
            "expert",
            "satisfied",
            "subsidised_on",
            "subsidy_yuan",
        ),
        wide=("name", "services", "parties", "site", "fund", "feasibility", "resolution"),
        searched=("implementer", "partner"),
        prose=("other_service", "site", "feasibility", "resolution", "note"),
        not_copied=("name", "stage", "feasibility", "resolution", "note"),
    )
    counts_when: ClassVar[Q] = ~Q(stage__in=sorted(PLANNED))
    follows: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "implementer_org": ("implementer",),
        "partner_charity": ("partner",),
    }
    units: ClassVar[Mapping[str, str]] = dict.fromkeys(("surveyed", *SATISFACTION), "人")
    identity: ClassVar[tuple[str, ...]] = ("area_id", "name", "starts_on")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("area_id", "name"),)
    date_field: ClassVar[str] = "starts_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "公益慈善项目"
        indexes = [
            models.Index(fields=("starts_on",), name="projects_project_starts_on"),
            models.Index(fields=("surveyed_on",), name="projects_project_surveyed_on"),
            models.Index(fields=("subsidised_on",), name="projects_project_subsidised_on"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            once(
                "area",
                "name",
                "starts_on",
                name="projects_project_name_once",
                message="同一地区同日开始的同名项目已存在",
            ),
            days_in_order(
                "starts_on",
                "ends_on",
                name="projects_project_dates_in_order",
                message="结束时间不能早于开始时间",
            ),
            models.CheckConstraint(
                condition=(Q(budget_yuan__isnull=True) | Q(budget_yuan__gte=0))
                & (Q(spent_yuan__isnull=True) | Q(spent_yuan__gte=0)),
                name="projects_project_money_not_negative",
                violation_error_message="金额不能为负数",
            ),
            models.CheckConstraint(
                condition=Q(subsidy_yuan__isnull=True) | Q(subsidy_yuan__gte=0),
                name="projects_project_subsidy_not_negative",
                violation_error_message="金额不能为负数",
            ),
        ]

    @property
    def is_planned(self) -> bool:
        """Whether the project is in the library only and has not begun."""
        return self.stage in PLANNED

    @override
    def complete(self) -> None:
        """Fill in the names of the organisations that are on file."""
        if self.implementer_org is not None and not self.implementer:
            self.implementer = self.implementer_org.name
        if self.partner_charity is not None and not self.partner:
            self.partner = self.partner_charity.name
