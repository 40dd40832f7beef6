"""A small prefecture with two counties, users and records, for tests with many processes."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from accounts.models import Role, User
from areas.models import Area
from funds.models import Fund
from indicators.plan.loading import SHIPPED, load_plans
from orgs.models import Training
from reviews.models import Submission
from tests.indicators.worlds import area as unsaved_area

PREFECTURE, HERE, THERE = "5001", "500103", "500105"
KINDS: tuple[type[Submission], ...] = (Fund, Training)
_DAY = datetime.date(2026, 3, 1)


def open_office() -> None:
    """Create the areas, 渝中区's plan, and a clerk and two reviewers of each area: clerk-5001,
    first-5001, …
    """
    counties = (HERE, THERE)
    codes = ["50", PREFECTURE, *counties, *(f"{county}001" for county in counties)]
    codes += [f"{county}00100{n}" for county in counties for n in (1, 2)]
    Area.objects.bulk_create(unsaved_area(code) for code in codes)
    for code in (PREFECTURE, *counties):
        for name, role in (("clerk", "clerk"), ("first", "reviewer"), ("second", "reviewer")):
            User.objects.create_user(f"{name}-{code}", role=Role(role), area_id=code)
    load_plans([SHIPPED / "yuzhong-2026.toml"])


def person(name: str) -> User:
    """`person("first-500103")`: the user with this name."""
    return User.objects.get(username=name)


def enter(kind: type[Submission], county: str, number: int) -> list[int]:
    """Create sound drafts in the county's communities; return their primary keys."""
    rows: Sequence[Any] = [
        kind.objects.create(area_id=f"{county}00100{1 + n % 2}", **_values(kind, county, n))
        for n in range(number)
    ]
    return [row.pk for row in rows]


def _values(kind: type[Submission], county: str, n: int) -> dict[str, object]:
    if kind is Training:
        return {"name": f"培训{county}-{n}", "held_on": _DAY, "person_times": 10 + n}
    return {
        "name": f"慈善会社区{county}-{n}基金",
        "level": "community",
        "host_name": "慈善会",
        "host_has_public_fundraising": True,
        "established_on": _DAY,
    }
