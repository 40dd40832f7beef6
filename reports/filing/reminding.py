"""Reminders: once for each mark of the calendar, to those who owe and, once late, to the level above."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Role, User
from indicators.models import Plan
from reports.filing.mailing import sent
from reports.models import Reminder, Report


def remind(on: datetime.date | None = None) -> int:
    """Set down the reminders whose day has come; twice is harmless. Returns how many were looked for.

    After days of being down only the nearest mark goes out: what it is about is the day, not the mark.
    """
    day = on or timezone.localdate()
    wanted = [
        Reminder(report=report, mark=mark, on=day)
        for plan in Plan.objects.all()
        for report in _near(plan, day)
        if (mark := _mark(report, day)) is not None
    ]
    # Two runs in one moment: the second finds the row there and leaves it.
    Reminder.objects.bulk_create(wanted, ignore_conflicts=True)
    return len(wanted)


def _near(plan: Plan, day: datetime.date) -> Iterable[Report]:
    ahead = day + datetime.timedelta(days=max(plan.report_reminders, default=0))
    owed: Iterable[Report] = (
        Report.objects.owed()
        .filter(plan=plan, file_by__lte=ahead)
        .select_related("plan")
        .defer("draft", "narrative")
        .prefetch_related("reminders")
    )
    return owed if plan.report_reminders else []


def _mark(report: Report, day: datetime.date) -> int | None:
    """The mark that is due and was not sent, nor any later one."""
    left = (report.file_by - day).days
    passed = [mark for mark in report.plan.report_reminders if mark >= left]
    gone = [each.mark for each in report.reminders.all() if each.mark is not None]
    mark = min(passed, default=None)
    return None if mark is None or min(gone, default=mark + 1) <= mark else mark


# --- mail -----------------------------------------------------------------------------------


def mail_reminders() -> int:
    """Mail what was set down and not handled yet, each once; returns how many were handled."""
    open_ones = Reminder.objects.filter(handled_at=None).order_by("pk").values_list("pk", flat=True)
    return sum(_handle(pk) for pk in list(open_ones))


@transaction.atomic
def _handle(pk: int) -> bool:
    rows = Reminder.objects.select_for_update(of=("self",), skip_locked=True)
    found = rows.filter(pk=pk, handled_at=None).select_related("report__plan", "report__area", "by")
    reminder = found.first()
    if reminder is None:  # another worker has it
        return False
    if not reminder.report.is_done and not _mailed(reminder):
        return False
    reminder.handled_at = timezone.now()
    reminder.save(update_fields=["handled_at"])
    return True


def _mailed(reminder: Reminder) -> bool:
    addresses = sorted({user.email for user in recipients(reminder) if user.email})
    return sent(subject(reminder), words(reminder), addresses)


def recipients(reminder: Reminder) -> list[User]:
    """Who owes it; once it is late, the reviewers of the nearest area above that has any, too."""
    report = reminder.report
    writers = Q(area=report.area_id, role__in=(Role.CLERK, Role.REVIEWER))
    found = list(User.objects.filter(writers, is_active=True))
    if reminder.mark is not None and reminder.mark < 0:
        found += reviewers_above(report)
    return found


def reviewers_above(report: Report) -> list[User]:
    """The reviewers who would receive it."""
    users = User.objects.filter(
        role=Role.REVIEWER, is_active=True, area__in=report.area.ancestor_codes
    )
    nearest = max((user.area_id or "" for user in users), key=len, default="")
    return [user for user in users if user.area_id == nearest]


def subject(reminder: Reminder) -> str:
    """The mail's subject."""
    late = reminder.report.file_by < reminder.on
    return f"【{'逾期催报' if late else '报送提醒'}】{reminder.report}"


def words(reminder: Reminder) -> str:
    """What it says, on the page and in the mail."""
    report, left = reminder.report, (reminder.report.file_by - reminder.on).days
    day = f"{report.file_by.year}年{report.file_by.month}月{report.file_by.day}日"
    stands = f"已逾期{-left}天" if left < 0 else f"还有{left}天" if left else "今天到期"
    said = f"{report}应于{day}前报送，{stands}。"
    if reminder.by is not None:
        said += f"{reminder.by.area}{reminder.by}催报"
        said += f"：{reminder.note}" if reminder.note else "。"
    return said
