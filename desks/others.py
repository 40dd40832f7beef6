"""Desks of the three duties without business data: operation, accounts, logs."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.access.models import LoginCount
from accounts.models import Role, User
from accounts.webhooks.models import DeliveryState, Webhook, WebhookDelivery
from areas.codes import COMMUNITY_LEVEL, COUNTY_LEVEL, TOWNSHIP_LEVEL
from areas.models import Area
from audit.chain.night import last_check
from backups.age import last_backup
from desks.background import given_up_uploads, sentence_about, standing_still
from guards.disk import sentence_about_room
from proposals.models import PendingChange
from reviews.models import Action, ImportBatch, ReviewEvent

_UNUSED_DAYS, _LISTED = 90, 30
_WEEK = datetime.timedelta(days=7)
_OVERRULING = (Action.RETURN, Action.REOPEN, Action.VOID)


def administrator_desk(user: User) -> dict[str, object]:
    """Build the context of the 系统管理员's desk: background work that stands still, the tree of
    areas, webhooks; in the transition also that of the 安全管理员."""
    areas = Area.objects.existing_on(timezone.localdate())
    counted = areas.filter(level=COMMUNITY_LEVEL, is_counted=True).count()
    dead = WebhookDelivery.objects.filter(state=DeliveryState.DEAD).count()
    accounts = security_desk(user) if user.manages_accounts else {}
    return accounts | {
        "title": "工作台",
        "integrity": last_check(),
        "backup": last_backup(),
        "standstill": sentence_about(standing_still()),
        "given_up": given_up_uploads(),
        "room": sentence_about_room(),
        "has_mail": settings.HAS_MAIL,
        "sentence": f"现有区划{areas.count()}个，其中纳入考核的村（社区）{counted}个。",
        "webhooks": Webhook.objects.filter(is_active=True).count(),
        "dead": dead,
    }


def security_desk(user: User) -> dict[str, object]:
    """Build the context of the 安全管理员's desk: accounts by role, unused ones, areas without staff."""
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
        "locked": LoginCount.objects.filter(locked_until__gt=timezone.now()).count(),
    }


def _without(accounts: QuerySet[User]) -> list[dict[str, object]]:
    """Return the counties without a reviewer and the streets without a clerk of their own."""
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


def auditor_desk(user: User) -> dict[str, object]:
    """Build the context of the auditor's desk: transitions of the last 7 days, and those that
    overruled someone."""
    since = timezone.now() - _WEEK
    events = ReviewEvent.objects.filter(at__gte=since)
    counts = dict(events.order_by().values_list("action").annotate(Count("pk")))
    overruled = events.filter(action__in=_OVERRULING).select_related("by", "area", "content_type")
    batches = ImportBatch.objects.filter(created_at__gte=since).select_related("area", "created_by")
    return {
        "title": "工作台",
        "integrity": last_check(),
        "changes": PendingChange.objects.filter(proposed_at__gte=since).select_related(
            "proposed_by", "decided_by"
        )[:_LISTED],
        "sentence": f"近7天共有审核操作{sum(counts.values())}次，导入台账{batches.count()}批。",
        "actions": [(action.label, counts.get(action.value, 0), action.value) for action in Action],
        "overruled": overruled[:_LISTED],
        "batches": batches[:_LISTED],
    }
