"""`progress PLAN`: print figures against targets."""

import datetime
from argparse import ArgumentParser
from json import dumps

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from indicators.management.arguments import add_place_and_day, year
from indicators.progress.formatting import progress_table
from indicators.progress.sentences import pace_sentence
from indicators.progress.services import NotFound, find_area, find_plan, progress


class Command(BaseCommand):
    """Print a table for people or JSON for programs."""

    help = "指标进展：完成数与目标"

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("plan", metavar="PLAN")
        add_place_and_day(parser)
        parser.add_argument("--year", type=year, metavar="Y", help="取哪一年的目标")
        parser.add_argument("--json", action="store_true")

    def handle(
        self,
        *,
        plan: str,
        area: str | None,
        on: datetime.date | None,
        year: int | None,
        json: bool,
        **options: object,
    ) -> None:
        """Print the progress."""
        try:
            found = find_plan(plan)
            place = find_area(area or found.area_code)
        except NotFound as error:
            raise CommandError(str(error)) from error
        report = progress(found, place, on, year)
        if json:
            self.stdout.write(dumps(report.as_json(), ensure_ascii=False, indent=1))
        else:
            self.stdout.write(progress_table(report))
            for item in report.items:
                self.stdout.write(pace_sentence(item))
