"""Ledgers of inspections and complaints, of what follows them, and of the hotline."""

from __future__ import annotations

from ledgers.cells import (
    Choice,
    day,
    document_number,
    end_day,
    name,
    phone,
    text,
)
from ledgers.columns import NOTE_COLUMN, OTHER_PLACE_COLUMNS, PLACE_COLUMNS
from ledgers.declaration import Column, Ledger, Lookup, Row, with_area
from supervision.life import Finding
from supervision.models import (
    Acceptance,
    Complaint,
    ComplaintAnswer,
    ComplaintChannel,
    ComplaintResult,
    ComplaintSubject,
    GuidanceVisit,
    HotlineMedium,
    HotlineNotice,
    Inspection,
    InspectionKind,
    Rectification,
    Referral,
)
from supervision.resources.records import CHARITY, FUND, about_fund_or_charity

INSPECTIONS = Ledger(
    "抽查审计台账",
    "inspections",
    (
        *PLACE_COLUMNS,
        Column(
            "number", "抽查编号", document_number(60), aliases=("编号", "检查编号"), required=True
        ),
        FUND,
        CHARITY,
        Column(
            "kind",
            "检查方式",
            Choice(InspectionKind, {"双随机抽查": "spot", "审计": "audit"}),
            aliases=("方式", "检查类型"),
            required=True,
        ),
        Column("noticed_on", "通知日期", day, aliases=("通知时间",)),
        Column("inspected_on", "检查日期", day, aliases=("抽查日期", "检查时间"), required=True),
        Column("inspectors", "检查人员", text(200), aliases=("抽查人员", "检查人"), required=True),
        Column("facts", "检查情况", text(500), aliases=("抽查情况",), required=True),
        Column(
            "finding",
            "检查结果",
            Choice(
                Finding,
                {
                    "无问题": "sound",
                    "合格": "sound",
                    "责令整改": "problems",
                    "发现问题": "problems",
                    "移交": "violation",
                    "移交处理": "violation",
                    "涉嫌违规违法": "violation",
                },
            ),
            aliases=("抽查结果", "结果"),
            required=True,
        ),
        Column("demands", "整改要求", text(500), aliases=("要求",)),
        Column("rectify_by", "整改期限", day, aliases=("整改时限", "限期整改日期")),
        NOTE_COLUMN,
    ),
    (Inspection,),
    about_fund_or_charity(Inspection),
    ignored=("办理阶段",),
)


def _rectification(row: Row, lookup: Lookup) -> Rectification:
    rectification = Rectification(
        inspection=lookup.named(Inspection, row, "inspection"),
        visit=lookup.named(GuidanceVisit, row, "visit", by="number"),
        **row.known("inspection", "visit"),
    )
    return with_area(rectification)


RECTIFICATIONS = Ledger(
    "整改台账",
    "rectifications",
    (
        Column("inspection", "抽查编号", document_number(60), aliases=("抽查审计", "检查编号")),
        Column("visit", "指导编号", document_number(60), aliases=("工作指导",)),
        Column("measures", "整改措施", text(500), aliases=("整改情况",), required=True),
        Column("rectified_on", "整改完成日期", day, aliases=("完成日期",), required=True),
        Column("accepted_on", "验收日期", day, aliases=("验收时间",), required=True),
        Column(
            "result",
            "验收结果",
            Choice(Acceptance, {"合格": "passed", "不合格": "failed", "通过": "passed"}),
            required=True,
        ),
        Column("acceptor_name", "验收单位", name()),
        NOTE_COLUMN,
        *OTHER_PLACE_COLUMNS,
    ),
    (Rectification,),
    _rectification,
    area_from="record",
)


def _referral(row: Row, lookup: Lookup) -> Referral:
    referral = Referral(
        inspection=lookup.named(Inspection, row, "inspection"),
        complaint=lookup.named(Complaint, row, "complaint"),
        **row.known("inspection", "complaint"),
    )
    return with_area(referral)


REFERRALS = Ledger(
    "移交台账",
    "referrals",
    (
        Column("inspection", "抽查编号", document_number(60), aliases=("抽查审计", "检查编号")),
        Column("complaint", "受理编号", document_number(60), aliases=("投诉举报", "投诉编号")),
        Column(
            "receiver_name", "接收部门", name(), aliases=("移交部门", "接收单位"), required=True
        ),
        Column("referred_on", "移交日期", day, aliases=("移交时间",), required=True),
        Column("number", "移交文号", document_number(60), aliases=("文号",)),
        Column("reason", "移交事由", text(500), aliases=("事由", "移交原因"), required=True),
        NOTE_COLUMN,
        *OTHER_PLACE_COLUMNS,
    ),
    (Referral,),
    _referral,
    area_from="record",
)


COMPLAINTS = Ledger(
    "投诉举报台账",
    "complaints",
    (
        *PLACE_COLUMNS,
        Column(
            "number", "受理编号", document_number(60), aliases=("编号", "投诉编号"), required=True
        ),
        FUND,
        CHARITY,
        Column("received_on", "受理日期", day, aliases=("受理时间", "投诉日期"), required=True),
        Column(
            "channel",
            "受理渠道",
            Choice(
                ComplaintChannel,
                {"12345": "hotline", "转办": "forwarded", "上级转办": "forwarded"},
            ),
            aliases=("渠道", "投诉渠道", "来源"),
            required=True,
        ),
        Column(
            "subject",
            "反映类别",
            Choice(ComplaintSubject, {"资金使用": "spending", "项目": "project"}),
            aliases=("类别", "投诉类别"),
            required=True,
        ),
        Column("matter", "反映事项", text(500), aliases=("事项", "投诉内容"), required=True),
        Column("answer_by", "答复期限", day, aliases=("办理期限", "答复时限"), required=True),
        NOTE_COLUMN,
    ),
    (Complaint,),
    about_fund_or_charity(Complaint),
)


def _answer(row: Row, lookup: Lookup) -> ComplaintAnswer:
    answer = ComplaintAnswer(
        complaint=lookup.named(Complaint, row, "complaint"), **row.known("complaint")
    )
    return with_area(answer)


ANSWERS = Ledger(
    "投诉答复台账",
    "complaint-answers",
    (
        Column(
            "complaint",
            "受理编号",
            document_number(60),
            aliases=("投诉举报", "投诉编号"),
            required=True,
        ),
        Column("answered_on", "答复日期", day, aliases=("答复时间",), required=True),
        Column("result", "查核结果", Choice(ComplaintResult), aliases=("结果",), required=True),
        Column("handling", "处理情况", text(500), aliases=("处理结果",), required=True),
        NOTE_COLUMN,
        *OTHER_PLACE_COLUMNS,
    ),
    (ComplaintAnswer,),
    _answer,
    area_from="record",
)

HOTLINES = Ledger(
    "投诉举报电话公布台账",
    "hotline-notices",
    (
        Column("publisher_name", "公布单位", name(), aliases=("单位",), required=True),
        Column(
            "hotline_number",
            "投诉举报电话",
            phone,
            aliases=("电话", "监督电话", "举报电话"),
            required=True,
        ),
        Column(
            "medium",
            "公布媒体",
            Choice(
                HotlineMedium,
                {"报纸": "press", "广播": "broadcast", "公众号": "social", "微信": "social"},
            ),
            aliases=("媒体", "公布方式"),
            required=True,
        ),
        Column("medium_name", "媒体名称", text(100)),
        Column("published_on", "公布日期", day, aliases=("公布时间",), required=True),
        Column("ended_on", "停止公布日期", end_day),
        Column("address", "网址", text(300), aliases=("链接",)),
        NOTE_COLUMN,
        *OTHER_PLACE_COLUMNS,
    ),
    (HotlineNotice,),
    area_from="root",
)
