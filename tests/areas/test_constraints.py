"""What the database refuses in a tree of areas, and the message of the form."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from areas.models import Area, AreaSuccession

DAY = datetime.date(2026, 1, 25)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"valid_from": DAY, "valid_to": DAY}, "撤销日期应晚于设立日期"),
        ({"valid_from": DAY, "valid_to": datetime.date(2025, 1, 1)}, "撤销日期应晚于设立日期"),
        ({"level": 0}, "区划层级应为1至5级"),
        ({"level": 6}, "区划层级应为1至5级"),
    ],
)
def test_an_area_out_of_order_is_refused(
    district: Area, values: dict[str, object], message: str
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.filter(pk=district.pk).update(**values)
    for field, value in values.items():
        setattr(district, field, value)
    with pytest.raises(ValidationError, match=message):
        district.validate_constraints()


def test_a_form_derives_level_and_short_name() -> None:
    area = Area(code="500103001", name="七星岗街道办事处", kind="street")
    area.clean_fields()
    assert (area.level, area.short_name, area.is_township) == (4, "七星岗街道", True)


def test_a_form_refuses_what_is_no_code() -> None:
    with pytest.raises(ValidationError, match="不是区划代码"):
        Area(code="50010", name="渝中区", kind="county").clean_fields()


def test_a_succession_is_registered_once_and_between_two_areas(district: Area) -> None:
    AreaSuccession.objects.create(predecessor_id="500103", successor_id="500105", on=DAY)
    with pytest.raises(ValidationError, match="该区划变更已登记"):
        AreaSuccession(
            predecessor_id="500103", successor_id="500105", on=DAY
        ).validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        AreaSuccession.objects.create(predecessor_id="500103", successor_id="500105", on=DAY)
    with pytest.raises(ValidationError, match="原区划与承接区划不能相同"):
        AreaSuccession(
            predecessor_id="500103", successor_id="500103", on=DAY
        ).validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        AreaSuccession.objects.create(predecessor_id="500103", successor_id="500103", on=DAY)
