"""Tasks for `bench.work` that measure the platform alone."""

from __future__ import annotations

from django.db import connection

from areas.models import Area
from bench import engine, measure
from bench.records.generate import SCALES, generate
from indicators.store import series

Found = dict[str, float]


def make(scale: str) -> Found:
    """Fill the database with the records of the scale."""
    taken = measure.seconds(lambda: generate(SCALES[scale]))
    return {"seconds": taken, "areas": Area.objects.count(), "records": SCALES[scale].records}


def peak() -> Found:
    """Compute once in a fresh process; return its seconds and its peak memory."""
    taken = measure.seconds(engine.compute)
    return {"seconds": taken, "megabytes": measure.peak_megabytes()}


def times(runs: str) -> Found:
    """Measure computing, reading alone and storing in turns, then single approvals."""
    count = int(runs)
    works: dict[str, measure.Work] = {
        "compute": engine.compute,
        "recompute": series.recompute_all,
    }
    if connection.vendor == "postgresql":
        works["copy"] = engine.discarded_copy
    approvals = count * 3
    one: dict[str, measure.Work] = {"approve": engine.Approvals(approvals + 1)}
    return measure.medians(works, count) | measure.medians(one, approvals)
