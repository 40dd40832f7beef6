"""Peer: polars on Parquet files of the rows that the engine copies."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from django.db import connection

from bench.peers.base import LEVELS, Digests, Source, area_weight, month_weight
from indicators.store.engine import Span

_CELL = ("measure", "area", "month")


def export(sources: list[Source], folder: Path) -> None:
    """Write one file per measure with real dates; this is not part of what is measured."""
    for source in sources:
        with connection.cursor() as cursor:
            cursor.execute(source.sql)
            rows = cursor.fetchall()
        frame = pl.DataFrame(rows, schema=list(source.columns), orient="row")
        frame.write_parquet(folder / f"{source.code}.parquet")


class Polars:
    """Group by measure, area and month, add up level by level, then fill in the months."""

    def __init__(self, sources: list[Source], folder: Path, codes: list[str], span: Span) -> None:
        self._sources, self._folder, self._span = sources, folder, span
        self._codes = codes
        rows = pl.Series("row", range(len(codes)), dtype=pl.Int32)
        self._rows = pl.DataFrame({"area": [int(code) for code in codes], "row": rows})

    def run(self) -> dict[str, pl.Series]:
        """Return the values of all areas and months by measure, area after area."""
        own = _grouped(pl.concat(part for source in self._sources for part in self._deltas(source)))
        totals = _add_up(own.collect()).join(self._rows, on="area")
        cell = (pl.col("row") * len(self._span) + pl.col("month")).alias("cell")
        parts = totals.select("measure", cell, "quantity").partition_by("measure", as_dict=True)
        return {
            source.code: self._filled(source, parts.get((source.number,)))
            for source in self._sources
        }

    def _deltas(self, source: Source) -> list[pl.LazyFrame]:
        rows = pl.scan_parquet(self._folder / f"{source.code}.parquet")
        quantity = pl.col("quantity") if "quantity" in source.columns else pl.lit(1, pl.Int64)
        begun = self._moments(rows, source, "started", quantity)
        if "ended" not in source.columns:
            return [begun]
        return [begun, self._moments(rows, source, "ended", -quantity)]

    def _moments(
        self, rows: pl.LazyFrame, source: Source, name: str, quantity: pl.Expr
    ) -> pl.LazyFrame:
        day, first = pl.col(name), self._span.first
        month = day.dt.year().cast(pl.Int32) * 12 + day.dt.month() - 1 - first
        measure = pl.lit(source.number, pl.UInt8).alias("measure")
        rows = rows.select(measure, "area", month.alias("month"), quantity.alias("quantity"))
        rows = rows.filter(pl.col("month") < len(self._span))
        if source.is_stock:
            return rows.with_columns(pl.col("month").clip(0))
        return rows.filter(pl.col("month") >= 0)

    def _filled(self, source: Source, part: pl.DataFrame | None) -> pl.Series:
        width = len(self._span)
        values = pl.zeros(len(self._codes) * width, dtype=pl.Int64, eager=True)
        if part is not None:
            values = values.scatter(part["cell"], part["quantity"])
        if not source.is_stock:
            return values
        running = values.cum_sum()
        before = (running - values).gather_every(width).to_frame("before")
        return running - before.select(pl.col("before").repeat_by(width).explode())["before"]

    def digests(self, found: dict[str, pl.Series]) -> Digests:
        """Return the digest of each measure, see `peers.base.engine_digests`."""
        months = [month_weight(column) for column in range(len(self._span))]
        weights = pl.Series([area_weight(code) * month for code in self._codes for month in months])
        return {code: int((values * weights).sum()) for code, values in found.items()}


def _grouped(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.group_by(_CELL).agg(pl.col("quantity").sum())


def _add_up(own: pl.DataFrame) -> pl.DataFrame:
    """Give every level its own rows and the totals of the level below."""
    levels: list[pl.DataFrame] = []
    for smallest, divisor in LEVELS:
        here = own.filter(pl.col("area").is_between(smallest, smallest * 10 - 1))
        if levels:
            below = levels[-1].with_columns(pl.col("area") // divisor)
            here = _grouped(pl.concat([here, below]).lazy()).collect()
        levels.append(here)
    return pl.concat(levels)
