"""Reports of several levels: people who sign at each level, and short functions to file."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.models import Role, User
from areas.models import Area
from indicators.models import Plan
from indicators.plan.loading import SHIPPED, load_plans
from reports.editions.sealing import seal
from reports.filing.preparing import prepare_reports
from reports.models import Edition, Report
from reports.schema.content import Corrections
from tests.conftest import DISTRICT, count_few_streets
from tests.indicators.worlds import area

Day = datetime.date
JUNE, PREPARED = Day(2026, 6, 30), Day(2026, 6, 1)

File = Callable[..., Edition]


def signer(code: str) -> User:
    """Return the user who signs for an area: a reviewer, or a clerk up to the township."""
    role = Role.CLERK if len(code) >= 9 else Role.REVIEWER
    found = User.objects.filter(area_id=code, role=role).order_by("pk").first()
    return found or User.objects.create_user(f"q{code}", role=role, area_id=code)


def corrected(edition: Edition) -> Corrections:
    """Return the corrections of an edition that has some."""
    found = edition.as_content().corrections
    assert found is not None
    return found


@pytest.fixture
def file() -> File:
    """`file("500103001")`: the area's report of the period, sealed by its own signer."""

    def call(
        code: str,
        due_on: Day = JUNE,
        on: Day = JUNE,
        reason: str = "",
        missing_reason: str = "",
        is_zero: bool = False,
    ) -> Edition:
        report = Report.objects.get(area=code, due_on=due_on)
        return seal(
            report,
            by=signer(code),
            on=on,
            reason=reason,
            missing_reason=missing_reason,
            is_zero=is_zero,
        )

    return call


@pytest.fixture
def streets(few_streets: Plan) -> list[str]:
    """The codes of 渝中区's streets, all with a prepared report for June 2026."""
    prepare_reports(PREPARED)
    return sorted(Report.objects.exclude(area=DISTRICT).values_list("area_id", flat=True))


@pytest.fixture
def province_plan(district: Area, tmp_path: Path) -> Plan:
    """渝中区's indicators as a plan of 重庆市 with four filing levels.

    The city's districts, the counties and three streets file.
    """
    Area.objects.bulk_create((area(code) for code in ("50", "5001")), ignore_conflicts=True)
    text = (SHIPPED / "yuzhong-2026.toml").read_text(encoding="utf-8")
    text = text.replace('code = "yuzhong-2026"', 'code = "chongqing"')
    text = text.replace('area = "500103"', 'area = "50"')
    text = text.replace("levels = [3, 4]", "levels = [1, 2, 3, 4]")
    path = tmp_path / "chongqing.toml"
    path.write_text(text, encoding="utf-8")
    plan = load_plans([path])[0]
    count_few_streets()
    return plan
