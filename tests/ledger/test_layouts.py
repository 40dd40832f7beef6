"""The layouts of sheets in which bureaus write ledgers."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from funds.models import Fund
from ledgers.registry import KINDS
from tests.ledger.workbooks import (
    Reading,
    Row,
    Rows,
    Sheet,
    activity,
    aid,
    cells,
    fund,
    in_yuan,
    money,
    one_sheet,
    org,
    project,
    read,
    scene,
    table,
    training,
    workbook,
)
from tests.types import Make

pytestmark = pytest.mark.once  # reads files; storing is tested on both databases

TITLE = ["渝中区社区慈善基金台账"]
FACTS = ["填报单位（盖章）：渝中区民政局", None, "填报日期：2026年11月12日", "单位：万元"]
FOOTER = ["填表人：张  三", None, "审核人：", None, "联系电话：023-6376 0000"]

# --- above the header ------------------------------------------------------------------------


def test_titles_facts_and_footer_stand_around_the_table(quji: User) -> None:
    rows: Rows = [TITLE, FACTS, *table([fund(1), fund(2)]), [], FOOTER]
    found = read("funds", workbook(Sheet(rows, merges=["A1:I1"])), quji)
    assert found.problems == []
    assert found.result.rows == 2
    assert [record.initial_yuan for record in found.records] == [1_000_000, 1_000_000]


@pytest.mark.parametrize(
    ("line", "title", "written", "yuan"),
    [
        ("单位：万元", "起始资金", 12.5, "125000"),
        ("单位：万元、元", "起始资金（元）", 12.5, "12.5"),
        ("单位：个", "起始资金（万元）", 12.5, "125000"),
        ("单位：个", "起始资金(万元)", "500元", "500"),
        ("金额单位: 万元", "起始资金", "１２．５", "125000"),
        ("（单位：万元）", "起始资金", "12.5万元", "125000"),
        ("单位：亿元", "起始资金", 0.5, "50000000"),
        ("填报单位：渝中区民政局  单位：万元", "起始资金", 1, "10000"),
        ("填报单位：渝中区民政局", "起始资金", 12.5, "12.5"),
    ],
)
def test_the_unit_is_the_cells_own_else_the_columns_else_the_sheets(
    quji: User, line: str, title: str, written: object, yuan: str
) -> None:
    row = fund()
    row.pop("起始资金")
    content = workbook(Sheet([TITLE, [line], *table([row | {title: written}])]))
    assert read("funds", content, quji).record.initial_yuan == Decimal(yuan)


def test_a_unit_that_nobody_knows_is_not_taken_for_yuan(quji: User) -> None:
    content = workbook(Sheet([TITLE, ["单位：千元"], *table([fund(起始资金=12)])]))
    found = read("funds", content, quji)
    assert found.problems or found.record.initial_yuan == 12000


def test_a_closed_fund_without_a_day_closes_on_the_reporting_day_with_a_warning(quji: User) -> None:
    content = workbook(Sheet([TITLE, FACTS, *table([fund(状态="终止"), fund(2, 状态="正常")])]))
    found = read("funds", content, quji)
    assert [record.closed_on for record in found.records] == [datetime.date(2026, 11, 12), None]
    assert cells(found.warnings) == ["J4"]


# --- the header ------------------------------------------------------------------------------


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(order=st.permutations(list(fund())))
def test_columns_may_stand_in_any_order(quji: User, order: list[str]) -> None:
    rows = [{title: fund(number)[title] for title in order} for number in (1, 2)]
    found = read("funds", one_sheet(*rows), quji)
    assert found.problems == []
    first = found.records[0]
    assert first.name == fund(1)["基金名称"]
    assert (first.area.name, first.level) == ("华一坡社区居民委员会", "community")
    assert (first.established_on, first.initial_yuan) == (datetime.date(2026, 3, 1), 100)
    assert (first.host_name, first.host_has_public_fundraising) == ("重庆市渝中区慈善会", True)


@pytest.mark.parametrize(
    ("title", "alias"),
    [
        ("街道", "镇街"),
        ("街道", "街道（镇）"),
        ("街道", "苏木乡镇（街道）"),
        ("社区", "社区（村）"),
        ("社区", "嘎查村(社区)"),
        ("基金名称", "基金\n名称"),
        ("基金名称", " 基金 名称 *"),
        ("基金级别", "基金级别（街道/社区）"),
        ("依托慈善组织", "依托单位"),
        ("设立日期", "成立时间"),
        ("设立日期", "设 立 日 期："),
        ("起始资金", "初始资金（元）"),
        ("起始资金", "启动资金（元）"),
    ],
)
def test_a_column_is_known_by_its_usual_other_titles(quji: User, title: str, alias: str) -> None:
    row = {alias if known == title else known: value for known, value in fund().items()}
    found = read("funds", one_sheet(row), quji)
    assert (found.problems, found.warnings) == ([], [])


#: The column sets that bureaus use, copied literally.
STANDARD_TITLES = {
    "funds": "序号|街道(镇)|社区(村)|基金名称|基金级别(街道/社区)|依托慈善组织|统一社会信用代码|"
    "是否具有公开募捐资格|发起主体|设立日期|协议编号/期限|起始资金(元)|本年筹集资金(元)|累计筹集(元)|"
    "本年支出(元)|累计支出(元)|结余(元)|本年资助项目(个)|受益人次|管委会(小组)人数|负责人|联系电话|状态|备注",
    "orgs": "序号|街道|社区|组织名称|类别|登记/备案/自管 (管理层级)|登记证号/统一社会信用代码/备案编号|"
    "登记(备案)日期|有效期至|负责人|联系电话|成员数|党员数|备注",
    "projects": "序号|街道|社区|项目名称|项目类别|服务对象(一老/一小/一困/一残/其他)|实施单位|资金来源|预算(元)|"
    "实际支出(元)|开始|结束|进度|受益人数|受益人次|志愿者人次|负责人|电话|是否帮扶项目|备注",
    "money": "序号|日期|基金|摘要|捐赠人(可匿名)|类型(个人/企业/单位/社会组织)|方式(现金/转账/线上平台/物资)|"
    "定向用途|收入(元)|支出(元)|结余(元)|票据号|经办人|审批|备注",
    "scenes": "序号|街道|社区|名称|类型|地址|面积|建成日期|运营主体|运营模式|年活动场次|服务人次|照片|备注",
}
STANDARD_VALUES: dict[str, Row] = {
    "funds": {
        "基金名称": "华一坡基金",
        "基金级别(街道/社区)": "社区",
        "依托慈善组织": "慈善会",
        "设立日期": "2026.3.1",
    },
    "orgs": {
        "组织名称": "互助会",
        "类别": "公益慈善类",
        "登记/备案/自管 (管理层级)": "备案",
        "登记证号/统一社会信用代码/备案编号": "渝中社备000001",
        "登记(备案)日期": "2025.3.1",
    },
    "projects": {
        "项目名称": "助老项目",
        "服务对象(一老/一小/一困/一残/其他)": "一老",
        "预算(元)": 100,
        "开始": "2026.3.1",
    },
    "money": {
        "日期": "2026.4.1",
        "基金": "测试基金",
        "类型(个人/企业/单位/社会组织)": "个人",
        "方式(现金/转账/线上平台/物资)": "现金",
        "收入(元)": 5,
    },
    "scenes": {"名称": "慈善墙", "类型": "慈善墙", "建成日期": "2026.3.1"},
}


@pytest.mark.parametrize("kind", STANDARD_TITLES)
def test_the_standard_titles_of_bureaus_are_all_known(quji: User, make: Make, kind: str) -> None:
    make(Fund, name="测试基金")
    titles = STANDARD_TITLES[kind].split("|")
    values: Row = {
        "街道": "七星岗街道",
        "街道(镇)": "七星岗街道",
        "社区": "华一坡社区",
        "社区(村)": "华一坡社区",
    }
    values |= STANDARD_VALUES[kind]
    row = [values.get(title) for title in titles]
    found = read(kind, workbook(Sheet([titles, row])), quji)
    assert [str(problem) for problem in found.problems] == []
    assert [each.column for each in found.warnings if "不认识的列" in each.message] == []


def test_a_two_row_merged_header_is_one_header(quji: User) -> None:
    rows: Rows = [
        ["渝中区基金台账"],
        [
            "序号",
            "所在地",
            None,
            "基金",
            None,
            "依托慈善组织",
            "设立日期",
            "资金（万元）",
            "负责人",
            None,
        ],
        [None, "街道", "社区", "名称", "级别", None, None, "起始资金", "姓名", "联系电话"],
        [
            1,
            "七星岗街道",
            "华一坡社区",
            "华一坡基金",
            "社区级",
            "慈善会",
            "2026.3.1",
            2,
            "李强",
            13800001234,
        ],
    ]
    merges = ["A1:J1", "A2:A3", "B2:C2", "D2:E2", "F2:F3", "G2:G3", "I2:J2"]
    record = read("funds", workbook(Sheet(rows, merges=merges)), quji).record
    assert (record.name, record.area.short_name) == ("华一坡基金", "华一坡社区")
    assert (record.leader, record.phone) == ("李强", "13800001234")


def test_the_unit_of_a_group_title_holds_for_the_columns_below_it(
    quji: User, approved: Make
) -> None:
    approved(Fund, name="华一坡基金")
    rows: Rows = [
        ["日期", "基金", "摘要", "收支情况（万元）", None, "票据号"],
        [None, None, None, "收入", "支出", None],
        ["2026.3.1", "华一坡基金", "捐赠", 2, None, "渝财1"],
    ]
    merges = ["A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:F2"]
    assert read("money", workbook(Sheet(rows, merges=merges)), quji).record.amount_yuan == 20000


def test_the_six_haves_may_stand_under_a_common_title(quji: User) -> None:
    haves = ["有人员", "有场所", "有资金", "有项目", "有活动", "有场景"]
    rows: Rows = [
        ["街道", "社区", "名称", "类型", "建成日期", "六有", *[None] * 5],
        [*[None] * 5, *haves],
        ["七星岗街道", "华一坡社区", "慈善墙", "慈善墙", "2026.3.1", "√", "是", 1, "有", "√", None],
    ]
    merges = [f"{letter}1:{letter}2" for letter in "ABCDE"] + ["F1:K1"]
    record = read("scenes", workbook(Sheet(rows, merges=merges)), quji).record
    assert record.haves == 5


@pytest.mark.parametrize(
    ("kind", "row", "title"),
    [
        ("funds", fund(), "基金名称"),
        ("funds", fund(), "基金级别"),
        ("funds", fund(), "依托慈善组织"),
        ("funds", fund(), "设立日期"),
        ("orgs", org(), "组织名称"),
        ("orgs", org(), "类别"),
        ("orgs", org(), "管理层级"),
        ("orgs", org(), "登记（备案）日期"),
        ("projects", project(), "项目名称"),
        ("projects", project(), "开始时间"),
        ("money", money(), "日期"),
        ("money", money(), "基金"),
        ("scenes", scene(), "名称"),
        ("scenes", scene(), "类型"),
        ("scenes", scene(), "建成日期"),
        ("activities", activity(), "活动名称"),
        ("activities", activity(), "形式"),
        ("activities", activity(), "日期"),
        ("activities", training(), "培训名称"),
        ("activities", training(), "参训人次"),
        ("activities", aid(), "对象类别"),
        ("activities", aid(), "帮扶内容"),
        ("activities", aid(), "帮扶人次"),
    ],
)
def test_a_missing_required_column_is_a_problem(
    quji: User, kind: str, row: Row, title: str
) -> None:
    row.pop(title)
    found = read(kind, one_sheet(row), quji)
    assert any(
        "缺少" in problem.message or "没有找到表头" in problem.message for problem in found.problems
    )


def test_every_missing_column_is_named_at_once(quji: User) -> None:
    row = fund()
    del row["依托慈善组织"], row["设立日期"]
    said = " ".join(map(str, read("funds", one_sheet(row), quji).problems))
    assert "依托慈善组织" in said
    assert "设立日期" in said


def test_a_missing_column_is_one_problem_not_one_for_every_row(quji: User) -> None:
    rows = [fund(number) for number in range(1, 6)]
    for row in rows:
        del row["依托慈善组织"]
    assert cells(read("funds", one_sheet(*rows), quji).problems) == ["A1"]


def test_a_column_nobody_knows_is_a_warning_where_it_has_content(quji: User) -> None:
    found = read("funds", one_sheet(fund(网址="http://example.org", 空列=None)), quji)
    assert [(each.cell, each.column) for each in found.warnings] == [("J1", "网址")]
    assert found.problems == []


def test_columns_that_the_platform_counts_itself_are_passed_over_silently(quji: User) -> None:
    found = read(
        "funds", one_sheet(fund(**{"累计筹集（元）": 5, "结余（元）": 3, "受益人次": 9})), quji
    )
    assert (found.problems, found.warnings) == ([], [])


def test_hidden_columns_are_read_like_any_other(quji: User) -> None:
    content = workbook(Sheet(table([fund()]), hidden_columns=["D", "I"]))
    assert read("funds", content, quji).record.initial_yuan == 100


# --- rows ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "label",
    [
        "小计",
        "合计",
        "总计",
        "合  计",
        "合　计",
        "小 计：",
        "本页合计",
        "累计合计",
        "街道小计",
        "七星岗街道小计",
        "全区合计",
        "合计：",
        "合计（元）",
        "七星岗街道合计(万元)",
        "Total amount",
    ],
)
def test_a_row_of_totals_is_no_record(quji: User, label: str) -> None:
    total = fund() | dict.fromkeys(fund()) | {"序号": label, "起始资金": 100}
    found = read("funds", one_sheet(fund(1), total), quji)
    assert [str(problem) for problem in found.problems] == []
    assert found.result.rows == 1


@pytest.mark.parametrize("column", ["序号", "街道", "社区", "基金名称"])
def test_the_word_for_a_total_may_stand_in_any_of_the_first_cells(quji: User, column: str) -> None:
    total = dict.fromkeys(fund()) | {column: "合计", "起始资金": 100}
    found = read("funds", one_sheet(fund(1), total), quji)
    assert (found.problems, found.warnings, found.result.rows) == ([], [], 1)


@pytest.mark.parametrize(
    "line",
    [
        ["填表人：张三", None, "审核人：李四"],
        ["填表人：张三   审核人：   联系电话：023-63760000"],
        ["单位负责人（签字）：", None, None, "填报日期：2026年11月12日"],
        [None, "审核人:"],
        ["制表：王五"],
        ["备注：本表一式两份"],
        ["注：以上数据截至11月12日"],
        ["填表说明：金额保留两位小数"],
    ],
)
def test_what_stands_below_the_table_is_no_record(quji: User, line: list[str | None]) -> None:
    found = read("funds", workbook(Sheet([*in_yuan([fund(1)]), [], line])), quji)
    assert (found.problems, found.warnings, found.result.rows) == ([], [], 1)


def test_blank_rows_and_rows_of_only_a_running_number_are_no_records(quji: User) -> None:
    header, first, second = table([fund(1), fund(7)])
    rows: Rows = [header, first, [], [2], [3, None, "  "], second, [8]]
    found = read("funds", workbook(Sheet(rows)), quji)
    assert (found.problems, found.result.rows) == ([], 2)


def test_a_header_repeated_on_the_next_page_is_no_record(quji: User) -> None:
    header, first, second = table([fund(1), fund(2)])
    found = read("funds", workbook(Sheet([header, first, header, second])), quji)
    assert (found.problems, found.result.rows) == ([], 2)


def test_a_two_row_header_repeated_on_the_next_page_is_no_record(quji: User) -> None:
    upper = ["街道", "社区", "组织名称", "类别", "管理情况", None, "登记日期"]
    lower = [None, None, None, None, "管理层级", "编号", None]
    rows = [upper, lower]
    for number in (1, 2):
        rows.append(
            [
                "七星岗街道",
                "华一坡社区",
                f"互助会{number}",
                "公益慈善",
                "备案",
                f"A{number}",
                "2025.3.1",
            ]
        )
        rows += [upper, lower]
    merges = [f"{letter}{row}:{letter}{row + 1}" for letter in "ABCDG" for row in (1, 4, 7)]
    merges += ["E1:F1", "E4:F4", "E7:F7"]
    found = read("orgs", workbook(Sheet(rows, merges=merges)), quji)
    assert [str(problem) for problem in found.problems] == []
    assert found.result.rows == 2


def test_a_total_that_differs_from_its_rows_is_a_warning_at_its_cell(quji: User) -> None:
    total = {"街道": "合计", "基金名称": "3支", "起始资金": 250}
    found = read("funds", one_sheet(fund(1), fund(2), total), quji)
    assert found.problems == []
    assert [(each.cell, each.column) for each in found.warnings] == [
        ("D4", "基金名称"),
        ("I4", "起始资金"),
    ]
    assert "250" in found.warnings[1].message
    assert "200" in found.warnings[1].message


def test_a_total_that_agrees_is_not_mentioned_even_in_another_unit(quji: User) -> None:
    rows = [fund(1, 起始资金=100000), fund(2, 起始资金="5万元")]
    total = {"街道": "合计", "基金名称": "2支", "起始资金": "15万元"}
    found = read("funds", one_sheet(*rows, total), quji)
    assert found.problems == []
    assert [(each.cell, "自带单位" in each.message) for each in found.warnings] == [("I3", True)]


SUMS = [
    ("小计", 100, "小计", 200, "合计", 300),
    ("小计", 100, "累计", 300, "总额", 300),
    ("本月合计", 100, "本年累计", 300, "Total", 300),
    ("Subtotal", 100, "小计：", 200, "∑", 300),
    ("平均", 7, "其中：街道", 8, "Grand Total", 300),
]


@pytest.mark.parametrize("labels", SUMS)
@pytest.mark.parametrize("wrong", [None, 1, 3, 5])
def test_sums_are_compared_with_the_rows_that_they_sum_up(
    quji: User, labels: tuple[Any, ...], wrong: int | None
) -> None:
    first, one, second, two, third, three = labels
    sums = [one, two, three]
    if wrong is not None:
        sums[wrong // 2] += 1
    rows = [
        *(fund(1), {"街道": first, "起始资金": sums[0]}),
        *(fund(2, 起始资金=150), fund(3, 起始资金=50), {"街道": second, "起始资金": sums[1]}),
        {"街道": third, "起始资金": sums[2]},
    ]
    found = read("funds", one_sheet(*rows), quji)
    is_sum = (
        wrong is not None and "平均" not in labels[wrong - 1] and "其中" not in labels[wrong - 1]
    )
    said = {None: [], 1: ["I3"], 3: ["I6"], 5: ["I7"]}[wrong] if is_sum else []
    left_out = ["A3"] if "平均" in labels else []
    assert (found.problems, len(found.records)) == ([], 3)
    assert sorted(cells(found.warnings)) == left_out + said


@pytest.mark.parametrize(
    ("label", "right"), [("本月合计", 30), ("本年累计", 50), ("累计", 150), ("合计", 150)]
)
@pytest.mark.parametrize("wrong", [0, 1])
def test_a_total_of_a_month_or_a_year_is_compared_with_its_rows(
    quji: User, label: str, right: int, wrong: int
) -> None:
    days = ("2025-12-01", "2026-01-05", "2026-02-01")
    rows = [
        fund(number, 设立日期=day, 起始资金=yuan)
        for number, (day, yuan) in enumerate(zip(days, (100, 20, 30), strict=True))
    ]
    found = read("funds", one_sheet(*rows, {"街道": label, "起始资金": right + wrong}), quji)
    assert (found.problems, cells(found.warnings)) == ([], ["I5"] if wrong else [])


@pytest.mark.parametrize(
    "label",
    ["平均每户", "户均", "最大值", "占比", "同比增长", "比上年增减", "其中：社区", "上年合计"],
)
def test_a_row_that_is_computed_and_no_sum_is_told_of(quji: User, label: str) -> None:
    found = read("funds", one_sheet(fund(1), {"基金名称": label, "起始资金": 100}), quji)
    assert (found.problems, found.result.rows) == ([], 1)
    assert [each.message for each in found.warnings] == [
        "有1行没有导入：第3行是平均数、其中项、上年数等统计数，没有核对"
    ]


# --- merged and blank cells ------------------------------------------------------------------


def _organisations(*places: tuple[str | None, str | None]) -> list[list[object]]:
    return table(
        [
            org(number, 街道=street, 社区=community)
            for number, (street, community) in enumerate(places)
        ]
    )


def _areas(found: Reading) -> list[str]:
    assert found.problems == []
    return [record.area.short_name for record in found.records]


def test_merged_street_and_community_cells_hold_for_all_their_rows(quji: User) -> None:
    rows = _organisations(
        ("七星岗街道", "华一坡社区"),
        (None, None),
        (None, "临华路社区"),
        ("解放碑街道", "民生路社区"),
    )
    found = read("orgs", workbook(Sheet(rows, merges=["B2:B4", "C2:C3"])), quji)
    assert _areas(found) == ["华一坡社区", "华一坡社区", "临华路社区", "民生路社区"]


def test_merged_amounts_count_once(quji: User) -> None:
    rows = table([fund(1, 起始资金=500), fund(2, 起始资金=None)])
    found = read("funds", workbook(Sheet(rows, merges=["I2:I3"])), quji)
    assert [record.initial_yuan for record in found.records] == [500, None]


def test_a_blank_street_means_the_street_above(quji: User) -> None:
    rows = _organisations(
        ("七星岗街道", "华一坡社区"),
        (None, "临华路社区"),
        ("解放碑街道", "民生路社区"),
        ("", "莲花池社区"),
    )
    found = read("orgs", workbook(Sheet(rows)), quji)
    assert _areas(found) == ["华一坡社区", "临华路社区", "民生路社区", "莲花池社区"]


def test_a_blank_street_means_the_street_above_across_a_subtotal(quji: User) -> None:
    header, *rows = _organisations(("七星岗街道", "华一坡社区"), (None, "临华路社区"))
    found = read("orgs", workbook(Sheet([header, rows[0], [None, "小计"], rows[1]])), quji)
    assert _areas(found) == ["华一坡社区", "临华路社区"]


def test_a_row_without_any_place_is_a_problem(quji: User) -> None:
    found = read("orgs", one_sheet(org(1), org(2, 街道=None, 社区=None)), quji)
    assert cells(found.problems) == ["B3"]


def _without_street(**changes: object) -> Row:
    row = training() | changes
    del row["街道"]
    return row


@pytest.mark.parametrize("name", ["七星岗街道", "1.七星岗街道", "七星岗街道（已核）", "七星岗"])
def test_without_a_street_column_the_sheets_name_says_the_street(quji: User, name: str) -> None:
    found = read("activities", one_sheet(_without_street(), name=name), quji)
    assert _areas(found) == ["七星岗街道"]


def test_without_a_street_column_the_title_says_the_street(quji: User) -> None:
    content = workbook(Sheet([["渝中区七星岗街道人才培训记录"], *table([_without_street()])]))
    assert _areas(read("activities", content, quji)) == ["七星岗街道"]


def test_a_sheet_named_by_a_street_holds_no_other_streets_community(quji: User) -> None:
    row = org(社区="民生路社区")
    del row["街道"]
    found = read("orgs", one_sheet(row, name="七星岗街道"), quji)
    assert cells(found.problems) == ["B2"]
    assert "解放碑街道" in found.problems[0].message


# --- sheets ----------------------------------------------------------------------------------


def test_all_sheets_of_a_ledger_are_read(quji: User) -> None:
    sheets = [
        Sheet(table([org(1)]), "七星岗街道"),
        Sheet(table([org(2, 街道="解放碑街道", 社区="民生路社区")]), "解放碑街道"),
        Sheet([], "Sheet3"),
    ]
    found = read("orgs", workbook(*sheets), quji)
    assert _areas(found) == ["华一坡社区", "民生路社区"]
    assert found.result.rows == 2


def test_each_sheet_is_read_as_the_ledger_it_is(quji: User) -> None:
    sheets = [
        Sheet(table([row]), name)
        for name, row in {"甲": aid(), "乙": training(), "丙": activity()}.items()
    ]
    found = read("activities", workbook(*sheets), quji)
    assert [type(record).__name__ for record in found.records] == ["Aid", "Training", "Activity"]


def test_a_sheet_of_prose_is_passed_over_with_a_warning(quji: User) -> None:
    prose = Sheet([["填表说明"], ["一、本表由街道填报。"], ["二、金额保留两位小数。"]], "说明")
    found = read("funds", workbook(prose, Sheet(in_yuan([fund()]), "台账")), quji)
    assert found.problems == []
    assert [(each.sheet, each.cell) for each in found.warnings] == [("说明", "A1")]


def test_a_hidden_sheet_is_not_imported_but_mentioned(quji: User) -> None:
    hidden = Sheet(table([fund(2)]), "去年", is_hidden=True)
    found = read("funds", workbook(Sheet(in_yuan([fund(1)])), hidden), quji)
    assert found.result.rows == 1
    assert [(each.sheet, each.cell) for each in found.warnings] == [("去年", "A1")]


def test_a_sheet_of_figures_alone_is_a_problem_that_says_what_is_wanted(quji: User) -> None:
    other = Sheet([["指标", "单位", "数额"], ["A1000", "万元", 5]], "统计")
    found = read("funds", workbook(other), quji)
    assert [(each.sheet, each.cell) for each in found.problems] == [("统计", "A1")]
    assert "基金名称" in found.problems[0].message


def test_a_header_without_rows_is_a_problem(quji: User) -> None:
    found = read("funds", workbook(Sheet([list(fund())])), quji)
    assert "没有找到任何可导入的数据行" in found.problems[0].message


def test_a_formula_that_failed_is_a_problem_not_an_empty_cell(quji: User) -> None:
    found = read("funds", one_sheet(fund(起始资金="#REF!")), quji)
    assert cells(found.problems) == ["I2"]


def test_every_kind_names_its_ledgers_columns_once() -> None:
    for ledgers in KINDS.values():
        for ledger in ledgers:
            titles = [title for column in ledger.columns for title in column.titles]
            assert len(titles) == len(set(titles)), ledger.name


@pytest.mark.parametrize(
    "title",
    ["起始资金（单位：万元）", "起始资金（万）", "起始资金（人民币/万元）", "起始资金(以万元计)"],
)
def test_a_unit_explained_in_brackets_is_read(quji: User, title: str) -> None:
    row = fund()
    row.pop("起始资金", None)
    found = read("funds", workbook(Sheet(table([row | {title: 12.5}]))), quji)
    assert found.record.initial_yuan == 125_000
