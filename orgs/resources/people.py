"""Ledgers of assessments, major activities and talents."""

from __future__ import annotations

import re
from decimal import Decimal

from ledgers.cells import (
    Cell,
    CellError,
    Choice,
    checked,
    day,
    end_day,
    flag,
    name,
    phone,
    text,
    whole,
    year,
)
from ledgers.columns import NOTE_COLUMN, OTHER_PLACE_COLUMNS, PLACE_COLUMNS
from ledgers.declaration import Column, Ledger, Lookup, Row, with_area
from orgs.models import (
    Certificate,
    CommunityOrg,
    EventKind,
    Grade,
    MajorActivity,
    OrgAssessment,
    OrgRecord,
    Reply,
    Talent,
    TalentRole,
)


def _score(cell: Cell) -> Decimal | None:
    """Parse points with at most two decimals: 92, 92.5分."""
    if cell.is_empty:
        return None
    written = checked(cell).replace(" ", "").removesuffix("分")
    if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", written, re.ASCII):
        raise CellError(f"“{cell.text}”不是分数，应为0至100的数，如 92.5")
    return Decimal(written)


_GRADES = {"优": "excellent", "良": "good"}
_ORGANISATION = Column(
    "organisation",
    "社区社会组织",
    name(),
    aliases=("组织名称", "社区社会组织名称", "举办组织"),
    required=True,
)


def _about(kind: type[OrgRecord], row: Row, lookup: Lookup) -> OrgRecord:
    """Return a record about the organisation that the row names."""
    organisation = lookup.named(CommunityOrg, row, "organisation")
    return with_area(kind(organisation=organisation, **row.known("organisation")))


ASSESSMENTS = Ledger(
    "社区社会组织评估评议台账",
    "org-assessments",
    (
        _ORGANISATION,
        Column("year", "评估年度", year, aliases=("年度", "评议年度"), required=True),
        Column("assessed_on", "评议日期", day, aliases=("评估日期", "日期"), required=True),
        Column(
            "committees_score",
            "“两委”评分",
            _score,
            aliases=("两委评分", "村（社区）“两委”评分"),
            required=True,
            example=92,
        ),
        Column("residents_score", "居民评分", _score, aliases=("居民评议分", "群众评分")),
        Column("residents", "参评居民人数", whole, aliases=("参评人数",), unit="人"),
        Column(
            "grade", "评估等次", Choice(Grade, _GRADES), aliases=("等次", "评估结果"), required=True
        ),
        Column("opinion", "评议意见", text(500), aliases=("意见",)),
        Column("use_made", "结果运用", text(200), aliases=("运用情况", "评估结果运用")),
        NOTE_COLUMN,
        *OTHER_PLACE_COLUMNS,
    ),
    (OrgAssessment,),
    lambda row, lookup: _about(OrgAssessment, row, lookup),
    area_from="record",
)

MAJOR_ACTIVITIES = Ledger(
    "重大活动报告台账",
    "major-activities",
    (
        _ORGANISATION,
        Column("name", "活动名称", name(), aliases=("名称",), required=True),
        Column(
            "kind",
            "活动类别",
            Choice(
                EventKind,
                {"节庆": "festival", "演出": "performance", "竞赛": "contest", "集会": "gathering"},
            ),
            aliases=("类别", "活动类型"),
            required=True,
        ),
        Column("held_on", "举办日期", day, aliases=("活动日期", "举办时间"), required=True),
        Column("place", "举办地点", text(200), aliases=("地点", "活动地点"), required=True),
        Column(
            "people_expected",
            "预计参加人数",
            whole,
            aliases=("预计人数", "参加人数"),
            required=True,
            unit="人",
        ),
        Column("safety_leader", "安全负责人", text(50), aliases=("安全责任人",), required=True),
        Column("safety_phone", "安全负责人电话", phone, aliases=("联系电话", "电话")),
        Column("safety_measures", "安全措施", text(500), aliases=("安全保障措施",)),
        Column("reported_on", "报告日期", day, aliases=("报告时间",), required=True),
        Column(
            "reply",
            "答复意见",
            Choice(Reply, {"同意举办": "agreed", "不同意举办": "refused"}),
            aliases=("答复",),
        ),
        Column("replied_on", "答复日期", day, aliases=("答复时间",)),
        Column("reply_text", "答复要求", text(500), aliases=("要求",)),
        NOTE_COLUMN,
        *OTHER_PLACE_COLUMNS,
    ),
    (MajorActivity,),
    lambda row, lookup: _about(MajorActivity, row, lookup),
    area_from="record",
)


TALENTS = Ledger(
    "慈善人才台账",
    "talents",
    (
        *PLACE_COLUMNS,
        Column("name", "姓名", text(50), aliases=("人才姓名",), required=True),
        Column("contact", "联系方式", text(60), aliases=("联系电话", "电话", "手机")),
        Column(
            "role",
            "人才类别",
            Choice(TalentRole, {"社工": "social_worker", "骨干人才": "leader", "实施": "project"}),
            aliases=("类别", "角色"),
            required=True,
        ),
        Column("organisation", "所在社区社会组织", name(), aliases=("所在组织", "所属组织")),
        Column("since", "入库日期", day, aliases=("登记日期", "入库时间"), required=True),
        Column("left_on", "退出日期", end_day, aliases=("退出时间",)),
        Column(
            "certificate",
            "职业资格",
            Choice(
                Certificate,
                {
                    "无": "none",
                    "助理": "assistant",
                    "助理社工师": "assistant",
                    "中级社会工作师": "worker",
                    "社工师": "worker",
                    "高级": "senior",
                    "高级社工师": "senior",
                },
            ),
            aliases=("证书", "社工证书", "职业资格证书"),
        ),
        Column("certified_on", "取得资格日期", day, aliases=("取证日期", "发证日期")),
        Column("trained_on", "最近培训日期", day, aliases=("培训日期",)),
        Column(
            "has_mastered",
            "已掌握社会工作专业知识和方法",
            flag,
            aliases=("是否掌握社会工作专业知识和方法", "是否掌握"),
        ),
        Column("skills", "专长", text(), aliases=("特长", "专业特长")),
        Column("incentives", "激励措施", text(200), aliases=("激励",)),
        NOTE_COLUMN,
    ),
    (Talent,),
    refers="organisation",
)
