"""Services of passwords: one-time ones, their age, and the sessions that end with them."""

from __future__ import annotations

import datetime
import secrets

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.access.guard import lift
from accounts.access.models import CountKind, LoginCount, LoginSession
from accounts.models import User
from audit.acts import Act
from audit.events import record

#: Characters of one-time passwords: none that looks like another.
_LETTERS = ("abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789")
_LENGTH = 14


def one_time_password() -> str:
    """Return a random password of three classes that can be read out without a mistake."""
    every = "".join(_LETTERS)
    found = [secrets.choice(each) for each in _LETTERS]
    found += [secrets.choice(every) for _ in range(_LENGTH - len(found))]
    secrets.SystemRandom().shuffle(found)
    return "".join(found)


@transaction.atomic
def give_one_time_password(user: User) -> str:
    """Give a saved account a password that its owner must change at once, and return it.

    All sessions of the account end, and a lock of it is lifted. The text is available only here.
    """
    text = one_time_password()
    user.set_password(text)
    user.must_change_password = True
    user.save(update_fields=["password", "password_changed_at", "must_change_password"])
    end_sessions(user)
    counts = LoginCount.objects.filter(kind=CountKind.ACCOUNT, subject=user.username)
    for row in counts.filter(locked_until__gt=timezone.now()):
        lift(row)
    record(Act.PASSWORD_RESET, about=user)
    return text


def end_sessions(user: User, but: str | None = None) -> int:
    """End the sessions of an account, except the one with the key `but`; return their number."""
    rows = LoginSession.objects.filter(user=user)
    if but:
        rows = rows.exclude(session_key=but)
    number: int = rows.delete()[0]
    if number:
        record(Act.SESSION_ENDED, about=user, detail=f"结束登录{number}处")
    return number


def is_expired(user: User) -> bool:
    """Return whether the account's password is older than `PASSWORD_DAYS` allow."""
    if not settings.PASSWORD_DAYS or not user.has_usable_password():
        return False
    limit = timezone.now() - datetime.timedelta(days=settings.PASSWORD_DAYS)
    return (user.password_changed_at or user.date_joined) < limit
