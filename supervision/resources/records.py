"""Ledgers of guidance visits, audit reports and disclosures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from funds.models import Campaign, Fund
from ledgers.cells import (
    Choice,
    day,
    document_number,
    name,
    period,
    text,
    year,
    yuan,
)
from ledgers.columns import NOTE_COLUMN, OTHER_PLACE_COLUMNS, PLACE_COLUMNS
from ledgers.declaration import Column, Ledger, Lookup, Row, with_area
from orgs.models import Charity, CommunityOrg
from projects.models import Project
from reviews.models import Submission
from supervision.models import (
    DISCLOSED,
    AuditOpinion,
    AuditReport,
    Disclosure,
    DisclosureKind,
    DisclosurePlatform,
    GuidanceForm,
    GuidanceVisit,
)

R = TypeVar("R", bound=Submission)

FUND = Column("fund", "基金", name(), aliases=("基金名称", "社区基金"))
CHARITY = Column("charity", "慈善组织", name(), aliases=("慈善组织名称",))


def about_fund_or_charity(kind: type[R]) -> Callable[[Row, Lookup], R]:
    """Return how a row becomes a record of a kind that may name a fund or a charity of its area."""

    def build(row: Row, lookup: Lookup) -> R:
        record = kind(
            area=row.area,
            fund=lookup.named(Fund, row, "fund"),
            charity=lookup.named(Charity, row, "charity"),
            **row.known("fund", "charity"),
        )
        record.complete()
        return record

    return build


GUIDANCE = Ledger(
    "工作指导台账",
    "guidance-visits",
    (
        *PLACE_COLUMNS,
        Column("visited_on", "指导日期", day, aliases=("日期", "指导时间"), required=True),
        Column("period", "所属季度", period, aliases=("季度", "所属期间")),
        FUND,
        CHARITY,
        Column("number", "指导编号", document_number(60), aliases=("编号",)),
        Column("guide_name", "指导单位", name(), aliases=("指导部门", "单位")),
        Column("visitors", "指导人员", text(200), aliases=("人员", "参加人员")),
        Column(
            "form",
            "指导方式",
            Choice(GuidanceForm, {"走访": "visit", "实地": "visit", "座谈": "meeting"}),
            aliases=("方式", "形式", "指导形式"),
            required=True,
        ),
        Column("content", "指导内容", text(500), aliases=("内容", "指导情况"), required=True),
        Column("problems", "发现的问题", text(500), aliases=("问题", "存在问题", "发现问题")),
        Column("rectify_by", "整改期限", day, aliases=("整改时限", "限期整改日期")),
        NOTE_COLUMN,
    ),
    (GuidanceVisit,),
    about_fund_or_charity(GuidanceVisit),
)


def _audit(row: Row, lookup: Lookup) -> AuditReport:
    report = AuditReport(
        charity=lookup.named(Charity, row, "charity"),
        fund=lookup.named(Fund, row, "fund"),
        **row.known("fund", "charity"),
    )
    return with_area(report)


AUDITS = Ledger(
    "审计报告台账",
    "audit-reports",
    (
        CHARITY,
        FUND,
        Column("year", "审计年度", year, aliases=("年度",), required=True),
        Column("reported_on", "报告日期", day, aliases=("出具日期", "审计日期"), required=True),
        Column("auditor", "审计机构", name(), aliases=("会计师事务所",), required=True),
        Column("report_number", "报告文号", document_number(60), aliases=("报告编号", "文号")),
        Column(
            "opinion",
            "审计意见",
            Choice(
                AuditOpinion,
                {
                    "标准无保留意见": "unqualified",
                    "无保留": "unqualified",
                    "保留": "qualified",
                    "否定": "adverse",
                    "无法表示": "disclaimer",
                },
            ),
            aliases=("意见类型", "审计意见类型"),
            required=True,
        ),
        Column("income_yuan", "收入合计", yuan, aliases=("本年收入", "总收入"), unit="元"),
        Column("expense_yuan", "费用合计", yuan, aliases=("本年费用", "总支出"), unit="元"),
        Column(
            "charity_expense_yuan", "其中慈善活动支出", yuan, aliases=("慈善活动支出",), unit="元"
        ),
        Column("management_yuan", "其中管理费用", yuan, aliases=("管理费用",), unit="元"),
        Column("net_assets_yuan", "年末净资产", yuan, aliases=("净资产",), unit="元"),
        Column("problems", "审计指出的问题", text(500), aliases=("问题", "存在问题")),
        NOTE_COLUMN,
        *OTHER_PLACE_COLUMNS,
    ),
    (AuditReport,),
    _audit,
    area_from="record",
)


def _disclosure(row: Row, lookup: Lookup) -> Disclosure:
    disclosure = Disclosure(
        charity=lookup.named(Charity, row, "charity"),
        fund=lookup.named(Fund, row, "fund"),
        campaign=lookup.named(Campaign, row, "campaign"),
        project=lookup.named(Project, row, "project"),
        organisation=lookup.named(CommunityOrg, row, "organisation"),
        **row.known(*DISCLOSED),
    )
    return with_area(disclosure)


DISCLOSURES = Ledger(
    "信息公开台账",
    "disclosures",
    (
        CHARITY,
        FUND,
        Column("campaign", "募捐活动", name(), aliases=("募捐活动名称",)),
        Column("project", "慈善项目", name(), aliases=("项目", "项目名称")),
        Column("organisation", "社区社会组织", name(), aliases=("社区社会组织名称", "组织名称")),
        Column(
            "kind",
            "公开内容",
            Choice(
                DisclosureKind,
                {
                    "年度报告": "annual",
                    "年度工作报告": "annual",
                    "财务会计报告": "annual",
                    "募捐情况": "campaign",
                    "项目实施情况": "project",
                    "管理办法": "rules",
                    "关联交易": "related",
                    "慈善信托": "trust",
                    "决策公开": "decision",
                    "财务公开": "spending",
                    "活动公开": "activity",
                },
            ),
            aliases=("内容", "公开类别", "公开事项"),
            required=True,
        ),
        Column("title", "公开标题", text(200), aliases=("标题",), required=True),
        Column("period", "所属期间", period, aliases=("期间", "所属年度")),
        Column("happened_on", "事项发生日期", day, aliases=("发生日期",)),
        Column("disclosed_on", "公开日期", day, aliases=("公开时间", "日期"), required=True),
        Column(
            "platform",
            "公开平台",
            Choice(
                DisclosurePlatform,
                {
                    "慈善中国平台": "charity_china",
                    "微信公众号": "social",
                    "公众号": "social",
                    "官网": "own_site",
                    "报刊": "press",
                    "社区公示栏": "board",
                },
            ),
            aliases=("平台", "公开渠道", "公开方式"),
            required=True,
        ),
        Column("address", "网址", text(300), aliases=("链接", "公开网址")),
        NOTE_COLUMN,
        *OTHER_PLACE_COLUMNS,
    ),
    (Disclosure,),
    _disclosure,
    area_from="record",
)
