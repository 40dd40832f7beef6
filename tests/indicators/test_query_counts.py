"""The number of queries for a figure does not depend on the number of areas or records.

PostgreSQL's COPY (one per measure) is not among the counted queries; on SQLite a SELECT takes its
place.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from areas.models import Area
from funds.models import Donation, Fund
from indicators.models import Indicator, ManualFigure, OpeningBalance, Plan
from indicators.progress.lineage import lineage
from indicators.progress.progress import progress_of
from indicators.store.series import differences, recompute_all
from indicators.store.tree_context import TreeContext
from orgs.models import CommunityOrg, Training
from reviews.services import approve, reopen
from scenes.models import Activity, ActivityReach
from tests.indicators.worlds import DISTRICT, area, load_world_plan

Day = datetime.date
MONTH_END, ANY_DAY = Day(2026, 3, 31), Day(2026, 3, 9)
#: (districts, streets in each, communities in each street): one street, 渝中区, three districts.
SIZES = [(["500103"], 1, 2), (["500103"], 11, 7), (["500103", "500105", "500106"], 11, 7)]


def _selects(action: Callable[[], object]) -> int:
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as queries:
        action()
    return sum(1 for query in queries if query["sql"].lstrip("(").startswith("SELECT"))


def _grow(districts: list[str], streets: int, communities: int, by: dict[str, Any]) -> None:
    """Extend the tree to this size, with every kind of record in every new community."""
    known = set(Area.objects.values_list("code", flat=True))
    codes = ["50", "5001", *districts]
    codes += [f"{top}{n + 1:03}" for top in districts for n in range(streets)]
    codes += [f"{code}{n + 1:03}" for code in codes if len(code) == 9 for n in range(communities)]
    fresh = [code for code in codes if code not in known]
    Area.objects.bulk_create(area(code, is_urban=True) for code in fresh)
    homes = [code for code in fresh if len(code) == 12]
    day, base = Day(2026, 3, 12), {"status": "approved"} | by
    Fund.objects.bulk_create(
        Fund(area_id=c, name="基金", level="community", host_name="会", established_on=day, **base)
        for c in homes
    )
    for n in range(3):
        Donation.objects.bulk_create(
            Donation(area_id=c, donated_on=day, amount_yuan=n + 1, **base) for c in homes
        )
    Training.objects.bulk_create(
        Training(area_id=c, name="培训", held_on=day, person_times=5, **base) for c in homes
    )
    CommunityOrg.objects.bulk_create(
        CommunityOrg(
            area_id=c, name="会", category="charity", tier="street", registered_on=day, **base
        )
        for c in homes
    )
    activity = Activity.objects.create(
        area_id=DISTRICT, name="活动", held_on=day, form="both", **base
    )
    ActivityReach.objects.bulk_create(
        ActivityReach(activity=activity, area_id=c) for c in homes if c.startswith(DISTRICT)
    )
    OpeningBalance.objects.bulk_create(
        OpeningBalance(area_id=c, measure="funds", as_of=day, quantity=1, evidence="表", **base)
        for c in homes
    )
    ManualFigure.objects.bulk_create(
        ManualFigure(
            area_id=c, plan_code="world", indicator_code="reported", as_of=day, numerator=1,
            evidence="表", **base,
        )
        for c in homes
    )  # fmt: skip


def _costs(plan: Plan, reviewer: User) -> dict[str, int]:
    """Return the number of SELECTs of every way to a figure."""
    codes = list(Area.objects.within(DISTRICT).values_list("code", flat=True))
    fund = Fund.objects.earliest("pk")
    costs = {"recompute": _selects(recompute_all)}
    costs["reopen"] = _selects(lambda: reopen(fund, by=reviewer, reason="核对"))
    Fund.objects.filter(pk=fund.pk).update(status="pending")
    costs["approve"] = _selects(lambda: approve(fund, by=reviewer))
    costs["month end"] = _selects(
        lambda: progress_of(plan, codes, MONTH_END, tree=TreeContext(DISTRICT))
    )
    costs["any day"] = _selects(
        lambda: progress_of(plan, codes, ANY_DAY, tree=TreeContext(DISTRICT))
    )
    costs["check"] = _selects(lambda: list(differences()))
    for indicator in plan.indicators.select_related("plan").prefetch_related("targets"):
        spot = f"lineage {indicator.code}"
        costs[spot] = _selects(partial(_open, indicator))
    return costs


def _open(indicator: Indicator) -> list[dict[str, object]]:
    return [item.as_json() for item in lineage(indicator, DISTRICT, MONTH_END)]


@pytest.mark.django_db
def test_selects_do_not_grow_with_areas_or_records(tmp_path: Path) -> None:
    Area.objects.bulk_create(area(code) for code in ("50", "5001", DISTRICT))
    clerk = User.objects.create_user("clerk", role=Role.CLERK, area_id="50")
    reviewer = User.objects.create_user("reviewer", role=Role.REVIEWER, area_id="50")
    plan = load_world_plan(tmp_path)
    costs = []
    for districts, streets, communities in SIZES:
        by = {"submitted_by": clerk, "reviewed_by": reviewer}
        _grow(districts, streets, communities, by)
        costs.append(_costs(plan, reviewer))
    assert Area.objects.filter(level=5).count() == 3 * 77
    assert costs[0] == costs[1] == costs[2]
    assert all(number < 100 for number in costs[0].values()), costs[0]
