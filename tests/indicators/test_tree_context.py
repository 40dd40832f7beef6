"""The data of a tree context equals that of the database."""

from __future__ import annotations

import datetime

import pytest

from areas.models import Area
from indicators.store.tree_context import TreeContext

DAY = datetime.date(2026, 6, 30)


@pytest.mark.parametrize("level", [None, 3, 4, 5])
def test_the_areas_below_another_are_those_of_the_tree(district: Area, level: int | None) -> None:
    Area.objects.filter(code="500103001003").update(valid_to=DAY)
    tree = TreeContext(district.code)
    for root in ("", "500103", "500103001", "500103001003", "500103014", "5001039"):
        rows = Area.objects.within(district.code).existing_on(DAY).filter(code__startswith=root)
        wanted = rows if level is None else rows.filter(level=level)
        assert tree.existing(DAY, root, level) == list(wanted.order_by("code"))
    assert tree.existing(DAY)
