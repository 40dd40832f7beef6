"""Events that other systems can subscribe to; each room declares its own."""

from __future__ import annotations

_LABELS: dict[str, str] = {}


def declare_event(code: str, label: str) -> str:
    """Register an event under its code (`report.filed`) with its Chinese name; return the code.

    A room declares its events beside its models, so that all are known when the apps are ready.
    """
    _LABELS[code] = label
    return code


def event_choices() -> list[tuple[str, str]]:
    """Return codes and names of all events, in the order of the apps."""
    return list(_LABELS.items())
