"""Which tables are append-only: the log's own, history tables, and those that other rooms declare."""

from __future__ import annotations

from django.apps import apps
from django.db.models import Model

_declared: list[type[Model]] = []


def declare_append_only(model: type[Model]) -> None:
    """Let triggers refuse changes of a model's rows, and the check of the night compare them.

    The room that owns the model covers the rows that it adds: `audit.chain.covers.cover_rows`.
    """
    _declared.append(model)


def declared() -> list[type[Model]]:
    """Return the models that other rooms declared."""
    return list(_declared)


def histories() -> list[type[Model]]:
    """Return the models of history tables (django-simple-history)."""
    return [model for model in apps.get_models() if hasattr(model, "tracked_fields")]


def append_only() -> list[type[Model]]:
    """Return every model whose rows are only added."""
    own = [apps.get_model("audit", name) for name in ("AuditEvent", "Cover", "Link")]
    return [*own, *declared(), *histories()]
