"""`backup FILE`: all data and files of this moment in one checked file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from backups.archive.secret import asked_secret, secret_in
from backups.faults import BackupFault
from backups.making import make_backup


def add_secret_arguments(parser: ArgumentParser) -> None:
    """Take the two ways in which a secret is given."""
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--key-file", type=Path, metavar="FILE", help="口令或密钥所在的文件")
    ways.add_argument("--passphrase", action="store_true", help="在终端输入备份口令")


def secret_of(key_file: Path | None, is_asked: bool, is_new: bool) -> bytes | None:
    """Return the secret that was given; None for an archive that is not encrypted."""
    if key_file is not None:
        return secret_in(key_file)
    return asked_secret(is_new) if is_asked else None


class Command(BaseCommand):
    """Write one archive; an existing file is not overwritten unless it is asked for."""

    help = "把全部数据和文件备份到一个文件；不必停机"

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        add_secret_arguments(parser)
        parser.add_argument(
            "--with-keys", action="store_true", help="把密钥一并写入（只限加密的备份）"
        )
        parser.add_argument(
            "--portable", action="store_true", help="PostgreSQL：不用 pg_dump，写成通用格式"
        )
        parser.add_argument("--overwrite", action="store_true", help="覆盖同名文件")

    def handle(
        self,
        *,
        file: Path,
        key_file: Path | None,
        passphrase: bool,
        with_keys: bool,
        portable: bool,
        overwrite: bool,
        **options: object,
    ) -> None:
        """Say what was made."""
        path = file.absolute()
        if path.exists() and not (overwrite and path.is_file()):
            raise CommandError(f"{path} 已存在，没有备份：请换一个文件名，或用 --overwrite 覆盖")
        try:
            secret = secret_of(key_file, passphrase, is_new=True)
            made = make_backup(path, secret=secret, is_portable=portable, with_keys=with_keys)
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(made.sentence)
