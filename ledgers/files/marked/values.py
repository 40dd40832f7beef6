"""A plain workbook with the values of a file that cannot be marked in place."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils.datetime import to_excel

from ledgers.files.marked.excel.listing import inline_text
from ledgers.files.marked.marks import written
from ledgers.reading.sheets import read_workbook
from ledgers.workbooks.grids import Grid, cell_name

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PIECE = 500
#: Column widths in characters, and the rows that are measured for them.
_NARROWEST, _WIDEST, _MEASURED = 9, 40, 200
#: What Excel takes as the name of a sheet.
_LONGEST_NAME, _NOT_IN_NAMES = 31, re.compile(r"[\[\]*?:/\\]")
#: Number formats of days, moments and times of day.
_DAY, _MOMENT, _TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "[h]:mm:ss"


def workbook_of_values(content: bytes) -> tuple[bytes, dict[str, str]]:
    """Return an .xlsx with the sheets, values and merged cells of any file that can be read.

    A hidden sheet stays as an empty one, so that it is asked for again. The second value is the
    name that each sheet has got: Excel takes no long ones.
    """
    visible, hidden = read_workbook(content)
    names = _short([*(grid.name for grid in visible), *hidden])
    formats, stream = _Formats(), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for number, grid in enumerate(visible, 1):
            with package.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                part.writelines(piece.encode() for piece in _sheet(grid, formats))
        for number, name in enumerate(hidden, len(visible) + 1):
            part_of_hidden = "".join(_sheet(Grid(name, [], []), formats))
            package.writestr(f"xl/worksheets/sheet{number}.xml", part_of_hidden)
        for name, xml in _frame(list(names.values()), len(visible), formats).items():
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
    """The number formats in use, each with the number of its style; 0 is the plain one."""

    def __init__(self) -> None:
        self._styles: dict[str, int] = {}

    def style(self, number_format: str) -> int:
        """Return the number of the style with this format."""
        return self._styles.setdefault(number_format, len(self._styles) + 1)

    def xml(self) -> str:
        """Return the style sheet."""
        formats = "".join(
            f'<numFmt numFmtId="{163 + style}" formatCode={quoteattr(code)}/>'
            for code, style in self._styles.items()
        )
        styles = "".join(
            f'<xf numFmtId="{163 + style}" fontId="0" fillId="0" borderId="0" xfId="0" '
            'applyNumberFormat="1"/>'
            for style in self._styles.values()
        )
        plain = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"'
        count = len(self._styles)
        formats = f'<numFmts count="{count}">{formats}</numFmts>' if formats else ""
        return (
            f'<styleSheet xmlns="{_MAIN}">{formats}'
            '<fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill></fills>'
            '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
            f'<cellStyleXfs count="1">{plain}/></cellStyleXfs>'
            f'<cellXfs count="{count + 1}">{plain} xfId="0"/>{styles}</cellXfs></styleSheet>'
        )


# --- sheets ------------------------------------------------------------------------------------


def _sheet(grid: Grid, formats: _Formats) -> Iterator[str]:
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}">{_columns(grid)}<sheetData>'
    for start in range(0, len(grid.rows), _PIECE):
        rows = enumerate(grid.rows[start : start + _PIECE], start)
        yield "".join(_row(row, values, formats) for row, values in rows)
    merges = "".join(
        f'<mergeCell ref="{cell_name(*first)}:{cell_name(*last)}"/>' for first, last in grid.merges
    )
    merges = f'<mergeCells count="{len(grid.merges)}">{merges}</mergeCells>' if merges else ""
    yield f"</sheetData>{merges}</worksheet>"


def _columns(grid: Grid) -> str:
    measured = grid.rows[:_MEASURED]
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{_width(values)}" customWidth="1"/>'
        for at, values in enumerate(zip(*measured, strict=False), 1)
    )
    return f"<cols>{columns}</cols>" if columns else ""


def _width(values: Sequence[object]) -> int:
    """Return the width of a column: a Chinese character takes two places; long titles count less."""
    widths = sorted(len(str(value).encode("gb18030", "replace")) for value in values if value)
    usual = widths[len(widths) * 3 // 4] if widths else 0
    return min(max(usual + 2, _NARROWEST), _WIDEST)


def _row(row: int, values: Sequence[object], formats: _Formats) -> str:
    cells = "".join(
        _cell(cell_name(row, column), value, formats)
        for column, value in enumerate(values)
        if value is not None and value != ""
    )
    return f'<row r="{row + 1}">{cells}</row>' if cells else ""


def _cell(name: str, value: object, formats: _Formats) -> str:
    if isinstance(value, bool):
        return f'<c r="{name}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{name}"><v>{value!r}</v></c>'
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        style = formats.style(_format_of(value))
        return f'<c r="{name}" s="{style}"><v>{to_excel(value)!r}</v></c>'
    return f'<c r="{name}" t="inlineStr">{inline_text(written(str(value)))}</c>'


def _format_of(value: datetime.date | datetime.time | datetime.timedelta) -> str:
    if isinstance(value, datetime.datetime):
        return _DAY if value.time() == datetime.time() else _MOMENT
    return _DAY if isinstance(value, datetime.date) else _TIME


# --- the parts around them ---------------------------------------------------------------------


def _frame(names: Sequence[str], visible: int, formats: _Formats) -> dict[str, str]:
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
        f"<sheets>{listed}</sheets></workbook>",
        "xl/styles.xml": formats.xml(),
    }


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{escape(target)}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'
