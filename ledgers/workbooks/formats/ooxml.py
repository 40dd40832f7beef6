"""Excel workbooks in XML (.xlsx, .xlsm), Transitional or Strict, from whatever program wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ledgers.workbooks.limits import another_kind, broken, check_sheets
from ledgers.workbooks.number_formats import BUILT_IN, GENERAL, PLAIN, CellFormat, cell_format
from ledgers.workbooks.xml_parts import (
    Element,
    Package,
    attribute,
    free,
    is_true,
    local_name,
)

_ROOT_RELATIONS = "officeDocument"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class SheetPart:
    """A worksheet: its name, its part, and whether it is hidden."""

    name: str
    part: str
    is_hidden: bool


@dataclass
class BookParts:
    """The parts of a workbook that its sheets need."""

    sheets: list[SheetPart] = field(default_factory=list)
    styles: str = ""
    strings: str = ""
    is_1904: bool = False
    #: Whether the program that wrote the file left all formulas to be calculated on opening.
    is_uncalculated: bool = False


@dataclass
class Styles:
    """The format of each cell style, and the codes of number formats that they use."""

    formats: list[CellFormat] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    #: Fonts of .xlsb, whose rich texts name them by number.
    struck_out_fonts: set[int] = field(default_factory=set)
    #: The formats by the style as cells name it, since a sheet names few styles very often.
    _named: dict[str | None, CellFormat] = field(default_factory=dict)

    def at(self, index: str | None) -> CellFormat:
        """Return the format of a cell by the style that it names."""
        found = self._named.get(index)
        if found is None:
            found = self._named[index] = self.format_at(_whole(index))
        return found

    def format_at(self, index: int) -> CellFormat:
        """Return the format of a style; one that does not exist is plain."""
        return self.formats[index] if index < len(self.formats) else PLAIN


@dataclass
class Strings:
    """The shared strings, and which of them are struck out in whole or in part."""

    texts: list[str] = field(default_factory=list)
    struck_out: set[int] = field(default_factory=set)


def workbook_part(package: Package) -> str:
    """Return the main part; UnusableFile when the package is no workbook."""
    for kind, part in package.relations("").values():
        if kind == _ROOT_RELATIONS and part in package:
            return part
    for part in ("xl/workbook.xml", "xl/workbook.bin"):
        if part in package:
            return part
    raise another_kind("其他压缩文件")


def read_parts(package: Package, main: str) -> BookParts:
    """Read the list of sheets and where their parts are."""
    relations = package.relations(main)
    book = parts_by_kind(package, relations)
    for element in package.elements(main, "workbookPr", "sheet", "calcPr", "definedName"):
        name = local_name(element)
        if name == "definedName":
            free(element)
        elif name == "workbookPr":
            book.is_1904 = is_true(element.get("date1904"))
        elif name == "calcPr":
            book.is_uncalculated = is_true(element.get("fullCalcOnLoad"))
        else:
            kind, part = relations.get(attribute(element, "id") or "", ("", ""))
            add_sheet(book, package, element.get("name", ""), kind, part, element.get("state"))
    check_sheets(len(book.sheets))
    return book


def parts_by_kind(package: Package, relations: dict[str, tuple[str, str]]) -> BookParts:
    """Return the parts of styles and strings; a workbook may lack them."""
    book = BookParts()
    for kind, part in relations.values():
        if kind == "styles" and part in package:
            book.styles = part
        elif kind == "sharedStrings" and part in package:
            book.strings = part
    return book


def add_sheet(
    book: BookParts, package: Package, name: str, kind: str, part: str, state: str | None
) -> None:
    """Add a worksheet; sheets of charts, dialogs and macros hold no ledger."""
    if kind not in ("worksheet", ""):
        return
    if part not in package:
        raise broken(f"缺少工作表“{name}”的内容")
    book.sheets.append(SheetPart(name, part, state in ("hidden", "veryHidden")))


# --- styles -------------------------------------------------------------------------------------


def read_styles(package: Package, part: str) -> Styles:
    """Return the cell styles; none without a part of styles."""
    codes, styles = dict(BUILT_IN), Styles()
    fonts: list[_Font] = []
    bare: list[bool] = []
    for element in package.elements(part, "numFmt", "font", "fill", "xf") if part else ():
        parent = element.getparent()
        group = "" if parent is None else local_name(parent)
        if group == "numFmts":
            codes[_whole(element.get("numFmtId"))] = element.get("formatCode", GENERAL)
        elif group == "fonts":
            fonts.append(_Font(_is_struck(element), _is_white(element, "color")))
        elif group == "fills":
            bare.append(_is_bare(element))
        elif group == "cellXfs":
            code = codes.get(_whole(element.get("numFmtId")), GENERAL)
            font, fill = _whole(element.get("fontId")), _whole(element.get("fillId"))
            styles.codes.add(code)
            is_struck_out, is_white = fonts[font] if font < len(fonts) else _PLAIN_FONT
            is_unseen = is_white and (fill >= len(bare) or bare[fill])
            styles.formats.append(cell_format(code, is_struck_out, is_unseen))
        free(element)
    return styles


class _Font(NamedTuple):
    is_struck_out: bool
    is_white: bool


_PLAIN_FONT = _Font(False, False)


def _is_white(element: Element, name: str) -> bool:
    """Return whether a colour is white: as such, as that of the theme, or of the old palette."""
    return any(
        (one.get("rgb") or "").upper()[-6:] == "FFFFFF"
        or (one.get("theme") == "0" and float(one.get("tint") or 0) == 0)
        or one.get("indexed") in ("1", "9")
        for one in element
        if local_name(one) == name
    )


def _is_bare(fill: Element) -> bool:
    """Return whether a fill leaves a cell white."""
    for pattern in fill:
        if local_name(pattern) != "patternFill":
            return False
        kind = pattern.get("patternType") or "none"
        return kind == "none" or (kind == "solid" and _is_white(pattern, "fgColor"))
    return True


def _is_struck(font: Element) -> bool:
    return any(
        local_name(one) == "strike" and (one.get("val") is None or is_true(one.get("val")))
        for one in font
    )


def _whole(value: str | None) -> int:
    return int(value) if value and value.isdecimal() else 0


# --- texts --------------------------------------------------------------------------------------


def read_strings(package: Package, part: str) -> Strings:
    """Return the shared strings; none without a part of strings."""
    strings = Strings()
    for element in package.elements(part, "si") if part else ():
        text, is_struck_out = rich_text(element)
        if is_struck_out:
            strings.struck_out.add(len(strings.texts))
        strings.texts.append(text)
        free(element)
    return strings


def rich_text(element: Element) -> tuple[str, bool]:
    """Return a text without its phonetic guide, and whether a part of it is struck out."""
    if len(element) == 1 and str(element[0].tag).endswith("}t"):  # most texts have one part
        return unescaped(element[0].text or ""), False
    texts, is_struck_out = [], False
    for text, properties in _runs(element):
        texts.append(text)
        is_struck_out |= bool(text.strip()) and properties is not None and _is_struck(properties)
    return unescaped("".join(texts)), is_struck_out


def _runs(element: Element) -> Iterator[tuple[str, Element | None]]:
    for one in element:
        name = local_name(one)
        if name == "t":
            yield one.text or "", None
        elif name == "r":
            parts = {local_name(part): part for part in one}
            if "t" in parts:
                yield parts["t"].text or "", parts.get("rPr")


def unescaped(text: str) -> str:
    """Return a text with its escaped characters: `_x000D_` is a carriage return."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
