"""Tables of web pages; systems that export "Excel" often write a page and name it .xls."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from ledgers.workbooks.building import Area, GridBuilder
from ledgers.workbooks.errors import error_text, is_error
from ledgers.workbooks.grids import PLAIN_TRAIT, STRUCK_OUT_TRAIT, Grid
from ledgers.workbooks.limits import another_kind, broken, check_page
from ledgers.workbooks.number_formats import CellFormat
from ledgers.workbooks.stored_numbers import code_of_page, number_of
from ledgers.workbooks.xml_parts import Element

_STRIKING = {"s", "strike", "del"}
_UNSHOWN = {"script", "style", "head", "title", "noscript", "template"}
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_LINE_THROUGH = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.IGNORECASE)
#: The most columns and rows that a cell may span in a web page (HTML, 4.9.11).
_MOST_COLUMNS, _MOST_ROWS = 1000, 65534


def read_page(text: str) -> Grid:
    """Return the tables of a page one below the other, with the lines of text between them."""
    check_page(len(text))
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(text.encode(), parser)
    if root is None:
        raise broken()
    if root.find(".//frameset") is not None:
        raise another_kind("网页（内容保存在另一个文件夹中）")
    page = _Page()
    page.read(root)
    return page.builder.build()


class _Page:
    """Reads a page from top to bottom."""

    def __init__(self) -> None:
        self.builder = GridBuilder("网页", Area())
        self._row = 0
        #: For each column, the row from which it is free of cells that span rows.
        self._free_from: dict[int, int] = defaultdict(int)

    def read(self, element: Element) -> None:
        """Read an element that is no part of a table; a text between tables takes a row."""
        if element.tag in _UNSHOWN:
            return
        if element.tag == "table":
            self._read_table(element)
        elif element.find(".//table") is None:
            self._put_line("".join(_texts(element)))
        else:
            self._put_line(element.text or "")
            for child in element:
                self.read(child)
                self._put_line(child.tail or "")

    def _put_line(self, text: str) -> None:
        for line in filter(None, map(str.strip, text.splitlines())):
            self.builder.put(self._row, 0, line)
            self._row += 1

    def _read_table(self, table: Element) -> None:
        self._free_from.clear()
        for caption in table.iterchildren("caption"):
            self._put_line("".join(_texts(caption)))
        for row in _rows(table):
            self._read_row(row)
            self._row += 1
        self._row = max(self._row, *self._free_from.values(), 0)

    def _read_row(self, row: Element) -> None:
        if _is_hidden(row):
            self.builder.hide_rows(self._row, self._row)
        column = 0
        for cell in row.iterchildren("td", "th"):
            while self._free_from[column] > self._row:
                column += 1
            column += self._read_cell(cell, column)

    def _read_cell(self, cell: Element, column: int) -> int:
        """Read a cell; return the number of columns that it spans."""
        columns, rows = _span(cell, "colspan", _MOST_COLUMNS), _span(cell, "rowspan", _MOST_ROWS)
        self._put(cell, column)
        if columns > 1 or rows > 1:
            self.builder.merge(self._row, column, self._row + rows - 1, column + columns - 1)
            for at in range(column, column + columns):
                self._free_from[at] = self._row + rows
        return columns

    def _put(self, cell: Element, column: int) -> None:
        text = "\n".join(" ".join(line.split()) for line in "".join(_texts(cell)).split("\v"))
        if not text.strip() and _is_left_out(cell):
            self.builder.leave_uncalculated(self._row, column)
            return
        if is_error(text):
            self.builder.fail(self._row, column, error_text(text))
            return
        trait = STRUCK_OUT_TRAIT if _is_struck(cell) else PLAIN_TRAIT
        stored = _stored_number(cell)
        if stored is not None and (code := code_of_page(stored, text.strip())):
            self.builder.put(
                self._row, column, float(stored), CellFormat(number_format=code), trait
            )
        else:
            self.builder.put(self._row, column, text.strip(), trait=trait)


def _rows(table: Element) -> Iterator[Element]:
    """Yield the rows of a table, not those of tables within its cells."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from child.iterchildren("tr")


def _texts(element: Element) -> Iterator[str]:
    """Yield the shown texts; a vertical tab where a line breaks."""
    yield element.text or ""
    for child in element:
        if child.tag in ("br", "p", "div"):
            yield "\v"
        if child.tag not in _UNSHOWN:
            yield from _texts(child)
        yield child.tail or ""


def _span(cell: Element, name: str, most: int) -> int:
    written = (cell.get(name) or "1").strip()
    return min(max(int(written), 1), most) if written.isdecimal() else 1


def _is_hidden(element: Element) -> bool:
    return bool(_HIDDEN.search(element.get("style") or ""))


def _is_left_out(cell: Element) -> bool:
    """Return whether a program wrote an empty cell for a formula or an error (x:fmla, data-t)."""
    names = {str(name).rpartition(":")[2].rpartition("}")[2] for name in cell.attrib}
    kind = cell.get("data-t")
    return "fmla" in names or kind == "e" or (kind == "n" and "data-v" not in names)


def _stored_number(cell: Element) -> Decimal | None:
    """Return the number that a program stored beside what is shown: Excel, LibreOffice, SheetJS."""
    names = {str(name).rpartition("}")[2]: str(value) for name, value in cell.attrib.items()}
    written = names.get("x:num") or names.get("num") or names.get("sdval")
    if written is None and names.get("data-t") == "n":
        written = names.get("data-v")
    found = number_of(written or "")
    return None if found is None else Decimal(f"{float(found):.15g}")


def _is_struck(cell: Element) -> bool:
    row = cell.getparent()
    return (row is not None and _strikes(row)) or any(
        _strikes(part) and "".join(_texts(part)).strip() for part in cell.iter("*")
    )


def _strikes(element: Element) -> bool:
    return element.tag in _STRIKING or bool(_LINE_THROUGH.search(element.get("style") or ""))
