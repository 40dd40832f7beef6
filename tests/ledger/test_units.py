"""The unit of every amount and count is known, or the clerk is asked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pytest

from ledgers.cells import balance, whole, yuan
from ledgers.declaration import Ledger, normalise_title
from ledgers.reading.column_cells import assumed_units, columns_of, row_units
from ledgers.reading.layout.headers import Header, HeaderFinder
from ledgers.reading.sheets import read_facts
from ledgers.registry import KINDS
from ledgers.workbooks.grids import Grid, Trait
from ledgers.workbooks.number_formats import cell_format

pytestmark = pytest.mark.once

LEDGERS = {ledger.plural: ledger for ledgers in KINDS.values() for ledger in ledgers}


@dataclass(frozen=True)
class Case:
    """How a sheet gives a number: lines above the table, title, row of units, format and value.

    `expected` is the value as it is kept, or a part of the message that asks the clerk.
    """

    label: str
    title: str
    written: object
    expected: str
    line: str = ""
    group: str = ""
    is_merged: bool = True
    unit_row: str = ""
    number_format: str = ""
    below: str = ""
    warning: str = ""


@dataclass(frozen=True)
class Outcome:
    """What was read: the value, and the messages that block or warn."""

    value: object
    problems: list[str]
    warnings: list[str]


def outcome(case: Case) -> Outcome:
    """Read the only number of a sheet as the reader does."""
    is_money = not re.search(r"人|志愿者", normalise_title(case.title))
    ledger = LEDGERS["funds" if is_money else "activities"]
    wanted = "initial_yuan" if is_money else "person_times"
    if case.title == "管委会人数":
        ledger, wanted = LEDGERS["funds"], "committee_size"
    needed = [column.title for column in ledger.needed]
    rows: list[Sequence[object]] = [[f"渝中区{ledger.name}"], [case.line]]
    rows.append([None] * len(needed) + [case.group])
    rows.append([*needed, case.title])
    if case.unit_row:
        rows.append([None] * len(needed) + [case.unit_row])
    rows.append([*("某" for _ in needed), case.written])
    rows.append([case.below])
    width = len(needed)
    traits = {}
    if case.number_format:
        shown = cell_format(case.number_format).number_format
        traits = {len(rows) - 2: {width: Trait(number_format=shown)}}
    merges = [((2, width), (2, width))] if case.group and case.is_merged else []
    return _read(Grid("台账", _padded(rows), merges, traits), ledger, wanted)


def _padded(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    """The rows at one length, as a grid has them."""
    width = max(map(len, rows))
    return [[*row, *[None] * (width - len(row))] for row in rows]


def _header(grid: Grid, ledger: Ledger) -> Header:
    (found,) = HeaderFinder(grid, [ledger]).first(0, len(grid.rows))
    return found.header


def _read(grid: Grid, ledger: Ledger, wanted: str) -> Outcome:
    header = _header(grid, ledger)
    columns, faults = columns_of(grid, header, read_facts(grid, header).units)
    problems = [message for _, _, message in faults]
    column = next(each for each in columns if each.name == wanted)
    row = len(grid.rows) - 2
    parsed = column.parsed(grid.at(row, column.at), grid.trait(row, column.at).number_format)
    problems += [message for is_problem, message in parsed.notes if is_problem]
    warnings = [message for is_problem, message in parsed.notes if not is_problem]
    assumed = {column.at} if parsed.is_unit_assumed else set[int]()
    warnings += [message for _, _, message in assumed_units(header, assumed)]
    return Outcome(parsed.value, problems, warnings)


ASSUMED = "没有写明金额单位"
OWN = "自带单位"
#: Where the unit stands: all that the platform understands.
UNDERSTOOD = [
    Case("列名后的括号", "起始资金（万元）", 12.5, "125000"),
    Case("列名后的方括号", "起始资金【万元】", 12.5, "125000"),
    Case("列名中写“单位”", "起始资金（单位：万元）", 12.5, "125000"),
    Case("列名中以万计", "起始资金（以万计）", 12.5, "125000"),
    Case("列名中带人民币", "起始资金（人民币/万元）", 12.5, "125000"),
    Case("列名后用斜线", "起始资金/万元", 12.5, "125000"),
    Case("列名后用冒号", "起始资金：万元", 12.5, "125000"),
    Case("列名后直接写", "起始资金万元", 12.5, "125000"),
    Case("列名括号中另有说明", "起始资金（不含利息）（万元）", 12.5, "125000"),
    Case("列名中有空格", "起始资金（ 万 元 ）", 12.5, "125000"),
    Case("百元", "起始资金（百元）", 12.5, "1250"),
    Case("仟元", "起始资金（仟元）", 12.5, "12500"),
    Case("百万元", "起始资金（百万元）", 12.5, "12500000"),
    Case("亿元", "起始资金（亿元）", 0.5, "50000000"),
    Case("列名下的单位行", "起始资金", 12.5, "125000", unit_row="万元"),
    Case("列名下的单位行带括号", "起始资金", 12.5, "125000", unit_row="（万元）"),
    Case("上级列名", "起始资金", 12.5, "125000", group="资金（万元）"),
    Case("上级列名没有合并", "起始资金", 12.5, "125000", group="资金（万元）", is_merged=False),
    Case("单位行", "起始资金", 12.5, "125000", line="单位：万元"),
    Case("金额单位：人民币万元", "起始资金", 5, "50000", line="金额单位：人民币万元"),
    Case("一行多个单位", "起始资金", 5, "50000", line="单位:支、万元"),
    Case("单位在括号中", "起始资金", 5, "50000", line="单位（万元）"),
    Case("单位中有空格", "起始资金", 5, "50000", line="单位： 万 元"),
    Case("单位用斜线分开", "起始资金", 5, "5", line="单位:元/人次"),
    Case("与填报单位同一行", "起始资金", 5, "50000", line="填报单位：渝中区民政局  单位：万元"),
    Case("单位后还有日期", "起始资金", 5, "50000", line="单位：万元 填报日期：2026年11月12日"),
    Case("币种与单位", "起始资金", 5, "50000", line="币种：人民币 单位：万元"),
    Case("计量单位", "起始资金", 5, "50000", line="计量单位：万元"),
    Case("行中只有（万元）", "起始资金", 5, "50000", line="（万元）"),
    Case("以万元为单位", "起始资金", 5, "50000", line="本表金额以万元为单位"),
    Case("表下的说明", "起始资金", 5, "50000", below="注：金额单位：万元"),
    Case("单位行为个，与金额无关", "起始资金（元）", 5, "5", line="单位：个"),
    Case("填报单位不是单位", "起始资金（元）", 5, "5", line="填报单位：万州区元元街道"),
    Case("元至角分", "起始资金", 5, "5", line="金额单位：元至角分"),
    Case("表下一行单位", "起始资金", 5, "50000", below="单位：万元"),
    Case("折合人民币", "起始资金（折合人民币，万元）", 5, "50000"),
    Case("金额：万元", "起始资金", 5, "50000", line="金额：万元"),
    Case("金额均以万元计", "起始资金", 5, "50000", below="注：以上金额均以万元计。"),
    Case("表中金额单位", "起始资金", 5, "50000", line="表中金额单位：人民币，万元"),
    Case("列名后写单位：万元", "起始资金 单位：万元", 5, "50000"),
    Case("列名前的括号", "（万元）起始资金", 5, "50000"),
    Case("表名中的单位", "起始资金", 5, "50000", line="渝中区基金情况（万元）"),
    Case("格式中带括号的单位", "起始资金", 12.5, "125000", number_format='0.00"（万元）"'),
    Case("格式中全角的￥", "起始资金", 500, "500", number_format='"￥"#,##0.00'),
    Case("为零时显示横线", "起始资金（万元）", 0, "0", number_format='[=0]"-";0.00"元"'),
    Case("文字5（万元）", "起始资金", "5（万元）", "50000"),
    Case("列名与单位行一致", "起始资金（万元）", 5, "50000", line="单位：万元"),
    Case("显示为12.50万元", "起始资金", 12.5, "125000", number_format='0.00"万元"'),
    Case("显示为12.50万元，列名万元", "起始资金（万元）", 12.5, "125000", number_format='0.00"万元"'),
    Case("显示为5.0万，存储50000", "起始资金", 50000, "50000", number_format='0!.0,"万"'),
    Case("显示为5.0万，列名元", "起始资金（元）", 50000, "50000", number_format='0!.0,"万"'),
    Case("按大小分段显示", "起始资金", 20000, "20000", number_format='[>=10000]0!.0,"万";0"元"'),
    Case("显示为500.00元", "起始资金", 500, "500", number_format='0.00"元"'),
    Case("显示为¥500.00", "起始资金", 500, "500", number_format="[$¥-804]#,##0.00"),
    Case("文字10万元", "起始资金", "10万元", "100000"),
    Case("文字10万", "起始资金", "10万", "100000"),
    Case("文字¥500", "起始资金", "¥500", "500"),
    Case("人民币在后", "起始资金", "500元人民币", "500"),
    Case("1万2千", "起始资金", "1万2千", "12000"),
    Case("1亿2000万元", "起始资金", "1亿2000万元", "120000000"),
    Case("大写伍万元整", "起始资金", "伍万元整", "50000"),
    Case("大写带角分", "起始资金", "壹佰元伍角贰分", "100.52"),
    Case("汉字五千", "起始资金", "五千", "5000"),
    Case("5元5角", "起始资金", "5元5角", "5.50"),
    Case("千位分隔", "起始资金（元）", "1,234.50", "1234.50"),
    Case("全角数字与逗号", "起始资金（元）", "１，２３４", "1234"),
    Case("没有写单位", "起始资金", 12.5, "12.50", warning=ASSUMED),
    Case("没有写单位，为零", "起始资金", 0, "0"),
    Case("列名万元，本格500元", "起始资金（万元）", "500元", "500", warning=OWN),
    Case("列名元，本格10万元", "起始资金（元）", "10万元", "100000", warning=OWN),
    Case("列名万元，本格10万", "起始资金（万元）", "10万", "100000", warning=OWN),
    Case("约数", "起始资金", "约5万元", "50000", warning="约数"),
    Case("余在单位前后", "起始资金", "3.5万余元", "35000", warning="约数"),
    Case("以上", "起始资金（元）", "5000以上", "5000", warning="约数"),
    Case("空格作千位分隔", "起始资金（元）", "1 234 567", "1234567", warning="空格"),
    Case("参与人次（万人次）", "参与人次（万人次）", 2, "20000"),
    Case("参与人次（万）", "参与人次（万）", 1.5, "15000"),
    Case("单位行合并在列上方", "管委会人数", 9, "9", group="填报单位：渝中区民政局 单位：万元"),
    Case("表名合并在列上方", "管委会人数", 9, "9", group="渝中区基金台账（万元）"),
    Case("人次的单位行", "参与人次", 2, "20000", line="单位：万元、万人次"),
    Case("人次的单位行不带万", "参与人次", 2, "2", line="单位：场、万元"),
    Case("人次的格式", "参与人次", 2, "20000", number_format='0"万人次"'),
    Case("人次的格式只是单位", "参与人次", 20, "20", number_format='0"人次"'),
    Case("人次的文字", "参与人次", "1.5万人次", "15000"),
    Case("人次写成人", "参与人次", "20人", "20"),
]  # fmt: skip
#: Where the clerk is asked, and what the message says.
ASKED = [
    Case("列名与单位行不一致", "起始资金（元）", 5, "单位行写的是“万元”", line="单位：万元"),
    Case("列名万元，单位行元", "起始资金（万元）", 5, "单位行写的是“元”", line="单位：元"),
    Case("单位行有两种金额单位", "起始资金", 5, "同时写了", line="单位：元、万元"),
    Case("上级列名与列名不一致", "起始资金（元）", 5, "同时写了", group="资金（万元）"),
    Case("列名与其下单位行不一致", "起始资金（元）", 5, "同时写了", unit_row="万元"),
    Case("单位行只写万", "起始资金", 5, "看不懂单位行", line="单位：万"),
    Case("单位行只写万，人次", "参与人次", 5, "看不懂单位行", line="单位：万"),
    Case("列名中的数不是单位", "起始资金（不低于5万元）", 5, "看不懂列名中的单位"),
    Case("列名是单价", "起始资金（元/人次）", 5, "看不懂列名中的单位"),
    Case("列名中的k", "起始资金（k）", 5, "看不懂列名中的单位"),
    Case("列名美元", "起始资金（美元）", 500, "外币"),
    Case("列名万美元", "起始资金（万美元）", 500, "外币"),
    Case("列名后直接写美元", "起始资金美元", 500, "外币"),
    Case("列名USD", "起始资金(USD)", 500, "外币"),
    Case("列名港币", "起始资金（港币）", 500, "外币"),
    Case("列名€", "起始资金（€）", 500, "外币"),
    Case("单位行美元", "起始资金", 500, "外币", line="单位：万美元"),
    Case("币种美元", "起始资金", 500, "外币", line="币种：美元"),
    Case("单位行美元，列名元", "起始资金（元）", 500, "单位行写的是“美元”", line="货币单位：美元"),
    Case("上级列名是美元", "起始资金", 5, "外币", group="资金（美元）"),
    Case("列名是面积", "起始资金（亩）", 5, "本列以“元”计"),
    Case("格式显示USD", "起始资金", 500, "外币", number_format="[$USD] 0.00"),
    Case("格式显示$", "起始资金", 500, "外币", number_format="[$$-409]#,##0.00"),
    Case("格式显示日元", "起始资金", 500, "外币", number_format="[$¥-411]#,##0"),
    Case("格式显示€", "起始资金（元）", 500, "外币", number_format='#,##0.00" €"'),
    Case("列名元，显示为万元", "起始资金（元）", 12.5, "显示为“12.50万元”", number_format='0.00"万元"'),
    Case("单位行元，显示为万元", "起始资金", 12.5, "显示为“12.50万元”", line="单位：元",
         number_format='0.00"万元"'),
    Case("列名万元，存储元而显示为万", "起始资金（万元）", 50000, "显示为“5.0万”", number_format='0!.0,"万"'),
    Case("列名万元，存储元而缩小显示", "起始资金（万元）", 50000, "显示为“5.0”", number_format="0!.0,"),
    Case("列名千元，缩小显示", "起始资金（千元）", 50000, "显示为“50.0”", number_format="0.0,"),
    Case("没有单位，缩小显示", "起始资金", 50000, "显示为“50.0”", number_format="0.0,"),
    Case("缩小千倍却写万", "起始资金", 50000, "显示为“50.0万”", number_format='0.0,"万"'),
    Case("列名万元，显示为¥", "起始资金（万元）", 12.5, "显示为“¥12.50”", number_format="¥#,##0.00"),
    Case("列名万元，显示为元", "起始资金（万元）", 12.5, "显示为“12.50元”", number_format='0.00"元"'),
    Case("显示为百分比", "起始资金（元）", 0.5, "比例", number_format="0%"),
    Case("不显示的数字", "起始资金（元）", 500, "使数字不显示", number_format=";;;"),
    Case("格式添上三个0", "起始资金（元）", 12, "显示为“12000”", number_format='0"000"'),
    Case("格式的单位是人", "起始资金（元）", 12, "本列以“元”计", number_format='0"人"'),
    Case("文字$500", "起始资金（元）", "$500", "外币"),
    Case("文字500美元", "起始资金（元）", "500美元", "外币"),
    Case("文字HK$500", "起始资金（元）", "HK$ 500", "外币"),
    Case("文字英镑", "起始资金（元）", "500英镑", "外币"),
    Case("列名万元，本格3千", "起始资金（万元）", "3千", "不一致"),
    Case("列名万元，本格¥500", "起始资金（万元）", "¥500", "不一致"),
    Case("逗号作小数点", "起始资金", "1,5万", "逗号"),
    Case("全角逗号作小数点", "起始资金", "1，5", "逗号"),
    Case("欧洲写法", "起始资金（元）", "1.234,56", "逗号"),
    Case("两个数之间的空格", "起始资金（元）", "12 34", "空格"),
    Case("一格两行", "起始资金（元）", "100\n200", "两行数字"),
    Case("上标", "起始资金（元）", "3²", "上标"),
    Case("带圈数字", "起始资金（元）", "①", "带圈"),
    Case("带括号的汉字数字", "起始资金（元）", "㈠", "带圈"),
    Case("分数字符", "起始资金（元）", "½", "分数"),
    Case("括号表示负数", "起始资金（元）", "(500)", "负数"),
    Case("三角表示负数", "起始资金（元）", "▲500", "负数"),
    Case("百分数", "起始资金（元）", "50%", "比例"),
    Case("范围", "起始资金（元）", "10-20万", "范围"),
    Case("没有确数", "起始资金（元）", "不足5万", "确定的数"),
    Case("数十", "起始资金（元）", "数十", "确定的数"),
    Case("1万2，可能是12000或10002", "起始资金（元）", "1万2", "不是数"),
    Case("二百五，可能是250或205", "起始资金（元）", "二百五", "不是数"),
    Case("5w", "起始资金（元）", "5w", "不是数"),
    Case("金额后的说明", "起始资金（元）", "100元（物资折价）", "只填数字"),
    Case("每月", "起始资金（元）", "100元/月", "只填数字"),
    Case("金额写成人", "起始资金（元）", "20人", "本列以“元”计"),
    Case("被当成是否", "起始资金（元）", True, "当成了是或否"),
    Case("同上", "起始资金（元）", "同上", "上一行"),
    Case("列宽不够", "起始资金（元）", "######", "列宽"),
    Case("人次的列名是小时", "参与人次（小时）", 20, "本列以“人次”计"),
    Case("人次的列名是元", "参与人次（元）", 20, "本列以“人次”计"),
    Case("人次写成户", "参与人次", "20户", "本列以“人次”计"),
    Case("人次写成元", "参与人次", "20元", "本列以“人次”计"),
    Case("人次的格式是元", "参与人次", 20, "本列以“人次”计", number_format='0"元"'),
    Case("人次缩小显示", "参与人次", 20000, "显示为“20.0”", number_format="0.0,"),
]  # fmt: skip


@pytest.mark.parametrize("case", UNDERSTOOD, ids=lambda case: case.label)
def test_a_unit_is_understood_wherever_it_stands(case: Case) -> None:
    found = outcome(case)
    assert found.problems == []
    assert Decimal(str(found.value)) == Decimal(case.expected)
    assert [case.warning in each for each in found.warnings] == ([True] if case.warning else [])


@pytest.mark.parametrize("case", ASKED, ids=lambda case: case.label)
def test_what_has_two_readings_is_asked(case: Case) -> None:
    found = outcome(case)
    assert any(case.expected in message for message in found.problems), found


# --- all combinations -----------------------------------------------------------------------------

SCALES = {"": None, "元": 1, "千元": 1_000, "万元": 10_000}
#: Format → (how many times smaller it shows the number, the scale of the unit that it shows).
FORMATS = {
    "": (1, None),
    '0.00"元"': (1, 1),
    '0.00"万元"': (1, 10_000),
    '0.0000,"千元"': (1_000, 1_000),
    '0!.0000"万元"': (10_000, 10_000),
    "0.0000,": (1_000, None),
}
WRITTEN = {"": None, "元": 1, "千元": 1_000, "万元": 10_000}


@pytest.mark.parametrize("title", SCALES)
def test_units_of_title_line_and_format_agree_or_are_asked(title: str) -> None:
    """Whatever is read is what every reading of the sheet comes to."""
    for line, code, number in itertools.product(SCALES, FORMATS, (2, 50_000)):
        said = {scale for scale in (SCALES[title], SCALES[line]) if scale}
        divisor, shown_scale = FORMATS[code]
        readings = {Decimal(number) * scale for scale in said}
        if shown_scale:
            readings.add(Decimal(number) / divisor * shown_scale)
        if divisor != 1 and not shown_scale:
            readings |= {Decimal(number) / divisor * scale for scale in said or {1}}
        if divisor != 1 and not said:
            readings.add(Decimal(number))  # the number may be stored in yuan
        found = outcome(_case(title, line, code, number))
        if len(said) > 1 or len(readings) > 1:
            assert found.problems, (title, line, code, number, found)
        else:
            assert found.problems == []
            assert {found.value} == (readings or {Decimal(number)})
            assert any(ASSUMED in each for each in found.warnings) is (not readings)


@pytest.mark.parametrize("title", SCALES)
def test_a_unit_written_in_the_cell_is_its_own_and_differences_are_told(title: str) -> None:
    for line, own in itertools.product(SCALES, WRITTEN):
        said = {scale for scale in (SCALES[title], SCALES[line]) if scale}
        found = outcome(_case(title, line, "", f"5{own}"))
        if len(said) > 1:
            assert found.problems
            continue
        scale = WRITTEN[own] or next(iter(said), 1)
        assert (found.value, found.problems) == (5 * scale, [])
        is_told = bool(WRITTEN[own] and said and said != {WRITTEN[own]})
        assert any(OWN in each for each in found.warnings) is is_told


def _case(title: str, line: str, code: str, written: object) -> Case:
    named = f"起始资金（{title}）" if title else "起始资金"
    return Case("", named, written, "", f"单位：{line}" if line else "", number_format=code)


# --- declarations ---------------------------------------------------------------------------------


@pytest.mark.parametrize("plural", LEDGERS)
def test_every_amount_and_count_of_every_ledger_says_its_unit(plural: str) -> None:
    for column in LEDGERS[plural].columns:
        assert bool(column.unit) is (column.parse in (yuan, whole, balance)), column.title
        assert (column.unit == "元") is (column.parse in (yuan, balance)), column.title
        if column.unit:
            assert column.full_title.rstrip("）").endswith(column.unit)
            assert normalise_title(column.full_title) == normalise_title(column.title)


@pytest.mark.parametrize(
    ("title", "text", "is_fault"),
    [
        ("单位", "万元", True),
        ("计量单位", "元", False),
        ("单位", "渝中区慈善会", False),
        ("单位", "万人次", True),
        ("币种", "美元", True),
        ("币种", "人民币", False),
        ("币种", "CNY", False),
        ("货币", "盾", True),
        ("币种", "", False),
        ("地址", "万元", False),
        ("单位（元/万元）", "万元", True),
        ("币种（人民币/外币）", "人民币", False),
    ],
)
def test_a_row_may_not_change_its_unit_in_a_column_of_its_own(
    title: str, text: str, is_fault: bool
) -> None:
    ledger = LEDGERS["funds"]
    needed = [column.title for column in ledger.needed]
    grid = Grid("台账", [[*needed, title], [*("某" for _ in needed), text]])
    header = _header(grid, ledger)
    assert bool(list(row_units(header, 1, grid.rows[1]))) is is_fault
