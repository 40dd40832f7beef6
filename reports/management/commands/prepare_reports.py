"""`prepare_reports [--on DATE]`: prepare due reports, as Celery beat does daily."""

import datetime
from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from typing_extensions import override

from indicators.management.arguments import day
from reports.filing.preparing import prepare_reports
from reports.filing.reminding import remind


class Command(BaseCommand):
    """Prepare due reports; running it twice changes nothing."""

    help = "准备到期的进展报告"

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=day, metavar="YYYY-MM-DD")

    def handle(self, *, on: datetime.date | None, **options: object) -> None:
        """Prepare the reports and list those that are new."""
        created = prepare_reports(on)
        remind(on)
        for report in created:
            self.stdout.write(f"已准备：{report}（{report.file_by}前报送）")
        self.stdout.write(f"新增 {len(created)} 份报告。")
