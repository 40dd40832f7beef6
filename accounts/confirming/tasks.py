"""Celery tasks of changes that a second person confirms."""

import logging

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from accounts.models import User
from proposals.models import PendingChange

_log = logging.getLogger(__name__)


def addresses_of(user: User, change: PendingChange) -> list[str]:
    """Return the owner's address, and the one that the change has replaced."""
    label = str(User._meta.get_field("email").verbose_name)
    before = {old for name, old, *_ in change.lines if name == label and "@" in old}
    return sorted({user.email, *before} - {""})


@shared_task
def mail_owner(user_pk: int, change_pk: int) -> bool:
    """Mail the owner of an account what was changed about it; False where that fails (it is logged)."""
    user = User.objects.get(pk=user_pk)
    change = PendingChange.objects.select_related("proposed_by", "decided_by").get(pk=change_pk)
    day = timezone.localtime(change.decided_at)
    text = (
        f"{user}：\n\n{day:%Y年%-m月%-d日%H:%M}，您在社区慈善工作平台的账号（{user.username}）有变更："
        f"{change.title}。\n提出：{change.proposed_by}；确认：{change.decided_by}。\n\n"
        "不是您要求的，请立即告知本单位安全管理员和审计员。"
    )
    try:
        send_mail("您的账号有变更", text, settings.DEFAULT_FROM_EMAIL, addresses_of(user, change))
    except (OSError, ValueError) as error:
        _log.warning("邮件“您的账号有变更”未能发出：%s", error)
        return False
    return True
