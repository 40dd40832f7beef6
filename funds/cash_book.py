"""Lines of a fund's cash book that are neither donations nor expenditures: balances, interest, fees,
transfers, refunds."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal

from areas.codes import is_within
from areas.models import Area
from areas.spelling import folded
from areas.successions import Successions
from funds.books.sums import LIVING, balance_before, opening_of
from funds.models import Fund
from ledgers.declaration import Lookup, Row
from ledgers.reading.matching.homes import Homes

#: Every balance has one of these signs, and most other texts have none.
_SIGN = re.compile("[结余承页]|[期年月][初末]|累计")
_WHEN = r"(\d{2,4}年度?|\d{1,2}月份?|截[至止].{0,11}|[上本去前]?(年度?|期|月份?|季度?)|[年期月季](初|末|终))"
_BALANCE = re.compile(
    rf"{_WHEN}*(滚存|累计|账面|账户|银行|资金|基金|存款|可用|现金)*(结转|结余|余额|结存)+(数|额|款|金额|资金|存款)?"
    r"((转|至|到)?(下年度?|下期|下月|下页|次页|本年|本期))?"
    rf"|{_WHEN}*累计(数|额|金额)?|[期年月][初末]"
    r"|[承续接][前上]页?|[过转][次下]页|(年|期|月)初(数|金额)|结转(下|上|本|至).{0,4}|(由|自)?上[年页期月](转来|移来|结来)"
)
_PERIODS = (
    r"(\d{2,4}年度?|\d{1,2}月份?|第?[一二三四1-4]季度?|[上本]?(年度?|半年|期|月|季度?)|[至到—-])*"
)
_INTEREST = re.compile(
    rf"{_PERIODS}(收到?|付)?(.{{0,8}}银行|银行|存款|活期|定期|账户|专户|基金|理财|投资|产品)*的?(利息|结息|收益)"
    rf"(收入|款|入账|转入)?{_PERIODS}"
)
_FEE = re.compile(
    rf"{_PERIODS}(支付|扣|付)?(银行|账户|转账|汇款|网银|平台|对公)*"
    r"(手续费|管理费|汇费|工本费|账户维护费|年费|服务费|网银费)(支出)?"
)
_TRANSFER = re.compile(
    r"基金(之)?间|划转|内部(往来|转账|调拨)|资金调拨|账户(之)?间|互转|转存|转(入|出|至|往|自).{0,20}基金$"
    r"|从.{0,20}(基金|账户|专户).{0,4}转(入|来|回)|(定存|定期|理财|本金).{0,6}(到期|赎回|转回|转存|申购|购买)"
)
_REFUND = re.compile(
    r"退款|退回|退还|冲销|冲正|冲减|冲回|红字|误记|误入|更正.{0,4}(错账|记账)|^(账务|账目|科目)?(调整|更正|调账)$"
)
#: A balance is compared with the book for so many lines of a file.
_COMPARED = 200


def balance_in(texts: Iterable[str]) -> str:
    """Return the text that makes a line a balance, such as 上年结转; "" for a line of money."""
    for text in texts:
        if _SIGN.search(text) and _BALANCE.fullmatch(_plain(text)):
            return text
    return ""


def told_balance(label: str, row: Row, lookup: Lookup) -> str:
    """Return what a clerk is told of a balance: it is not counted, and how it compares with the book."""
    said = f"“{label}”是余额，不是收支，没有导入"
    stated = row["balance"] or row["income"] or row["spending"]
    fund = _only_fund(row, lookup)
    books: dict[tuple[int, datetime.date], Decimal] = lookup.once("books", dict)
    if not (stated and fund and row["day"]) or len(books) >= _COMPARED:
        return said
    key = fund.pk, row["day"]
    if key not in books:
        books[key] = balance_before(fund, row["day"], LIVING)
    book, opening = books[key], opening_of(fund)
    if stated in (book, book - opening, book + opening):
        return f"{said}；与系统中该基金此前的结余一致"
    told = f"（含起始资金{opening:,.2f}元）" if opening else ""
    return f"{said}；系统中该基金此前的结余为{book:,.2f}元{told}，与本行{stated:,.2f}元不一致，请核对此前的收支"


def fault_of(purpose: str, donor: str, *, is_income: bool) -> str:
    """Return in Chinese why a line is no donation or expenditure of its own; "" when it is one."""
    texts = [_plain(text) for text in (purpose, donor) if text]
    if any(map(_INTEREST.fullmatch, texts)):
        return "利息不是捐赠，平台不登记利息收支：请删除该行；确是捐赠的，请在摘要中写明"
    if any(map(_FEE.fullmatch, texts)):
        return "银行手续费等费用是否列入基金支出，请先确认：不列入的删除该行；列入的，请在摘要中写明事由和决议"
    if any(map(_TRANSFER.search, texts)):
        return "基金、账户之间的划转不是捐赠也不是支出：请删除该行；确是捐赠或支出的，请改写摘要"
    if _REFUND.search(_plain(purpose)):
        record = "支出" if is_income else "捐赠"
        refund = "" if is_income else "；退还捐赠的，请在“捐赠收入”中登记退赠"
        return (
            f"退款或冲销不另记一笔：请更正或作废原来的那笔{record}{refund}；"
            "并删除该行；确是新的一笔的，请改写摘要"
        )
    return ""


def _plain(text: str) -> str:
    return re.sub(r"[\s()（）\[\]【】“”\"':：。.]", "", text)


def funds_named(row: Row, lookup: Lookup) -> list[Fund]:
    """Return the funds of a row's name within the import's area, and within the row's own place."""
    by_name = lookup.once("funds", lambda: funds_by_name(lookup))
    found = by_name.get(folded(row["fund"] or ""), [])
    return [fund for fund in found if row.place is None or _is_at(fund, row.place, lookup)]


def _is_at(fund: Fund, place: Area, lookup: Lookup) -> bool:
    """Return whether a fund lies at a place, or counts there since its area was renamed or merged."""
    codes = fund.area_id, _homes(lookup).of(fund.area_id)
    return any(is_within(code, place.code) for code in codes)


def _homes(lookup: Lookup) -> Homes:
    return lookup.once("homes", lambda: Homes(Successions.stored(), lookup.root.code))


def _only_fund(row: Row, lookup: Lookup) -> Fund | None:
    found = funds_named(row, lookup)
    return found[0] if len(found) == 1 else None


def funds_by_name(lookup: Lookup) -> dict[str, list[Fund]]:
    """Return the funds within the import's area, or that came to it, by their folded names."""
    found: dict[str, list[Fund]] = {}
    inside = _homes(lookup).everywhere()
    for fund in Fund.objects.living().filter(inside).select_related("area"):
        found.setdefault(folded(fund.name), []).append(fund)
    return found
