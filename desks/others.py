"""The desks without business records: the administrator's accounts, the auditor's logs."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from accounts.models import Role, User
from areas.codes import COUNTY_LEVEL, TOWNSHIP_LEVEL
from areas.models import Area
from reviews.models import Action, ImportBatch, ReviewEvent

_UNUSED_DAYS, _LISTED = 90, 30
_WEEK = datetime.timedelta(days=7)
_OVERRULING = (Action.RETURN, Action.REOPEN, Action.VOID)


def administrator_desk(user: User) -> dict[str, Any]:
    """Accounts by role, accounts nobody uses, places without a reviewer or clerk."""
    accounts = User.objects.filter(is_active=True)
    roles = dict(accounts.order_by().values_list("role").annotate(Count("pk")))
    limit = timezone.now() - datetime.timedelta(days=_UNUSED_DAYS)
    unused = accounts.exclude(last_login__gte=limit).filter(date_joined__lt=limit)
    number = sum(roles.values())
    return {
        "title": "工作台",
        "sentence": f"启用账号{number}个，其中{unused.count()}个超过{_UNUSED_DAYS}天未登录。",
        "roles": [(role.label, roles.get(role.value, 0), role.value) for role in Role],
        "unused": unused.select_related("area").order_by("last_login", "username")[:_LISTED],
        "without": _without(accounts),
    }


def _without(accounts: Any) -> list[dict[str, Any]]:
    """Counties without a reviewer, streets without a clerk of their own."""
    reviewed = set(accounts.filter(role=Role.REVIEWER).values_list("area_id", flat=True))
    entered = set(accounts.filter(role=Role.CLERK).values_list("area_id", flat=True))
    if not entered | reviewed:
        return []
    today = timezone.localdate()
    areas = Area.objects.existing_on(today)
    counties = areas.filter(level=COUNTY_LEVEL).exclude(code__in=reviewed)
    streets = areas.filter(level=TOWNSHIP_LEVEL, is_counted=True).exclude(code__in=entered)
    return [
        {
            "label": "没有审核员的区县",
            "areas": list(counties[:_LISTED]),
            "number": counties.count(),
        },
        {
            "label": "没有本级填报员的街道（乡镇）",
            "areas": list(streets[:_LISTED]),
            "number": streets.count(),
        },
    ]


def auditor_desk(user: User) -> dict[str, Any]:
    """The week's transitions by kind, and every decision that overruled somebody."""
    since = timezone.now() - _WEEK
    events = ReviewEvent.objects.filter(at__gte=since)
    counts = dict(events.order_by().values_list("action").annotate(Count("pk")))
    overruled = events.filter(action__in=_OVERRULING).select_related("by", "area", "content_type")
    batches = ImportBatch.objects.filter(created_at__gte=since).select_related("area", "created_by")
    return {
        "title": "工作台",
        "sentence": f"近7天共有审核操作{sum(counts.values())}次，导入台账{batches.count()}批。",
        "actions": [(action.label, counts.get(action.value, 0), action.value) for action in Action],
        "overruled": overruled[:_LISTED],
        "batches": batches[:_LISTED],
    }
