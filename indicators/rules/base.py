"""Counting rules: which are sound, how each reads in words, and what a target of it may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models

from indicators.measures import AREA_MEASURES, MEASURES
from indicators.models import Counting, Indicator

#: The fields that make a rule.
RULE_FIELDS = (
    "counting",
    "measure",
    "level",
    "at_least",
    "is_urban_only",
    "is_ratio",
    "within",
    "against",
    "reading",
)
_FLOWS = {Counting.YEAR, Counting.CUMULATIVE, Counting.GROWTH}
_MONEY_UNITS = ("元", "万元", "亿元")
GUIDANCE = "指导性分解：仅供工作安排参考，不得向单位或个人摊派"


class Within(models.TextChoices):
    """Over which time a coverage counts the records of an area."""

    STOCK = "stock", "截至当日"
    YEAR = "year", "当年"


class Against(models.TextChoices):
    """What a growth is compared with."""

    SAME_DAY = "same_day", "上年同期"
    WHOLE_YEAR = "whole_year", "上年全年"


@dataclass(frozen=True)
class Fault:
    """Why a rule cannot be counted: the field to mend, and the sentence."""

    field: str
    message: str


def find_fault(indicator: Indicator) -> Fault | None:
    """The first thing that is wrong with an indicator's rule; it need not be saved."""
    return next(_faults(indicator), None)


def _faults(indicator: Indicator) -> Iterator[Fault]:
    yield from _unknown_choices(indicator)
    if indicator.at_least < 1:
        yield Fault("at_least", "“每个不少于”应不小于1")
    if indicator.counting == Counting.MANUAL:
        return
    if indicator.measure not in MEASURES:
        known = "、".join(MEASURES)
        yield Fault("measure", f"没有计量“{indicator.measure}”，可用：{known}")
        return
    yield from _unfit_measure(indicator)
    if indicator.counting == Counting.COVERAGE:
        yield from _unfit_coverage(indicator)


def _unknown_choices(indicator: Indicator) -> Iterator[Fault]:
    for field, choices in (("counting", Counting), ("within", Within), ("against", Against)):
        if getattr(indicator, field) not in choices.values:
            yield Fault(field, f"应为 {'、'.join(choices.values)}")


def _unfit_measure(indicator: Indicator) -> Iterator[Fault]:
    measure, counting = MEASURES[indicator.measure], Counting(indicator.counting)
    if counting in _FLOWS and measure.is_stock:
        yield Fault("measure", f"“{measure.name}”是时点数，不能按“{counting.label}”计")
    if counting == Counting.STOCK and not measure.is_stock:
        yield Fault("measure", f"“{measure.name}”是发生数，不能按“{counting.label}”计")
    if counting == Counting.CUMULATIVE and indicator.plan.starts_on.day != 1:
        yield Fault("counting", "按方案期累计的方案，起算日期应为某月1日")


def _unfit_coverage(indicator: Indicator) -> Iterator[Fault]:
    measure = MEASURES[indicator.measure]
    if (indicator.level, indicator.is_urban_only) not in AREA_MEASURES:
        yield Fault(
            "level", "覆盖层级应为3（区县）、4（乡镇街道）或5（村社区），“仅城镇社区”只用于5"
        )
    if (indicator.within == Within.STOCK) != measure.is_stock:
        yield Fault("within", "时点数的覆盖按“截至当日”计，发生数的覆盖按“当年”计")


def unfit_unit(indicator: Indicator, before: Indicator) -> Fault | None:
    """Why a changed rule does not suit the unit its targets are written in."""
    wants = _wants_percentage(indicator)
    if (
        wants is not None
        and wants != indicator.is_percentage
        and wants != _wants_percentage(before)
    ):
        what = "得出的是比例" if wants else "得出的不是比例"
        field = "is_ratio" if indicator.counting == Counting.COVERAGE else "counting"
        return Fault(field, f"改后{what}，而目标以“{indicator.unit}”为单位；请修改方案文件后载入")
    if indicator.measure != before.measure and _is_money_rule(indicator) != is_in_money(indicator):
        return Fault("measure", f"该计量与目标的单位“{indicator.unit}”不符；请修改方案文件后载入")
    return None


def _wants_percentage(indicator: Indicator) -> bool | None:
    """Whether the rule gives a fraction; None where the report decides."""
    if indicator.counting == Counting.MANUAL:
        return None
    return indicator.counting == Counting.GROWTH or (
        indicator.counting == Counting.COVERAGE and indicator.is_ratio
    )


def _is_money_rule(indicator: Indicator) -> bool:
    sums = {Counting.STOCK, Counting.YEAR, Counting.CUMULATIVE}
    measure = MEASURES.get(indicator.measure)
    return bool(measure and measure.is_money and indicator.counting in sums)


def is_in_money(indicator: Indicator) -> bool:
    """Whether its values are money; shared out, they are guidance only (慈善法 forbids 摊派)."""
    return indicator.unit in _MONEY_UNITS


def is_whole(indicator: Indicator) -> bool:
    """Whether its values are counted one by one: half a fund is no fund."""
    return not (indicator.is_percentage or is_in_money(indicator))


def is_allocatable(indicator: Indicator) -> bool:
    """Whether a target can be divided among areas: a share or a growth is the same for all."""
    return not (indicator.is_percentage or _wants_percentage(indicator))


def is_yearly(indicator: Indicator) -> bool:
    """Whether the figure starts again each January."""
    return indicator.counting in (Counting.YEAR, Counting.GROWTH) or (
        indicator.counting == Counting.COVERAGE and indicator.within == Within.YEAR
    )


def rule_text(indicator: Indicator) -> str:
    """The rule in words: `当年1月1日起“参训人次”的累计`."""
    measure = MEASURES.get(indicator.measure)
    name = f"“{measure.name if measure else indicator.measure}”"
    match indicator.counting:
        case Counting.STOCK:
            return f"截至当日的{name}数"
        case Counting.YEAR:
            return f"当年1月1日起{name}的累计"
        case Counting.CUMULATIVE:
            return f"{indicator.plan.starts_on:%Y年%-m月}起{name}的累计，含以前年度的期初数"
        case Counting.GROWTH:
            against = Against(indicator.against).label
            return f"当年{name}的累计比{against}的增长"
        case Counting.COVERAGE:
            return _coverage_text(indicator, name)
    return "由各地填报并经审核，附依据"


def _coverage_text(indicator: Indicator, name: str) -> str:
    level = indicator.level or 5
    areas = "城镇社区" if indicator.is_urban_only else indicator.plan.label_of(level)
    measure = MEASURES.get(indicator.measure)
    unit = "元" if measure and measure.is_money else ""
    reached = f"{Within(indicator.within).label}{name}不少于{indicator.at_least}{unit}的{areas}"
    return f"{reached}占纳入考核的{areas}之比" if indicator.is_ratio else f"{reached}的个数"
