"""Texts that a spreadsheet would take for a formula."""

from __future__ import annotations

import unicodedata

from openpyxl.cell import Cell

from guards.invisible import without_invisible

#: With these a formula begins, full-width ones included: programs for Chinese offices read them alike.
_SIGNS = ("=", "+", "-", "@")
#: An apostrophe in front: every spreadsheet shows what follows as it is.
_MARK = "'"


def may_be_formula(text: str) -> bool:
    """Return whether a text begins like a formula, or with a sign behind which one could hide."""
    if text[:1] in ("\t", "\r", "\n"):
        return True
    first = without_invisible(text).lstrip()[:1]
    return unicodedata.normalize("NFKC", first) in _SIGNS


def never_formula(value: object) -> object:
    """Return a value for a line of a CSV file: a text that may be a formula is marked as text."""
    return f"{_MARK}{value}" if isinstance(value, str) and may_be_formula(value) else value


def plain_cell(cell: Cell, value: str | int) -> Cell:
    """Set the value of a workbook's cell and return the cell; a text stays one, whatever it begins with."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    return cell
