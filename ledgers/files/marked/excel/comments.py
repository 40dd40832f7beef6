"""The comments of a worksheet: the clerk's own stay, ours stand below them or alone.

Ours begin with a heading line. Whatever follows that line was written by an earlier marked copy.
Copies of release 0.6 had no such line: their comments have our name and stand in coloured cells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lxml import etree

from ledgers.files.marked.marks import AUTHOR, HEADING, Mark, Marks, Place, place_of
from ledgers.files.marked.parts import parsed, serialised
from ledgers.workbooks.grids import cell_name

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
#: A text is plain (`t`) or in pieces (`r`); readings of words follow.
_READINGS = ("rPh", "phoneticPr")


class Comments:
    """The comments part of one worksheet."""

    def __init__(self, xml: bytes | None, namespace: str) -> None:
        empty = f'<comments xmlns="{namespace}"><authors/><commentList/></comments>'
        self._root = parsed(xml or empty.encode())
        self._namespace = etree.QName(self._root).namespace or ""
        self._authors = self._child(self._root, "authors", 0)
        self._list = self._child(self._root, "commentList", 1)

    def places(self) -> list[Place]:
        """Return the cells that have a comment."""
        return [place for place, _ in self._placed()]

    def maybe_ours(self) -> set[Place]:
        """Return the cells where an earlier marked copy may have written."""
        return self.ours({place for place, _ in self._placed()})

    def ours(self, coloured: Collection[Place]) -> set[Place]:
        """Return the cells where an earlier marked copy wrote; `coloured` are those in our colours."""
        return {
            place
            for place, each in self._placed()
            if HEADING in _text(each) or (place in coloured and self._author_of(each) == AUTHOR)
        }

    def remove(self, ours: Collection[Place]) -> set[Place]:
        """Remove what earlier marked copies wrote; return the cells left without a comment."""
        emptied = set()
        for place, each in list(self._placed()):
            if place not in ours:
                continue
            has_own_words = bool(_text(each).partition(HEADING)[0].strip())
            if HEADING in _text(each) and has_own_words:
                self._cut(each)
            else:
                self._list.remove(each)
                emptied.add(place)
        return emptied

    def add(self, marks: Marks) -> None:
        """Write the messages: below a comment that is there, or in a new one."""
        present = dict(self._placed())
        for place, mark in sorted(marks.items()):
            if (comment := present.get(place)) is not None:
                self._append(comment, mark, "\n")
            else:
                self._append(self._new(place), mark, "")

    def serialised(self) -> bytes:
        """Return the part."""
        return serialised(self._root)

    # --- parts ---

    def _tag(self, name: str) -> str:
        return f"{{{self._namespace}}}{name}"

    def _child(self, parent: etree._Element, name: str, at: int) -> etree._Element:
        found = parent.find(self._tag(name))
        if found is None:
            found = etree.Element(self._tag(name))
            parent.insert(at, found)
        return found

    def _placed(self) -> Iterator[tuple[Place, etree._Element]]:
        for each in self._list.findall(self._tag("comment")):
            if (place := place_of(each.get("ref", ""))) is not None:
                yield place, each

    def _new(self, place: Place) -> etree._Element:
        comment = etree.SubElement(self._list, self._tag("comment"))
        comment.set("ref", cell_name(*place))
        comment.set("authorId", str(self._author()))
        comment.set("shapeId", "0")
        return comment

    def _author(self) -> int:
        names = [each.text for each in self._authors.findall(self._tag("author"))]
        if AUTHOR not in names:
            etree.SubElement(self._authors, self._tag("author")).text = AUTHOR
            return len(names)
        return names.index(AUTHOR)

    def _author_of(self, comment: etree._Element) -> str:
        names = [each.text or "" for each in self._authors.findall(self._tag("author"))]
        number = comment.get("authorId", "")
        return names[int(number)] if number.isdecimal() and int(number) < len(names) else ""

    def _append(self, comment: etree._Element, mark: Mark, before: str) -> None:
        text = self._child(comment, "text", 0)
        self._in_pieces(text)
        at = len([each for each in text if each.tag not in map(self._tag, _READINGS)])
        for piece, is_bold in ((f"{before}{HEADING}\n", True), (mark.text, False)):
            text.insert(at, self._piece(piece, is_bold=is_bold))
            at += 1

    def _in_pieces(self, text: etree._Element) -> None:
        """Turn a plain text into a piece: readers show either the plain text or the pieces."""
        plain = text.find(self._tag("t"))
        if plain is not None:
            piece = etree.Element(self._tag("r"))
            text.replace(plain, piece)
            piece.append(plain)
            plain.set(_SPACE, "preserve")

    def _piece(self, content: str, *, is_bold: bool) -> etree._Element:
        piece = etree.Element(self._tag("r"))
        look = etree.SubElement(piece, self._tag("rPr"))
        etree.SubElement(look, self._tag("rFont")).set("val", "宋体")
        if is_bold:
            etree.SubElement(look, self._tag("b"))
        etree.SubElement(look, self._tag("sz")).set("val", "9")
        text = etree.SubElement(piece, self._tag("t"))
        text.text = content
        text.set(_SPACE, "preserve")
        return piece

    def _cut(self, comment: etree._Element) -> None:
        """Remove the heading and all that follows; programs may have joined or split the pieces."""
        kept = _text(comment).partition(HEADING)[0].removesuffix("\n")
        left = len(kept)
        for text in list(comment.iter(self._tag("t"))):
            content = (text.text or "")[: max(left, 0)]
            left -= len(text.text or "")
            if content:
                text.text = content
            else:
                holder = text.getparent()
                holder = text if holder.tag == self._tag("text") else holder
                holder.getparent().remove(holder)


def _text(comment: etree._Element) -> str:
    """Return the text of a comment without the readings of its words."""
    texts = (each for each in comment.iter() if etree.QName(each).localname == "t")
    return "".join(
        each.text or "" for each in texts if etree.QName(each.getparent()).localname != "rPh"
    )
