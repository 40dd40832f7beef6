"""`import_areas ROOT [--file F]`: create the area tree at and below ROOT."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from areas.models import Area
from areas.services import file_rows, import_areas, national_rows


class Command(BaseCommand):
    """Import areas offline, from the shipped national table or from the bureau's own Excel or CSV
    file."""

    help = "导入区划：ROOT 及其下级（默认取自带的全国区划表）"

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("root", metavar="ROOT")
        parser.add_argument("--file", type=Path, metavar="F")

    @override
    def handle(self, *, root: str, file: Path | None, **options: object) -> None:
        """Import the areas and print how many exist below ROOT now."""
        try:
            created = import_areas(root, file_rows(file) if file else national_rows(root))
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        inside = Area.objects.within(root)
        counted = inside.filter(level=5, is_counted=True).count()
        self.stdout.write(
            f"新增 {created} 个区划；{root} 现有 {inside.filter(level=4).count()} 个乡镇街道、"
            f"{inside.filter(level=5).count()} 个村社区（纳入考核 {counted} 个）。"
        )
