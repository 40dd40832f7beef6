"""Recording what somebody does: `record` writes one event in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Model
from django.utils import timezone

from audit.acts import Act, Outcome
from audit.chain.links import link_after_commit
from audit.context import Acting, current
from audit.macs import mac_of
from audit.models import AuditEvent

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django.http import HttpRequest

#: The columns under an event's mac: all but its key, which the database gives, and the mac itself.
_COLUMNS = [
    field.attname
    for field in AuditEvent._meta.concrete_fields
    if field.attname not in ("id", "mac")
]


def record(
    act: Act,
    *,
    about: Model | None = None,
    area: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    outcome: Outcome = Outcome.DONE,
    user: AbstractBaseUser | AnonymousUser | None = None,
    detail: str = "",
    named: Mapping[str, str] | None = None,
) -> None:
    """Write one event: who (the caller of the request, or `user`) did what to which object.

    It is committed or rolled back with the act. The event of an act that did not succeed is stored
    when its request, task or command ends. `named` gives the columns of the object where there is no
    model of it. `before` and `after` map field names to values; mask
    personal data in them.
    """
    now = current()
    event = AuditEvent(
        at=timezone.now(),
        act=act,
        outcome=outcome,
        area=area or _area_of(about),
        before=_plain(before),
        after=_plain(after),
        detail=_cut(detail, 500),
        **_actor(now, user),
        **(_named(about) if named is None else _cut_all(named)),
    )
    if now is not None:
        now.recorded += 1
        if outcome != Outcome.DONE:
            now.pending.append(event)
            return
    _store([event])


def store_pending(ended: Acting) -> None:
    """Store the events of acts that did not succeed, once nothing can roll them back."""
    events, ended.pending = ended.pending, []
    _store(events)


def _store(events: list[AuditEvent]) -> None:
    for event in events:
        event.mac = mac_of(content_of(event))
        event.save(force_insert=True)
        link_after_commit(event)


def content_of(event: AuditEvent) -> list[object]:
    """Return the values that an event's mac covers."""
    return ["audit.auditevent", *(getattr(event, name) for name in _COLUMNS)]


def _actor(now: Acting | None, user: AbstractBaseUser | AnonymousUser | None) -> dict[str, object]:
    """Return the columns of who acts and from where."""
    request = now.request if now is not None else None
    if user is None and request is not None:
        user = getattr(request, "user", None)
    return {
        "user_id": getattr(user, "pk", None),
        "username": _cut(user.get_username() if user is not None else "", 150),
        "role": str(getattr(user, "role", "")),
        "user_area": str(getattr(user, "area_id", None) or ""),
        "address": _cut(address_of(request), 45) if request is not None else "",
        "agent": _cut(request.headers.get("User-Agent", ""), 300) if request is not None else "",
        "task": _cut(now.task, 100) if now is not None else "",
    }


def address_of(request: HttpRequest) -> str:
    """Return the caller's address: behind N trusted proxies the one that the outermost of them saw."""
    proxies: int = settings.PROXY_COUNT
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if proxies and len(told) >= proxies and told[-proxies]:
        return told[-proxies]
    return str(request.META.get("REMOTE_ADDR") or "")


def _named(about: Model | None) -> dict[str, str]:
    """Return the columns that name the object; its own text only where it declares `audit_name`."""
    if about is None:
        return {}
    meta = about._meta
    name = str(getattr(about, "audit_name", "") or f"#{about.pk}")
    return {
        "object_type": meta.label_lower,
        "object_key": _cut(str(about.pk), 60),
        "object_name": _cut(f"{meta.verbose_name} {name}", 200),
    }


def _area_of(about: Model | None) -> str:
    return str(getattr(about, "area_id", None) or "")


def _plain(values: Mapping[str, object] | None) -> dict[str, object] | None:
    """Return values as JSON holds them, so that they are read back as they were written."""
    if values is None:
        return None
    found: dict[str, object] = json.loads(json.dumps(_without_fractions(dict(values)), default=str))
    return found


def _without_fractions(value: object) -> object:
    """Return a value with its fractions as text (databases write them in several ways)."""
    if isinstance(value, Mapping):
        return {_clean(str(name)): _without_fractions(each) for name, each in value.items()}
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    if isinstance(value, list | tuple):
        return [_without_fractions(each) for each in value]
    if isinstance(value, bool | int | None):
        return value
    return _clean(str(value))


def _clean(text: str) -> str:
    """Return a text without what a database cannot store."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _cut_all(named: Mapping[str, str]) -> dict[str, str]:
    lengths = {"object_type": 60, "object_key": 60, "object_name": 200}
    return {name: _cut(text, lengths[name]) for name, text in named.items()}


def _cut(text: str, length: int) -> str:
    return _clean(text)[:length]
