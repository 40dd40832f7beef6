"""`export_plan CODE`: write the present state of a plan as a plan file."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from indicators.plan.loading import export_plan
from indicators.progress.services import NotFound, find_plan


class Command(BaseCommand):
    """The file contains revisions made on the site.

    Allocations and the log of revisions stay in the database.
    """

    help = "导出方案文件（含在平台上的修改）"

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="CODE")
        parser.add_argument("--output", type=Path, metavar="FILE", help="写入文件，默认打印")

    def handle(self, *, code: str, output: Path | None, **options: object) -> None:
        """Print the file or write it to `output`."""
        try:
            text = export_plan(find_plan(code))
        except NotFound as error:
            raise CommandError(str(error)) from error
        if output is None:
            self.stdout.write(text, ending="")
            return
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"不能写入{output}：{error.strerror}") from error
        self.stdout.write(f"已写入 {output}")
