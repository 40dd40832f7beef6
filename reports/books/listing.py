"""The list of an area's funds with what each has: asked for, ordered, and as a workbook."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from openpyxl import Workbook

from accounts.models import User
from areas.models import Area
from areas.successions import Successions
from dates.text import day_text
from funds.books.overview import ACTIVE_MONTHS, FundRow, rows_of
from funds.books.sums import Totals
from funds.models import Fund, MemberKind
from reports.paper.sheets import BODY, CENTRE, LEFT, TITLE, head_row, merged, new_sheet
from reports.paper.stream import laid, saved

#: What the list may be ordered by → the value of a row; `-` before it turns the order.
ORDERS: Mapping[str, Callable[[FundRow], Any]] = {
    "area": lambda row: (row.fund.area_id, row.fund.pk),
    "name": lambda row: row.fund.name,
    "balance": lambda row: row.balance,
    "income": lambda row: row.year.raised,
    "spending": lambda row: row.year.spending,
    "idle": lambda row: row.days_idle,
}

#: What the list may be narrowed to → its name and which rows are kept.
ONLY: Mapping[str, tuple[str, Callable[[FundRow], bool]]] = {
    "running": ("运行中", lambda row: row.is_running),
    "active": (f"近{ACTIVE_MONTHS}个月有支出（作用发挥）", lambda row: row.is_active),
    "closed": ("已终止", lambda row: not row.is_running),
    "group": ("管理小组不全", lambda row: bool(row.missing_members)),
    "rules": ("制度不全", lambda row: bool(row.fund.rules_missing)),
    "idle": ("半年以上无收支", lambda row: row.is_running and row.days_idle > 182),
    "overspent": ("结余为负", lambda row: row.balance < 0),
}

_HEADS = (
    *("序号", "所属地区", "基金名称", "级别", "依托慈善组织", "设立日期", "终止日期"),
    *("起始资金（元）", "本年捐赠（元）", "本年退赠（元）", "本年支出（元）", "结余（元）"),
    *("最近收支日期", "无收支天数", "管理小组尚缺", "尚缺制度"),
)
_WIDTHS = (6, 18, 34, 10, 24, 12, 12, 15, 15, 14, 15, 16, 13, 11, 26, 16)
_KINDS = (
    *("text", "text", "text", "text", "day", "day"),
    *("money", "money", "money", "money", "money"),
    *("day", "count", "text", "text"),
)


@dataclass(frozen=True)
class FundList:
    """Which funds of an area are asked for, on which day and in which order."""

    area: Area
    day: datetime.date
    order: str = "area"
    only: str = ""

    def rows(self) -> list[FundRow]:
        """Return the rows; a number of statements that does not depend on the funds."""
        rows = rows_of(list(funds_of(self.area, self.day)), self.day)
        if self.only:
            rows = [row for row in rows if ONLY[self.only][1](row)]
        rows.sort(key=ORDERS["area"])
        return sorted(rows, key=ORDERS[self.order.lstrip("-")], reverse=self.order.startswith("-"))

    @property
    def title(self) -> str:
        """The title of page and workbook."""
        said = f"（{ONLY[self.only][0]}）" if self.only else ""
        return f"{self.area.short_name}社区慈善基金收支结余{said}"


def funds_of(area: Area, day: datetime.date) -> QuerySet[Fund]:
    """Return the approved funds that count for an area on a day and were set up by then."""
    inside = Successions.stored().condition("area_id", area.code, day)
    found: QuerySet[Fund] = Fund.objects.approved().filter(inside, established_on__lte=day)
    return found.select_related("area")


def visible_area(user: User, code: str) -> Area | None:
    """Return an area that the user oversees (default: the own one); None where it is none."""
    return Area.objects.visible_to(user).filter(code=code or user.area_id).first()


def sums_of(rows: Sequence[FundRow]) -> Totals:
    """Return what moved this year in all rows together."""
    return sum((row.year for row in rows), Totals())


def build_workbook(asked: FundList) -> bytes:
    """Return the list as an .xlsx with its 合计."""
    rows, book = asked.rows(), Workbook()
    book.remove(book.worksheets[0])
    sheet = new_sheet(book, "基金收支结余", _WIDTHS)
    merged(sheet, 1, len(_HEADS), asked.title, TITLE, CENTRE, 38)
    active = f"近{ACTIVE_MONTHS}个月有支出{sum(row.is_active for row in rows)}支"
    line = f"截至日期：{day_text(asked.day)}        共{len(rows)}支，{active}        单位：元"
    merged(sheet, 2, len(_HEADS), line, BODY, LEFT, 24)
    head_row(sheet, 3, _HEADS)
    sheet.freeze_panes = sheet.cell(4, 4)
    sheet.print_title_rows = "1:3"
    cells = [_cells(row) for row in rows]
    stream = laid(sheet, 4, _KINDS, cells, len(cells), is_summed=True)
    return saved(book, timezone.now(), [stream])


def _group_text(row: FundRow) -> str:
    if len(row.missing_members) == len(MemberKind):
        return "没有登记成员"
    return "、".join(row.missing_members)


def _cells(row: FundRow) -> list[object]:
    fund = row.fund
    return [
        fund.area.short_name,
        fund.name,
        fund.get_level_display(),
        fund.host_name,
        fund.established_on,
        fund.closed_on,
        fund.initial_yuan,
        row.year.income,
        row.year.refunds,
        row.year.spending,
        row.balance,
        row.moved_on,
        row.days_idle,
        _group_text(row),
        "、".join(fund.rules_missing),
    ]
