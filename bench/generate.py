"""Made-up approved records, written by the database itself: the same on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.management import call_command
from django.db import connection, models

from accounts.models import Role, User
from areas.models import Area
from areas.services import area_from, national_rows
from funds.models import Donation, Expenditure, Fund
from indicators.measures import MEASURES
from indicators.models import Covers, Indicator, ManualFigure, OpeningBalance
from indicators.plans import load_plans, shipped_files
from orgs.models import Charity, CommunityOrg, OrgCategory, Tier, Training, VolunteerTeam
from projects.models import Aid, Project
from reviews.models import Status
from scenes.models import SIX_HAVES, Activity, ActivityReach, Scene, SceneType

FIRST, LAST = datetime.date(2021, 1, 1), datetime.date(2026, 11, 20)
_DAYS = (LAST - FIRST).days + 1


@dataclass(frozen=True)
class Scale:
    """How large a tree and how many records."""

    name: str
    root: str
    records: int


SCALES = {
    scale.name: scale
    for scale in (
        Scale("district", "500103", 40_000),
        Scale("province", "53", 2_000_000),
        Scale("nation", "", 10_000_000),
        Scale("office", "500103", 20_000),
    )
}


def generate(scale: Scale) -> None:
    """The tree, the accounts, the records and the plans, counted once."""
    call_command("migrate", verbosity=0)
    Area.objects.bulk_create((area_from(row) for row in national_rows(scale.root)), batch_size=2000)
    _make_users(Area.objects.order_by("code").values_list("code", flat=True)[0])
    with connection.cursor() as cursor:
        _make_places(cursor)
        for fill in _FILLS:
            fill(cursor, scale.records)
    load_plans(shipped_files())
    _report_figures()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if _is_postgres() else "ANALYZE")


def _is_postgres() -> bool:
    return connection.vendor == "postgresql"


def _make_users(root: str) -> None:
    for role in (Role.CLERK, Role.REVIEWER):
        User.objects.create_user(role, role=role, area_id=root)


def _report_figures() -> None:
    """Opening balances of every township, and of every county what no record can carry."""
    counties = list(Area.objects.filter(level=3).values_list("code", flat=True))
    townships = list(Area.objects.filter(level=4).values_list("code", flat=True))
    flows = [code for code, measure in MEASURES.items() if not measure.is_stock]
    day = datetime.date(2020, 12, 31)
    OpeningBalance.objects.bulk_create(
        [
            OpeningBalance(
                area_id=area,
                measure=flows[number % len(flows)],
                as_of=day,
                covers=Covers.ALL,
                quantity=100 + number,
                evidence="台账",
                status=Status.APPROVED,
            )
            for number, area in enumerate(townships)
        ],
        batch_size=2000,
    )
    for indicator in Indicator.objects.filter(counting="manual").select_related("plan"):
        ManualFigure.objects.bulk_create(
            [
                ManualFigure(
                    area_id=area,
                    plan_code=indicator.plan.code,
                    indicator_code=indicator.code,
                    as_of=datetime.date(2025, 6, 30),
                    numerator=1,
                    denominator=2,
                    evidence="台账",
                    status=Status.APPROVED,
                )
                for area in counties
            ],
            batch_size=2000,
        )


# --- SQL that both databases understand -----------------------------------------------------


def draw(salt: int, below: int) -> str:
    """A number in 0 … below-1 that depends on the row `n` and the salt only; fits in 64 bits."""
    mixed = f"((n + {salt * 7919}) * 48271 % 2147483647)"
    return f"(({mixed} * ({mixed} / 65536 + 40014)) % 2147483647 % {below})"


def some_day(salt: int, after: str = "") -> str:
    """A day of the years kept, or up to four years behind another day."""
    days, base = draw(salt, 1500 if after else _DAYS), after or f"'{FIRST}'"
    if _is_postgres():
        return f"(CAST({base} AS date) + CAST({days} AS integer))"
    return f"date({base}, '+' || {days} || ' days')"


def closing(opened: str) -> str:
    """One record in eight ends; the rest go on."""
    never = "CAST(NULL AS date)" if _is_postgres() else "NULL"
    return f"CASE WHEN {draw(90, 8)} = 0 THEN {some_day(91, opened)} ELSE {never} END"


def one_of(salt: int, values: list[str]) -> str:
    """One of some texts."""
    cases = " ".join(f"WHEN {i} THEN '{value}'" for i, value in enumerate(values))
    return f"CASE {draw(salt, len(values))} {cases} END"


def yuan(salt: int, below: int) -> str:
    """An amount with fen."""
    return f"({draw(salt, below * 100)} + 1) * 0.01"


def _numbers(count: int) -> str:
    if _is_postgres():
        return f"(SELECT generate_series(1::bigint, {count}) AS n) AS numbers"
    return (
        f"(WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted "
        f"WHERE n < {count}) SELECT n FROM counted) AS numbers"
    )


def _make_places(cursor: Any) -> None:
    """Where records may be: each county, township and community once, so mostly communities."""
    for name, levels in (("place", "3, 4, 5"), ("street", "4, 5"), ("community", "5")):
        cursor.execute(
            f"CREATE TEMPORARY TABLE bench_{name} (position bigint PRIMARY KEY, code varchar(12))"
        )
        cursor.execute(
            f"INSERT INTO bench_{name} SELECT row_number() OVER (ORDER BY code) - 1, code "
            f"FROM areas_area WHERE level IN ({levels})"
        )
        cursor.execute(f"ANALYZE bench_{name}")


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {table}")
    return int(cursor.fetchone()[0])


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value).upper()
    return f"'{value}'"


def _insert(cursor: Any, model: type[models.Model], source: str, given: dict[str, str]) -> None:
    """INSERT … SELECT: the given columns by expression, the rest with the model's defaults."""
    given = {"status": f"'{Status.APPROVED}'", **given}
    columns, values = [], []
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        columns.append(f'"{field.column}"')
        if field.column in given:
            values.append(given[field.column])
        elif getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            values.append("CURRENT_TIMESTAMP")
        else:
            values.append(_literal(field.get_default()))
    cursor.execute(
        f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) '
        f"SELECT {', '.join(values)} FROM {source}"
    )


def _fill(
    cursor: Any,
    model: type[models.Model],
    count: int,
    given: dict[str, str],
    places: str = "place",
) -> None:
    """`count` records in random places; `n` is the number of the row."""
    at = draw(0, _count(cursor, f"bench_{places}"))
    source = f"{_numbers(count)} JOIN bench_{places} AS place ON place.position = {at}"
    _insert(cursor, model, source, {"area_id": "place.code", **given})


# --- the record kinds, in shares of all records ---------------------------------------------


def _fill_orgs(cursor: Any, records: int) -> None:
    registered = some_day(1)
    ends = {"registered_on": registered, "closed_on": closing(registered)}
    _fill(cursor, Charity, records // 200, {"name": "'慈善会' || n", **ends})
    given = {
        "name": "'协会' || n",
        "category": one_of(2, OrgCategory.values),
        "tier": one_of(3, Tier.values),
    }
    _fill(cursor, CommunityOrg, records * 5 // 100, given | ends)
    ends = {"founded_on": registered, "closed_on": closing(registered)}
    _fill(cursor, VolunteerTeam, records * 25 // 1000, {"name": "'志愿队' || n", **ends})
    given = {"name": "'培训' || n", "held_on": some_day(4), "person_times": f"{draw(5, 60)} + 1"}
    _fill(cursor, Training, records // 100, given)


def _fill_scenes(cursor: Any, records: int) -> None:
    opened = some_day(11)
    given = {
        "name": "'场景' || n",
        "type": one_of(12, SceneType.values),
        "opened_on": opened,
        "closed_on": closing(opened),
        **{have: f"{draw(13, 4)} > 0" for have in SIX_HAVES},
    }
    _fill(cursor, Scene, records * 4 // 100, given)
    given = {"name": "'活动' || n", "form": "'both'", "held_on": some_day(14)}
    _fill(cursor, Activity, records * 8 // 100, given)
    # One or two communities an activity, half and half.
    total = _count(cursor, "bench_community")
    for step in (0, 1):
        _insert(
            cursor,
            ActivityReach,
            "(SELECT id AS n, id FROM scenes_activity) AS numbers JOIN bench_community AS place "
            f"ON place.position = ({draw(15, total)} + {step}) % {total} "
            f"WHERE n % 4 <> {step}",
            {"activity_id": "numbers.id", "area_id": "place.code"},
        )


def _fill_projects(cursor: Any, records: int) -> None:
    given = {
        "name": "'项目' || n",
        "starts_on": some_day(21),
        "is_aid": f"{draw(22, 3)} = 0",
        "is_micro": f"{draw(23, 3)} = 0",
    }
    _fill(cursor, Project, records * 8 // 100, given)
    given = {
        "helped_on": some_day(24),
        "group": "'elderly'",
        "content": "'走访'",
        "person_times": f"{draw(25, 30)} + 1",
    }
    _fill(cursor, Aid, records * 22 // 100, given)


def _fill_funds(cursor: Any, records: int) -> None:
    established = some_day(31)
    given = {
        "name": "'基金' || n",
        "level": "CASE length(place.code) WHEN 9 THEN 'street' ELSE 'community' END",
        "host_name": "'慈善会'",
        "established_on": established,
        "closed_on": closing(established),
    }
    _fill(cursor, Fund, records // 100, given, places="street")
    given = {"donated_on": some_day(32), "amount_yuan": yuan(33, 10_000), "channel": "'cash'"}
    _fill(cursor, Donation, records * 28 // 100, given)
    funds = _count(cursor, "funds_fund")
    _insert(
        cursor,
        Expenditure,
        f"{_numbers(records * 8 // 100)} JOIN (SELECT id, area_id FROM funds_fund) AS fund "
        f"ON fund.id = {draw(34, funds)} + 1",
        {
            "fund_id": "fund.id",
            "area_id": "fund.area_id",
            "spent_on": some_day(35),
            "amount_yuan": yuan(36, 5_000),
            "purpose": "'走访'",
        },
    )


_FILLS = (_fill_orgs, _fill_scenes, _fill_projects, _fill_funds)
