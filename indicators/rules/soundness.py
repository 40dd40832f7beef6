"""Whether an indicator can be counted by its rule, before it is saved."""

from __future__ import annotations

from collections.abc import Iterator

from indicators.models import Indicator
from indicators.rules import CHOICES, OPTIONS, rule_class, rule_of
from indicators.rules.answers.values import is_in_money
from indicators.rules.base import Fault


def find_fault(indicator: Indicator) -> Fault | None:
    """The first thing that is wrong with an indicator's rule; the indicator need not be saved."""
    return next(_faults(indicator), None)


def _faults(indicator: Indicator) -> Iterator[Fault]:
    yield from _unknown_choices(indicator)
    if indicator.at_least < 1:
        yield Fault("at_least", "“每个不少于”应不小于1")
    yield from rule_of(indicator).faults()


def _unknown_choices(indicator: Indicator) -> Iterator[Fault]:
    if rule_class(indicator.counting) is None:
        yield _not_one_of("counting", [code for code, _ in CHOICES])
    for option in OPTIONS:
        known = [str(code) for code, _ in option.model_field.flatchoices]
        if known and getattr(indicator, option.field) not in known:
            yield _not_one_of(option.field, known)


def _not_one_of(field: str, known: list[str]) -> Fault:
    return Fault(field, f"应为 {'、'.join(known)}")


def unfit_unit(indicator: Indicator, before: Indicator) -> Fault | None:
    """Why a changed rule does not suit the unit in which the targets are written; None if it does."""
    rule, old = rule_of(indicator), rule_of(before)
    is_changed = rule.gives_ratio not in (None, indicator.is_percentage, old.gives_ratio)
    if is_changed:
        what = "得出的是比例" if rule.gives_ratio else "得出的不是比例"
        message = f"改后{what}，而目标以“{indicator.unit}”为单位；请修改方案文件后载入"
        return Fault(rule.ratio_field, message)
    if indicator.measure != before.measure and rule.gives_money != is_in_money(indicator):
        message = f"该计量与目标的单位“{indicator.unit}”不符；请修改方案文件后载入"
        return Fault("measure", message)
    return None
