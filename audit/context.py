"""Who acts now: a page's or API's caller, a task, a command. No Django here: `manage.py` imports it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

    from audit.models import AuditEvent


@dataclass
class Acting:
    """One request, task or command while it runs."""

    request: HttpRequest | None = None
    #: The name of the task or command; "" for a request.
    task: str = ""
    #: How many events were recorded since it began.
    recorded: int = 0
    #: Events of acts that did not succeed: stored at the end, whatever is rolled back until then.
    pending: list[AuditEvent] = field(default_factory=list)


_acting: ContextVar[Acting | None] = ContextVar("audit_acting", default=None)


def current() -> Acting | None:
    """Return what runs now; None outside of requests, tasks and commands."""
    return _acting.get()


@contextmanager
def acting(now: Acting) -> Iterator[Acting]:
    """Let events within name this request, task or command."""
    token = _acting.set(now)
    try:
        yield now
    finally:
        _acting.reset(token)
        if now.pending:
            _store(now)


def _store(ended: Acting) -> None:
    from audit.events import store_pending  # noqa: PLC0415 - needs Django's registry of apps

    store_pending(ended)
