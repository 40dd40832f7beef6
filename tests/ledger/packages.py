"""Workbook packages part by part: small ones in any spelling, and what is wrong with a package."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = {
    MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    OFFICE: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
#: The children of a worksheet in the order of the schema (ISO/IEC 29500-1, 18.3.1.99).
_ORDER = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
]


def sheet_xml(rows: str, below: str = "", above: str = "") -> str:
    """Return a worksheet with these rows and the elements above and below them."""
    return (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{above}<sheetData>{rows}</sheetData>'
        f"{below}</worksheet>"
    )


def package(sheet: str | bytes, *, styles: str | None = STYLES, **changes: bytes | str) -> bytes:
    """Return an .xlsx with one sheet 台账; `changes` add or replace parts, `__` standing for `/`."""
    kinds = {"xl/workbook.xml": "sheet.main", "xl/worksheets/sheet1.xml": "worksheet"}
    relations = {"worksheet": "worksheets/sheet1.xml"}
    if styles is not None:
        kinds["xl/styles.xml"], relations["styles"] = "styles", "styles.xml"
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": _types(kinds),
        "_rels/.rels": relations_xml({"officeDocument": "xl/workbook.xml"}),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="台账" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations_xml(relations),
        "xl/worksheets/sheet1.xml": sheet,
    }
    if styles is not None:
        parts["xl/styles.xml"] = styles
    return zipped(parts | {name.replace("__", "/"): part for name, part in changes.items()})


def relations_xml(targets: dict[str, str]) -> str:
    """Return a part of relationships: kind → target, with the keys rId1, rId2 …"""
    lines = "".join(
        f'<Relationship Id="rId{at}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets.items(), 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _types(kinds: dict[str, str]) -> str:
    defaults = (("rels", "application/vnd.openxmlformats-package.relationships+xml"),)
    lines = [f'<Default Extension="{end}" ContentType="{kind}"/>' for end, kind in defaults]
    lines += [
        f'<Override PartName="/{part}" ContentType="{_SHEET}.{kind}+xml"/>'
        for part, kind in kinds.items()
    ]
    return f'<Types xmlns="{_PACKAGE}/content-types">{"".join(lines)}</Types>'


def zipped(parts: dict[str, bytes | str]) -> bytes:
    """Return a zip file with these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return the parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names))
        return {name: archive.read(name) for name in names}


def respelled(content: bytes, *changes: tuple[str, str]) -> bytes:
    """Return the package with texts replaced in all parts in XML."""
    parts: dict[str, bytes | str] = {}
    for name, part in parts_of(content).items():
        for old, new in changes:
            part = part.replace(old.encode(), new.encode())
        parts[name] = part
    return zipped(parts)


def faults(content: bytes) -> list[str]:
    """Return what is wrong with a package: XML, types, relationships, order and counts."""
    parts = parts_of(content)
    found = []
    roots: dict[str, etree._Element] = {}
    for name, part in parts.items():
        if name.endswith((".xml", ".rels", ".vml")):
            try:
                roots[name] = etree.fromstring(part)
            except etree.XMLSyntaxError as error:
                found.append(f"{name}: {error}")
    found += _type_faults(parts, roots["[Content_Types].xml"])
    for name, root in roots.items():
        if name.endswith(".rels"):
            found += _relation_faults(name, root, parts)
        if etree.QName(root).localname == "worksheet":
            found += _worksheet_faults(name, root, parts)
        if etree.QName(root).localname == "styleSheet":
            found += _count_faults(name, root)
    return found


def _type_faults(parts: dict[str, bytes], types: etree._Element) -> Iterator[str]:
    overrides = [unquote(each.get("PartName")) for each in types if each.get("PartName")]
    endings = {each.get("Extension", "").lower() for each in types}
    if len(overrides) != len(set(overrides)):
        yield "a type is declared twice"
    for name in parts:
        is_named = f"/{name}" in overrides or name.rpartition(".")[2].lower() in endings
        if not is_named and name != "[Content_Types].xml":
            yield f"{name}: no type"


def _relation_faults(name: str, root: etree._Element, parts: dict[str, bytes]) -> Iterator[str]:
    folder = posixpath.dirname(posixpath.dirname(name))
    keys = [each.get("Id") for each in root]
    if len(keys) != len(set(keys)):
        yield f"{name}: a key stands twice"
    for each in root:
        target = each.get("Target")
        full = target[1:] if target.startswith("/") else posixpath.join(folder, target)
        is_here = unquote(posixpath.normpath(full)) in parts
        if not is_here and each.get("TargetMode") != "External":
            yield f"{name}: {target} is missing"


def _worksheet_faults(name: str, root: etree._Element, parts: dict[str, bytes]) -> Iterator[str]:
    children = [etree.QName(each).localname for each in root if isinstance(each.tag, str)]
    known = [_ORDER.index(child) for child in children if child in _ORDER]
    if known != sorted(known):
        yield f"{name}: order {children}"
    cells = [each.get("r") for each in root.iter("{*}c") if each.get("r")]
    rows = [int(each.get("r")) for each in root.iter("{*}row") if each.get("r")]
    if len(cells) != len(set(cells)) or rows != sorted(set(rows)):
        yield f"{name}: cells or rows stand twice or in no order"
    for row in root.iter("{*}row"):
        columns = [_column(each.get("r")) for each in row if each.get("r")]
        if columns != sorted(columns):
            yield f"{name}: cells of row {row.get('r')} stand in no order"
    path = posixpath.join(posixpath.dirname(name), "_rels", f"{posixpath.basename(name)}.rels")
    keys = re.findall(r'Id="([^"]*)"', parts.get(path, b"").decode())
    for each in root.iter("{*}legacyDrawing"):
        if next(value for key, value in each.items() if key.endswith("}id")) not in keys:
            yield f"{name}: the comments' boxes are missing"


def _column(cell: str) -> int:
    number = 0
    for letter in cell.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number


def _count_faults(name: str, root: etree._Element) -> Iterator[str]:
    for each in root:
        if each.get("count") is not None and int(each.get("count")) != len(each):
            yield f"{name}: count of {each.tag}"
