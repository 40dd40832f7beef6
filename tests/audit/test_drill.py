"""The tampering drill: 60 random changes by SQL, each refused by a trigger or found by the night's check."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Field, Model

from accounts.models import User
from audit.acts import Act
from audit.chain import guards
from audit.chain.protected import append_only
from audit.chain.verifying import verify_chain
from audit.events import record
from audit.models import AuditEvent, Cover, Link
from funds.models import Donation, Expenditure, Fund
from indicators.models import Plan
from orgs.models import VolunteerTeam
from projects.models import Project
from reports.editions.sealing import seal
from reports.filing.preparing import prepare_reports
from reports.models import Edition, EditionMember, ReportEvent
from reviews.fields import history_of
from reviews.kinds import record_kinds
from reviews.models import ReviewEvent, verify_records
from reviews.services import reopen
from scenes.models import Activity, ActivityReach, Scene
from tests.conftest import HUAYIPO
from tests.types import Make

pytestmark = pytest.mark.django_db

CHANGES = 60
#: Kinds of which the drill changes records, and their versions.
FACTS: tuple[Any, ...] = (Fund, Donation, Expenditure, Scene, Project, VolunteerTeam, Activity)
#: Columns that say nothing about a fact → why.
IDLE = {"updated_at": "时间戳", "transition_id": "办理编号"}


@pytest.fixture
def world(approved: Make, make: Make, yuzhong: Plan, quji: User, shiju: User) -> None:
    """Approved, returned and draft records, events, versions and a sealed report."""
    fund = approved(Fund)
    for _ in range(2):
        approved(Donation, fund=fund)
        approved(VolunteerTeam)
        approved(Project)
    approved(Expenditure, fund=fund)
    approved(Activity, reached=[HUAYIPO])
    reopen(approved(Scene), by=shiju, reason="改")
    make(Donation)
    report = prepare_reports(datetime.date(2026, 6, 1))[0]
    seal(report, by=shiju, on=datetime.date(2026, 6, 20), missing_reason="演练")
    record(Act.OTHER, user=quji, before={"角色": "填报员"}, after={"角色": "审核员"})


def _tables() -> list[type[Model]]:
    kept = (AuditEvent, Cover, Link, ReviewEvent, ReportEvent, Edition, EditionMember)
    return [*FACTS, ActivityReach, *(history_of(kind).model for kind in FACTS), *kept]


def _checks(model: type[Model]) -> Callable[[], Iterator[str]]:
    """The part of the night's check that looks at a table."""
    if model in (*FACTS, ActivityReach):
        return lambda: verify_records(record_kinds())
    return verify_chain


def _changed(value: Any, field: Field[Any, Any], choose: random.Random) -> Any:
    """Another value of the same kind."""
    if isinstance(field, models.JSONField):
        return '{"改": 1}'
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | Decimal):
        return value + choose.randint(1, 9)
    if isinstance(value, datetime.date):
        return value + datetime.timedelta(days=choose.randint(1, 9))
    if isinstance(value, str):
        return f"{value[:-1]}改" if value else "改"
    return None if value is not None else _new(field)


def _new(field: Field[Any, Any]) -> Any:
    if isinstance(field, models.DateTimeField):
        return datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    if isinstance(field, models.DateField):
        return datetime.date(2026, 1, 1)
    return 1 if not isinstance(field, models.CharField | models.TextField) else "改"


def _statement(model: type[Model], choose: random.Random) -> tuple[str, list[Any]]:
    """A change of one random row: most often of a column, sometimes its deletion or a copy of it."""
    quote, meta = connection.ops.quote_name, model._meta
    table, key = quote(meta.db_table), str(meta.pk.column)
    row = choose.choice(list(model._default_manager.order_by("pk")))
    columns = [f for f in meta.concrete_fields if not f.primary_key and f.attname not in IDLE]
    kind = choose.random()
    if kind < 0.2:
        return f"DELETE FROM {table} WHERE {quote(key)} = %s", [row.pk]
    if kind < 0.3 and model is not Link:
        names = ", ".join(quote(str(field.column)) for field in columns)
        return (
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} WHERE {quote(key)} = %s",
            [row.pk],
        )
    field = choose.choice(columns)
    value = _changed(getattr(row, field.attname), field, choose)
    if not isinstance(field, models.JSONField):
        value = field.get_db_prep_value(value, connection)
    return f"UPDATE {table} SET {quote(str(field.column))} = %s WHERE {quote(key)} = %s", [
        value,
        row.pk,
    ]


def _is_refused(statement: str, values: list[Any]) -> bool:
    """Whether the database refuses a statement; otherwise it is done."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError:
        return True
    return False


class _Undo(Exception):
    pass


def test_sixty_random_changes_are_refused_or_found(world: None) -> None:
    choose = random.Random(20261130)
    protected, tables = append_only(), _tables()
    assert list(verify_chain()) == []
    assert list(verify_records(record_kinds())) == []
    unnoticed = []
    for number in range(CHANGES):
        model = tables[number % len(tables)]
        statement, values = _statement(model, choose)
        is_kept = model in protected
        if is_kept and not statement.startswith("INSERT"):
            assert _is_refused(statement, values), statement
        try:
            with transaction.atomic():
                if is_kept:  # an intruder who owns the tables drops the trigger
                    guards.drop(model)
                if not _is_refused(statement, values):
                    if is_kept:
                        guards.install()
                    if not any(True for _ in _checks(model)()):
                        unnoticed.append((statement, values))
                raise _Undo
        except _Undo:
            pass
    assert unnoticed == []
