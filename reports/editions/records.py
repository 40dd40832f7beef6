"""The approved records behind an edition's figures: by indicator, and as ledger sheets."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import prefetch_related_objects

from areas.codes import is_within
from areas.successions import Successions, homes_of
from indicators.progress.lineage import lineage
from indicators.rules.contributions import Contribution
from reports.columns import is_summed, type_of
from reports.models import Report
from reports.schema.content import Cell, LedgerColumn, Member, SealedLedger
from reviews.kinds import record_kinds
from reviews.models import Submission

Records = dict[type[Submission], dict[int, Submission]]
#: Indicator code → each record behind its figure, in order.
Members = dict[str, list[Member]]


def records_behind(
    report: Report, day: datetime.date, filed: Collection[str] = ()
) -> tuple[Members, Records]:
    """Return the records behind each figure of the report's area, and the records themselves.

    Records that count in one of the areas `filed` are left out: their own editions hold them.
    """
    members: Members = {}
    records: Records = defaultdict(dict)
    indicators = report.plan.indicators.select_related("plan").prefetch_related("targets")
    for indicator in indicators:
        found = lineage(indicator, report.area_id, day)
        if filed:
            found = _outside(found, day, filed)
        quantities: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
        for item in found:
            record = item.record
            records[type(record)][record.pk] = record
            quantities[record._meta.label_lower, record.pk] += item.quantity
        members[indicator.code] = [
            Member(kind, pk, f"{quantity.normalize():f}")
            for (kind, pk), quantity in sorted(quantities.items())
        ]
    return members, records


def _outside(
    found: list[Contribution], day: datetime.date, filed: Collection[str]
) -> list[Contribution]:
    homes = homes_of({item.area_code for item in found}, day, Successions.stored())
    return [
        item for item in found if not any(is_within(homes[item.area_code], code) for code in filed)
    ]


def ledgers_of(records: Records, report: Report, day: datetime.date) -> list[SealedLedger]:
    """Return a ledger sheet for each kind that has records.

    A record of another area, which only reached into this one, shows nothing but its area.
    """
    sheets = []
    places = {row.area_id for rows in records.values() for row in rows.values()}
    homes = homes_of(places, day, Successions.stored())
    own = {place for place, home in homes.items() if is_within(home, report.area_id)}
    for model in sorted(record_kinds(), key=lambda kind: kind.declaration.sheet):
        fields, rows = model.declaration.sealed, list(records.get(model, {}).values())
        if rows:
            references = (name for name in fields if model._meta.get_field(name).is_relation)
            prefetch_related_objects(rows, "area", "reviewed_by", *references)
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
        return "是" if value else "否"
    if value is None or isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
