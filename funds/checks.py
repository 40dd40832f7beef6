"""Checks of funds and their money before submission."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from areas.codes import COMMUNITY_LEVEL, TOWNSHIP_LEVEL
from funds.books.overview import missing_kinds
from funds.books.sums import opening_of, totals_with
from funds.models import RULES, Campaign, Donation, Expenditure, Fund, MemberKind
from funds.refunds import refund_of_a_gift, signed, within_gift
from reviews.checks import (
    Check,
    CheckedRecord,
    OneOf,
    OnlyWith,
    Problem,
    declare_checks,
    field_label,
    in_order,
    not_before_1949,
    not_in_future,
    not_negative,
    positive,
    required,
    valid_credit_code,
    valid_phone,
    yuan_text,
)
from reviews.models import Status, Submission

_LEVELS = {"street": (TOWNSHIP_LEVEL, "街道（乡镇）"), "community": (COMMUNITY_LEVEL, "社区（村）")}


#: Only the channel 其他 carries a name of its own (`channel_name`).
channel_name_of_other = OnlyWith("channel_name", "channel", ("other",))


def area_fits_level(fund: Fund) -> Iterator[Problem]:
    """Require a street for a 街道级 fund and a community for a 社区级 fund."""
    if fund.level in _LEVELS and fund.area_id:
        level, label = _LEVELS[fund.level]
        if fund.area.level != level:
            yield Problem(
                "level",
                "level",
                f"{fund.get_level_display()}基金应登记在{label}，现为“{fund.area}”",
            )


def _stored_funds(records: Sequence[CheckedRecord]) -> dict[int, tuple[int, Fund]]:
    """Return the stored funds of a batch: primary key → position in the batch and fund."""
    return {
        record.pk: (position, record)
        for position, record in enumerate(records)
        if isinstance(record, Fund) and record.pk
    }


def host_qualified(fund: Fund) -> Iterator[Problem]:
    """Warn of a host without 公开募捐资格: the fund may not raise money in public (慈善法 art. 26)."""
    if not fund.host_has_public_fundraising:
        yield Problem(
            "host",
            "host_has_public_fundraising",
            "依托组织没有公开募捐资格，该基金不得自行公开募捐",
            is_warning=True,
        )


def group_complete(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Warn when the management group lacks one of its five kinds (鄂民发〔2024〕92号 二（一）5).

    A fund of which nothing is said of a group is left to the list of funds and to the measure
    `full_groups`: not every place asks for one.
    """
    funds = _stored_funds(records)
    for pk, missing in missing_kinds(funds).items():
        position, fund = funds[pk]
        if len(missing) == len(MemberKind):
            if fund.committee_size:
                message = "填了管委会（小组）人数，但没有登记成员，请逐一登记管理小组成员"
                yield position, Problem("group", "committee_size", message, is_warning=True)
        elif missing:
            message = f"管理小组尚缺：{'、'.join(kind.label for kind in missing)}"
            yield position, Problem("group", "committee_size", message, is_warning=True)


def rules_named(fund: Fund) -> Iterator[Problem]:
    """Warn of a rule that was made, when the fund names no document that holds it."""
    if len(fund.rules_missing) < len(RULES) and not fund.rules_document:
        message = "已填制度建立日期，请填写制度文件的名称或文号"
        yield Problem("rules", "rules_document", message, is_warning=True)


def area_taken_over(record: Submission) -> Iterator[Problem]:
    """Require the area of the record that this one belongs to, such as its fund's, and that it stands."""
    for name in record.area_from:
        source = getattr(record, name, None)
        if source is not None:
            label = field_label(record, name)
            if record.area_id != source.area_id:
                yield Problem("area", name, f"所属地区应与{label}一致（{source.area}）")
            if source.status == Status.VOID:
                message = f"“{label}”所选的“{source}”已作废，本记录不会计入；请改选，或作废本记录"
                yield Problem("void_source", name, message)
            return


def within_life_of_fund(field: str) -> Check:
    """Warn of a day before the fund was set up or after it closed."""

    def check(record: Donation | Expenditure) -> Iterator[Problem]:
        day, fund = getattr(record, field), record.fund if record.fund_id else None
        if day is None or fund is None:
            return
        label = field_label(record, field)
        if fund.established_on and day < fund.established_on:
            yield Problem(
                "before_fund", field, f"“{label}”{day}早于基金设立日期{fund.established_on}", True
            )
        elif fund.closed_on and day >= fund.closed_on:
            yield Problem(
                "after_fund", field, f"“{label}”{day}在基金终止（{fund.closed_on}）之后", True
            )

    return check


def campaign_suits(donation: Donation) -> Iterator[Problem]:
    """Refuse a campaign for another fund; warn of a gift before it began."""
    campaign = donation.campaign if donation.campaign_id else None
    if campaign is None:
        return
    if campaign.fund_id is not None and campaign.fund_id != donation.fund_id:
        yield Problem("campaign", "campaign", f"募捐活动“{campaign}”是为“{campaign.fund}”开展的")
    if donation.donated_on and campaign.starts_on and donation.donated_on < campaign.starts_on:
        message = f"“捐赠日期”{donation.donated_on}早于募捐活动开始日期{campaign.starts_on}"
        yield Problem("before_campaign", "donated_on", message, is_warning=True)


#: A plan is filed so many days before its campaign begins (民政部令第74号).
_FILED_BEFORE = datetime.timedelta(days=10)


def plan_filed(campaign: Campaign) -> Iterator[Problem]:
    """Warn of a campaign without a filed plan, or whose plan was filed late (慈善法 art. 24)."""
    if not campaign.plan_number:
        yield Problem("plan_number", "plan_number", "未填募捐方案备案编号", is_warning=True)
    start, filed = campaign.starts_on, campaign.filed_on
    if start and filed and filed > start - _FILED_BEFORE:
        message = f"募捐方案应在活动开始的10日前备案（开始{start}，备案{filed}）"
        yield Problem("filed_late", "filed_on", message, is_warning=True)


def partner_qualified(campaign: Campaign) -> Iterator[Problem]:
    """Warn when nobody with 公开募捐资格 takes part (慈善法 art. 26)."""
    fund, charity = campaign.fund, campaign.charity
    own = (fund is not None and fund.host_has_public_fundraising) or (
        charity is not None and charity.has_public_fundraising
    )
    if not own and not campaign.partner_name:
        message = "没有公开募捐资格的，应填写合作的具有公开募捐资格的慈善组织"
        yield Problem("partner", "partner_name", message, is_warning=True)


def receipt_named(donation: Donation) -> Iterator[Problem]:
    """Warn of a donation without a receipt number or a waiver of the donor (慈善法 art. 38)."""
    if not donation.receipt_number and donation.refund_of_id is None:
        yield Problem("receipt", "receipt_number", "未填捐赠票据号", is_warning=True)


def channel_named(donation: Donation) -> Iterator[Problem]:
    """Warn when the channel 其他 has no name."""
    if donation.channel == "other" and not donation.channel_name:
        message = "捐赠方式为“其他”时应写明方式名称"
        yield Problem("channel_name", "channel_name", message, is_warning=True)


def project_of_the_fund(expenditure: Expenditure) -> Iterator[Problem]:
    """Warn of an expenditure for a project that another fund pays for."""
    project = expenditure.project
    if project is not None and project.fund_id not in (None, expenditure.fund_id):
        message = f"项目“{project}”登记的资助基金是“{project.fund}”，与本笔支出的基金不同"
        yield Problem("project", "project", message, is_warning=True)


def overspent(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Warn once per batch and fund, at its latest expenditure, when it has spent more than it had."""
    latest: dict[int, tuple[int, Expenditure]] = {}
    for position, record in enumerate(records):
        if isinstance(record, Expenditure) and record.fund_id and record.spent_on:
            best = latest.get(record.fund_id)
            if best is None or record.spent_on >= best[1].spent_on:
                latest[record.fund_id] = position, record
    if not latest:
        return
    moved = totals_with(records, latest)
    for fund_id, (position, expenditure) in latest.items():
        opening, total = opening_of(expenditure.fund), moved[fund_id]
        if opening + total.change < 0:
            had = f"起始资金与累计收入{yuan_text(opening + total.raised)}"
            yield (
                position,
                Problem(
                    "overspent",
                    "amount_yuan",
                    f"“{expenditure.fund}”累计支出{yuan_text(total.spending)}，超过{had}",
                    is_warning=True,
                ),
            )


#: A 工作基金 for community organisations is a street's (渝北民〔2021〕114号 三（一）3).
working_fund_of_street = OnlyWith("is_working_fund", "level", ("street",))

declare_checks(
    Fund,
    required("name", "level", "host_name", "established_on"),
    area_fits_level,
    valid_credit_code("host_credit_code"),
    not_before_1949("established_on", *RULES),
    not_in_future("established_on", *RULES),
    in_order("established_on", "closed_on"),
    not_negative("initial_yuan"),
    host_qualified,
    rules_named,
    working_fund_of_street,
    valid_phone("phone"),
    batch=(group_complete,),
)

declare_checks(
    Donation,
    required("donated_on", "amount_yuan"),
    area_taken_over,
    not_before_1949("donated_on"),
    not_in_future("donated_on"),
    signed,
    refund_of_a_gift,
    channel_name_of_other,
    channel_named,
    within_life_of_fund("donated_on"),
    campaign_suits,
    receipt_named,
    batch=(within_gift,),
)

declare_checks(
    Expenditure,
    required("fund", "spent_on", "amount_yuan", "purpose"),
    area_taken_over,
    not_before_1949("spent_on"),
    not_in_future("spent_on"),
    positive("amount_yuan"),
    within_life_of_fund("spent_on"),
    project_of_the_fund,
    batch=(overspent,),
)

declare_checks(
    Campaign,
    required("name", "starts_on", "ends_on"),
    OneOf(("fund", "charity")),
    area_taken_over,
    not_before_1949("starts_on"),
    not_in_future("filed_on"),
    in_order("starts_on", "ends_on"),
    positive("target_yuan"),
    partner_qualified,
    plan_filed,
)
