"""Schedules: when something is due, when its preparation begins, and when reminders are sent."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from dates.months import Day
from dates.recurrence import Period, Recurrence


def _days(number: int) -> datetime.timedelta:
    return datetime.timedelta(days=number)


@dataclass(frozen=True)
class Schedule:
    """A recurrence with a beginning and an end, and the days around each due day.

    Due days lie from `starts_on` to `ends_on`, both included. All other values are numbers of days:
    `prepare_days` before a due day its preparation begins; `lead_days` by level of the area tree, how
    many days before the due day an area of that level has to be done; `cutoff_days` before the due
    day its figures are counted; `reminders` before somebody's own due day a reminder goes out
    (negative: after it).
    """

    recurrence: Recurrence
    starts_on: Day
    ends_on: Day
    prepare_days: int = 0
    lead_days: Mapping[int, int] = field(default_factory=dict, hash=False)
    cutoff_days: int = 0
    reminders: tuple[int, ...] = ()

    # --- due days -----------------------------------------------------------------------------

    def periods(self, first: Day = Day.min, last: Day = Day.max) -> Iterator[Period]:
        """The periods due from `first` to `last` within the schedule's run, earliest first."""
        return self.recurrence.periods(max(first, self.starts_on), min(last, self.ends_on))

    def due_days(self, first: Day = Day.min, last: Day = Day.max) -> Iterator[Day]:
        """The due days from `first` to `last` within the schedule's run, earliest first."""
        return (period.due_on for period in self.periods(first, last))

    def next_due(self, on: Day, *, without: Collection[Day] = ()) -> Day | None:
        """The first due day from `on` that is not among `without`; None after the last one."""
        return next((day for day in self.due_days(on) if day not in without), None)

    def last_due(self, before: Day) -> Day | None:
        """The last due day before a day; None before the first one."""
        return max(self.due_days(last=before - _days(1)), default=None)

    def is_due(self, day: Day) -> bool:
        """Whether the recurrence names the day, within the run or not."""
        return self.recurrence.is_due(day)

    # --- around a due day ---------------------------------------------------------------------

    def in_preparation(self, on: Day) -> list[Day]:
        """The due days whose preparation has begun by `on`, past ones too, earliest first.

        Preparation that begins within the run is carried on: such a due day may lie after `ends_on`.
        """
        last = min(on, self.ends_on) + _days(self.prepare_days)
        return [period.due_on for period in self.recurrence.periods(self.starts_on, last)]

    def own_due_day(self, due_on: Day, level: int) -> Day:
        """The day by which an area of a level has to be done: the due day less the level's lead."""
        return due_on - _days(self.lead_days.get(level, 0))

    def cut_off(self, due_on: Day) -> Day:
        """The day on which the figures for a due day are counted."""
        return due_on - _days(self.cutoff_days)
