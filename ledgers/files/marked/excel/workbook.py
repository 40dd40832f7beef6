"""Marks an Excel workbook in place: new fills, comments and a list; all other bytes stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from lxml import etree

from ledgers.files.marked.excel.comments import Comments
from ledgers.files.marked.excel.first_row import first_row
from ledgers.files.marked.excel.listing import sheet_of
from ledgers.files.marked.excel.shapes import Boxes
from ledgers.files.marked.excel.styles import Styles
from ledgers.files.marked.excel.unpacked import Edit, Unpacked
from ledgers.files.marked.excel.worksheet import Located
from ledgers.files.marked.marks import (
    Mark,
    Marks,
    Place,
    Unmarkable,
    at_first_cells,
    free_list_name,
    may_be_list,
)
from ledgers.files.marked.parts import ContentTypes, Parts, Relations, parsed, serialised
from ledgers.reading.sheets import is_list

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#: The namespaces of Strict workbooks.
_STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.{}+xml"
_BOX_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"


@dataclass
class _Sheet:
    """A worksheet: its part, its comments, the marks it gets, and where they stand."""

    name: str
    part: str
    xml: Unpacked
    relations: Relations
    comments_path: str | None
    comments: Comments
    marks: Marks
    located: Located
    #: The cells that an earlier marked copy marked.
    ours: set[Place] = field(default_factory=set)


class MarkedWorkbook:
    """A workbook on its way to its marked copy; Unmarkable where it is no plain Excel package."""

    def __init__(self, content: bytes, stack: ExitStack) -> None:
        self._parts, self._stack = Parts(content), stack
        self._types = ContentTypes(self._parts)
        self._path = self._workbook_path()
        self._root = parsed(self._parts.read(self._path))
        self._main = etree.QName(self._root).namespace or ""
        if self._main not in (_MAIN, _STRICT_MAIN):
            raise Unmarkable("no Excel workbook")
        self._office = _STRICT_OFFICE if self._main == _STRICT_MAIN else _OFFICE
        self._relations = Relations(self._parts, self._path)
        self._styles_path = self._relations.first("styles")
        self._free_block = 1

    @property
    def content_type(self) -> str:
        """Return the type of the workbook's part, which says whether it may hold macros."""
        return self._types.of(self._path)

    def saved(self, marks: Mapping[str, Marks], lines: Sequence[Sequence[str]]) -> bytes:
        """Return the package with its marks and its list; an earlier list of ours is replaced."""
        parts = self._worksheets()
        list_name = self._list_name(parts)
        sheets = [
            sheet
            for name, part in parts.items()
            if name != list_name
            and (sheet := self._sheet(name, part, marks.get(name, {}))) is not None
        ]
        self._styles = self._new_styles(sheets)
        self._free_block = self._first_free_block(sheets)
        for sheet in sheets:
            sheet.ours = self._ours(sheet)
            if sheet.marks or sheet.ours:
                self._mark(sheet)
        self._write_list(lines, list_name, parts)
        self._write_styles()
        return self._parts.saved()

    def _list_name(self, parts: Mapping[str, str]) -> str:
        """Return the name of the list: that of an earlier one, or one that no sheet has."""
        strings = self._relations.first("sharedStrings")
        for name, part in parts.items():
            if may_be_list(name) and is_list(name, [first_row(self._parts, part, strings)]):
                return name
        return free_list_name([each.get("name", "") for each in self._sheet_elements()])

    # --- what is there ---

    def _workbook_path(self) -> str:
        path = Relations(self._parts, "").first("officeDocument")
        path = path or self._parts.find("xl/workbook.xml")
        if path is None or path.endswith(".bin"):
            raise Unmarkable("no workbook in XML")
        return path

    def _worksheets(self) -> dict[str, str]:
        """Return the part of each worksheet by its name."""
        keys = {each.get("name", ""): each.get(self._key) for each in self._sheet_elements()}
        parts = {name: self._relations.target(key) for name, key in keys.items()}
        return {name: part for name, part in parts.items() if part and self._is_worksheet(part)}

    def _is_worksheet(self, part: str) -> bool:
        """Return whether the part is a worksheet: sheets of charts and dialogs cannot be marked."""
        declared = self._types.of(part)
        return declared == _TYPE.format("worksheet") or not declared.endswith("sheet+xml")

    def _sheet_elements(self) -> list[etree._Element]:
        return list(self._root.iterfind(f"{{{self._main}}}sheets/{{{self._main}}}sheet"))

    @property
    def _key(self) -> str:
        return f"{{{self._office}}}id"

    def _sheet(self, name: str, part: str, marks: Marks) -> _Sheet | None:
        """Read a sheet; None when it cannot be read and nothing in it is to be marked."""
        relations = Relations(self._parts, part)
        path = relations.first("comments")
        comments = Comments(self._parts.read(path) if path else None, self._main)
        ours = comments.maybe_ours()
        try:
            xml = self._unpacked(part)
            located = Located(xml, {*marks, *ours})
        except Unmarkable:
            if marks or ours:
                raise
            return None
        moved = at_first_cells(marks, located.merges)
        if moved.keys() - marks.keys() - ours:
            located = Located(xml, {*moved, *ours})
        return _Sheet(name, part, xml, relations, path, comments, moved, located)

    def _unpacked(self, part: str) -> Unpacked:
        with self._parts.open(part) as stream:
            xml = Unpacked(stream)
        self._stack.callback(xml.close)
        return xml

    def _new_styles(self, sheets: Sequence[_Sheet]) -> Styles:
        used = set().union(*(sheet.located.used_styles for sheet in sheets))
        old = self._parts.read(self._styles_path) if self._styles_path else None
        return Styles(old, self._main, used)

    def _first_free_block(self, sheets: Sequence[_Sheet]) -> int:
        used = {0}
        for sheet in sheets:
            if (path := sheet.relations.first("vmlDrawing")) is not None:
                used |= Boxes(self._parts.read(path)).blocks()
        return max(used) + 1

    # --- one sheet ---

    def _ours(self, sheet: _Sheet) -> set[Place]:
        styles = sheet.located.styles
        coloured = {place for place, style in styles.items() if self._styles.is_marked(style)}
        return sheet.comments.ours(coloured)

    def _mark(self, sheet: _Sheet) -> None:
        edits = sheet.located.restyled(self._styles_of(sheet))
        emptied = sheet.comments.remove(sheet.ours)
        sheet.comments.add(sheet.marks)
        edits += self._write_boxes(sheet, emptied)
        self._write_comments(sheet)
        self._parts.write(sheet.part, sheet.xml.edited(edits))

    def _styles_of(self, sheet: _Sheet) -> dict[Place, int]:
        """Return the new styles: first our earlier colours go, then the cells to mark get theirs."""
        styles, ours = sheet.located.styles, sheet.ours
        plain = {at: self._styles.unmarked(style) for at, style in styles.items() if at in ours}
        new = {at: style for at, style in plain.items() if style != styles[at]}
        for place, mark in sheet.marks.items():
            style = plain.get(place, styles[place])
            new[place] = self._styles.marked(style, mark.colour)
        return new

    def _write_comments(self, sheet: _Sheet) -> None:
        path = sheet.comments_path
        if path is None:
            path = self._parts.unused("xl/comments{}.xml")
            sheet.relations.add(self._office, "comments", path)
            self._types.declare(path, _TYPE.format("comments"))
        self._parts.write(path, sheet.comments.serialised())

    def _write_boxes(self, sheet: _Sheet, emptied: set[Place]) -> list[Edit]:
        """Write the boxes of comments; return the edit by which the sheet refers to a new part."""
        key = sheet.located.notes_key
        path = sheet.relations.target(key) if key else None
        boxes = Boxes(self._parts.read(path) if path else None)
        if not boxes.is_usable:
            raise Unmarkable("drawing of comments")
        boxes.remove(emptied)
        shown: dict[Place, Mark | None] = dict(sheet.marks)
        if path is None:
            shown = {place: sheet.marks.get(place) for place in sheet.comments.places()}
        self._free_block = boxes.add(shown, self._free_block)
        if path is not None:
            self._parts.write(path, boxes.serialised())
            return []
        return self._refer_to(boxes, sheet)

    def _refer_to(self, boxes: Boxes, sheet: _Sheet) -> list[Edit]:
        path = self._parts.unused("xl/drawings/vmlDrawing{}.vml")
        self._parts.write(path, boxes.serialised())
        key = sheet.relations.add(self._office, "vmlDrawing", path, sheet.located.notes_key)
        self._types.declare(path, _BOX_TYPE)
        return sheet.located.with_notes(key, self._office)

    # --- the whole ---

    def _write_list(
        self, lines: Sequence[Sequence[str]], name: str, parts: Mapping[str, str]
    ) -> None:
        styles = self._styles.titles(), self._styles.wrapped()
        xml = sheet_of(lines, self._main, styles, list(parts))
        if (path := parts.get(name)) is not None:
            Relations(self._parts, path).clear()
            self._parts.write(path, xml)
            return
        path = self._parts.unused("xl/worksheets/sheet{}.xml")
        self._parts.write(path, xml)
        self._types.declare(path, _TYPE.format("worksheet"))
        self._append_sheet(name, self._relations.add(self._office, "worksheet", path))

    def _append_sheet(self, name: str, key: str) -> None:
        sheets = self._root.find(f"{{{self._main}}}sheets")
        numbers = [int(each.get("sheetId", "0")) for each in self._sheet_elements()]
        sheet = etree.SubElement(sheets, f"{{{self._main}}}sheet", nsmap={"r": self._office})
        sheet.set("name", name)
        sheet.set("sheetId", str(max(numbers, default=0) + 1))
        sheet.set(self._key, key)
        self._parts.write(self._path, serialised(self._root))

    def _write_styles(self) -> None:
        path = self._styles_path
        if path is None:
            path = self._parts.unused("xl/styles{}.xml", first="xl/styles.xml")
            self._relations.add(self._office, "styles", path)
            self._types.declare(path, _TYPE.format("styles"))
        self._parts.write(path, self._styles.serialised())
