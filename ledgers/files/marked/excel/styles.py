"""The styles of a workbook, with new ones for the cells that are marked.

A marked cell keeps font, borders, format and alignment; its fill alone is replaced. A plain colour
below is kept where a solid fill has no use for it, as the colour behind the pattern, so that the
next marked copy can give it back.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import deepcopy

from lxml import etree

from ledgers.files.marked.marks import PROBLEM_COLOUR, WARNING_COLOUR
from ledgers.files.marked.parts import parsed, serialised

#: The children of a style sheet, in the order of the schema.
_ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs",
    "tableStyles", "colors", "extLst",
)  # fmt: skip
_OURS = {f"{a}{colour}" for a in ("00", "FF") for colour in (PROBLEM_COLOUR, WARNING_COLOUR)}
#: What stands for "none" behind a solid fill: Excel's way, openpyxl's, and nothing.
_NO_COLOUR = {"indexed": "64"}
_NO_COLOURS: tuple[dict[str, str], ...] = (_NO_COLOUR, {"rgb": "00000000"}, {})
_EMPTY = (
    '<styleSheet xmlns="{0}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    "</styleSheet>"
)


class Styles:
    """The style sheet; `used` are the numbers of the styles that cells name, also dangling ones."""

    def __init__(self, xml: bytes | None, namespace: str, used: Collection[int]) -> None:
        self._root = parsed(xml or _EMPTY.format(namespace).encode())
        self._namespace, self._used = etree.QName(self._root).namespace or "", used
        self._fills, self._xfs = self._list("fills"), self._list("cellXfs")
        self._known: dict[tuple[int, str], int] = {}
        self._complete()

    def marked(self, style: int, colour: str) -> int:
        """Return the number of a style like this one with a fill of that colour."""
        if (style, colour) not in self._known:
            xf = deepcopy(self._xf(style))
            below = self._solid_colour(self._fill_of(xf)) or _NO_COLOUR
            self._paint(xf, {"rgb": f"00{colour}"}, below)
            self._known[style, colour] = self._new_style(xf)
        return self._known[style, colour]

    def is_marked(self, style: int) -> bool:
        """Return whether the style has a fill in one of our colours."""
        if not 0 <= style < len(self._xfs):
            return False
        colour = self._solid_colour(self._fill_of(self._xf(style))) or {}
        return colour.get("rgb") in _OURS

    def unmarked(self, style: int) -> int:
        """Return the number of the style without our colour; the same when it has none."""
        if not self.is_marked(style):
            return style
        fill = self._fill_of(self._xf(style))
        if (style, "") not in self._known:
            xf, below = deepcopy(self._xf(style)), self._colour(fill, "bgColor")
            if below in _NO_COLOURS:
                xf.set("fillId", "0")
            else:
                self._paint(xf, below, _NO_COLOUR)
            self._known[style, ""] = self._new_style(xf)
        return self._known[style, ""]

    def titles(self) -> int:
        """Return the number of a bold style."""
        font = etree.Element(self._tag("font"))
        for name, value in (("b", None), ("sz", "11"), ("name", "宋体")):
            part = etree.SubElement(font, self._tag(name))
            if value:
                part.set("val", value)
        xf = deepcopy(self._plain())
        xf.set("fontId", str(self._add(self._list("fonts"), font)))
        xf.set("applyFont", "1")
        return self._new_style(xf)

    def wrapped(self) -> int:
        """Return the number of a style whose text goes on in a new line."""
        xf = deepcopy(self._plain())
        alignment = etree.SubElement(xf, self._tag("alignment"))
        alignment.set("vertical", "top")
        alignment.set("wrapText", "1")
        xf.set("applyAlignment", "1")
        return self._new_style(xf)

    def serialised(self) -> bytes:
        """Return the part."""
        return serialised(self._root)

    # --- parts ---

    def _tag(self, name: str) -> str:
        return f"{{{self._namespace}}}{name}"

    def _list(self, name: str) -> etree._Element:
        """Return a child of the root; a missing one is made where the schema wants it."""
        found = self._root.find(self._tag(name))
        if found is None:
            found = etree.Element(self._tag(name))
            later = {self._tag(each) for each in _ORDER[_ORDER.index(name) + 1 :]}
            after = [at for at, each in enumerate(self._root) if each.tag in later]
            self._root.insert(after[0] if after else len(self._root), found)
        return found

    def _complete(self) -> None:
        """Add the first entries that every sheet needs: what is added below them is never a default."""
        plain = parsed(_EMPTY.format(self._namespace).encode())
        for name in ("fonts", "fills", "borders", "cellXfs"):
            ours, defaults = self._list(name), plain.find(self._tag(name))
            for default in list(defaults)[len(ours) :]:
                self._add(ours, default)

    def _add(self, parent: etree._Element, child: etree._Element) -> int:
        parent.append(child)
        number = len(list(parent.iterchildren(child.tag)))
        parent.set("count", str(number))
        return number - 1

    def _new_style(self, xf: etree._Element) -> int:
        """Add a style; its number is none that a cell names without any style behind it."""
        while len(self._xfs) in self._used:
            self._add(self._xfs, deepcopy(self._plain()))
        return self._add(self._xfs, xf)

    def _xf(self, style: int) -> etree._Element:
        xfs = list(self._xfs.iterchildren(self._tag("xf")))
        return xfs[style] if 0 <= style < len(xfs) else xfs[0]

    def _plain(self) -> etree._Element:
        xf = etree.Element(self._tag("xf"))
        for name in ("numFmtId", "fontId", "fillId", "borderId"):
            xf.set(name, "0")
        return xf

    def _fill_of(self, xf: etree._Element) -> etree._Element | None:
        fills = list(self._fills.iterchildren(self._tag("fill")))
        number = xf.get("fillId", "0")
        return fills[int(number)] if number.isdecimal() and int(number) < len(fills) else None

    def _solid_colour(self, fill: etree._Element | None) -> dict[str, str] | None:
        """Return the colour of a solid fill; None for any other."""
        pattern = None if fill is None else fill.find(self._tag("patternFill"))
        is_solid = pattern is not None and pattern.get("patternType") == "solid"
        return self._colour(fill, "fgColor") if is_solid else None

    def _colour(self, fill: etree._Element | None, name: str) -> dict[str, str]:
        path = f"{self._tag('patternFill')}/{self._tag(name)}"
        found = None if fill is None else fill.find(path)
        return {} if found is None else {str(key): str(value) for key, value in found.items()}

    def _paint(self, xf: etree._Element, colour: dict[str, str], below: dict[str, str]) -> None:
        """Give a style a new solid fill; `below` stands behind it and is not seen."""
        fill = etree.Element(self._tag("fill"))
        pattern = etree.SubElement(fill, self._tag("patternFill"), patternType="solid")
        etree.SubElement(pattern, self._tag("fgColor"), colour)
        etree.SubElement(pattern, self._tag("bgColor"), below)
        xf.set("fillId", str(self._add(self._fills, fill)))
        xf.set("applyFill", "1")
