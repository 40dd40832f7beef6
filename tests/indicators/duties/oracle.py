"""The plainest way to say who owes a duty on a day and who has done it: a loop over all records."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from areas.models import Area
from dates.days_off import day_off
from funds.models import Campaign, Fund
from indicators.models import DutyExcuse, Plan
from orgs.models import Charity
from supervision.models import (
    AuditReport,
    Complaint,
    ComplaintAnswer,
    Disclosure,
    GuidanceVisit,
    Inspection,
    Rectification,
    Referral,
)
from tests.indicators.oracle import home
from tests.indicators.worlds import moves_now

Day = datetime.date
ONE = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Owed:
    """One instance: its debtor, its days, and the days on which it is current."""

    duty: str
    debtor: str
    area: str
    code: str
    due: Day
    opens: Day
    closes: Day
    first_current: Day
    end_current: Day
    ends: Day


@dataclass(frozen=True)
class Proof:
    """One approved record: whose it is (an area, or a debtor's key), its day and its named period."""

    owner: str
    day: Day
    period: str = ""
    pk: int = 0


def month_end(year: int, month: int, day: int = 31) -> Day:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return Day(year, month, min(day, calendar.monthrange(year, month)[1]))


def plus_months(day: Day, months: int) -> Day:
    return month_end(day.year, day.month + months, day.day)


def shared_periods(plan: Plan, months: int, late: int, due_day: int) -> Iterator[tuple[Any, ...]]:
    """First, last, due, opening day and code of every calendar period that the plan asks for."""
    for year in range(2015, 2036):
        for month in range(1, 13, months):
            first, last = Day(year, month, 1), month_end(year, month + months - 1)
            due = month_end(year, month + months - 1 + late, due_day)
            opens = first if due <= last else last + ONE
            ahead = month_end(year, month + 2 * months - 1)
            ahead_due = month_end(year, month + 2 * months - 1 + late, due_day)
            closes = last + ONE if ahead_due <= ahead else ahead + ONE
            names = {1: f"{first:%Y-%m}", 3: f"{year}-Q{month // 3 + 1}"}
            names |= {6: f"{year}-H{month // 6 + 1}", 12: f"{year}"}
            if due >= plan.starts_on and first <= plan.ends_on:
                yield first, last, due, opens, closes, names[months]


class Oracle:
    """The records as they are now, read row by row."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.areas = list(Area.objects.order_by("code"))
        self.codes = [area.code for area in self.areas]
        self.moves = moves_now()
        self._homes: dict[tuple[str, Day], str] = {}
        days = [Day.min, *(move.on for move in self.moves)]
        self.held = {self.home(plan.area_code, day) for day in days}
        self.excuses = {
            (row.duty_code, row.debtor, row.period): row.excused_on
            for row in DutyExcuse.objects.all()
            if row.status == "approved"
        }
        self.all_owed = {name: list(getattr(self, f"_{name}")()) for name in NAMES}
        self.proofs = {name: list(self._proofs(name)) for name in NAMES}

    def home(self, code: str, day: Day) -> str:
        if not self.moves:
            return code
        if (code, day) not in self._homes:
            self._homes[code, day] = home(code, day, self.moves, self.codes)
        return self._homes[code, day]

    # --- who owes -----------------------------------------------------------------------------

    def _of_areas(self, name: str, level: int, *shape: int, urban: bool = False) -> Iterator[Owed]:
        for area in self.areas:
            if area.level != level or not area.is_counted or (urban and not area.is_urban):
                continue
            life = (area.valid_from or Day.min, area.valid_to or Day.max)
            yield from self._in_periods(name, area.code, area.code, life, *shape)

    def _in_periods(
        self, name: str, debtor: str, area: str, life: tuple[Day, Day], *shape: int
    ) -> Iterator[Owed]:
        if not any(area.startswith(held) for held in self.held):
            return
        begins, ends = life
        for _first, last, due, opens, closes, code in shared_periods(self.plan, *shape):
            if begins <= last:
                start, end = max(opens, begins), min(closes, ends)
                yield Owed(name, debtor, area, code, due, opens, closes, start, end, ends)

    def _in_year(self, name: str, row: Any, due: Day, opens: Day, code: str) -> Iterator[Owed]:
        """An instance of a record's own day: current in the calendar year of its due day."""
        if not any(row.area_id.startswith(held) for held in self.held):
            return
        ends = getattr(row, "closed_on", None) or Day.max
        start, end = max(opens, Day(due.year, 1, 1)), min(Day(due.year + 1, 1, 1), ends)
        closes = Day.max if code == "一次" else due + ONE
        yield Owed(name, str(row.pk), row.area_id, code, due, opens, closes, start, end, ends)

    def _is_asked(self, due: Day, anchor: Day) -> bool:
        return due >= self.plan.starts_on and anchor <= self.plan.ends_on

    def _guidance(self) -> Iterator[Owed]:
        return self._of_areas("guidance", 3, 3, 0, 31)

    def _streets(self) -> Iterator[Owed]:
        return self._of_areas("streets", 4, 1, 1, 10)

    def _cities(self) -> Iterator[Owed]:
        return self._of_areas("cities", 2, 6, 0, 31)

    def _urban(self) -> Iterator[Owed]:
        for area in self.areas:
            if area.level == 5 and area.is_counted and area.is_urban:
                due, begins = Day(2025, 6, 30), area.valid_from or Day.min
                ends = area.valid_to or Day.max
                if begins <= due and any(area.code.startswith(held) for held in self.held):
                    start = max(self.plan.starts_on, begins)
                    days = (due, self.plan.starts_on, Day.max, start, ends, ends)
                    yield Owed("urban", area.code, area.code, "一次", *days)

    def _charities(self, name: str, *shape: int) -> Iterator[Owed]:
        for row in Charity.objects.all():
            if row.status == "approved":
                life = (row.registered_on or Day.min, row.closed_on or Day.max)
                yield from self._in_periods(name, str(row.pk), row.area_id, life, *shape)

    def _audits(self) -> Iterator[Owed]:
        return self._charities("audits", 12, 3, 31)

    def _disclosed(self) -> Iterator[Owed]:
        return self._charities("disclosed", 6, 1, 31)

    def _published(self) -> Iterator[Owed]:
        return self._charities("published", 6, 0, 31)

    def _answered(self) -> Iterator[Owed]:
        """A complaint may be answered from its own day on, not on its last day alone."""
        for row in Complaint.objects.all():
            if row.status == "approved" and self._is_asked(row.answer_by, row.received_on):
                yield from self._in_year("answered", row, row.answer_by, row.received_on, "一次")

    def _first_audit(self) -> Iterator[Owed]:
        for row in Fund.objects.all():
            due = plus_months(row.established_on, 3)
            is_owed = row.status == "approved" and row.level == "street"
            if is_owed and self._is_asked(due, row.established_on):
                yield from self._in_year("first_audit", row, due, row.established_on, "一次")

    def _filed(self) -> Iterator[Owed]:
        for row in Campaign.objects.all():
            due, left = row.starts_on, 5
            while left:
                due -= ONE
                left -= not day_off(due)
            if row.status == "approved" and self._is_asked(due, row.starts_on):
                yield from self._in_year("filed", row, due, plus_months(due, -12), "一次")

    def _running(self) -> Iterator[Owed]:
        for row in Campaign.objects.all():
            if row.status != "approved" or row.ends_on < plus_months(row.starts_on, 6):
                continue
            for number in range(1, 100):
                first = plus_months(row.starts_on, 3 * (number - 1))
                due = plus_months(row.starts_on, 3 * number) - ONE
                if due > row.ends_on:
                    break
                if self._is_asked(due, first):
                    is_last = plus_months(row.starts_on, 3 * (number + 1)) - ONE > row.ends_on
                    next_first = plus_months(row.starts_on, 3 * number)
                    if is_last or next_first > self.plan.ends_on:
                        next_first = Day.max
                    whole = first.day == 1 and first.month in (1, 4, 7, 10)
                    code = f"{first.year}-Q{first.month // 3 + 1}" if whole else f"{first}"
                    for each in self._in_year("running", row, due, first, code):
                        yield Owed(**{**vars(each), "closes": next_first})

    def _rectified(self) -> Iterator[Owed]:
        for row in Inspection.objects.all():
            due = row.rectify_by
            if row.status == "approved" and due and self._is_asked(due, row.inspected_on):
                yield from self._in_year("rectified", row, due, row.inspected_on, "一次")

    # --- what was done ------------------------------------------------------------------------

    def _proofs(self, name: str) -> Iterator[Proof]:
        if name in ("guidance", "streets", "cities", "urban"):
            for visit in GuidanceVisit.objects.all():
                if visit.status == "approved" and (name != "urban" or visit.form == "visit"):
                    period = visit.period if name == "guidance" else ""  # the quarterly one
                    yield Proof(visit.area_id, visit.visited_on, period, visit.pk)
        elif name in ("audits", "first_audit"):
            for audit in AuditReport.objects.all():
                key = audit.charity_id if name == "audits" else audit.fund_id
                if audit.status == "approved" and key:
                    period = audit.year if name == "audits" else ""
                    yield Proof(str(key), audit.reported_on, period, audit.pk)
        elif name in ("disclosed", "published", "running"):
            for row in Disclosure.objects.all():
                key = row.campaign_id if name == "running" else row.charity_id
                if row.status == "approved" and key:
                    period = row.period if name == "disclosed" else ""
                    if name == "published" and "H" in row.period:
                        period = row.period  # a year's report is published in a half-year, too
                    yield Proof(str(key), row.disclosed_on, period, row.pk)
        elif name == "answered":
            for answer in ComplaintAnswer.objects.all():
                if answer.status == "approved":
                    owner = str(answer.complaint_id)
                    yield Proof(owner, answer.answered_on, "", answer.pk)
        elif name == "rectified":
            for step in Rectification.objects.all():
                if step.status == "approved" and step.result == "passed" and step.inspection_id:
                    yield Proof(str(step.inspection_id), step.rectified_on, "", step.pk)
        else:
            for campaign in Campaign.objects.all():
                if campaign.status == "approved" and campaign.filed_on:
                    yield Proof(str(campaign.pk), campaign.filed_on, "", campaign.pk)

    def done_by(self, owed: Owed, day: Day) -> list[Proof]:
        """The records that count for an instance on a day, in the order of day and key."""
        found = []
        for proof in self.proofs[owed.duty]:
            owner = proof.owner
            if owed.duty in ("guidance", "streets", "cities", "urban"):
                # What is gone keeps what was done for it while it was there.
                owner = self.home(owner, min(day, owed.ends - ONE))
                width = len(owed.debtor)
                owner = owner[:width] if len(owner) >= width else ""
            fits = owed.opens <= proof.day < owed.closes
            if proof.period:
                fits = proof.period == owed.code
            if proof.day <= day and owner == owed.debtor and fits:
                found.append(proof)
        return sorted(found, key=lambda each: (each.day, each.pk))

    # --- answers ------------------------------------------------------------------------------

    def figure(self, name: str, root: str, day: Day) -> tuple[int, int]:
        """Done and owed of an area on a day."""
        if not any(a.code == root and a.exists_on(day) for a in self.areas):
            return 0, 0
        done = owing = 0
        for owed in self.current(name, root, day):
            state = self.state(owed, day)
            done += state in ("done", "late")
            owing += state not in ("excused", "referred")
        return done, owing

    def current(self, name: str, root: str, day: Day) -> list[Owed]:
        return [
            owed
            for owed in self.all_owed[name]
            if owed.first_current <= day < owed.end_current and self.is_at(owed, root, day)
        ]

    def is_at(self, owed: Owed, root: str, day: Day) -> bool:
        return self.area_on(owed, day).startswith(root)

    def area_on(self, owed: Owed, day: Day) -> str:
        """The area of a debtor: itself, or the one for which its record counts on a day."""
        is_area = owed.duty in ("guidance", "streets", "cities", "urban")
        return owed.area if is_area else self.home(owed.area, day)

    def state(self, owed: Owed, day: Day) -> str:
        proofs = self.done_by(owed, day)
        needed = NUMBERS.get(owed.duty, 1)
        if len(proofs) >= needed:
            return "late" if proofs[needed - 1].day > owed.due else "done"
        excused = self.excuses.get((owed.duty, owed.debtor, owed.code))
        if excused and excused <= day:
            return "excused"
        if owed.duty == "rectified" and self.is_referred(owed, day):
            return "referred"
        if owed.due < day:
            return "overdue"
        is_soon = (owed.due - day).days <= 14 and owed.opens <= day
        return "due_soon" if is_soon else "not_due"

    @staticmethod
    def is_referred(owed: Owed, day: Day) -> bool:
        return any(
            row.status == "approved"
            and str(row.inspection_id) == owed.debtor
            and owed.opens <= row.referred_on <= day
            for row in Referral.objects.all()
        )

    def listed(self, name: str, root: str, day: Day, first: Day, last: Day) -> list[Owed]:
        """The instances due from `first` to `last` that are ever current."""
        return [
            owed
            for owed in self.all_owed[name]
            if first <= owed.due <= last
            and owed.first_current < owed.end_current
            and owed.ends > min(owed.due, day)
            and self.is_at(owed, root, day)
        ]


NAMES = (
    "guidance",
    "streets",
    "cities",
    "urban",
    "audits",
    "disclosed",
    "published",
    "answered",
    "first_audit",
    "filed",
    "running",
    "rectified",
)
NUMBERS = {"streets": 2}
#: The same duties as a plan file writes them.
TABLES = {
    "guidance": ("{ level = 3 }", '{ every = "quarter" }', '{ kind = "guidance-visits" }'),
    "streets": (
        "{ level = 4 }",
        '{ every = "month", due_month = 1, due_day = 10 }',
        '{ kind = "guidance-visits" }',
    ),
    "cities": ("{ level = 2 }", '{ every = "half_year" }', '{ kind = "guidance-visits" }'),
    "urban": (
        "{ level = 5, urban = true }",
        "{ on = 2025-06-30 }",
        '{ kind = "guidance-visits", where = { form = "visit" } }',
    ),
    "audits": (
        '{ kind = "charities" }',
        '{ every = "year", due = "03-31", of = "last_year" }',
        '{ kind = "audit-reports" }',
    ),
    "disclosed": (
        '{ kind = "charities" }',
        '{ every = "half_year", due_month = 1 }',
        '{ kind = "disclosures" }',
    ),
    "published": ('{ kind = "charities" }', '{ every = "half_year" }', '{ kind = "disclosures" }'),
    "answered": (
        '{ kind = "complaints" }',
        '{ after = "answer_by", days = 0 }',
        '{ kind = "complaint-answers" }',
    ),
    "first_audit": (
        '{ kind = "funds", where = { level = "street" } }',
        '{ after = "established_on", months = 3 }',
        '{ kind = "audit-reports" }',
    ),
    "filed": (
        '{ kind = "campaigns" }',
        '{ before = "starts_on", workdays = 5 }',
        '{ kind = "campaigns", on = "filed_on" }',
    ),
    "running": (
        '{ kind = "campaigns" }',
        '{ every_months = 3, from = "starts_on", until = "ends_on", longer_than = 6 }',
        '{ kind = "disclosures" }',
    ),
    "rectified": (
        '{ kind = "inspections" }',
        '{ after = "rectify_by", days = 0 }',
        '{ kind = "rectifications", on = "rectified_on", where = { result = "passed" } }',
    ),
}
REFERRED = {"rectified": '{ kind = "referrals" }'}
