"""The XML of a worksheet in a temporary file, and its start tags as bytes.

A worksheet may have hundreds of megabytes, and a marked one differs from it in a few bytes only.
"""

from __future__ import annotations

import codecs
import mmap
import re
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO
from xml.parsers import expat

from ledgers.files.marked.marks import Unmarkable

_PIECE = 1 << 20
_NAME = re.compile(rb"<([^\s/>]+)")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""")
_DECLARED = re.compile(r"(<\?xml[^>]*encoding=[\"'])[^\"']*")

#: Replace the bytes from a start to an end.
Edit = tuple[int, int, bytes]


class Unpacked:
    """A part in a temporary file, whose bytes can be read anywhere. Close it after use."""

    def __init__(self, source: IO[bytes]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        for piece in _in_utf8(source):
            self._file.write(piece)
        if not self._file.tell():
            raise Unmarkable("empty part")
        self._file.flush()
        self.data = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)

    def edited(self, edits: Iterable[Edit]) -> Iterator[bytes]:
        """Yield the pieces of the part with edits, which must not overlap."""
        at = 0
        for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
            yield from self._pieces(at, start)
            yield new
            at = end
        yield from self._pieces(at, len(self.data))

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        for at in range(start, end, _PIECE):
            yield self.data[at : min(at + _PIECE, end)]

    def parse(self, parser: expat.XMLParserType) -> None:
        """Let expat read the part; Unmarkable when it is no XML or has a document type."""
        parser.StartDoctypeDeclHandler = _refuse_document_type
        try:
            for at in range(0, len(self.data), _PIECE):
                parser.Parse(self.data[at : at + _PIECE], False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Unmarkable(str(error)) from error

    def close(self) -> None:
        """Release the temporary file."""
        self.data.close()
        self._file.close()


def _in_utf8(source: IO[bytes]) -> Iterator[bytes]:
    """Yield the pieces of a part; UTF-16, which XML allows, is written anew as UTF-8."""
    piece = source.read(_PIECE)
    if not piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        while piece:
            yield piece
            piece = source.read(_PIECE)
        return
    decoder = codecs.getincrementaldecoder("utf-16")()
    text = _DECLARED.sub(r"\1UTF-8", decoder.decode(piece), count=1)
    while piece:
        yield text.encode()
        piece = source.read(_PIECE)
        text = decoder.decode(piece, final=not piece)
    yield text.encode()


def _refuse_document_type(*_: object) -> None:
    raise Unmarkable("document type")


def tag_end(data: mmap.mmap, start: int) -> int:
    """Return where the start tag at an offset ends."""
    match = _NAME.match(data, start)
    while match:
        at = match.end()
        match = _ATTRIBUTE.match(data, at)
    return data.find(b">", at) + 1


def prefix_of(data: mmap.mmap, start: int) -> str:
    """Return the prefix of the tag at an offset with its colon, such as `x:`."""
    match = _NAME.match(data, start)
    head, colon, _ = match.group(1).decode().rpartition(":") if match else ("", "", "")
    return head + colon


def with_style(data: mmap.mmap, start: int, style: int) -> Edit:
    """Return the edit that sets the style of the cell whose tag is at an offset."""
    match = _NAME.match(data, start)
    at = name_end = match.end() if match else start
    while match := _ATTRIBUTE.match(data, at):
        if match.group(1) == b"s":
            return (*match.span(2), b'"%d"' % style)
        at = match.end()
    return name_end, name_end, b' s="%d"' % style
