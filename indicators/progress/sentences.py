"""One sentence for a figure: its value, its projection, and the quantity still needed."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from indicators.models import Indicator
from indicators.progress.impact import Effect
from indicators.progress.progress import Progress, State
from indicators.progress.target_sentences import deadline_text
from indicators.rules import rule_of
from indicators.rules.answers.values import (
    amount_text,
    difference_text,
    is_whole,
    plain,
    value_text,
)


def amount(indicator: Indicator, value: Decimal | None) -> str:
    """A value with its unit: `13支`, `81.01%`; 无数据 for None."""
    return value_text(indicator, None) if value is None else amount_text(indicator, value)


def _guess(indicator: Indicator, value: Decimal) -> str:
    """A projected value with its unit; counts are rounded, because there is no half fund."""
    return amount(indicator, value.quantize(Decimal(1)) if is_whole(indicator) else value)


def pace_sentence(item: Progress) -> str:
    """`社区慈善基金为13支，完成2026年底目标19支的68.42%，尚差6支；按时序应达16.9支，严重滞后；…`."""
    indicator, target = item.indicator, item.target
    if item.state == State.NO_DATA:
        return f"{indicator.name}暂无数据。"
    has = f"{indicator.name}为{amount(indicator, item.value)}"
    if target is None or item.pace is None:
        return f"{has}，未设目标。"
    goal = f"{deadline_text(target.due_on)}目标{amount(indicator, target.value)}"
    if item.state == State.ACHIEVED:
        return f"{has}，已完成{goal}。"
    done = f"，{goal}"
    if not rule_of(indicator).is_comparison:
        done = f"，完成{goal}的{plain((item.rate or Decimal(0)) * 100, 2)}%"
    gap = f"，尚差{difference_text(indicator, item.gap)}" if item.gap is not None else ""
    unit = "" if indicator.is_percentage else indicator.unit
    stands = f"；按时序应达{expected_text(item)}{unit}，{item.state.label}"
    return f"{has}{done}{gap}{stands}{_ahead(item)}{met_instead_text(item)}。"


def met_instead_text(item: Progress) -> str:
    """`；已达到2025年底较低的目标90%`, where a later target that demands less is met; else ""."""
    lower = item.met_instead
    if lower is None:
        return ""
    goal = f"{deadline_text(lower.due_on)}较低的目标{amount(item.indicator, lower.value)}"
    return f"；已达到{goal}"


def expected_text(item: Progress) -> str:
    """The value expected by now, without its unit; empty where nothing is expected.

    A count has one decimal; without it, 10.6 would be shown as a round number.
    """
    if item.expected is None:
        return ""
    if is_whole(item.indicator):
        return plain(item.expected, 1) or "0"
    return value_text(item.indicator, item.expected)


def _ahead(item: Progress) -> str:
    """The projection at the pace so far and the need per month; begins with `；`, or is ""."""
    indicator, pace = item.indicator, item.pace
    if pace is None or pace.projection is None or not pace.months_left:
        return "；已到期未完成" if pace is not None and not pace.months_left else ""
    if not rule_of(indicator).has_run_rate:
        return ""
    low, high = (_guess(indicator, value or Decimal(0)) for value in (pace.low, pace.high))
    span = f"（{low}—{high}）" if low != high else ""
    text = f"；按目前进度到期预计{_guess(indicator, pace.projection)}{span}"
    if pace.needed_per_month is None or rule_of(indicator).is_comparison:
        return text
    needed = pace.needed_per_month
    if is_whole(indicator):
        needed = needed.quantize(Decimal("0.1"), ROUND_CEILING)
        told = f"{plain(needed, 1)}{indicator.unit}"
    elif indicator.is_percentage:
        told = difference_text(indicator, needed)
    else:
        told = amount(indicator, needed)
    return f"{text}，剩余{plain(pace.months_left, 1)}个月，平均每月还需{told}"


def outlook(item: Progress) -> str:
    """The projection and the need per month, for a card: `按目前进度到期预计15支（14支—17支），…`."""
    is_open = item.target is not None and item.state not in (State.ACHIEVED, State.NO_DATA)
    return _ahead(item).removeprefix("；") if is_open else ""


def effect_sentence(effect: Effect) -> str:
    """`公益慈善类社区社会组织：由151个变为158个（2026年底目标158个，已达到）`."""
    indicator, was, will = effect.before.indicator, effect.before, effect.after
    text = f"{indicator.name}：由{amount(indicator, was.value)}变为{amount(indicator, will.value)}"
    target = will.target
    if target is None:
        return text
    goal = f"{deadline_text(target.due_on)}目标{amount(indicator, target.value)}"
    if will.state == State.ACHIEVED:
        return f"{text}（{goal}，已达到）"
    gap = f"，尚差{difference_text(indicator, will.gap)}" if will.gap is not None else ""
    return f"{text}（{goal}{gap}）"
