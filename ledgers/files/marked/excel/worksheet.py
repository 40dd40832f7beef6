"""Where the cells of a worksheet stand, and the small edits that mark them.

The XML is read once by expat, which says at which byte each tag begins; nothing is held but the
spots of the cells to mark.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection
from dataclasses import dataclass
from xml.parsers import expat

from ledgers.files.marked.excel.unpacked import Edit, Unpacked, prefix_of, tag_end, with_style
from ledgers.files.marked.marks import Place, Range, Unmarkable, place_of
from ledgers.workbooks.grids import cell_name

_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
#: The children of a worksheet that stand after `legacyDrawing`.
_AFTER_NOTES = {
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
}  # fmt: skip

Attributes = dict[str, str]


def _range_of(reference: str) -> list[Range]:
    first, _, last = reference.replace("$", "").partition(":")
    corners = place_of(first), place_of(last or first)
    return [(corners[0], corners[1])] if corners[0] and corners[1] else []


@dataclass
class _Spot:
    """Where a cell is or would be: in a row (which may be missing) of the sheet."""

    offset: int
    #: The tag's own style; for a cell to be made, that of its row or column.
    style: int
    is_found: bool = True
    #: For a cell to be made: the number of a row to be made with it.
    new_row: int | None = None


class Located:
    """Finds the cells to mark in a sheet, the places of missing ones, and the place of comments.

    One pass also finds the merged ranges and the numbers of all styles that the sheet names.
    """

    def __init__(self, sheet: Unpacked, places: Collection[Place]) -> None:
        self._sheet, self._data = sheet, sheet.data
        self._wanted: dict[int, list[int]] = {}
        for row, column in sorted(places):
            self._wanted.setdefault(row, []).append(column)
        self._rows_to_come = sorted(self._wanted)
        self.merges: list[Range] = []
        self._used: set[str | None] = set()
        self._found: dict[Place, _Spot] = {}
        self._gaps: dict[Place, _Spot] = {}
        self._columns: list[tuple[int, int, int]] = []
        self._row, self._column = -1, -1
        self._row_style: int | None = None
        self._here: list[int] = []
        self._row_start, self._table_start = 0, -1
        #: The key of the comments' shapes, and where it stands or would stand.
        self.notes_key: str | None = None
        self._notes_at = -1
        self._parse()

    @property
    def used_styles(self) -> set[int]:
        """Return the numbers of the styles that cells, rows and columns name."""
        return {int(style) for style in self._used if style and style.isdecimal()}

    @property
    def styles(self) -> dict[Place, int]:
        """Return the number of each wanted cell's style."""
        return {place: spot.style for place, spot in (self._gaps | self._found).items()}

    # --- reading ---

    def _parse(self) -> None:
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._root
        sheet_end = len(self._data)
        try:
            self._sheet.parse(parser)
        except ValueError as error:
            raise Unmarkable(str(error)) from error
        if self._table_start < 0 or not 0 <= self._notes_at <= sheet_end:
            raise Unmarkable("no table of cells")

    def _root(self, name: str, attributes: Attributes) -> None:
        namespace, _, local = name.rpartition(" ")
        if local != "worksheet":
            raise Unmarkable(f"a sheet of another kind: {local}")
        self._names = {each: f"{namespace} {each}" for each in ("c", "row", "col", "sheetData")}
        self._namespace = namespace
        self._parser.StartElementHandler = self._before_table

    def _before_table(self, name: str, attributes: Attributes) -> None:
        if name == self._names["col"] and "style" in attributes:
            span = int(attributes["min"]) - 1, int(attributes["max"]) - 1
            self._columns.append((*span, int(attributes["style"])))
            self._used.add(attributes["style"])
        elif name == self._names["sheetData"]:
            self._table_start = self._parser.CurrentByteIndex
            self._parser.StartElementHandler = self._in_table(self._names["c"], self._names["row"])
            self._parser.EndElementHandler = self._after_element(
                self._names["row"], self._names["sheetData"]
            )

    def _in_table(self, cell: str, row: str) -> Callable[[str, Attributes], None]:
        use = self._used.add

        def start(name: str, attributes: Attributes) -> None:
            if name == cell:
                use(attributes.get("s"))
                if self._here:
                    self._at_cell(attributes)
            elif name == row:
                use(attributes.get("s"))
                self._at_row(attributes)

        return start

    def _after_element(self, row: str, table: str) -> Callable[[str], None]:
        def end(name: str) -> None:
            if name == row:
                if self._here:
                    self._end_row()
            elif name == table:
                self._end_table()

        return end

    def _at_row(self, attributes: Attributes) -> None:
        self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        self._column = -1
        self._here = self._wanted.get(self._row, [])
        start = self._parser.CurrentByteIndex
        self._pass_rows(self._row, start)
        if self._here:
            self._row_start = start
            style = attributes.get("s") if "customFormat" in attributes else None
            self._row_style = int(style) if style else None

    def _pass_rows(self, before: int, offset: int) -> None:
        """Note where the rows above would stand that have not come."""
        to_come = bisect_left(self._rows_to_come, before)
        for row in self._rows_to_come[:to_come]:
            for column in self._wanted[row]:
                spot = _Spot(offset, self._column_style(column), is_found=False, new_row=row)
                self._gaps.setdefault((row, column), spot)
        del self._rows_to_come[:to_come]

    def _at_cell(self, attributes: Attributes) -> None:
        place = place_of(attributes["r"]) if "r" in attributes else None
        column = self._column = place[1] if place else self._column + 1
        offset = self._parser.CurrentByteIndex
        for wanted in self._here:
            if wanted == column:
                spot = _Spot(offset, int(attributes.get("s") or 0))
                self._found.setdefault((self._row, column), spot)
            elif wanted < column:
                self._note_gap(wanted, offset)

    def _end_row(self) -> None:
        for wanted in self._here:
            self._note_gap(wanted, self._end_offset(self._row_start))
        if self._rows_to_come[:1] == [self._row]:
            del self._rows_to_come[0]
        self._here = []

    def _note_gap(self, column: int, offset: int) -> None:
        style = self._row_style
        style = self._column_style(column) if style is None else style
        gap = self._gaps.get((self._row, column))
        if gap is None or gap.new_row is not None:
            self._gaps[self._row, column] = _Spot(offset, style, is_found=False)

    def _column_style(self, column: int) -> int:
        return next((style for low, high, style in self._columns if low <= column <= high), 0)

    def _end_offset(self, start: int) -> int:
        """Return where to put a last child; for an empty tag, where its `/>` stands."""
        end = self._parser.CurrentByteIndex
        if self._data[end - 2 : end] == b"/>" and end == tag_end(self._data, start):
            return end - 2
        return end

    def _end_table(self) -> None:
        self._pass_rows(1 << 30, self._end_offset(self._table_start))
        self._depth, self._alternatives_at = 0, -1
        self._parser.StartElementHandler = self._below_table
        self._parser.EndElementHandler = self._end_below_table

    def _below_table(self, name: str, attributes: Attributes) -> None:
        namespace, _, local = name.rpartition(" ")
        offset = self._parser.CurrentByteIndex
        if self._depth == 0:
            self._alternatives_at = offset if namespace == _COMPATIBILITY else -1
        self._depth += 1
        if namespace != self._namespace:
            return
        if local == "mergeCell":
            self.merges += _range_of(attributes.get("ref", ""))
        elif self._depth == 1 and local == "legacyDrawing":
            keys = (key for name, key in attributes.items() if name.endswith(" id"))
            self.notes_key, self._notes_at = next(keys, None), offset
        elif local in _AFTER_NOTES and self._notes_at < 0:
            if self._depth == 1:
                self._notes_at = offset
            elif self._alternatives_at >= 0:
                self._notes_at = self._alternatives_at

    def _end_below_table(self, name: str) -> None:
        self._depth -= 1
        if self._depth < 0 and self._notes_at < 0:
            self._notes_at = self._parser.CurrentByteIndex

    # --- editing ---

    def restyled(self, styles: dict[Place, int]) -> list[Edit]:
        """Return the edits that give cells new styles and make the cells that are missing."""
        edits = []
        missing: dict[tuple[int, int | None], list[tuple[Place, int]]] = {}
        for place, style in sorted(styles.items()):
            if (spot := self._found.get(place)) is not None:
                edits.append(with_style(self._data, spot.offset, style))
            else:
                spot = self._gaps[place]
                missing.setdefault((spot.offset, spot.new_row), []).append((place, style))
        return edits + self._insertions(missing)

    def _insertions(
        self, missing: dict[tuple[int, int | None], list[tuple[Place, int]]]
    ) -> list[Edit]:
        """Return one edit for each offset, with the new rows in their order."""
        prefix = prefix_of(self._data, self._table_start)
        texts: dict[int, str] = {}
        parents: dict[int, str] = {}
        for (offset, new_row), cells in missing.items():
            text = "".join(
                f'<{prefix}c r="{cell_name(*place)}" s="{style}"/>' for place, style in cells
            )
            parents[offset] = "row" if new_row is None else "sheetData"
            if new_row is not None:
                text = f'<{prefix}row r="{new_row + 1}">{text}</{prefix}row>'
            texts[offset] = texts.get(offset, "") + text
        return [
            self._insertion(offset, text, f"{prefix}{parents[offset]}")
            for offset, text in texts.items()
        ]

    def _insertion(self, offset: int, text: str, parent: str) -> Edit:
        if self._data[offset : offset + 2] == b"/>":
            return offset, offset + 2, f">{text}</{parent}>".encode()
        return offset, offset, text.encode()

    def with_notes(self, key: str, namespace: str) -> list[Edit]:
        """Return the edit that lets the sheet show its comments; none when it does already.

        `namespace` is that of the relationships.
        """
        if self.notes_key is not None:
            return []
        name = f"{prefix_of(self._data, self._table_start)}legacyDrawing"
        tag = f'<{name} xmlns:r="{namespace}" r:id="{key}"/>'
        return [(self._notes_at, self._notes_at, tag.encode())]
