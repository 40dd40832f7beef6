"""The sheet 问题清单: all findings of a file, each with a link to its cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from ledgers.files.marked.marks import Place, place_of
from ledgers.workbooks.grids import cell_name

_WIDTHS = (8, 20, 10, 20, 80)
#: In a workbook's texts `_x000D_` stands for a character, so a text that looks so is escaped.
_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def sheet_of(
    lines: Sequence[Sequence[str]], namespace: str, styles: tuple[int, int], sheets: Sequence[str]
) -> bytes:
    """Return the XML of the list.

    `styles` are the numbers of the styles of titles and of texts; only `sheets` can be linked to.
    """
    head = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{namespace}">'
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    )
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
        for at, width in enumerate(_WIDTHS, 1)
    )
    rows = "".join(_row(row, line, styles[bool(row)]) for row, line in enumerate(lines))
    links = "".join(_links(lines, set(sheets)))
    links = f"<hyperlinks>{links}</hyperlinks>" if links else ""
    paper = '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
    table = f"<cols>{columns}</cols><sheetData>{rows}</sheetData>{links}{paper}"
    return f"{head}{table}</worksheet>".encode()


def _row(row: int, line: Sequence[str], style: int) -> str:
    cells = (_cell((row, column), text, style) for column, text in enumerate(line) if text)
    return f'<row r="{row + 1}">{"".join(cells)}</row>'


def _cell(place: Place, text: str, style: int) -> str:
    return f'<c r="{cell_name(*place)}" s="{style}" t="inlineStr">{inline_text(text)}</c>'


def inline_text(text: str) -> str:
    """Return a text as it stands within a cell."""
    return f'<is><t xml:space="preserve">{escape(_CODED.sub("_x005F_", text))}</t></is>'


def _links(lines: Sequence[Sequence[str]], sheets: set[str]) -> Iterator[str]:
    for row, (_, sheet, cell, *_) in enumerate(lines):
        if sheet in sheets and place_of(cell):
            quoted = sheet.replace("'", "''")
            location = quoteattr(f"'{quoted}'!{cell}")
            yield f'<hyperlink ref="C{row + 1}" location={location} display={quoteattr(cell)}/>'
