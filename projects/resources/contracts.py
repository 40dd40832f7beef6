"""The ledger of service contracts."""

from __future__ import annotations

from ledgers.cells import Choice, Words, day, document_number, name, text, yuan
from ledgers.columns import NOTE_COLUMN, PLACE_COLUMNS
from ledgers.declaration import Column, Ledger, Lookup, Row
from orgs.models import CommunityOrg
from projects.models import AcceptanceResult, FundingField, FundingSource, ServiceContract
from projects.models.choices import SUPPORT
from reviews.models.choice_lists import all_words


def _contract(row: Row, lookup: Lookup) -> ServiceContract:
    contract = ServiceContract(
        area=row.area,
        provider_org=lookup.named(CommunityOrg, row, "provider_org"),
        **row.known("provider_org"),
    )
    contract.complete()
    return contract


CONTRACTS = Ledger(
    "购买服务合同台账",
    "service-contracts",
    (
        *PLACE_COLUMNS,
        Column("name", "合同名称", name(), aliases=("项目名称", "服务名称"), required=True),
        Column("number", "合同编号", document_number(60), aliases=("编号",)),
        Column("buyer", "购买方", text(), aliases=("甲方", "购买主体")),
        Column(
            "provider", "承接机构", text(), aliases=("乙方", "承接主体", "服务机构"), required=True
        ),
        Column("provider_org", "承接组织", name()),
        Column(
            "support",
            "购买内容",
            Words(all_words(SUPPORT)),
            aliases=("服务内容",),
        ),
        Column("other_support", "其他购买内容", text(100)),
        Column(
            "amount_yuan", "合同金额", yuan, aliases=("金额", "购买金额"), required=True, unit="元"
        ),
        Column(
            "funding_field",
            "经费领域",
            Choice(FundingField, {"其他": "other"}),
            aliases=("资金领域",),
        ),
        Column(
            "funding",
            "资金类别",
            Choice(
                FundingSource,
                {"政府购买服务": "procurement", "公益创投": "venture", "其他": "other"},
            ),
            aliases=("资金来源", "经费来源"),
        ),
        Column("funder", "出资部门", text(), aliases=("出资单位",)),
        Column("signed_on", "签订日期", day, aliases=("签订时间", "签约日期"), required=True),
        Column("starts_on", "服务起始日期", day, aliases=("开始时间", "起始日期"), required=True),
        Column("ends_on", "服务截止日期", day, aliases=("结束时间", "截止日期"), required=True),
        Column("closed_on", "提前终止日期", day),
        Column("accepted_on", "验收日期", day),
        Column("acceptance", "验收结果", Choice(AcceptanceResult)),
        Column("opinion", "验收意见", text(300)),
        NOTE_COLUMN,
    ),
    (ServiceContract,),
    _contract,
)
