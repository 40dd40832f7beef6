"""A plan that no release ships, of a made-up province: figures, duties, tasks, dashboard and report.

Nothing but the plan file was written for it. Every number is counted again from the records, in the
plainest way.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Collection
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import Role, User
from areas.models import Area
from funds.models import Expenditure, Fund
from indicators.duties.instances import DutyState, instances
from indicators.models import Plan
from indicators.plan.loading import load_plans
from indicators.store.series import differences, recompute_all
from orgs.models import CommunityOrg, Training
from reports.editions.sealing import seal
from reports.filing.preparing import prepare_reports
from reports.models import Report
from reports.paper.document import document_of
from supervision.models import Disclosure, GuidanceVisit
from tests.indicators.conftest import item_of, numerator_of
from tests.indicators.worlds import area
from tests.reports.filing.conftest import signer
from tests.reports.papers import texts
from tests.types import Make
from tests.worlds import share
from work.models import TaskProgress

Day = datetime.date
FILE = Path(__file__).with_name("three-years.toml")
ROOT, CITY = "98", "9801"
COUNTIES = ["980101", "980102", "980103"]
COMMUNITIES = [f"{county}001{number:03}" for county in COUNTIES for number in range(1, 5)]
DUE = Day(2026, 9, 30)
#: The last and the first day of a quarter, a day within one, and the day of the report.
DAYS = [Day(2025, 12, 31), Day(2026, 1, 1), Day(2026, 5, 20), DUE]


@pytest.fixture
def plan(db: None) -> Plan:
    streets = [f"{county}001" for county in COUNTIES]
    Area.objects.bulk_create(area(code) for code in (ROOT, CITY, *COUNTIES, *streets, *COMMUNITIES))
    (loaded,) = load_plans([FILE])
    return loaded


@pytest.fixture
def province(plan: Plan) -> User:
    return User.objects.create_user("shengju", role=Role.REVIEWER, area_id=ROOT)


@pytest.fixture
def records(plan: Plan, make: Make) -> None:
    """Funds that spend in most quarters, hubs, visits, trainings and progress, by a fixed seed."""
    dice, fact = random.Random(16), {"status": "approved"}
    for at, code in enumerate(COMMUNITIES):
        fund = make(Fund, area_id=code, established_on=Day(2024, 7, 1), **fact)
        for quarter in range(9):  # from 2024-Q3 to 2026-Q3
            if dice.random() < (0.95, 0.8, 0.5)[at % 3]:
                year, month = divmod(2024 * 12 + 6 + quarter * 3 + dice.randint(0, 2), 12)
                day = Day(year, month + 1, dice.randint(1, 28))
                for _ in range(dice.randint(1, 2)):
                    make(Expenditure, fund=fund, area_id=code, spent_on=day, **fact)
            if dice.random() < 0.6:
                day = Day(2026, dice.randint(1, 9), 10)
                told = {"fund": fund, "area_id": code, "disclosed_on": day, "charity": None}
                make(Disclosure, **told, **fact)
    for county in COUNTIES[:2]:
        place = {"area_id": f"{county}001", "registered_on": Day(2026, 3, 1)}
        make(CommunityOrg, hub_kind="incubator", **place, **fact)
    for at, day in ((0, Day(2026, 2, 3)), (0, Day(2026, 8, 9)), (1, Day(2026, 9, 30))):
        make(GuidanceVisit, area_id=COUNTIES[at], visited_on=day, **fact)
    for day, people in ((Day(2026, 6, 30), 9), (Day(2026, 7, 1), 12), (DUE, 20)):
        make(Training, area_id=COUNTIES[0], held_on=day, person_times=people, **fact)
    said = {"due_on": DUE, "measures": "召开季度调度会", "task": plan.tasks.get(code="mechanism")}
    for county in COUNTIES[:2]:
        make(TaskProgress, area_id=county, state="under_way", **said, **fact)
    recompute_all()


share(__name__, "plan", "province", "records")


# --- counted from the records -------------------------------------------------------------------


def _quarter(day: Day) -> int:
    return day.year * 4 + (day.month - 1) // 3


def _steady(day: Day, within: str) -> set[str]:
    """The communities whose fund spent in each of four quarters up to that of the day or the last."""
    found = set()
    for code in COMMUNITIES:
        rows = Expenditure.objects.filter(area_id=code, spent_on__lte=day)
        spent = {_quarter(each) for each in rows.values_list("spent_on", flat=True)}
        ends = (_quarter(day), _quarter(day) - 1)
        if code.startswith(within) and any(spent >= set(range(e - 3, e + 1)) for e in ends):
            found.add(code)
    return found


def _visited(day: Day) -> set[str]:
    rows = GuidanceVisit.objects.filter(visited_on__lte=day)
    return {each.area_id for each in rows if _quarter(each.visited_on) == _quarter(day)}


def test_the_figures_are_those_of_the_records(records: None, plan: Plan) -> None:
    seen = set()
    for day in DAYS:
        for code in (ROOT, *COUNTIES):
            steady = _steady(day, code)
            seen.add(len(steady))
            assert numerator_of(plan, "running_communities", code, day) == len(steady)
            assert numerator_of(plan, "steady_funds", code, day) == len(steady)
    assert len(seen) > 3
    hubs = item_of(plan, "hub_counties", ROOT, DUE).figure
    opened = CommunityOrg.objects.exclude(hub_kind="").values_list("area_id", flat=True)
    assert (hubs.numerator, hubs.denominator) == (len({each[:6] for each in opened}), 3)
    trained = [
        t.person_times for t in Training.objects.all() if _quarter(t.held_on) == _quarter(DUE)
    ]
    assert numerator_of(plan, "trained_quarter", ROOT, DUE) == sum(trained) == 32
    for day in (DUE, Day(2026, 9, 1), Day(2026, 3, 31)):
        visited = item_of(plan, "guidance_quarter", ROOT, day).figure
        assert (visited.numerator, visited.denominator) == (len(_visited(day)), 3), day
    assert list(differences()) == []


def test_the_duties_are_owed_by_the_quarter(records: None, plan: Plan) -> None:
    guidance = plan.duties.get(code="guidance")
    found = instances([guidance], ROOT, Day(2026, 10, 1), Day(2026, 1, 1), DUE)
    done = {(each.debtor.area_code, each.period_code) for each in found if each.done_on}
    visits = GuidanceVisit.objects.all()
    assert len(found) == 3 * len(COUNTIES)
    assert done == {(each.area_id, f"2026-Q{_quarter(each.visited_on) % 4 + 1}") for each in visits}
    assert {each.state for each in found if not each.done_on} == {DutyState.OVERDUE}
    reports = plan.duties.get(code="fund_report")
    owed = instances([reports], ROOT, Day(2026, 10, 1), Day(2026, 7, 1), DUE)
    assert {each.period.due_on for each in owed} == {Day(2026, 7, 15)}
    assert len(owed) == Fund.objects.count()


def _opened(client: Client, addresses: Collection[str]) -> str:
    pages = [client.get(address) for address in addresses]
    assert [(page.status_code, page.request["PATH_INFO"]) for page in pages] == [
        (200, address.partition("?")[0]) for address in addresses
    ]
    return "".join(page.content.decode() for page in pages)


def test_dashboard_board_duties_and_plan_open_with_it(
    records: None, plan: Plan, province: User, client: Client
) -> None:
    client.force_login(province)
    addresses = [
        f"/dashboard/{plan.code}/{ROOT}/?on=2026-09-30",
        f"/figures/{plan.code}/running_communities/{ROOT}/?on=2026-09-30",
        f"/tasks/{plan.code}/{ROOT}/?due=2026-09-30",
        f"/tasks/{plan.code}/{COUNTIES[0]}/mechanism/?due=2026-09-30",
        f"/duties/{ROOT}/",
        f"/admin/indicators/plan/{plan.pk}/change/",
    ]
    said = _opened(client, addresses)
    for words in (
        "慈善持续运行的社区",
        "连续4个季度有支出的基金",
        "健全季度调度机制",
        "每季度工作指导",
    ):
        assert words in said


def test_the_report_says_the_same(records: None, plan: Plan, province: User) -> None:
    prepare_reports(DUE)
    assert {each.area_id for each in Report.objects.filter(due_on=DUE)} == {ROOT, CITY, *COUNTIES}
    for code in (*COUNTIES, CITY, ROOT):  # from the bottom up, as a bureau files
        report = Report.objects.get(area=code, due_on=DUE)
        edition = seal(report, by=signer(code), on=DUE, reason="", missing_reason="", is_zero=False)
    content = edition.as_content()
    told = {each.code: each.numerator for each in content.indicators}
    assert told["running_communities"] == str(len(_steady(DUE, ROOT)))
    duty = next(each for each in content.duties if each.code == "guidance")
    quarters = {Day(2026, 3, 31), Day(2026, 6, 30), DUE}
    assert (duty.owed, duty.done) == (
        len(quarters) * len(COUNTIES),
        sum(len(_visited(day)) for day in quarters),
    )
    task = next(each for each in content.tasks if each.name == "健全季度调度机制")
    assert (task.owing, task.under_way, task.silent) == (len(COUNTIES) + 1, 2, 2)
    paper = "\n".join(texts(document_of(content, edition.sha256)))
    for words in ("社区慈善三年行动", "慈善持续运行的社区", "每季度工作指导", "健全季度调度机制"):
        assert words in paper
