"""`restore FILE`: a backup becomes this installation again; `--check` only proves that it could."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from backups.archive.reading import ArchiveIn
from backups.faults import BackupFault, told_of_disk
from backups.management.commands.backup import add_secret_arguments, secret_of
from backups.restoring.service import check_archive, restore


class Command(BaseCommand):
    """Restore all or nothing; exit with 1 where nothing was restored or a check found a fault."""

    help = "用备份文件恢复全部数据和文件；--check 只在临时位置核验，不改动任何数据"

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        add_secret_arguments(parser)
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="只在临时位置核验")
        what.add_argument("--replace", action="store_true", help="替换现有的全部数据和文件")
        what.add_argument(
            "--take-keys", type=Path, metavar="FILE", help="只把备份中的密钥取出到文件"
        )
        parser.add_argument("--no-backup", action="store_true", help="替换之前不备份现有数据")
        parser.add_argument("--without-keys", action="store_true", help="密钥确已丢失，仍要恢复")

    def handle(
        self,
        *,
        file: Path,
        key_file: Path | None,
        passphrase: bool,
        check: bool,
        replace: bool,
        take_keys: Path | None,
        without_keys: bool,
        no_backup: bool,
        **options: object,
    ) -> None:
        """Say what was done."""
        path = file.absolute()
        try:
            secret = secret_of(key_file, passphrase, is_new=False)
            if take_keys is not None:
                self._take_keys(path, secret, take_keys)
            elif check:
                self._check(path, secret)
            else:
                done = restore(
                    path,
                    secret=secret,
                    replaces=replace,
                    backs_up=not no_backup,
                    without_keys=without_keys,
                )
                self._say(done.notices)
                self.stdout.write(f"已恢复{done.sentence}。")
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault

    def _check(self, path: Path, secret: bytes | None) -> None:
        found = check_archive(path, secret=secret)
        self._say(found.notices)
        self._say(found.faults)
        if found.faults:
            raise CommandError(f"备份核验发现{len(found.faults)}处不符")
        self.stdout.write(
            f"备份完好：{found.sentence}。已在临时的 {found.where} 数据库中恢复，行数、审计链、业务记录、全部数据和封存版次均相符。"
        )

    def _take_keys(self, path: Path, secret: bytes | None, target: Path) -> None:
        keys = ArchiveIn(path, secret).keys()
        lines = "".join(f"{name}={value}\n" for name, value in keys.items())
        with told_of_disk(target.absolute().parent, "没有取出密钥"):
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(lines)
        self.stdout.write(f"密钥已写入 {target}（{'、'.join(keys)}）；请移入环境变量后删除该文件。")

    def _say(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.stdout.write(line)
