"""Opens a file by what it is, not by its name, and reads the sheets that a clerk sees."""

from __future__ import annotations

import re
from typing import NamedTuple

from ledgers.workbooks.building import Area, GridBuilder
from ledgers.workbooks.formats import ods, ooxml, ooxml_sheets, xlsb
from ledgers.workbooks.formats.csv_tables import decoded, read_csv
from ledgers.workbooks.formats.ods_styles import OdsStyles
from ledgers.workbooks.formats.plain_sheets import PlainSheets
from ledgers.workbooks.formats.spreadsheetml import NAMESPACE, read_spreadsheetml
from ledgers.workbooks.formats.web_tables import read_page
from ledgers.workbooks.formats.xls import read_xls
from ledgers.workbooks.grids import Grid
from ledgers.workbooks.limits import another_kind, broken
from ledgers.workbooks.xml_parts import Package, refusing_damage, text_elements

_ZIP = b"PK\x03\x04"
#: A compound file, and the first records of workbooks that stand outside one.
_XLS = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x09\x08\x08", b"\x09\x08\x10", b"\x09\x04\x06")
_OTHER_KINDS = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"{\\rtf", "Word 文档"),
    (b"Rar!", "压缩文件，请先解压"),
    (b"7z\xbc\xaf", "压缩文件，请先解压"),
    (b"\x1f\x8b", "压缩文件，请先解压"),
    (b"MIME-Version", "单个文件网页（.mht）"),
)
#: Parts of ZIP packages by the kind of document that they make.
_OTHER_PACKAGES = (
    ("word/document.xml", "Word 文档"),
    ("ppt/presentation.xml", "演示文稿"),
    ("ofd.xml", "OFD 文件"),
    ("index/document.iwa", "Numbers 表格"),
    ("index.apxl", "Numbers 表格"),
)
_BEGINNING = 4_000


class Sheets(NamedTuple):
    """The visible sheets of a file, and the names of the hidden ones."""

    visible: list[Grid]
    hidden: list[str]


def open_sheets(content: bytes) -> Sheets:
    """Return the sheets of a file; UnusableFile when it cannot be read."""
    for signature, name in _OTHER_KINDS:
        if content.startswith(signature):
            raise another_kind(name)
    with refusing_damage():
        if content.startswith(_ZIP):
            return _open_package(content)
        if content.startswith(_XLS):
            return Sheets(*read_xls(content))
        return _open_text(content)


def _open_package(content: bytes) -> Sheets:
    package = Package(content)
    for part, name in _OTHER_PACKAGES:
        if part in package:
            raise another_kind(name)
    if "content.xml" in package:
        return _open_ods(package)
    main = ooxml.workbook_part(package)
    if main.endswith(".bin"):
        return _open_xlsb(package, main)
    return _open_xlsx(package, main)


def _open_ods(package: Package) -> Sheets:
    kind = package.read("mimetype").decode("ascii", "replace") if "mimetype" in package else ""
    for word, name in (("opendocument.text", "Word 类文档"), ("presentation", "演示文稿")):
        if word in kind:
            raise another_kind(name)
    return Sheets(*ods.read_ods(package))


def _open_xlsx(package: Package, main: str) -> Sheets:
    parts = ooxml.read_parts(package, main)
    styles = ooxml.read_styles(package, parts.styles)
    plain = PlainSheets(package, main, parts, styles)
    area = Area()
    book: ooxml_sheets.Book | None = None
    sheets = Sheets([], [one.name for one in parts.sheets if one.is_hidden])
    for one in parts.sheets:
        if one.is_hidden:
            continue
        grid = plain.read(one.name, one.part, area)
        if grid is None:
            if book is None:
                strings = ooxml.read_strings(package, parts.strings)
                book = ooxml_sheets.Book(styles, strings, parts.is_uncalculated)
            builder = GridBuilder(one.name, area, is_1904=parts.is_1904)
            ooxml_sheets.read_sheet(package, one.part, book, builder)
            grid = builder.build()
        sheets.visible.append(grid)
    return sheets


def _open_xlsb(package: Package, main: str) -> Sheets:
    parts = xlsb.read_parts(package, main)
    styles = xlsb.read_styles(package, parts.styles)
    strings = xlsb.read_strings(package, parts.strings, styles)
    book, area = ooxml_sheets.Book(styles, strings, parts.is_uncalculated), Area()
    sheets = Sheets([], [one.name for one in parts.sheets if one.is_hidden])
    for one in parts.sheets:
        if not one.is_hidden:
            builder = GridBuilder(one.name, area, is_1904=parts.is_1904)
            xlsb.read_sheet(package, one.part, book, builder)
            sheets.visible.append(builder.build())
    return sheets


def _open_text(content: bytes) -> Sheets:
    if not content.strip(b"\0 \t\r\n"):
        raise broken("其中没有内容")
    text = decoded(content)
    beginning = text[:_BEGINNING].lstrip("\ufeff \t\r\n").lower()
    if not beginning.startswith("<"):
        return Sheets([read_csv(content)], [])
    if NAMESPACE in beginning and re.search(r"<(\w+:)?workbook\b", beginning):
        return Sheets(*read_spreadsheetml(text))
    if "<office:document" in beginning:
        return Sheets(*ods.read_tables(text_elements(text, *ods.TAGS), OdsStyles()))
    if "<html" in beginning or "<table" in text.lower():
        return Sheets([read_page(text)], [])
    raise another_kind("其他 XML 文件")
