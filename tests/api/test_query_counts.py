"""A list takes the same number of queries for any number of rows, as a page and as a file."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from areas.models import Area
from funds.models import Fund, FundMember
from indicators.models import Duty, Indicator, Place, Plan, Target, TargetAllocation, Task
from reports.models import Edition, Report
from reviews.models import ImportBatch, ImportJob, Submission
from scenes.models import Activity, ActivityReach
from tests.api.addresses import PLAIN, url_of
from tests.api.places import Office
from tests.api.plans import plans_at
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU
from tests.records.kinds import sound
from tests.web.routes import LISTED

pytestmark = pytest.mark.once

_DAY = datetime.date(2026, 1, 1)
#: A street whose communities the test creates; it is the area of the caller.
_STREET = "500103099"

Add = Callable[[Office, User, int], Any]


def _add_record(kind: type[Submission]) -> Add:
    def add(office: Office, caller: User, number: int) -> None:
        record = sound(office.make, kind, area_id=(HUAYIPO, MINSHENGLU)[number % 2])
        people = {"created_by": office.clerk, "submitted_by": office.clerk}
        rows = kind._default_manager.filter(pk=record.pk)
        rows.update(reviewed_by=office.reviewer, **people)
        if kind is Activity:
            ActivityReach.objects.create(activity_id=record.pk, area_id=HUAYIPO)
        if kind is Fund:
            FundMember.objects.create(fund_id=record.pk, name=f"组员{number}")

    return add


def _add_area(office: Office, caller: User, number: int) -> None:
    is_first = not Area.objects.filter(code=_STREET).exists()
    code = _STREET if is_first else f"{_STREET}{number:03}"
    area = Area(code=code, name=f"测试{number}", kind="street" if is_first else "community")
    area.derive()
    area.save()


def _add_plan(office: Office, caller: User, number: int) -> Plan:
    days = {"issued_on": _DAY, "starts_on": _DAY, "ends_on": _DAY}
    return Plan.objects.create(
        code=f"plan-{number}", title="方案", issuer="民政局", area_code=DISTRICT, **days
    )


def _add_indicator(office: Office, caller: User, number: int) -> Indicator:
    return Indicator.objects.create(
        plan=_add_plan(office, caller, number),
        code="funds",
        position=1,
        name="社区慈善基金",
        unit="支",
        place=Place.TEXT,
        clause="一",
        counting="stock",
        measure="funds",
    )


def _add_duty(office: Office, caller: User, number: int) -> None:
    Duty.objects.create(
        plan=_add_plan(office, caller, number),
        code="visits",
        position=1,
        name="每季度指导",
        clause="一",
        who={"level": 5},
        schedule={"every": "quarter"},
        fulfilment={"kind": "guidance-visits"},
    )


def _add_task(office: Office, caller: User, number: int) -> None:
    plan = _add_plan(office, caller, number)
    plan.tasks.create(code="lead", position=1, name="健全机制", clause="一", levels=[3])


def _add_target(office: Office, caller: User, number: int) -> Target:
    indicator = _add_indicator(office, caller, number)
    return Target.objects.create(indicator=indicator, due_on=_DAY, value=1, place=Place.TEXT)


def _add_share(office: Office, caller: User, number: int) -> None:
    target = _add_target(office, caller, number)
    TargetAllocation.objects.create(target=target, area_id=HUAYIPO, value=1)


def _add_report(office: Office, caller: User, number: int) -> Report:
    days = {"due_on": _DAY, "file_by": _DAY, "prepared_at": timezone.now()}
    return Report.objects.create(
        plan=_add_plan(office, caller, number), area_id=DISTRICT, draft={}, **days
    )


def _add_edition(office: Office, caller: User, number: int) -> None:
    Edition.objects.create(
        report=_add_report(office, caller, number),
        number=1,
        content="{}",
        as_of=_DAY,
        sha256=f"{number:064}",
        workbook_sha256="0" * 64,
        sealed_by=caller,
        sealed_at=timezone.now(),
    )


def _add_job(office: Office, caller: User, number: int) -> None:
    ImportJob.objects.create(
        kind="funds", file_name="台账.xlsx", content=b"", area_id=DISTRICT, created_by=caller
    )


def _add_batch(office: Office, caller: User, number: int) -> None:
    ImportBatch.objects.create(
        kind="funds",
        file_name="台账.xlsx",
        sha256="0" * 64,
        area_id=HUAYIPO,
        created_by=office.clerk,
        undone_by=caller,
        undone_at=timezone.now(),
        row_count=1,
    )


_ADD: dict[type[models.Model], Add] = {
    Area: _add_area,
    Plan: _add_plan,
    Indicator: _add_indicator,
    Duty: _add_duty,
    Task: _add_task,
    Target: _add_target,
    TargetAllocation: _add_share,
    Report: _add_report,
    Edition: _add_edition,
    ImportJob: _add_job,
    ImportBatch: _add_batch,
    **{kind: _add_record(kind) for kind in LISTED.values() if issubclass(kind, Submission)},
}


def test_every_list_of_the_api_is_counted() -> None:
    assert set(LISTED.values()) == set(_ADD)


def _counts(office: Office, prefix: str, ask: Callable[[Client, str, int], None]) -> list[int]:
    """Return the queries for a list of 2 rows and for one of 30."""
    model, made, counts = LISTED[prefix], 0, []
    caller = office.reviewer if model is Area else office.user(Role.REVIEWER, DISTRICT)
    for total in (2, 30):
        while made < total:
            _ADD[model](office, caller, made)
            made += 1
        seen_by = office.user(Role.REVIEWER, _STREET) if model is Area else caller
        client, url = office.client(seen_by), url_of(prefix, "list")
        ask(client, url, total)
        with CaptureQueriesContext(connection) as queries:
            ask(client, url, total)
        counts.append(len(queries))
    return counts


def _ask_for_a_page(client: Client, url: str, total: int) -> None:
    assert len(client.get(url).json()["results"]) == total


def _ask_for_the_file(client: Client, url: str, total: int) -> None:
    answer: Any = client.get(url, {"format": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert len(list(csv.reader(text.splitlines()))) == total + 1


@pytest.mark.parametrize("prefix", list(LISTED))
def test_the_number_of_queries_does_not_grow_with_the_rows(office: Office, prefix: str) -> None:
    few, many = _counts(office, prefix, _ask_for_a_page)
    assert few == many


@pytest.mark.parametrize("prefix", LISTED)
def test_nor_does_that_of_the_whole_list_as_a_file(office: Office, prefix: str) -> None:
    few, many = _counts(office, prefix, _ask_for_the_file)
    assert few == many


def test_figures_of_many_areas_take_as_many_queries_as_those_of_few(office: Office) -> None:
    plan = plans_at([DISTRICT])[DISTRICT]
    client = office.client(office.user(Role.REVIEWER, DISTRICT))
    counts = []
    for size in (2, 2, 30):  # the first request fills caches that the next one uses
        query = {"plan": plan.code, "level": "5", "page_size": str(size)}
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(url_of(PLAIN, "figures"), query).json()["results"]) == size
        counts.append(len(queries))
    assert counts[1] == counts[2]
