"""A record that is entered twice is found, whatever its state.

The name of a voided record is free again.
"""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from areas.models import Area
from orgs.models import Charity, CommunityOrg, Training, VolunteerTeam
from projects.models import Project
from reviews.checks import find_all_problems, find_problems
from reviews.models import Status
from reviews.services import submit, void
from scenes.models import Scene
from tests.records.kinds import DAY
from tests.types import Make

NAMED = [Charity, CommunityOrg, VolunteerTeam, Scene, Project]


@pytest.mark.parametrize("status", Status)
def test_a_name_is_taken_by_a_record_in_any_state_but_void(
    district: Area, make: Make, status: Status
) -> None:
    make(VolunteerTeam, name="红岩队", status=status)
    copy = VolunteerTeam(area_id="500103001003", name="红岩队", founded_on=DAY)
    codes = [problem.code for problem in find_problems(copy)]
    assert codes == ([] if status == Status.VOID else ["repeated"])


@pytest.mark.parametrize("kind", NAMED)
def test_a_stored_name_is_said_to_be_in_the_system(
    district: Area, make: Make, kind: type[Any]
) -> None:
    stored = make(kind)
    copy = kind.objects.get(pk=stored.pk)
    copy.pk = None
    (problem,) = find_problems(copy)
    assert (problem.code, problem.is_warning) == ("repeated", False)
    assert f"系统中已有同名{kind._meta.verbose_name}“{stored}”" in problem.message


def test_a_name_twice_in_one_table_is_found_at_the_second(district: Area) -> None:
    teams = [
        VolunteerTeam(area_id="500103001003", name=name, founded_on=DAY)
        for name in ("红岩队", "嘉陵队", "红岩队")
    ]
    found = find_all_problems(teams)
    assert [[problem.code for problem in problems] for problems in found] == [[], [], ["repeated"]]
    assert "本表中已有" in found[2][0].message


def test_the_same_name_elsewhere_or_of_another_kind_is_free(district: Area, make: Make) -> None:
    make(VolunteerTeam, name="红岩队")
    make(Scene, name="红岩队")
    other = VolunteerTeam(area_id="500103003013", name="红岩队", founded_on=DAY)
    assert find_problems(other) == []


def test_a_stored_record_does_not_repeat_itself(district: Area, make: Make) -> None:
    assert find_problems(make(VolunteerTeam, name="红岩队")) == []


def test_a_training_of_the_same_name_is_held_again(district: Area, make: Make) -> None:
    make(Training, name="能力提升班")
    again = make(Training, name="能力提升班", held_on=DAY.replace(month=4))
    assert find_problems(again) == []


def test_the_same_training_on_the_same_day_is_remarked(district: Area, make: Make) -> None:
    make(Training, name="能力提升班")
    found = find_problems(make(Training, name="能力提升班"))
    assert [(problem.code, problem.is_warning) for problem in found] == [("same_record", True)]


def test_a_project_of_the_same_name_begins_again_another_year(district: Area, make: Make) -> None:
    make(Project, name="温暖包")
    again = make(Project, name="温暖包", starts_on=DAY.replace(year=2025))
    assert find_problems(again) == []


def test_after_voiding_the_name_is_entered_and_submitted_anew(
    district: Area, make: Make, quji: User
) -> None:
    first = make(VolunteerTeam, name="红岩队")
    void(first, by=quji, reason="填错社区")
    second = make(VolunteerTeam, name="红岩队")
    submit(second, by=quji)
    assert second.status == "pending"


def test_renaming_a_draft_to_a_taken_name_is_found_at_its_name(district: Area, make: Make) -> None:
    make(VolunteerTeam, name="红岩队", status="approved")
    draft = make(VolunteerTeam, name="嘉陵队")
    draft.name = "红岩队"
    assert [problem.field for problem in find_problems(draft)] == ["name"]
