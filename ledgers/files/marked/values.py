"""A plain workbook with the values of a file that cannot be marked in place."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, to_excel

from ledgers.files.marked.excel.listing import inline_text
from ledgers.files.marked.marks import written
from ledgers.workbooks.grids import PLAIN_TRAIT, CellKind, Grid, Trait, cell_name

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PIECE, _HIDDEN = 500, ' hidden="1"'
#: Column widths in characters, and the rows that are measured for them.
_NARROWEST, _WIDEST, _MEASURED = 9, 40, 200
#: What Excel takes as the name of a sheet.
_LONGEST_NAME, _NOT_IN_NAMES = 31, re.compile(r"[\[\]*?:/\\]")
#: Number formats of days, moments and times of day.
_DAY, _MOMENT, _TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "[h]:mm:ss"

_Time = datetime.date | datetime.time | datetime.timedelta
_TIMES = (datetime.date, datetime.time, datetime.timedelta)


def workbook_of_values(
    visible: Sequence[Grid], hidden: Sequence[str]
) -> tuple[bytes, dict[str, str]]:
    """Return an .xlsx with these sheets, values and merged cells.

    A hidden sheet stays as an empty one, so that it is asked for again. The second value is the
    name that each sheet has got: Excel takes no long ones.
    """
    names = _short([*(grid.name for grid in visible), *hidden])
    formats, stream = _Formats(), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for number, grid in enumerate(visible, 1):
            with package.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                part.writelines(piece.encode() for piece in _sheet(grid, formats))
        for number, name in enumerate(hidden, len(visible) + 1):
            part_of_hidden = "".join(_sheet(Grid(name, [], []), formats))
            package.writestr(f"xl/worksheets/sheet{number}.xml", part_of_hidden)
        is_1904 = any(grid.is_1904 for grid in visible)
        frame = _frame(list(names.values()), len(visible), formats, is_1904=is_1904)
        for name, xml in frame.items():
            package.writestr(name, _HEAD + xml)
    return stream.getvalue(), names


def _short(names: Sequence[str]) -> dict[str, str]:
    """Return a name for each sheet that Excel takes; equal beginnings get a number."""
    short: dict[str, str] = {}
    for name in names:
        new, number = _NOT_IN_NAMES.sub("_", written(name))[:_LONGEST_NAME] or "表", 1
        while new.casefold() in map(str.casefold, short.values()):
            number += 1
            new = f"{new[: _LONGEST_NAME - 4]}~{number}"
        short[name] = new
    return short


class _Formats:
    """The number formats in use, plain or struck out, each with the number of its style."""

    def __init__(self) -> None:
        self._styles = {("General", False): 0}

    def style(self, number_format: str, *, is_struck_out: bool = False) -> int:
        """Return the number of the style with this format; 0 is the plain one."""
        key = number_format or "General", is_struck_out
        return self._styles.setdefault(key, len(self._styles))

    def xml(self) -> str:
        """Return the style sheet."""
        formats, styles = "", ""
        for (code, is_struck_out), style in self._styles.items():
            number = 163 + style if code != "General" else 0
            if number:
                formats += f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>'
            styles += (
                f'<xf numFmtId="{number}" fontId="{int(is_struck_out)}" fillId="0" borderId="0" '
                'xfId="0" applyNumberFormat="1" applyFont="1"/>'
            )
        formats = formats and f'<numFmts count="{formats.count("<")}">{formats}</numFmts>'
        return (
            f'<styleSheet xmlns="{_MAIN}">{formats}'
            '<fonts count="2"><font><sz val="11"/><name val="宋体"/></font>'
            '<font><strike/><sz val="11"/><name val="宋体"/></font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill></fills>'
            '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
            f'</cellStyleXfs><cellXfs count="{len(self._styles)}">{styles}</cellXfs></styleSheet>'
        )


# --- sheets ------------------------------------------------------------------------------------


def _sheet(grid: Grid, formats: _Formats) -> Iterator[str]:
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}">{_columns(grid)}<sheetData>'
    for start in range(0, len(grid.rows), _PIECE):
        rows = range(start, min(start + _PIECE, len(grid.rows)))
        yield "".join(_row(grid, row, formats) for row in rows)
    merges = "".join(
        f'<mergeCell ref="{cell_name(*first)}:{cell_name(*last)}"/>' for first, last in grid.merges
    )
    merges = f'<mergeCells count="{len(grid.merges)}">{merges}</mergeCells>' if merges else ""
    yield f"</sheetData>{merges}</worksheet>"


def _columns(grid: Grid) -> str:
    measured = grid.rows[:_MEASURED]
    columns = "".join(
        f'<col min="{at + 1}" max="{at + 1}" width="{_width(values)}" customWidth="1"'
        f"{_HIDDEN if at in grid.hidden_columns else ''}/>"
        for at, values in enumerate(zip(*measured, strict=False))
    )
    return f"<cols>{columns}</cols>" if columns else ""


def _width(values: Sequence[object]) -> int:
    """Return the width of a column: a Chinese character takes two places; long titles count less."""
    widths = sorted(len(str(value).encode("gb18030", "replace")) for value in values if value)
    usual = widths[len(widths) * 3 // 4] if widths else 0
    return min(max(usual + 2, _NARROWEST), _WIDEST)


def _row(grid: Grid, row: int, formats: _Formats) -> str:
    traits = grid.traits.get(row, {})
    cells = "".join(
        _cell(grid, cell_name(row, column), value, traits.get(column, PLAIN_TRAIT), formats)
        for column, value in enumerate(grid.rows[row])
        if value is not None and value != ""
    )
    hidden = _HIDDEN if row in grid.hidden_rows else ""
    return f'<row r="{row + 1}"{hidden}>{cells}</row>' if cells or hidden else ""


def _cell(grid: Grid, name: str, value: object, trait: Trait, formats: _Formats) -> str:
    """Return a cell that reads as it was read, also where it cannot be taken."""
    code = trait.number_format or (_format_of(value) if isinstance(value, _TIMES) else "")
    style = formats.style(code, is_struck_out=trait.is_struck_out)
    head = f'<c r="{name}" s="{style}"' if style else f'<c r="{name}"'
    if trait.kind is CellKind.UNCALCULATED:
        return f"{head}><f>NA()</f></c>"
    if trait.kind is CellKind.ERROR:
        return f'{head} t="e"><v>{escape(str(value))}</v></c>'
    if isinstance(value, bool):
        return f'{head} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"{head}><v>{value!r}</v></c>"
    if isinstance(value, _TIMES):
        return f"{head}><v>{_serial(value, grid)}</v></c>"
    return f'{head} t="inlineStr">{inline_text(written(str(value)))}</c>'


def _serial(value: _Time, grid: Grid) -> str:
    return repr(to_excel(value, CALENDAR_MAC_1904 if grid.is_1904 else CALENDAR_WINDOWS_1900))


def _format_of(value: _Time) -> str:
    if isinstance(value, datetime.datetime):
        return _DAY if value.time() == datetime.time() else _MOMENT
    return _DAY if isinstance(value, datetime.date) else _TIME


# --- the parts around them ---------------------------------------------------------------------


def _frame(
    names: Sequence[str], visible: int, formats: _Formats, *, is_1904: bool
) -> dict[str, str]:
    """Return the parts that hold the sheets together; the first ones are visible."""
    parts = [f"worksheets/sheet{number}.xml" for number in range(1, len(names) + 1)]
    kinds = {
        "workbook.xml": "sheet.main",
        "styles.xml": "styles",
        **dict.fromkeys(parts, "worksheet"),
    }
    types = "".join(
        f'<Override PartName="/xl/{part}" ContentType="{_SHEET_TYPE}.{kind}+xml"/>'
        for part, kind in kinds.items()
    )
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" '
        f'state="{"visible" if number <= visible else "hidden"}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    targets = [("worksheet", part) for part in parts] + [("styles", "styles.xml")]
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{rels}"/>{types}</Types>',
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/_rels/workbook.xml.rels": _relations(targets),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f'<workbookPr date1904="{int(is_1904)}"/><sheets>{listed}</sheets></workbook>',
        "xl/styles.xml": formats.xml(),
    }


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{escape(target)}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'
