"""Single migrations, tried in a database of their own that holds nothing but what they need.

A squashed migration (`0001_squashed_…`) makes the tables of several at once for new installations;
those of earlier releases go on with the single ones. Going back from the newest tables of all apps
takes a minute; the tables that one app's early migration needs are made in a second.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.apps.registry import Apps
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from pytest_django import DjangoDbBlocker
from typing_extensions import override

from tests.template import create_database, drop_database, is_postgres

#: `migrate("reports", "0007_file_by")` migrates back or forth; it returns the models as they are then.
Migrate = Callable[[str, str], Apps]


class SingleMigrations(MigrationLoader):
    """Loads all migrations and leaves out those that replace others."""

    def __init__(self, connection: BaseDatabaseWrapper | None) -> None:
        super().__init__(connection, replace_migrations=False)

    @override
    def build_graph(self) -> None:
        super().build_graph()
        for key, squashed in self.replacements.items():
            self.graph.remove_replacement_node(key, squashed.replaces)
            self.applied_migrations.pop(key, None)


def _migrate(app: str, name: str) -> Apps:
    executor = MigrationExecutor(connection)
    executor.loader = SingleMigrations(connection)
    executor.migrate([(app, name)])
    loader = SingleMigrations(connection)
    return loader.project_state(list(loader.applied_migrations)).apps


@pytest.fixture
def migrate(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[Migrate]:
    """Give the test an empty database, and the function that migrates it by single migrations."""
    name = f"history_{os.getpid()}" if is_postgres() else str(tmp_path / "history.sqlite3")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        connections.close_all()
        if is_postgres():
            create_database(name, "template1")
        patch.setitem(connection.settings_dict, "NAME", name)
        try:
            yield _migrate
        finally:
            connections.close_all()
            if is_postgres():
                drop_database(name)
