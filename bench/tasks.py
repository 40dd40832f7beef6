"""The tasks of `bench.work`: each looks at one database and says what it found."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from areas.models import Area
from bench import engine, measure, office
from bench.generate import SCALES, generate
from bench.peer_duckdb import DuckDB
from bench.peer_polars import Polars, export
from bench.peer_sql import ClosureTable
from bench.peers import check, closure, engine_digests, sources
from indicators import series

Found = dict[str, float]


def make(scale: str) -> Found:
    """Fill the database."""
    taken = measure.seconds(lambda: generate(SCALES[scale]))
    return {"seconds": taken, "areas": Area.objects.count(), "records": SCALES[scale].records}


def peak(_: str) -> Found:
    """Compute once, in a fresh process: its time and its memory."""
    taken = measure.seconds(engine.compute)
    return {"seconds": taken, "megabytes": measure.peak_megabytes()}


def times(runs: str) -> Found:
    """Computing and reading alone in turns, storing, and one approval."""
    count = int(runs)
    works: dict[str, measure.Work] = {"compute": engine.compute}
    if connection.vendor == "postgresql":
        works["copy"] = engine.discarded_copy
    found = measure.medians(works, count)
    found |= measure.medians({"recompute": series.recompute_all}, count)
    approvals = count * 3
    return found | measure.medians({"approve": engine.Approvals(approvals + 1)}, approvals)


def peers(runs: str) -> Found:
    """The same series by others and by the engine; PeerIsWrong when a peer counts differently."""
    given, span = sources(), series.full_span(engine.layout())
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


def against_office(runs: str) -> Found:
    """LibreOffice and the engine on the same figures; nothing where there is no LibreOffice."""
    program = office.program()
    if program is None:
        return {}
    done = office.recalculated(program)
    if done.figures != office.engine_figures():
        raise ValueError("LibreOffice and the engine disagree")
    found = measure.medians({"engine": office.engine_figures}, int(runs))
    return found | {"office": done.seconds, "rows": done.rows, "figures": len(done.figures)}


TASKS: dict[str, Callable[[str], Found]] = {
    "make": make,
    "peak": peak,
    "times": times,
    "peers": peers,
    "office": against_office,
}


def main() -> None:
    """Run one task and write what it found."""
    name, argument = sys.argv[1:3]
    json.dump(TASKS[name](argument), sys.stdout)
