"""System checks of settings that name roles."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from accounts.models import Role


@register()
def roles_exist(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Find names in `TOTP_ROLES` that are no roles: nobody would be asked for a code."""
    unknown = [each for each in settings.TOTP_ROLES if each not in Role.values]
    if not unknown:
        return []
    known = "、".join(f"{role.value}（{role.label}）" for role in Role)
    message = f"环境变量 TOTP_ROLES 中的 {'、'.join(unknown)} 不是角色；可用：{known}"
    return [Error(message, id="accounts.E001")]
