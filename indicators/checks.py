"""The checks of opening balances, manual figures and excuses from duties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from indicators import countings
from indicators.duties.excuses import excuse_fits
from indicators.measures import MEASURES
from indicators.models import Covers, DutyExcuse, Indicator, ManualFigure, OpeningBalance
from indicators.naming import named_by_rule
from indicators.overlaps import opening_over_records, record_under_opening
from reviews.checks import (
    CheckedRecord,
    Problem,
    declare_checks,
    declare_for_every_kind,
    not_in_future,
    not_negative,
    required,
)


def known_indicator(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """A manual figure must name a manual indicator of its own plan."""
    indicators = Indicator.objects.filter(counting__in=countings.reported())
    known = set(indicators.values_list("plan__code", "code"))
    for position, figure in enumerate(records):
        if not isinstance(figure, ManualFigure):
            continue
        plan, indicator = figure.plan_code, figure.indicator_code
        if plan and indicator and (plan, indicator) not in known:
            message = f"方案“{plan}”没有人工填报指标“{indicator}”"
            yield position, Problem("indicator", "indicator_code", message)


def whole_unless_money(balance: OpeningBalance) -> Iterator[Problem]:
    """A quantity must be a whole number unless it is money."""
    quantity = balance.quantity
    measure = MEASURES.get(balance.measure)
    if quantity is not None and measure and not measure.is_money and quantity % 1:
        yield Problem("whole", "quantity", f"“数量”应为整数（现为{quantity}）")


def covers_suits_measure(balance: OpeningBalance) -> Iterator[Problem]:
    """A stock has no year; a flow over all years does not count within one."""
    measure = MEASURES.get(balance.measure)
    if balance.measure and (measure is None or measure.record is None or measure.wide):
        yield Problem("measure", "measure", f"没有可补录期初数的计量“{balance.measure}”")
    elif measure and measure.is_stock and balance.covers == "year":
        yield Problem("covers", "covers", f"“{measure.name}”是时点数，“期间”应选“历年累计”")
    elif measure and not measure.is_stock and balance.covers == "all":
        message = (
            f"“{measure.name}”的历年累计只计入方案期累计类指标，当年和增长类指标应补录“本年累计”"
        )
        yield Problem("covers", "covers", message, is_warning=True)


_Time = tuple[str, str, str, int | None]


def one_balance(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """A second opening balance for the same time would count twice.

    The first is to be corrected.
    """
    balances = {at: each for at, each in enumerate(records) if isinstance(each, OpeningBalance)}
    areas = {balance.area_id for balance in balances.values()}
    known: dict[_Time, list[OpeningBalance]] = defaultdict(list)
    for item in OpeningBalance.objects.living().filter(area_id__in=areas):
        known[_time_of(item)].append(item)
    for balance in balances.values():
        if balance.pk is None:
            known[_time_of(balance)].append(balance)
    for at, balance in balances.items():
        others = (
            item
            for item in known[_time_of(balance)]
            if item is not balance and (item.pk is None or item.pk != balance.pk)
        )
        if balance.as_of and any(others):
            message = "该地区这项计量已有期初数，再登记会重复计算；如需更正请修改或作废原记录"
            yield at, Problem("one_balance", "as_of", message)


def _time_of(balance: OpeningBalance) -> _Time:
    """Return measure, area, covered time and year; two balances may not share all of them."""
    has_year = balance.as_of is not None and balance.covers != Covers.ALL
    year = balance.as_of.year if has_year else None
    return balance.area_id, balance.measure, balance.covers, year


def denominator_given(figure: ManualFigure) -> Iterator[Problem]:
    """A ratio needs a denominator above zero."""
    if figure.denominator is not None and figure.denominator <= 0:
        yield Problem("denominator", "denominator", "“总数”应大于0")


def fraction_in_range(figure: ManualFigure) -> Iterator[Problem]:
    """Warn of a numerator above its denominator."""
    numbers = figure.numerator, figure.denominator
    if None not in numbers and figure.denominator > 1 and figure.numerator > figure.denominator:
        yield Problem("share", "numerator", "“完成数”大于“总数”，请核对", is_warning=True)


def total_of_rates_only(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Warn of a denominator for a unit that adds up, such as 小时: it would not be used."""
    figures = {at: each for at, each in enumerate(records) if isinstance(each, ManualFigure)}
    if not figures:
        return
    rows = Indicator.objects.filter(counting__in=countings.reported()).select_related("plan")
    known = {(each.plan.code, each.code): each for each in rows}
    for at, figure in figures.items():
        indicator = known.get((figure.plan_code, figure.indicator_code))
        if indicator is None or indicator.is_averaged or figure.denominator in (None, 1):
            continue
        message = (
            f"以“{indicator.unit}”为单位的指标由各地相加，不用“总数”，应填1"
            f"（现为{figure.denominator}）"
        )
        yield at, Problem("no_total", "denominator", message, is_warning=True)


declare_checks(
    OpeningBalance,
    required("measure", "as_of", "covers", "quantity", "evidence"),
    covers_suits_measure,
    whole_unless_money,
    not_in_future("as_of"),
    not_negative("quantity"),
    batch=(one_balance, opening_over_records),
)

declare_for_every_kind(record_under_opening)
declare_for_every_kind(named_by_rule)

declare_checks(
    ManualFigure,
    required("plan_code", "indicator_code", "as_of", "numerator", "denominator", "evidence"),
    not_in_future("as_of"),
    not_negative("numerator", "denominator"),
    denominator_given,
    fraction_in_range,
    batch=(known_indicator, total_of_rates_only),
)

declare_checks(
    DutyExcuse,
    required("plan_code", "duty_code", "debtor", "period", "excused_on", "reason"),
    not_in_future("excused_on"),
    batch=(excuse_fits,),
)
