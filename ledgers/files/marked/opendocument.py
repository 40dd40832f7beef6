"""Marks an OpenDocument spreadsheet (.ods) in place: fills, comments and a list in its content."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import groupby

from lxml import etree

from ledgers.files.marked.marks import (
    AUTHOR,
    HEADING,
    PROBLEM_COLOUR,
    WARNING_COLOUR,
    Mark,
    Marks,
    Range,
    Unmarkable,
    at_first_cells,
    free_list_name,
    may_be_list,
)
from ledgers.files.marked.parts import Parts, parsed, serialised
from ledgers.reading.sheets import is_list

_URN = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE = f"{{{_URN}office:1.0}}", f"{{{_URN}table:1.0}}"
_TEXT, _STYLE = f"{{{_URN}text:1.0}}", f"{{{_URN}style:1.0}}"
_FILL = f"{{{_URN}xsl-fo-compatible:1.0}}background-color"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_ROWS, _COLUMNS = f"{_TABLE}number-rows-repeated", f"{_TABLE}number-columns-repeated"
_NAME = f"{_TABLE}name"
_STYLE_NAME, _DEFAULT_STYLE = f"{_TABLE}style-name", f"{_TABLE}default-cell-style-name"
_ROW, _COLUMN = f"{_TABLE}table-row", f"{_TABLE}table-column"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_OURS = {f"#{colour.lower()}" for colour in (PROBLEM_COLOUR, WARNING_COLOUR)}
#: The colour of a cell before our mark stands in our comment, since no style remembers it.
_COLOUR = re.compile("#[0-9a-f]{6}")
_EARLIER = re.compile("原底色：(#[0-9a-fA-F]{6})")
_CONTENT = "content.xml"
#: A larger content would need too much memory: its tree takes some ten times its size.
_MOST_BYTES = 16 * 1024 * 1024


class MarkedDocument:
    """A spreadsheet on its way to its marked copy; Unmarkable where it is none or too large."""

    def __init__(self, content: bytes) -> None:
        self._parts = Parts(content)
        if self._parts.find(_CONTENT) is None:
            raise Unmarkable("no OpenDocument")
        with self._parts.open(_CONTENT) as stream:
            xml = stream.read(_MOST_BYTES + 1)
        if len(xml) > _MOST_BYTES:
            raise Unmarkable("content too large")
        self._root = parsed(xml)
        body = self._root.find(f"{_OFFICE}body/{_OFFICE}spreadsheet")
        if body is None:
            raise Unmarkable("no spreadsheet")
        self._body, self._styles = body, _Styles(self._root)

    def saved(self, marks: Mapping[str, Marks], lines: Sequence[Sequence[str]]) -> bytes:
        """Return the package with its marks and its list; an earlier list of ours is replaced."""
        tables = {each.get(_NAME, ""): each for each in self._body.findall(f"{_TABLE}table")}
        earlier = next((name for name, table in tables.items() if _is_list(name, table)), None)
        new = _list_of(lines, earlier or free_list_name(tables))
        for name, table in tables.items():
            if name == earlier:
                self._body.replace(table, new)
            else:
                _Table(table, self._styles).mark(marks.get(name, {}))
        if earlier is None:
            list(tables.values())[-1].addnext(new)
        self._parts.write(_CONTENT, serialised(self._root))
        return self._parts.saved()


class _Styles:
    """The cell styles of a document."""

    def __init__(self, root: etree._Element) -> None:
        found = root.find(f"{_OFFICE}automatic-styles")
        if found is None:
            found = etree.Element(f"{_OFFICE}automatic-styles")
            root.find(f"{_OFFICE}body").addprevious(found)
        self._list = found
        self._by_name = {
            each.get(f"{_STYLE}name"): each
            for each in found
            if each.get(f"{_STYLE}family") == "table-cell"
        }
        self._known: dict[tuple[str, str], str] = {}

    def with_fill(self, style: str, fill: str) -> str:
        """Return the name of a style like this one with a fill; "" leaves it to the style's parent."""
        key = style, fill
        if key not in self._known:
            self._known[key] = self._new(style, fill)
        return self._known[key]

    def without_ours(self, style: str, earlier: str) -> str:
        """Return the name of a style with the earlier fill, unless somebody has changed ours since."""
        return self.with_fill(style, earlier) if self.fill_of(style) in _OURS else style

    def fill_of(self, style: str) -> str:
        """Return the fill that the style itself sets, such as `#ffee00`; "" where it sets none."""
        found = self._by_name.get(style)
        properties = None if found is None else found.find(f"{_STYLE}table-cell-properties")
        return "" if properties is None else str(properties.get(_FILL, "")).lower()

    def _new(self, style: str, fill: str) -> str:
        name = next(
            f"ce-{number}"
            for number in range(len(self._by_name) + 1)
            if f"ce-{number}" not in self._by_name
        )
        new = self._like(style)
        new.set(f"{_STYLE}name", name)
        properties = new.find(f"{_STYLE}table-cell-properties")
        if properties is None:
            properties = etree.Element(f"{_STYLE}table-cell-properties")
            new.insert(0, properties)
        if fill:
            properties.set(_FILL, fill)
        else:
            properties.attrib.pop(_FILL, None)
        self._list.append(new)
        self._by_name[name] = new
        return name

    def _like(self, style: str) -> etree._Element:
        """Return a copy of an automatic style; of a named one, a child that inherits from it."""
        if style in self._by_name:
            return deepcopy(self._by_name[style])
        new = etree.Element(f"{_STYLE}style")
        new.set(f"{_STYLE}family", "table-cell")
        new.set(f"{_STYLE}parent-style-name", style or "Default")
        return new


class _Table:
    """One sheet: rows and cells that are alike may be written once with a number."""

    def __init__(self, table: etree._Element, styles: _Styles) -> None:
        self._table, self._styles = table, styles
        self._columns = [
            (each.get(_DEFAULT_STYLE, ""), _times(each, _COLUMNS)) for each in table.iter(_COLUMN)
        ]

    def mark(self, marks: Marks) -> None:
        """Take out what earlier marked copies wrote, and write the new marks."""
        self._clear()
        marks = at_first_cells(marks, list(self._merges()) if marks else ())
        by_row = {
            row: {place[1]: mark for place, mark in group}
            for row, group in groupby(sorted(marks.items()), key=lambda item: item[0][0])
        }
        for row, element in self._at(list(self._table.iter(_ROW)), _ROWS, by_row):
            self._mark_row(element, by_row.pop(row))
        self._append_rows(by_row)

    def _clear(self) -> None:
        for comment in list(self._table.iter(f"{_OFFICE}annotation")):
            if HEADING not in _paragraphs(comment):
                continue
            cell = comment.getparent()
            style = self._styles.without_ours(cell.get(_STYLE_NAME, ""), _earlier_fill(comment))
            if style:
                cell.set(_STYLE_NAME, style)
            _cut(comment)

    def _merges(self) -> Iterator[Range]:
        for row, line in _counted(self._table.iter(_ROW), _ROWS):
            for column, cell in _counted(line.iterchildren(*_CELLS), _COLUMNS):
                down = _times(cell, f"{_TABLE}number-rows-spanned")
                across = _times(cell, f"{_TABLE}number-columns-spanned")
                if (down, across) != (1, 1):
                    yield (row, column), (row + down - 1, column + across - 1)

    def _at(
        self, elements: Sequence[etree._Element], times: str, wanted: Mapping[int, object]
    ) -> list[tuple[int, etree._Element]]:
        """Return the wanted ones of repeated elements, each standing alone."""
        left, found = sorted(wanted), []
        for start, element in _counted(elements, times):
            if not left:
                break
            here = left[: bisect_left(left, start + _times(element, times))]
            del left[: len(here)]
            found += [(at, _alone(element, times, at - start)) for at in reversed(here)]
        return found

    def _append_rows(self, wanted: Mapping[int, Mapping[int, Mark]]) -> None:
        """Add the rows below the last one, with one for those between that stay empty."""
        rows = list(self._table.iter(_ROW))
        end = sum(_times(each, _ROWS) for each in rows)
        last = rows[-1] if rows else list(self._table.iter(_COLUMN))[-1]
        for row, marks in sorted(wanted.items()):
            between = [_repeated(_ROW, _ROWS, row - end)] if row > end else []
            for each in (*between, etree.Element(_ROW)):
                last.addnext(each)
                last = each
            self._mark_row(last, marks)
            end = row + 1

    def _mark_row(self, line: etree._Element, marks: Mapping[int, Mark]) -> None:
        cells = list(line.iterchildren(*_CELLS))
        missing = max(marks) + 1 - sum(_times(each, _COLUMNS) for each in cells)
        if missing > 0:
            line.append(_repeated(_CELLS[0], _COLUMNS, missing))
        for column, cell in self._at(list(line.iterchildren(*_CELLS)), _COLUMNS, marks):
            style = cell.get(_STYLE_NAME) or line.get(_DEFAULT_STYLE) or self._of_column(column)
            colour = f"#{marks[column].colour.lower()}"
            cell.set(_STYLE_NAME, self._styles.with_fill(style, colour))
            _comment_on(cell, marks[column], self._styles.fill_of(style))

    def _of_column(self, column: int) -> str:
        for style, times in self._columns:
            if column < times:
                return style
            column -= times
        return ""


def _times(element: etree._Element, name: str) -> int:
    return int(element.get(name, "1"))


def _counted(
    elements: Sequence[etree._Element] | Iterator[etree._Element], times: str
) -> Iterator[tuple[int, etree._Element]]:
    """Yield each element with the number of those before it."""
    at = 0
    for element in elements:
        here = _times(element, times)
        yield at, element
        at += here


def _repeated(tag: str, times: str, number: int) -> etree._Element:
    element = etree.Element(tag)
    element.set(times, str(number))
    return element


def _alone(element: etree._Element, times: str, at: int) -> etree._Element:
    """Split a repeated element so that one of its repetitions stands alone; the first stay in it."""
    number = _times(element, times)
    if number == 1:
        return element
    one = deepcopy(element)
    one.tail = None
    one.attrib.pop(times)
    if at + 1 < number:
        rest = deepcopy(element)
        rest.set(times, str(number - at - 1))
        element.addnext(rest)
    if at == 0:
        element.getparent().replace(element, one)
        return one
    element.set(times, str(at))
    element.addnext(one)
    return one


# --- comments ----------------------------------------------------------------------------------


def _paragraphs(comment: etree._Element) -> list[str]:
    return ["".join(each.itertext()) for each in comment.iterchildren(f"{_TEXT}p")]


def _cut(comment: etree._Element) -> None:
    """Remove our heading and the paragraphs below; the whole comment when nothing is left."""
    texts = list(comment.iterchildren(f"{_TEXT}p"))
    at = _paragraphs(comment).index(HEADING)
    for each in texts[at:]:
        comment.remove(each)
    if not at:
        comment.getparent().remove(comment)


def _earlier_fill(comment: etree._Element) -> str:
    """Return the colour that a cell had before our mark, as the comment notes it."""
    found = map(_EARLIER.fullmatch, _paragraphs(comment))
    return next((each[1].lower() for each in found if each), "")


def _comment_on(cell: etree._Element, mark: Mark, earlier: str) -> None:
    comment = cell.find(f"{_OFFICE}annotation")
    if comment is None:
        comment = etree.Element(f"{_OFFICE}annotation")
        comment.set(f"{_OFFICE}display", "false")
        etree.SubElement(comment, _CREATOR).text = AUTHOR
        cell.insert(0, comment)
    noted = [f"原底色：{earlier}"] if _COLOUR.fullmatch(earlier) else []
    for line in (HEADING, *mark.text.split("\n"), *noted):
        etree.SubElement(comment, f"{_TEXT}p").text = line


# --- the list ----------------------------------------------------------------------------------


def _is_list(name: str, table: etree._Element) -> bool:
    row = next(table.iter(_ROW), None)
    if row is None or not may_be_list(name):
        return False
    texts = (each.itertext(f"{_TEXT}p", f"{_TEXT}span") for each in row.iterchildren(*_CELLS))
    return is_list(name, [["".join(text) for text in texts]])


def _list_of(lines: Sequence[Sequence[str]], name: str) -> etree._Element:
    table = etree.Element(f"{_TABLE}table")
    table.set(_NAME, name)
    table.append(_repeated(_COLUMN, _COLUMNS, len(lines[0])))
    for line in lines:
        row = etree.SubElement(table, _ROW)
        for text in line:
            cell = etree.SubElement(row, _CELLS[0])
            cell.set(f"{_OFFICE}value-type", "string")
            etree.SubElement(cell, f"{_TEXT}p").text = text
    return table
