"""The performance bars, and whether a run keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Found = Mapping[str, float]
#: "scale/database/task" → what that task measured.
Run = Mapping[str, Found]


@dataclass(frozen=True)
class Bar:
    """A measured value and the bar (a limit) that it has to keep."""

    number: str
    what: str
    value: float
    unit: str
    limit: float
    note: str
    is_at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the value keeps the bar."""
        return self.value >= self.limit if self.is_at_least else self.value <= self.limit

    def __str__(self) -> str:
        sign = "≥" if self.is_at_least else "≤"
        bar = f"bar {sign} {self.limit:g}"
        verdict = "OK" if self.is_met else "MISSED"
        return (
            f"{self.number:<4}{self.what:<47}{two_digits(self.value):>8} {self.unit:<9}"
            f"{bar:<12}{verdict:<8}{self.note}"
        )


def two_digits(value: float) -> str:
    """Format a number with two significant digits; from 100 on, as a whole number."""
    return f"{value:.0f}" if value >= 100 else f"{value:.2g}"


def bars(run: Run) -> Iterator[Bar]:
    """Yield the bars of the scales that were run, in the order of the printed list."""
    if "province/postgres/times" in run:
        yield from _province(run)
        yield from _peers(run["province/postgres/peers"])
        yield from _databases(run)
    yield from _district(run)
    if "nation/postgres/peak" in run:
        yield from _nation(run["nation/postgres/peak"], run["province/postgres/peak"])
    yield from _approvals(run)
    if boards := run.get("province/postgres/boards"):
        yield from _boards(boards)
    if written := run.get("district/sqlite/written"):
        yield from _workbook(written, run["district/sqlite/memory"]["megabytes"])
    if pages := run.get("duties/postgres/pages"):
        yield from _duties(pages)
    if ledger := run.get("district/postgres/ledger"):
        yield from _ledger(ledger, run["district/postgres/memory"], run["district/postgres/page"])
    if office := run.get("office/sqlite/formulas"):
        yield _office(office)


def _province(run: Run) -> Iterator[Bar]:
    times, peak = run["province/postgres/times"], run["province/postgres/peak"]
    compute, copy, stored = times["compute"], times["copy"], times["recompute"]
    note = f"{_time(compute)} / {_time(copy)}"
    yield Bar("P1", "province computed, PostgreSQL", compute / copy, "× COPY", 2.5, note)
    memory = peak["megabytes"]
    yield Bar("P1", "  memory of a fresh process", memory, "MB", 250, f"{memory:.0f} MB")
    note = f"{_time(stored)} / {_time(copy)}"
    yield Bar("P2", "the same, stored and committed", stored / copy, "× COPY", 5, note)


def _ledger(found: Found, memory: Found, page: Found) -> Iterator[Bar]:
    what = f"ledger of {found['rows']:,.0f} × 15 "
    read, other = found["read"], found["openpyxl"]
    note = f"{_time(read)} / {_time(other)}"
    yield Bar("P9", f"{what}read", read / other, "× openpyxl", 0.15, note)
    stored, other = found["import"], found["full_clean"]
    note = f"{_time(stored)} / {_time(other)}"
    yield Bar("P10", f"{what}imported", stored / other, "× full_cl.", 0.10, note)
    peak, answer = memory["megabytes"], page["page"] * 1000
    yield Bar("P10", "  memory of a fresh process", peak, "MB", 250, f"{peak:.0f} MB")
    yield Bar("P10", "  200 rows uploaded on the page", answer, "ms", 1000, f"{answer:.0f} ms")


def _workbook(found: Found, memory: float) -> Iterator[Bar]:
    what = f"ledger of {found['rows']:,.0f} × 15 written, styled"
    written, other = found["stream"], found["xlsxwriter"]
    note = f"{_time(written)} / {_time(other)}"
    yield Bar("P8", what, written / other, "× XlsxW.", 0.25, note)
    other = found["openpyxl"]
    note = f"{_time(written)} / {_time(other)}"
    yield Bar("P8", "  against openpyxl write-only", written / other, "× openpyxl", 1, note)
    yield Bar("P8", "  memory on top of a fresh process", memory, "MB", 40, f"{memory:.0f} MB")


def _peers(found: Found) -> Iterator[Bar]:
    engine = found["engine"]
    for name, what, limit in (
        ("polars", "against polars from Parquet", 0.5),
        ("duckdb", "against DuckDB on the live PostgreSQL", 0.35),
        ("sql", "against a closure table in SQL", 0.05),
    ):
        note = f"{_time(engine)} / {_time(found[name])}"
        yield Bar("P3", what, engine / found[name], "× peer", limit, note)


def _databases(run: Run) -> Iterator[Bar]:
    sqlite = run["province/sqlite/times"]["compute"]
    postgres = run["province/postgres/times"]["compute"]
    note = f"{_time(sqlite)} / {_time(postgres)}"
    yield Bar("P4", "province on SQLite", sqlite / postgres, "× PG", 2.5, note)


def _district(run: Run) -> Iterator[Bar]:
    for database, name in (("sqlite", "SQLite"), ("postgres", "PostgreSQL")):
        taken = run[f"district/{database}/times"]["compute"]
        yield Bar("P4", f"district computed, {name}", taken * 1000, "ms", 100, _time(taken))


def _nation(nation: Found, province: Found) -> Iterator[Bar]:
    ratio = nation["seconds"] / province["seconds"]
    note = f"{_time(nation['seconds'])} / {_time(province['seconds'])}"
    yield Bar("P5", "nation computed", ratio, "× prov.", 15, note)
    memory = nation["megabytes"]
    yield Bar("P5", "  memory of a fresh process", memory, "MB", 1000, f"{memory:.0f} MB")


def _approvals(run: Run) -> Iterator[Bar]:
    for database, name in (("postgres", "PostgreSQL"), ("sqlite", "SQLite")):
        if times := run.get(f"province/{database}/times"):
            one, all_ = times["approve"], times["recompute"]
            note = f"{_time(all_)} / {_time(one)}"
            what = f"full recompute against one approval, {name}"
            yield Bar("P6", what, all_ / one, "×", 20, note, is_at_least=True)


def _boards(found: Found) -> Iterator[Bar]:
    orm, cursor = found["orm"], found["cursor"]
    note = f"{_time(orm)} / {_time(cursor)}"
    yield Bar("P7", "32 areas × 15 measures × 36 months read", orm / cursor, "× cursor", 2.5, note)
    yield Bar("P7", "  queries", found["queries"], "", 3, "")
    for name, what in (
        ("own", "a province's dashboard, its own plan"),
        ("whole_month", "  14 indicators, on a month's end"),
        ("whole", "  14 indicators, today"),
    ):
        note = f"{found[f'{name}_queries']:.0f} queries"
        yield Bar("P7", what, found[name] * 1000, "ms", 150, note)
    more = abs(found["large_queries"] - found["small_queries"])
    note = f"{found['large_queries']:.0f} / {found['small_queries']:.0f} queries"
    yield Bar("P7", "  queries of 14 counties more than of 3", more, "", 1, note)


def _office(found: Found) -> Bar:
    office, engine = found["office"], found["engine"]
    what = f"LibreOffice, {found['rows']:.0f} rows × {found['figures']:.0f} formulas"
    note = f"{_time(office)} / {_time(engine)}"
    return Bar("P11", what, office / engine, "× engine", 500, note, is_at_least=True)


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _duties(pages: Found) -> Iterator[Bar]:
    names = {"month": "月历", "list": "清单", "matrix": "矩阵", "overdue": "逾期", "desk": "工作台"}
    for view, name in names.items():
        note = f"{pages[f'{view}_queries']:.0f} queries"
        what = f"duties of 5,160 funds in 12 months, {name}"
        yield Bar("P12", what, pages[view] * 1000, "ms", 150, note)
        grown = pages[f"{view}_queries"] - pages[f"{view}_small"]
        yield Bar("P12", f"  queries more than in 4 counties, {name}", max(grown, 0), "", 0, "")
