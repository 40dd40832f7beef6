"""The process that works in another place: `python -m backups.restoring.child build|migrate|check`.

It has a process of its own, so that migrations and checks find that place wherever they ask for the
database, and never the live data. It reads names on its standard input and writes its answer as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

import django


def _node(name: str) -> tuple[str, str]:
    app, _, migration = name.partition(".")
    return app, migration


def _build(names: Sequence[str]) -> list[str]:
    """Make the tables as these migrations made them, without a row.

    Those of this release's own state are made from its models: that takes seconds, all migrations minutes.
    """
    from django.db import connection  # noqa: PLC0415 - Django has to be set up
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    applied = set(map(_node, names))
    for node, squashed in executor.loader.replacements.items():
        if applied.issuperset(squashed.replaces):
            applied.add(node)
    known = applied & set(graph.nodes)
    if known == set(graph.nodes):
        _build_from_models()
        return []
    ends = [
        node
        for node in sorted(known)
        if not any(child.key in known for child in graph.node_map[node].children)
    ]
    executor.migrate(ends)
    return []


def _build_from_models() -> None:
    from django.apps import apps  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.recorder import MigrationRecorder  # noqa: PLC0415

    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
    MigrationRecorder(connection).ensure_schema()


def _migrate(names: Sequence[str]) -> list[str]:
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    return []


def _check(names: Sequence[str]) -> list[str]:
    """Return the faults that the checks of the night find."""
    from audit.chain.witnesses import witnesses  # noqa: PLC0415

    _migrate(names)
    return [f"{each.name}：{fault}" for each in witnesses() for fault in each.faults()]


def main() -> None:
    """Do what the first argument says."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from running.private import write_privately  # noqa: PLC0415

    write_privately()
    django.setup()
    names: list[str] = json.loads(sys.stdin.read())
    answer = {"build": _build, "migrate": _migrate, "check": _check}[sys.argv[1]](names)
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
