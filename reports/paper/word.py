"""The Word document of an edition, from the blocks of its content: the same bytes every time.

GB/T 9704-2012: A4, margins 37/35/28/26 mm, 22 lines of 28 characters, 方正小标宋 22 pt, 黑体, 楷体 and
仿宋 16 pt, page numbers outside. The fonts are named, not embedded: office computers have them.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import io
import unicodedata
import zipfile
from collections.abc import Iterable
from itertools import accumulate

import docx
from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import _Footer
from docx.shared import Mm, Twips
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from reports.paper import blocks
from reports.paper.document import document_of
from reports.paper.sheets import UNWRITABLE
from reports.paper.word_styles import (
    CHARACTER,
    FONT_TABLE,
    GRID,
    LINE,
    SETTINGS,
    STYLES,
    WIDTH,
)
from reports.schema.content import EditionContent
from reviews.downloads import current_mark

#: What made a document: the layout's number and the libraries' versions.
GENERATOR = f"layout 1, python-docx {docx.__version__}, lxml {importlib.metadata.version('lxml')}"

_FIXED_ZIP_TIME = (2000, 1, 1, 0, 0, 0)
#: A table of up to so many lines stays on one page; one of more columns has smaller letters.
_KEPT_TOGETHER, _MOST_COLUMNS = 14, 6
_LONGEST_PROPERTY = 255  # characters; Word allows no more
#: Parts of python-docx's empty document that a report does not need.
_UNUSED = frozenset(
    {
        RELATIONSHIP_TYPE.CUSTOM_XML,
        RELATIONSHIP_TYPE.EXTENDED_PROPERTIES,
        RELATIONSHIP_TYPE.FONT_TABLE,
        RELATIONSHIP_TYPE.NUMBERING,
        RELATIONSHIP_TYPE.THEME,
        RELATIONSHIP_TYPE.THUMBNAIL,
        RELATIONSHIP_TYPE.WEB_SETTINGS,
        "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects",
    }
)


def build_document(content: EditionContent, sha256: str) -> bytes:
    """Return the finished .docx; `sha256` is the edition's digest, printed on the last page."""
    seal = content.seal
    title = content.area.name + content.title
    return written(document_of(content, sha256), title, seal.sealed_by, seal.sealed_at)


def written(
    told: Iterable[blocks.Block], title: str, author: str, moment: datetime.datetime
) -> bytes:
    """Return blocks as a .docx; `title`, `author` and `moment` are its properties."""
    paper = _blank()
    for block in told:
        _write(paper, block)
    _properties(paper, title, author, moment)
    raw = io.BytesIO()
    paper.save(raw)
    return _fixed(raw)


# --- the empty page -------------------------------------------------------------------------


def _blank() -> Document:
    """Return an empty document with our styles and none of the library's."""
    paper = docx.Document()
    for rels in (paper.part.rels, paper.part.package.rels):
        for key in [key for key, rel in rels.items() if rel.reltype in _UNUSED]:
            del rels[key]
    _replace(paper.styles.element, STYLES)
    _replace(paper.settings.element, SETTINGS)
    name, kind = PackURI("/word/fontTable.xml"), CONTENT_TYPE.WML_FONT_TABLE
    fonts = Part(name, kind, FONT_TABLE.encode(), paper.part.package)
    paper.part.relate_to(fonts, RELATIONSHIP_TYPE.FONT_TABLE)
    _page(paper)
    return paper


def _replace(root: BaseOxmlElement, xml: str) -> None:
    for child in list(root):
        root.remove(child)
    for child in list(parse_xml(xml)):
        root.append(child)


def _page(paper: Document) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    # The line of the page number stands 7 mm under the text.
    section.header_distance, section.footer_distance = Mm(15), Mm(25)
    grid = section._sectPr.find(qn("w:docGrid"))
    for name, value in GRID.items():
        grid.set(qn(f"w:{name}"), value)
    for name in [name for name in section._sectPr.attrib if "rsid" in name]:
        del section._sectPr.attrib[name]
    _page_number(section.footer, "奇数页码")
    _page_number(section.even_page_footer, "偶数页码")
    if mark := current_mark():
        for header in (section.header, section.even_page_header):
            header.paragraphs[0].text = mark


def _page_number(footer: _Footer, style: str) -> None:
    """Write the page number as `— 1 —`."""
    paragraph = footer.paragraphs[0]
    paragraph.style = style
    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), " PAGE ")
    paragraph._p.append(field)
    field.append(paragraph.add_run("1")._r)
    paragraph.add_run(" —")


def _properties(paper: Document, title: str, author: str, moment: datetime.datetime) -> None:
    properties = paper.core_properties
    properties.author = properties.last_modified_by = _clean(author)[:_LONGEST_PROPERTY]
    properties.title = _clean(title)[:_LONGEST_PROPERTY]
    properties.comments, properties.language = "", "zh-CN"
    made = moment.astimezone(datetime.UTC)
    properties.created = properties.modified = made.replace(tzinfo=None, microsecond=0)


# --- the blocks -----------------------------------------------------------------------------


def _add(place: Document | _Cell, style: str, text: str) -> Paragraph:
    paragraph: Paragraph = place.add_paragraph(_clean(text), style=style)
    return paragraph


def _clean(text: str) -> str:
    return UNWRITABLE.sub("", text)


def _title(paper: Document, block: blocks.Title) -> None:
    for line in block.lines:
        _add(paper, "Title", line)
    _add(paper, "报告期", block.period)


def _heading(paper: Document, block: blocks.Heading) -> None:
    if not block.rest:
        _add(paper, f"Heading {block.level}", block.text)
        return
    paragraph = _add(paper, "公文正文", "")
    paragraph.add_run(_clean(block.text), style="段首标题")
    paragraph.add_run(_clean(block.rest))


def _table(paper: Document, block: blocks.Table) -> None:
    _add(paper, "表题", block.title)
    table = paper.add_table(1 + len(block.rows), len(block.heads), "报告表格")
    table.autofit = False
    widths = _widths(block.shares)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Twips(width)
    lines = (block.heads, *block.rows)
    # A style's id is looked up once a table: python-docx searches all styles for each paragraph.
    size = "" if len(widths) <= _MOST_COLUMNS else "（小）"
    head, name, value = (
        paper.styles[f"{kind}{size}"].style_id for kind in ("表头", "表格名称", "表格数值")
    )
    for number, (row, texts) in enumerate(zip(table.rows, lines, strict=True)):
        styles = [name if number else head, *[value if number else head] * (len(texts) - 1)]
        _row(row, texts, widths, styles, is_head=not number)
        is_kept = len(lines) <= _KEPT_TOGETHER and (block.note or number + 1 < len(lines))
        for cell in row.cells if is_kept or not number else ():
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    _add(paper, "表注" if block.note else "表末", block.note)


def _widths(shares: tuple[int, ...]) -> list[int]:
    """Return the width of each column in twips; together they are the width of the text."""
    ends = [round(end * WIDTH / sum(shares)) for end in accumulate(shares)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _row(
    row: _Row, texts: tuple[str, ...], widths: list[int], styles: list[str], *, is_head: bool
) -> None:
    layout = row._tr.get_or_add_trPr()
    layout.append(OxmlElement("w:cantSplit"))
    if is_head:
        layout.append(OxmlElement("w:tblHeader"))
    for cell, text, width, style in zip(row.cells, texts, widths, styles, strict=True):
        cell.width = Twips(width)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        paragraph._p.style = style
        paragraph.add_run(_clean(text))


def _attachments(paper: Document, block: blocks.Attachments) -> None:
    """Write 附件：1. …, with the numbers aligned, after a blank line."""
    is_one = len(block.names) == 1
    for number, name in enumerate(block.names, start=1):
        mark = "" if is_one else f"{number}. "
        first = number == 1
        paragraph = _add(paper, "附件说明", f"{'附件：' if first else ''}{mark}{name}")
        hanging = (3 if first else 0) + (0 if is_one else 1.5)
        _indent(paragraph, left=5 + (0 if is_one else 1.5), hanging=hanging)
        if first:
            paragraph.paragraph_format.space_before = Twips(LINE)
        # The last one stays with the signature, which must not stand alone on a page.
        paragraph.paragraph_format.keep_with_next = number == len(block.names)


def _signature(paper: Document, block: blocks.Signature) -> None:
    """Write the date four characters from the right and the units centred above it."""
    for number, name in enumerate(block.units):
        unit = _add(paper, "Signature", name)
        if number == 0:
            unit.paragraph_format.space_before = Twips(2 * LINE)
        _indent(unit, right=max(4 + (_ems(block.day) - _ems(name)) / 2, 0))
    _add(paper, "Date", block.day)


def _ems(text: str) -> float:
    """Return the width of a text in Chinese characters."""
    return sum(1 if unicodedata.east_asian_width(sign) in "WFA" else 0.5 for sign in text)


def _indent(paragraph: Paragraph, **characters: float) -> None:
    """Indent by characters: Word reads characters, other programs the twips."""
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    for side, count in characters.items():
        indent.set(qn(f"w:{side}Chars"), str(round(count * 100)))
        indent.set(qn(f"w:{side}"), str(round(count * CHARACTER)))


def _note(paper: Document, block: blocks.Note) -> None:
    for number, line in enumerate(block.lines):
        paragraph = _add(paper, "封存说明", line)
        if number == 0:
            paragraph.paragraph_format.space_before = Twips(LINE)


def _write(paper: Document, block: blocks.Block) -> None:
    match block:
        case blocks.Title():
            _title(paper, block)
        case blocks.Addressee():
            _add(paper, "主送机关", block.text)
        case blocks.Heading():
            _heading(paper, block)
        case blocks.Paragraph():
            _add(paper, "公文正文", block.text)
        case blocks.Table():
            _table(paper, block)
        case blocks.Attachments():
            _attachments(paper, block)
        case blocks.Signature():
            _signature(paper, block)
        case blocks.Note():
            _note(paper, block)


# --- the same bytes every time --------------------------------------------------------------


def _fixed(raw: io.BytesIO) -> bytes:
    """Return the archive with fixed times and uncompressed, so that zlib's version does not matter."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(fixed, "w") as target:
        for member in source.infolist():
            info = zipfile.ZipInfo(member.filename, _FIXED_ZIP_TIME)
            info.create_system = 3
            target.writestr(info, source.read(member), zipfile.ZIP_STORED)
    return fixed.getvalue()
