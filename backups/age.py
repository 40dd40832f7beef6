"""How old the last good backup is, for the administrator's desk."""

from __future__ import annotations

import datetime

from django.utils import timezone

from audit.acts import Act, Outcome
from audit.models import AuditEvent

#: A nightly backup may take an hour or two longer than the night before.
OVERDUE = datetime.timedelta(hours=26)
#: Older ones are not looked for: the log is long.
_SEARCHED = datetime.timedelta(days=60)
_MANUAL = "部署与运维说明中的“备份与恢复”"


def last_backup() -> tuple[str, bool]:
    """Return when the last good backup was made, in Chinese, and whether somebody must act."""
    now = timezone.now()
    events = AuditEvent.objects.filter(act=Act.BACKED_UP, at__gte=now - _SEARCHED).order_by("-pk")
    last, failed = None, None
    for event in events[:50]:
        if event.outcome == Outcome.DONE:
            last = event
            break
        failed = failed or event
    reason = f"；最近一次没有成功：{failed.detail}" if failed else ""
    if last is None:
        first = AuditEvent.objects.order_by("pk").values_list("at", flat=True).first()
        is_new = first is None or now - first <= OVERDUE
        return f"还没有备份{reason}。请按{_MANUAL}备份", bool(failed) or not is_new
    size = (last.after or {}).get("字节", 0)
    text = (
        f"最近一次备份：{timezone.localtime(last.at):%Y-%m-%d %H:%M}（{size / 1_000_000:,.1f} MB）"
    )
    if now - last.at > OVERDUE:
        hours = int((now - last.at).total_seconds() // 3600)
        return f"{text}，已超过{hours}小时没有新的备份{reason}。请检查后台任务和备份文件夹", True
    if last.after and last.after.get("缺失文件"):
        return f"{text}；有{last.after['缺失文件']}个文件在磁盘上已不存在，请查看审计日志", True
    return f"{text}{reason}", bool(failed)
