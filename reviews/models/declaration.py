"""What the rest of the platform needs to know of a record kind, declared once with the kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: A column of an exported ledger: a field, or an attribute of the record with its title.
ExportedColumn = str | tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class KindDeclaration:
    """One record kind as its API, menu entry, form, exports and sealed reports see it.

    Names are names of model fields. A kind is collected from its model: nothing else lists the
    kinds. What a declaration lacks, `manage.py check` says (`reviews.pages.completeness`).
    """

    #: The kind's own part of its API address: `/api/v1/<address>/`.
    address: str = ""
    #: Icon of the menu entry, a name of Material Symbols.
    icon: str = ""
    #: A sound record as a client of the API sends it: API document, tests and their factory use it.
    example: Mapping[str, object] = field(default_factory=dict)
    #: Columns of the kind's sheet in a sealed report. They go up the tree: no phones, no people's names.
    sealed: tuple[str, ...] = ()
    #: Where that sheet stands among those of the other kinds, ascending; each number is used once.
    sheet: int = 0
    #: Columns of an exported ledger. No phones, no people's names.
    exported: tuple[ExportedColumn, ...] = ()
    #: Text columns of an exported ledger that need a wide column.
    wide: tuple[str, ...] = ()
    #: Texts that the search of the API looks through, besides the title and the area's name.
    searched: tuple[str, ...] = ()
    #: Free texts, by which the API has no filter.
    prose: tuple[str, ...] = ()
    #: What 复制上一条 leaves empty, besides days, amounts and counts.
    not_copied: tuple[str, ...] = ()
    #: The record states a figure instead of a fact: its rows are not added up, it comes with no
    #: ledger file, and the clerk's desk does not offer it as a daily entry.
    is_figure: bool = False

    @property
    def exported_names(self) -> tuple[str, ...]:
        """The names of the exported columns, without titles."""
        return tuple(each if isinstance(each, str) else each[0] for each in self.exported)
