"""What a session knows of itself: when and where it began, and what its owner is told."""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING

from django.utils.dateparse import parse_datetime

from accounts.access.addresses import agent_of, client_address
from accounts.access.guard import Before
from accounts.access.store import ADDRESS, AGENT, DISPLAY, STARTED
from audit.acts import Act
from audit.events import record

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User

_BEFORE, _ASKS_CODE, _CODE_GIVEN = "before", "asks_code", "code_given"


def begin(request: HttpRequest, user: User) -> None:
    """Begin the session of somebody who has just logged in."""
    session = request.session
    session.pop(DISPLAY, None)
    session[STARTED] = int(time.time())
    session[ADDRESS], session[AGENT] = client_address(request), agent_of(request)
    if user.asks_code:
        session[_ASKS_CODE] = True
    if user.before_login is not None:
        _tell(request, user.before_login)


def _tell(request: HttpRequest, before: Before) -> None:
    """Keep what the owner is told of the time before this login."""
    at = before.at.isoformat() if before.at else ""
    kept = {"at": at, "address": before.address, "failures": before.failures}
    request.session[_BEFORE] = kept


def asks_code(request: HttpRequest) -> bool:
    """Return whether the session's owner has a second factor of their own will or must have one."""
    return bool(request.session.get(_ASKS_CODE))


def has_given_code(request: HttpRequest) -> bool:
    """Return whether the second factor was given in this session."""
    return bool(request.session.get(_CODE_GIVEN))


def note_code(request: HttpRequest, user: User, before: Before) -> None:
    """Note that the second factor was given: only now has the owner logged in."""
    request.session.cycle_key()
    request.session[_CODE_GIVEN] = True
    if _BEFORE not in request.session:
        _tell(request, before)
        record(Act.LOGIN, about=user, detail="两步验证")


def begin_display(request: HttpRequest, path: str, days: int) -> None:
    """Give the session a new key, its one page and a later end; what it was before ends."""
    record(Act.DISPLAY_BEGUN, detail=path)
    request.session.cycle_key()
    request.session[DISPLAY], request.session[STARTED] = path, int(time.time())
    request.session.set_expiry(datetime.timedelta(days=days))


def before_login(request: HttpRequest) -> Before | None:
    """Return what the owner is told of the time before this login; None if nobody typed a password."""
    kept = request.session.get(_BEFORE)
    if not kept:
        return None
    return Before(parse_datetime(kept["at"]), kept["address"], kept["failures"])
