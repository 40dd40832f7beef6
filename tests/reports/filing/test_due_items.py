"""Reminders work for any kind of due items: here for one that only this test defines."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator

import pytest
from django.core import mail
from typing_extensions import override

from accounts.models import User
from dates.due_items import DueItem, DueKind, due_kinds, register, unregister
from indicators.duties.due import DUTY_DUE
from reports.filing.reminding import mail_reminders, remind
from reports.models import REPORT_DUE, Reminder
from tests.conftest import QIXINGGANG

Day = datetime.date
AUDIT = DueItem(
    kind="tests.audit",
    key="audit/500103001/2025",
    title="七星岗街道2025年度审计",
    area_code=QIXINGGANG,
    due_on=Day(2026, 3, 31),
    reminders=(10, -1),
)


class AuditDue(DueKind):
    """An audit that a street owes; kept in memory."""

    code = "tests.audit"
    act = "完成"
    reminder_head, overdue_head = "履责提醒", "逾期提醒"
    urged = "催办"

    def __init__(self) -> None:
        self.items = {AUDIT.key: AUDIT}

    @override
    def owed(self, on: datetime.date) -> Iterator[DueItem]:
        yield from (item for item in self.items.values() if not item.is_done)

    @override
    def find(self, key: str) -> DueItem | None:
        return self.items.get(key)


@pytest.fixture
def audits(jiedao: User, shiju: User) -> Iterator[AuditDue]:
    """The kind, registered during the test; a clerk who owes an item and a reviewer above."""
    for user in (jiedao, shiju):
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@example.org")
    kind = AuditDue()
    register(kind)
    yield kind
    unregister(kind.code)


def _days(first: Day, last: Day) -> Iterator[Day]:
    while first <= last:
        yield first
        first += datetime.timedelta(days=1)


def test_it_is_reminded_of_and_mailed_in_its_own_words(audits: AuditDue) -> None:
    for day in _days(Day(2026, 3, 1), Day(2026, 4, 10)):
        remind(day)
        mail_reminders()
    ahead, late = mail.outbox
    assert (ahead.subject, ahead.to) == (
        "【履责提醒】七星岗街道2025年度审计",
        ["jiedao@example.org"],
    )
    assert ahead.body == "七星岗街道2025年度审计应于2026年3月31日前完成，还有10天。"
    assert late.subject == "【逾期提醒】七星岗街道2025年度审计"
    assert late.to == ["jiedao@example.org", "shiju@example.org"]
    assert late.body == "七星岗街道2025年度审计应于2026年3月31日前完成，已逾期1天。"


def test_once_done_nobody_is_reminded(audits: AuditDue) -> None:
    remind(Day(2026, 3, 21))
    audits.items[AUDIT.key] = dataclasses.replace(AUDIT, is_done=True)
    assert mail_reminders() == 1
    assert remind(Day(2026, 4, 1)) == 0
    assert mail.outbox == []


def test_a_reviewer_above_urges_in_the_words_of_the_kind(audits: AuditDue, shiju: User) -> None:
    Reminder.by_person(AUDIT, shiju, Day(2026, 3, 31), "请今日完成").save()
    mail_reminders()
    assert mail.outbox[0].body == (
        "七星岗街道2025年度审计应于2026年3月31日前完成，今天到期。渝中区shiju催办：请今日完成"
    )


@pytest.mark.parametrize("key", [AUDIT.key, "gone"])
def test_what_nobody_knows_any_more_is_not_mailed(audits: AuditDue, key: str) -> None:
    Reminder.by_calendar(dataclasses.replace(AUDIT, key=key), 10, Day(2026, 3, 21)).save()
    if key == AUDIT.key:
        unregister(AuditDue.code)
    assert mail_reminders() == 1
    assert mail.outbox == []
    assert not Reminder.objects.filter(handled_at=None).exists()


def test_two_kinds_do_not_share_a_name(audits: AuditDue) -> None:
    class Other(AuditDue):
        """Another kind under the same code."""

    with pytest.raises(ValueError, match=r"tests\.audit"):
        register(Other())
    assert [kind.code for kind in due_kinds()] == [DUTY_DUE, REPORT_DUE, "tests.audit"]
