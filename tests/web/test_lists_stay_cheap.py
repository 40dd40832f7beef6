"""A list of 30 rows takes as many queries as a list of 2."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from indicators.models import Plan
from reports.models import Report
from reviews.models import ImportBatch, ReviewEvent, Submission
from reviews.services import submit
from scenes.models import Scene
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU
from tests.records.kinds import RECORD_KINDS, kind_name, sound
from tests.types import Make, Visit

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

FEW, MANY = 2, 30


def _queries(client: Client, url: str, rows: int) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert len(response.context["cl"].result_list) == rows
    return len(queries)


def _url(model: type[Submission]) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_records(make: Make, visit: Visit, quji: User, kind: type[Submission]) -> None:
    client = visit(quji)
    counts = []
    for total in (FEW, MANY):
        for number in range(kind.objects.count(), total):
            record = sound(make, kind, area_id=(HUAYIPO, MINSHENGLU)[number % 2])
            kind.objects.filter(pk=record.pk).update(submitted_by=quji)
        counts.append(_queries(client, _url(kind), total))
    assert counts[0] == counts[1]


def _event(number: int, make: Make, by: User) -> None:
    submit(make(Scene), by=by, reason="测试")


def _batch(number: int, make: Make, by: User) -> None:
    ImportBatch.objects.create(
        kind="funds",
        file_name=f"{number}.xlsx",
        sha256=str(number),
        area_id=DISTRICT,
        created_by=by,
        row_count=1,
    )


def _report(number: int, make: Make, by: User) -> None:
    due_on = datetime.date(2026, 1, 1) + datetime.timedelta(days=number)
    Report.objects.create(
        plan=Plan.objects.get(),
        area_id=DISTRICT,
        due_on=due_on,
        file_by=due_on,
        prepared_at=timezone.now(),
    )


def _user(number: int, make: Make, by: User) -> None:
    User.objects.create_user(f"user{number}", role=Role.CLERK, area_id=HUAYIPO)


@pytest.mark.parametrize(
    ("model", "add", "user"),
    [
        (ReviewEvent, _event, "shenji"),
        (ImportBatch, _batch, "shenji"),
        (User, _user, "anquan"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_logs_and_settings(
    make: Make,
    visit: Visit,
    request: pytest.FixtureRequest,
    quji: User,
    yuzhong: Plan,
    model: type[Submission],
    add: Any,
    user: str,
) -> None:
    client = visit(request.getfixturevalue(user))
    counts = []
    for total in (5, MANY):
        for number in range(model.objects.count(), total):
            add(number, make, quji)
        counts.append(_queries(client, _url(model), total))
    assert counts[0] == counts[1]


def test_the_calendar_of_reports(make: Make, visit: Visit, shiju: User, yuzhong: Plan) -> None:
    client, counts = visit(shiju), []
    for total in (5, MANY):
        for number in range(Report.objects.count(), total):
            _report(number, make, shiju)
        client.get("/reports/")
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/reports/")
        assert sum(len(one["periods"]) for one in page.context["plans"]) >= total
        counts.append(len(queries))
    assert counts[0] == counts[1]
