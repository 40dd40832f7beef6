"""The check of the night: the log, the records, the figures and the sealed editions."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from audit.acts import Act, Outcome
from audit.chain.links import head
from audit.chain.witnesses import witnesses
from audit.events import record
from audit.models import AuditEvent
from crypto.fields import unreadable_passed_on

#: How many faults of one kind the event names.
_NAMED = 20
#: After how long without a check the desks say so.
_OVERDUE = datetime.timedelta(hours=36)


@dataclass(frozen=True)
class Verdict:
    """What a check found: name of the check → its faults in Chinese, and the head of the chain then."""

    faults: Mapping[str, Sequence[str]]
    position: int
    head: str

    @property
    def number(self) -> int:
        """The number of faults."""
        return sum(map(len, self.faults.values()))

    @property
    def first(self) -> str:
        """The first fault; "" for none."""
        return next((fault for found in self.faults.values() for fault in found), "")

    @property
    def sentence(self) -> str:
        """The result in Chinese."""
        if self.number:
            return f"完整性核验发现{self.number}处不符，第一处：{self.first}"
        return f"完整性核验全部相符（{'、'.join(self.faults)}；审计链第{self.position}环）"


def check_all() -> Verdict:
    """Run every check and record the result as an event of the log."""
    with unreadable_passed_on():
        faults = {witness.name: list(witness.faults()) for witness in witnesses()}
    verdict = Verdict(faults, *head())
    record(
        Act.CHECKED,
        after={
            "链序号": verdict.position,
            "链值": verdict.head,
            "不符": {name: found[:_NAMED] for name, found in faults.items() if found},
            "处数": verdict.number,
        },
        detail=verdict.sentence,
        # Stored at once: the result is no act that failed, but what was found.
        outcome=Outcome.DONE,
    )
    return verdict


def last_check() -> tuple[str, bool]:
    """Return the last result in Chinese for the desks, and whether somebody must act."""
    event = AuditEvent.objects.filter(act=Act.CHECKED).order_by("-pk").first()
    if event is None:
        return "尚未做过完整性核验，每日夜间自动进行", False
    at = timezone.localtime(event.at)
    text = f"{at:%Y-%m-%d %H:%M} {event.detail}"
    if event.at < timezone.now() - _OVERDUE:
        return f"{text}；此后没有再核验，请检查后台任务", True
    return text, bool((event.after or {}).get("处数"))
