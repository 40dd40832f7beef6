"""履责情况: how the duties of a plan stand within an area on the day of its report."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from areas.codes import COMMUNITY_LEVEL, ancestors_of, is_within
from areas.models import Area
from indicators.duties.instances import (
    Asked,
    DutyState,
    Instance,
    counts_in,
    in_states,
    page_in,
    tables_of,
)
from indicators.duties.table import Instances
from indicators.duties.words import assumed_words, when_words, who_words
from indicators.models import Duty, Plan
from reports.schema.content import OverdueDuty, SealedDuty


class DutiesRead:
    """The duties of a plan on a day, read once for all reports in the subtree of `root`.

    Counted is what was due from 1 January (or the plan's first day) to the day; what is overdue from
    before is told beside it. Everything is counted from the records, so the lines of the areas below
    and of the debtors at the area itself add up to the area's.
    """

    def __init__(self, plan: Plan, root: str, day: datetime.date) -> None:
        self.plan, self.root, self.day = plan, root, day
        self.first = max(datetime.date(day.year, 1, 1), plan.starts_on)

    @cached_property
    def _duties(self) -> list[Duty]:
        return list(Duty.objects.filter(plan=self.plan).select_related("plan"))

    @cached_property
    def _tables(self) -> Sequence[Instances]:
        """Everything due from the plan's first day to the day."""
        asked = Asked(self.root, self.day, self.plan.starts_on, self.day)
        return tables_of(self._duties, asked)

    @cached_property
    def _overdue(self) -> Sequence[Instance]:
        return page_in(in_states(self._tables, self.day, (DutyState.OVERDUE,)), self.day).rows

    @cached_property
    def _counts(self) -> Mapping[tuple[str, str], Counter[DutyState]]:
        """By duty and area of any level, the number in each state: the area and all below it."""
        found: dict[tuple[str, str], Counter[DutyState]] = defaultdict(Counter)
        tables = [table.where(table.due >= self.first.toordinal()) for table in self._tables]
        for (duty, code), counts in counts_in(tables, self.day, COMMUNITY_LEVEL).items():
            for within in (*ancestors_of(code), code):
                found[duty, within].update(counts)
        return found

    def lines_of(self, area: Area) -> list[SealedDuty]:
        """Return a line for each duty that was owed within the area."""
        if not self._duties:
            return []
        overdue = [each for each in self._overdue if is_within(each.debtor.area_code, area.code)]
        lines = [
            self._line(duty, self._counts.get((duty.code, area.code), Counter()), overdue)
            for duty in self._duties
        ]
        return [line for line in lines if line.owed or line.behind]

    def _line(
        self, duty: Duty, counts: Counter[DutyState], overdue: Sequence[Instance]
    ) -> SealedDuty:
        behind = [each for each in overdue if each.duty.pk == duty.pk]
        return SealedDuty(
            code=duty.code,
            name=duty.name,
            clause=duty.clause,
            who=who_words(duty.who, self.plan),
            when=when_words(duty.schedule, duty.who),
            assumed=assumed_words(duty),
            since=self.first,
            owed=counts.total(),
            done=counts[DutyState.DONE],
            late=counts[DutyState.LATE],
            overdue=counts[DutyState.OVERDUE],
            excused=counts[DutyState.EXCUSED] + counts[DutyState.REFERRED],
            overdue_before=sum(each.period.due_on < self.first for each in behind),
            behind=[
                OverdueDuty(
                    name=each.debtor.name, period=each.period_text, due_on=each.period.due_on
                )
                for each in behind
            ],
        )
