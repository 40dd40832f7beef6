"""The session engine: Django's in the database, with owner, device and time of last use."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone
from typing_extensions import override

from accounts.access.models import LoginSession

#: The last use of a session is stored at most once in this time.
_NOTED_EVERY = datetime.timedelta(minutes=1)
#: Keys of the session's data that are columns of its row, too.
STARTED, ADDRESS, AGENT, DISPLAY = "started", "address", "agent", "display"


class SessionStore(DatabaseStore):
    """A session that ends when it is not used, and at its latest moment in any case."""

    _seen_at: datetime.datetime | None = None

    @classmethod
    @override
    def get_model_class(cls) -> type[LoginSession]:
        return LoginSession

    @override
    def load(self) -> dict[str, Any]:
        """Return the data of a session that has not ended; empty for any other key."""
        rows = LoginSession.objects.filter(session_key=self.session_key)
        row = rows.filter(expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
            return {}
        self._seen_at = row.seen_at
        data: dict[str, Any] = self.decode(row.session_data)
        return data

    @override
    def create_model_instance(self, data: dict[str, Any]) -> LoginSession:
        """Return the row of the session as it is now."""
        now = self._seen_at = timezone.now()
        row = super().create_model_instance(data)
        assert isinstance(row, LoginSession)  # noqa: S101 - the base class makes `get_model_class`
        row.user_id = data.get(SESSION_KEY)
        row.address, row.agent = data.get(ADDRESS, ""), data.get(AGENT, "")
        row.display = data.get(DISPLAY, "")
        row.started_at, row.seen_at = _started(data, now), now
        row.expire_date = _ends(data, row.started_at, now)
        return row

    def touch(self) -> None:
        """Put off the end of the session, because it is used; at most one statement a minute."""
        now = timezone.now()
        if self._seen_at is None or now - self._seen_at < _NOTED_EVERY:
            return
        data = {name: self.get(name) for name in (STARTED, DISPLAY)}
        LoginSession.objects.filter(session_key=self.session_key).update(
            seen_at=now, expire_date=_ends(data, _started(data, now), now)
        )


def _started(data: Mapping[str, Any], now: datetime.datetime) -> datetime.datetime:
    moment = data.get(STARTED)
    return datetime.datetime.fromtimestamp(moment, datetime.UTC) if moment else now


def _ends(
    data: Mapping[str, Any], started: datetime.datetime, now: datetime.datetime
) -> datetime.datetime:
    """Return when the session ends unless it is used before."""
    if data.get(DISPLAY):
        return started + datetime.timedelta(days=settings.DISPLAY_DAYS)
    latest = started + datetime.timedelta(hours=settings.SESSION_HOURS)
    return min(now + datetime.timedelta(minutes=settings.SESSION_IDLE_MINUTES), latest)
