"""The ledger of policy documents."""

from __future__ import annotations

from ledgers.cells import Choice, day, document_number, name, text
from ledgers.columns import NOTE_COLUMN, PLACE_COLUMNS
from ledgers.declaration import Column, Ledger, Lookup, Row, Workbook
from policies.models import TEXT_LENGTH, PolicyDocument, PolicyState


def _document(row: Row, lookup: Lookup) -> PolicyDocument:
    document = PolicyDocument(area=row.area, **row.known())
    document.complete()
    return document


POLICIES = Ledger(
    "政策文件目录",
    "policies",
    (
        *PLACE_COLUMNS,
        Column("title", "文件名称", name(200), aliases=("名称", "标题"), required=True),
        Column("document_number", "文号", document_number(60), aliases=("发文字号",)),
        Column("issuers", "发文机关", text(200), aliases=("发文单位", "印发机关"), required=True),
        Column("issued_on", "成文日期", day, aliases=("发文日期", "印发日期")),
        Column("in_force_on", "施行日期", day, aliases=("生效日期", "实施日期")),
        Column("ended_on", "失效日期", day, aliases=("废止日期",)),
        Column(
            "state",
            "效力状态",
            Choice(
                PolicyState,
                {
                    "有效": "in_force",
                    "修改": "amended",
                    "修订": "amended",
                    "废止": "repealed",
                    "失效": "expired",
                },
            ),
            aliases=("效力", "状态", "有效性"),
            required=True,
        ),
        Column("replaced_by", "替代文件", text(260)),
        Column("based_on", "依据文件", text(2000), aliases=("依据",)),
        Column("summary", "内容摘要", text(500), aliases=("摘要", "主要内容")),
        Column("text", "正文", text(TEXT_LENGTH), is_offered=False),
        Column("address", "公开网址", text(300), aliases=("网址", "链接")),
        NOTE_COLUMN,
    ),
    (PolicyDocument,),
    _document,
)

WORKBOOKS = (Workbook("policies", "政策文件目录", (POLICIES,), 250),)
