"""`prepare_reports [--on DATE]`: what Celery beat does daily."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from indicators.management.arguments import day
from reports.filing.preparing import prepare_reports
from reports.filing.reminding import remind


class Command(BaseCommand):
    """Twice is harmless."""

    help = "准备到期的进展报告"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The day to look from."""
        parser.add_argument("--on", type=day, metavar="YYYY-MM-DD")

    def handle(self, **options: Any) -> None:
        """Prepare and list what is new."""
        created = prepare_reports(options["on"])
        remind(options["on"])
        for report in created:
            self.stdout.write(f"已准备：{report}（{report.file_by}前报送）")
        self.stdout.write(f"新增 {len(created)} 份报告。")
