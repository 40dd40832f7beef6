"""Plain ledgers of every kind, whose facts are known: nothing in them is doubtful."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from tests.ledger.many.pages import (
    CHOICE,
    COUNT,
    DAY,
    FLAG,
    IDENTIFIER,
    MONEY,
    NAME,
    NUMBERING,
    PLACE,
    TEXT,
    PageCell,
    PlainColumn,
    Table,
    Value,
)

HOST = "重庆市渝中区慈善会"
#: The fund of the money ledger; it is no row of the ledger of funds.
FUND = f"{HOST}华一坡社区慈善基金"
PLACES = (
    ("七星岗街道", "华一坡社区"),
    ("七星岗街道", "华一坡社区"),
    ("解放碑街道", "民生路社区"),
    ("解放碑街道", "民生路社区"),
)
_NUMBER = PlainColumn("序号", NUMBERING)
_STREET = PlainColumn("街道", PLACE, ("镇街", "所属街道", "街道(镇)", "乡镇（街道）"))
_COMMUNITY = PlainColumn("社区", PLACE, ("村（社区）", "所属社区", "社区（村）", "所在社区"))
_NOTE = PlainColumn("备注", TEXT, ("说明",))
_PLACED = (_NUMBER, _STREET, _COMMUNITY)


def _day(month: int, number: int) -> datetime.date:
    return datetime.date(2026, month, number)


def _table(columns: Sequence[PlainColumn], *rows: Sequence[Value]) -> Table:
    """Return a table of rows without their number and, where there are such columns, their place."""
    lines: list[list[PageCell]] = []
    for number, row in enumerate(rows):
        place = PLACES[number] if _STREET in columns else ()
        lines.append([PageCell(value) for value in (number + 1, *place, *row)])
    return Table([*columns], lines)


PLAIN: dict[str, Table] = {
    "funds": _table(
        (
            *_PLACED,
            PlainColumn("基金名称", NAME),
            PlainColumn("基金级别", CHOICE, ("级别",)),
            PlainColumn("依托慈善组织", NAME, ("依托单位", "基金会")),
            PlainColumn("是否具有公开募捐资格", FLAG, ("公开募捐资格",)),
            PlainColumn("设立日期", DAY, ("成立时间", "设立时间")),
            PlainColumn("协议编号", IDENTIFIER),
            PlainColumn("起始资金（元）", MONEY, ("启动资金（元）", "初始资金(元)")),
            PlainColumn("管委会人数", COUNT),
            PlainColumn("负责人", TEXT, ("负责人姓名", "联系人")),
            PlainColumn("联系电话", IDENTIFIER, ("电话", "手机")),
            _NOTE,
        ),
        *(
            (
                f"{HOST}{PLACES[at][1]}{name}基金",
                "社区级",
                HOST,
                "是",
                _day(at + 1, 4 + at),
                f"渝慈协202600{at}",
                (50_000, 60_500, 125_000, 80_000.5)[at],
                5 + at,
                ("张三", "李四", "王五", "赵六")[at],
                f"1388300000{at}",
                ("已挂牌", None, "与物业共建", None)[at],
            )
            for at, name in enumerate(("互助", "助学", "助老", "睦邻"))
        ),
    ),
    "money": _table(
        (
            _NUMBER,
            PlainColumn("日期", DAY, ("捐赠日期", "时间")),
            PlainColumn("基金", NAME, ("基金名称", "所属基金")),
            PlainColumn("摘要", TEXT, ("用途",)),
            PlainColumn("捐赠人", NAME, ("捐赠方", "捐赠单位或个人")),
            PlainColumn("收入（元）", MONEY, ("捐赠金额（元）",)),
            PlainColumn("支出（元）", MONEY, ("支付金额（元）",)),
            PlainColumn("票据号", IDENTIFIER, ("票据编号",)),
            PlainColumn("经办人", TEXT, ("经手人",)),
        ),
        (_day(4, 1), FUND, "企业捐赠", "渝中甲公司", 20_000, None, "渝财00000001", "张三"),
        (_day(4, 9), FUND, "个人捐赠", "王小明", 350.5, None, "渝财00000002", "张三"),
        (_day(5, 12), FUND, "慰问困难老人", None, None, 4_800, None, "李四"),
        (_day(6, 3), FUND, "儿童节活动物资", None, None, 1_260.8, None, "李四"),
    ),
    "orgs": _table(
        (
            *_PLACED,
            PlainColumn("组织名称", NAME, ("社区社会组织名称", "名称")),
            PlainColumn("类别", CHOICE, ("组织类别", "类型")),
            PlainColumn("管理层级", CHOICE, ("登记备案情况",)),
            PlainColumn("登记（备案）编号", IDENTIFIER, ("备案编号", "备案号")),
            PlainColumn("登记（备案）日期", DAY, ("备案日期", "成立日期")),
            PlainColumn("负责人", TEXT, ("负责人姓名",)),
            PlainColumn("成员数", COUNT, ("成员人数", "会员数")),
            PlainColumn("党员数", COUNT, ("党员人数",)),
            _NOTE,
        ),
        (
            "华一坡互助会",
            "公益慈善类",
            "街道管理",
            "渝中社备000001",
            _day(3, 1),
            "张三",
            20,
            3,
            None,
        ),
        (
            "华一坡合唱队",
            "文体活动类",
            "街道管理",
            "渝中社备000002",
            _day(3, 9),
            "李四",
            35,
            4,
            "新",
        ),
        (
            "民生路助老队",
            "公益慈善类",
            "街道管理",
            "渝中社备000003",
            _day(4, 2),
            "王五",
            18,
            2,
            None,
        ),
        (
            "民生路议事会",
            "社区事务类",
            "街道管理",
            "渝中社备000004",
            _day(5, 7),
            "赵六",
            12,
            6,
            None,
        ),
    ),
    "projects": _table(
        (
            *_PLACED,
            PlainColumn("项目名称", NAME, ("名称",)),
            PlainColumn("服务对象", CHOICE, ("对象", "服务群体")),
            PlainColumn("实施单位", NAME, ("承接单位",)),
            PlainColumn("预算（元）", MONEY, ("项目预算（元）", "预算金额（元）")),
            PlainColumn("开始时间", DAY, ("开始日期", "启动时间")),
            PlainColumn("受益人次", COUNT),
            PlainColumn("是否帮扶项目", FLAG, ("帮扶项目",)),
            _NOTE,
        ),
        ("华一坡助餐", "一老", "华一坡互助会", 30_000, _day(3, 1), 260, "是", None),
        ("华一坡课后（暑期）", "一小", "华一坡互助会", 18_500, _day(3, 15), 140, "否", "暑期停"),
        ("民生路探访", "一老", "民生路助老队", 9_600, _day(4, 8), 88, "是", None),
        ("民生路康复", "一残", "民生路助老队", 42_000.5, _day(5, 6), 61, "是", None),
    ),
    "scenes": _table(
        (
            *_PLACED,
            PlainColumn("场景名称", NAME, ("名称", "阵地名称")),
            PlainColumn("类型", CHOICE, ("场景类型", "阵地类型")),
            PlainColumn("地址", TEXT, ("详细地址",)),
            PlainColumn("建成日期", DAY, ("建成时间", "投用日期")),
            PlainColumn("有人员", FLAG),
            PlainColumn("有场所", FLAG),
            PlainColumn("年服务人次", COUNT, ("服务人次",)),
            _NOTE,
        ),
        ("华一坡慈善墙", "慈善墙", "中山一路3号", _day(3, 1), "是", "是", 900, None),
        ("华一坡捐助点", "捐助点", "中山一路9号", _day(3, 20), "否", "是", 450, None),
        ("民生路慈善墙", "慈善墙", "民生路88号", _day(4, 2), "是", "否", 1_200, "室外"),
        ("民生路捐助点", "捐助点", "民生路90号", _day(5, 11), "是", "是", 300, None),
    ),
    "activities": _table(
        (
            *_PLACED,
            PlainColumn("日期", DAY, ("活动日期", "活动时间")),
            PlainColumn("活动名称", NAME, ("活动主题",)),
            PlainColumn("形式", CHOICE, ("活动形式",)),
            PlainColumn("主办", NAME, ("主办单位",)),
            PlainColumn("参与人次", COUNT, ("参加人次",)),
            PlainColumn("志愿者人次", COUNT, ("志愿者",)),
            _NOTE,
        ),
        (_day(3, 5), "学雷锋", "活动", "华一坡社区", 120, 15, None),
        (_day(4, 4), "清明慰问", "活动", "华一坡社区", 60, 8, None),
        (_day(5, 1), "劳动节义剪", "活动", "民生路社区", 75, 9, "理发"),
        (_day(6, 1), "儿童节游园", "活动", "民生路社区", 210, 22, None),
    ),
    "aids": _table(
        (
            *_PLACED,
            PlainColumn("日期", DAY, ("帮扶日期", "帮扶时间")),
            PlainColumn("对象类别", CHOICE, ("帮扶对象",)),
            PlainColumn("帮扶内容", TEXT, ("内容",)),
            PlainColumn("帮扶人次", COUNT, ("人次",)),
            PlainColumn("金额（元）", MONEY, ("帮扶金额（元）",)),
            _NOTE,
        ),
        (_day(3, 3), "一老", "助餐", 5, 500, None),
        (_day(3, 18), "一小", "助学", 2, 1_200.5, None),
        (_day(4, 6), "一老", "陪诊", 3, 260, "住院"),
        (_day(5, 20), "一困", "临时救助", 1, 3_000, None),
    ),
    "trainings": _table(
        (
            *_PLACED,
            PlainColumn("日期", DAY, ("培训日期", "培训时间")),
            PlainColumn("培训名称", NAME, ("培训主题",)),
            PlainColumn("主办单位", NAME, ("主办",)),
            PlainColumn("参训人次", COUNT, ("培训人次",)),
            PlainColumn("参训人数", COUNT, ("培训人数",)),
            _NOTE,
        ),
        (_day(3, 6), "骨干培训", "华一坡互助会", 40, 38, None),
        (_day(4, 10), "志愿者培训", "华一坡互助会", 66, 60, None),
        (_day(5, 8), "项目书写作", "民生路助老队", 24, 24, "两天"),
        (_day(6, 9), "财务培训", "民生路助老队", 18, 17, None),
    ),
    "teams": _table(
        (
            *_PLACED,
            PlainColumn("队伍名称", NAME, ("志愿服务队名称", "团队名称")),
            PlainColumn("成立日期", DAY, ("成立时间", "组建日期")),
            PlainColumn("志愿者人数", COUNT, ("人数", "志愿者数")),
            PlainColumn("负责人", TEXT, ("负责人姓名",)),
            PlainColumn("联系电话", IDENTIFIER, ("电话", "手机")),
            _NOTE,
        ),
        ("华一坡红马甲", _day(3, 1), 25, "张三", "13883000001", None),
        ("华一坡银发队", _day(3, 11), 16, "李四", "13883000002", None),
        ("民生路邻里队", _day(4, 3), 31, "王五", "13883000003", "周末"),
        ("民生路青年队", _day(5, 4), 44, "赵六", "13883000004", None),
    ),
}
#: The keys of the workbooks in which the ledgers are imported, where they differ.
WORKBOOK_OF = {"aids": "activities", "trainings": "activities"}
