"""The check of every night, and who is told of it: auditors and administrators by mail, receivers by
webhook."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import Role, User
from accounts.webhooks.announcing import announce_to_all
from accounts.webhooks.events import declare_event
from audit.chain.night import Verdict, check_all
from reports.filing.mailing import try_to_send

#: An event for other systems: the day's head of the chain, kept where nobody of the platform writes.
AUDIT_CHECKED = declare_event("audit.checked", "每日完整性核验")
_TOLD = (Role.AUDITOR, Role.ADMINISTRATOR)


def check_the_night() -> Verdict:
    """Check everything, and send the result with the head of the chain out of the house."""
    verdict = check_all()
    _mail(verdict)
    data = {
        "position": verdict.position,
        "head": verdict.head,
        "faults": verdict.number,
    }
    announce_to_all(AUDIT_CHECKED, data)
    return verdict


def _mail(verdict: Verdict) -> None:
    told = User.objects.filter(is_active=True, role__in=_TOLD).exclude(email="")
    word = f"发现{verdict.number}处不符" if verdict.number else "全部相符"
    lines = [
        verdict.sentence + "。",
        *(f"{name}：{fault}" for name, found in verdict.faults.items() for fault in found[:10]),
        f"审计链序号：{verdict.position}",
        f"审计链值：{verdict.head}",
        "请留存本邮件：日后可据此证明日志未被改动。",
    ]
    day = timezone.localdate()
    subject = f"社区慈善工作平台 {day:%Y-%m-%d} 完整性核验：{word}"
    for address in told.values_list("email", flat=True):
        try_to_send(subject, "\n".join(lines), [address])
