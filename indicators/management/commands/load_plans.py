"""`load_plans [FILE…]`: plan files into the database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.plans import PlanError, load_plans, shipped_files


class Command(BaseCommand):
    """The shipped plans when none is named; running again changes nothing."""

    help = "载入方案文件（默认：自带的五份方案）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Plan files, see docs/glossary.md for their terms."""
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")

    def handle(self, *, files: list[Path], **options: Any) -> None:
        """Load and list."""
        try:
            plans = load_plans(files or shipped_files())
        except (PlanError, OSError) as error:
            raise CommandError(str(error)) from error
        for plan in plans:
            self.stdout.write(f"{plan.code}：{plan.title}（{plan.indicators.count()} 项指标）")
