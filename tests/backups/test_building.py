"""Tables made from the models are those that the migrations make."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from pathlib import Path

import pytest
from django.conf import settings

from backups.contents.tables import applied_migrations
from backups.restoring.places import ScratchPlace

pytestmark = [pytest.mark.once, pytest.mark.django_db]

Shape = tuple[list[object], list[object], list[object]]


def _kind(declared: str) -> str:
    return re.sub(r"(var)?char\(\d+\)", "text", declared.lower())


def _shapes(file: str) -> dict[str, Shape]:
    """Columns, indexes and foreign keys of each table, whatever their order.

    Defaults are left out: a migration that adds a column may leave one, and Django writes every value. So are
    the lengths of texts, which SQLite does not look at: a field that became encrypted keeps its column there.
    """
    found: dict[str, Shape] = {}
    with contextlib.closing(sqlite3.connect(file)) as opened:
        tables = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            columns = [
                (row[1], _kind(row[2]), row[3], row[5])
                for row in opened.execute(f'PRAGMA table_info("{table}")')
            ]
            keys = [row[2:5] for row in opened.execute(f'PRAGMA foreign_key_list("{table}")')]
            indexes = []
            for _, name, is_unique, _, is_partial in opened.execute(
                f'PRAGMA index_list("{table}")'
            ):
                parts = opened.execute(f'PRAGMA index_xinfo("{name}")').fetchall()
                label = "" if name.startswith("sqlite_autoindex") else name
                indexes.append((label, is_unique, is_partial, [part[2:4] for part in parts]))
            found[table] = (
                sorted(columns, key=repr),
                sorted(indexes, key=repr),
                sorted(keys, key=repr),
            )
    return found


def test_models_make_the_tables_of_the_migrations(tmp_path: Path) -> None:
    place = ScratchPlace(tmp_path / "built")
    place.folder.mkdir()
    place.run("build", names=applied_migrations())
    assert _shapes(str(place.file)) == _shapes(str(settings.DATABASES["default"]["NAME"]))
