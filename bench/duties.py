"""Measure the pages of duties and the duties of a desk of a province: 129 counties × 40 funds × 12 months."""

from __future__ import annotations

import datetime
import functools
from http import HTTPStatus

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from areas.models import Area
from areas.services import import_areas, national_rows
from bench import measure
from bench.tasks import Found
from duties.desk import owed_duties
from funds.models import Fund
from indicators.models import Duty, Plan
from reviews.models import Status
from supervision.models import Disclosure

_ROOT, _FUNDS, _DAY = "53", 40, datetime.date(2026, 11, 20)
_CODE = "bench-duties/statement"
_YEAR = "2026-11"
#: A prefecture with three counties; the province has 129.
_SMALL = "5334"


def fill() -> Found:
    """Give each county forty funds, each with a disclosure for ten of the year's months."""
    call_command("migrate", verbosity=0)
    import_areas(_ROOT, national_rows(_ROOT))
    counties = list(Area.objects.filter(level=3, is_counted=True).order_by("code"))
    by = User.objects.create_user("bench-duties", role=Role.CLERK, area_id=_ROOT)
    funds = [
        Fund(
            area=county,
            name=f"{county.name}第{number}社区慈善基金",
            level="community",
            established_on=datetime.date(2024, 1, 1),
            status=Status.APPROVED,
            submitted_by=by,
        )
        for county in counties
        for number in range(_FUNDS)
    ]
    Fund.objects.bulk_create(funds, batch_size=1000)
    rows = (
        Disclosure(
            area=fund.area,
            fund=fund,
            kind="money",
            title="收支公开",
            period=f"2026-{month:02}",
            disclosed_on=datetime.date(2026, month + 1, 1 + (at + month) % 25),
            platform="china",
            status=Status.APPROVED,
            submitted_by=by,
        )
        for at, fund in enumerate(funds)
        for month in range(1, 11)
        if (at + month) % 7
    )
    made = len(Disclosure.objects.bulk_create(list(rows), batch_size=1000))
    _plan()
    return {"counties": len(counties), "funds": len(funds), "records": made}


def _plan() -> None:
    plan = Plan.objects.create(
        code="bench-duties",
        title="履责测试",
        issuer="云南省民政厅",
        issued_on=datetime.date(2026, 1, 1),
        area_code=_ROOT,
        starts_on=datetime.date(2026, 1, 1),
        ends_on=datetime.date(2026, 12, 31),
    )
    Duty.objects.create(
        plan=plan,
        code="statement",
        position=1,
        name="基金每月收支公开",
        clause="一",
        who={"kind": "funds"},
        schedule={"every": "month", "due_month": 1, "due_day": 15},
        fulfilment={"kind": "disclosures", "where": {"kind": "money"}},
    )


def pages(runs: str) -> Found:
    """P12: each page of duties and the duties of the desk, of an observer of the province.

    In seconds and statements.
    """
    settings.ALLOWED_HOSTS = ["testserver"]
    user, _ = User.objects.get_or_create(
        username="bench-observer", defaults={"role": Role.OBSERVER, "area_id": _ROOT}
    )
    client = Client()
    client.force_login(user)
    works = {
        view: functools.partial(_page, client, _ROOT, view)
        for view in ("month", "list", "matrix", "overdue")
    }
    small = {view: functools.partial(_page, client, _SMALL, view) for view in works}
    works["desk"] = functools.partial(_desk, user)
    small["desk"] = functools.partial(_desk, User(role=Role.OBSERVER, area_id=_SMALL))
    found = measure.medians(works, int(runs))
    found |= {f"{view}_queries": _queries(work) for view, work in works.items()}
    return found | {f"{view}_small": _queries(work) for view, work in small.items()}


def _page(client: Client, area: str, view: str) -> None:
    asked = {"view": view, "duty": _CODE, "month": _YEAR, "on": _DAY.isoformat()}
    answer = client.get(f"/duties/{area}/", asked)
    if answer.status_code != HTTPStatus.OK:
        raise ValueError(answer.status_code)


def _desk(user: User) -> None:
    owed_duties(user, _DAY)


def _queries(work: measure.Work) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)
