"""The base of the counting rules: one class defines all about one way to count (ADR 0017)."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet

from areas.models import Area
from areas.successions import Successions
from dates.months import month_end
from indicators.measures import MEASURES, Measure
from indicators.models import Indicator, OpeningBalance, Target
from indicators.rules.answers.contributions import Contribution, CountingScope
from indicators.rules.answers.figure import Figure
from indicators.rules.answers.line import Line
from indicators.rules.answers.shortfalls import Shortfall
from indicators.rules.answers.values import difference_text
from indicators.store.engine import SeriesKey, month_of
from indicators.store.facts import FactQuery, Facts, FactsOfDay
from indicators.store.series_view import SeriesView
from reviews.models import Status, Submission

_ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Fault:
    """Why an indicator cannot be counted: the field to correct, and the sentence for the user."""

    field: str
    message: str


@dataclass(frozen=True)
class Option:
    """A field of `Indicator` that sets how a rule counts, as plan files and forms offer it.

    `key`: its name in a plan file, where that is another one than the field's. `is_area_level`: its
    values are the levels of areas, which each plan names in its own words.
    """

    field: str
    help_text: str
    key: str = ""
    is_area_level: bool = False

    @property
    def model_field(self) -> models.Field[Any, Any]:
        """The field of `Indicator`, with its label, choices and default."""
        return next(field for field in Indicator._meta.fields if field.name == self.field)


class Rule(ABC):
    """How one indicator is counted: series, figure, pace, texts, soundness and records.

    There is one subclass for each counting rule, listed in `indicators.rules.RULES`. An instance
    belongs to one indicator, which need not be saved. The defaults of this class suit a
    figure that is neither a ratio nor a comparison; a subclass overrides those that do not suit it.
    """

    #: The rule's name in plan files, in the API and in the database.
    code: ClassVar[str]
    #: The rule's name in Chinese.
    label: ClassVar[str]
    #: The fields of `Indicator` that this rule alone reads.
    options: ClassVar[tuple[Option, ...]] = ()
    #: Whether it can count measures that exist as of a day (时点数), or that occur (发生数).
    takes_stocks: ClassVar[bool] = False
    takes_flows: ClassVar[bool] = False
    #: Whether its figures are entered by hand (人工填报数).
    is_reported: ClassVar[bool] = False
    #: Whether a figure needs the series of the same day a year before.
    reads_last_year: ClassVar[bool] = False
    #: Whether a figure compares two periods; its rate of completion is then meaningless.
    is_comparison: ClassVar[bool] = False
    #: Whether it requires a minimum of each area (`at_least`).
    has_threshold: ClassVar[bool] = False
    #: Whether it counts a measure; else it counts something else, such as a duty.
    counts_measure: ClassVar[bool] = True
    #: Whether those who fall short are named, one by one (`shortfalls`).
    names_short: ClassVar[bool] = False
    #: Whether a figure has a steady pace, from which a range and milestones are derived.
    has_steady_pace: ClassVar[bool] = True
    #: The lowest value that a figure can have.
    floor: ClassVar[Decimal] = Decimal(0)

    def __init__(self, indicator: Indicator) -> None:
        self.indicator = indicator

    # --- series and figure ------------------------------------------------------------------

    @abstractmethod
    def series_keys(self, at_least: int | None = None) -> list[SeriesKey]:
        """The series that the figure is formed of; `at_least`: another threshold than its own."""

    def all_series_keys(self) -> set[SeriesKey]:
        """The series of the figure under the thresholds of all its targets; reads the targets."""
        return set(self.series_keys())

    def stored_series_keys(self) -> set[SeriesKey]:
        """The series to store for it beside those of the measures and the opening balances."""
        measure = self.measure
        return set(self.series_keys()) if measure and measure.wide else set()

    @abstractmethod
    def figure(
        self, code: str, now: SeriesView, before: SeriesView, at_least: int | None = None
    ) -> Figure:
        """The figure of the area `code`: `now` is the view of the day, `before` a year earlier."""

    @property
    def has_denominator(self) -> bool:
        """Whether the denominator is a number that adds up like the numerator; else it is 1."""
        return False

    # --- periods and targets ----------------------------------------------------------------

    def began_on(self, day: datetime.date) -> datetime.date | None:
        """The first day of the period that the figure of `day` counts; None: it starts only once.

        A figure with such a day starts again from zero with every period.
        """
        return None

    @property
    def starts_again(self) -> bool:
        """Whether the figure starts again from zero after some time."""
        return self.began_on(datetime.date.min) is not None

    def due_target(self, targets: Sequence[Target], year: int, day: datetime.date) -> Target | None:
        """The target of a year on a day: the next one due, or the year's last; None without one.

        `targets`: those of one area, by day.
        """
        targets = [target for target in targets if target.due_on.year == year]
        ahead = [target for target in targets if target.due_on >= day]
        return ahead[0] if ahead else (targets[-1] if targets else None)

    # --- pace -------------------------------------------------------------------------------

    def line(
        self,
        code: str,
        now: SeriesView,
        targets: Sequence[Target],
        target: Target,
        at_least: int,
    ) -> Line:
        """The line of what is expected up to `target`.

        It begins at zero where the figure starts again; else at the target before (`targets`: those
        of the area, by day); else at the figure on the eve of the plan.
        """
        began = self.began_on(target.due_on)
        if began is not None:
            return Line(began - _ONE_DAY, Decimal(0))
        earlier = [other for other in targets if other.due_on < target.due_on]
        if earlier:
            return Line(earlier[-1].due_on, earlier[-1].value)
        eve = self.indicator.plan.starts_on - _ONE_DAY
        column = _last_month_end(now, eve)
        base = Decimal(0) if column is None else self.base(code, now, column, at_least)
        return Line(eve, base)

    def base(self, code: str, now: SeriesView, column: int, at_least: int) -> Decimal:
        """The value before the plan began, at the month `column` of the view."""
        return Decimal(0)

    def season_end(self, day: datetime.date, target: Target) -> datetime.date | None:
        """The day of last year that `target`'s due day is compared with; None where none fits."""
        return datetime.date(day.year - 1, 12, 31) if target.due_on.year == day.year else None

    def in_season(self, value: Decimal, whole: Decimal, by_then: Decimal) -> Decimal:
        """Project `value` by last year's change from `by_then` (same day) to `whole` (the end)."""
        return value + whole - by_then

    @property
    def ceiling(self) -> Decimal | None:
        """The highest value that a figure can have; None without one."""
        return None

    # --- unit and allocation ----------------------------------------------------------------

    @property
    def gives_ratio(self) -> bool | None:
        """Whether a figure is a fraction of 1; None where the reported number decides."""
        return False

    @property
    def ratio_field(self) -> str:
        """The field that makes a figure a ratio."""
        return "counting"

    @property
    def gives_money(self) -> bool:
        """Whether a figure is an amount of money."""
        return False

    @property
    def is_allocatable(self) -> bool:
        """Whether a target can be divided among areas; a ratio is the same for all of them."""
        return not (self.indicator.is_percentage or self.gives_ratio)

    # --- soundness --------------------------------------------------------------------------

    def faults(self) -> Iterator[Fault]:
        """Why the indicator cannot be counted by this rule; nothing when it can."""
        measure = self.measure
        if measure is None:
            yield Fault("measure", MEASURES.fault_of(self.indicator.measure))
        elif not (self.takes_stocks if measure.is_stock else self.takes_flows):
            kind = "时点数" if measure.is_stock else "发生数"
            message = f"“{measure.name}”是{kind}，不能按“{self.label}”计"
            yield Fault("measure", message)

    def fingerprint(self, at_least: int) -> str:
        """What two figures must have in common to be addable: unit, rule and options.

        Editions store it, so the text for a given rule must never change.
        """
        one, least = self.indicator, at_least if self.has_threshold else ""
        what = (one.unit, one.counting, one.measure, one.level or "")
        how = (least, one.is_urban_only, one.is_ratio, one.within, one.against)
        return "|".join(map(str, (*what, *how)))

    # --- texts ------------------------------------------------------------------------------

    @property
    @abstractmethod
    def text(self) -> str:
        """The rule in words: `当年1月1日起“参训人次”的累计`."""

    @abstractmethod
    def parts(self, figure: Figure, at_least: int) -> list[tuple[str, str]]:
        """The parts of a figure with their names, as the page of the figure lists them."""

    def closing(
        self, figure: Figure, target: Target, gap: Decimal, short: Sequence[Shortfall]
    ) -> str:
        """What would close the gap to the target, in one sentence; `short`: see `shortfalls`."""
        return f"再增加{difference_text(self.indicator, gap)}即可完成目标。"

    @property
    def has_run_rate(self) -> bool:
        """Whether the value on the due day can be projected from the pace so far."""
        return True

    # --- areas that must each reach a threshold ---------------------------------------------

    @property
    def areas_word(self) -> str:
        """The name of the areas that a coverage counts: `城镇社区`; "" for other rules."""
        return ""

    @property
    def short_words(self) -> str:
        """Those who fall short, as a text names them before their number: `尚未达标的社区`."""
        return f"尚未达标的{self.areas_word}"

    @property
    def short_title(self) -> str:
        """The same above the list of them."""
        return "未达标的地区"

    def shortfalls(self, root: str, day: datetime.date, at_least: int) -> list[Shortfall]:
        """The areas below `root` that have less than `at_least`, the nearest to it first."""
        return []

    def number_short(self, code: str, now: SeriesView, at_least: int) -> int:
        """How many areas below `code` have less than `at_least`, from the series alone."""
        return 0

    # --- records ----------------------------------------------------------------------------

    @abstractmethod
    def contributions(self, scope: CountingScope, at_least: int) -> Iterator[Contribution]:
        """Exactly the approved records that make up the figure of the scope's area and day."""

    @abstractmethod
    def fact_queries(self, day: datetime.date) -> list[FactQuery]:
        """The facts that the figures of a day are made of (see `indicators.store.facts`)."""

    def has_records_at(self, level: int) -> bool:
        """Whether records make up the figures of areas of a level."""
        return True

    def counted_facts(
        self, rows: Facts, facts: FactsOfDay, asked: Sequence[Area], at_least: int
    ) -> Facts:
        """Return those of these rows that a figure counts.

        `asked`: the areas that exist on the day; `at_least`: the threshold of the day.
        """
        return rows

    def may_feed(self, record: Submission) -> bool:
        """Whether records of this kind, or this very one, can be part of the figure."""
        measure = self.measure
        if measure is None:
            return False
        if isinstance(record, OpeningBalance):
            return measure.balances == record.measure
        return any(isinstance(record, part.record_model) for part in measure.parts)

    def pending(self, code: str, day: datetime.date) -> QuerySet[Any] | None:
        """The records under review at the area `code` for the figure; None if it has no records."""
        measure, successions = self.measure, Successions.stored()
        if measure is None or measure.record is None:
            return None
        table: Any = measure.model._default_manager
        rows = table.filter(measure.counted, successions.condition(measure.area, code, day))
        if measure.record:
            reached = rows.order_by().values(measure.record)
            rows = measure.record_model._default_manager.filter(pk__in=reached)
        found: QuerySet[Any] = rows.filter(status=Status.PENDING)
        return found

    # --- the measure ------------------------------------------------------------------------

    @property
    def measure(self) -> Measure | None:
        """The measure that is counted; None where the indicator names no existing measure."""
        return MEASURES.get(self.indicator.measure)

    @property
    def measure_key(self) -> SeriesKey:
        """The series of the measure."""
        return SeriesKey("measure", self.indicator.measure)

    @property
    def measure_name(self) -> str:
        """The measure in quotation marks: `“参训人次”`."""
        return f"“{self.measure.name if self.measure else self.indicator.measure}”"


def _last_month_end(now: SeriesView, day: datetime.date) -> int | None:
    """The column of the last month end on or before `day`; None where the view has none."""
    last = month_of(day.year, day.month)
    if day != month_end(day):
        last -= 1
    column = last - now.span.first
    return None if column < 0 or last > now.span.last else column
