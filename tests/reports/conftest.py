"""Fixtures that the report tests share: records of every kind, a report that is due, and its
edition.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from accounts.models import User
from funds.models import Donation, Expenditure, Fund
from indicators.models import OpeningBalance, Plan
from orgs.models import Charity, CommunityOrg, Training, VolunteerTeam
from projects.models import Aid, Project
from reports.editions.sealing import seal
from reports.filing.preparing import prepare_reports
from reports.models import Edition, Report
from scenes.models import Activity, Scene
from tests.conftest import HUAYIPO, JIEFANGBEI, MINSHENGLU, QIXINGGANG
from tests.types import Make

JUNE = datetime.date(2026, 6, 30)
PREPARED = datetime.date(2026, 6, 1)
#: The code of a charity with 公开募捐资格; its check digits are right.
CREDIT_CODE = "535000005000011221"


@pytest.fixture
def facts(approved: Make, yuzhong: Plan) -> None:
    """A few approved records of every kind in two streets, some with text that looks like a
    formula.
    """
    for place, street in ((HUAYIPO, QIXINGGANG), (MINSHENGLU, JIEFANGBEI)):
        fund = approved(Fund, area_id=place)
        approved(Donation, fund=fund, amount_yuan=Decimal("123456.78"), receipt_number="0012")
        approved(Expenditure, fund=fund, amount_yuan=Decimal("1000.50"), spent_on=JUNE)
        approved(Scene, area_id=place)
        approved(CommunityOrg, area_id=place)
        approved(VolunteerTeam, area_id=place)
        approved(Training, area_id=street, person_times=21)
        approved(Project, area_id=place, is_aid=True, for_elderly=True, budget_yuan=8000)
        approved(Aid, area_id=place, person_times=33, amount_yuan=Decimal("66.60"))
    approved(Activity, reached=[HUAYIPO, MINSHENGLU])
    approved(Charity, credit_code=CREDIT_CODE)
    approved(OpeningBalance, quantity=2, as_of=datetime.date(2025, 12, 31))
    for name in ("=1+1", "+86号", "-减号", "@某人", '=HYPERLINK("http://x","点我")'):
        approved(Scene, area_id=HUAYIPO, name=name)


@pytest.fixture
def report(yuzhong: Plan) -> Report:
    """渝中区's report due on 30 June 2026, prepared."""
    return prepare_reports(PREPARED)[0]


@pytest.fixture
def edition(facts: None, report: Report, shiju: User) -> Edition:
    """The report with records of every kind, sealed on its due day."""
    return seal(report, by=shiju, on=JUNE)
