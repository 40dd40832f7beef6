"""The due days of subscriptions, their deliveries, and the mails with the link to the file."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dates.recurrence import monthly
from dates.schedule import Schedule
from dates.text import day_text
from reports.exports.figures import refusal, subscription_of
from reports.filing.mailing import try_to_send
from reports.models.exports import Delivery, FileState, Subscription

#: Figures do not change after the plan's end, so one more monthly file is made and then none.
_AFTER_THE_PLAN = datetime.timedelta(days=31)
_ONE_DAY = datetime.timedelta(days=1)

Day = datetime.date


def schedule_of(subscription: Subscription) -> Schedule:
    """Its schedule: every month on its day, from the day after it was requested."""
    return Schedule(
        recurrence=monthly(subscription.day),
        starts_on=timezone.localdate(subscription.created_at) + _ONE_DAY,
        ends_on=subscription.plan.ends_on + _AFTER_THE_PLAN,
    )


def due_days(subscription: Subscription, until: Day) -> list[Day]:
    """Its due days up to `until`, earliest first."""
    return list(schedule_of(subscription).due_days(last=until))


def next_due(subscription: Subscription, after: Day) -> Day | None:
    """Its first due day after a day; None after its last one."""
    return schedule_of(subscription).next_due(after + _ONE_DAY)


def create_deliveries(on: Day | None = None) -> int:
    """Store a delivery for every due day up to a day (default: today) that has none. Idempotent.

    Returns how many were missing.
    """
    day = on or timezone.localdate()
    rows = Subscription.objects.filter(cancelled_at=None).select_related("plan")
    missing = []
    for subscription in rows.prefetch_related("deliveries"):
        stored = {each.due_on for each in subscription.deliveries.all()}
        due = (each for each in due_days(subscription, day) if each not in stored)
        missing += [Delivery(subscription=subscription, due_on=each) for each in due]
    # Of two runs at the same time, the second one finds the row and leaves it.
    Delivery.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


# --- mail -----------------------------------------------------------------------------------


def mail_deliveries() -> int:
    """Mail every file that was made and not handled yet, once; returns how many were handled."""
    unhandled = Delivery.objects.filter(state=FileState.DONE, handled_at=None).order_by("pk")
    return sum(_handle(pk) for pk in list(unhandled.values_list("pk", flat=True)))


@transaction.atomic
def _handle(pk: int) -> bool:
    rows = Delivery.objects.select_for_update(of=("self",), skip_locked=True)
    delivery = rows.filter(pk=pk, state=FileState.DONE, handled_at=None).first()
    if delivery is None:  # another worker handles it
        return False
    reason = refusal(subscription_of(delivery))
    if not reason and not _mailed(delivery):
        return False
    Delivery.objects.filter(pk=pk).update(handled_at=timezone.now(), message=reason)
    return True


def _mailed(delivery: Delivery) -> bool:
    subscription = subscription_of(delivery)
    addresses = [subscription.user.email] if subscription.user.email else []
    return try_to_send(f"【定期报表】{delivery}", mail_text(delivery, subscription), addresses)


def mail_text(delivery: Delivery, subscription: Subscription) -> str:
    """The text of the mail: a link to the file; without `SITE_URL` the name of the page instead."""
    address = settings.SITE_URL
    if address:
        link = address.rstrip("/") + reverse("delivery-download", args=[delivery.pk])
        where = f"下载（需登录）：{link}"
    else:
        where = "请登录社区慈善工作平台，在“导出与订阅”中下载。"
    return (
        f"{subscription.user}：\n\n您订阅的{subscription.area}“{subscription.plan.title}”指标报表"
        f"（{day_text(delivery.due_on)}）已生成。\n{where}\n\n"
        f"文件保留{settings.EXPORT_FILE_DAYS}天。不再需要的，可在“导出与订阅”中取消订阅。\n"
    )
