"""履责: which part of those who owe a duty has done it, in the period that is open on the day."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from typing_extensions import override

from areas.models import Area
from areas.successions import Successions, homes_of
from dates.recurrence import Once
from indicators.duties.current import current_on, fulfilling, names_of
from indicators.duties.reach import Subtree
from indicators.duties.table import periods_of
from indicators.duties.terms import Terms, address_of, terms_of
from indicators.models import Duty, Target
from indicators.rules.answers.contributions import Contribution, CountingScope
from indicators.rules.answers.figure import Figure
from indicators.rules.answers.line import Line
from indicators.rules.answers.shortfalls import Shortfall, nearest_names
from indicators.rules.answers.values import plain
from indicators.rules.base import Fault, Option, Rule
from indicators.store.engine import SeriesKey
from indicators.store.facts import FactQuery, load_records
from indicators.store.owed.series import duty_keys
from indicators.store.series_view import SeriesView
from reviews.models import Status, Submission

_ONE_DAY = datetime.timedelta(days=1)


class DutyDone(Rule):
    """Done by owed, over the instances of a duty that are current on the day.

    Everybody who owes is in the denominator, whether it has reported or not. What is done late is
    done from its own day on. Each period starts again, and only a target that falls due within the
    period of the day is compared with it.
    """

    code: ClassVar[str] = "duty"
    label: ClassVar[str] = "履责"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "duty", "用于履责：本方案履责事项（[[duty]]）的编号；人工填报时：由谁填报的履责事项"
        ),
    )
    has_steady_pace: ClassVar[bool] = False
    names_short: ClassVar[bool] = True
    counts_measure: ClassVar[bool] = False

    @property
    def _duty(self) -> Duty | None:
        return self.indicator.own_duty

    @property
    def _terms(self) -> Terms | None:
        return terms_of(self._duty) if self._duty else None

    @property
    def _name(self) -> str:
        return f"“{self._duty.name if self._duty else self.indicator.duty}”"

    # --- series and figure ------------------------------------------------------------------

    @override
    def series_keys(self, at_least: int | None = None) -> list[SeriesKey]:
        if self._duty is not None:
            return duty_keys(self._duty)
        name = f"{self.indicator.plan.code}/{self.indicator.duty}"
        return [SeriesKey("duty", f"{name}/-/{part}") for part in ("done", "owed")]

    @override
    def stored_series_keys(self) -> set[SeriesKey]:
        return set(self.series_keys()) if self._duty else set()

    @override
    def figure(
        self, code: str, now: SeriesView, before: SeriesView, at_least: int | None = None
    ) -> Figure:
        done, owed = (Decimal(now.at(code, key)) for key in self.series_keys())
        return Figure(done, owed)

    @property
    @override
    def has_denominator(self) -> bool:
        return True

    @property
    @override
    def gives_ratio(self) -> bool:
        return True

    @property
    @override
    def ceiling(self) -> Decimal:
        return Decimal(1)

    # --- periods and targets ----------------------------------------------------------------

    def _span(self, day: datetime.date) -> tuple[datetime.date, datetime.date] | None:
        """The first day on which the instances of a day are current, and the first one after it.

        None where the duty is owed once, or no period is open on the day.
        """
        duty, terms = self._duty, self._terms
        if duty is None or terms is None or isinstance(terms.when.shared, Once):
            return None
        if terms.when.is_own:
            return datetime.date(day.year, 1, 1), datetime.date(day.year, 12, 31) + _ONE_DAY
        for _, _, _, opens, closes in periods_of(duty, terms):
            if opens <= day < closes:
                return opens, closes
        return None

    @override
    def began_on(self, day: datetime.date) -> datetime.date | None:
        span = self._span(day)
        return span[0] if span else None

    @property
    @override
    def starts_again(self) -> bool:
        return self._terms is not None and not isinstance(self._terms.when.shared, Once)

    @override
    def due_target(self, targets: Sequence[Target], year: int, day: datetime.date) -> Target | None:
        if year == day.year and (span := self._span(day)):
            targets = [each for each in targets if span[0] <= each.due_on < span[1]]
        return super().due_target(targets, year, day)

    @override
    def line(
        self,
        code: str,
        now: SeriesView,
        targets: Sequence[Target],
        target: Target,
        at_least: int,
    ) -> Line:
        began = self.began_on(target.due_on) or min(self.indicator.plan.starts_on, target.due_on)
        return Line(began - _ONE_DAY, Decimal(0))

    # --- soundness --------------------------------------------------------------------------

    @override
    def faults(self) -> Iterator[Fault]:
        if not self.indicator.duty:
            yield Fault("duty", "履责指标须以“duty”写明本方案的哪一项履责事项")
        elif self.indicator.plan.pk and self._duty is None:
            known = "、".join(self.indicator.plan.duties.values_list("code", flat=True))
            message = f"本方案没有履责事项“{self.indicator.duty}”，现有：{known or '（没有）'}"
            yield Fault("duty", message)
        if self.indicator.measure:
            yield Fault("measure", "履责指标按履责事项计，不用“measure”")
        if not self.indicator.is_percentage:
            yield Fault("unit", "履责指标是已完成的占应履责的之比，单位应为 %")

    @override
    def fingerprint(self, at_least: int) -> str:
        return f"{super().fingerprint(at_least)}|{self.indicator.plan.code}|{self.indicator.duty}"

    # --- texts ------------------------------------------------------------------------------

    @property
    def _debtors_word(self) -> str:
        """The name of those who owe: 旗区, 慈善组织."""
        terms = self._terms
        if terms is None:
            return "履责主体"
        if terms.who.is_area:
            label = self.indicator.plan.label_of(terms.who.level)
            return f"城镇{label}" if terms.who.is_urban_only else label
        return str(terms.who.kind._meta.verbose_name)

    @property
    @override
    def text(self) -> str:
        word = self._debtors_word
        return f"本期已完成{self._name}的{word}占应完成的{word}之比，未报的计入应完成"

    @override
    def parts(self, figure: Figure, at_least: int) -> list[tuple[str, str]]:
        return [
            (f"已完成的{self._debtors_word}", plain(figure.numerator, 0) or "0"),
            (f"应完成的{self._debtors_word}", plain(figure.denominator, 0) or "0"),
        ]

    @override
    def closing(
        self, figure: Figure, target: Target, gap: Decimal, short: Sequence[Shortfall]
    ) -> str:
        """How many more have to do it, and which of them are nearest to it."""
        missing = target.value * figure.denominator - figure.numerator
        needed = int(missing.to_integral_value(ROUND_CEILING))
        if not (names := nearest_names(short, needed)):
            return ""
        return f"再有{needed}个{self._debtors_word}完成{self._name}即可完成目标，如：{names}。"

    @property
    @override
    def short_words(self) -> str:
        return f"本期尚未完成{self._name}的{self._debtors_word}"

    @property
    @override
    def short_title(self) -> str:
        return self.short_words

    # --- who has not done it ----------------------------------------------------------------

    @override
    def shortfalls(self, root: str, day: datetime.date, at_least: int) -> list[Shortfall]:
        """Those who owe and have not done it: most of the records asked for first, then by due day."""
        duty = self._duty
        if duty is None:
            return []
        successions, today = Successions.stored(), day.toordinal()
        state = current_on(duty, Subtree(root, day, successions), day)
        open_ones = state.where((state.done_on > today) & (state.released_on > today))
        names = names_of(open_ones)
        # A record owes in the area for which it counts on the day.
        homes = homes_of({str(code) for code in open_ones.areas.tolist()}, day, successions)
        areas = Area.objects.in_bulk({*homes.values()})
        rows = []
        for at, key in enumerate(open_ones.debtors.keys[open_ones.debtor].tolist()):
            has, area = Decimal(int(open_ones.counts[at])), areas[homes[str(open_ones.areas[at])]]
            short = Shortfall(area, has, max(duty.number - has, Decimal(0)), names[key])
            rows.append((short.missing, int(open_ones.due[at]), area.code, key, short))
        return [row[-1] for row in sorted(rows, key=lambda row: row[:4])]

    @override
    def number_short(self, code: str, now: SeriesView, at_least: int) -> int:
        done, owed = self.series_keys()
        return now.at(code, owed) - now.at(code, done)

    # --- records ----------------------------------------------------------------------------

    @override
    def contributions(self, scope: CountingScope, at_least: int) -> Iterator[Contribution]:
        """The records that fulfil current instances; the one that completes an instance counts 1."""
        duty = self._duty
        if duty is None:
            return
        reach = Subtree(scope.root, scope.day, scope.successions)
        rows = fulfilling(duty, reach, scope.day)
        kind = terms_of(duty).done.kind
        if scope.only is not None:
            rows = [row for row in rows if isinstance(scope.only, kind) and row.pk == scope.only.pk]
        records = load_records(kind, [row.pk for row in rows], "reviewed_by")
        for row in rows:
            yield Contribution(records[row.pk], row.area, row.day, Decimal(int(row.completes)))

    @override
    def fact_queries(self, day: datetime.date) -> list[FactQuery]:
        duty = self._duty
        if duty is None:
            return []
        return [FactQuery.owed(duty.full_code, address_of(terms_of(duty).done.kind), day)]

    @override
    def has_records_at(self, level: int) -> bool:
        """Areas below those that owe have no figure of their own."""
        terms = self._terms
        return terms is None or not terms.who.is_area or level <= terms.who.level

    @override
    def may_feed(self, record: Submission) -> bool:
        return self._terms is not None and isinstance(record, self._terms.done.kind)

    @override
    def pending(self, code: str, day: datetime.date) -> QuerySet[Any] | None:
        if self._terms is None:
            return None
        done = self._terms.done
        field = "area_id" if done.link in ("", "pk") else f"{done.link}__area_id"
        inside: Q = Successions.stored().condition(field, code, day)
        rows: QuerySet[Any] = done.kind._default_manager.filter(
            inside, done.where, status=Status.PENDING
        )
        return rows
