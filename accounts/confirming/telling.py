"""The owner of an account is told what others changed about it: by mail and on the desk."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.confirming.tasks import addresses_of, mail_owner
from proposals.models import ChangeState, PendingChange

if TYPE_CHECKING:
    from accounts.models import User

#: How long the desk tells of a change.
_TOLD_FOR = datetime.timedelta(days=30)


def subject_of(user: User) -> str:
    """Return what changes of an account are filed under."""
    return f"accounts.user:{user.pk}"


def tell_owner(user: User, change: PendingChange) -> None:
    """Mail the owner of an account once the change of it is committed."""
    if addresses_of(user, change):
        message = user.pk, change.pk
        transaction.on_commit(lambda: mail_owner.apply_async(message, retry=False), robust=True)


def told_to(user: User) -> QuerySet[PendingChange]:
    """Return what others have lately changed about the user's own account, the newest first."""
    rows = PendingChange.objects.select_related("proposed_by", "decided_by")
    since = timezone.now() - _TOLD_FOR
    return rows.filter(subject=subject_of(user), state=ChangeState.DONE, decided_at__gte=since)
