"""Peer: DuckDB on the live PostgreSQL, through DuckDB's own scanner."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import duckdb
from django.db import connection

from bench.peers.base import LEVELS, Digests, Source, month_weight
from indicators.store.engine import Span


def _scanner() -> Path:
    """Return the extension from its wheel, as DuckDB's server cannot always be reached."""
    spec = find_spec("duckdb_extension_postgres_scanner")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("duckdb_extension_postgres_scanner")
    folder = Path(spec.origin).parent / "extensions" / f"v{duckdb.__version__}"
    return folder / "postgres_scanner.duckdb_extension"


class DuckDB:
    """The engine's statements on scanned tables, added up by level, one column per month."""

    def __init__(self, sources: list[Source], span: Span) -> None:
        self._sources, self._span = sources, span
        self._duck = duckdb.connect()
        self._duck.execute(f"LOAD '{_scanner()}'")
        self._duck.execute(f"ATTACH '{_address()}' AS live (TYPE postgres, READ_ONLY)")
        self._duck.execute("USE live")

    def run(self) -> None:
        """Fill the table `result`: a row per measure and area with values, a column per month."""
        deltas = " UNION ALL ".join(part for s in self._sources for part in self._deltas(s))
        self._duck.execute(
            "CREATE OR REPLACE TEMP TABLE own AS SELECT measure, area, month, "
            f"sum(quantity)::BIGINT AS quantity FROM ({deltas}) GROUP BY ALL"
        )
        self._duck.execute("CREATE OR REPLACE TEMP TABLE total AS FROM own LIMIT 0")
        for smallest, divisor in LEVELS:
            self._add_level(smallest, divisor)
        self._spread()

    def _deltas(self, source: Source) -> list[str]:
        rows = f"({source.sql}) AS rows({', '.join(source.columns)})"
        quantity = "quantity" if "quantity" in source.columns else "1"
        parts = [self._moments(source, rows, "started", quantity)]
        if "ended" in source.columns:
            parts.append(self._moments(source, rows, "ended", f"-{quantity}"))
        return parts

    def _moments(self, source: Source, rows: str, day: str, quantity: str) -> str:
        month = f"(year({day}) * 12 + month({day}) - 1 - {self._span.first})"
        last = len(self._span) - 1
        column = f"greatest({month}, 0)" if source.is_stock else month
        condition = f"{month} <= {last}" if source.is_stock else f"{month} BETWEEN 0 AND {last}"
        return (
            f"SELECT {source.number}::UTINYINT AS measure, area, {column}::UTINYINT AS month, "
            f"{quantity}::BIGINT AS quantity FROM {rows} WHERE {condition}"
        )

    def _add_level(self, smallest: int, divisor: int) -> None:
        """Add a level: its own rows and the totals of the level below."""
        rows = f"SELECT * FROM own WHERE area >= {smallest} AND area < {smallest * 10}"
        if divisor:
            first = smallest * divisor
            rows += (
                f" UNION ALL SELECT measure, area // {divisor}, month, quantity FROM total "
                f"WHERE area >= {first} AND area < {first * 10}"
            )
        self._duck.execute(
            "INSERT INTO total SELECT measure, area, month, sum(quantity) "
            f"FROM ({rows}) GROUP BY ALL"
        )

    def _spread(self) -> None:
        """Make one column per month; stocks are summed within the year, then over earlier years."""
        months = range(len(self._span))
        self._duck.execute(
            f"CREATE OR REPLACE TEMP TABLE wide AS PIVOT total ON month IN {tuple(months)} "
            "USING coalesce(sum(quantity), 0)::BIGINT GROUP BY measure, area"
        )
        flows = ", ".join(f'"{k}" AS m{k}' for k in months)
        since_january = ", ".join(
            _plus(f'"{i}"' for i in range(k // 12 * 12, k + 1)) + f" AS y{k}" for k in months
        )
        stocks = ", ".join(
            _plus([*(f"y{i}" for i in range(11, k // 12 * 12, 12)), f"y{k}"]) + f" AS m{k}"
            for k in months
        )
        numbers = ", ".join(str(s.number) for s in self._sources if s.is_stock)
        self._duck.execute(
            f"CREATE OR REPLACE TEMP TABLE result AS SELECT measure, area, {flows} FROM wide "
            f"WHERE measure NOT IN ({numbers}) UNION ALL SELECT measure, area, {stocks} FROM "
            f"(SELECT measure, area, {since_january} FROM wide WHERE measure IN ({numbers}))"
        )

    def digests(self) -> Digests:
        """Return the digest of each measure, see `peers.base.engine_digests`."""
        months = " + ".join(f"m{k} * {month_weight(k)}" for k in range(len(self._span)))
        found = self._duck.execute(
            f"SELECT measure, sum(({months}) * (area % 97 + 1))::BIGINT FROM result GROUP BY measure"
        )
        codes = {source.number: source.code for source in self._sources}
        return {codes[number]: digest for number, digest in found.fetchall()}


def _plus(terms: Iterable[str]) -> str:
    return " + ".join(terms)


def _address() -> str:
    """Return the address of Django's PostgreSQL as a connection string."""
    names = {"HOST": "host", "PORT": "port", "USER": "user", "NAME": "dbname"}
    settings = connection.settings_dict
    return " ".join(f"{name}={settings[key]}" for key, name in names.items() if settings[key])
