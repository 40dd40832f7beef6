"""`lineage PLAN INDICATOR`: list the approved records behind a figure."""

import datetime
from argparse import ArgumentParser
from json import dumps
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from indicators.management.arguments import add_place_and_day
from indicators.progress.services import (
    NotFound,
    find_area,
    find_indicator,
    find_plan,
    lineage_json,
)


class Command(BaseCommand):
    """Print one line per record, or JSON."""

    help = "某项数据背后的已通过记录"

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("plan", metavar="PLAN")
        parser.add_argument("indicator", metavar="INDICATOR")
        add_place_and_day(parser)
        parser.add_argument("--json", action="store_true")

    def handle(
        self,
        *,
        plan: str,
        indicator: str,
        area: str | None,
        on: datetime.date | None,
        json: bool,
        **options: object,
    ) -> None:
        """Print the records."""
        try:
            found = find_plan(plan)
            place = find_area(area or found.area_code)
            result = lineage_json(find_indicator(found, indicator), place, on)
        except NotFound as error:
            raise CommandError(str(error)) from error
        if json:
            self.stdout.write(dumps(result, ensure_ascii=False, indent=1))
            return
        records: Any = result["records"]
        for item in records:
            self.stdout.write(
                f"{item['area']}  {item['date']}  {item['quantity']:>8}  "
                f"{item['kind_name']}  {item['name']}（{item['approved_by']}）"
            )
        self.stdout.write(f"共 {result['count']} 条。")
