"""`first_administrator`: create the account that manages all others, with its owner's own password."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from accounts.access.secrets.passwords import give_one_time_password
from accounts.models import Role, User


class Command(BaseCommand):
    """Ask for a password that keeps the rules; where nobody can be asked, print a one-time one."""

    help = "建立第一个系统管理员账号：按提示设定口令；不在终端运行时给出一次性口令，登录后须先修改"

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="用户名")
        parser.add_argument("--name", default="", help="姓名")
        parser.add_argument("--one-time", action="store_true", help="不提示，给出一次性口令")

    @override
    def handle(self, **options: Any) -> None:
        """Refuse where an administrator is already at work; else create the account."""
        if User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
            raise CommandError(
                "已有启用的系统管理员。忘记口令的，用 manage.py rescue_account 用户名"
            )
        user = User(
            username=options["username"],
            display_name=options["name"],
            role=Role.ADMINISTRATOR,
            keeps_security=not User.objects.filter(role=Role.SECURITY).exists(),
        )
        self._check(user)
        is_asked = sys.stdin.isatty() and not options["one_time"]
        password = self._asked(user) if is_asked else None
        stored = User.objects.create_superuser(
            user.username, password=password, display_name=user.display_name
        )
        if password is None:
            text = give_one_time_password(stored)
            self.stdout.write(f"一次性口令（只显示这一次，登录后须先修改）：{text}")
        self.stdout.write(f"已建立系统管理员 {user.username}")

    def _check(self, user: User) -> None:
        try:
            user.clean_fields(exclude=["password", "area"])
            user.validate_unique()
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error

    def _asked(self, user: User) -> str:
        """Return a password typed twice; ask again while it is against the rules."""
        while True:
            text = getpass.getpass("口令：")
            try:
                validate_password(text, user)
            except ValidationError as error:
                self.stderr.write("\n".join(error.messages))
                continue
            if getpass.getpass("再输一次：") == text:
                return text
            self.stderr.write("两次输入的口令不一致，请重新输入")
