"""`check_figures`: recompute every figure from the records and print differences."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import BaseCommand
from django.db import connection

from indicators.store.series import differences

#: Not `atomic()`: on SQLite that is IMMEDIATE here and would keep every writer waiting.
_BEGIN = {
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    "sqlite": "BEGIN DEFERRED",
}


@contextmanager
def _one_moment() -> Iterator[None]:
    """Reads of one moment, or an approval between two of them would look like a difference.

    Within a transaction of the caller, the caller has decided what is seen.
    """
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("COMMIT")


class Command(BaseCommand):
    """Exit 0 only when the stored series equal the records."""

    help = "从记录重算全部数据并与库存比对"

    def handle(self, **options: object) -> None:
        """Print each difference; exit 1 when there is one."""
        count = 0
        with _one_moment():
            for line in differences():
                count += 1
                self.stdout.write(line)
        self.stdout.write("全部一致。" if not count else f"共 {count} 处不一致。")
        if count:
            raise SystemExit(1)
