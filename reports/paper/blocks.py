"""The blocks of a report in reading order; Word and the preview render each by its `kind`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Title:
    """The title in one or two lines, with the period under it."""

    kind: ClassVar[str] = "title"
    lines: tuple[str, ...]
    period: str


@dataclass(frozen=True)
class Addressee:
    """主送机关: whom the report is addressed to."""

    kind: ClassVar[str] = "addressee"
    text: str


@dataclass(frozen=True)
class Heading:
    """A heading: `level` 1 is 一、, 2 is （一）, 3 is 1.; `rest` follows on the same line."""

    kind: ClassVar[str] = "heading"
    level: int
    text: str
    rest: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of body text."""

    kind: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True)
class Table:
    """A table; `shares` are the columns' widths in proportion, the first column holds names."""

    kind: ClassVar[str] = "table"
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]
    note: str = ""


@dataclass(frozen=True)
class Attachments:
    """附件说明: the names of the annexes."""

    kind: ClassVar[str] = "attachments"
    names: tuple[str, ...]


@dataclass(frozen=True)
class Signature:
    """署名 and 成文日期: who sign, and the date."""

    kind: ClassVar[str] = "signature"
    units: tuple[str, ...]
    day: str


@dataclass(frozen=True)
class Note:
    """The closing note: edition and digest, or that the paper is not sealed."""

    kind: ClassVar[str] = "note"
    lines: tuple[str, ...]


Block = Title | Addressee | Heading | Paragraph | Table | Attachments | Signature | Note
