"""Peer: PostgreSQL itself, one SQL statement per measure on a closure table of the tree."""

from __future__ import annotations

from django.db import connection, transaction

from bench.peers.base import Digests, Source, month_weight
from indicators.store.engine import Span


class ClosureTable:
    """Monthly differences joined with all areas above; one column per month; stocks are summed up.

    The result stays in the database, and only its digest is fetched. (Window sums over all areas ×
    months, the usual way, take about twice as long.)
    """

    def __init__(self, sources: list[Source], pairs: list[tuple[int, int]], span: Span) -> None:
        self._sources, self._span = sources, span
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_closure")
            cursor.execute("CREATE UNLOGGED TABLE bench_closure (area bigint, ancestor bigint)")
            cursor.executemany("INSERT INTO bench_closure VALUES (%s, %s)", pairs)
            cursor.execute("ANALYZE bench_closure")

    @transaction.atomic
    def run(self) -> Digests:
        """Return the digest of each measure, see `peers.base.engine_digests`."""
        found = {}
        with connection.cursor() as cursor:
            for source in self._sources:
                cursor.execute(self._statement(source))
                found[source.code] = int(cursor.fetchone()[0] or 0)
        return found

    def _statement(self, source: Source) -> str:
        months, until = range(len(self._span)), "<=" if source.is_stock else "="
        columns = ", ".join(
            f"sum(quantity) FILTER (WHERE month {until} {k})::bigint AS m{k}" for k in months
        )
        digest = " + ".join(f"coalesce(m{k}, 0) * {month_weight(k)}" for k in months)
        return (
            "WITH own AS MATERIALIZED (SELECT area, month, sum(quantity)::bigint AS quantity "
            f"FROM ({self._deltas(source)}) AS deltas GROUP BY area, month), "
            "total AS MATERIALIZED (SELECT ancestor AS area, month, "
            "sum(quantity)::bigint AS quantity FROM own JOIN bench_closure USING (area) "
            "GROUP BY ancestor, month), "
            f"result AS (SELECT area, {columns} FROM total GROUP BY area) "
            f"SELECT sum(({digest}) * (area % 97 + 1)) FROM result"
        )

    def _deltas(self, source: Source) -> str:
        quantity = "quantity" if "quantity" in source.columns else "1::bigint"
        parts = [self._moments(source, "started", quantity)]
        if "ended" in source.columns:
            parts.append(self._moments(source, "ended", f"-{quantity}"))
        return " UNION ALL ".join(parts)

    def _moments(self, source: Source, day: str, quantity: str) -> str:
        month = f"((date_part('year', {day}) * 12 + date_part('month', {day}))::int - 1)"
        first, last = self._span.first, self._span.last
        column = f"greatest({month}, {first})" if source.is_stock else month
        condition = f"<= {last}" if source.is_stock else f"BETWEEN {first} AND {last}"
        return (
            f"SELECT area, {column} - {first} AS month, {quantity} AS quantity "
            f"FROM ({source.sql}) AS rows({', '.join(source.columns)}) WHERE {month} {condition}"
        )
