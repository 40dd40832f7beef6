"""How clerks write days, amounts, counts, words and ticks; each means the same as the plain ledger."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable
from decimal import Decimal

from tests.ledger.many.pages import (
    CHOICE,
    COUNT,
    DAY,
    FLAG,
    IDENTIFIER,
    MONEY,
    NAME,
    PLACE,
    TEXT,
    Change,
    PageCell,
    Table,
    Value,
    serial,
)

_WORDS = (PLACE, NAME, TEXT, CHOICE)
_FULL_WIDTH = str.maketrans({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
_CHINESE_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
_SHOWN, _TYPED = frozenset({"formats"}), frozenset({"types"})


def _values(
    label: str,
    sorts: tuple[str, ...],
    write: Callable[[PageCell], None],
    *,
    is_told: bool = False,
    needs: frozenset[str] = frozenset(),
) -> Change:
    """Return a change of every filled cell in columns that hold one of `sorts`."""

    def edit(table: Table) -> None:
        for cell in table.cells(*sorts):
            write(cell)

    return Change(label, edit, is_told=is_told, needs=needs)


def written(write: Callable[[Value], Value]) -> Callable[[PageCell], None]:
    def change(cell: PageCell) -> None:
        cell.value = write(cell.value)

    return change


def _day(write: Callable[[datetime.date], Value]) -> Callable[[PageCell], None]:
    def change(cell: PageCell) -> None:
        assert isinstance(cell.value, datetime.date)
        cell.value = write(cell.value)

    return change


def _coded(code: str) -> Callable[[PageCell], None]:
    def change(cell: PageCell) -> None:
        cell.code = code

    return change


def _number(value: Value) -> Decimal:
    return Decimal(str(value))


def _first(sort: str, write: Callable[[PageCell], None]) -> Callable[[Table], None]:
    """Return a change of the first filled cell only."""

    def edit(table: Table) -> None:
        for cell in itertools.islice(table.cells(sort), 1):
            write(cell)

    return edit


def one(
    label: str,
    sort: str,
    write: Callable[[PageCell], None],
    *,
    needs: frozenset[str] = frozenset(),
    is_told: bool = True,
) -> Change:
    return Change(label, _first(sort, write), is_told=is_told, needs=needs)


def _serial_1904(cell: PageCell) -> None:
    assert isinstance(cell.value, datetime.date)
    cell.value = serial(cell.value, is_1904=True)


def _chinese_day(day: datetime.date) -> str:
    month = ["", *"一二三四五六七八九", "十", "十一", "十二"][day.month]
    tens, ones = divmod(day.day, 10)
    written = ["", "十", "二十", "三十"][tens] + ["", *"一二三四五六七八九"][ones]
    return f"{str(day.year).translate(_CHINESE_DIGITS)}年{month}月{written}日"


DAYS = (
    _values("日期写成 2026.3.1", (DAY,), _day(lambda d: f"{d.year}.{d.month}.{d.day}")),
    _values("日期写成 2026/3/1", (DAY,), _day(lambda d: f"{d.year}/{d.month}/{d.day}")),
    _values("日期写成 2026年3月1日", (DAY,), _day(lambda d: f"{d.year}年{d.month}月{d.day}日")),
    _values("日期写成 20260301", (DAY,), _day(lambda d: f"{d:%Y%m%d}")),
    _values(
        "日期以数字格式写成 20260301", (DAY,), _day(lambda d: int(f"{d:%Y%m%d}")), needs=_TYPED
    ),
    _values("日期显示成 Excel 序列数", (DAY,), _day(serial), needs=_TYPED),
    _values("日期写成 Excel 序列数（文本）", (DAY,), _day(lambda d: f"{serial(d):.0f}")),
    _values("日期带时间", (DAY,), _day(lambda d: f"{d} 09:30:00")),
    _values("日期带 T 和 Z（系统导出）", (DAY,), _day(lambda d: f"{d}T00:00:00Z")),
    _values("日期用全角数字", (DAY,), _day(lambda d: str(d).translate(_FULL_WIDTH))),
    _values("日期用汉字", (DAY,), _day(_chinese_day)),
    _values("日期两位年份", (DAY,), _day(lambda d: f"{d.year % 100}.{d.month}.{d.day}")),
    _values("日期没有年份", (DAY,), _day(lambda d: f"{d.month}月{d.day}日"), is_told=True),
    _values("日期月在前", (DAY,), _day(lambda d: f"{d.month}/{d.day}/{d.year}")),
    _values("日期只到月", (DAY,), _day(lambda d: f"{d.year}年{d.month}月"), is_told=True),
    _values("日期前后有空格和看不见的字符", (DAY,), _day(lambda d: f"\u200e{d}\u200b \u3000")),
    _values("单元格格式显示年月日", (DAY,), _coded('yyyy"年"m"月"d"日"'), needs=_SHOWN),
    _values("单元格格式只显示年月", (DAY,), _coded('yyyy"年"m"月"'), needs=_SHOWN),
    _values("单元格格式带星期", (DAY,), _coded("yyyy-mm-dd aaaa"), needs=_SHOWN),
    one("日期不存在", DAY, written(lambda _: "2026-02-30")),
    one("日期写成一段时间", DAY, written(lambda _: "2026.3.1-3.5")),
    one("日期写同上", DAY, written(lambda _: "同上")),
)


def _scaled(factor: int, text: str) -> Callable[[PageCell], None]:
    def change(cell: PageCell) -> None:
        cell.value = f"{_number(cell.value) / factor:f}{text}"

    return change


def _titled(old: str, new: str, factor: int = 1) -> Callable[[Table], None]:
    """Return a change of the unit in the titles of money, and of the amounts to match."""

    def edit(table: Table) -> None:
        for at in table.of(MONEY):
            table.columns[at].title = table.columns[at].title.replace(old, new)
        for cell in table.cells(MONEY):
            cell.value = float(_number(cell.value) / factor)

    return edit


def _titled_and_coded(old: str, new: str, factor: int, code: str) -> Callable[[Table], None]:
    def edit(table: Table) -> None:
        _titled(old, new, factor)(table)
        for cell in table.cells(MONEY):
            cell.code = code

    return edit


#: The first amounts and counts of the plain ledgers, in words.
_CAPITALS: dict[Value, str] = {
    500: "伍佰元整",
    20_000: "贰万元整",
    30_000: "叁万元整",
    50_000: "伍万元整",
}
_NUMERALS: dict[Value, str] = {
    5: "五",
    20: "二十",
    25: "二十五",
    40: "四十",
    120: "一百二十",
    260: "二百六十",
    900: "九百",
}


_GROUPED = "#,##0.00"
AMOUNTS = (
    _values("金额以文本格式保存", (MONEY,), written(lambda v: str(v))),
    _values("金额带元", (MONEY,), written(lambda v: f"{v}元")),
    _values("金额带人民币符号", (MONEY,), written(lambda v: f"￥{v:,.2f}")),
    _values("金额带千位逗号", (MONEY,), written(lambda v: f"{v:,.2f}")),
    _values("金额带空格分节", (MONEY,), written(lambda v: f"{v:,.2f}".replace(",", " "))),
    _values("金额用全角数字", (MONEY,), written(lambda v: str(v).translate(_FULL_WIDTH))),
    _values("金额写万元", (MONEY,), _scaled(10_000, "万元")),
    _values("金额写万", (MONEY,), _scaled(10_000, "万")),
    _values(
        "金额用欧洲写法",
        (MONEY,),
        written(lambda v: f"{v:,.2f}".translate(str.maketrans(",.", ".,"))),
    ),
    _values("金额加括号", (MONEY,), written(lambda v: f"({v})"), is_told=True),
    _values("金额写约数", (MONEY,), written(lambda v: f"约{v}"), is_told=True),
    _values("金额写 $", (MONEY,), written(lambda v: f"${v}"), is_told=True),
    _values("金额写港币", (MONEY,), written(lambda v: f"HK${v}"), is_told=True),
    _values("单元格格式加千位逗号", (MONEY,), _coded(_GROUPED), needs=_SHOWN),
    _values(
        "单元格用会计格式",
        (MONEY,),
        _coded('_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ '),
        needs=_SHOWN,
    ),
    _values("单元格格式为人民币", (MONEY,), _coded("[$¥-804]#,##0.00"), needs=_SHOWN),
    _values("单元格格式为美元", (MONEY,), _coded("[$$-409]#,##0.00"), is_told=True, needs=_SHOWN),
    _values("单元格格式为 USD", (MONEY,), _coded("[$USD] #,##0.00"), is_told=True, needs=_SHOWN),
    _values("单元格格式为欧元", (MONEY,), _coded("#,##0.00 [$€-407]"), is_told=True, needs=_SHOWN),
    _values("单元格格式为百分比", (MONEY,), _coded("0.00%"), is_told=True, needs=_SHOWN),
    _values("单元格格式加负号", (MONEY,), _coded("-0.00"), is_told=True, needs=_SHOWN),
    _values("单元格格式加括号", (MONEY,), _coded("(0.00)"), is_told=True, needs=_SHOWN),
    _values("单元格格式写元", (MONEY,), _coded('0.00"元"'), needs=_SHOWN),
    _values("列名写元而格式写万元", (MONEY,), _coded('0.00"万元"'), is_told=True, needs=_SHOWN),
    _values("列名写元而格式缩到万", (MONEY,), _coded('0!.0,"万"'), needs=_SHOWN),
    Change("列名写（万元）", _titled("（元）", "（万元）", 10_000)),
    Change("列名写（人民币：万元）", _titled("（元）", "（人民币：万元）", 10_000)),
    Change("列名写（千元）", _titled("（元）", "(千元)", 1_000)),
    Change("列名不写单位", _titled("（元）", "")),
    Change("列名写（美元）", _titled("（元）", "（美元）"), is_told=True),
    Change("列名写（万美元）", _titled("（元）", "（万美元）"), is_told=True),
    Change(
        "列名没有单位而格式写万元",
        _titled_and_coded("（元）", "", 10_000, '0.00"万元"'),
        needs=_SHOWN,
    ),
    Change(
        "列名写万元而格式缩位显示",
        _titled_and_coded("（元）", "（万元）", 1, '0.00,"千"'),
        is_told=True,
        needs=_SHOWN,
    ),
    one("金额是文字", MONEY, written(lambda _: "若干")),
    one("金额是大写", MONEY, written(_CAPITALS.get), is_told=False),
    one("金额写单价乘数量", MONEY, written(lambda _: "100*50")),
    one("金额写区间", MONEY, written(lambda _: "100-200")),
    one("金额逗号写错", MONEY, written(lambda _: "1,5万")),
    one("金额有上标", MONEY, written(lambda _: "500²")),
    one("金额为负", MONEY, written(lambda _: -500), needs=_TYPED),
    one("金额成了 TRUE", MONEY, written(lambda _: True), needs=_TYPED),
    one("金额成了日期", MONEY, written(lambda _: datetime.date(2026, 3, 1)), needs=_TYPED),
    one("金额有三位小数", MONEY, written(lambda _: "1234.567")),
)


def _thousands(cell: PageCell) -> None:
    cell.value, cell.code = float(_number(cell.value) / 1000), '0.000"千人"'


COUNTS = (
    _values("人数带人", (COUNT,), written(lambda v: f"{v}人")),
    _values("人数用全角数字", (COUNT,), written(lambda v: str(v).translate(_FULL_WIDTH))),
    _values("人数带小数点", (COUNT,), written(lambda v: f"{v}.0")),
    _values("人数带千位逗号", (COUNT,), written(lambda v: f"{v:,}")),
    _values("人数写约数", (COUNT,), written(lambda v: f"约{v}人"), is_told=True),
    _values("人数写以上", (COUNT,), written(lambda v: f"{v}人以上"), is_told=True),
    one("人数有小数", COUNT, written(lambda _: 2.5), needs=_TYPED),
    one("人数是汉字", COUNT, written(_NUMERALS.get), is_told=False),
    one("人数带圈", COUNT, written(lambda _: "①")),
    one("人数分男女", COUNT, written(lambda _: "男3女5")),
    _values("单元格格式写千人", (COUNT,), _thousands, needs=_SHOWN | _TYPED),
)


def _spaced(value: Value) -> str:
    text = str(value)
    return f" {text[:1]} {text[1:]}　"


_BRACKETS = str.maketrans("（）()", "()（）")
WORDS = (
    _values(
        "文字夹有看不见的字符", _WORDS, written(lambda v: f"{str(v)[:1]}\u200b{str(v)[1:]}\u2060")
    ),
    _values("文字前有看不见的标记", _WORDS, written(lambda v: f"\ufeff{v}")),
    _values("文字后有特殊空格", _WORDS, written(lambda v: f"{v}\u00a0\u3000")),
    _values("地名和名称夹空格", (PLACE, NAME), written(_spaced)),
    _values("地名和名称后有换行", (PLACE, NAME), written(lambda v: f"{v}\n")),
    _values("括号全角半角互换", (NAME,), written(lambda v: str(v).translate(_BRACKETS))),
    _values("打勾", (FLAG,), written(lambda v: "√" if v == "是" else "×")),
    _values("打彩色的勾", (FLAG,), written(lambda v: "✔\ufe0f" if v == "是" else None)),
    _values("复选框", (FLAG,), written(lambda v: "☑" if v == "是" else "☐")),
    _values("TRUE 和 FALSE", (FLAG,), written(lambda v: v == "是"), needs=_TYPED),
    _values("1 和 0", (FLAG,), written(lambda v: int(v == "是")), needs=_TYPED),
    one("勾写待定", FLAG, written(lambda _: "待定")),
    one("类别写错", CHOICE, written(lambda _: "甲乙丙")),
    one("地名写错", PLACE, written(lambda _: "七星港街道")),
    one("地名写同上", PLACE, written(lambda _: "同上"), is_told=False),
    one("名称写同上", NAME, written(lambda _: "同上")),
    one("名称写引号", NAME, written(lambda _: "〃")),
    one("编号是长数字", IDENTIFIER, written(lambda _: 2.026e17), needs=_TYPED),
    one("编号是科学记数文本", IDENTIFIER, written(lambda _: "2.026E+17")),
    one("编号成了日期", IDENTIFIER, written(lambda _: datetime.date(2026, 11, 1)), needs=_TYPED),
    one("编号是数字", IDENTIFIER, written(lambda _: 12_345), needs=_TYPED),
    one("编号成了 TRUE", IDENTIFIER, written(lambda _: True), needs=_TYPED),
)


def _error(cell: PageCell) -> None:
    cell.value, cell.error = None, "#N/A"


def _uncalculated(cell: PageCell) -> None:
    cell.value, cell.formula = None, "1+1"


def _calculated(cell: PageCell) -> None:
    number = cell.value if not isinstance(cell.value, datetime.date) else serial(cell.value)
    cell.formula = f"{number}+0"


def _empty_results(table: Table) -> None:
    """Put a formula that gives an empty text into every empty cell of words."""
    for row in table.rows:
        for at in table.of(TEXT):
            if row[at].is_empty:
                row[at] = PageCell("", formula='""')


def _struck(cell: PageCell) -> None:
    cell.is_struck = True


_ERRORS, _FORMULAS = frozenset({"errors"}), frozenset({"formulas"})
STATES = (
    *(
        one(f"{label}是错误值", sort, _error, needs=_ERRORS)
        for label, sort in (("日期", DAY), ("金额", MONEY), ("人数", COUNT), ("名称", NAME))
    ),
    *(
        one(f"{label}的公式没有算过", sort, _uncalculated, needs=frozenset({"uncalculated"}))
        for label, sort in (("日期", DAY), ("金额", MONEY), ("人数", COUNT), ("勾", FLAG))
    ),
    _values("金额由公式算出", (MONEY,), _calculated, needs=_FORMULAS),
    _values("人数由公式算出", (COUNT,), _calculated, needs=_FORMULAS),
    Change("备注的公式结果为空", _empty_results, needs=_FORMULAS),
    one("名称有删除线", NAME, _struck, needs=frozenset({"struck"})),
    one("金额有删除线", MONEY, _struck, needs=frozenset({"struck"})),
)


CELL_CHANGES = (*DAYS, *AMOUNTS, *COUNTS, *WORDS, *STATES)
