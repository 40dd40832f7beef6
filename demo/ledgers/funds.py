"""Rows of charities, funds and the money of funds."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from itertools import count
from typing import NamedTuple

from demo.ledgers.draw import DEMO_DAY, Day, Draw, Place, Values, by_place, words


class Host(NamedTuple):
    """A charity that hosts funds; without a certificate it has no 公开募捐资格."""

    name: str
    code: str
    form: str
    since: Day
    certificate: str | None = None
    expires: Day | None = None


class DemoFund(NamedTuple):
    """A fund from its establishment to its closing."""

    place: Place
    name: str
    host: Host
    since: Day
    closed: Day | None = None

    def runs_on(self, day: Day) -> bool:
        """Return whether the fund may receive money on this day."""
        return self.since <= day and (self.closed is None or day < self.closed)


def charity_rows(draw: Draw, hosts: Iterable[Host]) -> list[Values]:
    """Build one row per charity."""
    return [(*host[:4], bool(host.certificate), *host[4:], *draw.leader(), None) for host in hosts]


_LEVELS = {
    False: ("街道级", ("街道办事处",), (5, 8, 10, 12.5, 20)),
    True: ("社区级", ("社区居委会", "企业", "社会组织"), (1.5, 2, 3, 5)),
}


def fund_rows(draw: Draw, funds: Iterable[DemoFund], signed_by: str) -> list[Values]:
    """Build one row per fund, sorted by area; agreement numbers begin with `signed_by`."""
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


class MoneyEntry(NamedTuple):
    """One row of the money ledger; with a `use` it is an expenditure, otherwise a donation."""

    day: Day
    fund: DemoFund
    yuan: int
    use: str = ""


#: (year, sum in yuan, number of donations) of each year.
Raised = Sequence[tuple[int, int, int]]
#: By how many yuan the poorest fund spends more than it has.
_OVERSPENT_BY = 1_380
_WITHOUT_RECEIPT = {88, 214}
_USES = words(
    "独居老人防滑扶手安装 困境儿童暑期托管 困难家庭冬季取暖补助 重病家庭临时救助 残疾人辅具购置 老旧楼栋扶手维修 "
    "空巢老人助浴券 大学新生助学金 社区食堂老人就餐补贴 志愿者意外保险"
)


def _donations(draw: Draw, funds: Sequence[DemoFund], raised: Raised) -> list[MoneyEntry]:
    """Draw donations; funds without one yet and funds of streets are more likely to get one."""
    entries: list[MoneyEntry] = []
    for year, total, number in raised:
        amounts = draw.parts(total, number, 100, 0.7)
        for day, yuan in zip(draw.season(year, number), amounts, strict=True):
            running = [fund for fund in funds if fund.runs_on(day)]
            idle = set(running) - {entry.fund for entry in entries}
            weights = [9 if fund in idle else 1 if fund.place[1] else 3 for fund in running]
            entries.append(MoneyEntry(day, draw.choices(running, weights)[0], yuan))
    return entries


def _spendings(draw: Draw, donations: Sequence[MoneyEntry], number: int) -> list[MoneyEntry]:
    """Draw expenditures within each fund's balance of the day.

    Closed funds end at 0; one fund spends more than it has, which the demonstration shows as a
    warning.
    """
    books: dict[DemoFund, list[MoneyEntry]] = {}
    for entry in donations:
        books.setdefault(entry.fund, []).append(entry)
    chosen = draw.choices(list(books), [len(book) for book in books.values()], k=number)
    entries, rest = [], {}
    for fund, book in books.items():
        last, spent = (fund.closed or DEMO_DAY) - datetime.timedelta(1), 0
        for day in sorted(draw.day(book[0].day, last) for _ in range(chosen.count(fund))):
            balance = sum(entry.yuan for entry in book if entry.day <= day) - spent
            yuan = int(balance * draw.uniform(0.2, 0.5)) // 10 * 10
            entries.append(MoneyEntry(day, fund, yuan, draw.choice(_USES)))
            spent += yuan
        rest[fund] = sum(entry.yuan for entry in book) - spent
        if fund.closed:
            entries.append(MoneyEntry(last, fund, rest[fund], "基金终止，剩余资金用于困难家庭慰问"))
    poorest = min((fund for fund in rest if not fund.closed), key=lambda fund: rest[fund])
    yuan = rest[poorest] + _OVERSPENT_BY
    return [*entries, MoneyEntry(DEMO_DAY, poorest, yuan, "冬衣采购（尾款待捐赠到账）")]


def _donor(draw: Draw, day: Day, yuan: int) -> tuple[str, ...]:
    """Draw (摘要, 捐赠人, 类型, 方式) that suit the size of a donation."""
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
    """Build the rows of donations and expenditures in the order of their days."""
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
