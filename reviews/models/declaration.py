"""What the other rooms need to know of a record kind, declared once with the kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

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
    #: The date field from which the keeping of its personal data counts (`reviews.trail.keeping`); empty:
    #: the kind has none.
    persons_until: str = ""
    #: Whether a record states a figure instead of a fact: figures are not added up, and are no daily
    #: entry on the clerk's desk.
    is_figure: bool = False
    #: Whether records can be imported from a ledger file.
    has_ledger: bool = True

    @property
    def exported_names(self) -> tuple[str, ...]:
        """The names of the exported columns, without titles."""
        return tuple(each if isinstance(each, str) else each[0] for each in self.exported)


#: The types of the values of a declaration that are no tuples of names.
_SHAPES: dict[str, type] = {
    "address": str,
    "icon": str,
    "persons_until": str,
    "example": Mapping,
    "sheet": int,
    "is_figure": bool,
    "has_ledger": bool,
}


def shape_faults(declared: object) -> list[str]:
    """Return which values of a declaration are of another type than it declares, as ends of sentences."""
    if not isinstance(declared, KindDeclaration):
        found = type(declared).__name__
        return [f"gives a {found} as its `declaration`: write `KindDeclaration(...)`."]
    faults = []
    for each in fields(KindDeclaration):
        value, expected = getattr(declared, each.name), _SHAPES.get(each.name, tuple)
        if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
            found = type(value).__name__
            must = expected.__name__
            faults.append(f"gives a {found} as `{each.name}`, which must be of type {must}.")
        elif isinstance(value, tuple):
            wrong = [name for name in value if not _is_name(name, each.name)]
            faults += [f"names {name!r} in `{each.name}`, which is no name." for name in wrong]
    return faults


def _is_name(value: object, declared_as: str) -> bool:
    """Return whether a value is a field name or, in `exported`, (attribute, title)."""
    if declared_as == "exported" and isinstance(value, tuple) and len(value) == 2:
        return all(isinstance(each, str) for each in value)
    return isinstance(value, str)
