"""Columns that a squashed migration adds at once are those that one after the other would be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.operations import AddField, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from running.columns import AddFields

pytestmark = pytest.mark.django_db(transaction=True)

#: One of each: text, truth, a bounded number with an index, a decimal that may be empty, a key.
_FIELDS: list[tuple[str, models.Field[Any, Any]]] = [
    ("venue", models.CharField(max_length=20, blank=True)),
    ("remark", models.CharField(max_length=20, default="原有'记录")),
    ("is_hub", models.BooleanField(default=True)),
    ("rooms", models.PositiveIntegerField(default=3, db_index=True)),
    ("share", models.DecimalField(max_digits=5, decimal_places=2, null=True)),
    ("tags", models.JSONField(default=list)),
    ("parent", models.ForeignKey("running.Premises", models.CASCADE, null=True)),
]


def _apply(state: ProjectState, operation: Operation) -> ProjectState:
    after = state.clone()
    operation.state_forwards("running", after)
    with connection.schema_editor() as editor:
        operation.database_forwards("running", editor, state, after)
    return after


@pytest.fixture
def before(transactional_db: None) -> Iterator[ProjectState]:
    """A table with one row."""
    fields: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=9)),
    ]
    state = _apply(ProjectState(), CreateModel("Premises", fields))
    state.apps.get_model("running", "Premises").objects.create(name="原有")
    yield state
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE running_premises")


def _columns() -> set[tuple[str, str, bool]]:
    with connection.cursor() as cursor:
        told = connection.introspection.get_table_description(cursor, "running_premises")
        return {(each.name, str(each.type_code), bool(each.null_ok)) for each in told}


def _rules() -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "running_premises").values()
    return sorted(
        repr((each["columns"], each["unique"], each["foreign_key"], each["check"], each["index"]))
        for each in found
    )


def test_the_rows_that_stand_take_the_defaults(before: ProjectState) -> None:
    after = _apply(before, AddFields("premises", _FIELDS))
    row = after.apps.get_model("running", "Premises").objects.get()
    assert (row.name, row.venue, row.remark, row.is_hub) == ("原有", "", "原有'记录", True)
    assert (row.rooms, row.share, row.tags, row.parent_id) == (3, None, [], None)


def test_a_number_out_of_its_bounds_is_refused_as_in_any_table(before: ProjectState) -> None:
    rows = (
        _apply(before, AddFields("premises", _FIELDS)).apps.get_model("running", "Premises").objects
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(rooms=-1)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(is_hub=None)


def test_columns_and_rules_are_those_of_single_operations(before: ProjectState) -> None:
    operation = AddFields("premises", _FIELDS)
    after = _apply(before, operation)
    together = (_columns(), _rules())
    with connection.schema_editor() as editor:
        operation.database_backwards("running", editor, after, before)
    assert {name for name, _, _ in _columns()} == {"id", "name"}
    state = before
    for name, field in _FIELDS:
        state = _apply(state, AddField("premises", name, field))
    assert (_columns(), _rules()) == together
    assert after.models == state.models


@pytest.mark.once
@pytest.mark.parametrize(
    "field", [models.IntegerField(), models.CharField(max_length=9, unique=True, default="")]
)
def test_a_column_without_a_default_or_unique_is_refused(field: models.Field[Any, Any]) -> None:
    with pytest.raises(ValueError, match=r"premises\.odd"):
        AddFields("premises", [("odd", field)])
