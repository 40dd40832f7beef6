"""The approved records behind an edition's figures: by indicator, and as ledger sheets."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from areas.codes import is_within
from indicators.store.facts import load_records
from reports.columns import is_summed, type_of
from reports.editions.period import PeriodContext
from reports.models import Report
from reports.schema.content import Cell, LedgerColumn, Member, NewRecords, SealedLedger
from reviews.fields import yes_no
from reviews.kinds import record_kinds
from reviews.models import Submission

Records = dict[type[Submission], dict[int, Submission]]
#: Indicator code → each record behind its figure, in order.
Members = dict[str, list[Member]]


def records_behind(
    report: Report, context: PeriodContext, filed: Collection[str] = ()
) -> tuple[Members, Records]:
    """Return the records behind each figure of the report's area, and the records themselves.

    Records that count in one of the areas `filed` are left out: their own editions hold them.
    """
    members: Members = {}
    keys: dict[type[Submission], set[int]] = defaultdict(set)
    facts = context.records.facts
    for indicator in context.indicators:
        rows = context.records.rows(indicator, report.area_id)
        for code in filed:
            rows = rows[~facts.counts_for(rows, code)]
        for model, found in facts.keys(rows).items():
            keys[model].update(found.tolist())
        quantities = {
            (model._meta.label_lower, key): quantity
            for (model, key), quantity in facts.quantities(rows).items()
        }
        members[indicator.code] = [
            Member(kind, key, f"{quantity.normalize():f}")
            for (kind, key), quantity in sorted(quantities.items())
        ]
    return members, {model: _loaded(model, found) for model, found in keys.items()}


def _loaded(model: type[Submission], keys: Collection[int]) -> dict[int, Submission]:
    """The records of a kind by key, with all that their ledger shows."""
    fields = model.declaration.sealed
    references = (name for name in fields if model._meta.get_field(name).is_relation)
    return load_records(model, keys, "area", "reviewed_by", *references)


def new_records(report: Report, context: PeriodContext) -> list[NewRecords]:
    """Count by kind the records behind the figures that the area's edition of the due day before lacks."""
    behind, area = context.records, report.area_id
    rows = np.concatenate([behind.rows(each, area) for each in context.indicators])
    counted = {
        model: len(np.setdiff1d(keys, context.keys_sealed_before(area, model._meta.label_lower)))
        for model, keys in behind.facts.keys(rows).items()
    }
    return [
        NewRecords(kind._meta.label_lower, str(kind._meta.verbose_name), counted[kind])
        for kind in record_kinds()
        if counted.get(kind)
    ]


def ledgers_of(records: Records, report: Report, context: PeriodContext) -> list[SealedLedger]:
    """Return a ledger sheet for each kind that has records.

    A record of another area, which only reached into this one, shows nothing but its area.
    """
    sheets = []
    places = {row.area_id for rows in records.values() for row in rows.values()}
    homes = context.tree.homes_of(places, context.day)
    own = {place for place, home in homes.items() if is_within(home, report.area_id)}
    for model in sorted(record_kinds(), key=lambda kind: kind.declaration.sheet):
        fields, rows = model.declaration.sealed, list(records.get(model, {}).values())
        if rows:
            sheets.append(_sheet(model, fields, rows, own))
    return sheets


def _sheet(
    model: type[Submission], fields: tuple[str, ...], rows: Sequence[Any], own: Collection[str]
) -> SealedLedger:
    named: list[Any] = [model._meta.get_field(name) for name in fields]
    columns = [
        LedgerColumn("area", "所属地区", "text"),
        *(LedgerColumn(field.name, str(field.verbose_name), type_of(field)) for field in named),
        LedgerColumn("reviewed_by", "审核人", "text"),
    ]
    ordered = sorted(
        rows, key=lambda row: (row.area_id, str(getattr(row, model.date_field)), row.pk)
    )
    return SealedLedger(
        kind=model._meta.label_lower,
        name=str(model._meta.verbose_name),
        columns=columns,
        is_summed=is_summed(model),
        ids=[row.pk for row in ordered],
        rows=[
            [
                row.area.short_name,
                *(_value(row, name) for name in fields),
                str(row.reviewed_by or ""),
            ]
            if row.area_id in own
            else [f"{row.area.short_name}（外地登记）", *([None] * len(fields)), ""]
            for row in ordered
        ],
    )


def _value(row: Submission, name: str) -> Cell:
    display: Callable[[], str] | None = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    if isinstance(value, bool):
        return yes_no(value)
    if value is None or isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
