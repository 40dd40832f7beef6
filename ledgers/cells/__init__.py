"""Cell parsers: each turns one cell, as bureaus fill it in, into a value.

A parser takes a `Cell` and returns the value, or None for an empty cell. It raises CellError with a
Chinese message for the clerk; it may also add a remark, which does not block the import.
"""

from ledgers.cells.cell import (
    Cell,
    CellError,
    Parser,
    TextParser,
    as_text,
    as_written,
    checked,
    texts_of,
)
from ledgers.cells.days import day, end_day, reported_day
from ledgers.cells.identifiers import document_number, identifier, phone
from ledgers.cells.periods import period, year
from ledgers.cells.quantities import balance, bare_whole, whole, yuan
from ledgers.cells.texts import Choice, Words, flag, name, says_no, text, word_list
from ledgers.cells.ticks import Ticks

__all__ = [
    "Cell",
    "CellError",
    "Choice",
    "Parser",
    "TextParser",
    "Ticks",
    "Words",
    "as_text",
    "as_written",
    "balance",
    "bare_whole",
    "checked",
    "day",
    "document_number",
    "end_day",
    "flag",
    "identifier",
    "name",
    "period",
    "phone",
    "reported_day",
    "says_no",
    "text",
    "texts_of",
    "whole",
    "word_list",
    "year",
    "yuan",
]
