"""Numbers of needs, resources and projects by area: how many are matched, and what was thought of them.

A need or a resource is matched while an approved match names it whose project, need and resource
are approved, too: as the measure `matches` counts.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter

from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from areas.codes import COMMUNITY_LEVEL, COUNTY_LEVEL, cut_to, level_of
from areas.models import Area
from areas.successions import Successions, homes_of
from projects.models import SATISFACTION, Match, Need, Project, ProjectStage, Resource
from reviews.querysets import SubmissionQuerySet

_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Place:
    """An area on a day, with the successions by which records count for it; they are read once."""

    code: str
    day: datetime.date
    successions: Successions

    @classmethod
    def on(cls, code: str, day: datetime.date) -> Place:
        """Return an area on a day."""
        return cls(code, day, Successions.stored())

    @property
    def condition(self) -> Q:
        """The condition that a record counts for the area, or for one that it followed."""
        return self.successions.condition("area_id", self.code, self.day)


@dataclass(frozen=True)
class Numbers:
    """The numbers of one area. `projects`: by stage, under "" those that name none."""

    open_needs: int = 0
    matched_needs: int = 0
    closed_needs: int = 0
    free_resources: int = 0
    used_resources: int = 0
    projects: Mapping[str, int] = field(default_factory=dict)
    #: People who were asked; by dimension those of surveys that asked about it, and the content ones.
    asked: int = 0
    asked_about: Mapping[str, int] = field(default_factory=dict)
    content: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Numbers) -> Numbers:
        """Return the numbers of two areas together."""
        return Numbers(
            open_needs=self.open_needs + other.open_needs,
            matched_needs=self.matched_needs + other.matched_needs,
            closed_needs=self.closed_needs + other.closed_needs,
            free_resources=self.free_resources + other.free_resources,
            used_resources=self.used_resources + other.used_resources,
            projects=_added(self.projects, other.projects),
            asked=self.asked + other.asked,
            asked_about=_added(self.asked_about, other.asked_about),
            content=_added(self.content, other.content),
        )

    @property
    def stages(self) -> list[tuple[str, int]]:
        """The numbers of projects by stage, with those of no stage last."""
        named = [(str(stage.label), self.projects.get(stage.value, 0)) for stage in ProjectStage]
        return [*named, ("未填阶段", self.projects.get("", 0))]

    @property
    def shares(self) -> list[tuple[str, str]]:
        """The three dimensions of satisfaction, each as a share of those asked: `92.3%`, or `—`."""
        return [
            (name, share_text(self.content.get(field, 0), self.asked_about.get(field, 0)))
            for field, name in SATISFACTION.items()
        ]


def _added(one: Mapping[str, int], two: Mapping[str, int]) -> dict[str, int]:
    return {key: one.get(key, 0) + two.get(key, 0) for key in {**one, **two}}


def share_text(part: int, whole: int) -> str:
    """Return a share in per cent with one decimal; `—` where nobody was asked."""
    if not whole:
        return "—"
    return f"{(Decimal(100 * part) / whole).quantize(_TENTH, ROUND_HALF_UP)}%"


def standing_matches(link: str) -> SubmissionQuerySet:
    """Return the matches that count for the row of an outer query which `link` refers to."""
    facts: SubmissionQuerySet = Match.objects.approved().filter(
        Q(need=None) | Q(need__status="approved"),
        Q(resource=None) | Q(resource__status="approved"),
        project__status="approved",
        **{link: OuterRef("pk")},
    )
    return facts


def needs_at(place: Place) -> SubmissionQuerySet:
    """Return the needs of an area that were known on its day, each with `is_matched` and `is_closed`."""
    return _told(Need.objects.filter(found_on__lte=place.day), "need", place)


def resources_at(place: Place) -> SubmissionQuerySet:
    """Return the resources of an area that could be used on its day, each with `is_matched`."""
    rows = Resource.objects.filter(available_from__lte=place.day)
    return _told(rows, "resource", place).filter(is_closed=False)


def _told(rows: SubmissionQuerySet, link: str, place: Place) -> SubmissionQuerySet:
    matches = standing_matches(link).filter(matched_on__lte=place.day)
    closed = Case(
        When(closed_on__lte=place.day, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    rows = rows.approved().filter(place.condition)
    return rows.annotate(is_matched=Exists(matches), is_closed=closed)


@dataclass(frozen=True)
class AreaNumbers:
    """The numbers of one area below the one that is asked for."""

    area: Area
    numbers: Numbers


def numbers_by_area(place: Place) -> list[AreaNumbers]:
    """Return the numbers of the areas below an area that have any: by county above a county.

    What a renamed or merged area has stands at its successor.
    """
    level = min(max(level_of(place.code) + 1, COUNTY_LEVEL), COMMUNITY_LEVEL)
    read = [pair for part in (_needs, _resources, _projects) for pair in part(place)]
    homes = homes_of({code for code, _ in read}, place.day, place.successions)
    found: dict[str, Numbers] = defaultdict(Numbers)
    for code, numbers in read:
        found[cut_to(homes[code], level)] += numbers
    areas = Area.objects.in_bulk(list(found))
    return [AreaNumbers(areas[code], found[code]) for code in sorted(found) if code in areas]


def total_of(rows: Iterable[AreaNumbers]) -> Numbers:
    """Return the sums of the rows."""
    return sum(map(attrgetter("numbers"), rows), Numbers())


def _needs(place: Place) -> Iterable[tuple[str, Numbers]]:
    rows = needs_at(place).order_by().values("area_id")
    is_open = Q(is_matched=False, is_closed=False)
    for row in rows.annotate(
        open=Count("pk", filter=is_open),
        matched=Count("pk", filter=Q(is_matched=True)),
        closed=Count("pk", filter=Q(is_matched=False, is_closed=True)),
    ):
        yield (
            row["area_id"],
            Numbers(
                open_needs=row["open"], matched_needs=row["matched"], closed_needs=row["closed"]
            ),
        )


def _resources(place: Place) -> Iterable[tuple[str, Numbers]]:
    rows = resources_at(place).order_by().values("area_id")
    for row in rows.annotate(
        free=Count("pk", filter=Q(is_matched=False)), used=Count("pk", filter=Q(is_matched=True))
    ):
        yield row["area_id"], Numbers(free_resources=row["free"], used_resources=row["used"])


def _projects(place: Place) -> Iterable[tuple[str, Numbers]]:
    rows = Project.objects.approved().filter(place.condition).order_by()
    asked = Project.counts_when & Q(surveyed_on__lte=place.day)
    sums = {"all": _sum("surveyed", asked)}
    for name in SATISFACTION:
        sums[f"content_{name}"] = _sum(name, asked)
        sums[f"about_{name}"] = _sum("surveyed", asked & Q(**{f"{name}__isnull": False}))
    groups = rows.values("stage", "area_id").annotate(number=Count("pk"), **sums)
    for row in groups:
        yield (
            row["area_id"],
            Numbers(
                projects={row["stage"]: row["number"]},
                asked=row["all"],
                asked_about={name: row[f"about_{name}"] for name in SATISFACTION},
                content={name: row[f"content_{name}"] for name in SATISFACTION},
            ),
        )


def _sum(field_name: str, condition: Q) -> Coalesce:
    return Coalesce(Sum(field_name, filter=condition), Value(0))


def sentence_of(place: Area, total: Numbers) -> str:
    """Sum up the numbers: `东胜区：居民需求12项，待对接5项，已对接7项；…`."""
    needs = total.open_needs + total.matched_needs + total.closed_needs
    told = [f"居民需求{needs}项，待对接{total.open_needs}项，已对接{total.matched_needs}项"]
    if total.closed_needs:
        told[0] += f"，未对接已终止{total.closed_needs}项"
    resources = total.free_resources + total.used_resources
    told.append(f"可用资源{resources}项，其中未对接{total.free_resources}项")
    stages = [f"{name}{number}个" for name, number in total.stages if number]
    told.append(f"项目{'，'.join(stages)}" if stages else "还没有项目")
    if total.asked:
        shares = "，".join(f"{name}{share}" for name, share in total.shares)
        told.append(f"回访{total.asked}人，{shares}")
    return f"{place}：{'；'.join(told)}。"
