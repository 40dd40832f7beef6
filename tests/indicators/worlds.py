"""Random worlds in the database: a small tree, a plan with every rule, records of all kinds.

`answer_now` reads the same rows back and lets the oracle count them.
"""

from __future__ import annotations

import calendar
import datetime
import itertools
import os
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from accounts.models import Role, User
from areas.models import Area, AreaSuccession
from areas.services import SuccessionError, register_succession
from funds.models import Donation, Fund
from indicators.models import Indicator, ManualFigure, OpeningBalance, Plan, Target
from indicators.plan.loading import load_plans
from indicators.store.series import ensure_layout
from orgs.models import CommunityOrg, Training
from reviews.models import Status, Submission
from scenes.models import Activity, ActivityReach, Scene
from tests.indicators.oracle import Answer, Fact, Facts, Move, Opening, Place, Report
from tests.rows import KeptRows, keep

Day = datetime.date
DISTRICT = "500103"
STARTS_ON = Day(2024, 3, 1)
KINDS: tuple[type[Submission], ...] = (
    Fund,
    Donation,
    Scene,
    Training,
    Activity,
    CommunityOrg,
    OpeningBalance,
    ManualFigure,
)
_STATUSES = [Status.APPROVED] * 5 + [Status.DRAFT, Status.PENDING, Status.RETURNED, Status.VOID]

#: Last parts of codes; after …001999 comes the next street, …002.
_LAST = ["001", "002", "010", "999"]

_RULES: dict[str, str] = {
    "funds": 'counting = "stock"\nmeasure = "funds"',
    "scenes": 'counting = "stock"\nmeasure = "scenes"',
    "charity_orgs": 'counting = "stock"\nmeasure = "charity_orgs"',
    "trained_year": 'counting = "year"\nmeasure = "trained"',
    "trained_quarter": 'counting = "period"\nmeasure = "trained"',
    "raised_half": 'counting = "period"\nmeasure = "raised"\nperiod = "half_year"\nunit = "万元"',
    "trained_all": 'counting = "cumulative"\nmeasure = "trained"',
    "raised_year": 'counting = "year"\nmeasure = "raised"\nunit = "万元"',
    "raised_all": 'counting = "cumulative"\nmeasure = "raised"\nunit = "元"',
    "same_day": 'counting = "growth"\nmeasure = "raised"\nunit = "%"',
    "whole_year": 'counting = "growth"\nmeasure = "trained"\nunit = "%"\nagainst = "whole_year"',
    "streets": 'counting = "coverage"\nmeasure = "street_funds"\nlevel = 4\nshare = true',
    "communities": 'counting = "coverage"\nmeasure = "community_funds"\nlevel = 5\nshare = true',
    "two_orgs": 'counting = "coverage"\nmeasure = "charity_orgs"\nlevel = 5\nat_least = 2',
    "urban_orgs": 'counting = "coverage"\nmeasure = "charity_orgs"\nlevel = 5\nurban_only = true\n'
    "share = true",
    "counties": 'counting = "coverage"\nmeasure = "scenes"\nlevel = 3\nat_least = 3',
    "reached": 'counting = "coverage"\nmeasure = "reached"\nlevel = 5\nwithin = "year"\nshare = true',
    "trained_streets": 'counting = "coverage"\nmeasure = "trained"\nlevel = 4\nwithin = "year"\n'
    "at_least = 40",
    "reported": 'counting = "manual"\nunit = "%"',
    "filed": 'counting = "coverage"\nmeasure = "filed_charity_orgs"\nlevel = 5\nshare = true',
    "parks": 'counting = "stock"\nmeasure = "scenes:park+square"',
    "parks_each": 'counting = "coverage"\nmeasure = "scenes:park+square"\nlevel = 3\nat_least = 2',
    "series_year": 'counting = "year"\nmeasure = "activities_held:safety"',
    "trained_after": 'counting = "cumulative"\nmeasure = "trained@2024-06-15"',
    "fund_growth": 'counting = "growth"\nmeasure = "fund_raised"\nunit = "%"',
    "fund_year": 'counting = "year"\nmeasure = "fund_raised"\nunit = "元"',
}


def load_world_plan(folder: Path) -> Plan:
    """Load a plan of 渝中区 with an indicator for every counting rule, without targets."""
    head = (
        f'[plan]\ncode = "world"\ntitle = "世界"\nissuer = "局"\nissued_on = 2024-01-01\n'
        f'area = "{DISTRICT}"\nstarts_on = {STARTS_ON}\nends_on = 2028-12-31\n'
    )
    indicators = [
        f'[[indicator]]\ncode = "{code}"\nname = "{code}"\nplace = "annex"\nclause = "一"\n{rule}\n'
        + ("" if "unit =" in rule else 'unit = "个"\n')
        for code, rule in _RULES.items()
    ]
    path = folder / "world.toml"
    path.write_text("\n".join([head, *indicators]), encoding="utf-8")
    if Plan.objects.exists():
        return load_plans([path])[0]
    if not _kept:
        load_plans([path])
        _kept.extend(keep((Plan, Indicator, Target)))
    else:
        for rows in _kept:
            rows.store()
        ensure_layout()
    return Plan.objects.get()


#: The rows of this plan, checked once per process: see `tests.rows`.
_kept: list[KeptRows] = []


def _drawn(numbers: range) -> range:
    return numbers if os.environ.get("ALL_WORLDS") else numbers[: -(-len(numbers) // 2)]


def seeds(numbers: range, on_postgres: int) -> list[Any]:
    """Return the seeds of random worlds: the first few run on PostgreSQL, the others on SQLite.

    Another world tells more than the same world on the other database. Without `ALL_WORLDS=1` a run
    takes the first half of each.
    """
    here, there = map(_drawn, (numbers[:on_postgres], numbers[on_postgres:]))
    return [
        *(pytest.param(seed, marks=pytest.mark.production) for seed in here),
        *(pytest.param(seed, marks=pytest.mark.once) for seed in there),
    ]


def area(code: str, **values: object) -> Area:
    """Return an unsaved area; its kind follows from its level."""
    kinds = {2: "province", 4: "prefecture", 6: "county", 9: "street", 12: "community"}
    made = Area(code=code, name=f"区划{code}", kind=kinds[len(code)], **values)
    made.derive()
    return made


def random_day(random: Random, first: int = 2022, last: int = 2026) -> Day:
    """Draw a day; every third one is at the edge of a month."""
    year, month = random.randint(first, last), random.randint(1, 12)
    end = calendar.monthrange(year, month)[1]
    return Day(year, month, random.choice([1, end, random.randint(1, end)]))


def days_to_ask(random: Random) -> list[Day]:
    """Draw days before, among and after the records: ends of months, leap days, any day."""
    fixed = [Day(2021, 5, 20), Day(2024, 2, 29), Day(2025, 2, 28), Day(2031, 7, 4)]
    ends = [random_day(random, 2023, 2026).replace(day=28) for _ in range(2)]
    ends = [day.replace(day=calendar.monthrange(day.year, day.month)[1]) for day in ends]
    return [random.choice(fixed), *ends, random_day(random, 2023, 2026), random_day(random, 2024)]


class World:
    """A tree of areas, and the two users who cover all of it."""

    def __init__(self, random: Random, *, is_whole: bool = False) -> None:
        """Grow the tree.

        `is_whole` adds a second prefecture and the levels above (default: mostly).
        """
        self.random = random
        self._numbers = itertools.count()
        self.codes = self._grow(is_whole or random.random() < 0.7)
        root = self.codes[0]
        self.clerk = User.objects.create_user("clerk", role=Role.CLERK, area_id=root)
        self.reviewer = User.objects.create_user("reviewer", role=Role.REVIEWER, area_id=root)

    def _grow(self, is_whole: bool) -> list[str]:
        random = self.random
        counties = [DISTRICT, "500199", "500201"] if is_whole else [DISTRICT]
        codes = ["50", "5001", "5002", *counties] if is_whole else [DISTRICT]
        for county in counties:
            streets = random.sample([f"{county}{n}" for n in _LAST], random.randint(0, 3))
            codes += streets
            for street in streets:
                codes += [f"{street}{n}" for n in random.sample(_LAST, random.randint(0, 3))]
        Area.objects.bulk_create(area(code, **self._life(len(code))) for code in codes)
        return sorted(codes)

    def _life(self, width: int) -> dict[str, Any]:
        random = self.random
        if width < 6 or random.random() < 0.5:
            return {"is_urban": width == 12 and random.random() < 0.5}
        first = random_day(random) if random.random() < 0.5 else None
        last = random_day(random, 2024) if random.random() < 0.4 else None
        if first and last and last <= first:
            last = None
        flags = {"is_counted": random.random() < 0.7, "is_urban": random.random() < 0.5}
        return {**flags, "valid_from": first, "valid_to": last}

    def succeed(self, tries: int) -> int:
        """Register random successions in the order of their days; return how many were accepted.

        Renames, merges, splits (parts first), moves between counties and prefectures, chains, two
        in one month. Those that are not allowed are refused.
        """
        random = self.random
        first = random_day(random, 2024, 2025)
        days = [first, first, first + datetime.timedelta(days=9), random_day(random, 2025, 2026)]
        registered = 0
        for on in sorted(random.choice(days) for _ in range(tries)):
            old = random.choice([code for code in self.codes if len(code) > 2])
            parts = [code for code in self.codes if code[:-3] == old and random.random() < 0.3]
            for code in [*parts, old]:
                registered += self._follow(code, on)
        return registered

    def _follow(self, code: str, on: Day) -> bool:
        random, cut = self.random, len(code) - (2 if len(code) <= 6 else 3)
        near = [other for other in self.codes if len(other) == len(code)]
        above = [other for other in self.codes if len(other) == cut] or [code[:cut]]
        fresh = random.choice([code[:cut], *above]) + ("77" if len(code) <= 6 else "777")
        try:
            register_succession(
                code,
                random.choice([fresh, fresh, *near]),
                on,
                name=f"区划{fresh}",
                carries_records=random.random() < 0.9,
            )
        except SuccessionError:
            return False
        self.codes = sorted(Area.objects.values_list("code", flat=True))
        return True

    def somewhere(self, *widths: int) -> str:
        """Return an area with one of these code lengths, or any area if there is none."""
        fitting = [code for code in self.codes if len(code) in widths]
        return self.random.choice(fitting or self.codes)

    def edges(self) -> list[Day]:
        """Return the closing day of some approved fund, scene or organisation, if one closes."""
        days = [
            day
            for kind in (Fund, Scene, CommunityOrg)
            for day in kind.objects.approved().order_by("pk").values_list("closed_on", flat=True)
            if day is not None
        ]
        return [self.random.choice(days)] if days else []

    def fill(self, number: int) -> None:
        """Create `number` records of each kind in all states, in bulk."""
        kinds: tuple[type[Submission], ...] = (Fund, Donation, Scene, Training, CommunityOrg)
        for kind in kinds:
            kind._default_manager.bulk_create(self._record(kind) for _ in range(number))
        self._give_to_funds()
        self._fill_activities(number)
        self._fill_openings(number)
        self._fill_reports(number // 2)

    def _give_to_funds(self) -> None:
        """Let half of the donations go to funds of all states; by chance of their own."""
        funds = list(Fund.objects.order_by("pk"))
        gifts = list(Donation.objects.order_by("pk"))
        chance = Random(len(gifts))
        for gift in gifts:
            gift.fund = chance.choice([None, chance.choice(funds)])
        Donation.objects.bulk_update(gifts, ["fund"])

    def _reviewed(self) -> dict[str, Any]:
        status = self.random.choice(_STATUSES)
        if status == Status.DRAFT:
            return {"status": status}
        submitted = {"status": status, "submitted_by": self.clerk}
        return submitted | ({} if status == Status.PENDING else {"reviewed_by": self.reviewer})

    def _record(self, kind: type[Submission]) -> Submission:
        random, start = self.random, random_day(self.random)
        end = random_day(random, start.year) if random.random() < 0.5 else None
        life = {"closed_on": end if end and end >= start else None}
        values: dict[type[Submission], dict[str, Any]] = {
            Fund: {
                "level": (level := random.choice(["street", "community"])),
                "area_id": self.somewhere(9 if level == "street" else 12, 6),
                "established_on": start,
                "host_name": "慈善会",
                "initial_yuan": random.choice([None, 0, Decimal(random.randint(1, 10**6)) / 100]),
                **life,
            },
            Donation: {
                "donated_on": start,
                "amount_yuan": Decimal(random.randint(1, 10**7)) / 100,
                "area_id": random.choice(self.codes),
            },
            Scene: {
                "type": random.choice(["wall", "park", "square"]),
                "opened_on": start,
                "area_id": self.somewhere(6, 12),
                **life,
            },
            Training: {
                "held_on": start,
                "person_times": random.randint(1, 60),
                "area_id": random.choice(self.codes),
            },
            CommunityOrg: {
                "category": random.choice(["charity", "charity", "culture"]),
                "tier": random.choice(["street", "community", "registered"]),
                "number": "1",
                "registered_on": start,
                "valid_until": self._validity(start, end),
                "area_id": self.somewhere(9, 12),
                **life,
            },
        }
        named = {} if kind is Donation else {"name": f"记录{next(self._numbers)}"}
        return kind(**named, **values[kind], **self._reviewed())

    def _validity(self, start: Day, end: Day | None) -> Day | None:
        """Draw the last day of a 备案: none, about the closing day, or any day."""
        random = self.random
        near = [end + datetime.timedelta(days) for days in (-1, 0, 1)] if end else []
        last = random.choice([None, *near, random_day(random, start.year)])
        return last if last and last >= start else None

    def _fill_activities(self, number: int) -> None:
        """Create activities; each reaches communities of its own county only."""
        for _ in range(number):
            home = self.somewhere(6, 9)
            activity = Activity.objects.create(
                name=f"活动{next(self._numbers)}",
                held_on=random_day(self.random),
                form=self.random.choice(["activity", "publicity", "both"]),
                series=self.random.choice(["", "safety", "other"]),
                area_id=home,
                **self._reviewed(),
            )
            near = [code for code in self.codes if len(code) == 12 and code[:6] == home[:6]]
            some = self.random.sample(near, self.random.randint(0, len(near)))
            ActivityReach.objects.bulk_create(
                ActivityReach(activity=activity, area_id=code) for code in some
            )

    def _fill_openings(self, number: int) -> None:
        measures = ("funds", "scenes", "charity_orgs", "trained", "raised", "reached")
        made: dict[tuple[Any, ...], OpeningBalance] = {}
        for _ in range(number):
            measure, code = self.random.choice(measures), self.random.choice(self.codes)
            day, covers = random_day(self.random), self.random.choice(["all", "year"])
            cents = Decimal(self.random.randint(0, 99)) / 100 if measure == "raised" else 0
            made[measure, code, day, covers] = OpeningBalance(
                measure=measure,
                area_id=code,
                as_of=day,
                covers=covers,
                evidence="报表",
                quantity=self.random.randint(0, 50) + cents,
                **self._reviewed(),
            )
        OpeningBalance.objects.bulk_create(made.values(), ignore_conflicts=True)

    def _fill_reports(self, number: int) -> None:
        made: dict[tuple[Any, ...], ManualFigure] = {}
        for _ in range(number):
            code, day = self.random.choice(self.codes), random_day(self.random)
            made[code, day] = ManualFigure(
                plan_code="world",
                indicator_code="reported",
                area_id=code,
                as_of=day,
                numerator=Decimal(self.random.randint(0, 5000)) / 100,
                denominator=Decimal(self.random.randint(1, 100)),
                evidence="报表",
                **self._reviewed(),
            )
        ManualFigure.objects.bulk_create(made.values(), ignore_conflicts=True)


# --- the oracle's answer ----------------------------------------------------------------------


def places() -> list[Place]:
    """Return the tree as it is now."""
    fields = ("code", "is_counted", "is_urban", "valid_from", "valid_to")
    return [Place(**row) for row in Area.objects.values(*fields)]


def _approved(rows: Iterable[Any]) -> list[Any]:
    return [row for row in rows if row.status == "approved"]


def facts_now() -> dict[str, Facts]:
    """Return the approved records of each measure, read row by row."""
    facts: dict[str, Facts] = defaultdict(Facts)
    for fund in _approved(Fund.objects.all()):
        fact = Fact(fund.area_id, fund.established_on, fund.closed_on)
        facts["funds"].records.append(fact)
        facts[f"{fund.level}_funds"].records.append(fact)
    for scene in _approved(Scene.objects.all()):
        fact = Fact(scene.area_id, scene.opened_on, scene.closed_on)
        facts["scenes"].records.append(fact)
        if scene.type in ("park", "square"):
            facts["scenes:park+square"].records.append(fact)
    for org in _approved(CommunityOrg.objects.filter(category="charity")):
        expired = org.valid_until + datetime.timedelta(1) if org.valid_until else None
        ends = [day for day in (org.closed_on, expired) if day]
        fact = Fact(org.area_id, org.registered_on, min(ends, default=None))
        facts["charity_orgs"].records.append(fact)
        if org.tier != "registered":
            facts["filed_charity_orgs"].records.append(fact)
    for training in _approved(Training.objects.all()):
        fact = Fact(training.area_id, training.held_on, None, Decimal(training.person_times))
        facts["trained"].records.append(fact)
        if training.held_on > Day(2024, 6, 15):
            facts["trained@2024-06-15"].records.append(fact)
    for donation in _approved(Donation.objects.select_related("fund")):
        if donation.fund is not None and donation.fund.status != "approved":
            continue  # the money of a fund that is void or no fact yet
        fact = Fact(donation.area_id, donation.donated_on, None, donation.amount_yuan)
        facts["raised"].records.append(fact)
        if donation.fund is not None:
            facts["fund_raised"].records.append(fact)
    for fund in _approved(Fund.objects.exclude(initial_yuan=None)):
        fact = Fact(fund.area_id, fund.established_on, None, fund.initial_yuan)
        facts["fund_raised"].records.append(fact)
    for activity in _approved(Activity.objects.prefetch_related("reaches")):
        if activity.series == "safety" and activity.form != "publicity":
            fact = Fact(activity.area_id, activity.held_on)
            facts["activities_held:safety"].records.append(fact)
        for reach in activity.reaches.all():
            facts["reached"].records.append(Fact(reach.area_id, activity.held_on))
    for row in _approved(OpeningBalance.objects.all()):
        balance = Opening(row.area_id, row.as_of, row.covers, row.quantity)
        facts[row.measure].openings.append(balance)
    facts["scenes:park+square"].openings = facts["scenes"].openings  # balances name no type
    facts["trained@2024-06-15"].openings = facts["trained"].openings
    return facts


def reports_now() -> list[Report]:
    """Return the approved manual figures."""
    return [
        Report(row.area_id, row.as_of, row.numerator, row.denominator)
        for row in _approved(ManualFigure.objects.all())
    ]


def moves_now() -> list[Move]:
    """Return the successions that carry records."""
    rows = AreaSuccession.objects.filter(carries_records=True)
    return [Move(row.on, row.predecessor_id, row.successor_id) for row in rows]


def answer_now() -> Answer:
    """Return the oracle with the rows as they are now."""
    return Answer(places(), facts_now(), reports_now(), moves_now(), STARTS_ON)
