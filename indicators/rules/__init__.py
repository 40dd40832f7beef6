"""The counting rules: one class each, listed in one place (ADR 0017)."""

from __future__ import annotations

from collections.abc import Iterable

from indicators import countings
from indicators.models import Indicator
from indicators.rules.base import Option, Rule
from indicators.rules.coverage import Coverage
from indicators.rules.cumulative import Cumulative
from indicators.rules.duty import DutyDone
from indicators.rules.growth import Growth
from indicators.rules.manual import Manual
from indicators.rules.period import InPeriod
from indicators.rules.stock import Stock
from indicators.rules.year import Year
from indicators.store.catalogue import STORED_KEYS
from indicators.store.engine import SeriesKey

#: Every counting rule, in the order in which forms, files and the API name them.
RULES: tuple[type[Rule], ...] = (
    Stock,
    Year,
    Cumulative,
    Coverage,
    Growth,
    Manual,
    InPeriod,
    DutyDone,
)

_BY_CODE = {rule.code: rule for rule in RULES}

#: The fields of `Indicator` that single rules read, in the order of the rules.
OPTIONS: tuple[Option, ...] = tuple(option for rule in RULES for option in rule.options)

#: The fields of `Indicator` that together make its rule.
RULE_FIELDS = ("counting", "measure", *(option.field for option in OPTIONS), "reading")

#: (code, label) of every rule.
CHOICES: list[tuple[str, str]] = [(rule.code, rule.label) for rule in RULES]


def rule_of(indicator: Indicator) -> Rule:
    """The rule by which an indicator is counted; KeyError where there is no such rule."""
    return _BY_CODE[indicator.counting](indicator)


def rule_class(code: str) -> type[Rule] | None:
    """The class of a counting rule by its code; None where there is no such rule."""
    return _BY_CODE.get(code)


def keys_behind(indicators: Iterable[Indicator]) -> set[SeriesKey]:
    """The series behind the figures of these indicators, under the thresholds of all targets."""
    return {key for one in indicators for key in rule_of(one).all_series_keys()}


def keys_of_last_year(indicators: Iterable[Indicator]) -> set[SeriesKey]:
    """The series that these indicators read as of the same day a year before."""
    rules = (rule_of(one) for one in indicators)
    return {key for rule in rules if rule.reads_last_year for key in rule.series_keys()}


def _stored_keys(indicator: Indicator) -> set[SeriesKey]:
    return rule_of(indicator).stored_series_keys()


for _rule in RULES:
    countings.register(countings.Counting(_rule.code, _rule.label, _rule.is_reported))
    STORED_KEYS[_rule.code] = _stored_keys
