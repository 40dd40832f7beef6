"""Workbooks made from their XML, for spellings that no writer at hand uses."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from ledgers.workbooks.grids import Grid, GridCell
from ledgers.workbooks.opening import open_sheets

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
WRITERS = Path(__file__).parent / "files" / "writers"

_WORKBOOK = (
    '<workbook xmlns="{main}" xmlns:r="{office}">{before}<sheets>'
    '<sheet name="台账" sheetId="1" r:id="rId1"/></sheets>{after}</workbook>'
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip package of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def parts_of(
    rows: str,
    *,
    styles: str | None = None,
    strings: str | None = None,
    before: str = "",
    after: str = "",
    main: str = MAIN,
    office: str = OFFICE,
    around: tuple[str, str] = ("", ""),
) -> dict[str, str | bytes]:
    """Return the parts of a workbook with one sheet; `before` and `after` stand in workbook.xml."""
    related = {"worksheet": "worksheets/sheet1.xml"}
    parts: dict[str, str | bytes] = {
        "_rels/.rels": relations({"officeDocument": "xl/workbook.xml"}, office),
        "xl/workbook.xml": _WORKBOOK.format(main=main, office=office, before=before, after=after),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{main}">{around[0]}<sheetData>{rows}</sheetData>{around[1]}</worksheet>'
        ),
    }
    if styles is not None:
        related["styles"] = "styles.xml"
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{main}">{styles}</styleSheet>'
    if strings is not None:
        related["sharedStrings"] = "sharedStrings.xml"
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{strings}</sst>'
    parts["xl/_rels/workbook.xml.rels"] = relations(related, office)
    return parts


def relations(targets: Mapping[str, str], office: str = OFFICE) -> str:
    """Return relationships rId1, rId2 … of these kinds to these targets."""
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{office}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items(), 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{lines}</Relationships>'


def styles_of(*codes: str, struck: bool = False) -> str:
    """Return styles 0, 1 … with these number formats; all fonts are struck out or none is."""
    formats = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode="{code}"/>' for at, code in enumerate(codes)
    )
    font = "<font><strike/></font>" if struck else "<font/>"
    styles = "".join(f'<xf numFmtId="{164 + at}" fontId="0"/>' for at in range(len(codes)))
    return f"<numFmts>{formats}</numFmts><fonts>{font}</fonts><cellXfs>{styles}</cellXfs>"


def grid_of(content: bytes) -> Grid:
    """Return the only visible sheet of a file."""
    (grid,) = open_sheets(content).visible
    return grid


def sheet_of(rows: str, *, styles: str | None = None, strings: str | None = None) -> Grid:
    """Return the sheet with these rows."""
    return grid_of(zipped(parts_of(rows, styles=styles, strings=strings)))


def cell_of(grid: Grid, name: str) -> GridCell:
    """Return a cell by its name, in columns A to Z."""
    return grid.cell(int(name[1:]) - 1, ord(name[0]) - ord("A"))
