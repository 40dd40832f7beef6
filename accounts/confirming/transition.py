"""The end of the transition in which an administrator has the duty of the 安全管理员, too."""

from __future__ import annotations

from typing import Any

from accounts.models import Role, User
from audit.acts import Act
from audit.events import record


def end_transition(sender: object, user: Any, **_: object) -> None:
    """Take the second duty from the administrators once a 安全管理员 has logged in."""
    if user.role != Role.SECURITY:
        return
    for each in User.objects.filter(keeps_security=True):
        each.keeps_security = False
        each.save(update_fields=["keeps_security"])
        record(
            Act.ROLE_CHANGED,
            about=each,
            before={"keeps_security": True},
            after={"keeps_security": False},
            user=user,
            detail="安全管理员首次登录，系统管理员不再兼任",
        )
