"""App registration: 用户与权限."""

from django.apps import AppConfig
from typing_extensions import override


class AccountsConfig(AppConfig):
    """Users, their roles and the areas in which they hold them."""

    name = "accounts"
    verbose_name = "用户与权限"

    @override
    def ready(self) -> None:
        """Register checks of settings; let the first login of a 安全管理员 end the transition."""
        from django.contrib.auth.signals import user_logged_in

        from accounts.access import checks  # noqa: F401
        from accounts.confirming.transition import end_transition

        user_logged_in.connect(end_transition, dispatch_uid="accounts.end_transition")
