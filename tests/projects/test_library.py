"""The project library: what is planned counts nowhere and owes nothing; what has begun does as before."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Q

from areas.models import Area
from funds.models import Fund
from indicators.duties.terms import Done, Who
from indicators.measures import MEASURES
from indicators.store.events import Scope, read
from orgs.models import Charity, CommunityOrg
from projects.models import PLANNED, Aid, Project, ProjectStage
from reviews.checks import find_problems
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU
from tests.types import Make

Day = datetime.date
STAGES = ("", *ProjectStage.values)
DAY = Day(2026, 3, 1)


@pytest.fixture
def library(make: Make, district: Area) -> list[Project]:
    """Facts and others of every stage in two streets, with results and a survey each."""
    found = []
    for number, stage in enumerate(STAGES):
        for area in (HUAYIPO, MINSHENGLU):
            for status in ("approved", "pending"):
                values: dict[str, Any] = {
                    "area_id": area,
                    "status": status,
                    "stage": stage,
                    "starts_on": DAY,
                    "direction": "eldercare" if number % 2 else "relief",
                    "is_aid": bool(number % 2),
                    "is_micro": True,
                    "person_times": 3**number,
                    "surveyed_on": DAY,
                    "surveyed": 10 + number,
                    "satisfied": 5 + number,
                    "precise": None if number == 1 else number,
                    "subsidised_on": DAY,
                    "subsidy_yuan": Decimal("100.01") + number,
                }
                found.append(make(Project, name=f"{stage}{area}{status}", **values))
    return found


#: Measure → what one project that counts adds to it.
ADDS: dict[str, Any] = {
    "projects": lambda _: 1,
    "projects:eldercare": lambda each: int(each.direction == "eldercare"),
    "aid_projects": lambda each: int(each.is_aid),
    "micro_projects": lambda _: 1,
    "micro_person_times": lambda each: each.person_times,
    "surveyed": lambda each: each.surveyed,
    "found_satisfied": lambda each: each.satisfied,
    "found_precise": lambda each: each.precise or 0,
    "subsidies": lambda each: int(each.subsidy_yuan * 100),
}


@pytest.mark.parametrize("measure", ADDS)
def test_what_is_planned_counts_in_no_measure(library: list[Project], measure: str) -> None:
    counted = [
        each
        for each in library
        if each.status == "approved" and each.stage not in ("reserve", "approved")
    ]
    expected = sum(ADDS[measure](each) for each in counted)
    assert expected
    assert int(read("measure", measure, Scope(DISTRICT))["quantity"].sum()) == expected


def test_every_measure_of_projects_leaves_out_what_is_planned(library: list[Project]) -> None:
    parts = [part for each in MEASURES.values() for part in each.parts if part.model is Project]
    planned = Project.objects.filter(stage__in=PLANNED)
    assert planned.exists()
    assert [part.code for part in parts if planned.filter(part.where).exists()] == []


def test_a_planned_project_owes_nothing_and_fulfils_nothing(library: list[Project]) -> None:
    who = Who.read({"kind": "projects", "where": {"is_micro": True}})
    done = Done.read({"kind": "projects"}, who)
    for condition in (who.where, done.where):
        stages = set(Project.objects.filter(condition).values_list("stage", flat=True))
        assert stages == {"", "running", "finished"}


def test_contracts_can_owe_a_duty(make: Make) -> None:
    who = Who.read({"kind": "service-contracts"})
    assert (who.begins, who.ends, who.where) == ("signed_on", "closed_on", Q())
    done = Done.read({"kind": "service-contracts", "on": "accepted_on"}, who)
    assert (done.link, done.day) == ("pk", "accepted_on")


def test_a_start_ahead_needs_a_stage_that_says_so(make: Make, district: Area) -> None:
    project = make(Project)
    project.starts_on = Day.today() + datetime.timedelta(days=40)
    (problem,) = find_problems(project)
    assert problem.message.endswith("尚未开始的项目请把“项目阶段”选为“储备”或“立项”")
    project.stage = ProjectStage.RESERVE
    assert find_problems(project) == []


def test_a_project_with_a_funds_money_is_asked_for_its_resolution(
    make: Make, district: Area
) -> None:
    project = make(Project, stage="running", fund=make(Fund))
    assert [(each.code, each.field) for each in find_problems(project)] == [
        ("resolution", "resolved_on")
    ]


def test_aid_from_a_project_that_has_not_begun_is_asked_about(make: Make, district: Area) -> None:
    aid = make(Aid, project=make(Project, stage="reserve", starts_on=DAY))
    assert [(each.code, each.field) for each in find_problems(aid)] == [("not_begun", "project")]


def test_the_names_of_organisations_on_file_are_taken_over(make: Make, district: Area) -> None:
    org, charity = make(CommunityOrg), make(Charity)
    project = make(Project, implementer_org=org, partner_charity=charity)
    project.complete()
    assert (project.implementer, project.partner) == (org.name, charity.name)
