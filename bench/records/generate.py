"""Made-up approved records, written by SQL alone, so that SQLite and PostgreSQL hold the same."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection
from django.db.backends.utils import CursorWrapper

from accounts.models import Role, User
from areas.models import Area
from areas.services import area_from, national_rows
from bench.records.sql import (
    closing,
    count,
    draw,
    fill,
    insert,
    is_postgres,
    make_places,
    numbers,
    one_of,
    some_day,
    yuan,
)
from funds.models import Donation, Expenditure, Fund
from indicators import countings
from indicators.measures import MEASURES
from indicators.models import Covers, Indicator, ManualFigure, OpeningBalance
from indicators.plan.loading import load_plans, shipped_files
from orgs.models import Charity, CommunityOrg, OrgCategory, Tier, Training, VolunteerTeam
from projects.models import Aid, Project
from reviews.models import Status
from scenes.models import SIX_HAVES, Activity, ActivityReach, Scene, SceneType


@dataclass(frozen=True)
class Scale:
    """The size of a tree of areas and the number of records in it."""

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
    """Create the tree, the accounts, the records and the plans."""
    call_command("migrate", verbosity=0)
    Area.objects.bulk_create((area_from(row) for row in national_rows(scale.root)), batch_size=2000)
    _make_users(Area.objects.order_by("code").values_list("code", flat=True)[0])
    with connection.cursor() as cursor:
        make_places(cursor)
        for fill_kind in _FILLS:
            fill_kind(cursor, scale.records)
    load_plans(shipped_files())
    _report_figures()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if is_postgres() else "ANALYZE")


def _make_users(root: str) -> None:
    for role in (Role.CLERK, Role.REVIEWER):
        User.objects.create_user(role, role=role, area_id=root)


def _report_figures() -> None:
    """Add opening balances for every township, and for counties the figures no record can carry."""
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
    for indicator in Indicator.objects.filter(counting__in=countings.reported()).select_related(
        "plan"
    ):
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


# --- the record kinds, in shares of all records ---------------------------------------------


def _fill_orgs(cursor: CursorWrapper, records: int) -> None:
    registered = some_day(1)
    ends = {"registered_on": registered, "closed_on": closing(registered)}
    fill(cursor, Charity, records // 200, {"name": "'慈善会' || n", **ends})
    given = {
        "name": "'协会' || n",
        "category": one_of(2, OrgCategory.values),
        "tier": one_of(3, Tier.values),
    }
    fill(cursor, CommunityOrg, records * 5 // 100, given | ends)
    ends = {"founded_on": registered, "closed_on": closing(registered)}
    fill(cursor, VolunteerTeam, records * 25 // 1000, {"name": "'志愿队' || n", **ends})
    given = {"name": "'培训' || n", "held_on": some_day(4), "person_times": f"{draw(5, 60)} + 1"}
    fill(cursor, Training, records // 100, given)


def _fill_scenes(cursor: CursorWrapper, records: int) -> None:
    opened = some_day(11)
    given = {
        "name": "'场景' || n",
        "type": one_of(12, SceneType.values),
        "opened_on": opened,
        "closed_on": closing(opened),
        **{have: f"{draw(13, 4)} > 0" for have in SIX_HAVES},
    }
    fill(cursor, Scene, records * 4 // 100, given)
    given = {"name": "'活动' || n", "form": "'both'", "held_on": some_day(14)}
    fill(cursor, Activity, records * 8 // 100, given)
    # Half of the activities reach one community, the other half two.
    total = count(cursor, "bench_community")
    for step in (0, 1):
        insert(
            cursor,
            ActivityReach,
            "(SELECT id AS n, id FROM scenes_activity) AS numbers JOIN bench_community AS place "
            f"ON place.position = ({draw(15, total)} + {step}) % {total} "
            f"WHERE n % 4 <> {step}",
            {"activity_id": "numbers.id", "area_id": "place.code"},
        )


def _fill_projects(cursor: CursorWrapper, records: int) -> None:
    given = {
        "name": "'项目' || n",
        "starts_on": some_day(21),
        "is_aid": f"{draw(22, 3)} = 0",
        "is_micro": f"{draw(23, 3)} = 0",
    }
    fill(cursor, Project, records * 8 // 100, given)
    given = {
        "helped_on": some_day(24),
        "group": "'elderly'",
        "content": "'走访'",
        "person_times": f"{draw(25, 30)} + 1",
    }
    fill(cursor, Aid, records * 22 // 100, given)


def _fill_funds(cursor: CursorWrapper, records: int) -> None:
    established = some_day(31)
    given = {
        "name": "'基金' || n",
        "level": "CASE length(place.code) WHEN 9 THEN 'street' ELSE 'community' END",
        "host_name": "'慈善会'",
        "established_on": established,
        "closed_on": closing(established),
    }
    fill(cursor, Fund, records // 100, given, places="street")
    given = {"donated_on": some_day(32), "amount_yuan": yuan(33, 10_000), "channel": "'cash'"}
    fill(cursor, Donation, records * 28 // 100, given)
    funds = count(cursor, "funds_fund")
    insert(
        cursor,
        Expenditure,
        f"{numbers(records * 8 // 100)} JOIN (SELECT id, area_id FROM funds_fund) AS fund "
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
