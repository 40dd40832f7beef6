"""`verify_editions`: every sealed edition against its hash chain and its files."""

from typing import Any

from django.core.management.base import BaseCommand

from reports.editions.verifying import verify_editions
from reports.models import Edition


class Command(BaseCommand):
    """Exit 0 only when all hold."""

    help = "核验全部封存版次"

    def handle(self, **options: Any) -> None:
        """Print each fault; exit 1 when there is one."""
        faults = list(verify_editions())
        for line in faults:
            self.stdout.write(line)
        if faults:
            self.stdout.write(f"共 {len(faults)} 处不符。")
            raise SystemExit(1)
        self.stdout.write(f"{Edition.objects.count()} 个封存版次全部属实。")
