"""`save_upload NUMBER FILE`: save an uploaded ledger, to find out why it was given up."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from reviews.models import ImportJob


class Command(BaseCommand):
    """Write the file of an upload as it came."""

    help = "把上传的台账原文件另存出来"

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=int, metavar="NUMBER", help="上传编号")
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *, number: int, file: Path, **options: object) -> None:
        """Write the file; an existing one is not overwritten."""
        job = ImportJob.objects.filter(pk=number).first()
        if job is None:
            raise CommandError(f"没有上传编号{number}")
        if job.cleared_at:
            raise CommandError(f"上传编号{number}的原文件已清理")
        try:
            with file.open("xb") as target:
                target.write(job.content)
        except OSError as error:
            raise CommandError(f"不能写入{file}：{error}") from error
        self.stdout.write(f"已另存为{file}（{len(job.content)}字节）")
