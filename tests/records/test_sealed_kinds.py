"""Every kind that a figure counts is sealed in a report: as members, as a sheet, in the index.

One report holds them all. It is read by queries of each kind's own, and so on both databases.
"""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from accounts.models import User
from areas.models import Area
from funds.models import Donation, Fund
from indicators.measures import MEASURES
from indicators.models import Indicator, OpeningBalance, Place, Plan
from indicators.store.series import ensure_layout
from reports.editions.sealing import seal
from reports.editions.verifying import verify_editions
from reports.filing.preparing import prepare_reports
from reports.models import Edition, EditionMember
from reviews.models import Status, Submission
from reviews.services import approve, submit
from tests.conftest import DISTRICT
from tests.records.examples import DAY, references
from tests.records.kinds import RECORD_KINDS, kind_name, sound
from tests.types import Make
from tests.worlds import share

Kind = type[Submission]
JUNE = datetime.date(2026, 6, 30)


def _counted(kind: Kind) -> dict[str, Any] | None:
    """The rule of an indicator that counts the kind's records; None where nothing counts them."""
    if kind is OpeningBalance:
        return {"counting": "stock"}
    if kind.declaration.is_figure:
        return {"counting": "manual"}
    measures = [each for each in MEASURES.values() if each.model is kind]
    measures += [each for each in MEASURES.values() if each.record and each.record_model is kind]
    if not measures:
        return None
    return {"measure": measures[0].code, "counting": "stock" if measures[0].is_stock else "year"}


COUNTED = [kind for kind in RECORD_KINDS if _counted(kind)]


def _code(kind: Kind) -> str:
    """The code of the indicator that counts the kind's records."""
    return "satisfaction" if _counted(kind) == {"counting": "manual"} else kind.declaration.address


def _plan_that_counts(records: dict[Kind, Submission]) -> None:
    """A plan of 渝中区 that reports an indicator for each kind on 30 June and 30 November."""
    plan, _ = Plan.objects.update_or_create(
        code="test-2026",
        defaults={
            "title": "测试方案",
            "issuer": "渝中区民政局",
            "issued_on": datetime.date(2026, 1, 1),
            "area_code": DISTRICT,
            "starts_on": datetime.date(2026, 1, 1),
            "ends_on": datetime.date(2026, 12, 31),
            "report_due": ["06-30", "11-30"],
        },
    )
    same = {"unit": "个", "place": Place.ANNEX, "clause": "一"}
    for position, (kind, record) in enumerate(records.items(), start=1):
        own = {"position": position, "name": f"测试指标{position}"}
        if isinstance(record, OpeningBalance):
            own["measure"] = record.measure
        Indicator.objects.update_or_create(
            plan=plan, code=_code(kind), defaults=same | own | (_counted(kind) or {})
        )
    ensure_layout()


def _made(make: Make, kind: Kind) -> Submission:
    return sound(make, kind, **({} if kind.declaration.is_figure else {kind.date_field: DAY}))


def _referred_to(record: Submission) -> list[Submission]:
    found = [getattr(record, field.name) for field in references(type(record))]
    return [each for each in found if isinstance(each, Submission)]


@pytest.fixture
def sealed(make: Make, quji: User, shiju: User, district: Area) -> Edition:
    """The report of 30 June on an approved record of every kind that something counts."""
    records = {kind: _made(make, kind) for kind in COUNTED}
    _plan_that_counts(records)
    for record in records.values():
        for fact in (*_referred_to(record), record):  # money counts while its fund does
            submit(fact, by=quji, reason="测试")
            approve(fact, by=shiju)
    (report,) = prepare_reports(datetime.date(2026, 6, 1))
    return seal(report, by=shiju, on=JUNE)


share(__name__, "sealed")


@pytest.mark.parametrize("kind", COUNTED, ids=kind_name)
def test_a_sealed_report_holds_it(sealed: Edition, kind: Kind) -> None:
    label, content = kind._meta.label_lower, sealed.as_content()
    approved = kind._default_manager.filter(status=Status.APPROVED)
    known = approved.filter(
        **{f"{kind.date_field}__lte": JUNE}
    )  # without its day it is not counted
    facts = sorted(known.values_list("pk", flat=True))
    assert facts
    members = (content.members or {})[_code(kind)]
    assert sorted(each.id for each in members if each.kind == label) == facts
    (sheet,) = (each for each in content.ledgers if each.kind == label)
    assert sorted(sheet.ids) == facts
    assert len(sheet.columns) == len(kind.declaration.sealed) + 2
    index = EditionMember.objects.filter(edition=sealed, kind=label)
    assert sorted(index.values_list("object_id", flat=True)) == facts


def test_it_is_as_it_was_sealed_and_in_the_next_report_nothing_is_new(
    sealed: Edition, shiju: User
) -> None:
    assert list(verify_editions()) == []
    (following,) = prepare_reports(datetime.date(2026, 11, 1))
    zero = seal(following, by=shiju, on=datetime.date(2026, 11, 30), is_zero=True)
    assert zero.is_zero  # refused if anything were new


def test_every_fact_is_counted_by_some_measure() -> None:
    """Otherwise the tests above could pass without any figure."""
    facts = [kind for kind in RECORD_KINDS if not kind.declaration.is_figure]
    assert len(facts) >= 11
    assert {Fund, Donation} <= set(COUNTED)
