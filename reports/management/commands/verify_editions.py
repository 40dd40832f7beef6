"""`verify_editions`: check every sealed edition against its hash chain and its files."""

from django.core.management.base import BaseCommand

from reports.editions.verifying import verify_editions
from reports.models import Edition


class Command(BaseCommand):
    """Exit with 0 only if all editions are as sealed."""

    help = "核验全部封存版次"

    def handle(self, **options: object) -> None:
        """Print each fault; exit with 1 if there is one."""
        faults = list(verify_editions())
        for line in faults:
            self.stdout.write(line)
        if faults:
            self.stdout.write(f"共 {len(faults)} 处不符。")
            raise SystemExit(1)
        self.stdout.write(f"{Edition.objects.count()} 个封存版次全部属实。")
