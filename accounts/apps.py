"""App registration: 用户与权限."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who may do what, where."""

    name = "accounts"
    verbose_name = "用户与权限"
