"""The workbook of a subscription: the figures of the dashboard on a day, as the subscriber sees them."""

from __future__ import annotations

from typing import IO

from indicators.progress.services import plans_of_area
from reports.dashboard.board import DashboardQuery
from reports.dashboard.export import export
from reports.exports.ledger import OnProgress, Refused
from reports.models.exports import Delivery, Subscription
from running.db_snapshot import read_snapshot


def write_figures(
    delivery: Delivery, target: IO[bytes], on_progress: OnProgress
) -> dict[str, object]:
    """Write the workbook of one period; Refused where the subscriber may not see it any more."""
    with read_snapshot():
        subscription = subscription_of(delivery)
        if reason := refusal(subscription):
            raise Refused(reason)
        on_progress("计算指标", 0, 0)
        day = min(delivery.due_on, subscription.plan.ends_on)
        question = DashboardQuery(subscription.plan, subscription.area, day, subscription.user)
        target.write(export(question))
    return {}


def subscription_of(delivery: Delivery) -> Subscription:
    """The subscription as it is stored now, with its user, plan and area."""
    rows = Subscription.objects.select_related("user", "plan", "area")
    return rows.get(pk=delivery.subscription_id)


def refusal(subscription: Subscription) -> str:
    """Why the subscriber may not get the workbook now, in Chinese; empty where they may."""
    user, area = subscription.user, subscription.area
    if subscription.cancelled_at is not None:
        return "订阅已取消，没有发送"
    if not user.is_active:
        return "订阅人的账号已停用，没有发送"
    if not user.sees_records:
        return "订阅人的角色已不能查看数据，没有发送"
    if not user.covers(area.code):
        return f"{area}已不在订阅人的管辖范围，没有发送"
    if subscription.plan not in plans_of_area(area.code):
        return "方案已不适用于该地区，没有发送"
    return ""
