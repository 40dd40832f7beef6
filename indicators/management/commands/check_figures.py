"""`check_figures`: recompute every figure from the records and print the differences."""

from django.core.management.base import BaseCommand

from indicators.store.series import differences
from running.db_snapshot import read_snapshot


class Command(BaseCommand):
    """Exit with 0 only if the stored series agree with the records."""

    help = "从记录重算全部数据并与库存比对"

    def handle(self, **options: object) -> None:
        """Print each difference; exit with 1 if there is one."""
        count = 0
        with read_snapshot():
            for line in differences():
                count += 1
                self.stdout.write(line)
        self.stdout.write("全部一致。" if not count else f"共 {count} 处不一致。")
        if count:
            raise SystemExit(1)
