"""`check_figures`: recompute every figure from the records and print differences."""

from typing import Any

from django.core.management.base import BaseCommand

from indicators.series import differences


class Command(BaseCommand):
    """Exit 0 only when the stored series equal the records."""

    help = "从记录重算全部数据并与库存比对"

    def handle(self, **options: Any) -> None:
        """Print each difference; exit 1 when there is one."""
        count = 0
        for line in differences():
            count += 1
            self.stdout.write(line)
        self.stdout.write("全部一致。" if not count else f"共 {count} 处不一致。")
        if count:
            raise SystemExit(1)
