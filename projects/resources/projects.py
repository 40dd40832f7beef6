"""The ledger of projects."""

from __future__ import annotations

from typing import Any

from ledgers.cells import (
    Cell,
    CellError,
    Choice,
    Words,
    day,
    end_day,
    flag,
    name,
    text,
    whole,
    word_list,
    yuan,
)
from ledgers.columns import NOTE_COLUMN, PLACE_COLUMNS
from ledgers.declaration import Column, Ledger, Lookup, Row
from projects.models import Charge, Direction, MicroKind, Project, ProjectSource, ProjectStage
from projects.models.choices import PARTIES, PEOPLE, SERVICES
from reviews.fields import field_of, related_model
from reviews.models.choice_lists import all_words

_GROUPS = {
    "一老": "for_elderly",
    "老": "for_elderly",
    "老年人": "for_elderly",
    "一小": "for_children",
    "小": "for_children",
    "儿童": "for_children",
    "一困": "for_hardship",
    "困": "for_hardship",
    "困难群众": "for_hardship",
    "一残": "for_disabled",
    "残": "for_disabled",
    "残疾人": "for_disabled",
    "特殊人群": "for_special",
    "一老一小": "for_elderly for_children",
    "一困一残": "for_hardship for_disabled",
}


#: Columns that name a record on file.
_LINKS = ("fund", "implementer_org", "partner_charity", "scene")


_STAGES = {
    "项目储备": "reserve",
    "储备中": "reserve",
    "已立项": "approved",
    "实施中": "running",
    "进行中": "running",
    "在实施": "running",
    "已结项": "finished",
    "已完成": "finished",
}
_DIRECTIONS = {
    "社会救助": "relief",
    "养老": "eldercare",
    "儿童关爱": "children",
    "未成年人保护": "children",
    "应急慈善": "emergency",
    "慈善品牌": "brand",
    "其他": "other",
}


def _groups(cell: Cell) -> dict[str, bool]:
    """Return the groups named in a cell, such as 一老、一小, as flags of the model."""
    flags: dict[str, bool] = {}
    for word in word_list(cell):
        if word == "其他":
            continue
        if word not in _GROUPS:
            raise CellError(f"“{word}”无法识别，应为：一老、一小、一困、一残、特殊人群、其他")
        flags |= dict.fromkeys(_GROUPS[word].split(), True)
    return flags


def _project(row: Row, lookup: Lookup) -> Project:
    if "groups" in row.filled:  # the cell names all groups, so it denies those that it leaves out
        row.filled.update(*(flags.split() for flags in _GROUPS.values()))
    given = row.known("groups", *_LINKS) | (row["groups"] or {})
    links: dict[str, Any] = {
        name: lookup.named(related_model(field_of(Project, name)), row, name) for name in _LINKS
    }
    project = Project(area=row.area, **links, **given)
    project.complete()
    return project


PROJECTS = Ledger(
    "慈善项目统计表",
    "projects",
    (
        *PLACE_COLUMNS,
        Column("name", "项目名称", name(), aliases=("名称",), required=True),
        Column("stage", "项目阶段", Choice(ProjectStage, _STAGES), aliases=("阶段", "项目状态")),
        Column("direction", "项目方向", Choice(Direction, _DIRECTIONS), aliases=("方向",)),
        Column("category", "项目类别", text(30), aliases=("类别", "项目类型")),
        Column("groups", "服务对象", _groups, aliases=("对象", "服务群体")),
        Column("served", "具体对象", Words(all_words(PEOPLE)), aliases=("服务人群",)),
        Column("services", "服务内容", Words(all_words(SERVICES)), aliases=("服务项目",)),
        Column("other_service", "其他服务", text(60)),
        Column("charge", "收费方式", Choice(Charge), aliases=("是否收费",)),
        Column(
            "parties",
            "五社联动",
            Words(
                all_words(PARTIES),
            ),
            aliases=("参与主体",),
        ),
        Column("implementer", "实施单位", text(), aliases=("承接单位", "实施主体")),
        Column("implementer_org", "实施组织", name(), aliases=("实施社区社会组织",)),
        Column("partner", "合作单位", text(), aliases=("合作机构", "协作单位")),
        Column("partner_charity", "合作慈善组织", name()),
        Column("site", "实施地点", text(100), aliases=("地点", "实施地址")),
        Column("scene", "实施场景", name(), aliases=("所在场景",)),
        Column(
            "source",
            "资金来源",
            Choice(
                ProjectSource,
                {
                    "慈善基金": "fund",
                    "购买服务": "procurement",
                    "捐赠": "donation",
                    "福彩公益金": "lottery",
                },
            ),
        ),
        Column("fund", "资助基金", name(), aliases=("基金名称", "所属基金")),
        Column("feasibility", "需求和可行性分析", text(500), aliases=("可行性分析",)),
        Column("resolved_on", "决议日期", day),
        Column("resolution", "决议文号或内容", text(200), aliases=("决议", "决议文号")),
        Column("budget_yuan", "预算", yuan, aliases=("项目预算", "预算金额"), unit="元"),
        Column("spent_yuan", "实际支出", yuan, aliases=("支出", "已支出"), unit="元"),
        Column(
            "starts_on", "开始时间", day, aliases=("开始", "开始日期", "启动时间"), required=True
        ),
        Column("ends_on", "结束时间", end_day, aliases=("结束", "结束日期", "完成时间")),
        Column("people", "受益人数", whole, unit="人"),
        Column("person_times", "受益人次", whole, unit="人次"),
        Column("volunteer_times", "志愿者人次", whole, unit="人次"),
        Column("is_aid", "是否帮扶项目", flag, aliases=("帮扶项目",)),
        Column("is_micro", "是否小微项目", flag, aliases=("小微项目",)),
        Column("micro_kind", "小微项目类型", Choice(MicroKind)),
        Column("surveyed_on", "回访日期", day),
        Column("surveyed", "回访人数", whole, unit="人"),
        Column("precise", "认为服务精准的人数", whole, aliases=("精准人数",), unit="人"),
        Column("expert", "认为服务专业的人数", whole, aliases=("专业人数",), unit="人"),
        Column("satisfied", "满意的人数", whole, aliases=("满意人数",), unit="人"),
        Column("subsidised_on", "福彩公益金补助日期", day, aliases=("补助日期",)),
        Column("subsidy_yuan", "福彩公益金补助", yuan, aliases=("补助金额",), unit="元"),
        NOTE_COLUMN,
    ),
    (Project,),
    _project,
    ignored=("进度", "负责人", "电话"),
)
