"""What would fit an open need: projects and resources by place, group and kind.

A project fits that serves the need's direction, or one of its services, and its group. A resource fits
that is of the kind that the need lacks, for its group or for everybody. Those of the need's own
community come first, then those of its street, then those of its county.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Case, IntegerField, Q, Value, When

from accounts.models import User
from areas.codes import COUNTY_LEVEL, TOWNSHIP_LEVEL, ancestors_of, cut_to, is_within, level_of
from areas.querysets import within_q
from projects.matching.numbers import Place, needs_at, resources_at
from projects.models import Direction, Group, Need, Project, ProjectStage, Resource
from reviews.models import Submission
from reviews.models.choice_lists import words_in
from reviews.querysets import SubmissionQuerySet

#: So many open needs are listed, and for each so many suggestions of a kind.
LISTED, SUGGESTED = 20, 3
#: So many candidates of a kind are read, the near ones first.
_READ = 1000
#: How near something is, in words.
_NEAR = ("本社区（村）", "本街道（乡镇）", "本区县", "上级")
#: Group → the flag of a project that says that it serves the group.
_FLAGS = {
    Group.ELDERLY: "for_elderly",
    Group.CHILDREN: "for_children",
    Group.HARDSHIP: "for_hardship",
    Group.DISABLED: "for_disabled",
    Group.SPECIAL: "for_special",
}


@dataclass(frozen=True)
class Suggestion:
    """A project or resource that would fit, and why."""

    record: Submission
    why: str
    query: str


@dataclass(frozen=True)
class OpenNeed:
    """An open need with what would fit it."""

    need: Need
    projects: list[Suggestion]
    resources: list[Suggestion]
    days_late: int


def open_needs(place: Place, user: User) -> list[OpenNeed]:
    """Return the open needs of an area, the most urgent first, at most `LISTED`; three statements."""
    rows, day = needs_at(place).filter(is_matched=False, is_closed=False), place.day
    dated = Case(When(needed_by=None, then=1), default=0, output_field=IntegerField())
    rows = rows.select_related("area").order_by(dated, "needed_by", "found_on", "pk")
    needs: list[Need] = list(rows[:LISTED])
    if not needs:
        return []
    projects, resources = _projects(needs, user, day), _resources(needs, user, day)
    return [
        OpenNeed(
            need,
            _best([_of_project(need, each) for each in projects if _serves(each, need)]),
            _best([_of_resource(need, each) for each in resources if _suits(each, need)]),
            max((day - need.needed_by).days, 0) if need.needed_by else 0,
        )
        for need in needs
    ]


# --- candidates ---------------------------------------------------------------------------------


def _projects(needs: Sequence[Need], user: User, day: datetime.date) -> list[Project]:
    """Return projects of the needs' counties that are not finished and that the user may match."""
    rows = Project.objects.visible_to(user).approved().exclude(stage=ProjectStage.FINISHED)
    rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=day), _around(needs, COUNTY_LEVEL))
    wanted = Q(direction__in={need.direction for need in needs})
    for service in {word for need in needs for word in words_in(need.services)}:
        wanted |= Q(services__contains=service)
    return list(_near_first(rows.filter(wanted), needs))


def _resources(needs: Sequence[Need], user: User, day: datetime.date) -> list[Resource]:
    """Return resources that can be used on the day and that the user may match."""
    rows: SubmissionQuerySet = Resource.objects.choosable_by(user).approved()
    rows = rows.filter(Q(closed_on=None) | Q(closed_on__gt=day), available_from__lte=day)
    above = {code for place in _places(needs) for code in ancestors_of(place)}
    rows = rows.filter(_around(needs, COUNTY_LEVEL) | Q(area_id__in=above))
    if all(need.lacks for need in needs):
        rows = rows.filter(kind__in={need.lacks for need in needs})
    return list(_near_first(rows, needs))


def _places(needs: Sequence[Need]) -> set[str]:
    return {need.area_id for need in needs}


def _around(needs: Sequence[Need], level: int) -> Q:
    """Return the condition that a record is in the county, or the street, of one of the needs."""
    found = Q(pk__in=())
    for code in sorted({cut_to(place, level) for place in _places(needs)}):
        found |= within_q("area_id", code)
    return found


def _near_first(rows: SubmissionQuerySet, needs: Sequence[Need]) -> SubmissionQuerySet:
    near = When(_around(needs, TOWNSHIP_LEVEL), then=Value(0))
    far = Case(near, default=Value(1), output_field=IntegerField())
    return rows.select_related("area").order_by(far, "-pk")[:_READ]


# --- what fits ------------------------------------------------------------------------------------


def _serves(project: Project, need: Need) -> bool:
    is_kind = project.direction == need.direction or bool(_shared(project, need))
    flag = _FLAGS.get(Group(need.group))
    return is_kind and (flag is None or bool(getattr(project, flag)))


def _suits(resource: Resource, need: Need) -> bool:
    is_kind = not need.lacks or resource.kind == need.lacks
    return is_kind and resource.group in (Group.ALL, need.group)


def _shared(project: Project, need: Need) -> list[str]:
    offered = _words(project.services)
    return [word for word in _words(need.services) if word in offered]


@lru_cache(maxsize=4_000)
def _words(text: str) -> tuple[str, ...]:
    """Return the words of a text; each need is compared with each project."""
    return tuple(words_in(text))


Ranked = tuple[tuple[int, int, int], Suggestion]


def _of_project(need: Need, project: Project) -> Ranked:
    near, shared = _nearness(project.area_id, need.area_id), _shared(project, need)
    why = [_NEAR[near]]
    if project.direction == need.direction:
        why.append(f"同为{Direction(need.direction).label}")
    why += shared[:2]
    query = f"need={need.pk}&project={project.pk}"
    return (near, -len(shared), -project.pk), Suggestion(project, "，".join(why), query)


def _of_resource(need: Need, resource: Resource) -> Ranked:
    near, is_open = _nearness(resource.area_id, need.area_id), resource.group == Group.ALL
    why = [_NEAR[near], resource.get_kind_display(), f"供{resource.get_group_display()}使用"]
    query = f"need={need.pk}&resource={resource.pk}"
    return (near, int(is_open), -resource.pk), Suggestion(resource, "，".join(why), query)


def _nearness(place: str, wanted: str) -> int:
    """Return how near a record is to a need: 0 the same area, 1 its street, 2 its county, 3 above it."""
    if place == wanted:
        return 0
    for near, level in ((1, TOWNSHIP_LEVEL), (2, COUNTY_LEVEL)):
        if level_of(wanted) >= level and is_within(place, cut_to(wanted, level)):
            return near
    return 3


def _best(found: Collection[Ranked]) -> list[Suggestion]:
    return [suggestion for _, suggestion in sorted(found, key=lambda each: each[0])[:SUGGESTED]]


# --- free resources -----------------------------------------------------------------------------


def free_resources(place: Place) -> list[Resource]:
    """Return resources of an area that no project uses, the newest first, at most `LISTED`."""
    rows = resources_at(place).filter(is_matched=False).select_related("area")
    return list(rows.order_by("-available_from", "-pk")[:LISTED])
