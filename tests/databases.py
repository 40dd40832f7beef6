"""The database that the tests of this process share: a copy of the run's template."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, connections
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from audit.chain.lifting import lifted
from tests.template import copy_template, create_database, ensure_template, is_postgres


def _own_copy(worker: str) -> str:
    """Create a database for this process alone and return its name."""
    if is_postgres():
        ensure_template()
        create_database(f"test_{worker}")
        return f"test_{worker}"
    path = Path(settings.DATA_DIR) / "test.sqlite3"
    copy_template(path)
    return str(path)


def _filled_tables() -> set[str]:
    """The tables that have a row."""
    names = connection.introspection.table_names()
    quote = connection.ops.quote_name
    asked = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in names]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return {name for (name,) in cursor.fetchall()}


def _empty(kept: set[str]) -> None:
    """Delete the rows of a test without a transaction; `kept` tables were filled by migrations.

    Django's own `flush` also writes all content types and permissions anew, each time. The permit that
    lifts the triggers of the audit goes last.
    """
    filled = sorted(_filled_tables() - kept)
    if filled:
        is_postgres = connection.vendor == "postgresql"
        commands = connection.ops.sql_flush(no_style(), filled, allow_cascade=is_postgres)
        with lifted():
            connection.ops.execute_sql_flush(commands)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """pytest-django's fixture: the database of this process, copied instead of migrated."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "alone")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        connections.close_all()
        name = _own_copy(worker)
        patch.setitem(settings.DATABASES["default"], "NAME", name)
        patch.setitem(connection.settings_dict, "NAME", name)
        kept = _filled_tables()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: _empty(kept))
        yield
        connections.close_all()
