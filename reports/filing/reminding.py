"""Reminders of due items: one per mark, to the area that owes it and, if late, the level above."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone

from accounts.models import Role, User
from areas.codes import ancestors_of
from dates.due_items import DueItem, DueKind, due_kind, due_kinds, find_item
from dates.reminders import reminder_due
from dates.text import day_text
from reports.filing.mailing import try_to_send
from reports.models import Reminder

#: How many items one query looks up.
_BATCH = 500


def remind(on: datetime.date | None = None) -> int:
    """Store the reminders that are due on a day (default: today); returns how many. Idempotent.

    After days without a run only the nearest mark is sent: the mail names the day, not the mark.
    """
    day = on or timezone.localdate()
    due = [reminder for kind in due_kinds() for reminder in _due_on(day, kind)]
    # Of two runs at the same time, the second one finds the row and leaves it.
    Reminder.objects.bulk_create(due, ignore_conflicts=True)
    return len(due)


def _due_on(day: datetime.date, kind: DueKind) -> Iterator[Reminder]:
    for items in _batches(kind.owed(day)):
        last_sent = _last_marks(kind, [item.key for item in items])
        for item in items:
            left = (item.due_on - day).days
            mark = reminder_due(left, item.reminders, last_sent.get(item.key))
            if mark is not None:
                yield Reminder.by_calendar(item, mark, day)


def _batches(items: Iterable[DueItem]) -> Iterator[list[DueItem]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _last_marks(kind: DueKind, keys: list[str]) -> dict[str, int]:
    """Key → the smallest mark that was sent."""
    rows = Reminder.objects.filter(kind=kind.code, key__in=keys, mark__isnull=False)
    return dict(rows.order_by().values_list("key").annotate(Min("mark")))


# --- mail -----------------------------------------------------------------------------------


def mail_reminders() -> int:
    """Mail every reminder that was not handled yet, once; returns how many were handled."""
    unhandled = Reminder.objects.filter(handled_at=None).order_by("pk").values_list("pk", flat=True)
    return sum(_handle(pk) for pk in list(unhandled))


@transaction.atomic
def _handle(pk: int) -> bool:
    """Whether the reminder was handled: mailed, or no longer needed."""
    rows = Reminder.objects.select_for_update(of=("self",), skip_locked=True)
    reminder = rows.filter(pk=pk, handled_at=None).select_related("by").first()
    if reminder is None:  # another worker handles it
        return False
    item = find_item(reminder.kind, reminder.key)
    if item and not item.is_done and not _mailed(reminder, item):
        return False
    reminder.handled_at = timezone.now()
    reminder.save(update_fields=["handled_at"])
    return True


def _mailed(reminder: Reminder, item: DueItem) -> bool:
    kind = due_kind(item.kind)
    addresses = sorted({user.email for user in recipients(reminder, item) if user.email})
    head = kind.overdue_head if item.due_on < reminder.on else kind.reminder_head
    return try_to_send(f"【{head}】{item.title}", reminder_text(reminder, item), addresses)


def recipients(reminder: Reminder, item: DueItem) -> list[User]:
    """The clerks and reviewers of the area that owes it; once it is late, the reviewers above, too."""
    own = Q(area=item.area_code, role__in=(Role.CLERK, Role.REVIEWER))
    found = list(User.objects.filter(own, is_active=True))
    if reminder.mark is not None and reminder.mark < 0:
        found += _reviewers_above(item.area_code)
    return found


def _reviewers_above(area_code: str) -> list[User]:
    """The reviewers of the nearest area above that has any."""
    above = ancestors_of(area_code)
    users = User.objects.filter(role=Role.REVIEWER, is_active=True, area__in=above)
    nearest = max((user.area_id or "" for user in users), key=len, default="")
    return [user for user in users if user.area_id == nearest]


def reminder_text(reminder: Reminder, item: DueItem) -> str:
    """The text of the reminder, on the page and in the mail."""
    kind, left = due_kind(item.kind), (item.due_on - reminder.on).days
    state = f"已逾期{-left}天" if left < 0 else f"还有{left}天" if left else "今天到期"
    text = f"{item.title}应于{day_text(item.due_on)}前{kind.act}，{state}。"
    if reminder.by is not None:
        text += f"{reminder.by.area}{reminder.by}{kind.urged}"
        text += f"：{reminder.note}" if reminder.note else "。"
    return text
