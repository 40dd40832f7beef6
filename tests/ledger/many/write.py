"""Wrote the files of plan.json with XlsxWriter 3.3.1, xlwt 1.3.0, Aspose.Cells 26.10 and Spire.XLS 16.8.2.

Run it in a virtual environment that has the four: `python write.py FOLDER`. It needs nothing of the
platform. Aspose and Spire are evaluation copies: they add a sheet of their own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

Json = dict[str, Any]


def _cells(page: Json) -> Iterator[tuple[int, int, Json]]:
    for row, line in enumerate(page["rows"]):
        for column, cell in enumerate(line):
            if cell["value"] is not None or cell["error"] or cell["formula"]:
                yield row, column, cell


def with_xlsxwriter(book: Json, path: Path) -> None:
    """Write with XlsxWriter."""
    options = {"date_1904": book["is_1904"], "strings_to_formulas": False, "strings_to_urls": False}
    target = import_module("xlsxwriter").Workbook(path, options)
    for page in book["pages"]:
        sheet = target.add_worksheet(page["name"])
        for top, left, bottom, right in page["merges"]:
            sheet.merge_range(top, left, bottom, right, "")
        for row, column, cell in _cells(page):
            shown: dict[str, object] = {}
            if cell["code"]:
                shown["num_format"] = cell["code"]
            if cell["is_struck"]:
                shown["font_strikeout"] = True
            style = target.add_format(shown) if shown else None
            if cell["error"]:
                sheet.write_formula(row, column, "=NA()", style, cell["error"])
            elif cell["formula"]:
                sheet.write_formula(row, column, f"={cell['formula']}", style, cell["value"])
            else:
                sheet.write(row, column, cell["value"], style)
        for row in page["hidden_rows"]:
            sheet.set_row(row, None, None, {"hidden": True})
        for column in page["hidden_columns"]:
            sheet.set_column(column, column, None, None, {"hidden": True})
        if page["is_hidden"]:
            sheet.hide()
    target.close()


def with_xlwt(book: Json, path: Path) -> None:
    """Write with xlwt."""
    xlwt = import_module("xlwt")
    target = xlwt.Workbook(encoding="utf-8")
    target.dates_1904 = book["is_1904"]
    for page in book["pages"]:
        sheet = target.add_sheet(page["name"])
        merged = {
            (top, left): (top, bottom, left, right) for top, left, bottom, right in page["merges"]
        }
        covered = {
            (row, column)
            for top, left, bottom, right in page["merges"]
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        }
        for row, column, cell in _cells(page):
            style = xlwt.easyxf(
                "font: struck_out true" if cell["is_struck"] else "",
                num_format_str=cell["code"] or "General",
            )
            if (row, column) in merged:
                sheet.write_merge(*merged[row, column], cell["value"], style)
            elif cell["error"]:
                sheet.row(row).set_cell_error(column, 0x2A, style)
            elif (row, column) not in covered:
                sheet.write(row, column, cell["value"], style)
        for row in page["hidden_rows"]:
            sheet.row(row).hidden = True
        for column in page["hidden_columns"]:
            sheet.col(column).hidden = True
        sheet.visibility = int(page["is_hidden"])
    target.save(str(path))


def with_aspose(book: Json, path: Path) -> None:
    """Write with Aspose.Cells: .xlsx, .xls, .xlsb or .ods."""
    cells = import_module("aspose.cells")
    target = cells.Workbook()
    target.settings.date1904 = book["is_1904"]
    target.worksheets.clear()
    for page in book["pages"]:
        sheet = target.worksheets.add(page["name"])
        for row, column, cell in _cells(page):
            place = sheet.cells.get(row, column)
            if cell["formula"]:
                place.formula = f"={cell['formula']}"
            else:
                place.put_value(cell["value"])
            if cell["code"] or cell["is_struck"]:
                style = place.get_style()
                if cell["code"]:
                    style.custom = cell["code"]
                style.font.is_strikeout = cell["is_struck"]
                place.set_style(style)
        for top, left, bottom, right in page["merges"]:
            sheet.cells.merge(top, left, bottom - top + 1, right - left + 1)
        for row in page["hidden_rows"]:
            sheet.cells.hide_row(row)
        for column in page["hidden_columns"]:
            sheet.cells.hide_column(column)
    for page in book["pages"]:
        if page["is_hidden"]:
            target.worksheets.get(page["name"]).is_visible = False
    target.calculate_formula()
    target.save(str(path))


def with_spire(book: Json, path: Path) -> None:
    """Write with Spire.XLS: .xlsx, .xls or .ods."""
    spire = import_module("spire.xls")
    target = spire.Workbook()
    target.Worksheets.Clear()
    target.Date1904 = book["is_1904"]
    for page in book["pages"]:
        sheet = target.Worksheets.Add(page["name"])
        for row, column, cell in _cells(page):
            place, value = sheet.Range[row + 1, column + 1], cell["value"]
            if cell["formula"]:
                place.Formula = f"={cell['formula']}"
            elif isinstance(value, bool):
                place.BooleanValue = value
            elif isinstance(value, int | float):
                place.NumberValue = value
            else:
                place.Text = value
            if cell["code"]:
                place.NumberFormat = cell["code"]
            if cell["is_struck"]:
                place.Style.Font.IsStrikethrough = True
        for top, left, bottom, right in page["merges"]:
            sheet.Range[top + 1, left + 1, bottom + 1, right + 1].Merge()
        for row in page["hidden_rows"]:
            sheet.HideRow(row + 1)
        for column in page["hidden_columns"]:
            sheet.HideColumn(column + 1)
        if page["is_hidden"]:
            sheet.Visibility = spire.WorksheetVisibility.Hidden
    target.CalculateAllValue()
    kinds = {
        "xlsx": spire.FileFormat.Version2016,
        "xls": spire.FileFormat.Version97to2003,
        "ods": spire.FileFormat.ODS,
    }
    target.SaveToFile(str(path), kinds[path.suffix[1:]])
    target.Dispose()


WRITERS = {
    "XlsxWriter": with_xlsxwriter,
    "xlwt": with_xlwt,
    "Aspose": with_aspose,
    "Spire": with_spire,
}

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for entry in json.loads((folder / "plan.json").read_text()):
        if write := WRITERS.get(entry["writer"]):
            try:
                write(entry["book"], folder / entry["file"])
            except Exception as error:
                print(entry["file"], error, file=sys.stderr)  # noqa: T201
