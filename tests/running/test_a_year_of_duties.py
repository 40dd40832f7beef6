"""One year of 鄂尔多斯's duties by the calendar, with real Redis, beat and two workers.

Nine 旗区 owe a guidance visit every quarter, three charities an audit by 31 March. One visit is made
up late, one is excused, one never made; one audit is late, one missing. The charity without an audit
is inspected, its rectification is not accepted, and it is referred; a complaint is answered late.
Every state is compared on its day with a count in the plainest way, and so are figures, calendar,
reminders, open items, report and workbook.
"""

from __future__ import annotations

import datetime
import io
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import time_machine
from django.test import Client

from accounts.models import Role, User
from areas.models import Area
from duties.counting import by_due_day
from indicators.duties.due import DUTY_DUE
from indicators.duties.instances import Asked, DutyState, instances
from indicators.models import DutyExcuse, Plan
from indicators.plan.loading import SHIPPED, load_plans
from indicators.progress.progress import progress_of
from orgs.models import Charity
from reports.editions.sealing import seal
from reports.editions.verifying import verify_editions
from reports.models import Reminder, Report
from reports.paper.workbook import build_workbook
from reports.schema.content import EditionContent, SealedDuty
from reviews.models import Submission
from reviews.services import approve, submit
from supervision.life import Finding, state_on
from supervision.models import (
    AuditReport,
    Complaint,
    ComplaintAnswer,
    GuidanceVisit,
    Inspection,
    Rectification,
    Referral,
    steps_of,
)
from tests.indicators.worlds import area
from tests.records.examples import example_values
from tests.running.clockwork import Clockwork, moment
from tests.running.year_of_duties import (
    ANSWER_BY,
    ANSWERED_ON,
    BANNERS,
    CASE_DAYS,
    CITY,
    EXCUSED,
    EXCUSED_ON,
    INSPECTED_ON,
    QUARTERS,
    RECEIVED_ON,
    RECTIFY_BY,
    REFERRED_ON,
    REJECTED_ON,
    REPORTED_ON,
    audit_day,
    audit_state,
    case_state,
    days_of_marks,
    expected_behind,
    expected_lines,
    expected_reminders,
    guidance_figure,
    guidance_state,
    open_words,
    visit_day,
)
from tests.servers import RedisServer
from tests.types import Record

pytestmark = [
    pytest.mark.production,
    pytest.mark.server,
    pytest.mark.django_db(transaction=True),
]
Day = datetime.date
_numbers = itertools.count(1)


# --- the year -----------------------------------------------------------------------------------


@pytest.fixture
def ordos(transactional_db: None) -> Plan:
    """The shipped plan with its guidance and audits alone, and the nine 旗区."""
    Area.objects.bulk_create([area("15"), area(CITY), *(area(code) for code in BANNERS)])
    plan = load_plans([SHIPPED / "ordos-2024.toml"])[0]
    plan.indicators.exclude(code__in=("guidance", "audits")).delete()
    plan.duties.exclude(code__in=("guidance", "audits")).delete()
    plan.report_levels, plan.report_first_due = [2], REPORTED_ON  # one report of the city alone
    plan.save(update_fields=["report_levels", "report_first_due"])
    return plan


@pytest.fixture
def people(ordos: Plan) -> tuple[User, User]:
    clerk = User.objects.create_user("tianbao", role=Role.CLERK, area_id=CITY)
    return clerk, User.objects.create_user("shenhe", role=Role.REVIEWER, area_id=CITY)


@pytest.fixture
def clockwork(
    ordos: Plan, worker_environment: dict[str, str], tmp_path: Path, redis_server: RedisServer
) -> Iterator[Clockwork]:
    office = Clockwork(worker_environment, tmp_path, moment(Day(2025, 1, 2), 12, 0))
    yield office
    office.end()


def _enter(people: tuple[User, User], kind: type[Record], on: Day, **values: object) -> Record:
    """Enter a record and approve it on a day."""
    clerk, reviewer = people
    filled = example_values(kind, next(_numbers)) | values
    with time_machine.travel(moment(on)):
        record = kind(**filled)
        record.save()
        submit(record, by=clerk, reason="据纸质台账补录")
        approve(record, by=reviewer)
    return record


Events = dict[Day, list[tuple[type[Submission], dict[str, object]]]]


def _events(charities: list[Charity]) -> Events:
    """By day, what is entered on it, in order."""
    found: Events = defaultdict(list)
    for quarter, banner in itertools.product(range(4), BANNERS):
        if on := visit_day(banner, quarter):
            first, last = QUARTERS[quarter]
            made_up = {} if first <= on <= last else {"period": f"2025-Q{quarter + 1}"}
            found[on].append((GuidanceVisit, {"area_id": banner, "visited_on": on, **made_up}))
    for number, charity in enumerate(charities):
        if on := audit_day(number):
            found[on].append((AuditReport, _of(charity, year="2024", reported_on=on)))
    found[EXCUSED_ON].append((DutyExcuse, _excuse()))
    found[INSPECTED_ON].append((Inspection, _inspection(charities[2])))
    found[RECEIVED_ON].append(
        (Complaint, {"area_id": BANNERS[0], "received_on": RECEIVED_ON, "answer_by": ANSWER_BY})
    )
    return found


def _of(charity: Charity, **values: object) -> dict[str, object]:
    return {"charity": charity, "area_id": charity.area_id, **values}


def _excuse() -> dict[str, object]:
    return {
        "area_id": EXCUSED,
        "plan_code": "ordos-2024",
        "duty_code": "guidance",
        "debtor": EXCUSED,
        "period": "2025-Q3",
        "excused_on": EXCUSED_ON,
        "reason": "旗区机构改革，经市局同意本季度免于指导",
    }


def _inspection(charity: Charity) -> dict[str, object]:
    return _of(
        charity,
        inspected_on=INSPECTED_ON,
        finding=Finding.PROBLEMS,
        demands="补做2024年度审计",
        rectify_by=RECTIFY_BY,
    )


def _take_step(people: tuple[User, User], on: Day) -> None:
    """Enter what follows the inspection and the complaint, on its day."""
    if on == REJECTED_ON:
        case = Inspection.objects.get()
        days = {"rectified_on": on, "accepted_on": on}
        _enter(
            people,
            Rectification,
            on,
            inspection=case,
            area_id=case.area_id,
            result="failed",
            **days,
        )
    if on == REFERRED_ON:
        case = Inspection.objects.get()
        _enter(people, Referral, on, inspection=case, area_id=case.area_id, referred_on=on)
    if on == ANSWERED_ON:
        complaint = Complaint.objects.get()
        values = {"complaint": complaint, "area_id": complaint.area_id, "answered_on": on}
        _enter(people, ComplaintAnswer, on, **values)


def _live(clockwork: Clockwork, people: tuple[User, User], plan: Plan) -> None:
    """Enter what happens, and let beat and workers live through every day of a mark."""
    born = Day(2020, 1, 1)
    charities = [
        _enter(people, Charity, Day(2025, 1, 2), area_id=code, registered_on=born)
        for code in BANNERS[:3]
    ]
    events, marks = _events(charities), days_of_marks()
    for day in sorted({*marks, *events, *CASE_DAYS}):
        for kind, values in events.get(day, ()):
            _enter(people, kind, day, **values)
        _take_step(people, day)
        if day in marks:
            clockwork.live(day)
        if day in marks | CASE_DAYS:
            _assert_states(plan, day)
            _assert_figures(plan, day)
            _assert_cases(people[1], day)
        if day == REPORTED_ON:
            _assert_report(people[1])


def _assert_states(plan: Plan, on: Day) -> None:
    """Engine and calendar show the states of the independent count."""
    guidance, audits = (plan.duties.get(code=code) for code in ("guidance", "audits"))
    year = (Day(2025, 1, 1), Day(2025, 12, 31))
    rows = instances([guidance], CITY, on, *year)
    assert {(each.debtor.key, each.period.due_on): each.state for each in rows} == {
        (banner, last): guidance_state(banner, quarter, on)
        for quarter, (_, last) in enumerate(QUARTERS)
        for banner in BANNERS
    }
    found = sorted(instances([audits], CITY, on, *year), key=lambda each: each.debtor.area_code)
    assert [each.state for each in found] == [audit_state(number, on) for number in range(3)]
    calendar = by_due_day([guidance, audits], Asked(CITY, on, *year))
    shown = {
        (day, line.duty.code): Counter(dict(line.counts))
        for day, lines in calendar.items()
        for line in lines
    }
    counted: dict[tuple[Day, str], Counter[DutyState]] = {}
    for each in [*rows, *found]:
        counted.setdefault((each.period.due_on, each.duty.code), Counter())[each.state] += 1
    assert shown == counted


def _assert_figures(plan: Plan, on: Day) -> None:
    if on.year > 2025:
        return
    item = next(
        each for each in progress_of(plan, [CITY], on)[CITY] if each.indicator.code == "guidance"
    )
    done, owed = guidance_figure(on)
    assert (item.figure.numerator, item.figure.denominator) == (Decimal(done), Decimal(owed))


def _assert_cases(reviewer: User, on: Day) -> None:
    """The inspection stands where it should, and the page of open items says what is left."""
    steps = steps_of(Inspection)
    found = [(each.case, steps.get(each.pk, ())) for each in Inspection.objects.all()]
    states = [state_on(case, taken, on) for case, taken in found if case]
    assert states == [each for each in [case_state(on)] if each]
    client = Client()
    with time_machine.travel(moment(on, 12)):
        client.force_login(reviewer)
        page = client.get(f"/supervision/{CITY}/").content.decode()
    assert f"：{open_words(on)}。" in page
    assert [each.days_late for each in ComplaintAnswer.objects.all()] == (
        [15] if on >= ANSWERED_ON else []
    )


# --- the report ---------------------------------------------------------------------------------


def _assert_report(reviewer: User) -> None:
    """The report that the workers prepared is sealed; text and workbook say what was counted."""
    report = Report.objects.get()
    assert (report.area_id, report.due_on) == (CITY, REPORTED_ON)
    with time_machine.travel(moment(REPORTED_ON, 12)):
        edition = seal(report, by=reviewer, on=REPORTED_ON)
    content = edition.as_content()
    assert isinstance(content, EditionContent)
    expected = expected_lines()
    assert {each.code: _numbers_of(each) for each in content.duties} == expected
    assert {each.code: _behind(each) for each in content.duties} == expected_behind()
    (figure,) = (each for each in content.indicators if each.code == "guidance")
    shown = Decimal(figure.numerator), Decimal(figure.denominator)
    assert shown == guidance_figure(REPORTED_ON)
    book = openpyxl.load_workbook(io.BytesIO(build_workbook(content, edition.sha256)))
    names = {each.name: each.code for each in content.duties}
    rows = {names[row[1]]: row[5:12] for row in book["履责情况"].values if row[1] in names}
    assert rows == {
        code: (*line[:5], line[0] - sum(line[1:5]), line[5]) for code, line in expected.items()
    }
    told = Counter(names[row[1]] for row in book["履责逾期名单"].values if row[1] in names)
    assert told == {code: sum(days.values()) for code, days in expected_behind().items()}
    assert list(verify_editions()) == []


def _numbers_of(line: SealedDuty) -> tuple[int, ...]:
    """Owed, done, late, overdue, excused, and overdue from before."""
    numbers = (line.owed, line.done, line.late, line.overdue, line.excused)
    return (*numbers, line.overdue_before)


def _behind(line: SealedDuty) -> Counter[Day]:
    return Counter(each.due_on for each in line.behind)


# --- reminders ----------------------------------------------------------------------------------


def _sent() -> Counter[tuple[str, str, str, int, Day]]:
    """Duty, area, period, mark and day of every reminder of a duty that there is."""
    rows = Reminder.objects.filter(kind=DUTY_DUE)
    parts = ((row.key.split("/"), row) for row in rows)
    return Counter(
        (duty, code, period, int(row.mark or 0), row.on)
        for (_, duty, code, period, *_), row in parts
    )


def test_a_year_of_guidance_audits_and_cases(
    ordos: Plan, people: tuple[User, User], clockwork: Clockwork
) -> None:
    clockwork.start(workers=2, beats=1)
    _live(clockwork, people, ordos)
    assert _sent() == expected_reminders()
    final = Counter(
        guidance_state(banner, quarter, Day(2026, 1, 7))
        for quarter, banner in itertools.product(range(4), BANNERS)
    )
    assert final == {
        DutyState.DONE: 33,
        DutyState.LATE: 1,
        DutyState.EXCUSED: 1,
        DutyState.OVERDUE: 1,
    }
