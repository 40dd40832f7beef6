"""Ledgers of projects and aid."""

from __future__ import annotations

from typing import Any

from ledgers.cells import (
    Cell,
    CellError,
    Choice,
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
from ledgers.declaration import Column, Ledger, Lookup, Row, Workbook
from orgs.resources import TRAININGS
from projects.models import Aid, AidGroup, Project, ProjectSource
from reviews.fields import field_of, related_model
from scenes.resources import ACTIVITIES

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
    "一老一小": "for_elderly for_children",
    "一困一残": "for_hardship for_disabled",
}


def _groups(cell: Cell) -> dict[str, bool]:
    """Return the groups named in a cell, such as 一老、一小, as flags of the model."""
    flags: dict[str, bool] = {}
    for word in word_list(cell):
        if word == "其他":
            continue
        if word not in _GROUPS:
            raise CellError(f"“{word}”无法识别，应为：一老、一小、一困、一残、其他")
        flags |= dict.fromkeys(_GROUPS[word].split(), True)
    return flags


def _project(row: Row, lookup: Lookup) -> Project:
    if "groups" in row.filled:  # the cell names all groups, so it denies those that it leaves out
        row.filled.update(*(flags.split() for flags in _GROUPS.values()))
    given = row.known("groups", "fund") | (row["groups"] or {})
    fund: Any = related_model(field_of(Project, "fund"))  # funds are above projects
    return Project(area=row.area, fund=lookup.named(fund, row, "fund"), **given)


PROJECTS = Ledger(
    "慈善项目统计表",
    "projects",
    (
        *PLACE_COLUMNS,
        Column("name", "项目名称", name(), aliases=("名称",), required=True),
        Column("category", "项目类别", text(30), aliases=("类别", "项目类型")),
        Column("groups", "服务对象", _groups, aliases=("对象", "服务群体")),
        Column("implementer", "实施单位", text(), aliases=("承接单位", "实施主体")),
        Column("site", "实施地点", text(100), aliases=("地点", "实施地址")),
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
        NOTE_COLUMN,
    ),
    (Project,),
    _project,
    ignored=("进度", "负责人", "电话"),
)

AIDS = Ledger(
    "帮扶记录",
    "aids",
    (
        *PLACE_COLUMNS,
        Column("helped_on", "日期", day, aliases=("帮扶日期", "帮扶时间", "时间"), required=True),
        Column(
            "group",
            "对象类别",
            Choice(
                AidGroup,
                {
                    "老年人": "elderly",
                    "儿童": "children",
                    "困难群众": "hardship",
                    "残疾人": "disabled",
                },
            ),
            aliases=("帮扶对象", "对象"),
            required=True,
        ),
        Column("content", "帮扶内容", text(200), aliases=("内容",), required=True),
        Column(
            "person_times",
            "帮扶人次",
            whole,
            aliases=("人次",),
            required=True,
            unit="人次",
        ),
        Column("amount_yuan", "金额", yuan, aliases=("帮扶金额",), unit="元"),
        NOTE_COLUMN,
    ),
    (Aid,),
)

WORKBOOKS = (
    Workbook("projects", "慈善项目统计表", (PROJECTS,), 30),
    Workbook("activities", "活动培训帮扶记录", (ACTIVITIES, TRAININGS, AIDS), 60),
)
