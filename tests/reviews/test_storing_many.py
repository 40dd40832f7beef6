"""Records that are stored in bulk are the same as those that `save` would store."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models.base import ModelState
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from funds.models import Fund
from orgs.models import CommunityOrg
from reviews.bulk import PackedRecord, insert_from, pack, packed_row, store_new, store_packed
from reviews.models import ReviewEvent, Status
from tests.conftest import HUAYIPO
from tests.types import Make

ODD = [
    "制表\t符",
    "换\n行",
    "回\r车",
    "反\\斜\\N杠",
    "\\.",
    "引'号\"",
    "emoji😀",
    "",
    "{a,b}",
    "\\x41",
]


def _fund(number: int, note: str) -> Fund:
    return Fund(
        area_id=HUAYIPO,
        name=f"基金{number}",
        level="community",
        host_name="慈善会",
        established_on=datetime.date(2026, 3, 1),
        closed_on=None,
        initial_yuan=Decimal("1234.50"),
        host_has_public_fundraising=bool(number % 2),
        note=note,
    )


def _stored(fund: Fund) -> dict[str, object]:
    left_out = {"id", "created_at", "updated_at"}
    row: dict[str, object] = Fund.objects.filter(pk=fund.pk).values().get()
    return {name: value for name, value in row.items() if name not in left_out}


def test_what_is_stored_is_what_save_stores(district: Area) -> None:
    many = [_fund(number, note) for number, note in enumerate(ODD)]
    before = timezone.now()
    store_new(Fund, many)
    assert len({fund.pk for fund in many}) == len(ODD)
    for number, (fund, note) in enumerate(zip(many, ODD, strict=True)):
        found = _stored(fund)
        assert found["note"] == note
        stamp = Fund.objects.get(pk=fund.pk).created_at
        assert before <= stamp <= timezone.now()
        Fund.objects.filter(pk=fund.pk).delete()
        one = _fund(number, note)
        one.save()
        assert _stored(one) == found


def test_packed_records_are_stored_like_built_ones(district: Area) -> None:
    many = [_fund(number, note) for number, note in enumerate(ODD)]
    many[3].leader, many[3].closed_on = "王芳", datetime.date(2026, 4, 1)
    packed = [found for fund in many if isinstance(found := pack(fund), PackedRecord)]
    cells = [f"Sheet1!{number}" for number in range(len(many))]
    store_packed(Fund, packed, {"status": "pending"}, import_cell=cells)
    stored = [_stored(fund) for fund in Fund.objects.order_by("pk")]
    Fund.objects.all().delete()
    for fund, cell in zip(many, cells, strict=True):
        fund.status, fund.import_cell = Status.PENDING, cell
    store_new(Fund, many)
    assert sorted(stored, key=_name) == [_stored(fund) for fund in many]


def _name(row: dict[str, object]) -> str:
    return str(row["name"])


@pytest.mark.once
def test_a_packed_record_is_built_with_all_that_was_set_on_it() -> None:
    fund = _fund(1, "备注")
    fund.members_named = (("王芳", "resident", ""),)
    packed = pack(fund)
    assert isinstance(packed, PackedRecord)
    assert vars(packed.unpacked()) == vars(fund)
    assert packed.values_of(("name", "closed_on", "note")) == (fund.name, None, "备注")
    with pytest.raises(KeyError):
        packed.values_of(("no_field",))


@pytest.mark.once
def test_a_column_that_is_no_field_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        packed_row(Fund, {"name": "甲", "colour": "红"}, ModelState())


def test_the_next_saved_record_takes_no_key_twice(district: Area) -> None:
    many = [_fund(number, "") for number in range(3)]
    store_new(Fund, many)
    one = _fund(9, "")
    one.save()
    assert one.pk not in {fund.pk for fund in many}
    store_new(Fund, [])
    assert Fund.objects.count() == 4


def test_a_stored_record_can_be_saved_again(district: Area) -> None:
    (fund,) = many = [_fund(1, "")]
    store_new(Fund, many)
    fund.note = "改"
    fund.save()
    assert Fund.objects.get().note == "改"


@pytest.mark.django_db
def test_a_constraint_that_breaks_stores_nothing(district: Area) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        store_new(Fund, [_fund(1, ""), _fund(1, "")])
    assert not Fund.objects.exists()


def test_rows_made_of_rows_carry_plain_values_and_columns(
    district: Area, make: Make, quji: User
) -> None:
    from django.contrib.contenttypes.models import ContentType
    from django.db.models import F

    orgs = [make(CommunityOrg) for _ in range(3)]
    now = timezone.now()
    values = {
        "content_type": ContentType.objects.get_for_model(CommunityOrg),
        "object_id": F("pk"),
        "area": F("area_id"),
        "action": "submit",
        "from_status": "draft",
        "to_status": "pending",
        "by": quji,
        "at": now,
        "reason": "引'号\\与%s",
    }
    chosen = CommunityOrg.objects.filter(pk__in=[org.pk for org in orgs[:2]])
    assert insert_from(ReviewEvent, chosen, values) == 2
    events = ReviewEvent.objects.order_by("object_id")
    assert [event.object_id for event in events] == [org.pk for org in orgs[:2]]
    assert {(event.at, event.by, event.reason) for event in events} == {(now, quji, "引'号\\与%s")}
