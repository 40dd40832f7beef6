"""App registration: 用户与权限."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, their roles and the areas in which they hold them."""

    name = "accounts"
    verbose_name = "用户与权限"
