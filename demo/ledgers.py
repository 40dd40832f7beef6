"""Demonstration ledgers: made-up records on the real areas of 渝中区, laid out as bureaus do.

The same areas give the same cells each time. Records are drawn with clean values; only
`_as_written` turns them into the spellings of bureaus, so that every 合计 is right.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, groupby
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet

from areas.codes import TOWNSHIP_LEVEL, cut_to
from areas.models import Area
from dates.text import month_text
from reviews.checks import credit_code_fault, organisation_code_holds

DEMO_DAY = datetime.date(2026, 11, 20)
ROOT = "500103"

Day = datetime.date
Values = Sequence[Any]
#: Counted communities by street.
Tree = Mapping[Area, Sequence[Area]]
#: (street, community); the street's own where there is no community.
Place = tuple[Area, Area | None]


def words(text: str) -> tuple[str, ...]:
    """`a b` → (a, b)."""
    return tuple(text.split())


def tuples(text: str) -> tuple[tuple[str, ...], ...]:
    """`a:b c:d` → (a, b), (c, d)."""
    return tuple(tuple(word.split(":")) for word in text.split())


# --- how a sheet looks ----------------------------------------------------------------------


class Office(NamedTuple):
    """Who fills a ledger in, and when."""

    name: str
    day: Day = DEMO_DAY
    phone: str = "023-00000000"


@dataclass(frozen=True)
class Form:
    """A sheet: title, unit and columns, whose marks say what 小计 and 合计 hold.

    `上/下` is a header of two rows, `名称#支` counts the rows, `金额+` adds them up. With `is_merged`
    equal neighbours in the first column become one cell; below each 街道 stands a 小计.
    """

    title: str
    unit: str
    marked: str
    is_merged: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Titles without marks, and without the 序号 that every sheet begins with."""
        return tuple(word.rstrip("+").partition("#")[0] for word in self.marked.split())

    def totals(self, rows: Sequence[Values]) -> dict[int, Any]:
        """What 小计 and 合计 say of these rows, by column."""
        found: dict[int, Any] = {}
        for at, word in enumerate(self.marked.split()):
            if word.endswith("+"):
                found[at] = sum(row[at] or 0 for row in rows)
            elif "#" in word:
                found[at] = f"{len(rows)}{word.partition('#')[2]}"
        return found


_LINE = Side(style="thin", color="808080")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_TITLE = Font(name="方正小标宋简体", size=20)
_BODY, _BOLD = Font(name="仿宋", size=11), Font(name="黑体", size=11)
_PLAIN, _HEAD = PatternFill(), PatternFill("solid", fgColor="DCE6F1")
_SUM = PatternFill("solid", fgColor="EDEDED")
_GAP = "　" * 6
_TITLE_HEIGHT, _HEAD_HEIGHT, _ROW_HEIGHT, _WIDTH = 38, 30, 30, 14
_WIDTHS = {
    title: int(width)
    for title, width in tuples(
        "序号:6 街道:13 社区:21 基金名称:48 依托慈善组织:30 统一社会信用代码:24 协议编号:22 起始资金:10 管委会人数:8 状态:9 "
        "慈善组织名称:32 组织名称:38 管理情况/编号:20 成员情况/成员数:9 成员情况/党员数:9 负责人:9 负责人/姓名:9 队伍名称:36 "
        "项目名称:30 项目类别:20 实施单位:30 资金来源:18 受益人数:8 受益人次:8 志愿者人次:9 是否帮扶项目:9 是否小微项目:9 "
        "基金:50 摘要:32 捐赠人:16 场景名称:34 地址:26 运营主体:30 有人员:6 有场所:6 有资金:6 有项目:6 有活动:6 有场景:6 "
        "乡镇（街道）:18 苏木乡镇（街道）:18 嘎查村（社区）:21 村（社区）:21 阵地名称:34 "
        "活动名称:36 主办:18 媒体:18 培训名称:34 主办单位:24 对象:24 帮扶内容:30 公开募捐资格证书编号:26"
    )
}


def _merge(sheet: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
    if (top, left) != (bottom, right):
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)


def _put(
    sheet: Worksheet, row: int, at: int, value: Any, font: Font = _BODY, fill: PatternFill = _PLAIN
) -> None:
    cell = sheet.cell(row, at, value)
    cell.font, cell.fill, cell.alignment, cell.border = font, fill, _CENTRE, _BORDER
    if isinstance(value, Day):
        cell.number_format = "yyyy-mm-dd"


def _write_line(sheet: Worksheet, row: int, text: str, width: int) -> None:
    """One line of text across the whole sheet; the first is the title."""
    cell = sheet.cell(row, 1, text)
    cell.font = _TITLE if row == 1 else _BODY
    cell.alignment = _CENTRE if row == 1 else Alignment(vertical="center")
    _merge(sheet, row, 1, row, width)
    sheet.row_dimensions[row].height = _TITLE_HEIGHT if row == 1 else _ROW_HEIGHT


def _write_header(sheet: Worksheet, top: int, titles: Sequence[str]) -> int:
    """One or two rows, titles of one group below one cell; returns the last row."""
    last, at = top + any("/" in title for title in titles), 1
    for upper, group in groupby(titles, key=lambda title: title.partition("/")[0]):
        lowers = [title.partition("/")[2] for title in group]
        for column, lower in enumerate(lowers, start=at):
            _put(sheet, top, column, upper, _BOLD, _HEAD)
            _put(sheet, last, column, lower or upper, _BOLD, _HEAD)
        _merge(sheet, top, at, top if lowers[0] else last, at + len(lowers) - 1)
        at += len(lowers)
    for row in range(top, last + 1):
        sheet.row_dimensions[row].height = _HEAD_HEIGHT
    return last


def _write_total(
    sheet: Worksheet, row: int, label: str, form: Form, rows: Sequence[Values]
) -> None:
    totals = form.totals(rows)
    for at in range(len(form.columns)):
        _put(sheet, row, at + 2, totals.get(at), _BOLD, _SUM)
    _put(sheet, row, 1, label, _BOLD, _SUM)
    _merge(sheet, row, 1, row, 2)


def _write_rows(sheet: Worksheet, row: int, form: Form, rows: Sequence[Values]) -> int:
    """Numbered rows, neighbours merged, a 小计 below each street; returns the next free row."""
    draw, number = Draw(form.title), count(1)
    for key, run in groupby(rows, key=lambda line: form.is_merged and line[0]):
        lines, top = list(run), row
        for line in lines:
            _put(sheet, row, 1, next(number))
            for column, (title, value) in enumerate(zip(form.columns, line, strict=True), start=2):
                _put(sheet, row, column, _as_written(draw, title, value))
            row += 1
        if key:
            _merge(sheet, top, 2, row - 1, 2)
        if isinstance(key, Area) and key.is_township:
            _write_total(sheet, row, "小计", form, lines)
            row += 1
    return row


def _write_sheet(sheet: Worksheet, form: Form, rows: Sequence[Values], office: Office) -> None:
    titles = ("序号", *form.columns)
    bureau, day = f"填报单位（盖章）：{office.name}", f"填报日期：{office.day:%Y年%m月%d日}"
    _write_line(sheet, 1, f"{form.title}（演示数据）", len(titles))
    _write_line(sheet, 2, _GAP.join((bureau, day, f"单位：{form.unit}")), len(titles))
    header_end = _write_header(sheet, 3, titles)
    row = _write_rows(sheet, header_end + 1, form, rows)
    if form.totals(rows):
        _write_total(sheet, row, "合计", form, rows)
    for at in range(header_end + 1, row + 1):
        sheet.row_dimensions[at].height = _ROW_HEIGHT
    footer = _GAP.join(("填表人：张某", "审核人：李某", f"联系电话：{office.phone}"))
    _write_line(sheet, row + 2, footer, len(titles))
    for at, title in enumerate(titles, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(title, _WIDTH)
    _set_up_page(sheet, header_end)


def _set_up_page(sheet: Worksheet, header_end: int) -> None:
    """A4 landscape, one page wide, the header on every page."""
    sheet.freeze_panes = f"A{header_end + 1}"
    sheet.print_title_rows = f"1:{header_end}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.5)


# --- the spellings of bureaus ---------------------------------------------------------------

_FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
_DAYS = ("{0}.{1}.{2}", "{0}年{1}月{2}日", "{0}/{1:02}/{2:02}", "{0}{1:02}{2:02}")
_COMMITTEES = ("{}社区", "{}社区", "{}社区居委会", "{}社区居民委员会", " {}社区")


def _as_written(draw: Random, title: str, value: Any) -> Any:
    """A clean value as a clerk may have typed it; the importer must read the value back."""
    match value:
        case None:
            return {"社区": draw.choice((None, "—", "/")), "结束时间": "进行中"}.get(title)
        case bool():
            return draw.choice(("√", "√", "是", "有", 1) if value else ("否", None))
        case Area() if value.is_community:
            return _written_community(draw, value.short_name)
        case Area():
            return value.short_name
        case Day():
            return _written_day(draw, title, value)
        case int() | float():
            return _written_number(draw, title, value)
    return value


def _written_day(draw: Random, title: str, day: Day) -> Any:
    if title == "开始时间" and day.day == 1:
        return month_text(day)
    form = draw.choice((*_DAYS, None, None))
    return form.format(day.year, day.month, day.day) if form else day


def _written_community(draw: Random, name: str) -> str:
    """社区 by one of its names, a village by its own."""
    bare = name.removesuffix("社区")
    return name if bare == name else draw.choice(_COMMITTEES).format(bare)


def _written_number(draw: Random, title: str, number: float) -> Any:
    chance = draw.random()
    if title.endswith("成员数") and number == 20:
        return "20余"
    if title == "起始资金" and chance < 0.25:
        return f"{number}万元"
    if chance < 0.06:
        return str(number).translate(_FULL_WIDTH)
    return f"{number:,}" if chance < 0.15 and number >= 1000 else number


# --- drawing --------------------------------------------------------------------------------

#: How much happens in each month; 中华慈善日 is 5 September.
_SEASON = (8, 5, 7, 7, 8, 8, 7, 8, 18, 10, 6, 4)
_PEOPLE = words("张某 王某 李某 陈某 刘某 赵某")


class Draw(Random):
    """The chances of one ledger, with telephone numbers that nobody has."""

    def __init__(
        self, ledger: str, first_phone: int = 1, *, place: str = "渝中", until: Day = DEMO_DAY
    ) -> None:
        super().__init__(f"{place}演示 {ledger}")
        self._phones, self._until = count(first_phone), until

    def leader(self) -> tuple[str, str]:
        """(name, telephone)."""
        return self.choice(_PEOPLE), f"138{next(self._phones):08d}"

    def day(self, first: Day, last: Day | None = None) -> Day:
        """Any day of first … last, at most until the demonstration's day."""
        last = last or self._until
        return first + datetime.timedelta(self.randint(0, (last - first).days))

    def season(self, year: int, number: int) -> list[Day]:
        """Days of a year until the demonstration's in order, denser where the season is."""
        until = self._until
        months = range(1, 13 if year < until.year else until.month + 1)
        chosen = self.choices(months, _SEASON[: len(months)], k=number)
        return sorted(min(Day(year, month, self.randint(1, 28)), until) for month in chosen)

    def parts(self, total: int, number: int, step: int, spread: float) -> list[int]:
        """`number` uneven multiples of `step` that add up to `total`."""
        weights = [self.lognormvariate(0, spread) for _ in range(number)]
        scale = total / sum(weights) / step
        parts = [max(1, round(weight * scale)) * step for weight in weights]
        parts[parts.index(max(parts))] += total - sum(parts)
        return parts


def read_tree(root: str, day: Day) -> dict[Area, list[Area]]:
    """The counted communities of a day by their counted street."""
    areas = list(Area.objects.within(root).filter(is_counted=True).existing_on(day))
    streets = {area.code: area for area in areas if area.is_township}
    tree: dict[Area, list[Area]] = {street: [] for street in streets.values()}
    for area in areas:
        if area.is_community and (street := streets.get(cut_to(area.code, TOWNSHIP_LEVEL))):
            tree[street].append(area)
    return tree


def communities(tree: Tree) -> list[tuple[Area, Area]]:
    """(street, community) of every community."""
    return [(street, community) for street, below in tree.items() for community in below]


def by_place(rows: Iterable[Values]) -> list[Values]:
    """Rows that begin with a place, in the order of the area codes, a street's own first."""
    return sorted(rows, key=lambda row: (row[0].code, row[1].code if row[1] else ""))


def credit_code(kind: str, number: int, county: str = ROOT) -> str:
    """A made-up 统一社会信用代码 whose two check signs are right."""
    body = f"{kind}{county}MJ{number:06d}"
    body += next(sign for sign in "0123456789X" if organisation_code_holds(body + sign))
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    return next(body + sign for sign in signs if credit_code_fault(body + sign) is None)


# --- charities, funds and their money -------------------------------------------------------


class Host(NamedTuple):
    """A charity; without a certificate it has no 公开募捐资格."""

    name: str
    code: str
    form: str
    since: Day
    certificate: str | None = None
    expires: Day | None = None


class DemoFund(NamedTuple):
    """A fund's life."""

    place: Place
    name: str
    host: Host
    since: Day
    closed: Day | None = None

    def runs_on(self, day: Day) -> bool:
        """Whether money may come in on this day."""
        return self.since <= day and (self.closed is None or day < self.closed)


_CERTIFICATE = ("演渝募字〔2024〕第001号", Day(2029, 4, 11))
_HOSTS = (
    Host("重庆市渝中区慈善会", credit_code("51", 1), "社会团体", Day(2005, 4, 12), *_CERTIFICATE),
    Host("重庆市渝中区示例公益服务中心", credit_code("52", 2), "社会服务机构", Day(2021, 7, 6)),
)
_STREET_FUNDS = tuples(
    "同心:2023-11-16 益邻:2024-03-05 众善:2024-05-20 石榴:2024-08-14 携手:2024-09-05 暖阳:2024-11-28 "
    "守望:2025-03-05 百家:2025-05-15 和合:2025-09-05 常青:2025-12-04 善行:2026-05-12"
)
_COMMUNITY_FUNDS = tuples(
    "微光:2024-06-18 萤火:2024-10-22 黄桷树:2025-04-10 小桔灯:2025-07-09 向阳:2025-09-05 聚善:2025-11-11 "
    "连心:2026-01-20 梯坎:2026-03-05 拾光:2026-07-15 灯塔:2026-09-04 春芽:2026-09-05 家门口:2026-10-21"
)
_CLOSED_FUNDS, _FUNDS_CLOSED_ON = {"萤火", "小桔灯"}, Day(2026, 6, 30)
_FUNDS_OF_SECOND_HOST = {"聚善", "拾光"}


def charity_rows(draw: Draw, hosts: Iterable[Host]) -> list[Values]:
    """A line a charity."""
    return [(*host[:4], bool(host.certificate), *host[4:], *draw.leader(), None) for host in hosts]


def _funds(tree: Tree) -> list[DemoFund]:
    draw = Draw("fund places")
    streets = draw.sample(list(tree), len(_STREET_FUNDS))
    places = draw.sample(communities(tree), len(_COMMUNITY_FUNDS))
    host, funds = _HOSTS[0], []
    for street, (word, day) in zip(streets, _STREET_FUNDS, strict=True):
        name = f"{host.name}{street}{word}社区基金"
        funds.append(DemoFund((street, None), name, host, Day.fromisoformat(day)))
    for place, (word, day) in zip(places, _COMMUNITY_FUNDS, strict=True):
        host = _HOSTS[word in _FUNDS_OF_SECOND_HOST]
        closed = _FUNDS_CLOSED_ON if word in _CLOSED_FUNDS else None
        name = f"{host.name}{place[1]}{word}基金"
        funds.append(DemoFund(place, name, host, Day.fromisoformat(day), closed))
    return funds


_LEVELS = {
    False: ("街道级", ("街道办事处",), (5, 8, 10, 12.5, 20)),
    True: ("社区级", ("社区居委会", "企业", "社会组织"), (1.5, 2, 3, 5)),
}


def fund_rows(draw: Draw, funds: Iterable[DemoFund], signed_by: str) -> list[Values]:
    """A line a fund, in the order of the areas; agreements are numbered by `signed_by`."""
    rows = []
    for number, fund in enumerate(funds, start=1):
        level, initiators, amounts = _LEVELS[fund.place[1] is not None]
        host = (fund.host.name, fund.host.code, bool(fund.host.certificate))
        agreement = f"{signed_by}〔{fund.since.year}〕{number:02d}号"
        life = (draw.choice(initiators), fund.since, fund.closed, agreement)
        group = (draw.choice(amounts), draw.choice((5, 7, 9)), *draw.leader())
        status = ("已终止", "已公示清算结果") if fund.closed else ("运行中", None)
        rows.append((*fund.place, fund.name, level, *host, *life, *group, *status))
    return by_place(rows)


class _Entry(NamedTuple):
    """One line of the money ledger; a use makes it a spending."""

    day: Day
    fund: DemoFund
    yuan: int
    use: str = ""


#: (year, 元, donations) of each year.
Raised = Sequence[tuple[int, int, int]]
_RAISED: Raised = ((2025, 2_621_800, 135), (2026, 3_012_600, 165))
_SPENDINGS, _OVERSPENT_BY = 107, 1_380
_WITHOUT_RECEIPT = {88, 214}
_USES = words(
    "独居老人防滑扶手安装 困境儿童暑期托管 困难家庭冬季取暖补助 重病家庭临时救助 残疾人辅具购置 老旧楼栋扶手维修 "
    "空巢老人助浴券 大学新生助学金 社区食堂老人就餐补贴 志愿者意外保险"
)


def _donations(draw: Draw, funds: Sequence[DemoFund], raised: Raised) -> list[_Entry]:
    """Funds that have none yet, and streets' funds, are likelier to get one."""
    entries: list[_Entry] = []
    for year, total, number in raised:
        amounts = draw.parts(total, number, 100, 0.7)
        for day, yuan in zip(draw.season(year, number), amounts, strict=True):
            running = [fund for fund in funds if fund.runs_on(day)]
            idle = set(running) - {entry.fund for entry in entries}
            weights = [9 if fund in idle else 1 if fund.place[1] else 3 for fund in running]
            entries.append(_Entry(day, draw.choices(running, weights)[0], yuan))
    return entries


def _spendings(draw: Draw, donations: Sequence[_Entry], number: int) -> list[_Entry]:
    """Each within the fund's balance of its day; closed funds end at 0, one fund overspends."""
    books: dict[DemoFund, list[_Entry]] = {}
    for entry in donations:
        books.setdefault(entry.fund, []).append(entry)
    chosen = draw.choices(list(books), [len(book) for book in books.values()], k=number)
    entries, rest = [], {}
    for fund, book in books.items():
        last, spent = (fund.closed or DEMO_DAY) - datetime.timedelta(1), 0
        for day in sorted(draw.day(book[0].day, last) for _ in range(chosen.count(fund))):
            balance = sum(entry.yuan for entry in book if entry.day <= day) - spent
            yuan = int(balance * draw.uniform(0.2, 0.5)) // 10 * 10
            entries.append(_Entry(day, fund, yuan, draw.choice(_USES)))
            spent += yuan
        rest[fund] = sum(entry.yuan for entry in book) - spent
        if fund.closed:
            entries.append(_Entry(last, fund, rest[fund], "基金终止，剩余资金用于困难家庭慰问"))
    poorest = min((fund for fund in rest if not fund.closed), key=lambda fund: rest[fund])
    yuan = rest[poorest] + _OVERSPENT_BY
    return [*entries, _Entry(DEMO_DAY, poorest, yuan, "冬衣采购（尾款待捐赠到账）")]


def _donor(draw: Draw, day: Day, yuan: int) -> tuple[str, ...]:
    """(摘要, 捐赠人, 类型, 方式) that fit the size of a gift."""
    purposes = words("社区慈善捐赠 定向助老 定向助学 定向济困")
    purpose = draw.choice((*purposes, *words("“慈善一日捐”" * (day.month == 9))))
    if yuan < 8_000:
        name = draw.choice(("匿名", "爱心人士", "爱心居民"))
        return purpose, name, "个人", draw.choice(("现金", "线上平台", "线上平台", "募捐箱"))
    kind, name = draw.choice(("企业", "企业", "单位", "社会组织")), draw.choice("甲乙丙丁戊")
    channel = draw.choice(("转账", "转账", "转账", "物资"))
    purpose = "捐赠物资（按评估价折算）" if channel == "物资" else purpose
    return purpose, f"演示{kind}{name}", kind, channel


def money_rows(
    draw: Draw, funds: Sequence[DemoFund], raised: Raised, spendings: int
) -> list[Values]:
    """Donations and spendings in the order of their days."""
    balance, receipts, rows = 0, count(1), list[Values]()
    donations = _donations(draw, funds, raised)
    entries = [*donations, *_spendings(draw, donations, spendings)]
    for day, fund, yuan, use in sorted(entries, key=lambda entry: entry.day):
        balance += -yuan if use else yuan
        number = 0 if use else next(receipts)
        who = (use, None, None, None) if use else _donor(draw, day, yuan)
        money = (None, yuan) if use else (yuan, None)
        receipt = None if use or number in _WITHOUT_RECEIPT else f"演{day.year}{number:05d}"
        rows.append((day, fund.name, *who, *money, balance, receipt, "赵某", None))
    return rows


# --- organisations and teams ----------------------------------------------------------------

_CHARITY = "公益慈善类"
_CHARITY_ORGS = words("益邻公益社 老街坊帮扶队 星火助学小组 一碗汤关爱社 拾级而上助老队 暖心针线坊")
_OTHER_ORGS = tuples(
    "山城老巷合唱团:文体娱乐类 太极晨练队:文体娱乐类 民情茶话会:社区事务类 院坝议事会:社区事务类 便民维修队:为民服务类 "
    "银发颐养服务中心:养老照护类 楼栋互助会:邻里互助类 旧物换新驿站:生活服务类"
)
#: Communities by the number of 公益慈善类 organisations of their own.
_CHARITY_ORGS_EACH = {1: 22, 2: 53, 3: 4}
_OTHER_ORG_COUNT, _CLOSED_ORG_COUNT = 77, 3
_ORG_WITHOUT_CODE, _ORG_WITHOUT_NUMBER = 9, 60


def _org_kinds(draw: Draw, tree: Tree) -> list[tuple[Place, str, str]]:
    """(place, name, category) of every organisation, the closed ones last."""
    places = communities(tree)
    each = [number for number, times in _CHARITY_ORGS_EACH.items() for _ in range(times)]
    draw.shuffle(each)
    orgs: list[tuple[Place, str, str]] = [
        ((street, None), f"渝中区{street}益民公益服务中心", _CHARITY) for street in tree
    ]
    for place, number in zip(places, each, strict=True):
        names = draw.sample(_CHARITY_ORGS, number)
        orgs += [(place, f"{place[1]}{name}", _CHARITY) for name in names]
    for place in draw.sample(places, _OTHER_ORG_COUNT):
        name, category = draw.choice(_OTHER_ORGS)
        orgs.append((place, f"{place[1]}{name}", category))
    closed = draw.sample(places, _CLOSED_ORG_COUNT)
    return orgs + [(place, f"{place[1]}晚晴读报社", _CHARITY) for place in closed]


def _org_rows(tree: Tree) -> dict[str, list[Values]]:
    """Rows by the name of the street."""
    draw, rows = Draw("orgs", 1001), list[Values]()
    orgs = _org_kinds(draw, tree)
    for number, (place, name, category) in enumerate(orgs, start=1):
        is_closed = number > len(orgs) - _CLOSED_ORG_COUNT
        since = draw.day(Day(2021, 3, 1), Day(2024, 12, 31) if is_closed else DEMO_DAY)
        until = draw.day(Day(2025, 9, 1)) if is_closed else None
        tier, code = draw.choice(("街道管理", "备案", "社区指导")), None
        filing = None if number == _ORG_WITHOUT_NUMBER else f"演备〔{since.year}〕{number:03d}号"
        if name.endswith("服务中心"):
            tier, filing = "登记", None
            code = None if number == _ORG_WITHOUT_CODE else credit_code("52", 100 + number)
        people = (
            draw.choice((9, 12, 14, 15, 16, 18, 20, 24, 27, 32, 45)),
            draw.choice((None, "无", 2, 3, 5)),
        )
        line = (name, category, tier, filing, code, since, until, *draw.leader(), *people, None)
        rows.append((*place, *line))
    runs = groupby(by_place(rows), key=lambda row: str(row[0]))
    return {street: [row[1:] for row in run] for street, run in runs}


_TEAM_COUNT, _DISSOLVED_COUNT = 70, 2


def _team_rows(tree: Tree) -> list[Values]:
    """One team in most communities, two in some, and two that were dissolved."""
    draw, rows = Draw("teams", 2001), []
    places = draw.sample(communities(tree), _TEAM_COUNT + _DISSOLVED_COUNT)
    teams = [(place, "红马甲") for place in places]
    teams += [(place, "小石阶") for place in places[:_TEAM_COUNT:5]]
    for place, word in teams:
        until = Day(2026, 4, 30) if place in places[_TEAM_COUNT:] else None
        since = draw.day(Day(2022, 3, 5), Day(2025, 12, 31) if until else DEMO_DAY)
        name = f"{place[1]}{word}慈善志愿服务队"
        rows.append((*place, name, since, until, draw.randint(8, 46), *draw.leader(), None))
    return by_place(rows)


# --- projects, scenes, activities, trainings, aid -------------------------------------------

_AID_PROJECTS = tuples(
    "爬坡上坎助行计划:一老 暖巢陪伴计划:一老 成长伙伴计划:一小 假日学伴营:一小、一困 暖冬包行动:一困 坡道微改造:一残"
)
_PROJECTS = tuples(
    "邻里共享厨房:一老 楼栋微花园共建:其他 老手艺传习课:一老、一小 口述老街史:其他 便民工具屋:其他 爱心雨伞驿站:其他"
)
_SOURCES = words("社区慈善基金 社区慈善基金 公益创投 社会捐赠 福利彩票公益金 政府购买服务")
#: (year, 帮扶项目, others).
_PROJECT_COUNTS = ((2025, 6, 18), (2026, 14, 28))


def _project_rows(tree: Tree) -> list[Values]:
    draw, rows = Draw("projects"), []
    for year, aids, others in _PROJECT_COUNTS:
        kinds = draw.sample([True] * aids + [False] * others, aids + others)
        places = draw.sample(communities(tree), len(kinds))
        days = draw.season(year, len(kinds))
        rows += [_project_row(draw, *line) for line in zip(places, days, kinds, strict=True)]
    return by_place(rows)


def _project_row(draw: Draw, place: Place, start: Day, is_aid: bool) -> Values:
    name, groups = draw.choice(_AID_PROJECTS if is_aid else _PROJECTS)
    category = "特殊困难对象帮扶" if is_aid else draw.choice(("社区服务", "社区营造", "文化传承"))
    end = start + datetime.timedelta(draw.randint(60, 240))
    is_done = end <= DEMO_DAY
    budget = draw.choice((6_000, 9_500, 15_000, 20_000, 28_000, 36_000, 48_000, 60_000))
    spent = budget * draw.choice((86, 92, 98, 100) if is_done else (20, 45, 60)) // 100
    people = draw.randint(15, 120)
    times = (people, people * draw.randint(1, 5), draw.randint(6, 60), is_aid, budget < 20_000)
    carrier = (f"{place[1]}{draw.choice(_CHARITY_ORGS)}", draw.choice(_SOURCES))
    run = (budget, spent, start, end if is_done else None)
    return (*place, f"{place[1]}{name}", category, groups, *carrier, *run, *times, None)


_SCENES = tuples(
    "慈善超市:2024-05-18 慈善小巷:2024-10-11 慈善空间:2025-03-21 慈善墙:2025-06-06 慈善食堂:2025-08-28 社区捐助点:2025-09-05 "
    "慈善宣传橱窗:2025-12-12 慈善楼宇:2026-03-27 慈善书屋:2026-05-15 慈善街区:2026-09-05 慈善墙:2024-04-16"
)


def _scene_rows(tree: Tree) -> list[Values]:
    """One in each street; the last is out of use, and one lacks two of the 六有."""
    draw, rows = Draw("scenes"), []
    streets = draw.sample(list(tree), len(_SCENES))
    for at, (street, (kind, day)) in enumerate(zip(streets, _SCENES, strict=True)):
        community = draw.choice(tree[street])
        until = Day(2026, 2, 28) if street is streets[-1] else None
        haves = [at != 3 or have not in (2, 4) for have in range(6)]
        what = (f"{community}“家门口”{kind}", kind, f"{street}演示路{draw.randint(1, 99)}号")
        mode = draw.choice(("公办", "公建民营", "社会联营"))
        run = (Day.fromisoformat(day), until, f"{community}{_CHARITY_ORGS[0]}", mode)
        rows.append((street, community, *what, *run, *haves, draw.randint(12, 180) * 10, None))
    return by_place(rows)


_MONTH_THEMES = words(
    "写春联送祝福 元宵灯谜会 志愿服务集市 清明追思志愿行 劳动者关爱日 端午包粽会 高温送清凉 暑期公益营 “慈善一日捐” "
    "重阳茶话会 冬衣募集日 暖冬行动"
)
_THEMES = words("慈善法进院坝 义诊义剪进楼栋 旧衣循环日 院坝坝坝舞义演 爱心义卖会 慈善故事分享会")
_SERIES = (None, *words("邻里守望 共建共治共享 共创平安 文化铸魂"))
#: (year, activities, of which streets name no community).
_ACTIVITY_COUNTS = ((2025, 40, 0), (2026, 140, 3))
_REACHED = 58


def _activity_rows(tree: Tree) -> list[Values]:
    draw, rows = Draw("activities"), []
    reached = draw.sample(communities(tree), _REACHED)
    for year, number, of_streets in _ACTIVITY_COUNTS:
        again = draw.choices(reached, k=number)
        own = [(street, None) for street in draw.sample(list(tree), of_streets)]
        places = [*own, *reached, *again][:number]
        draw.shuffle(places)
        days = draw.season(year, number)
        rows += [_activity_row(draw, day, place) for day, place in zip(days, places, strict=True)]
    return rows


def _activity_row(draw: Draw, day: Day, place: Place) -> Values:
    street, community = place
    host = str(community or street)
    theme = draw.choice((*_THEMES, *[_MONTH_THEMES[day.month - 1]] * 4))
    kind = (draw.choice(("活动", "活动", "宣传", "活动、宣传")), draw.choice(_SERIES), host)
    times = (draw.randint(20, 260), draw.randint(3, 30))
    media = "区融媒体（演示）" if draw.random() < 0.15 else None
    return (day, host + theme, street, community, *kind, *times, media, None)


_TRAININGS = tuples(
    "2026-03-19:社区基金管理小组履职培训:管理小组成员:11 2026-05-21:慈善法与公开募捐合规讲座:社区慈善工作者:9 "
    "2026-07-09:公益项目策划工作坊:社区社会组织负责人:8 2026-09-03:社区慈善信息公开实务:街道慈善工作人员:7 "
    "2026-10-29:慈善志愿服务队长研修:志愿服务队队长:11"
)


def _training_rows(tree: Tree) -> list[Values]:
    rows: list[Values] = []
    streets = Draw("trainings").sample(list(tree), len(_TRAININGS))
    for street, (day, name, audience, people) in zip(streets, _TRAININGS, strict=True):
        line = (street, "重庆市渝中区民政局", audience, int(people), int(people), None)
        rows.append((Day.fromisoformat(day), name, *line))
    return rows


_AID_COUNT, _AIDED = 190, 2_316
_AIDS = tuples(
    "一老:上门理发、量血压 一老:防滑扶手安装 一小:周末伴读 一小:开学文具礼包 一困:冬衣和棉被发放 一困:临时生活补助 "
    "一残:辅具借用和维修 一残:居家康复指导"
)


def aid_rows(draw: Draw, tree: Tree, year: int, number: int, total: int) -> list[Values]:
    """`number` lines of a year that add up to `total` 人次."""
    rows = []
    days = draw.season(year, number)
    times = draw.parts(total, number, 1, 0.6)
    places = draw.choices(communities(tree), k=number)
    for day, place, helped in zip(days, places, times, strict=True):
        yuan = helped * draw.choice((0, 0, 30, 50, 80, 120)) or None
        rows.append((day, *place, *draw.choice(_AIDS), helped, yuan, None))
    return list(rows)


# --- the workbooks --------------------------------------------------------------------------

_FORMS = {
    "慈善组织": Form(
        "渝中区慈善组织台账",
        "家",
        "慈善组织名称 统一社会信用代码 组织形式 登记日期 是否具有公开募捐资格 公开募捐资格证书编号 证书有效期至 负责人 联系电话 备注",
    ),
    "基金": Form(
        "渝中区社区慈善基金台账",
        "万元",
        "街道 社区 基金名称#支 基金级别 依托慈善组织 统一社会信用代码 是否具有公开募捐资格 发起主体 设立日期 终止日期 协议编号 "
        "起始资金+ 管委会人数 负责人 联系电话 状态 备注",
        is_merged=True,
    ),
    "组织": Form(
        "社区社会组织备案（登记）台账",
        "个",
        "社区 组织名称#个 类别 管理情况/管理层级 管理情况/编号 统一社会信用代码 登记（备案）日期 注销日期 负责人/姓名 "
        "负责人/联系电话 成员情况/成员数 成员情况/党员数 备注",
        is_merged=True,
    ),
    "队伍": Form(
        "渝中区社区慈善志愿服务队伍台账",
        "支",
        "街道 社区 队伍名称#支 成立日期 解散日期 志愿者人数+ 负责人 联系电话 备注",
        is_merged=True,
    ),
    "项目": Form(
        "渝中区社区公益慈善项目统计表",
        "元",
        "街道 社区 项目名称#个 项目类别 服务对象 实施单位 资金来源 预算（元）+ 实际支出（元）+ 开始时间 结束时间 受益人数+ 受益人次+ "
        "志愿者人次+ 是否帮扶项目 是否小微项目 备注",
        is_merged=True,
    ),
    "收支": Form(
        "渝中区社区慈善基金收支明细（2025—2026年）",
        "元",
        "日期 基金 摘要 捐赠人 类型 方式 收入（元）+ 支出（元）+ 结余（元） 票据号 经办人 备注",
    ),
    "场景": Form(
        "渝中区社区慈善服务场景台账",
        "个",
        "街道 社区 场景名称#个 类型 地址 建成日期 停用日期 运营主体 运营模式 有人员 有场所 有资金 有项目 有活动 有场景 年服务人次+ 备注",
    ),
    "活动宣传": Form(
        "渝中区社区慈善活动和宣传记录",
        "场",
        "日期 活动名称#场 街道 社区 形式 系列 主办 参与人次+ 志愿者人次+ 媒体 备注",
    ),
    "人才培训": Form(
        "渝中区社区公益慈善人才培训记录",
        "场",
        "日期 培训名称#场 街道 主办单位 对象 参训人次+ 参训人数+ 备注",
    ),
    "帮扶记录": Form(
        "渝中区特殊困难对象帮扶记录",
        "元",
        "日期 街道 社区 对象类别 帮扶内容 帮扶人次+ 金额（元）+ 备注",
    ),
}


def _workbooks(tree: Tree) -> list[tuple[str, str, dict[str, list[Values]]]]:
    """(KIND, name, rows by sheet) in the order in which the ledgers need each other."""
    funds = _funds(tree)
    records = {
        "活动宣传": _activity_rows(tree),
        "人才培训": _training_rows(tree),
        "帮扶记录": aid_rows(Draw("aids"), tree, DEMO_DAY.year, _AID_COUNT, _AIDED),
    }
    return [
        ("charities", "慈善组织台账", {"慈善组织": charity_rows(Draw("charities"), _HOSTS)}),
        ("funds", "社区慈善基金台账", {"基金": fund_rows(Draw("funds", 101), funds, "渝中演慈")}),
        ("orgs", "社区社会组织台账", _org_rows(tree)),
        ("teams", "志愿服务队伍台账", {"队伍": _team_rows(tree)}),
        ("projects", "慈善项目统计表", {"项目": _project_rows(tree)}),
        ("money", "捐赠收支明细", {"收支": money_rows(Draw("money"), funds, _RAISED, _SPENDINGS)}),
        ("scenes", "慈善服务场景台账", {"场景": _scene_rows(tree)}),
        ("activities", "活动培训帮扶记录", records),
    ]


def form_for(sheet: str, title: str, words_there: Mapping[str, str]) -> Form:
    """渝中区's form of a sheet with another title and the words for its columns elsewhere."""
    form = _FORMS[sheet]
    marked = " ".join(words_there.get(word, word) for word in form.marked.split())
    return replace(form, title=title, marked=marked)


def _form_of(sheet: str) -> Form:
    """A sheet that is no form's is a street's organisations."""
    orgs = _FORMS["组织"]
    return _FORMS.get(sheet) or replace(orgs, title=f"{sheet}{orgs.title}")


def write_workbook(
    path: Path, sheets: Iterable[tuple[str, Form, Sequence[Values]]], office: Office
) -> Path:
    """Write (sheet name, form, rows) as one workbook; returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, form, rows in sheets:
        _write_sheet(workbook.create_sheet(name), form, rows, office)
    workbook.save(path)
    return path


def write_demo_ledgers(folder: Path) -> list[tuple[str, Path]]:
    """Write the workbooks into `folder`; (KIND, path) in the order in which to import them."""
    office, written = Office("重庆市渝中区民政局"), []
    workbooks = _workbooks(read_tree(ROOT, DEMO_DAY))
    for number, (kind, name, sheets) in enumerate(workbooks, start=1):
        path = folder / f"{number:02d}-{name}（演示数据）.xlsx"
        contents = [(sheet, _form_of(sheet), rows) for sheet, rows in sheets.items()]
        written.append((kind, write_workbook(path, contents, office)))
    return written
