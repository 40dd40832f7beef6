"""Styles of OpenDocument spreadsheets, with their number formats in Excel's code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from ledgers.workbooks.number_formats import GENERAL, PLAIN, CellFormat, cell_format
from ledgers.workbooks.xml_parts import Element, attribute, local_name

T = TypeVar("T")

NUMBER_STYLES = ("number-style", "currency-style", "percentage-style", "date-style", "time-style")
_WHITE = "#ffffff"
#: The longest chain of parents that is followed.
_GENERATIONS = 20


@dataclass
class _Style:
    parent: str
    data_style: str
    #: None where the style leaves it to its parent.
    is_struck_out: bool | None
    is_displayed: bool
    #: The colours of text and background; None where the style leaves them to its parent.
    colour: str | None = None
    background: str | None = None


@dataclass
class OdsStyles:
    """The styles of a document by name, and whether its program calculates formulas."""

    is_calculated: bool = True
    _styles: dict[str, _Style] = field(default_factory=dict)
    _codes: dict[str, str] = field(default_factory=dict)
    _formats: dict[str, CellFormat] = field(default_factory=dict)

    def add(self, element: Element) -> None:
        """Add a style or a number format."""
        name = attribute(element, "name") or ""
        if local_name(element) == "style":
            self._styles[name] = _style_of(element)
        else:
            self._codes[name] = self._code_of(element)

    def format_of(self, name: str | None) -> CellFormat:
        """Return the format of a cell style; a style that does not exist is plain."""
        if not name:
            return PLAIN
        if name not in self._formats:
            struck = self._inherited(name, lambda style: style.is_struck_out)
            data_style = self._inherited(name, lambda style: style.data_style or None)
            code = self._codes.get(data_style or "", GENERAL)
            ground = self._inherited(name, lambda style: style.background) or "transparent"
            is_white = self._inherited(name, lambda style: style.colour) == _WHITE
            is_unseen = is_white and ground in ("transparent", _WHITE)
            self._formats[name] = cell_format(code, bool(struck), is_unseen)
        return self._formats[name]

    def is_displayed(self, name: str | None) -> bool:
        """Return whether a table of this style is shown."""
        style = self._styles.get(name or "")
        return style is None or style.is_displayed

    def is_struck_out(self, name: str | None) -> bool:
        """Return whether a text of this style is struck out."""
        return self.format_of(name).is_struck_out

    def _inherited(self, name: str, get: Callable[[_Style], T | None]) -> T | None:
        for _ in range(_GENERATIONS):
            style = self._styles.get(name)
            if style is None:
                return None
            if (found := get(style)) is not None:
                return found
            name = style.parent
        return None

    def _code_of(self, element: Element) -> str:
        """Return the code of a number format; its conditions name formats that come before it."""
        maps = [attribute(one, "apply-style-name") or "" for one in element if _is(one, "map")]
        sections = [self._codes[name] for name in maps if name in self._codes]
        return ";".join([*sections, "".join(map(_part_of_code, element))]) or GENERAL


def _is(element: Element, name: str) -> bool:
    return local_name(element) == name


def _style_of(element: Element) -> _Style:
    is_struck_out, is_displayed = None, True
    colour: str | None = None
    ground: str | None = None
    for properties in element:
        if _is(properties, "text-properties"):
            is_struck_out = _struck(properties)
            colour = _lower(attribute(properties, "color"))
        elif _is(properties, "table-cell-properties"):
            ground = _lower(attribute(properties, "background-color"))
        elif _is(properties, "table-properties"):
            is_displayed = attribute(properties, "display") != "false"
    return _Style(
        attribute(element, "parent-style-name") or "",
        attribute(element, "data-style-name") or "",
        is_struck_out,
        is_displayed,
        colour,
        ground,
    )


def _lower(colour: str | None) -> str | None:
    return colour and colour.lower()


def _struck(properties: Element) -> bool | None:
    lines = [
        value
        for name in ("text-line-through-style", "text-line-through-type")
        if (value := attribute(properties, name)) is not None
    ]
    return lines[0] != "none" if lines else None


_PARTS_OF_DAYS = {
    "year": "yyyy",
    "month": "mm",
    "day": "dd",
    "day-of-week": "aaa",
    "era": "e",
    "hours": "h",
    "minutes": "mm",
    "seconds": "ss",
    "am-pm": "AM/PM",
}


def _part_of_code(element: Element) -> str:
    name, text = local_name(element), element.text or ""
    if name == "text":
        return _literal(text)
    if name == "currency-symbol":
        return f"[${text}]"
    if name == "number":
        return _digits(element)
    if name == "scientific-number":
        return "0.00E+00"
    if name == "fraction":
        return "# ?/?"
    return _PARTS_OF_DAYS.get(name, "")


def _literal(text: str) -> str:
    """Return a text as a code shows it; a percent sign stands for itself."""
    return "".join("%" if part == "%" else f'"{part}"' for part in _split(text))


def _split(text: str) -> Iterable[str]:
    head, sign, tail = text.partition("%")
    return [part for part in (head, sign, tail.replace("%", "")) if part]


def _digits(element: Element) -> str:
    decimals = attribute(element, "decimal-places")
    if decimals is None and attribute(element, "grouping") != "true" and not len(element):
        return f"{GENERAL}{_thousands(element)}"
    decimals = decimals or "0"
    whole = "#,##0" if attribute(element, "grouping") == "true" else "0"
    point = any("." in (one.text or "") for one in element if _is(one, "embedded-text"))
    fraction = f".{'0' * min(int(decimals), 15)}" if decimals.isdecimal() and int(decimals) else ""
    return f"{whole}{'!.0' if point else ''}{fraction}{_thousands(element)}"


def _thousands(element: Element) -> str:
    """Return a comma for every factor of 1,000 by which a number is shown smaller."""
    factor = attribute(element, "display-factor") or "1"
    digits = factor.partition(".")[0]
    return "," * ((len(digits) - 1) // 3) if digits.isdecimal() else ""
