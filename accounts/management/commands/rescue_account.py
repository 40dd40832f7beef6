"""`rescue_account`: let somebody in again who is locked out, from the server itself."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from accounts.access.secrets.passwords import give_one_time_password
from accounts.access.secrets.second_factor import reset
from accounts.models import User


class Command(BaseCommand):
    """Lift the lock of an account and give it a one-time password."""

    help = "在服务器上解除账号的登录锁定，并给出一次性口令（登录后须先修改）"

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="用户名")
        parser.add_argument(
            "--second-factor", action="store_true", help="同时重置两步验证（手机和备用码都遗失时）"
        )

    @override
    def handle(self, **options: Any) -> None:
        """Rescue an account of a person."""
        user = User.objects.filter(username=options["username"], is_staff=True).first()
        if user is None:
            raise CommandError(f"没有用户名为“{options['username']}”的账号")
        if options["second_factor"]:
            reset(user)
        text = give_one_time_password(user)
        self.stdout.write(f"一次性口令（只显示这一次，登录后须先修改）：{text}")
        if not user.is_active:
            self.stdout.write("注意：该账号已停用，启用后才能登录")
