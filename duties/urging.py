"""Urging (催办): whoever supervises a debtor reminds it by hand of what it still owes."""

from __future__ import annotations

import datetime

from django.utils import timezone

from accounts.models import User
from dates.due_items import DueItem, find_item
from indicators.duties.due import DUTY_DUE, item_key
from indicators.duties.instances import OPEN_STATES, Instance
from indicators.duties.terms import AREA
from reports.models import Reminder
from reviews.models import text_fault


class UrgingError(Exception):
    """Nobody is reminded; the message says why."""


def may_urge(user: User, instance: Instance) -> bool:
    """Whether the user supervises the debtor: a reviewer of its area or above, for areas above."""
    code = instance.debtor.area_code
    if not (user.is_reviewer and user.covers(code)):
        return False
    return instance.debtor.kind != AREA or user.area_id != code


def urge(instance: Instance, *, by: User, note: str = "", on: datetime.date | None = None) -> None:
    """Remind the area of a debtor of an instance; each user may do that once a day (UrgingError)."""
    if not may_urge(by, instance):
        raise UrgingError("只有主管地区的审核员可以催办")
    if fault := text_fault(note.strip(), "催办说明"):
        raise UrgingError(fault)
    if instance.state not in OPEN_STATES:
        raise UrgingError(f"该事项现为“{instance.state.label}”，无须催办")
    if not Reminder.urge(_due_item(instance), by, on or timezone.localdate(), note.strip()):
        raise UrgingError("今天已催办过")


def _due_item(instance: Instance) -> DueItem:
    """The instance as a due item; UrgingError where it is owed no more."""
    item = find_item(DUTY_DUE, item_key(instance))
    if item is None:
        raise UrgingError("该事项已不再需要办理")
    return item
