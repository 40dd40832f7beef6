"""Community organisations, registered or on file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from orgs.models.charities import Charity, LegalForm
from orgs.models.party import PARTY_FORMS, PartyWork
from reviews.fields import ticked
from reviews.models import KindDeclaration, Submission, days_in_order, once
from reviews.privacy import SensitiveText


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


class Nature(models.TextChoices):
    """What an organisation is there for (渝北民〔2021〕114号 三（一）1)."""

    SERVICE = "service", "服务性"
    PUBLIC = "public", "公益性"
    MUTUAL = "mutual", "互助性"


#: The groups that an organisation serves (云南 方案 二（二）: 老年人、儿童、困难群众; 渝北 三（一）4).
SERVED = (
    "serves_elderly",
    "serves_children",
    "serves_needy",
    "serves_disabled",
    "serves_left_behind",
    "serves_migrants",
    "serves_residents",
)


class Venue(models.TextChoices):
    """Where an organisation works (渝北民〔2021〕114号 三（一）2: “安家”工程)."""

    STREET_CENTRE = "street_centre", "镇街综合服务设施"
    COMMUNITY_CENTRE = "community_centre", "城乡社区综合服务设施"
    WORK_BASE = "work_base", "社会工作创新创业基地"
    WORK_STUDIO = "work_studio", "社区社会工作室"
    INCUBATOR = "incubator", "社会组织孵化基地"
    OWN = "own", "自有或租用场地"
    NONE = "none", "没有固定场地"
    OTHER = "other", "其他"


class HubKind(models.TextChoices):
    """The kinds of organisations that support others (渝北民〔2021〕114号 三（一）2, 三（四）3)."""

    FEDERATION = "federation", "社会组织联合会"
    INCUBATOR = "incubator", "孵化基地"


#: The four services of a hub (渝北民〔2021〕114号 三（一）2).
HUB_SERVICES = ("hub_leads_party", "hub_incubates", "hub_keeps_money", "hub_trains")


class CommunityOrg(PartyWork):
    """A community organisation, registered or on file, in one of three tiers.

    渝中 annex no. 3 counts those of 公益慈善类. Whether it is urban or rural is its community's to
    say (`Area.is_urban`). What no record said before a field existed is empty, and the form asks
    for it. State machine: see `reviews.models.Submission`.
    """

    name = models.CharField("组织名称", max_length=100)
    category = models.CharField("类别", max_length=12, choices=OrgCategory)
    tier = models.CharField("管理层级", max_length=12, choices=Tier)
    nature = models.CharField("组织性质", max_length=8, choices=Nature, blank=True)
    serves_elderly = models.BooleanField("老年人", default=False)
    serves_children = models.BooleanField("儿童", default=False)
    serves_needy = models.BooleanField("困难群众", default=False)
    serves_disabled = models.BooleanField("残疾人", default=False)
    serves_left_behind = models.BooleanField("农村留守人员", default=False)
    serves_migrants = models.BooleanField("进城务工人员", default=False)
    serves_residents = models.BooleanField("全体居民", default=False)
    other_served = models.CharField("其他服务对象", max_length=60, blank=True)
    legal_form = models.CharField("组织形式", max_length=12, choices=LegalForm, blank=True)
    brand = models.CharField("字号", max_length=20, blank=True)
    number = models.CharField("登记（备案）编号", max_length=40, blank=True)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    registered_on = models.DateField("登记（备案）日期")
    valid_until = models.DateField("有效期至", null=True, blank=True)
    closed_on = models.DateField("注销日期", null=True, blank=True)
    charter_on = models.DateField("章程制定日期", null=True, blank=True)
    charity = models.ForeignKey(
        Charity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="community_orgs",
        verbose_name="慈善组织档案",
    )
    charity_since = models.DateField("认定为慈善组织日期", null=True, blank=True)
    venue = models.CharField("活动场地", max_length=16, choices=Venue, blank=True)
    venue_address = models.CharField("场地地址", max_length=200, blank=True)
    hub_kind = models.CharField("枢纽类型", max_length=10, choices=HubKind, blank=True)
    hub_duties = models.CharField("平台工作职责", max_length=200, blank=True)
    hub_operator = models.CharField("受托运营机构", max_length=100, blank=True)
    hub_leads_party = models.BooleanField("党建引领", default=False)
    hub_incubates = models.BooleanField("培育孵化", default=False)
    hub_keeps_money = models.BooleanField("资金代管", default=False)
    hub_trains = models.BooleanField("人员培训", default=False)
    leader = SensitiveText("负责人", max_length=50, blank=True)
    phone = SensitiveText("联系电话", max_length=30, blank=True)
    members = models.PositiveIntegerField("成员数", null=True, blank=True)
    party_members = models.PositiveIntegerField("党员数", null=True, blank=True)
    volunteers = models.PositiveIntegerField("志愿者数", null=True, blank=True)
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
            "nature": "mutual",
            "serves_elderly": True,
            "charter_on": "2025-02-20",
            "venue": "community_centre",
            "members": 20,
        },
        sealed=(
            "name",
            "category",
            "nature",
            "tier",
            "number",
            "registered_on",
            "valid_until",
            "closed_on",
        ),
        sheet=30,
        exported=(
            "name",
            "category",
            "nature",
            ("groups_served", "服务对象"),
            "tier",
            "legal_form",
            "brand",
            "number",
            "credit_code",
            "registered_on",
            "valid_until",
            "closed_on",
            "charter_on",
            "charity",
            "charity_since",
            "venue",
            "venue_address",
            "hub_kind",
            "hub_duties",
            ("hub_services", "平台服务"),
            "hub_operator",
            ("party_forms", "党建形式"),
            "party_body_since",
            "hears_party",
            "party_contact",
            "members",
            "party_members",
            "volunteers",
        ),
        wide=(
            "name",
            "groups_served",
            "charity",
            "venue_address",
            "hub_duties",
            "hub_operator",
            "party_contact",
        ),
        searched=("hub_operator",),
        prose=(
            "phone",
            "other_served",
            "venue_address",
            "hub_duties",
            "hub_operator",
            "party_contact",
            "note",
        ),
        not_copied=("name", "number", "credit_code", "charity", "other_served", "note"),
        persons_until="closed_on",
    )
    identity: ClassVar[tuple[str, ...]] = ("area_id", "name")
    numbers: ClassVar[tuple[str, ...]] = ("number", "credit_code")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("number",), ("credit_code",))
    units: ClassVar[Mapping[str, str]] = {
        "members": "人",
        "party_members": "人",
        "volunteers": "人",
    }
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "charity")
    date_field: ClassVar[str] = "registered_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "社区社会组织"
        indexes = [
            models.Index(fields=("registered_on",), name="orgs_communityorg_registered"),
            models.Index(fields=("closed_on",), name="orgs_communityorg_closed"),
            models.Index(fields=("valid_until",), name="orgs_communityorg_valid_until"),
            models.Index(fields=("charity_since",), name="orgs_communityorg_charity"),
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

    @property
    def groups_served(self) -> str:
        """The groups that it serves, in words."""
        return "、".join([*ticked(self, SERVED), *filter(None, [self.other_served])])

    @property
    def hub_services(self) -> str:
        """The services of a hub, in words."""
        return "、".join(ticked(self, HUB_SERVICES))

    @property
    def party_forms(self) -> str:
        """The forms of the Party's work, in words."""
        return "、".join(ticked(self, PARTY_FORMS))
