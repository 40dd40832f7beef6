"""Peer for a district: LibreOffice with a COUNTIFS or SUMIFS per figure over a sheet of records."""

from __future__ import annotations

import datetime
import functools
import itertools
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from areas.codes import TOWNSHIP_LEVEL, cut_to, level_of
from areas.models import Area
from bench import measure
from indicators.measures import MEASURES
from indicators.store.engine import SeriesKey, Span, month_of
from indicators.store.events import Scope
from indicators.store.series import count_in_blocks

_YEAR = 2026
#: The columns of January to December, and of the January that follows.
_MONTHS = "CDEFGHIJKLMNO"
#: Fifteen measures, each of which looks at all records of one kind.
_MEASURES = (
    *("funds", "funds_established", "scenes", "scenes_opened", "orgs", "charities", "teams"),
    *("trainings", "trained", "projects", "aided", "activities", "reached", "raised", "spent"),
)
_RECALCULATE_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
oor:op="fuse"><value>0</value></prop></item></oor:items>
"""

#: (measure, area, month 1–12) → value; amounts are in fen.
Figures = dict[tuple[str, str, int], int]


def program() -> str | None:
    """Return LibreOffice's executable, or None if it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


class Workbooks:
    """Two workbooks of the same records: one with formulas, one without."""

    def __init__(self, soffice: str) -> None:
        self._soffice = soffice
        self._holder = tempfile.TemporaryDirectory(prefix="bench-office-")
        self._folder = Path(self._holder.name)
        settings = self._folder / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_RECALCULATE_ALWAYS, encoding="utf-8")
        records = list(_records())
        self.rows = len(records)
        _save(self._folder / "records.xlsx", records, with_figures=False)
        _save(self._folder / "figures.xlsx", records, with_figures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._holder.cleanup()

    def measured(self, runs: int) -> dict[str, float]:
        """Return how long recalculation takes, without starting, loading and saving."""
        names = ("records", "figures")
        works = {name: functools.partial(self._convert, name) for name in names}
        taken = measure.medians(works, runs)
        return {"office": taken["figures"] - taken["records"]}

    def figures(self) -> Figures:
        """Return the figures that LibreOffice calculated."""
        book = CalamineWorkbook.from_path(str(self._folder / "out" / "figures.xlsx"))
        return dict(_read(book.get_sheet_by_name("figures").to_python()))

    def _convert(self, name: str) -> None:
        profile = f"-env:UserInstallation={(self._folder / 'profile').as_uri()}"
        convert = ["--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
        target = ["--outdir", str(self._folder / "out"), str(self._folder / f"{name}.xlsx")]
        command, quiet = [self._soffice, profile, *convert, *target], subprocess.DEVNULL
        subprocess.run(command, check=True, stdout=quiet, stderr=quiet)


def _read(table: Sequence[Sequence[object]]) -> Iterator[tuple[tuple[str, str, int], int]]:
    names = itertools.product(_MEASURES, _areas())
    for (measure_code, area), row in zip(names, table[1:], strict=True):
        factor = 100 if MEASURES[measure_code].is_money else 1
        for month in range(1, 13):
            yield (measure_code, area, month), round(float(str(row[month + 1])) * factor)


def engine_figures() -> Figures:
    """Return the same figures as the engine counts them."""
    wanted, found = set(_areas()), Figures()
    keys = [SeriesKey("measure", code) for code in _MEASURES]
    codes = list(Area.objects.values_list("code", flat=True))
    span = Span(month_of(_YEAR, 1), month_of(_YEAR, 12))
    for tree, series in count_in_blocks(codes, span, keys, Scope()):
        for code in wanted.intersection(tree.codes):
            for key in keys:
                for month, value in enumerate(series[key][tree.row[code]].tolist(), start=1):
                    found[key.measure, code, month] = value
    return found


def _areas() -> list[str]:
    """Return the codes of the district and its streets."""
    return list(
        Area.objects.filter(level__in=(3, 4)).order_by("code").values_list("code", flat=True)
    )


def _records() -> Iterator[list[object]]:
    """Yield one row per record: kind, street, start, end, quantity."""
    for model in dict.fromkeys(MEASURES[code].model for code in _MEASURES):
        rules = [MEASURES[code] for code in _MEASURES if MEASURES[code].model is model]
        rule, quantity = rules[0], max(rule.quantity for rule in rules)
        fields = [rule.area, rule.start, *filter(None, (rule.end, quantity))]
        rows = model._default_manager.filter(rule.condition)
        for row in rows.values(*fields):
            street = int(cut_to(row[rule.area], TOWNSHIP_LEVEL))
            ended, amount = row.get(rule.end), row.get(quantity)
            yield [model.__name__, street, row[rule.start], ended, amount]


def _save(path: Path, records: list[list[object]], *, with_figures: bool) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("records")
    for row in records:
        sheet.append(row)
    if with_figures:
        sheet = book.create_sheet("figures")
        firsts = [datetime.date(_YEAR + month // 12, month % 12 + 1, 1) for month in range(13)]
        sheet.append(["kind", "street", *firsts])
        for number, (code, area) in enumerate(itertools.product(_MEASURES, _areas()), start=2):
            formulas = (_formula(code, area, number, month, len(records)) for month in range(12))
            sheet.append([MEASURES[code].model.__name__, int(area), *formulas])
    book.save(path)


def _formula(code: str, area: str, number: int, month: int, rows: int) -> str:
    """Write a formula as people do: kind, street and months are in cells of the table."""
    rule, first, behind = MEASURES[code], _MONTHS[month] + "$1", _MONTHS[month + 1] + "$1"
    kind, street, start, end, quantity = (f"records!${c}$1:${c}${rows}" for c in "ABCDE")
    which = f"{kind},$A{number}"
    if level_of(area) == TOWNSHIP_LEVEL:
        which += f",{street},$B{number}"
    if rule.is_stock:
        begun, ended = (f'COUNTIFS({which},{day},"<"&{behind})' for day in (start, end))
        return f"={begun}-{ended}"
    within = f'{which},{start},">="&{first},{start},"<"&{behind}'
    return f"=SUMIFS({quantity},{within})" if rule.quantity else f"=COUNTIFS({within})"
