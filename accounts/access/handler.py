"""What django-axes calls at each login: the guard's counting, and the session's beginning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from axes.handlers.base import AxesHandler
from typing_extensions import override

from accounts.access.addresses import client_address, counted_address
from accounts.access.guard import Attempt, admit, enter, note_failure, note_refusal, subject_of
from accounts.access.secrets.second_factor import has_authenticator, is_demanded
from accounts.access.sessions import begin
from audit.acts import Act, Outcome
from audit.events import record

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User


def attempt_of(request: HttpRequest, name: str) -> Attempt:
    """Return the attempt that a request makes to log in under a name."""
    return Attempt(name, client_address(request), counted_address(request))


def record_failure(attempt: Attempt, *, is_refused: bool = False) -> None:
    """Record a failed login, and lock what has reached its limit unless it was not even admitted."""
    name = subject_of(attempt.name)
    shown = f"账号 {name}" if name == attempt.name else "不存在的账号"
    if is_refused:
        note_refusal(attempt)
        record(Act.LOGIN, outcome=Outcome.REFUSED, detail=f"{shown}锁定期间登录")
        return
    record(Act.LOGIN, outcome=Outcome.FAILED, detail=f"{shown}登录失败")
    for row in note_failure(attempt):
        record(Act.LOCKED, about=row, detail=f"{row}，第{row.locks}次锁定")


def let_in(request: HttpRequest, user: User) -> None:
    """Note that an account's owner is who they say they are; a code may still be owed.

    Until it is given, the failures of the account stay: who knows the password could guess codes.
    """
    user.asks_code = is_demanded(user) or has_authenticator(user)
    if not user.asks_code:
        user.before_login = enter(user.username, client_address(request))


class GuardHandler(AxesHandler):
    """Admits or refuses attempts by `accounts.access.guard`, whose rows every process shares."""

    @override
    def is_allowed(
        self, request: HttpRequest, credentials: Mapping[str, str] | None = None
    ) -> bool:
        """Count an attempt by name and password, before the password is hashed.

        An attempt without a name is none to guess at: a provider vouches for the account.
        """
        name = (credentials or {}).get("username")
        return name is None or admit(attempt_of(request, name))

    @override
    def user_login_failed(
        self,
        sender: object,
        credentials: Mapping[str, str],
        request: HttpRequest | None = None,
        **kwargs: object,
    ) -> None:
        """Lock account or address when this was one failure too many."""
        name = credentials.get("username")
        if request is not None and name is not None:
            is_refused = getattr(request, "axes_locked_out", False)
            record_failure(attempt_of(request, name), is_refused=is_refused)

    @override
    def user_logged_in(
        self, sender: object, request: HttpRequest, user: User, **kwargs: object
    ) -> None:
        """Begin the session: its time, where it is used, and what its owner is told."""
        begin(request, user)
        if user.before_login is not None:  # logged in by its owner, with a password or a provider
            record(Act.LOGIN, about=user, user=user)
        elif user.asks_code:
            record(Act.LOGIN_BEGUN, about=user, user=user)

    @override
    def user_logged_out(
        self, sender: object, request: HttpRequest, user: User | None, **kwargs: object
    ) -> None:
        """Record who has logged out."""
        if user is not None:
            record(Act.LOGOUT, about=user, user=user)
