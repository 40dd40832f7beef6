"""需求 → 项目 → 资源: numbers as the records give them, suggestions that fit, nothing of a neighbour."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from projects.ending import ending_contracts
from projects.matching.fitting import open_needs
from projects.matching.numbers import Numbers, Place, numbers_by_area, share_text, total_of
from projects.models import Match, Need, Project, Resource, ServiceContract
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU, QIXINGGANG
from tests.types import Make

TODAY = timezone.localdate()
PAST, LATER = TODAY - datetime.timedelta(days=30), TODAY + datetime.timedelta(days=30)
FACT = {"status": "approved"}


@pytest.fixture
def world(make: Make, district: Area) -> list[Any]:
    """Needs, resources, projects and matches in two streets: facts and others, open and closed."""
    found: list[Any] = []
    for area in (HUAYIPO, MINSHENGLU):
        for number, status in enumerate(("approved", "approved", "approved", "pending")):
            given: dict[str, Any] = {"area_id": area, "status": status}
            name, closed = f"{area}{number}", PAST if number == 2 else None
            need = make(Need, name=name, found_on=PAST, needed_by=None, closed_on=closed, **given)
            hall = make(Resource, name=name, available_from=PAST, closed_on=closed, **given)
            project = make(
                Project,
                name=name,
                stage=("running", "finished", "reserve", "running")[number],
                starts_on=PAST,
                surveyed_on=PAST,
                surveyed=10,
                precise=number,
                satisfied=9 - number,
                **given,
            )
            found += [need, hall, project]
            if number == 0:
                made = {"project": project, "matched_on": PAST, "area_id": area}
                found.append(make(Match, need=need, resource=None, **made, **FACT))
                found.append(make(Match, need=None, resource=hall, status="pending", **made))
    return found


def _plain(root: str) -> Numbers:
    """Count in the plainest way."""
    facts = Match.objects.filter(status="approved", project__status="approved")
    needs = [
        each for each in Need.objects.filter(status="approved") if each.area_id.startswith(root)
    ]
    matched = [each for each in needs if any(match.need_id == each.pk for match in facts)]
    closed = [each for each in needs if each not in matched and each.closed_on]
    there = [
        each
        for each in Resource.objects.filter(status="approved", closed_on=None)
        if each.area_id.startswith(root)
    ]
    used = [each for each in there if any(match.resource_id == each.pk for match in facts)]
    projects = [
        each for each in Project.objects.filter(status="approved") if each.area_id.startswith(root)
    ]
    begun = [each for each in projects if each.stage not in ("reserve", "approved")]
    return Numbers(
        open_needs=len(needs) - len(matched) - len(closed),
        matched_needs=len(matched),
        closed_needs=len(closed),
        free_resources=len(there) - len(used),
        used_resources=len(used),
        projects={
            stage: number
            for stage in ("", "reserve", "approved", "running", "finished")
            if (number := sum(each.stage == stage for each in projects))
        },
        asked=sum(each.surveyed or 0 for each in begun),
        asked_about={
            name: sum(each.surveyed or 0 for each in begun if getattr(each, name) is not None)
            for name in ("precise", "expert", "satisfied")
        },
        content={
            name: sum(getattr(each, name) or 0 for each in begun)
            for name in ("precise", "expert", "satisfied")
        },
    )


@pytest.mark.parametrize("root", [DISTRICT, QIXINGGANG, HUAYIPO, "50"])
def test_the_numbers_are_those_of_the_records(world: list[Any], root: str) -> None:
    assert total_of(numbers_by_area(Place.on(root, TODAY))) == _plain(root)


def test_the_rows_are_the_areas_below(world: list[Any]) -> None:
    assert [row.area.code for row in numbers_by_area(Place.on(DISTRICT, TODAY))] == [
        QIXINGGANG,
        MINSHENGLU[:9],
    ]


def test_shares_add_people_up_and_are_no_mean_of_shares() -> None:
    one, two = (
        Numbers(asked_about={"satisfied": asked}, content={"satisfied": content})
        for asked, content in ((1, 1), (9, 0))
    )
    assert dict((one + two).shares)["满意度"] == "10.0%"
    assert (share_text(0, 0), share_text(2, 3)) == ("—", "66.7%")


def test_what_fits_is_suggested_the_nearest_first(make: Make, district: Area, quji: User) -> None:
    others = Area.objects.children_of(QIXINGGANG, TODAY).exclude(code=HUAYIPO)
    neighbour = others.values_list("code", flat=True)[0]
    make(
        Need,
        direction="eldercare",
        group="elderly",
        lacks="place",
        found_on=PAST,
        needed_by=None,
        **FACT,
    )
    fits = {"direction": "eldercare", "for_elderly": True, "stage": "running", **FACT}
    for area in (MINSHENGLU, neighbour, HUAYIPO):
        make(Project, name=f"助老{area}", area_id=area, **fits)
        make(Resource, name=f"场地{area}", area_id=area, kind="place", group="all", **FACT)
    make(Project, name="不为老", **(fits | {"for_elderly": False}))
    make(Project, name="已结项", **(fits | {"stage": "finished"}))
    make(Project, name="未审核", **(fits | {"status": "pending"}))
    make(Resource, name="物资", kind="goods", group="all", **FACT)
    make(Resource, name="已停用", kind="place", group="all", closed_on=PAST, **FACT)
    (need,) = open_needs(Place.on(DISTRICT, TODAY), quji)
    places = [HUAYIPO, neighbour, MINSHENGLU]
    assert [each.record.area_id for each in need.projects] == places
    assert [each.record.area_id for each in need.resources] == places
    assert [each.why.split("，")[0] for each in need.projects] == [
        "本社区（村）",
        "本街道（乡镇）",
        "本区县",
    ]


def test_a_need_of_everybody_takes_nothing_that_is_kept_for_some(
    make: Make, district: Area, quji: User
) -> None:
    make(Need, group="all", lacks="place", found_on=PAST, needed_by=None, **FACT)
    for group in ("elderly", "all"):
        make(Resource, name=group, kind="place", group=group, **FACT)
    (need,) = open_needs(Place.on(DISTRICT, TODAY), quji)
    assert [str(each.record) for each in need.resources] == ["all"]


def test_what_a_street_above_has_is_offered_and_what_a_neighbour_has_is_not(
    make: Make, district: Area, jiedao: User
) -> None:
    make(
        Need,
        direction="eldercare",
        group="elderly",
        lacks="",
        found_on=PAST,
        needed_by=None,
        **FACT,
    )
    for area in (DISTRICT, QIXINGGANG, MINSHENGLU):
        make(Resource, name=f"资源{area}", area_id=area, group="all", **FACT)
    make(Resource, name="上级未审核", area_id=DISTRICT, group="all", status="pending")
    (need,) = open_needs(Place.on(QIXINGGANG, TODAY), jiedao)
    assert {each.record.area_id for each in need.resources} == {DISTRICT, QIXINGGANG}
    assert MINSHENGLU not in {each.area_id for each in Need.objects.choosable_by(jiedao)}


def test_the_page_is_for_the_own_area_only(client: Client, world: list[Any], jiedao: User) -> None:
    client.force_login(jiedao)
    page = client.get(reverse("matching", args=[QIXINGGANG]))
    assert "居民需求3项，待对接1项，已对接1项" in page.content.decode()
    for code in (MINSHENGLU[:9], MINSHENGLU, DISTRICT):
        assert client.get(reverse("matching", args=[code])).status_code == 404


def test_contracts_that_end_within_60_days_are_listed_until_they_are_accepted(
    make: Make, district: Area, quji: User, jiedao: User
) -> None:
    since = {"signed_on": PAST, "starts_on": PAST, **FACT}
    open_ones = {"accepted_on": None, "acceptance": ""}
    for days in (-10, 0, 60, 61):
        ends = TODAY + datetime.timedelta(days=days)
        for area in (QIXINGGANG, MINSHENGLU[:9]):
            make(ServiceContract, name=f"{days}", area_id=area, ends_on=ends, **since, **open_ones)
    done = {"accepted_on": TODAY, "acceptance": "good"}
    make(ServiceContract, name="已验收", area_id=QIXINGGANG, ends_on=TODAY, **since, **done)
    make(
        ServiceContract,
        name="已终止",
        area_id=QIXINGGANG,
        ends_on=LATER,
        closed_on=PAST,
        **since,
        **open_ones,
    )
    draft = since | {"status": "draft"}
    make(ServiceContract, name="草稿", area_id=QIXINGGANG, ends_on=LATER, **draft, **open_ones)
    found = ending_contracts(jiedao, TODAY)
    assert [each.name for each in found.listed] == ["0", "60", "-10"]
    assert (found.number, found.more, ending_contracts(quji, TODAY).number) == (3, 0, 6)


def test_contracts_that_nobody_accepted_hide_none_that_ends_soon(
    make: Make, district: Area, quji: User
) -> None:
    since = {"signed_on": PAST, "starts_on": PAST, "accepted_on": None, "acceptance": "", **FACT}
    ended = TODAY - datetime.timedelta(days=1)
    for number in range(25):
        make(ServiceContract, name=f"旧{number}", area_id=QIXINGGANG, ends_on=ended, **since)
    make(ServiceContract, name="将到期", area_id=MINSHENGLU[:9], ends_on=LATER, **since)
    found = ending_contracts(quji, TODAY)
    assert (found.listed[0].name, found.number, found.more) == ("将到期", 26, 6)


def test_a_match_counts_while_all_that_it_names_are_facts(make: Make, district: Area) -> None:
    need = make(Need, found_on=PAST, needed_by=None, **FACT)
    hall = make(Resource, available_from=PAST, **FACT)
    project = make(Project, starts_on=PAST, stage="running", **FACT)
    make(Match, need=need, resource=hall, project=project, matched_on=PAST, **FACT)
    assert total_of(numbers_by_area(Place.on(DISTRICT, TODAY))).matched_needs == 1
    Resource.objects.update(status="void")
    total = total_of(numbers_by_area(Place.on(DISTRICT, TODAY)))
    assert (total.open_needs, total.matched_needs) == (1, 0)
