"""Ledgers of aid, needs, resources and matches."""

from __future__ import annotations

from ledgers.cells import Choice, Words, bare_whole, day, name, text, whole, yuan
from ledgers.columns import NOTE_COLUMN, OTHER_PLACE_COLUMNS, PLACE_COLUMNS
from ledgers.declaration import Column, Ledger, Lookup, Row, with_area
from projects.models import (
    Aid,
    AidGroup,
    Direction,
    FoundBy,
    Group,
    Match,
    Need,
    Project,
    Resource,
    ResourceKind,
)
from projects.models.choices import SERVICES
from reviews.models.choice_lists import all_words

_SERVICES = all_words(SERVICES)
_GROUPS = {
    "老年人": "elderly",
    "儿童": "children",
    "困难群众": "hardship",
    "残疾人": "disabled",
    "全体": "all",
    "居民": "all",
    "不限": "all",
}

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
                    "特殊人群关爱": "special",
                },
            ),
            aliases=("帮扶对象", "对象"),
            required=True,
        ),
        Column("service", "服务类别", Words(_SERVICES, most=1), aliases=("服务项目",)),
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

NEEDS = Ledger(
    "居民需求台账",
    "needs",
    (
        *PLACE_COLUMNS,
        Column("name", "需求名称", name(), aliases=("需求", "需求内容"), required=True),
        Column(
            "direction",
            "需求方向",
            Choice(Direction, {"养老": "eldercare", "社会救助": "relief", "其他": "other"}),
            aliases=("需求类别", "方向"),
            required=True,
        ),
        Column("services", "所需服务", Words(_SERVICES), aliases=("服务内容",)),
        Column(
            "group", "服务对象", Choice(Group, _GROUPS), aliases=("对象", "需求群体"), required=True
        ),
        Column("people", "涉及人数", whole, aliases=("人数", "需求人数"), unit="人"),
        Column("site", "需求地点", text(100), aliases=("地点",)),
        Column("lacks", "所缺资源", Choice(ResourceKind), aliases=("所需资源",)),
        Column("found_on", "调查日期", day, aliases=("日期", "登记日期"), required=True),
        Column("found_by", "需求来源", Choice(FoundBy), aliases=("来源",)),
        Column("needed_by", "期望解决日期", day, aliases=("期望日期",)),
        Column("closed_on", "终止日期", day),
        NOTE_COLUMN,
    ),
    (Need,),
)

RESOURCES = Ledger(
    "慈善资源台账",
    "resources",
    (
        *PLACE_COLUMNS,
        Column("name", "资源名称", name(), aliases=("资源", "名称"), required=True),
        Column(
            "kind",
            "资源类别",
            Choice(ResourceKind, {"人员": "people", "志愿者": "people", "资产": "other"}),
            aliases=("类别", "资源类型"),
            required=True,
        ),
        Column("group", "服务对象", Choice(Group, _GROUPS), aliases=("对象",)),
        Column("quantity", "数量", bare_whole),
        Column("unit", "计量单位", text(10), aliases=("单位",)),
        Column("provider", "提供单位", text(), aliases=("提供方", "所属单位")),
        Column("site", "资源地点", text(100), aliases=("地点", "地址")),
        Column("available_from", "可用起始日期", day, aliases=("登记日期", "日期"), required=True),
        Column("closed_on", "停用日期", day),
        NOTE_COLUMN,
    ),
    (Resource,),
)


def _match(row: Row, lookup: Lookup) -> Match:
    match = Match(
        project=lookup.named(Project, row, "project"),
        need=lookup.named(Need, row, "need"),
        resource=lookup.named(Resource, row, "resource"),
        **row.known("project", "need", "resource"),
    )
    return with_area(match)


MATCHES = Ledger(
    "供需对接台账",
    "matches",
    (
        Column("project", "对接项目", name(), aliases=("项目", "项目名称"), required=True),
        Column("need", "对接需求", name(), aliases=("需求", "需求名称")),
        Column("resource", "使用资源", name(), aliases=("资源", "资源名称")),
        Column("matched_on", "对接日期", day, aliases=("日期",), required=True),
        Column("matter", "对接内容", text(200), aliases=("内容",), required=True),
        Column("quantity", "使用数量", bare_whole, aliases=("数量",)),
        NOTE_COLUMN,
        *OTHER_PLACE_COLUMNS,
    ),
    (Match,),
    _match,
    area_from="record",
)
