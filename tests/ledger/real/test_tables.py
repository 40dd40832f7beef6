"""Tables as bureaus lay them out: what stands around, above, below, between and beside the rows."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from accounts.models import User
from tests.ledger.workbooks import (
    HOST,
    Rows,
    Sheet,
    fund,
    in_yuan,
    org,
    project,
    read,
    table,
    workbook,
)

pytestmark = pytest.mark.once  # reads files; storing is tested on both databases

HEAD, ONE, TWO = in_yuan([fund(1), fund(2)])
WIDTH = len(HEAD)
NAMES = [str(fund(1)["基金名称"]), str(fund(2)["基金名称"])]


def _line(*texts: object) -> list[object]:
    return [*texts, *[None] * (WIDTH - len(texts))]


class Case(NamedTuple):
    """A sheet with the funds 1 and 2, and what is said of what else it holds."""

    label: str
    rows: Rows
    #: Words of the only warning; "" for none.
    warning: str = ""
    merges: tuple[str, ...] = ()


#: The two funds come in as they are in the plain table.
SAME_AS_PLAIN = [
    # rows under the titles
    Case("表头下有栏次行", [HEAD, list(range(1, WIDTH + 1)), ONE, TWO]),
    Case("表头下有甲乙栏次行", [HEAD, ["甲", "乙", "丙", 1, 2, 3, 4, 5, 6], ONE, TWO]),
    Case("栏次行带算式", [HEAD, ["栏次", 1, 2, 3, 4, 5, 6, 7, "8=6+7"], ONE, TWO]),
    Case("栏次行带括号", [HEAD, [f"（{at}）" for at in range(1, WIDTH + 1)], ONE, TWO]),
    Case("栏次行带圈码", [HEAD, [chr(0x2460 + at) for at in range(WIDTH)], ONE, TWO]),
    Case(
        "表头下有必填行", [HEAD, _line(None, "必填", "选填", "必填", "必填", "（必填）"), ONE, TWO]
    ),
    Case(
        "表头下有单位行和栏次行",
        [
            HEAD,
            _line(None, None, None, None, None, None, None, "年月日", "元"),
            list(range(1, WIDTH + 1)),
            ONE,
            TWO,
        ],
    ),
    # totals
    Case(
        "合计行在数据之上",
        [HEAD, _line("合计", None, None, None, None, None, None, None, 200)[:WIDTH], ONE, TWO],
    ),
    Case("共计", [HEAD, ONE, TWO, ["共计", *[None] * 7, 200]]),
    Case("汇总", [HEAD, ONE, TWO, [None, "汇 总", *[None] * 6, 200]]),
    Case("累计", [HEAD, ONE, TWO, ["累计：", *[None] * 7, 200]]),
    Case(
        "总 计 与其中",
        [HEAD, ONE, TWO, ["总 计", *[None] * 7, 200], [None, "其中：社区级", *[None] * 6, 200]],
        "第5行是平均数、其中项",
    ),
    Case("共计2支", [HEAD, ONE, TWO, ["合计（2支）", *[None] * 7, 200]]),
    Case(
        "每街道各有合计", [HEAD, ONE, ["合计", *[None] * 7, 100], TWO, ["合计", *[None] * 7, 100]]
    ),
    # below the table
    Case("表下有日期", [HEAD, ONE, TWO, [], [*[None] * 7, "2026年11月12日"]], "第5行是说明文字"),
    Case("表下有盖章", [HEAD, ONE, TWO, [None, None, "渝中区民政局（盖章）"]], "第4行是说明文字"),
    Case(
        "表下有落款",
        [HEAD, ONE, TWO, ["渝中区民政局（公章）", *[None] * 6, "2026年11月12日"]],
        "第4行是说明文字",
    ),
    Case("表下有合并的说明", [HEAD, ONE, TWO, ["数字均为街道上报"]], "第4行是分段标题", ("A4:I4",)),
    Case(
        "表下有长说明",
        [HEAD, ONE, TWO, [None, "以上数据由各街道报送，经区民政局汇总审核后形成，仅供内部使用。"]],
        "第4行是说明文字",
    ),
    Case("经办与复核", [HEAD, ONE, TWO, ["经办：张三", None, "复核：李四"]]),
    Case("签字行无冒号", [HEAD, ONE, TWO, ["单位负责人", None, None, "审核人", None, "填表人"]]),
    Case("以下空白", [HEAD, ONE, TWO, [None, None, None, "以下空白"]], "第4行是说明文字"),
    # rows that say nothing
    Case(
        "整行写无",
        [HEAD, ONE, TWO, [3, "解放碑街道", "民生路社区", *["无"] * 6]],
        "第4行只写了“无”",
    ),
    Case(
        "本月无",
        [HEAD, ONE, TWO, [3, "解放碑街道", None, "本月无新增", *[None] * 5]],
        "第4行只写了“无”",
    ),
    Case(
        "零报告",
        [HEAD, ONE, TWO, [3, "解放碑街道", None, "零报告", None, None, None, None, 0]],
        "第4行只写了“无”",
    ),
    Case(
        "斜杠",
        [HEAD, ONE, TWO, [3, "解放碑街道", None, "/", "/", "/", "/", "/", "/"]],
        "第4行只写了“无”",
    ),
    Case(
        "预填的所在地",
        [HEAD, ONE, TWO, [3, "解放碑街道", "民生路社区"], [4, "解放碑街道", "莲花池社区"]],
        "有2行没有导入：第4—5行只填了所在地",
    ),
    # printed pages
    Case("每页重复表头和页码", [HEAD, ONE, ["第1页 共2页"], HEAD, TWO, ["第 2 页，共 2 页"]]),
    Case(
        "每页重复标题",
        [["渝中区社区慈善基金台账"], HEAD, ONE, ["渝中区社区慈善基金台账"], HEAD, TWO],
    ),
    Case("重复的表头有空格", [HEAD, ONE, [f" {title} " for title in HEAD], TWO]),
    # where the table begins
    Case("表头在第20行", [*[["填表说明"] for _ in range(19)], HEAD, ONE, TWO]),
    Case("前有空行空列", [[], [], [None, *HEAD], [None, *ONE], [None, *TWO]]),
    Case(
        "分段标题",
        [HEAD, ["一、本年设立"], ONE, ["二、往年设立"], TWO],
        "有2行没有导入：第2、4行是分段标题",
    ),
    # titles
    Case("标题带星号和必填", [[f"*{title}" if title else title for title in HEAD], ONE, TWO]),
    Case("标题带括号必填", [[f"{title}（必填）" for title in HEAD], ONE, TWO]),
    Case("标题带编号", [[f"{at}.{title}" for at, title in enumerate(HEAD, 1)], ONE, TWO]),
    Case("标题有换行和空格", [["\n".join(title) for title in HEAD], ONE, TWO]),
]


@pytest.mark.parametrize("case", SAME_AS_PLAIN, ids=lambda case: case.label)
def test_the_rows_are_those_of_the_plain_table(quji: User, case: Case) -> None:
    found = read("funds", workbook(Sheet(case.rows, merges=case.merges)), quji)
    assert [str(problem) for problem in found.problems] == []
    assert [(record.name, record.initial_yuan) for record in found.records] == [
        (name, 100) for name in NAMES
    ]
    said = [each.message for each in found.warnings]
    assert len(said) == bool(case.warning), said
    assert case.warning in "".join(said)


def test_a_row_of_units_says_the_unit_of_its_columns(quji: User) -> None:
    head, *_ = table([fund(1)])
    units = [*[None] * (WIDTH - 2), "年月日", "万元"]
    rows = [head, units, ONE, TWO]
    found = read("funds", workbook(Sheet(rows)), quji)
    assert [record.initial_yuan for record in found.records] == [1_000_000, 1_000_000]


def test_a_header_of_three_rows_is_one_header(quji: User) -> None:
    rows: Rows = [
        ["序号", "基本情况", None, None, None, "资金情况（万元）", None, "人员", None],
        [None, "所在地", None, "基金", None, "起始资金", "依托慈善组织", "负责人", None],
        [None, "街道", "社区", "名称", "级别", None, None, "姓名", "电话"],
        [1, "七星岗街道", "华一坡社区", "华一坡基金", "社区级", 2, "慈善会", "李强", 13800001234],
    ]
    merges = ["A1:A3", "B1:E1", "B2:C2", "D2:E2", "F1:G1", "F2:F3", "G2:G3", "H1:I1", "H2:I2"]
    found = read("funds", workbook(Sheet(rows, merges=merges)), quji)
    assert [each.message for each in found.problems] == ["缺少“设立日期”列"]
    (record,) = found.records
    assert (record.name, record.area.short_name, record.leader) == (
        "华一坡基金",
        "华一坡社区",
        "李强",
    )
    assert record.initial_yuan == 20000


# --- titles of groups --------------------------------------------------------------------------


class Group(NamedTuple):
    """Two groups of titles over persons, and who is taken as 负责人."""

    label: str
    titles: tuple[str | None, ...]
    lower: tuple[str | None, ...]
    values: tuple[str, ...]
    leader: str
    phone: str


GROUPS = [
    Group("联系人与负责人", ("联系人", None, "负责人", None), ("姓名", "电话", "姓名", "电话"),
          ("甲", "13800000001", "乙", "13800000002"), "乙", "13800000002"),
    Group("法定代表人与联系人", ("法定代表人", None, "联系人", None), ("姓名", "电话", "姓名", "电话"),
          ("甲", "13800000001", "乙", "13800000002"), "乙", "13800000002"),
    Group("只有受益人", ("受益人", None, None, None), ("姓名", "电话", "住址", "年龄"),
          ("甲", "13800000001", "某处", "70"), "", ""),
    Group("负责人在前", ("负责人", None, "经办人员", None), ("姓名", "手机", "姓名", "手机"),
          ("甲", "13800000001", "乙", "13800000002"), "甲", "13800000001"),
]  # fmt: skip


@pytest.mark.parametrize("case", GROUPS, ids=lambda case: case.label)
@pytest.mark.parametrize("is_merged", [True, False])
def test_the_title_of_another_group_is_not_taken(quji: User, case: Group, is_merged: bool) -> None:
    row = org()
    rows = [[*row, *case.titles], [*[None] * len(row), *case.lower], [*row.values(), *case.values]]
    merges = [f"{chr(65 + at)}1:{chr(65 + at)}2" for at in range(len(row))]
    if is_merged:
        width = 4 if case.titles[2] is None else 2
        first = len(row)
        merges += [
            f"{chr(65 + at)}1:{chr(64 + at + width)}1" for at in range(first, first + 4, width)
        ]
    found = read("orgs", workbook(Sheet(rows, merges=merges)), quji)
    assert [str(problem) for problem in found.problems] == []
    record = found.records[0]
    assert (record.leader, record.phone) == (case.leader, case.phone)
    assert found.warnings, "what is left out is told"


# --- columns -------------------------------------------------------------------------------------


class Column(NamedTuple):
    """A further column of the fund ledger, and what is said at its title."""

    label: str
    title: str | None
    value: object
    message: str
    is_problem: bool


COLUMNS = [
    Column("没有列名的列", None, "某某", "没有列名", False),
    Column("同名的列内容不同", "起始资金（元）", 300, "分不清以哪一列为准", True),
    Column("别名的列内容不同", "启动资金（元）", 300, "分不清以哪一列为准", True),
    Column("必填的列写了两次", "名称", "另一个名字", "分不清以哪一列为准", True),
    Column("所在地写了两次", "镇街", "解放碑街道", "分不清以哪一列为准", True),
    Column("不认识的列", "网址", "http://example.org", "不认识的列", False),
]


@pytest.mark.parametrize("case", COLUMNS, ids=lambda case: case.label)
def test_a_column_is_never_left_out_in_silence(quji: User, case: Column) -> None:
    rows = [[*HEAD, case.title], [*ONE, case.value], [*TWO, case.value]]
    found = read("funds", workbook(Sheet(rows)), quji)
    said = found.problems if case.is_problem else found.warnings
    assert [each.cell for each in said] == ["J1"]
    assert case.message in said[0].message


@pytest.mark.parametrize("title", ["起始资金（元）", "启动资金（元）", "名称"])
def test_a_column_that_says_the_same_again_is_no_finding(quji: User, title: str) -> None:
    values = [100, 100] if "资金" in title else NAMES
    rows = [[*HEAD, title], [*ONE, values[0]], [*TWO, values[1]]]
    found = read("funds", workbook(Sheet(rows)), quji)
    assert (found.problems, found.warnings) == ([], [])


# --- several tables ------------------------------------------------------------------------------


def test_a_second_table_with_its_own_titles_is_read_too(quji: User) -> None:
    titles = ["街道", "社区", "名称", "级别", "托管组织", "成立时间", "启动资金（万元）"]
    lower = ["解放碑街道", "民生路社区", f"{HOST}民生路基金", "社区级", HOST, "2026.5.1", 3]
    rows = [["一、市级基金表"], HEAD, ONE, TWO, [], ["二、区级基金表"], titles, lower]
    found = read("funds", workbook(Sheet(rows)), quji)
    assert found.problems == []
    assert [each.cell for each in found.warnings] == ["C8"], "the host may not raise funds"
    assert [(one.name, one.initial_yuan) for one in found.records] == [
        (NAMES[0], 100),
        (NAMES[1], 100),
        (f"{HOST}民生路基金", 30000),
    ]


def test_a_second_table_of_another_ledger_is_told(quji: User) -> None:
    rows = [HEAD, ONE, TWO, [], *table([project(1)])]
    found = read("funds", workbook(Sheet(rows)), quji)
    assert [each.cell for each in found.problems] == ["A5"]
    assert "慈善项目统计表" in found.problems[0].message
    assert len(found.records) == 2


def test_tables_side_by_side_are_both_read(quji: User) -> None:
    rows = [[*HEAD, None, *HEAD], [*ONE, None, *TWO]]
    found = read("funds", workbook(Sheet(rows)), quji)
    assert (found.problems, found.warnings) == ([], [])
    assert [one.name for one in found.records] == NAMES


def test_tables_side_by_side_without_a_gap_are_both_read(quji: User) -> None:
    rows = [[*HEAD, *HEAD], [*ONE, *TWO], [*[None] * WIDTH, *[None] * WIDTH]]
    found = read("funds", workbook(Sheet(rows)), quji)
    assert (found.problems, [one.name for one in found.records]) == ([], NAMES)


# --- other sheets --------------------------------------------------------------------------------


class Beside(NamedTuple):
    """A sheet beside the ledger and what is said of it."""

    label: str
    name: str
    rows: Rows
    message: str
    is_problem: bool = False


BESIDE = [
    Beside("汇总表", "汇总表", [["街道", "基金数", "起始资金"], ["七星岗街道", 2, 200]], "不是台账"),
    Beside("数据源", "数据源", [["街道", "级别"], ["七星岗街道", "街道级"]], "不是台账"),
    Beside("透视表", "Sheet3", [["行标签", "求和项:起始资金"], ["七星岗街道", 200], ["总计", 200]], "数据透视表"),
    Beside("不相干的表", "Sheet2", [["指标", "单位", "数额"], ["A1000", "万元", 5]], "指标、单位、数额"),
    Beside("另一种台账", "组织", table([org()]), "社区社会组织台账", True),
    Beside("列名写错的台账", "去年", [["街道", "基金名称", "设立日", "起始资金"], ["七星岗街道", "甲", "2026", 5]],
           "没有找到表头", True),
]  # fmt: skip


@pytest.mark.parametrize("case", BESIDE, ids=lambda case: case.label)
def test_a_sheet_beside_the_ledger_is_left_out_and_said_so(quji: User, case: Beside) -> None:
    found = read("funds", workbook(Sheet([HEAD, ONE], "台账"), Sheet(case.rows, case.name)), quji)
    said = found.problems if case.is_problem else found.warnings
    assert [(each.sheet, each.cell) for each in said] == [(case.name, "A1")]
    assert case.message in said[0].message
    assert len(found.records) == 1


def test_the_ledger_of_another_kind_is_sent_to_its_page(quji: User) -> None:
    found = read("funds", workbook(Sheet(table([org()]))), quji)
    assert ["社区社会组织台账" in each.message for each in found.problems] == [True]


def test_a_sheet_that_may_repeat_the_others_is_asked(quji: User) -> None:
    sheets = [Sheet([HEAD, ONE], "七星岗街道"), Sheet([HEAD, ONE], "全区汇总")]
    found = read("funds", workbook(*sheets), quji)
    assert [(each.sheet, each.cell) for each in found.problems][:1] == [("全区汇总", "A1")]
    alone = read("funds", workbook(sheets[1]), quji)
    assert (alone.problems, len(alone.records)) == ([], 1)
