"""Rows that belong to a record and are sent with it: communities reached, members of a group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import models

from reviews.fields import AnyField, field_of
from reviews.privacy import is_masked, masked_text, sensitive_fields


@dataclass(frozen=True)
class Rows:
    """How the rows of a record appear in JSON.

    `name` is the JSON field, `accessor` the relation from the record, `link` the field that refers
    back. `fields` of a row: one (JSON holds a list of values) or several (a list of objects).
    """

    name: str
    accessor: str
    model: type[models.Model]
    link: str
    fields: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        """Whether a row is a single value."""
        return len(self.fields) == 1

    def columns(self) -> list[AnyField]:
        """Return the model fields of a row."""
        return [field_of(self.model, name) for name in self.fields]

    def repeated(self, items: Sequence[object]) -> str:
        """Return in Chinese why some of these rows may not occur together; empty when they may."""
        rows = [self.values(item) for item in items]
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                at = [self.fields.index(name) for name in constraint.fields if name != self.link]
                keys = [tuple(values[index] for index in at) for values in rows]
                if len(set(keys)) < len(keys):
                    return str(constraint.violation_error_message)
        return ""

    def masked(self, items: Sequence[object]) -> str:
        """Return in Chinese which person of these rows is masked; empty when none is."""
        for name, mark in sensitive_fields(self.model).items():
            at = self.fields.index(name)
            if any(is_masked(str(self.values(item)[at])) for item in items):
                return f"“{mark.verbose_name}”中有“*”，是遮盖后的内容，请填写完整内容"
        return ""

    def restored(self, record: models.Model, items: Sequence[object]) -> list[object]:
        """Return the rows with the stored persons in the place of their masks that came back.

        Of several stored rows with one mask, the one that agrees in the other fields is meant, else
        the first.
        """
        left = list(getattr(record, self.accessor).all())
        found = list(items)
        for name in sensitive_fields(self.model):
            for at, item in enumerate(items):
                if not isinstance(item, Mapping) or not is_masked(str(item.get(name, ""))):
                    continue
                alike = [row for row in left if masked_text(row, name) == item[name]]
                same = [row for row in alike if self._agrees(row, item, name)]
                for row in (same or alike)[:1]:
                    found[at] = {**item, name: getattr(row, name)}
                    left.remove(row)
        return found

    def _agrees(self, row: models.Model, item: Mapping[str, object], apart: str) -> bool:
        others = (name for name in self.fields if name != apart)
        return all(getattr(row, name) == item.get(name, "") for name in others)

    def representation(self, record: models.Model, *, is_whole: bool) -> list[object]:
        """Return a record's prefetched rows as JSON, persons masked unless `is_whole`."""
        attributes = [column.attname for column in self.columns()]
        hidden = set() if is_whole else set(sensitive_fields(self.model))
        found = [
            tuple(
                masked_text(row, name) if name in hidden else getattr(row, name)
                for name in attributes
            )
            for row in getattr(record, self.accessor).all()
        ]
        if self.is_plain:
            return [values[0] for values in found]
        return [dict(zip(self.fields, values, strict=True)) for values in found]

    def values(self, data: object) -> tuple[object, ...]:
        """Return a row of the request as a tuple in the order of `fields`."""
        if self.is_plain or not isinstance(data, Mapping):
            return (data,)
        return tuple(data.get(name, "") for name in self.fields)

    def store(self, records: Sequence[models.Model], given: Sequence[Sequence[object]]) -> None:
        """Make these the rows of each record: insert missing rows, delete surplus ones, keep the
        rest."""
        attributes = [column.attname for column in self.columns()]
        stored: dict[int, dict[tuple[object, ...], int]] = defaultdict(dict)
        rows = self.model._default_manager.filter(**{f"{self.link}__in": records})
        for row in rows:
            key = tuple(getattr(row, name) for name in attributes)
            stored[getattr(row, f"{self.link}_id")][key] = row.pk
        fresh, gone = [], []
        for record, items in zip(records, given, strict=True):
            wanted = dict.fromkeys(self.values(item) for item in items)
            present = stored[record.pk]
            gone += [pk for key, pk in present.items() if key not in wanted]
            fresh += [
                self.model(
                    **{f"{self.link}_id": record.pk}, **dict(zip(attributes, key, strict=True))
                )
                for key in wanted
                if key not in present
            ]
        if gone:
            self.model._default_manager.filter(pk__in=gone).delete()
        if fresh:
            self.model._default_manager.bulk_create(fresh, batch_size=500)
