"""What another system can be told of: events, declared by the rooms in which they happen."""

from __future__ import annotations

_LABELS: dict[str, str] = {}


def declare_event(code: str, label: str) -> str:
    """Make an event known under its code (`report.filed`) and its Chinese name; returns the code.

    A room declares its events beside its models, so that all are known when the apps are ready.
    """
    _LABELS[code] = label
    return code


def event_choices() -> list[tuple[str, str]]:
    """Codes and names of all events, in the order of the apps."""
    return list(_LABELS.items())
