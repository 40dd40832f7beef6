"""Ledgers of funds and their money."""

from __future__ import annotations

import datetime
import re

from areas.spelling import folded
from funds.book_of_ledger import unlike_book
from funds.cash_book import balance_in, fault_of, funds_by_name, funds_named, told_balance
from funds.group import members_of, save_members, unlike_members
from funds.models import (
    DOMAINS,
    Campaign,
    Donation,
    DonationChannel,
    DonorType,
    Expenditure,
    Fund,
    FundLevel,
    Initiator,
    MoneySource,
    Stated,
)
from funds.other_side import on_the_other_side
from ledgers.cells import (
    Cell,
    CellError,
    Choice,
    Ticks,
    balance,
    day,
    document_number,
    end_day,
    flag,
    identifier,
    name,
    text,
    whole,
    yuan,
)
from ledgers.columns import LEADER_COLUMNS, NOTE_COLUMN, OTHER_PLACE_COLUMNS, PLACE_COLUMNS
from ledgers.declaration import Column, Ledger, Lookup, Row, RowRefused, Workbook, with_area
from ledgers.units.words import currency_mentioned
from orgs.models import Charity
from projects.models import Project
from reviews.models import Submission

_RUNNING = {"", "运行中", "正常", "运行", "存续", "在运行", "运作中", "正常运行"}
_CLOSED = {"终止", "已终止", "注销", "已注销", "撤销", "已撤销", "停止", "关闭"}


def _is_closed(cell: Cell) -> bool:
    """Return whether a fund's 状态 says that it no longer runs."""
    if cell.text in _CLOSED:
        return True
    if cell.is_empty or cell.text in _RUNNING:
        return False
    raise CellError(f"“{cell.text}”无法识别，应为：运行中、终止")


def _charities(lookup: Lookup) -> dict[str, Charity]:
    """Return the charities of the root and the areas above it, by name."""
    areas = [*lookup.root.ancestor_codes, lookup.root.code]
    found = Charity.objects.living().filter(area_id__in=areas).order_by("-area_id")
    return {folded(charity.name): charity for charity in found}


def _fund(row: Row, lookup: Lookup) -> Fund:
    if (
        "domain_names" in row.filled
    ):  # the cell names all domains, so it denies those that it leaves out
        row.filled.update(DOMAINS)
    named = row.known("is_closed", "domain_names", "group", *_STATED)
    fund = Fund(area=row.area, **named, **(row["domain_names"] or {}))
    fund.members_named = row["group"] or ()
    if any(row[name] is not None for name in _STATED):
        fund.stated = Stated(
            row["balance"], row["raised_in_all"], row["spent_in_all"], row.reported_on
        )
    charities = lookup.once("charities", lambda: _charities(lookup))
    fund.host = charities.get(folded(fund.host_name))
    if row["is_closed"]:
        _close(fund, row, lookup)
    elif "is_closed" in row.filled:
        _run(fund, row, lookup)
    return fund


#: Columns of the funds' ledger that are compared with the book.
_STATED = ("balance", "raised_in_all", "spent_in_all")


def _close(fund: Fund, row: Row, lookup: Lookup) -> None:
    """Give a closed fund its last day: the row's, else the stored one, else that of the report."""
    if fund.closed_on is None:
        known = _known_closing(fund, row, lookup)
        fund.closed_on = known or row.reported_on
        if known is None:
            row.remark("is_closed", f"已终止但未填终止日期，按填报日期{row.reported_on}计")
    elif fund.closed_on > row.reported_on:
        row.remark("closed_on", f"状态为终止，但终止日期{fund.closed_on}未到，请核对")


def _run(fund: Fund, row: Row, lookup: Lookup) -> None:
    """Let a fund that runs contradict an end that has passed, in the row or in the stored record."""
    if fund.closed_on is not None and fund.closed_on <= row.reported_on:
        message = f"状态为运行中，但终止日期{fund.closed_on}已过，请核对状态和终止日期"
        raise RowRefused("is_closed", message)
    if (known := _known_closing(fund, row, lookup)) and fund.closed_on is None:
        row.filled.add("closed_on")
        row.remark("is_closed", f"状态为运行中，但系统中该基金已于{known}终止，请核对")


def _known_closing(fund: Fund, row: Row, lookup: Lookup) -> datetime.date | None:
    """Return the day on which the stored fund of this name closed, unless it is still to come."""
    for stored in lookup.once("funds", lambda: funds_by_name(lookup)).get(folded(fund.name), []):
        is_past = stored.closed_on is not None and stored.closed_on <= row.reported_on
        if stored.area_id == fund.area_id and is_past:
            return stored.closed_on
    return None


def _stated(field: str, title: str, *aliases: str) -> Column:
    """Return a column that is compared with the book and never stored."""
    return Column(
        field, title, balance, aliases, unit="元", is_offered=False, is_compared_only=True
    )


FUNDS = Ledger(
    "社区慈善基金台账",
    "funds",
    (
        *PLACE_COLUMNS,
        Column("name", "基金名称", name(), aliases=("名称", "社区基金名称"), required=True),
        Column(
            "level",
            "基金级别",
            Choice(FundLevel, {"镇街级": "street", "街镇级": "street", "村级": "community"}),
            aliases=("级别", "基金级别(街道/社区)"),
            required=True,
        ),
        Column(
            "host_name",
            "依托慈善组织",
            name(),
            aliases=("依托组织", "慈善组织", "基金会", "依托单位", "托管组织"),
            required=True,
        ),
        Column("host_credit_code", "统一社会信用代码", identifier(18), aliases=("信用代码",)),
        Column(
            "host_has_public_fundraising",
            "是否具有公开募捐资格",
            flag,
            aliases=("公开募捐资格", "有无公开募捐资格"),
        ),
        Column(
            "initiator",
            "发起主体",
            Choice(
                Initiator,
                {"街道": "street", "乡镇": "street", "社区": "community", "村委会": "community"},
            ),
            aliases=("发起人", "发起单位"),
        ),
        Column(
            "established_on",
            "设立日期",
            day,
            aliases=("设立时间", "成立日期", "成立时间"),
            required=True,
        ),
        Column("closed_on", "终止日期", end_day, aliases=("终止时间", "注销日期")),
        Column("agreement_number", "协议编号", document_number(60), aliases=("协议编号/期限",)),
        Column(
            "initial_yuan",
            "起始资金",
            yuan,
            aliases=("起始资金", "初始资金", "启动资金", "原始资金"),
            unit="元",
        ),
        Column(
            "money_source",
            "资金来源",
            Choice(MoneySource, {"可支配资金": "own", "公募": "public"}),
            aliases=("基金来源",),
        ),
        Column(
            "domain_names",
            "服务领域",
            Ticks(Fund, DOMAINS, "other_domain"),
            aliases=("基金服务领域", "资助领域"),
        ),
        Column("is_working_fund", "镇街工作基金", flag, aliases=("是否镇街工作基金", "工作基金")),
        Column("raising_rule_on", "募集制度建立日期", day, aliases=("募集机制建立日期",)),
        Column("management_rule_on", "管理制度建立日期", day, aliases=("管理办法制定日期",)),
        Column("use_rule_on", "使用制度建立日期", day, aliases=("使用机制建立日期",)),
        Column("oversight_rule_on", "监督制度建立日期", day, aliases=("监督机制建立日期",)),
        Column("rules_document", "制度文件", text(200), aliases=("管理办法", "管理制度")),
        Column(
            "group",
            "管理小组成员",
            members_of,
            aliases=("管委会成员", "管理委员会成员", "小组成员"),
        ),
        Column(
            "committee_size",
            "管委会人数",
            whole,
            aliases=("管委会(小组)人数", "管理小组人数", "管委会成员数"),
            unit="人",
        ),
        *LEADER_COLUMNS,
        Column("is_closed", "状态", _is_closed, aliases=("运行状态", "基金状态")),
        _stated("balance", "结余", "余额", "资金结余"),
        _stated("raised_in_all", "累计筹集", "累计筹集资金", "累计收入"),
        _stated("spent_in_all", "累计支出"),
        NOTE_COLUMN,
    ),
    (Fund,),
    _fund,
    ignored=("本年筹集资金", "本年支出", "本年资助项目", "受益人次"),
    save_related=save_members,
    unlike_related=unlike_members,
    unlike_book=unlike_book,
)


def _find_fund(row: Row, lookup: Lookup) -> Fund:
    found = funds_named(row, lookup)
    if not found:
        where = f"{row.place}" if row.place else ""
        raise RowRefused(
            "fund", f"{where}没有名为“{row['fund']}”的基金，请核对名称或先导入基金台账"
        )
    if len(found) > 1:
        places = "、".join(str(fund.area) for fund in found)
        raise RowRefused("fund", f"有多支基金名为“{row['fund']}”（{places}），请写明全称")
    return found[0]


def _money(row: Row, lookup: Lookup) -> Submission:
    income, spending = row["income"], row["spending"]
    if income and spending:
        raise RowRefused("spending", "同一行既有收入又有支出，请分两行填写")
    if not income and not spending:
        raise RowRefused("income", "收入和支出都未填写")
    said = row["purpose"] or row["note"] or ""
    fault = fault_of(said, row["donor_name"] or "", is_income=bool(income))
    if fault:
        raise RowRefused("purpose" if row["purpose"] else "note", fault)
    if re.fullmatch(r".[*＊]+", row["donor_name"] or ""):
        raise RowRefused("donor_name", "捐赠人姓名已隐去，请填写全名；平台导出的这一行有改动")
    for field in ("purpose", "note"):
        if currency := currency_mentioned(row[field] or ""):
            row.remark(field, f"提到“{currency}”，金额按人民币元计，请核对是否已折合成人民币")
    fund = _find_fund(row, lookup)
    common = {"area": fund.area, "fund": fund, **row.fields("handler", "note")}
    record: Donation | Expenditure
    if income:
        record = Donation(
            donated_on=row["day"],
            amount_yuan=income,
            purpose=row["purpose"] or "",
            campaign=lookup.named(Campaign, row, "campaign"),
            **row.fields("donor_name", "donor_type", "channel", "channel_name", "receipt_number"),
            **common,
        )
    else:
        record = Expenditure(
            spent_on=row["day"],
            amount_yuan=spending,
            purpose=row["purpose"] or "",
            project=lookup.named(Project, row, "project"),
            **common,
        )
    record.stated = Stated(row["balance"])
    return record


def _money_kind(kind: type[Submission]) -> str:
    return "donations" if kind is Donation else "expenditures"


#: Other words for the ways in which a donation arrives.
_CHANNELS = {
    "网络": "online",
    "扫码": "code",
    "二维码收款": "code",
    "集市": "fair",
    "众筹": "crowdfunding",
    "网络募捐": "crowdfunding",
    "月捐": "monthly",
    "服务": "service",
    "财政配套": "matching",
    "理财收益": "yield",
}


MONEY = Ledger(
    "捐赠收支明细",
    "money",
    (
        Column(
            "day",
            "日期",
            day,
            aliases=("捐赠时间", "支付日期", "支出日期", "捐赠日期", "时间"),
            required=True,
        ),
        Column("fund", "基金", name(), aliases=("基金名称", "所属基金"), required=True),
        Column("purpose", "摘要", text(200), aliases=("定向用途", "支付明细", "用途")),
        Column(
            "donor_name", "捐赠人", text(), aliases=("捐赠单位或个人", "捐赠方", "捐赠人(可匿名)")
        ),
        Column("donor_type", "类型", Choice(DonorType), aliases=("捐赠人类型", "捐赠类型")),
        Column(
            "channel",
            "方式",
            Choice(DonationChannel, _CHANNELS),
            aliases=("捐赠方式", "捐赠渠道"),
        ),
        Column("channel_name", "其他方式名称", text(30)),
        Column("income", "收入", yuan, aliases=("捐赠金额", "收入金额"), unit="元"),
        Column("spending", "支出", yuan, aliases=("支付金额", "支出金额"), unit="元"),
        Column("campaign", "募捐活动", name(), aliases=("募捐活动名称", "所属募捐活动")),
        Column("project", "资助项目", name(), aliases=("项目", "项目名称")),
        Column("receipt_number", "票据号", identifier(40), aliases=("票据编号", "凭证编号")),
        Column("handler", "经办人", text(50), aliases=("经手人",)),
        _stated("balance", "结余", "余额", "累计结余", "账面余额"),
        NOTE_COLUMN,
        *OTHER_PLACE_COLUMNS,
    ),
    (Donation, Expenditure),
    _money,
    area_from="record",
    line_label=balance_in,
    told_line=told_balance,
    unlike_book=unlike_book,
    like_other_kinds=on_the_other_side,
    ignored=("审批", "退赠的原捐赠"),
    counted_as=_money_kind,
    renamed={
        "donated_on": "day",
        "spent_on": "day",
        "donation.amount_yuan": "income",
        "amount_yuan": "spending",
    },
)


def _campaign(row: Row, lookup: Lookup) -> Campaign:
    fund = lookup.named(Fund, row, "fund")
    charity = lookup.named(Charity, row, "charity")
    campaign = Campaign(fund=fund, charity=charity, **row.known("fund", "charity"))
    return with_area(campaign)


CAMPAIGNS = Ledger(
    "募捐活动台账",
    "campaigns",
    (
        Column(
            "name",
            "募捐活动名称",
            name(),
            aliases=("活动名称", "名称", "募捐项目名称"),
            required=True,
        ),
        Column("fund", "基金", name(), aliases=("基金名称", "所属基金")),
        Column("charity", "慈善组织", name(), aliases=("慈善组织名称", "开展募捐的慈善组织")),
        Column(
            "partner_name",
            "合作的公开募捐组织",
            name(),
            aliases=("合作组织", "合作募捐组织", "合作的慈善组织"),
        ),
        Column(
            "plan_number",
            "募捐方案备案编号",
            document_number(60),
            aliases=("备案编号", "方案备案编号", "募捐备案编号"),
        ),
        Column("filed_on", "备案日期", day, aliases=("备案时间",)),
        Column("starts_on", "开始日期", day, aliases=("开始时间", "募捐开始日期"), required=True),
        Column("ends_on", "结束日期", day, aliases=("结束时间", "截止日期"), required=True),
        Column("platform", "募捐平台或方式", text(100), aliases=("募捐平台", "募捐方式", "平台")),
        Column("purpose", "募捐目的", text(200), aliases=("目的", "用途")),
        Column("target_yuan", "预计募集", yuan, aliases=("预计募集数额", "目标金额"), unit="元"),
        NOTE_COLUMN,
        *OTHER_PLACE_COLUMNS,
    ),
    (Campaign,),
    _campaign,
    area_from="record",
)

WORKBOOKS = (
    Workbook("funds", "社区慈善基金台账", (FUNDS,), 10),
    Workbook("money", "捐赠收支明细", (MONEY,), 40),
    Workbook("campaigns", "募捐活动台账", (CAMPAIGNS,), 42),
)
