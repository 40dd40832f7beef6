"""The texts in the first row of a worksheet, by which our own list is recognised."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ledgers.files.marked.marks import Unmarkable
from ledgers.files.marked.parts import Parts, local_name


def first_row(parts: Parts, sheet: str, strings: str | None) -> list[str]:
    """Return the texts of the first row in their order; other values are empty.

    `strings` is the part with the texts that cells name by number.
    """
    texts: list[str | int] = []
    for row in _elements(parts, sheet, "row"):
        cells = [each for each in row if local_name(each) == "c"]
        texts = [_text_or_number(cell) for cell in cells]
        break
    shared = _shared(parts, strings, {text for text in texts if isinstance(text, int)})
    return [shared.get(text, "") if isinstance(text, int) else text for text in texts]


def _text_or_number(cell: etree._Element) -> str | int:
    """Return a cell's text, or the number of a shared one."""
    if cell.get("t") != "s":
        return _text(cell)
    number = "".join(each.text or "" for each in cell if local_name(each) == "v").strip()
    return int(number) if number.isdecimal() else ""


def _text(element: etree._Element) -> str:
    pieces = (each for each in element.iter() if local_name(each) in ("t", "v"))
    return "".join(
        each.text or "" for each in pieces if local_name(each.getparent()) not in ("rPh", "f")
    )


def _shared(parts: Parts, strings: str | None, wanted: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    if strings is None or not wanted:
        return found
    for number, element in enumerate(_elements(parts, strings, "si")):
        if number in wanted:
            found[number] = _text(element)
        if number >= max(wanted):
            break
    return found


def _elements(parts: Parts, part: str, name: str) -> Iterator[etree._Element]:
    """Yield the elements of a name one by one, each emptied when the next one is asked for."""
    with parts.open(part) as stream:
        context = etree.iterparse(
            stream, tag=f"{{*}}{name}", resolve_entities=False, no_network=True, load_dtd=False
        )
        try:
            for _, element in context:
                if element.getroottree().docinfo.doctype:
                    raise Unmarkable("document type")
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        except etree.XMLSyntaxError as error:
            raise Unmarkable(str(error)) from error
