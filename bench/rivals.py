"""Tasks for `bench.work` that measure other programs beside the engine, on the same records."""

from __future__ import annotations

import tempfile
from pathlib import Path

from areas.models import Area
from bench import engine, measure
from bench.peers import office
from bench.peers.base import check, closure, engine_digests, sources
from bench.peers.closure_table import ClosureTable
from bench.peers.duckdb_live import DuckDB
from bench.peers.polars_parquet import Polars, export
from bench.tasks import Found
from indicators.store import catalogue


def peers(runs: str) -> Found:
    """Measure peers and engine on the same series; PeerIsWrong if a peer counts differently."""
    given, span = sources(), catalogue.full_span(engine.layout())
    codes = sorted(Area.objects.values_list("code", flat=True))
    expected = engine_digests(span)
    with tempfile.TemporaryDirectory(prefix="bench-parquet-") as name:
        export(given, Path(name))
        polars, duck = Polars(given, Path(name), codes, span), DuckDB(given, span)
        works = {"engine": engine.compute_additive, "polars": polars.run, "duckdb": duck.run}
        found = measure.medians(works, int(runs))
        check("polars", polars.digests(polars.run()), expected)
    check("DuckDB", duck.digests(), expected)
    sql = ClosureTable(given, closure(codes), span)
    found["sql"] = measure.seconds(lambda: check("closure table", sql.run(), expected))
    return found


def formulas(runs: str) -> Found:
    """Measure LibreOffice and the engine on the same figures; return {} without LibreOffice."""
    program = office.program()
    if program is None:
        return {}
    expected = office.engine_figures()
    works: dict[str, measure.Work] = {"engine": office.engine_figures}
    with office.Workbooks(program) as books:
        found = measure.medians(works, int(runs)) | books.measured(3)
        if books.figures() != expected:
            raise ValueError("LibreOffice and the engine disagree")
        return found | {"rows": books.rows, "figures": len(expected)}
