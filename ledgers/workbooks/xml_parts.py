"""The parts of a zip package, and its XML, read without entities."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TypeAlias
from urllib.parse import unquote
from xml.parsers import expat

from lxml import etree

from ledgers.workbooks.limits import UnusableFile, broken, check_between
from ledgers.workbooks.package import PackageRefused, check_package

Element: TypeAlias = etree._Element

_CHUNK = 65_536
#: What reading a damaged package or part raises.
_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
    OverflowError,
    RecursionError,
    struct.error,
)


@contextmanager
def refusing_damage() -> Iterator[None]:
    """Turn what a damaged file raises into UnusableFile."""
    try:
        yield
    except UnusableFile:
        raise
    except etree.XMLSyntaxError as error:
        raise broken("内部的 XML 有错误") from error
    except (*_DAMAGES, LookupError, ArithmeticError) as error:
        raise broken() from error


class Package:
    """The parts of a zip package by name; names are compared without case."""

    def __init__(self, content: bytes) -> None:
        """Open a package; UnusableFile when it is damaged, locked or beyond a bound."""
        try:
            check_package(content)
        except PackageRefused as refused:
            raise UnusableFile(str(refused)) from refused
        with refusing_damage():
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        self._names = {_plain(name): name for name in self._zip.namelist()}

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._names

    def names(self) -> list[str]:
        """Return the names of all parts, in small letters."""
        return list(self._names)

    def stored_name(self, name: str) -> str:
        """Return the name of a part as the package spells it."""
        return self._names[_plain(name)]

    def size(self, name: str) -> int:
        """Return the bytes of a part when unpacked."""
        return self._zip.getinfo(self._names[_plain(name)]).file_size

    def open(self, name: str) -> IO[bytes]:
        """Open a part; KeyError when there is none."""
        return self._zip.open(self._names[_plain(name)])

    def read(self, name: str) -> bytes:
        """Return a part; KeyError when there is none."""
        with self.open(name) as stream:
            return stream.read()

    def elements(self, name: str, *tags: str) -> Iterator[Element]:
        """Yield the elements of these local names as each one ends."""
        with self.open(name) as stream:
            refuse_doctype(stream)
        with self.open(name) as stream:
            yield from parsed_elements(stream, *tags)

    def relations(self, source: str) -> dict[str, tuple[str, str]]:
        """Return (kind, name of the part) by id of the relationships of a part."""
        folder, file = posixpath.split(source)
        name = posixpath.join(folder, "_rels", f"{file}.rels")
        found: dict[str, tuple[str, str]] = {}
        for one in self.elements(name, "Relationship") if name in self else ():
            target = one.get("Target", "").replace("\\", "/")
            if one.get("TargetMode") != "External":
                kind = one.get("Type", "").rsplit("/", 1)[-1]
                found[one.get("Id", "")] = kind, posixpath.normpath(posixpath.join(folder, target))
        return found


def _plain(name: str) -> str:
    return unquote(name).replace("\\", "/").lstrip("/").lower()


def text_elements(text: str, *tags: str) -> Iterator[Element]:
    """Yield the elements of these local names of an XML document that was decoded."""
    content = text.encode()
    refuse_doctype(io.BytesIO(content), "utf-8")
    yield from parsed_elements(io.BytesIO(content), *tags, encoding="utf-8")


def parsed_elements(
    stream: IO[bytes], *tags: str, encoding: str | None = None
) -> Iterator[Element]:
    """Yield the elements of these local names in any namespace; the stream has no DOCTYPE.

    An encoding overrides the one that the document names. UnusableFile when so much stands between
    two of the elements that its tree would take too much memory.
    """
    parser = etree.XMLPullParser(
        events=("end",),
        tag=[f"{{*}}{tag}" for tag in tags],
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        collect_ids=False,
        encoding=encoding,
        remove_comments=True,
        remove_pis=True,
    )
    between = 0
    while data := stream.read(_CHUNK):
        parser.feed(data)
        between += len(data)
        for _, element in parser.read_events():
            between = 0
            yield element
        check_between(between)
    parser.close()
    yield from (element for _, element in parser.read_events())


def refuse_doctype(stream: IO[bytes], encoding: str | None = None) -> None:
    """Read as far as the first element; UnusableFile when the XML declares a document type."""
    parser = expat.ParserCreate(encoding)
    is_past = False

    def refuse(*_: object) -> None:
        raise broken("内部的 XML 含有 DOCTYPE")

    def pass_by(*_: object) -> None:
        nonlocal is_past
        is_past = True

    parser.StartDoctypeDeclHandler, parser.StartElementHandler = refuse, pass_by
    while not is_past and (data := stream.read(_CHUNK)):
        try:
            parser.Parse(data)
        except (expat.ExpatError, ValueError):  # the real parser tells what is wrong
            if b"<!DOCTYPE" in data:
                refuse()
            return


def free(element: Element) -> None:
    """Free an element that was read, and all before it, so that a long part takes no memory."""
    element.clear()
    for part in (element, *element.iterancestors()):
        parent = part.getparent()
        while parent is not None and (earlier := part.getprevious()) is not None:
            parent.remove(earlier)


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def within(element: Element, name: str) -> Element:
    """Return the nearest element of this local name around an element; broken without one."""
    for around in element.iterancestors():
        if local_name(around) == name:
            return around
    raise broken("内部的 XML 有错误")


def is_true(value: str | None) -> bool:
    """Return whether an XML Schema boolean is true."""
    return value in ("1", "true", "on", "t")


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute by its local name, in any namespace."""
    if (value := element.get(name)) is not None:
        return str(value)
    ending = f"}}{name}"
    return next((str(value) for key, value in element.items() if str(key).endswith(ending)), None)
