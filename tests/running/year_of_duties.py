"""A year of duties of 鄂尔多斯: what happens on which day, and what follows, counted in the plainest way."""

from __future__ import annotations

import datetime
import itertools
from collections import Counter

from indicators.duties.instances import DutyState
from supervision.life import CaseState

Day = datetime.date
CITY = "1506"
BANNERS = [f"1506{number:02}" for number in (2, 3, 21, 22, 23, 24, 25, 26, 27)]
LATE, EXCUSED, MISSING = BANNERS[6], BANNERS[5], BANNERS[7]
QUARTERS = [
    (Day(2025, 1, 1), Day(2025, 3, 31)),
    (Day(2025, 4, 1), Day(2025, 6, 30)),
    (Day(2025, 7, 1), Day(2025, 9, 30)),
    (Day(2025, 10, 1), Day(2025, 12, 31)),
]
AUDITED_BY = Day(2025, 3, 31)
GUIDANCE_MARKS, AUDIT_MARKS = (14, 7, 1, -1, -7), (30, 14, 7, 1, -1, -7)
EXCUSED_ON = Day(2025, 9, 20)
REPORTED_ON = Day(2025, 11, 30)
#: The charity without an audit is inspected; it is to put things right by the day in the middle.
INSPECTED_ON, RECTIFY_BY, REJECTED_ON = Day(2025, 5, 12), Day(2025, 6, 12), Day(2025, 6, 20)
REFERRED_ON = Day(2025, 7, 15)
RECEIVED_ON, ANSWER_BY, ANSWERED_ON = Day(2025, 8, 4), Day(2025, 9, 3), Day(2025, 9, 18)
#: The days of the cases and those after due days.
CASE_DAYS = {
    *(INSPECTED_ON, RECTIFY_BY, Day(2025, 6, 13), REJECTED_ON, REFERRED_ON),
    *(RECEIVED_ON, ANSWER_BY, Day(2025, 9, 4), ANSWERED_ON),
}


def days_of_marks() -> set[Day]:
    """The days on which a reminder is due, and that of the report."""
    guidance = {
        last - datetime.timedelta(days=mark) for _, last in QUARTERS for mark in GUIDANCE_MARKS
    }
    audits = {AUDITED_BY - datetime.timedelta(days=mark) for mark in AUDIT_MARKS}
    return guidance | audits | {REPORTED_ON}


def visit_day(banner: str, quarter: int) -> Day | None:
    """The day of a 旗区's visit for a quarter (0–3); None where there is none."""
    first, _ = QUARTERS[quarter]
    if (banner, quarter) == (LATE, 1):
        return Day(2025, 7, 10)
    if (banner, quarter) in ((EXCUSED, 2), (MISSING, 2)):
        return None
    return first + datetime.timedelta(days=20 + 8 * BANNERS.index(banner))


def audit_day(number: int) -> Day | None:
    """The day of the audit report of the first, second and third charity; the third has none."""
    return (Day(2025, 3, 10), Day(2025, 4, 15), None)[number]


# --- states, figures, open items ----------------------------------------------------------------


def _state(
    on: Day, opens: Day, due: Day, done: Day | None, excused: Day | None, soon: int
) -> DutyState:
    if done is not None and done <= on:
        return DutyState.DONE if done <= due else DutyState.LATE
    if excused is not None and excused <= on:
        return DutyState.EXCUSED
    if due < on:
        return DutyState.OVERDUE
    return DutyState.DUE_SOON if opens <= on and (due - on).days <= soon else DutyState.NOT_DUE


def guidance_state(banner: str, quarter: int, on: Day) -> DutyState:
    """The state of a 旗区's guidance for a quarter (0–3)."""
    first, last = QUARTERS[quarter]
    excused = EXCUSED_ON if (banner, quarter) == (EXCUSED, 2) else None
    return _state(on, first, last, visit_day(banner, quarter), excused, GUIDANCE_MARKS[0])


def audit_state(number: int, on: Day) -> DutyState:
    """The state of the audit for 2024 of the first, second or third charity."""
    return _state(on, Day(2025, 1, 1), AUDITED_BY, audit_day(number), None, AUDIT_MARKS[0])


def guidance_figure(on: Day) -> tuple[int, int]:
    """Done and owed of the quarter that the day lies in."""
    quarter = next(at for at, (first, last) in enumerate(QUARTERS) if first <= on <= last)
    states = Counter(guidance_state(banner, quarter, on) for banner in BANNERS)
    done = states[DutyState.DONE] + states[DutyState.LATE]
    return done, len(BANNERS) - states[DutyState.EXCUSED]


def case_state(on: Day) -> CaseState | None:
    """Where the inspection stands; None before it."""
    if on < INSPECTED_ON:
        return None
    if on >= REFERRED_ON:
        return CaseState.REFERRED
    return CaseState.OVERDUE if on > RECTIFY_BY else CaseState.RECTIFYING


def open_words(on: Day) -> str:
    """What the page of open items says."""
    words = []
    if RECEIVED_ON <= on < ANSWERED_ON:
        words.append("投诉待答复1件" + ("（逾期1件）" if on > ANSWER_BY else ""))
    if case_state(on) in (CaseState.RECTIFYING, CaseState.OVERDUE):
        words.append("抽查问题待整改1件" + ("（逾期1件）" if on > RECTIFY_BY else ""))
    return "，".join(words) or "没有监管待办事项"


# --- the report and the reminders --------------------------------------------------------------


def expected_lines() -> dict[str, tuple[int, ...]]:
    """What is due up to the day of the report; of 2024 there are two quarters without any visit."""
    guidance = Counter(
        guidance_state(banner, quarter, REPORTED_ON)
        for quarter, banner in itertools.product(range(3), BANNERS)
    )
    audits = Counter(audit_state(number, REPORTED_ON) for number in range(3))
    told = (DutyState.DONE, DutyState.LATE, DutyState.OVERDUE, DutyState.EXCUSED)
    return {
        "guidance": (27, *(guidance[state] for state in told), 2 * len(BANNERS)),
        "audits": (3, *(audits[state] for state in told), 0),
    }


def expected_behind() -> dict[str, dict[Day, int]]:
    """By duty and due day, how many are overdue on the day of the report."""
    before = dict.fromkeys((Day(2024, 9, 30), Day(2024, 12, 31)), len(BANNERS))
    return {"guidance": before | {QUARTERS[2][1]: 1}, "audits": {AUDITED_BY: 1}}


def expected_reminders() -> Counter[tuple[str, str, str, int, Day]]:
    """Duty, area, period, mark and day of every reminder: to whoever still owes on the mark's day."""
    found: Counter[tuple[str, str, str, int, Day]] = Counter()
    for quarter, (_, last) in enumerate(QUARTERS):
        for banner, mark in itertools.product(BANNERS, GUIDANCE_MARKS):
            on = last - datetime.timedelta(days=mark)
            if guidance_state(banner, quarter, on) in (DutyState.DUE_SOON, DutyState.OVERDUE):
                found["guidance", banner, f"2025-Q{quarter + 1}", mark, on] += 1
    for number, mark in itertools.product(range(3), AUDIT_MARKS):
        on = AUDITED_BY - datetime.timedelta(days=mark)
        if audit_state(number, on) in (DutyState.DUE_SOON, DutyState.OVERDUE):
            found["audits", BANNERS[number], "2024", mark, on] += 1
    return found
