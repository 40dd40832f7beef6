"""Which areas have an emergency plan in force, and which have none; what is in stock; the drills."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from areas.codes import (
    COMMUNITY_LEVEL,
    COUNTY_LEVEL,
    TOWNSHIP_LEVEL,
    ancestors_of,
    cut_to,
    level_of,
)
from areas.models import Area
from areas.successions import Successions, homes_of
from scenes.models import EmergencyDrill, EmergencyPlan, EmergencySupply

#: The levels whose areas should have a plan of their own; the platform's default.
LEVELS = {COUNTY_LEVEL: "区县", TOWNSHIP_LEVEL: "乡镇（街道）", COMMUNITY_LEVEL: "村（社区）"}
#: At most so many areas of a level are listed.
LISTED = 50
_YEAR = datetime.timedelta(days=365)


@dataclass(frozen=True)
class Numbers:
    """The numbers of one area. `areas` and `without`: by level, all and those without a plan."""

    areas: Mapping[int, int]
    without: Mapping[int, int]
    #: Plans in force, and those whose day of revision has passed.
    plans: int
    overdue: int
    #: Lots in stock, and those that have expired and are still there.
    supplies: int
    expired: int
    #: Drills of the last 365 days.
    drills: int

    @property
    def levels(self) -> list[tuple[str, int, int]]:
        """By level: its name, how many areas it has, and how many of them have no plan."""
        return [
            (name, self.areas.get(level, 0), self.without.get(level, 0))
            for level, name in LEVELS.items()
        ]


@dataclass(frozen=True)
class AreaNumbers:
    """The numbers of one area below the one that is asked for, or of its own."""

    area: Area
    numbers: Numbers


@dataclass(frozen=True)
class Missing:
    """An area without a plan of its own, the area above it, and the nearest one above that has one."""

    area: Area
    parent: Area | None
    above: Area | None


@dataclass(frozen=True)
class MissingGroup:
    """The areas of one level without a plan: how many, the first of them, and how many more."""

    level: str
    number: int
    listed: list[Missing]

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.number - len(self.listed)


@dataclass(frozen=True)
class Preparedness:
    """What the page shows: numbers by area, their sum, and the areas without a plan by level."""

    rows: list[AreaNumbers]
    total: Numbers
    missing: list[MissingGroup]


#: What is counted at an area: the name of a field of `Numbers`, for `areas` and `without` with the level.
_Tally = Counter[tuple[str, int]]


def preparedness(area: str, day: datetime.date) -> Preparedness:
    """Return how an area and those below it are prepared on a day: by county above a county.

    Only approved records count. What a renamed or merged area has stands at its successor.
    """
    successions = Successions.stored()
    found = list(_records(area, day, successions))
    homes = homes_of({code for code, _, _ in found}, day, successions)
    tallies: dict[str, _Tally] = defaultdict(Counter)
    for code, name, number in found:
        tallies[homes[code]][name, 0] += number
    places = dict(_places(area, day))
    having = {code for code, tally in tallies.items() if tally["plans", 0]}
    for code, level in places.items():
        tallies[code]["areas", level] += 1
        tallies[code]["without", level] += code not in having
    missing = [code for code in places if code not in having]
    by_area = _below(area, tallies)
    return Preparedness(
        _rows(by_area),
        _numbers(sum(by_area.values(), _Tally())),
        _missing(missing, places, having | _having_above(area, day)),
    )


def in_force(day: datetime.date) -> Q:
    """Return the condition that a plan is approved and in force on a day."""
    is_open = Q(closed_on__isnull=True) | Q(closed_on__gt=day)
    return is_open & Q(status="approved", issued_on__lte=day)


def _places(area: str, day: datetime.date) -> Iterator[tuple[str, int]]:
    """Yield code and level of the counted areas that should have a plan, in the order of the codes."""
    rows = Area.objects.within(area).filter(is_counted=True, level__in=LEVELS).existing_on(day)
    yield from rows.order_by("code").values_list("code", "level")


def _records(
    area: str, day: datetime.date, successions: Successions
) -> Iterator[tuple[str, str, int]]:
    """Yield (area, field of `Numbers`, number) of what counts for an area on a day."""
    place = successions.condition("area_id", area, day)
    in_stock = Q(closed_on__isnull=True) | Q(closed_on__gt=day)
    stock = EmergencySupply.objects.approved().filter(in_stock, stocked_on__lte=day)
    drills = EmergencyDrill.objects.approved().filter(held_on__gt=day - _YEAR, held_on__lte=day)
    expired = Q(expires_on__lt=day)
    for name, rows in {
        "plans": EmergencyPlan.objects.filter(in_force(day)),
        "overdue": EmergencyPlan.objects.filter(in_force(day), review_on__lt=day),
        "supplies": stock.exclude(expired),
        "expired": stock.filter(expired),
        "drills": drills,
    }.items():
        groups = rows.filter(place).order_by().values("area_id").annotate(number=Count("pk"))
        for row in groups:
            yield row["area_id"], name, row["number"]


def _having_above(area: str, day: datetime.date) -> set[str]:
    rows = EmergencyPlan.objects.filter(in_force(day), area_id__in=ancestors_of(area))
    return set(rows.values_list("area_id", flat=True))


def _numbers(tally: _Tally) -> Numbers:
    return Numbers(
        areas={level: tally["areas", level] for level in LEVELS},
        without={level: tally["without", level] for level in LEVELS},
        **{name: tally[name, 0] for name in ("plans", "overdue", "supplies", "expired", "drills")},
    )


def _below(area: str, tallies: Mapping[str, _Tally]) -> dict[str, _Tally]:
    """Add up the tallies by the areas below, and those of the area's own."""
    level = min(max(level_of(area) + 1, COUNTY_LEVEL), COMMUNITY_LEVEL)
    found: dict[str, _Tally] = defaultdict(Counter)
    for code, tally in tallies.items():
        found[cut_to(code, level)].update(tally)
    return found


def _rows(tallies: Mapping[str, _Tally]) -> list[AreaNumbers]:
    areas = Area.objects.in_bulk(list(tallies))
    return [
        AreaNumbers(areas[code], _numbers(tallies[code]))
        for code in sorted(tallies)
        if code in areas
    ]


def _missing(
    codes: Collection[str], levels: Mapping[str, int], having: Collection[str]
) -> list[MissingGroup]:
    """Return the areas without a plan by level, each with the nearest one above that has one."""
    found = []
    for level, name in LEVELS.items():
        own = [code for code in codes if levels[code] == level]
        told = {code: (cut_to(code, level - 1), _nearest(code, having)) for code in own[:LISTED]}
        areas = Area.objects.in_bulk([*told, *{code for pair in told.values() for code in pair}])
        listed = [
            Missing(areas[code], areas.get(parent), areas.get(above))
            for code, (parent, above) in told.items()
        ]
        found.append(MissingGroup(name, len(own), listed))
    return [group for group in found if group.number]


def _nearest(code: str, having: Collection[str]) -> str:
    return max((each for each in ancestors_of(code) if each in having), key=len, default="")


def sentence_of(place: Area, total: Numbers) -> str:
    """Sum up the numbers: `渝中区：应急预案12份，…；乡镇（街道）11个，无预案3个；…`."""
    told = f"应急预案{total.plans}份"
    if total.overdue:
        told += f"（{total.overdue}份已过修订日期）"
    parts = [f"{told}，近一年演练{total.drills}次，在库物资{total.supplies}批"]
    if total.expired:
        parts[0] += f"，另有{total.expired}批已过有效期"
    parts += [f"{name}{all_}个，无预案{without}个" for name, all_, without in total.levels if all_]
    return f"{place}：{'；'.join(parts)}。"
