"""What a session knows of itself: when and where it began, and what its owner is told."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.utils import timezone
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
_TOLD = "before_told"


def begin(request: HttpRequest, user: User) -> None:
    """Begin the session of somebody who has just logged in."""
    session = request.session
    if session.pop(DISPLAY, None):
        session.set_expiry(None)
        session.cycle_key()
    for kept in (_BEFORE, _ASKS_CODE, _CODE_GIVEN, _TOLD):  # of a login before in the same browser
        session.pop(kept, None)
    session[STARTED] = int(timezone.now().timestamp())
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
    request.session[DISPLAY], request.session[STARTED] = path, int(timezone.now().timestamp())
    request.session.set_expiry(datetime.timedelta(days=days))


def before_login(request: HttpRequest) -> Before | None:
    """Return what the owner is told of the time before this login; None if nobody typed a password."""
    kept = request.session.get(_BEFORE)
    if not kept:
        return None
    return Before(parse_datetime(kept["at"]), kept["address"], kept["failures"])


def tell_without_desk(request: HttpRequest) -> None:
    """Tell once a session, who has no desk to read it on, when the account was last used."""
    before = before_login(request)
    if before is None or request.session.get(_TOLD):
        return
    request.session[_TOLD] = True
    at = timezone.localtime(before.at) if before.at else None
    last = f"上次登录：{at:%Y年%-m月%-d日 %H:%M}，地址{before.address or '不详'}。" if at else ""
    if before.failures:
        messages.warning(
            request, f"{last}此后登录失败{before.failures}次，不是您本人的请修改口令。"
        )
    elif last:
        messages.info(request, last)
