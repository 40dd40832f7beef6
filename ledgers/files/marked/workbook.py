"""Marks an Excel workbook in place: new fills, comments and a list; all other bytes stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from lxml import etree

from ledgers.files.marked.comments import Comments
from ledgers.files.marked.listing import sheet_of
from ledgers.files.marked.marks import Mark, Marks, Place, Unmarkable, at_first_cells
from ledgers.files.marked.parts import ContentTypes, Parts, Relations, parsed, serialised
from ledgers.files.marked.shapes import Boxes
from ledgers.files.marked.styles import Styles
from ledgers.files.marked.worksheet import Edit, Located, Survey, Unpacked, survey

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#: The namespaces of Strict workbooks.
_STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.{}+xml"
_BOX_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"


@dataclass
class _Sheet:
    """A worksheet of the package: its part, its XML and what it says as a whole."""

    name: str
    part: str
    xml: Unpacked
    survey: Survey


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
        self._sheets = self._worksheets()
        self._styles_path = self._relations.first("styles")
        used = set().union(*(sheet.survey.styles for sheet in self._sheets))
        old = self._parts.read(self._styles_path) if self._styles_path else None
        self._styles = Styles(old, self._main, used)
        self._free_block = self._first_free_block()

    @property
    def content_type(self) -> str:
        """Return the type of the workbook's part, which says whether it may hold macros."""
        return self._types.of(self._path)

    def saved(
        self,
        marks: Mapping[str, Marks],
        lines: Sequence[Sequence[str]],
        list_name: str,
        *,
        is_replaced: bool,
    ) -> bytes:
        """Return the package with its marks and its list; an earlier list of ours is replaced."""
        for sheet in self._sheets:
            if not (is_replaced and sheet.name == list_name):
                self._mark(sheet, at_first_cells(marks.get(sheet.name, {}), sheet.survey.merges))
        self._write_list(lines, list_name, is_replaced=is_replaced)
        self._write_styles()
        return self._parts.saved()

    # --- what is there ---

    def _workbook_path(self) -> str:
        path = Relations(self._parts, "").first("officeDocument")
        path = path or self._parts.find("xl/workbook.xml")
        if path is None or path.endswith(".bin"):
            raise Unmarkable("no workbook in XML")
        return path

    def _worksheets(self) -> list[_Sheet]:
        found = []
        for element in self._sheet_elements():
            key = element.get(f"{{{self._office}}}id")
            part = self._relations.target(key)
            if part is not None and self._is_worksheet(part):
                with self._parts.open(part) as stream:
                    xml = Unpacked(stream)
                self._stack.callback(xml.close)
                found.append(_Sheet(str(element.get("name")), part, xml, survey(xml)))
        return found

    def _is_worksheet(self, part: str) -> bool:
        """Return whether the part is a worksheet: sheets of charts and dialogs cannot be marked."""
        declared = self._types.of(part)
        return declared == _TYPE.format("worksheet") or not declared.endswith("sheet+xml")

    def _sheet_elements(self) -> list[etree._Element]:
        return list(self._root.iterfind(f"{{{self._main}}}sheets/{{{self._main}}}sheet"))

    def _first_free_block(self) -> int:
        used = {0}
        for sheet in self._sheets:
            if (path := Relations(self._parts, sheet.part).first("vmlDrawing")) is not None:
                used |= Boxes(self._parts.read(path)).numbers()
        return max(used) + 1

    # --- one sheet ---

    def _mark(self, sheet: _Sheet, marks: Marks) -> None:
        relations = Relations(self._parts, sheet.part)
        path = relations.first("comments")
        comments = Comments(self._parts.read(path) if path else None, self._main)
        ours = comments.ours()
        if not marks and not ours:
            return
        located = Located(sheet.xml, {*marks, *ours})
        edits = located.restyled(self._new_styles(located.styles, marks, ours))
        emptied = comments.remove_ours()
        comments.add(marks)
        edits += self._write_boxes(sheet, relations, located, (comments, marks, emptied))
        self._write_comments(relations, path, comments)
        self._parts.write(sheet.part, sheet.xml.edited(edits))

    def _new_styles(
        self, styles: Mapping[Place, int], marks: Marks, ours: set[Place]
    ) -> dict[Place, int]:
        """Return the new styles: first our earlier colours go, then the cells to mark get theirs."""
        plain = {at: self._styles.unmarked(style) for at, style in styles.items() if at in ours}
        new = {at: style for at, style in plain.items() if style != styles[at]}
        for place, mark in marks.items():
            style = plain.get(place, styles[place])
            new[place] = self._styles.marked(style, mark.colour)
        return new

    def _write_comments(self, relations: Relations, path: str | None, comments: Comments) -> None:
        if path is None:
            path = self._parts.unused("xl/comments{}.xml")
            relations.add(self._office, "comments", path)
            self._types.declare(path, _TYPE.format("comments"))
        self._parts.write(path, comments.serialised())

    def _write_boxes(
        self,
        sheet: _Sheet,
        relations: Relations,
        located: Located,
        written: tuple[Comments, Marks, set[Place]],
    ) -> list[Edit]:
        """Write the boxes of comments; return the edit by which the sheet refers to a new part."""
        comments, marks, emptied = written
        path = relations.target(located.notes_key) if located.notes_key else None
        boxes = Boxes(self._parts.read(path) if path else None)
        if not boxes.is_usable:
            raise Unmarkable("drawing of comments")
        boxes.remove(emptied)
        shown: dict[Place, Mark | None] = dict(marks)
        if path is None:
            shown = {place: marks.get(place) for place in comments.places()}
        self._free_block = boxes.add(shown, self._free_block)
        if path is not None:
            self._parts.write(path, boxes.serialised())
            return []
        return self._refer_to(boxes, relations, located)

    def _refer_to(self, boxes: Boxes, relations: Relations, located: Located) -> list[Edit]:
        path = self._parts.unused("xl/drawings/vmlDrawing{}.vml")
        self._parts.write(path, boxes.serialised())
        key = relations.add(self._office, "vmlDrawing", path, located.notes_key)
        self._types.declare(path, _BOX_TYPE)
        return located.with_notes(key, self._office)

    # --- the whole ---

    def _write_list(self, lines: Sequence[Sequence[str]], name: str, *, is_replaced: bool) -> None:
        styles = self._styles.titles(), self._styles.wrapped()
        xml = sheet_of(lines, self._main, styles, [sheet.name for sheet in self._sheets])
        if is_replaced:
            path = next(sheet.part for sheet in self._sheets if sheet.name == name)
            self._parts.write(path, xml)
            Relations(self._parts, path).clear()
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
        sheet.set(f"{{{self._office}}}id", key)
        self._parts.write(self._path, serialised(self._root))

    def _write_styles(self) -> None:
        path = self._styles_path
        if path is None:
            path = self._parts.unused("xl/styles{}.xml")
            self._relations.add(self._office, "styles", path)
            self._types.declare(path, _TYPE.format("styles"))
        self._parts.write(path, self._styles.serialised())
