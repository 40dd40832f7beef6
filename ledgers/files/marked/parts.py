"""The parts of a workbook's zip package, their relationships and content types.

Parts that are not written keep their bytes. Nothing outside the package is ever read: entities stay
unresolved, and a part with a document type is refused.
"""

from __future__ import annotations

import io
import posixpath
import re
import shutil
import zipfile
from collections.abc import Iterable
from typing import IO, cast
from urllib.parse import unquote

from lxml import etree

from ledgers.files.marked.marks import Unmarkable

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_TYPES_PART = "[Content_Types].xml"
_UTF8_NAME = 0x800


class Parts:
    """The parts by name, in the order of the package; Unmarkable when it is none."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except zipfile.BadZipFile as error:
            raise Unmarkable("no package") from error
        self._entries = {_name_of(entry): entry for entry in self._archive.infolist()}
        self._written: dict[str, bytes | Iterable[bytes]] = {}

    def find(self, name: str) -> str | None:
        """Return the name under which a part is stored; None when there is none."""
        for wanted in (name, unquote(name)):
            if wanted in self._entries or wanted in self._written:
                return wanted
        folded = _folded(unquote(name))
        names = (*self._entries, *self._written)
        return next((each for each in names if _folded(unquote(each)) == folded), None)

    def unused(self, pattern: str, first: str = "") -> str:
        """Return the first name that no part has: `first`, `pattern.format(1)` and so on."""
        names = (first, *map(pattern.format, range(1, len(self._entries) + len(self._written) + 2)))
        return next(name for name in names if name and self.find(name) is None)

    def open(self, name: str) -> IO[bytes]:
        """Open a part of the package as the clerk sent it; Unmarkable when there is none."""
        if name not in self._entries:
            raise Unmarkable(f"no part {name}")
        return self._archive.open(self._entries[name])

    def read(self, name: str) -> bytes:
        """Return a small part, as it was last written."""
        part = self._written.get(name)
        if part is None:
            with self.open(name) as stream:
                return stream.read()
        return part if isinstance(part, bytes) else b"".join(part)

    def write(self, name: str, data: bytes | Iterable[bytes]) -> None:
        """Replace or add a part; a large one in pieces that are made when the package is saved."""
        self._written[name] = data

    def saved(self) -> bytes:
        """Return the package: the old parts in their order, then the new ones."""
        stream = io.BytesIO()
        new = [name for name in self._written if name not in self._entries]
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
            for name, entry in self._entries.items():
                self._put(target, _header_like(name, entry), name)
            for name in new:
                header = zipfile.ZipInfo(name)
                header.compress_type = zipfile.ZIP_DEFLATED
                self._put(target, header, name)
        return stream.getvalue()

    def _put(self, target: zipfile.ZipFile, header: zipfile.ZipInfo, name: str) -> None:
        part = self._written.get(name)
        with target.open(header, "w", force_zip64=False) as stream:
            if part is None:
                with self.open(name) as source:
                    shutil.copyfileobj(source, stream, 1 << 20)
            else:
                stream.writelines([part] if isinstance(part, bytes) else part)


def _name_of(entry: zipfile.ZipInfo) -> str:
    """Return the name of an entry; programs that write Chinese names without saying so use UTF-8 or
    GBK."""
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAME and not name.isascii():
        for encoding in ("utf-8", "gb18030"):
            try:
                return name.encode("cp437").decode(encoding)
            except UnicodeError:
                continue
    return name


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _header_like(name: str, entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    header = zipfile.ZipInfo(name, entry.date_time)
    header.compress_type, header.comment = entry.compress_type, entry.comment
    header.external_attr, header.create_system = entry.external_attr, entry.create_system
    return header


def parsed(xml: bytes) -> etree._Element:
    """Return the root of a small part; Unmarkable when it is no XML or has a document type."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise Unmarkable(str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise Unmarkable("document type")
    return root


def serialised(root: etree._Element) -> bytes:
    """Return the part of a root, declared as it was read."""
    standalone = root.getroottree().docinfo.standalone is not False
    return cast(
        bytes,
        etree.tostring(
            root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=standalone
        ),
    )


class Relations:
    """What one part refers to; `""` is the package itself."""

    def __init__(self, parts: Parts, source: str) -> None:
        self._parts, self._source = parts, source
        folder, name = posixpath.split(source)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        found = parts.find(path)
        self._path = found or path
        empty = etree.Element(f"{{{_RELATIONS}}}Relationships", nsmap={None: _RELATIONS})
        self._root = parsed(parts.read(found)) if found else empty

    def target(self, key: str | None) -> str | None:
        """Return the part under a key; None when there is none."""
        for each in self._root:
            if each.get("Id") == key and each.get("TargetMode") != "External":
                return self._parts.find(self._full_name(each.get("Target", "")))
        return None

    def first(self, kind: str) -> str | None:
        """Return the first part of a kind, such as `comments`; None when there is none."""
        for each in self._root:
            if each.get("Type", "").rsplit("/", 1)[-1] == kind:
                return self.target(each.get("Id"))
        return None

    def add(self, base: str, kind: str, target: str, key: str | None = None) -> str:
        """Refer to a part, under this key or a new one; return the key.

        `base` is the namespace of office relationships, which differs in Strict workbooks.
        """
        taken = {each.get("Id") for each in self._root}
        key = key or next(f"rId{n}" for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
        for each in list(self._root):
            if each.get("Id") == key:
                self._root.remove(each)  # its part is missing
        relation = etree.SubElement(self._root, f"{{{_RELATIONS}}}Relationship")
        relation.set("Id", key)
        relation.set("Type", f"{base}/{kind}")
        relation.set("Target", posixpath.relpath(target, posixpath.dirname(self._source) or "."))
        self._parts.write(self._path, serialised(self._root))
        return key

    def clear(self) -> None:
        """Refer to nothing any more."""
        if self._parts.find(self._path):
            for each in list(self._root):
                self._root.remove(each)
            self._parts.write(self._path, serialised(self._root))

    def _full_name(self, target: str) -> str:
        folder = "" if target.startswith("/") else posixpath.dirname(self._source)
        return posixpath.normpath(posixpath.join(folder, target.replace("\\", "/").lstrip("/")))


class ContentTypes:
    """The type of each part, by its name or by the ending of its name."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._path = parts.find(_TYPES_PART) or _TYPES_PART
        self._root = parsed(parts.read(self._path))

    def of(self, part: str) -> str:
        """Return the type of a part; empty when none is declared."""
        for name, wanted in (("PartName", f"/{part}"), ("Extension", part.rpartition(".")[2])):
            for each in self._root:
                if unquote(each.get(name, "")).casefold() == wanted.casefold():
                    return str(each.get("ContentType", ""))
        return ""

    def declare(self, part: str, content_type: str) -> None:
        """Declare the type of a part unless it has it already."""
        if self.of(part) == content_type:
            return
        for each in self._root:
            if unquote(each.get("PartName", "")).casefold() == f"/{part}".casefold():
                self._root.remove(each)  # its part is missing
        override = etree.SubElement(self._root, f"{{{_TYPES}}}Override")
        override.set("PartName", f"/{part}")
        override.set("ContentType", content_type)
        self._parts.write(self._path, serialised(self._root))


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace; empty for comments."""
    tag = element.tag
    return re.sub(r"^\{.*\}", "", tag) if isinstance(tag, str) else ""
