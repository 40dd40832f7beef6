"""When a subscription is due, and the mail that tells of it."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dates.recurrence import monthly
from dates.schedule import Schedule
from reports.exports.figures import refusal, subscription_of
from reports.filing.mailing import sent
from reports.models.exports import Delivery, FileState, Subscription

#: The figures of a plan stand still after its end: one more period, then no more.
_AFTER_THE_PLAN = datetime.timedelta(days=31)
_ONE_DAY = datetime.timedelta(days=1)

Day = datetime.date


def schedule_of(subscription: Subscription) -> Schedule:
    """When its figures are due: every month on its day, from the day after it was asked for."""
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


def set_down(on: Day | None = None) -> int:
    """Have a row for every period that is due and has none, missed ones included; twice is harmless.

    Returns how many were looked for.
    """
    day = on or timezone.localdate()
    rows = Subscription.objects.filter(cancelled_at=None).select_related("plan")
    wanted = []
    for subscription in rows.prefetch_related("deliveries"):
        there = {each.due_on for each in subscription.deliveries.all()}
        due = (each for each in due_days(subscription, day) if each not in there)
        wanted += [Delivery(subscription=subscription, due_on=each) for each in due]
    # Two runs in one moment: the second finds the row there and leaves it.
    Delivery.objects.bulk_create(wanted, ignore_conflicts=True)
    return len(wanted)


# --- mail -----------------------------------------------------------------------------------


def mail_deliveries() -> int:
    """Mail what was made and not handled yet, each once; returns how many were handled."""
    open_ones = Delivery.objects.filter(state=FileState.DONE, handled_at=None).order_by("pk")
    return sum(_handle(pk) for pk in list(open_ones.values_list("pk", flat=True)))


@transaction.atomic
def _handle(pk: int) -> bool:
    rows = Delivery.objects.select_for_update(of=("self",), skip_locked=True)
    delivery = rows.filter(pk=pk, state=FileState.DONE, handled_at=None).first()
    if delivery is None:  # another worker has it
        return False
    reason = refusal(subscription_of(delivery))
    if not reason and not _mailed(delivery):
        return False
    Delivery.objects.filter(pk=pk).update(handled_at=timezone.now(), message=reason)
    return True


def _mailed(delivery: Delivery) -> bool:
    subscription = subscription_of(delivery)
    addresses = [subscription.user.email] if subscription.user.email else []
    return sent(f"【定期报表】{delivery}", words(delivery, subscription), addresses)


def words(delivery: Delivery, subscription: Subscription) -> str:
    """What the mail says; where the site does not know its own address, the page in words."""
    address = settings.SITE_URL
    if address:
        link = address.rstrip("/") + reverse("delivery-download", args=[delivery.pk])
        where = f"下载（需登录）：{link}"
    else:
        where = "请登录社区慈善工作平台，在“导出与订阅”中下载。"
    return (
        f"{subscription.user}：\n\n您订阅的{subscription.area}“{subscription.plan.title}”指标报表"
        f"（{delivery.due_on:%Y年%-m月%-d日}）已生成。\n{where}\n\n"
        f"文件保留{settings.EXPORT_FILE_DAYS}天。不再需要的，可在“导出与订阅”中取消订阅。\n"
    )
