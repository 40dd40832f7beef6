"""Rows of supervision: disclosures, inspections with what follows, complaints."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from areas.models import Area
from demo.ledgers.draw import Day, Tree, Values
from demo.ledgers.forms import form_for
from demo.ledgers.workbook import Form
from demo.place import Contents, county_sheets

_RECTIFY_DAYS = datetime.timedelta(days=30)


def disclosure_row(charity: str, year: int, day: Day) -> Values:
    """Build the row of a charity's annual report on 慈善中国."""
    title = f"{charity}{year}年度工作报告和财务会计报告"
    return charity, "年度工作报告和财务会计报告", title, str(year), day, "慈善中国"


def inspection_row(street: Area, number: str, day: Day, result: str, demand: str | None) -> Values:
    """Build the row of a spot check; with a demand it is to be met within 30 days."""
    return (
        street,
        number,
        "抽查",
        day - datetime.timedelta(days=5),
        day,
        "张某、李某",
        "抽查社区慈善款物收支凭证20份",
        result,
        demand,
        day + _RECTIFY_DAYS if demand else None,
    )


def complaint_row(street: Area, number: str, day: Day, matter: str) -> Values:
    """Build the row of a complaint that is to be answered within 30 days."""
    return street, number, day, "电话", "款物使用", matter, day + _RECTIFY_DAYS


def flat(kind: str, name: str, sheet: str, rows: Sequence[Values]) -> Contents:
    """Return a workbook of one sheet whose rows name the record they belong to."""
    return Contents(kind, name, [(sheet, form_for(sheet, name, {}), rows)])


def by_street(
    kind: str, name: str, sheet: str, rows: Sequence[Values], counties: Mapping[Area, Tree]
) -> Contents:
    """Return a workbook of one sheet per county whose rows begin with a street."""

    def form(county: Area) -> Form:
        return form_for(sheet, f"{county}{name}", {"街道": "乡镇（街道）"})

    return Contents(kind, name, county_sheets(rows, counties, form))
