"""Rows that belong to a record and travel with it: communities reached, members of a group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models


@dataclass(frozen=True)
class Rows:
    """How a record's rows are told in JSON.

    `name`: the JSON field; `accessor`: the relation from the record; `link`: back to it; `fields` of a
    row: one (a list of plain values) or more (a list of objects).
    """

    name: str
    accessor: str
    model: type[models.Model]
    link: str
    fields: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        """Whether a row is one value."""
        return len(self.fields) == 1

    def columns(self) -> list[Any]:
        """The model's fields of a row."""
        return [self.model._meta.get_field(name) for name in self.fields]

    def repeated(self, items: Sequence[Any]) -> str:
        """Why some of these rows may not stand beside each other; empty where they may."""
        told = [self.values(item) for item in items]
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                at = [self.fields.index(name) for name in constraint.fields if name != self.link]
                keys = [tuple(values[place] for place in at) for values in told]
                if len(set(keys)) < len(keys):
                    return str(constraint.violation_error_message)
        return ""

    def representation(self, record: models.Model) -> list[Any]:
        """A record's rows as JSON; from what was fetched with it."""
        attributes = [column.attname for column in self.columns()]
        found = [
            tuple(getattr(row, name) for name in attributes)
            for row in getattr(record, self.accessor).all()
        ]
        if self.is_plain:
            return [values[0] for values in found]
        return [dict(zip(self.fields, values, strict=True)) for values in found]

    def values(self, data: Any) -> tuple[Any, ...]:
        """A row of the request as a tuple in the order of `fields`."""
        return (data,) if self.is_plain else tuple(data.get(name, "") for name in self.fields)

    def store(self, records: Sequence[Any], given: Sequence[Sequence[Any]]) -> None:
        """Make each record's rows these: what is there stays, the rest goes or comes."""
        attributes = [column.attname for column in self.columns()]
        stored: dict[Any, dict[tuple[Any, ...], Any]] = defaultdict(dict)
        rows = self.model._default_manager.filter(**{f"{self.link}__in": records})
        for row in rows:
            key = tuple(getattr(row, name) for name in attributes)
            stored[getattr(row, f"{self.link}_id")][key] = row.pk
        fresh, gone = [], []
        for record, items in zip(records, given, strict=True):
            wanted = dict.fromkeys(self.values(item) for item in items)
            there = stored[record.pk]
            gone += [pk for key, pk in there.items() if key not in wanted]
            fresh += [
                self.model(
                    **{f"{self.link}_id": record.pk}, **dict(zip(attributes, key, strict=True))
                )
                for key in wanted
                if key not in there
            ]
        if gone:
            self.model._default_manager.filter(pk__in=gone).delete()
        if fresh:
            self.model._default_manager.bulk_create(fresh, batch_size=500)
