"""What the other rooms need to know of a record kind, declared once with the kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: A column of an exported ledger: a field name, or (attribute of the record, title).
ExportedColumn = str | tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class KindDeclaration:
    """One record kind as its API, menu entry, form, exports and sealed reports need it.

    Names are names of model fields. Kinds are collected from their models; there is no other list
    of kinds. `manage.py check` reports what a declaration lacks (`reviews.pages.completeness`).
    """

    #: The kind's own part of its API address: `/api/v1/<address>/`.
    address: str = ""
    #: Icon of the menu entry: a name from Material Symbols.
    icon: str = ""
    #: A valid record as an API client sends it; used by the API document, the tests and their
    #: factory.
    example: Mapping[str, object] = field(default_factory=dict)
    #: Columns of the kind's sheet in a sealed report. Areas above read it: no phones, no people's
    #: names.
    sealed: tuple[str, ...] = ()
    #: Position of that sheet among the sheets of all kinds; each number is used once.
    sheet: int = 0
    #: Columns of an exported ledger. No phones, no people's names.
    exported: tuple[ExportedColumn, ...] = ()
    #: Text columns of an exported ledger that need a wide column.
    wide: tuple[str, ...] = ()
    #: Texts that the API searches in addition to the title and the area's name.
    searched: tuple[str, ...] = ()
    #: Free texts, which get no filter in the API.
    prose: tuple[str, ...] = ()
    #: Fields that 复制上一条 leaves empty in addition to days, amounts and counts.
    not_copied: tuple[str, ...] = ()
    #: Whether a record states a figure instead of a fact: figures are not added up, have no ledger
    #: file, and are no daily entry on the clerk's desk.
    is_figure: bool = False

    @property
    def exported_names(self) -> tuple[str, ...]:
        """The names of the exported columns, without titles."""
        return tuple(each if isinstance(each, str) else each[0] for each in self.exported)
