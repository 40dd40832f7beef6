"""The measures, one line each: which approved records count, on which days, with which quantity.

A stock measure adds 1 on its start day and takes it away on its end day (the first day on which it
no longer counts). A flow measure adds its quantity on its day. Amounts are counted in fen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import models
from django.db.models import Q

from areas.models import Area
from funds.models import Campaign, Donation, Expenditure, Fund
from orgs.models import Charity, CommunityOrg, OrgCategory, Tier, Training, VolunteerTeam
from projects.models import Aid, Project
from reviews.fields import field_of, related_model
from scenes.models import SIX_HAVES, Activity, ActivityReach, Scene, SceneType
from supervision.models import AuditReport, Disclosure, GuidanceVisit

#: What the records of a kind are counted in; all others in 个.
_UNITS: dict[type[models.Model], str] = {
    Activity: "场",
    AuditReport: "份",
    Campaign: "场",
    Disclosure: "条",
    Fund: "支",
    GuidanceVisit: "次",
    Training: "场",
    VolunteerTeam: "支",
}


@dataclass(frozen=True)
class Measure:
    """Which rows of `model` count, when, where and how much."""

    code: str
    name: str
    model: type[models.Model]
    start: str
    end: str = ""
    quantity: str = ""
    is_stock: bool = True
    where: Q = field(default_factory=Q)
    area: str = "area_id"
    #: The path to the record that is reviewed: "" the row itself, None for rows without review.
    record: str | None = ""
    #: The reference to another record, such as the fund of money: while that one is no fact, the row
    #: does not count. A row that refers to none counts.
    needs: str = ""

    @property
    def is_money(self) -> bool:
        """Whether the quantity is an amount: stored in yuan, counted in fen."""
        return self.quantity.endswith("_yuan")

    @property
    def unit(self) -> str:
        """The unit of the quantity: 元, 人次, or what the records themselves are counted in."""
        if self.is_money:
            return "元"
        return "人次" if self.quantity == "person_times" else _UNITS.get(self.model, "个")

    @property
    def record_model(self) -> type[models.Model]:
        """The record kind that is reviewed."""
        if not self.record:
            return self.model
        related: type[models.Model] = self.model._meta.get_field(self.record).related_model  # type: ignore[assignment]
        return related

    @property
    def needed_model(self) -> type[models.Model] | None:
        """The kind of the record that must be a fact, too; None when the measure needs none."""
        return related_model(field_of(self.model, self.needs)) if self.needs else None

    @property
    def condition(self) -> Q:
        """The filter for approved records, which alone are facts."""
        return self.own_condition & self.needed(Q(**{f"{self.needs}__status": "approved"}))

    @property
    def own_condition(self) -> Q:
        """The filter for approved rows, whatever they refer to."""
        if self.record is None:
            return self.where
        status = f"{self.record}__status" if self.record else "status"
        return self.where & Q(**{status: "approved"})

    def needed(self, is_fact: Q) -> Q:
        """Return the condition that the record to which a row refers, if any, is a fact."""
        return Q(**{f"{self.needs}__isnull": True}) | is_fact if self.needs else Q()


def _stock(
    code: str, name: str, model: type[models.Model], start: str, end: str, **where: object
) -> Measure:
    return Measure(code, name, model, start, end, where=Q(**where))


def _flow(
    code: str, name: str, model: type[models.Model], on: str, quantity: str = "", **where: object
) -> Measure:
    return Measure(code, name, model, on, quantity=quantity, is_stock=False, where=Q(**where))


def _money(code: str, name: str, model: type[models.Model], on: str) -> Measure:
    """Return the flow of a fund's money: that of a void fund, or of one that is not approved, is no
    fact."""
    return Measure(code, name, model, on, quantity="amount_yuan", is_stock=False, needs="fund")


def _areas(code: str, name: str, **where: object) -> Measure:
    return Measure(
        code,
        name,
        Area,
        "valid_from",
        "valid_to",
        where=Q(is_counted=True, **where),
        area="code",
        record=None,
    )


_ALL = (
    _stock("funds", "社区慈善基金", Fund, "established_on", "closed_on"),
    _stock("street_funds", "街道级基金", Fund, "established_on", "closed_on", level="street"),
    _stock("community_funds", "社区级基金", Fund, "established_on", "closed_on", level="community"),
    _flow("funds_established", "设立基金", Fund, "established_on"),
    _stock("scenes", "慈善服务场景", Scene, "opened_on", "closed_on"),
    _flow("scenes_opened", "建成场景", Scene, "opened_on"),
    _stock(
        "full_scenes",
        "六有达标场景",
        Scene,
        "opened_on",
        "closed_on",
        **dict.fromkeys(SIX_HAVES, True),
    ),
    _stock("spaces", "慈善空间", Scene, "opened_on", "closed_on", type=SceneType.SPACE),
    _stock(
        "donation_points",
        "社区捐助点",
        Scene,
        "opened_on",
        "closed_on",
        type__in=[SceneType.DONATION_POINT, SceneType.DONATION_PLATFORM],
    ),
    _stock(
        "donation_platforms",
        "社区捐助平台",
        Scene,
        "opened_on",
        "closed_on",
        type=SceneType.DONATION_PLATFORM,
    ),
    _stock("orgs", "社区社会组织", CommunityOrg, "registered_on", "closed_on"),
    _stock(
        "charity_orgs",
        "公益慈善类社区社会组织",
        CommunityOrg,
        "registered_on",
        "closed_on",
        category=OrgCategory.CHARITY,
    ),
    _stock(
        "filed_charity_orgs",
        "备案的公益慈善类社区社会组织",
        CommunityOrg,
        "registered_on",
        "closed_on",
        category=OrgCategory.CHARITY,
        tier__in=[Tier.STREET, Tier.COMMUNITY],
    ),
    _stock("charities", "慈善组织", Charity, "registered_on", "closed_on"),
    _stock("teams", "志愿服务队伍", VolunteerTeam, "founded_on", "closed_on"),
    _flow("trainings", "培训场次", Training, "held_on"),
    _flow("trained", "参训人次", Training, "held_on", "person_times"),
    _flow("projects", "公益慈善项目", Project, "starts_on"),
    _flow("aid_projects", "帮扶项目", Project, "starts_on", is_aid=True),
    _flow("micro_projects", "小微项目", Project, "starts_on", is_micro=True),
    _flow("aided", "帮扶人次", Aid, "helped_on", "person_times"),
    _flow("activities", "慈善活动与宣传", Activity, "held_on"),
    Measure(
        "reached",
        "活动与宣传覆盖社区",
        ActivityReach,
        "activity__held_on",
        is_stock=False,
        record="activity",
    ),
    _money("raised", "筹集款物", Donation, "donated_on"),
    _money("spent", "基金支出", Expenditure, "spent_on"),
    _flow("campaigns", "募捐活动", Campaign, "starts_on"),
    _flow("guidance_visits", "工作指导", GuidanceVisit, "visited_on"),
    _flow("audit_reports", "审计报告", AuditReport, "reported_on"),
    _flow("disclosures", "信息公开", Disclosure, "disclosed_on"),
    _areas("counties", "区县", level=3),
    _areas("townships", "乡镇（街道）", level=4),
    _areas("communities", "村（社区）", level=5),
    _areas("urban_communities", "城镇社区", level=5, is_urban=True),
)

MEASURES: dict[str, Measure] = {measure.code: measure for measure in _ALL}

#: The measure that says which areas of a level are counted: (level, urban only) → measure.
AREA_MEASURES = {
    (3, False): "counties",
    (4, False): "townships",
    (5, False): "communities",
    (5, True): "urban_communities",
}

#: The level such a measure is about.
LEVEL_OF_AREAS = {measure: level for (level, _), measure in AREA_MEASURES.items()}
