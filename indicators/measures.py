"""The measures, one line each: which approved records count, on which days, with which quantity.

A stock measure adds 1 on its start day and takes it away on its end day (the first day on which it
no longer counts). A flow measure adds its quantity on its day. Amounts are counted in fen.

A plan narrows a measure in its own words (`Measures`): `scenes:park+square` counts scenes of these
types alone, `micro_projects@2025-02-19` the projects that began after that day.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from typing_extensions import override

from areas.models import Area
from funds.books.overview import ACTIVE_MONTHS
from funds.models import Campaign, Donation, Expenditure, Fund
from indicators.active_funds import FullGroup, active_until, steady_until
from indicators.dimensions import Dimension, by_choice, by_flags, by_place
from orgs.models import (
    AUDIENCES,
    CONTENTS,
    HELP_FORMS,
    HELPED,
    SERVED,
    SERVICES,
    TEACHING_FORMS,
    Certificate,
    Charity,
    CommunityOrg,
    HubKind,
    MajorActivity,
    OrgAssessment,
    OrgCategory,
    Reply,
    Talent,
    Tier,
    Training,
    VolunteerTeam,
)
from projects.models import SATISFACTION, Aid, Match, Need, Project, Resource, ServiceContract
from reviews.fields import field_of, related_model
from scenes.models import (
    EVENTS,
    MEDIA,
    NAMED_TYPES,
    SIX_HAVES,
    VENUES,
    Activity,
    ActivityForm,
    ActivityReach,
    EmergencyDrill,
    EmergencyPlan,
    EmergencySupply,
    Scene,
    SceneType,
)
from supervision.models import (
    AuditReport,
    Complaint,
    ComplaintAnswer,
    Disclosure,
    GuidanceVisit,
    HotlineNotice,
    Inspection,
    Rectification,
    Referral,
)

#: What the records of a kind are counted in; all others in 个.
_UNITS: dict[type[models.Model], str] = {
    Activity: "场",
    AuditReport: "份",
    Campaign: "场",
    Disclosure: "条",
    EmergencyDrill: "次",
    EmergencyPlan: "份",
    EmergencySupply: "批",
    Fund: "支",
    Complaint: "件",
    ComplaintAnswer: "件",
    GuidanceVisit: "次",
    Inspection: "次",
    MajorActivity: "场",
    OrgAssessment: "次",
    Rectification: "件",
    Match: "次",
    Need: "项",
    Referral: "件",
    Talent: "人",
    Resource: "项",
    ServiceContract: "份",
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
    #: References to other records, such as the fund of money: while one of them is no fact, the row
    #: does not count. A row that refers to none counts.
    needs: tuple[str, ...] = ()
    #: The last day on which a record of a stock is valid (有效期至). It ends on `end` or on the day
    #: after this one, whichever is earlier.
    last_day: str = ""
    #: Gives the day `end` of a row where no field holds it, from the condition that rows are facts.
    ends_by: Callable[[Q], Any] | None = None
    #: Within how many months a record counts; a plan may say another number.
    months: int = 0
    #: What is counted, where that is not the records themselves.
    counted_in: str = ""
    #: Rows of other kinds that count, too, in the same quantity: the 起始资金 beside the gifts.
    also: tuple[Measure, ...] = ()
    #: The field whose choices a plan may narrow it to without naming the field.
    narrowed_by: str = ""
    #: Those of its choices that count only where a plan names them.
    if_named: tuple[str, ...] = ()
    #: By what else a plan may narrow it, each named: `orgs:nature=mutual:place=rural`.
    dimensions: tuple[Dimension, ...] = ()
    #: The measure that this one narrows.
    wide: str = ""

    @property
    def parts(self) -> tuple[Measure, ...]:
        """This measure and those whose rows count for it, too."""
        return (self, *self.also)

    @property
    def kinds(self) -> set[type[models.Model]]:
        """The kinds whose approval changes its figures."""
        return {
            kind
            for part in self.parts
            for kind in (part.record_model, *part.needed_models.values())
        }

    @property
    def balances(self) -> str:
        """The measure whose opening balances count: balances name no type, so they are not narrowed."""
        return self.wide or self.code

    def rows(self, facts: Q) -> QuerySet[Any]:
        """Return the rows that meet a condition, each with its `end`."""
        found: QuerySet[Any] = self.model._default_manager.filter(facts)
        return found.annotate(**{self.end: self.ends_by(facts)}) if self.ends_by else found

    def lasts_beyond(self, day: datetime.date) -> Q:
        """Return the condition that a record of a stock has not ended by a day."""
        found = Q()
        if self.end:
            found &= Q(**{f"{self.end}__isnull": True}) | Q(**{f"{self.end}__gt": day})
        if self.last_day:
            found &= Q(**{f"{self.last_day}__isnull": True}) | Q(**{f"{self.last_day}__gte": day})
        return found

    def ends_within(self, after: datetime.date, until: datetime.date) -> Q:
        """Return the condition that a record of a stock ends in (after, until]."""
        ended = Q(**{f"{self.end}__lte": until})
        if self.last_day:
            ended |= Q(**{f"{self.last_day}__lt": until})
        return ended & self.lasts_beyond(after)

    @property
    def is_money(self) -> bool:
        """Whether the quantity is an amount: stored in yuan, counted in fen."""
        return self.quantity.endswith("_yuan")

    @property
    def unit(self) -> str:
        """The unit of the quantity: 元, 人次, or what the records themselves are counted in."""
        if self.is_money or self.counted_in:
            return self.counted_in or "元"
        return "人次" if self.quantity == "person_times" else _UNITS.get(self.model, "个")

    @property
    def record_model(self) -> type[models.Model]:
        """The record kind that is reviewed."""
        if not self.record:
            return self.model
        related: type[models.Model] = self.model._meta.get_field(self.record).related_model  # type: ignore[assignment]
        return related

    @property
    def needed_models(self) -> dict[str, type[models.Model]]:
        """The kinds of the records that must be facts, too, by reference."""
        return {name: related_model(field_of(self.model, name)) for name in self.needs}

    @property
    def condition(self) -> Q:
        """The filter for approved records, which alone are facts."""
        found = self.own_condition
        for name in self.needs:
            found &= needed(name, Q(**{f"{name}__status": "approved"}))
        return found

    @property
    def own_condition(self) -> Q:
        """The filter for approved rows, whatever they refer to."""
        if self.record is None:
            return self.counted
        status = f"{self.record}__status" if self.record else "status"
        return self.counted & Q(**{status: "approved"})

    @property
    def counted(self) -> Q:
        """The filter for rows of what it counts, in any state."""
        if not self.if_named:
            return self.where
        column = field_of(self.model, self.narrowed_by)
        usual = [value for value, _ in column.flatchoices if value not in self.if_named]
        return self.where & Q(**{f"{self.narrowed_by}__in": usual})


def needed(reference: str, is_fact: Q) -> Q:
    """Return the condition that the record to which a row refers, if any, is a fact."""
    return Q(**{f"{reference}__isnull": True}) | is_fact


def _stock(
    code: str, name: str, model: type[models.Model], start: str, end: str, **where: object
) -> Measure:
    return Measure(code, name, model, start, end, where=_where(model, where))


def _where(model: type[models.Model], where: Mapping[str, object]) -> Q:
    """Return the condition of a measure, with that under which records of its kind count at all."""
    always: Q = getattr(model, "counts_when", Q())
    return Q(**where) & always


_OF_SCENES = (by_choice(Scene, "premises"), by_choice(Scene, "operation_mode"), by_place())
_OF_CONTRACTS = (by_choice(ServiceContract, "funding_field"), by_choice(ServiceContract, "funding"))
_OF_ACTIVITIES = (
    by_choice(Activity, "calendar"),
    by_flags(Activity, "media", "宣传媒介", MEDIA),
    by_flags(Activity, "venue", "宣传场所", VENUES),
)
_OF_TRAININGS = (
    by_choice(Training, "kind"),
    by_flags(Training, "audience", "培训人群", AUDIENCES),
    by_flags(Training, "form", "培训方式", TEACHING_FORMS),
    by_flags(Training, "content", "培训内容", CONTENTS),
)


def _scenes(code: str, name: str, **where: object) -> Measure:
    """Return a stock of scenes that a plan may narrow to some of their types."""
    stock = _stock(code, name, Scene, "opened_on", "closed_on", **where)
    return replace(stock, narrowed_by="type", if_named=NAMED_TYPES, dimensions=_OF_SCENES)


def _orgs(code: str, name: str, **where: object) -> Measure:
    """Return a stock of community organisations, each until its 登记 or 备案 expires."""
    stock = _stock(code, name, CommunityOrg, "registered_on", "closed_on", **where)
    return replace(stock, last_day="valid_until", dimensions=_OF_ORGS)


_OF_ORGS = (
    by_choice(CommunityOrg, "category"),
    by_choice(CommunityOrg, "nature"),
    by_choice(CommunityOrg, "tier"),
    by_choice(CommunityOrg, "hub_kind"),
    by_flags(CommunityOrg, "served", "服务对象", SERVED),
    by_place(),
)
_OF_TEAMS = (
    by_choice(VolunteerTeam, "kind"),
    by_flags(VolunteerTeam, "form", "帮扶方式", HELP_FORMS),
    by_flags(VolunteerTeam, "helped", "帮扶对象", HELPED),
    by_flags(VolunteerTeam, "services", "服务内容", SERVICES),
    by_place(),
)


def _talents(code: str, name: str, **where: object) -> Measure:
    """Return a stock of talents, each until the day on which they left."""
    stock = _stock(code, name, Talent, "since", "left_on", **where)
    return replace(stock, narrowed_by="role", dimensions=_OF_TALENTS)


_OF_TALENTS = (by_choice(Talent, "role"), by_choice(Talent, "certificate"), by_place())


def _flow(
    code: str, name: str, model: type[models.Model], on: str, quantity: str = "", **where: object
) -> Measure:
    condition = _where(model, where)
    return Measure(code, name, model, on, quantity=quantity, is_stock=False, where=condition)


def _money(
    code: str, name: str, model: type[models.Model], on: str, *needs: str, **where: object
) -> Measure:
    """Return the flow of a fund's money: that of a void fund, or of one that is not approved, is no
    fact; nor is what refers to another record of `needs` that is none."""
    flow = _flow(code, name, model, on, "amount_yuan", **where)
    return replace(flow, needs=("fund", *needs))


def _step(
    code: str, name: str, model: type[models.Model], on: str, *follows: str, **where: object
) -> Measure:
    """Return the flow of a step that follows another record: it is a fact while that one is."""
    condition = _where(model, where)
    return Measure(code, name, model, on, is_stock=False, where=condition, needs=follows)


def _asked(code: str, name: str, number: str) -> Measure:
    """Return the flow of people whom projects asked how they were served, by the day of the survey."""
    given = {f"{number}__isnull": False}
    flow = _flow(code, name, Project, "surveyed_on", number, **given)
    return replace(flow, counted_in="人")


def _active_funds(code: str, months: int) -> Measure:
    """Return the stock of funds that spent money within so many months (渝中 方案 一: 作用发挥)."""
    return Measure(
        code,
        f"近{months}个月有支出的基金",
        Expenditure,
        "spent_on",
        "active_until",
        needs=("fund",),
        ends_by=partial(active_until, months=months),
        months=months,
        counted_in="支",
    )


def _steady_funds(code: str, quarters: int) -> Measure:
    """Return the stock of funds that spent money in each of so many quarters in a row."""
    return replace(
        _active_funds(code, ACTIVE_MONTHS),
        name=f"连续{quarters}个季度有支出的基金",
        end="steady_until",
        ends_by=partial(steady_until, quarters=quarters),
    )


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
    _stock(
        "working_funds", "镇街工作基金", Fund, "established_on", "closed_on", is_working_fund=True
    ),
    _flow("funds_established", "设立基金", Fund, "established_on"),
    Measure(
        "full_groups",
        "管理小组齐全的基金",
        Fund,
        "established_on",
        "closed_on",
        where=Q(FullGroup()),
    ),
    _active_funds("active_funds", ACTIVE_MONTHS),
    _scenes("scenes", "慈善服务场景"),
    replace(
        _flow("scenes_opened", "建成场景", Scene, "opened_on"),
        narrowed_by="type",
        if_named=NAMED_TYPES,
    ),
    _scenes("full_scenes", "六有达标场景", **dict.fromkeys(SIX_HAVES, True)),
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
    _orgs("orgs", "社区社会组织"),
    _orgs("charity_orgs", "公益慈善类社区社会组织", category=OrgCategory.CHARITY),
    _orgs(
        "filed_charity_orgs",
        "备案的公益慈善类社区社会组织",
        category=OrgCategory.CHARITY,
        tier__in=[Tier.STREET, Tier.COMMUNITY],
    ),
    _orgs("hubs", "联合会和孵化基地", hub_kind__in=HubKind.values),
    _orgs("orgs_with_charter", "有章程的社区社会组织", charter_on__isnull=False),
    replace(
        _orgs("charity_status_orgs", "认定为慈善组织的社区社会组织", charity_since__isnull=False),
        start="charity_since",
    ),
    _stock("charities", "慈善组织", Charity, "registered_on", "closed_on"),
    replace(
        _stock("teams", "志愿服务队伍", VolunteerTeam, "founded_on", "closed_on"),
        dimensions=_OF_TEAMS,
    ),
    replace(
        _stock(
            "teams_with_social_workers",
            "有社会工作者的志愿服务队伍",
            VolunteerTeam,
            "founded_on",
            "closed_on",
            social_workers__gt=0,
        ),
        dimensions=_OF_TEAMS,
    ),
    replace(
        _flow("org_assessments", "评估评议", OrgAssessment, "assessed_on"), narrowed_by="grade"
    ),
    replace(
        _flow("major_activities", "重大活动", MajorActivity, "held_on"),
        where=~Q(reply=Reply.REFUSED),  # what was refused is not held
        narrowed_by="kind",
    ),
    _talents("talents", "慈善人才"),
    _talents("mastering_talents", "掌握社会工作专业知识和方法的人才", has_mastered=True),
    _talents(
        "certified_talents",
        "取得社会工作职业资格的人才",
        certificate__in=[Certificate.ASSISTANT, Certificate.WORKER, Certificate.SENIOR],
    ),
    replace(_flow("trainings", "培训场次", Training, "held_on"), dimensions=_OF_TRAININGS),
    replace(
        _flow("trained", "参训人次", Training, "held_on", "person_times"),
        dimensions=_OF_TRAININGS,
    ),
    replace(_flow("projects", "公益慈善项目", Project, "starts_on"), narrowed_by="direction"),
    _flow("aid_projects", "帮扶项目", Project, "starts_on", is_aid=True),
    replace(
        _flow("micro_projects", "小微项目", Project, "starts_on", is_micro=True),
        narrowed_by="micro_kind",
    ),
    _flow(
        "micro_person_times",
        "小微项目受益人次",
        Project,
        "starts_on",
        "person_times",
        is_micro=True,
        person_times__isnull=False,
    ),
    _asked("surveyed", "项目回访人数", "surveyed"),
    *(
        _asked(f"found_{field}", f"项目{name}认可人数", field)
        for field, name in SATISFACTION.items()
    ),
    _flow(
        "subsidies",
        "福彩公益金补助（金额）",
        Project,
        "subsidised_on",
        "subsidy_yuan",
        subsidy_yuan__isnull=False,
    ),
    _flow("needs", "居民需求", Need, "found_on"),
    _stock("resources", "慈善资源", Resource, "available_from", "closed_on"),
    _step("matches", "供需对接", Match, "matched_on", "project", "need", "resource"),
    replace(
        _flow("service_contracts", "购买服务合同", ServiceContract, "signed_on"),
        narrowed_by="funding_field",
        dimensions=_OF_CONTRACTS,
    ),
    replace(
        _flow(
            "service_contract_yuan",
            "购买服务合同（金额）",
            ServiceContract,
            "signed_on",
            "amount_yuan",
        ),
        narrowed_by="funding_field",
        dimensions=_OF_CONTRACTS,
    ),
    _flow("aided", "帮扶人次", Aid, "helped_on", "person_times"),
    replace(
        _flow("activities", "慈善活动与宣传", Activity, "held_on"),
        narrowed_by="series",
        dimensions=_OF_ACTIVITIES,
    ),
    replace(
        _flow(
            "activities_held",
            "慈善活动",
            Activity,
            "held_on",
            form__in=[ActivityForm.ACTIVITY, ActivityForm.BOTH],
        ),
        narrowed_by="series",
        dimensions=_OF_ACTIVITIES,
    ),
    Measure(
        "reached",
        "活动与宣传覆盖社区",
        ActivityReach,
        "activity__held_on",
        is_stock=False,
        record="activity",
    ),
    replace(
        _stock("emergency_plans", "应急预案", EmergencyPlan, "issued_on", "closed_on"),
        dimensions=(by_flags(EmergencyPlan, "event", "适用事件", EVENTS), by_place()),
    ),
    replace(
        _stock("emergency_supplies", "应急物资", EmergencySupply, "stocked_on", "closed_on"),
        last_day="expires_on",
        dimensions=(by_place(),),
    ),
    replace(
        _flow("emergency_drills", "应急演练", EmergencyDrill, "held_on"),
        narrowed_by="event",
        dimensions=(by_place(),),
    ),
    _money("raised", "筹集款物", Donation, "donated_on", "refund_of"),
    replace(
        _money(
            "fund_raised", "基金筹集总额", Donation, "donated_on", "refund_of", fund__isnull=False
        ),
        also=(
            _flow(
                "fund_raised",
                "起始资金",
                Fund,
                "established_on",
                "initial_yuan",
                initial_yuan__isnull=False,
            ),
        ),
    ),
    _money("spent", "基金支出", Expenditure, "spent_on"),
    _flow("campaigns", "募捐活动", Campaign, "starts_on"),
    _flow("guidance_visits", "工作指导", GuidanceVisit, "visited_on"),
    _flow("audit_reports", "审计报告", AuditReport, "reported_on"),
    _flow("disclosures", "信息公开", Disclosure, "disclosed_on"),
    _flow("inspections", "抽查审计", Inspection, "inspected_on"),
    _step(
        "rectifications", "整改完成", Rectification, "accepted_on", "inspection", result="passed"
    ),
    _step("referrals", "移交", Referral, "referred_on", "inspection", "complaint"),
    _flow("complaints", "投诉举报", Complaint, "received_on"),
    _step("complaints_answered", "投诉答复", ComplaintAnswer, "answered_on", "complaint"),
    _stock("hotlines", "公布的投诉举报电话", HotlineNotice, "published_on", "ended_on"),
    _areas("counties", "区县", level=3),
    _areas("townships", "乡镇（街道）", level=4),
    _areas("communities", "村（社区）", level=5),
    _areas("urban_communities", "城镇社区", level=5, is_urban=True),
)


class Measures(Mapping[str, Measure]):
    """The measures by code, and each of them narrowed as a plan asks.

    A narrowed code is that of a measure, then `:` and choices of its field `narrowed_by`, joined by
    `+` (of `active_funds`: a number of months, or of quarters in a row), or `:` and values of one of its `dimensions`
    (`orgs:nature=public+mutual:place=rural`), then `@` and a day: only records after that day,
    because a baseline (基数) holds those up to it.
    Iterating yields the codes without narrowed ones, which are without number.
    """

    def __init__(self, measures: tuple[Measure, ...]) -> None:
        self._by_code = {measure.code: measure for measure in measures}

    @override
    def __getitem__(self, code: str) -> Measure:
        return self._by_code.get(code) or _narrowed(self._by_code[_wide(code)], code)

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._by_code)

    @override
    def __len__(self) -> int:
        return len(self._by_code)

    def fault_of(self, code: str) -> str:
        """Return in Chinese why there is no measure of this code; "" where there is one."""
        wide = self._by_code.get(_wide(code))
        if wide is None:
            return f"没有计量“{code}”，可用：{'、'.join(self)}"
        try:
            _narrowed(wide, code)
        except NarrowingError as error:
            return str(error)
        return ""


class NarrowingError(KeyError):
    """A code narrows a measure in a way that it cannot be narrowed; the message is for the user."""

    @override
    def __str__(self) -> str:
        return str(self.args[0])


def _wide(code: str) -> str:
    return code.partition("@")[0].partition(":")[0]


@lru_cache(maxsize=256)
def _narrowed(measure: Measure, code: str) -> Measure:
    if code == measure.code:
        return measure
    rest, _, day = code.partition("@")
    _, *parts = rest.split(":")
    found = replace(measure, code=code, wide=measure.code)
    if measure.record != "" or measure.also:
        raise NarrowingError(f"“{measure.name}”不能限定类型或日期")
    keys = [_key_of(part) for part in parts]
    if twice := [key for key in keys if keys.count(key) > 1]:
        named = f"按“{twice[0]}”" if twice[0] else "类型或期间"
        raise NarrowingError(f"“{measure.name}”{named}限定了两次，几个值请用“+”相连")
    for part in parts:
        found = _narrowed_to(found, part)
    return _after(found, day) if "@" in code else found


def _key_of(part: str) -> str:
    """Return what a part of a code narrows by: the key before its `=`; "" for types or months."""
    return part.partition("=")[0] if "=" in part else ""


def _narrowed_to(measure: Measure, part: str) -> Measure:
    """Return the measure narrowed by one part of its code: `park+square`, `6` or `nature=mutual`."""
    key, is_named, values = part.partition("=")
    if measure.months:
        return _in_time(measure, part)
    if is_named:
        return _of_dimension(measure, key, values.split("+"))
    return _of_choices(measure, part.split("+"))


def _of_dimension(measure: Measure, key: str, values: list[str]) -> Measure:
    """Return the measure of the records that have one of these values of a dimension."""
    dimension = next((each for each in measure.dimensions if each.key == key), None)
    if dimension is None:
        known = "、".join(each.key for each in measure.dimensions) or "无"
        raise NarrowingError(f"“{measure.name}”不能按“{key}”限定，可用：{known}")
    if unknown := [value for value in values if value not in dimension.labels]:
        known = "、".join(dimension.labels)
        raise NarrowingError(f"“{dimension.name}”没有“{'、'.join(unknown)}”，可用：{known}")
    words = "、".join(dimension.labels[value] for value in values)
    where = measure.where & dimension.where(values)
    return replace(measure, name=f"{measure.name}（{dimension.name}：{words}）", where=where)


def _in_time(measure: Measure, text: str) -> Measure:
    """Return the measure with another number of months, `active_funds:6`, or of quarters in a row, of
    which each has its spending: `active_funds:4q`."""
    if re.fullmatch("([2-9]|1[0-9]|20)q", text, re.ASCII):
        return replace(_steady_funds(measure.code, int(text[:-1])), wide=measure.wide)
    if not re.fullmatch("[1-9][0-9]?", text, re.ASCII):
        raise NarrowingError(
            f"“{measure.name}”的月数应为1至99，或写连续的季度数2q至20q，现为“{text}”"
        )
    return replace(_active_funds(measure.code, int(text)), wide=measure.wide)


def _of_choices(measure: Measure, values: list[str]) -> Measure:
    """Return the measure of the records that have one of these choices."""
    if not measure.narrowed_by:
        raise NarrowingError(f"“{measure.name}”不能限定类型，“:”之后的文字应删去")
    column = field_of(measure.model, measure.narrowed_by)
    labels = {str(value): str(label) for value, label in column.flatchoices}
    if unknown := [value for value in values if value not in labels]:
        message = f"“{column.verbose_name}”没有“{'、'.join(unknown)}”，可用：{'、'.join(labels)}"
        raise NarrowingError(message)
    usual = set(labels).difference(measure.if_named)
    others = [label for value, label in labels.items() if value in usual.difference(values)]
    words = "、".join(labels[value] for value in values)
    if len(others) < len(values) and usual.issuperset(values):
        words = f"不含{'、'.join(others)}"
    where = measure.where & Q(**{f"{measure.narrowed_by}__in": values})
    return replace(measure, name=f"{measure.name}（{words}）", where=where, if_named=())


def _after(measure: Measure, text: str) -> Measure:
    """Return the measure of the records after a day."""
    day = _iso_day(text)
    if day is None:
        raise NarrowingError(f"“@”之后应为日期，如2025-02-19，现为“{text}”")
    where = measure.where & Q(**{f"{measure.start}__gt": day})
    return replace(measure, name=f"{measure.name}（{day}之后）", where=where)


def _iso_day(text: str) -> datetime.date | None:
    """Return the day that is written like 2025-02-19; None for anything else."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


MEASURES = Measures(_ALL)

#: The measure that says which areas of a level are counted: (level, urban only) → measure.
AREA_MEASURES = {
    (3, False): "counties",
    (4, False): "townships",
    (5, False): "communities",
    (5, True): "urban_communities",
}

#: The level such a measure is about.
LEVEL_OF_AREAS = {measure: level for (level, _), measure in AREA_MEASURES.items()}
