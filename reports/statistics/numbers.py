"""The numbers of the form: community organisations at the end of a day, by area.

渝北民〔2021〕114号 四（二） has them counted in 民政事业统计 and weighed in 综合评估. The numbers at the end of
the day are those of the measure `orgs`: approved, registered by then, neither closed nor expired.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from areas.codes import COMMUNITY_LEVEL, COUNTY_LEVEL, cut_to, level_of
from areas.models import Area
from areas.successions import Successions, homes_of
from orgs.models import CommunityOrg, Grade, Nature, OrgAssessment, OrgCategory, Tier
from reviews.querysets import SubmissionQuerySet


@dataclass(frozen=True)
class Column:
    """A column of the form: its group, its name, and how it adds up the rows of an area."""

    group: str
    name: str
    sum: Any


@dataclass(frozen=True)
class Line:
    """The numbers of one area, in the order of the columns."""

    area: Area
    numbers: list[int]


@dataclass(frozen=True)
class Form:
    """The filled form: its columns, a line for each area that has any number, and their sums."""

    columns: list[tuple[str, str]]
    lines: list[Line]
    total: list[int]

    @property
    def groups(self) -> list[tuple[str, int]]:
        """The groups in order, each with its number of columns."""
        return list(Counter(group for group, _ in self.columns).items())


def fill_form(area: str, day: datetime.date) -> Form:
    """Return the form of an area at the end of a day: by county above a county.

    The organisations of a renamed or merged area stand at its successor.
    """
    tables = ((_orgs(), org_columns(day)), (_assessments(day), _grade_columns()))
    columns = [column for _, part in tables for column in part]
    successions = Successions.stored()
    place = successions.condition("area_id", area, day)
    found: dict[str, list[int]] = defaultdict(lambda: [0] * len(columns))
    first = 0
    for rows, part in tables:
        for code, numbers in _sums(rows.filter(place), part):
            for at, number in enumerate(numbers, start=first):
                found[code][at] += number
        first += len(part)
    lines = _lines(area, found, homes_of(set(found), day, successions))
    total = [sum(numbers) for numbers in zip(*(line.numbers for line in lines), strict=True)]
    named = [(column.group, column.name) for column in columns]
    return Form(named, lines, total or [0] * len(columns))


def _orgs() -> SubmissionQuerySet:
    rows: SubmissionQuerySet = CommunityOrg.objects.approved()
    return rows


def _assessments(day: datetime.date) -> SubmissionQuerySet:
    rows: SubmissionQuerySet = OrgAssessment.objects.approved()
    return rows.filter(assessed_on__range=(day.replace(month=1, day=1), day))


def in_force(day: datetime.date) -> Q:
    """Return the condition that an organisation is there at the end of a day."""
    is_open = Q(closed_on__isnull=True) | Q(closed_on__gt=day)
    is_valid = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    return is_open & is_valid & Q(registered_on__lte=day)


def org_columns(day: datetime.date) -> list[Column]:
    """Return the columns of organisations: those at the end of the day, and the changes of its year."""
    now, year = in_force(day), (day.replace(month=1, day=1), day)
    inside = now & Q(area__level=COMMUNITY_LEVEL)

    def number(group: str, name: str, condition: Q) -> Column:
        return Column(group, name, Count("pk", filter=condition))

    return [
        number("期末数", "合计", now),
        *(number("管理层级", str(tier.label), now & Q(tier=tier)) for tier in Tier),
        number("城乡", "城镇社区", inside & Q(area__is_urban=True)),
        number("城乡", "农村社区", inside & Q(area__is_urban=False)),
        number("城乡", "街道（乡镇）以上", now & ~Q(area__level=COMMUNITY_LEVEL)),
        *(number("类别", str(each.label), now & Q(category=each)) for each in OrgCategory),
        *(number("性质", str(nature.label), now & Q(nature=nature)) for nature in Nature),
        number("性质", "未填", now & Q(nature="")),
        number("其中", "认定为慈善组织", now & Q(charity_since__lte=day)),
        number("其中", "有章程", now & Q(charter_on__lte=day)),
        number("其中", "有党组织", now & Q(has_party_body=True)),
        Column("人员", "成员（人）", Coalesce(Sum("members", filter=now), 0)),
        Column("人员", "党员（人）", Coalesce(Sum("party_members", filter=now), 0)),
        number("本年变动", "新登记、备案", Q(registered_on__range=year)),
        number("本年变动", "注销", Q(closed_on__range=year)),
    ]


def _grade_columns() -> list[Column]:
    return [
        Column("本年评估评议", str(grade.label), Count("pk", filter=Q(grade=grade)))
        for grade in Grade
    ]


def _sums(rows: SubmissionQuerySet, columns: list[Column]) -> Iterator[tuple[str, list[int]]]:
    """Yield the areas of the rows, each with its numbers."""
    named = {f"column_{at}": column.sum for at, column in enumerate(columns)}
    for row in rows.order_by().values("area_id").annotate(**named):
        yield row["area_id"], [row[name] for name in named]


def _lines(area: str, found: dict[str, list[int]], homes: dict[str, str]) -> list[Line]:
    level = min(max(level_of(area) + 1, COUNTY_LEVEL), COMMUNITY_LEVEL)
    added: dict[str, list[int]] = {}
    for code, numbers in found.items():
        key = cut_to(homes[code], level)
        added[key] = [
            a + b for a, b in zip(added.get(key, [0] * len(numbers)), numbers, strict=True)
        ]
    areas = Area.objects.in_bulk(list(added))
    return [
        Line(areas[code], added[code])
        for code in sorted(added)
        if code in areas and any(added[code])
    ]
