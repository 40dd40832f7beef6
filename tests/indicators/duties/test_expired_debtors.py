"""Who owed while its 备案 was valid owes nothing after its last day."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from areas.models import Area
from indicators.duties.instances import instances
from indicators.plan.loading import load_plans
from orgs.models import CommunityOrg
from tests.conftest import DISTRICT, HUAYIPO
from tests.types import Make

Day = datetime.date
PLAN = """
[plan]
code = "assessed"
title = "评估评议（测试）"
issuer = "重庆市渝中区民政局"
issued_on = 2024-01-01
area = "500103"
starts_on = 2024-01-01
ends_on = 2026-12-31

[[duty]]
code = "assessments"
name = "年度评估评议"
clause = "一"
who = { kind = "community-orgs" }
when = { every = "year", due = "03-31", of = "last_year" }
done = { kind = "org-assessments" }
"""


@pytest.mark.parametrize(
    ("valid_until", "closed_on", "owed"),
    [
        (None, None, ["2024", "2025"]),
        (Day(2026, 3, 31), None, ["2024", "2025"]),
        (Day(2026, 3, 30), None, ["2024"]),
        (Day(2025, 3, 30), None, []),
        (Day(9999, 12, 31), Day(2025, 6, 1), ["2024"]),
        (Day(2025, 6, 1), Day(2026, 6, 1), ["2024"]),
    ],
)
def test_an_expired_organisation_owes_no_assessment(
    district: Area,
    make: Make,
    tmp_path: Path,
    valid_until: Day | None,
    closed_on: Day | None,
    owed: list[str],
) -> None:
    file = tmp_path / "assessed.toml"
    file.write_text(PLAN, encoding="utf-8")
    (plan,) = load_plans([file])
    make(
        CommunityOrg,
        area_id=HUAYIPO,
        registered_on=Day(2023, 1, 1),
        valid_until=valid_until,
        closed_on=closed_on,
        status="approved",
    )
    first, last = Day(2025, 1, 1), Day(2026, 12, 1)
    found = instances(list(plan.duties.all()), DISTRICT, Day(2026, 12, 1), first, last)
    assert [str(each.period.first.year) for each in found] == owed
