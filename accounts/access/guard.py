"""Counting failed logins, per account and per address, before the password is hashed.

An attempt takes one of the places that are left and gives it back when it succeeds, so a hundred
guesses sent at the same moment are no more than one after the other.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.access.models import CountKind, LoginCount
from accounts.models import User
from audit.acts import Act
from audit.events import record

#: After this time without a failure, failures and earlier locks are forgotten.
_FORGOTTEN = datetime.timedelta(days=1)
_LONGEST_LOCK = datetime.timedelta(days=1)
#: In this time every attempt has been answered: until then all places may be taken by honest people.
_ANSWERED = datetime.timedelta(minutes=1)


@dataclass(frozen=True)
class Attempt:
    """A login that is tried: the name that was typed, and where it came from (empty: unknown).

    `address` is that of the client, `counted` the one under which its failures are counted.
    """

    name: str
    address: str
    counted: str

    def counters(self) -> Iterator[tuple[CountKind, str, int]]:
        """Yield kind, subject and limit of everything that the attempt counts for."""
        if self.counted:
            yield CountKind.ADDRESS, self.counted, settings.LOGIN_ADDRESS_FAILURES
        yield CountKind.ACCOUNT, subject_of(self.name), settings.LOGIN_FAILURES


@dataclass(frozen=True)
class Before:
    """What the account's owner is told after a login: the login before it, and failures since."""

    at: datetime.datetime | None
    address: str
    failures: int


def subject_of(name: str) -> str:
    """Return what the failures of a typed name are counted under.

    A name that no account has is kept as a digest: it may be a password in the wrong field.
    """
    if name and User.objects.filter(username=name).exists():
        return name
    return f"?{salted_hmac('accounts.access.guard', name).hexdigest()[:16]}"


def admit(attempt: Attempt) -> bool:
    """Count an attempt and return whether it may be tried; False while account or address is locked."""
    return all(_admit(*each, attempt.address) for each in attempt.counters())


def note_refusal(attempt: Attempt) -> None:
    """Note for the account's owner that somebody tried; an attempt that was not admitted locks nothing."""
    LoginCount.objects.filter(kind=CountKind.ACCOUNT, subject=subject_of(attempt.name)).update(
        failures_since=F("failures_since") + 1
    )


def note_failure(attempt: Attempt) -> list[LoginCount]:
    """Lock what has reached its limit and return it; the attempt itself is counted by `admit`."""
    note_refusal(attempt)
    return [row for each in attempt.counters() if (row := _lock_if_full(*each))]


def note_success(attempt: Attempt) -> Before:
    """Forget the account's failures, give the place of the address back, and return what was before.

    Other failures from the address stay: whoever guesses could log in as themselves in between.
    """
    _give_back(CountKind.ADDRESS, attempt.counted)
    return enter(attempt.name, attempt.address)


def give_back(attempt: Attempt) -> None:
    """Give the places of an attempt back that was right as far as it went: a code is still owed.

    Other failures stay, because who knows the password could guess codes in between.
    """
    for kind, subject, _ in attempt.counters():
        _give_back(kind, subject)


@transaction.atomic
def enter(name: str, address: str) -> Before:
    """Note that an account's owner has come in, and return what was before."""
    row = _row(CountKind.ACCOUNT, name)
    before = Before(row.entered_at, row.entered_from, row.failures_since)
    row.failures = row.locks = row.failures_since = 0
    row.locked_until = row.failed_at = None
    row.failed_from = ""
    row.entered_at, row.entered_from = timezone.now(), address
    row.save()
    return before


def lift(row: LoginCount) -> None:
    """Lift a lock and forget the failures before it."""
    LoginCount.objects.filter(pk=row.pk).update(failures=0, locks=0, locked_until=None)
    record(Act.UNLOCKED, about=row, detail=str(row))


def clear_counts() -> int:
    """Delete counts that are forgotten, except those with the last login of an account."""
    limit = timezone.now() - _FORGOTTEN
    old = LoginCount.objects.filter(failed_at__lt=limit, entered_at=None)
    return old.exclude(locked_until__gt=timezone.now()).delete()[0]


def admit_call(address: str) -> bool:
    """Return whether an address may try a token of the API; False while it is locked.

    An address that names nobody is never locked.
    """
    rows = LoginCount.objects.filter(kind=CountKind.API_ADDRESS, subject=address)
    return not rows.filter(locked_until__gt=timezone.now()).exists()


def note_wrong_token(address: str) -> LoginCount | None:
    """Count a wrong token of the API; return the row if that locks the address."""
    if not address:
        return None
    limit = settings.LOGIN_ADDRESS_FAILURES
    _admit(CountKind.API_ADDRESS, address, limit, address)
    return _lock_if_full(CountKind.API_ADDRESS, address, limit)


def _give_back(kind: CountKind, subject: str) -> None:
    rows = LoginCount.objects.filter(kind=kind, subject=subject, failures__gt=0)
    rows.update(failures=F("failures") - 1)


def _row(kind: CountKind, subject: str) -> LoginCount:
    """Return the row, locked until the transaction ends."""
    row, _ = LoginCount.objects.select_for_update().get_or_create(kind=kind, subject=subject)
    return row


@transaction.atomic
def _admit(kind: CountKind, subject: str, limit: int, address: str) -> bool:
    row, now = _row(kind, subject), timezone.now()
    is_locked = row.is_locked_at(now)
    if not is_locked and row.failed_at and now - row.failed_at > _FORGOTTEN:
        row.failures = row.locks = 0
    is_full = not is_locked and row.failures >= limit
    if is_full and row.failed_at and now - row.failed_at > _ANSWERED:
        _lock(row, now)  # those before never came to an end, or their process did
    elif not (is_locked or is_full):
        row.failures += 1
        row.failed_at, row.failed_from = now, address
    row.save()
    return not (is_locked or is_full)


@transaction.atomic
def _lock_if_full(kind: CountKind, subject: str, limit: int) -> LoginCount | None:
    row, now = _row(kind, subject), timezone.now()
    if row.is_locked_at(now) or row.failures < limit:
        return None
    _lock(row, now)
    row.save()
    return row


def _lock(row: LoginCount, now: datetime.datetime) -> None:
    """Lock for twice as long as the last time, at most a day."""
    span = datetime.timedelta(minutes=settings.LOGIN_LOCK_MINUTES) * 2 ** min(row.locks, 12)
    row.locked_until = now + min(span, _LONGEST_LOCK)
    row.locks, row.failures = row.locks + 1, 0
