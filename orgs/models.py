"""Organisations and people of community charity: charities, community organisations, teams,
trainings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from orgs.querysets import CharityQuerySet
from reviews.models import KindDeclaration, Submission, days_in_order, once


class LegalForm(models.TextChoices):
    """Legal forms of charities (慈善法 art. 8)."""

    FOUNDATION = "foundation", "基金会"
    ASSOCIATION = "association", "社会团体"
    SERVICE = "service", "社会服务机构"


class Endowment(models.TextChoices):
    """Whether one founder paid for a community foundation, or several (鄂民发〔2024〕92号 二（一）2)."""

    SOLE = "sole", "独立注资"
    JOINT = "joint", "联合注资"


#: The six kinds of founders of a community foundation (鄂民发〔2024〕92号 二（一）2).
FOUNDERS = (
    "paid_by_government",
    "paid_by_state_company",
    "paid_by_bank",
    "paid_by_company",
    "paid_by_organisation",
    "paid_by_person",
)


class Charity(Submission):
    """A charity that hosts funds: its account holds all their money (慈善法 arts. 8, 22).

    State machine: see `reviews.models.Submission`.
    """

    name = models.CharField("慈善组织名称", max_length=100)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    legal_form = models.CharField("组织形式", max_length=12, choices=LegalForm, blank=True)
    is_community_foundation = models.BooleanField("社区基金会", default=False)
    endowment = models.CharField("注资方式", max_length=8, choices=Endowment, blank=True)
    paid_by_government = models.BooleanField("政府部门注资", default=False)
    paid_by_state_company = models.BooleanField("国有企业注资", default=False)
    paid_by_bank = models.BooleanField("金融机构注资", default=False)
    paid_by_company = models.BooleanField("民营企业注资", default=False)
    paid_by_organisation = models.BooleanField("社会组织注资", default=False)
    paid_by_person = models.BooleanField("个人注资", default=False)
    registered_on = models.DateField("登记日期", null=True, blank=True)
    has_public_fundraising = models.BooleanField("具有公开募捐资格", default=False)
    certificate_number = models.CharField("公开募捐资格证书编号", max_length=40, blank=True)
    certificate_expires_on = models.DateField("证书有效期至", null=True, blank=True)
    closed_on = models.DateField("注销日期", null=True, blank=True)
    leader = models.CharField("负责人", max_length=50, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    objects = CharityQuerySet.as_manager()  # type: ignore[misc, django-manager-missing]

    declaration = KindDeclaration(
        address="charities",
        icon="account_balance",
        example={
            "area": "500103",
            "name": "重庆市渝中区慈善会",
            "credit_code": "51500103MJ1234561J",
            "legal_form": "association",
            "registered_on": "2010-06-01",
            "has_public_fundraising": True,
            "certificate_number": "渝慈公募0001",
            "certificate_expires_on": "2030-05-31",
        },
        sealed=("name", "credit_code", "registered_on", "has_public_fundraising"),
        sheet=40,
        exported=(
            "name",
            "credit_code",
            "legal_form",
            "is_community_foundation",
            "endowment",
            *FOUNDERS,
            "registered_on",
            "has_public_fundraising",
            "certificate_number",
            "certificate_expires_on",
            "closed_on",
        ),
        wide=("name",),
        prose=("phone", "note"),
        not_copied=("name", "credit_code", "certificate_number", "note"),
    )
    identity: ClassVar[tuple[str, ...]] = ("area_id", "name")
    numbers: ClassVar[tuple[str, ...]] = ("credit_code", "certificate_number")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("credit_code",),)
    date_field: ClassVar[str] = "registered_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "慈善组织"
        indexes = [
            models.Index(fields=("registered_on",), name="orgs_charity_registered_on"),
            models.Index(fields=("closed_on",), name="orgs_charity_closed_on"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            once("area", "name", name="orgs_charity_name_once", message="同一地区已有同名慈善组织"),
            days_in_order(
                "registered_on",
                "closed_on",
                name="orgs_charity_dates_in_order",
                message="注销日期不能早于登记日期",
                is_first_optional=True,
            ),
        ]


class OrgCategory(models.TextChoices):
    """The purpose of a community organisation; 渝中's third indicator counts 公益慈善 only."""

    CHARITY = "charity", "公益慈善类"
    SERVICE = "service", "为民服务类"
    CULTURE = "culture", "文体娱乐类"
    ELDERCARE = "eldercare", "养老照护类"
    MUTUAL_AID = "mutual_aid", "邻里互助类"
    AFFAIRS = "affairs", "社区事务类"
    LIVING = "living", "生活服务类"
    RURAL = "rural", "农业农村服务类"
    OTHER = "other", "其他"


class Tier(models.TextChoices):
    """The three tiers of management (渝北民〔2021〕114号 三（四）2)."""

    REGISTERED = "registered", "登记"
    STREET = "street", "街道管理"
    COMMUNITY = "community", "社区指导"


class CommunityOrg(Submission):
    """A community organisation, registered or on file, in one of three tiers.

    渝中 annex no. 3 counts those of 公益慈善类. State machine: see `reviews.models.Submission`.
    """

    name = models.CharField("组织名称", max_length=100)
    category = models.CharField("类别", max_length=12, choices=OrgCategory)
    tier = models.CharField("管理层级", max_length=12, choices=Tier)
    legal_form = models.CharField("组织形式", max_length=12, choices=LegalForm, blank=True)
    brand = models.CharField("字号", max_length=20, blank=True)
    number = models.CharField("登记（备案）编号", max_length=40, blank=True)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    registered_on = models.DateField("登记（备案）日期")
    valid_until = models.DateField("有效期至", null=True, blank=True)
    closed_on = models.DateField("注销日期", null=True, blank=True)
    leader = models.CharField("负责人", max_length=50, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    members = models.PositiveIntegerField("成员数", null=True, blank=True)
    party_members = models.PositiveIntegerField("党员数", null=True, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="community-orgs",
        icon="groups",
        example={
            "area": "500103001003",
            "name": "华一坡社区邻里互助会",
            "category": "charity",
            "tier": "street",
            "number": "渝中社备000001",
            "registered_on": "2025-03-01",
            "members": 20,
        },
        sealed=("name", "category", "tier", "number", "registered_on", "closed_on"),
        sheet=30,
        exported=(
            "name",
            "category",
            "tier",
            "legal_form",
            "brand",
            "number",
            "credit_code",
            "registered_on",
            "valid_until",
            "closed_on",
            "members",
            "party_members",
        ),
        wide=("name",),
        prose=("phone", "note"),
        not_copied=("name", "number", "credit_code", "note"),
    )
    identity: ClassVar[tuple[str, ...]] = ("area_id", "name")
    numbers: ClassVar[tuple[str, ...]] = ("number", "credit_code")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("number",), ("credit_code",))
    units: ClassVar[Mapping[str, str]] = {"members": "人", "party_members": "人"}
    date_field: ClassVar[str] = "registered_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "社区社会组织"
        indexes = [
            models.Index(fields=("registered_on",), name="orgs_communityorg_registered"),
            models.Index(fields=("closed_on",), name="orgs_communityorg_closed"),
            models.Index(fields=("valid_until",), name="orgs_communityorg_valid_until"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            once(
                "area",
                "name",
                name="orgs_communityorg_name_once",
                message="同一地区已有同名社区社会组织",
            ),
            days_in_order(
                "registered_on",
                "closed_on",
                name="orgs_communityorg_dates_in_order",
                message="注销日期不能早于登记（备案）日期",
            ),
            days_in_order(
                "registered_on",
                "valid_until",
                name="orgs_communityorg_validity_in_order",
                message="有效期不能早于登记（备案）日期",
            ),
        ]


class VolunteerTeam(Submission):
    """A charity volunteer team (渝中 text: at least 1 per community by 2027, 2 by 2029)."""

    name = models.CharField("队伍名称", max_length=100)
    founded_on = models.DateField("成立日期")
    closed_on = models.DateField("解散日期", null=True, blank=True)
    volunteers = models.PositiveIntegerField("志愿者人数", null=True, blank=True)
    leader = models.CharField("负责人", max_length=50, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="volunteer-teams",
        icon="diversity_3",
        example={
            "area": "500103001003",
            "name": "华一坡社区志愿服务队",
            "founded_on": "2024-05-01",
            "volunteers": 35,
        },
        sealed=("name", "founded_on", "volunteers"),
        sheet=50,
        exported=("name", "founded_on", "closed_on", "volunteers"),
        wide=("name",),
        prose=("phone", "note"),
        not_copied=("name", "note"),
    )
    identity: ClassVar[tuple[str, ...]] = ("area_id", "name")
    date_field: ClassVar[str] = "founded_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "志愿服务队伍"
        indexes = [
            models.Index(fields=("founded_on",), name="orgs_volunteerteam_founded_on"),
            models.Index(fields=("closed_on",), name="orgs_volunteerteam_closed_on"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            once(
                "area",
                "name",
                name="orgs_volunteerteam_name_once",
                message="同一地区已有同名志愿服务队伍",
            ),
            days_in_order(
                "founded_on",
                "closed_on",
                name="orgs_volunteerteam_dates_in_order",
                message="解散日期不能早于成立日期",
            ),
        ]


class Training(Submission):
    """A training of charity workers, counted in 人次 (渝中 annex no. 4)."""

    name = models.CharField("培训名称", max_length=100)
    held_on = models.DateField("培训日期")
    audience = models.CharField("培训对象", max_length=100, blank=True)
    organiser = models.CharField("主办单位", max_length=100, blank=True)
    person_times = models.PositiveIntegerField("参训人次")
    people = models.PositiveIntegerField("参训人数", null=True, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="trainings",
        icon="school",
        example={
            "area": "500103001",
            "name": "慈善骨干培训",
            "held_on": "2026-05-04",
            "person_times": 40,
        },
        sealed=("name", "held_on", "audience", "person_times"),
        sheet=60,
        exported=("name", "held_on", "audience", "organiser", "person_times", "people"),
        wide=("name",),
        searched=("organiser",),
        prose=("note",),
        not_copied=("name", "note"),
    )
    likeness: ClassVar[tuple[str, ...]] = ("area_id", "held_on", "name", "person_times")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("area_id", "held_on", "name"),)
    date_field: ClassVar[str] = "held_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "人才培训"
        indexes = [models.Index(fields=("held_on",), name="orgs_training_held_on")]
