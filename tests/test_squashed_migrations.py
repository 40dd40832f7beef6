"""New installations take squashed migrations; those of any earlier release go on with the single ones."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState

from tests.history import SingleMigrations

Name = tuple[str, str]


def _told(state: ModelState) -> dict[str, Any]:
    """A model in comparable parts; the order of its columns has no meaning."""
    rules = {name: state.options.get(name) or [] for name in ("indexes", "constraints")}
    return {
        "name": state.name,
        "fields": {name: field.deconstruct()[1:] for name, field in state.fields.items()},
        "options": {name: each for name, each in state.options.items() if name not in rules},
        "rules": {name: sorted(map(repr, each)) for name, each in rules.items()},
        "bases": state.bases,
        "managers": [(name, manager.deconstruct()) for name, manager in state.managers],
    }


def _models(state: ProjectState) -> dict[Name, dict[str, Any]]:
    return {key: _told(each) for key, each in state.models.items()}


@pytest.mark.once
def test_the_squashed_migrations_make_what_the_single_ones_made() -> None:
    singles, squashed = SingleMigrations(None), MigrationLoader(None)
    assert len(squashed.graph.nodes) < len(singles.graph.nodes)
    assert _models(squashed.project_state()) == _models(singles.project_state())


def _history() -> list[Name]:
    """Every single migration in the order in which an installation applied them."""
    graph = SingleMigrations(None).graph
    plans = [graph.forwards_plan(leaf) for leaf in sorted(graph.leaf_nodes())]
    return list(dict.fromkeys(name for plan in plans for name in plan))


@pytest.mark.once
@pytest.mark.django_db
def test_an_installation_goes_on_wherever_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    history = _history()
    for count in range(len(history) + 1):
        applied = dict.fromkeys(history[:count])
        monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda _, done=applied: done)
        executor = MigrationExecutor(connection)
        executor.loader.check_consistent_history(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        made = [
            (each.app_label, name)
            for each, _ in plan
            for name in ([name for _, name in each.replaces] or [each.name])
        ]
        assert sorted(made) == sorted(history[count:])
