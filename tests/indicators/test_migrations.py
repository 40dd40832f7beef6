"""Migrations of the indicators keep every row, on either kind of database."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.apps.registry import Apps
from django.db import models

from tests.history import Migrate
from tests.history import migrate as migrate  # (a fixture)

BEFORE, AFTER = "0006_filing", "0016_period_of_excuses"


def _rows(apps: Apps, name: str) -> models.Manager[models.Model]:
    """The rows of a model as it was then."""
    model: type[models.Model] = apps.get_model("indicators", name)
    found: models.Manager[models.Model] = model._default_manager
    return found


def test_ratios_and_allocations_keep_their_rows(migrate: Migrate) -> None:
    before = migrate("indicators", BEFORE)
    before.get_model("areas", "Area").objects.create(
        code="500103", name="渝中区", short_name="渝中区", level=3, kind="county"
    )
    plan = _rows(before, "Plan").create(
        code="old",
        title="旧方案",
        issuer="局",
        issued_on=datetime.date(2026, 1, 1),
        area_code="500103",
        starts_on=datetime.date(2026, 1, 1),
        ends_on=datetime.date(2026, 12, 31),
    )
    indicator = _rows(before, "Indicator").create(
        plan=plan, code="one", position=1, name="覆盖率", unit="%", place="annex", clause="一",
        counting="coverage", measure="funds", level=5, is_share=True,
    )  # fmt: skip
    target = _rows(before, "Target").create(
        indicator=indicator, due_on=datetime.date(2026, 12, 31), value=Decimal(1), place="annex"
    )
    _rows(before, "TargetShare").create(target=target, area_id="500103", value=Decimal("0.25"))
    after = migrate("indicators", AFTER)
    found: Any = _rows(after, "Indicator").get()
    assert (found.is_ratio, found.within, found.period) == (True, "stock", "quarter")
    allocation: Any = _rows(after, "TargetAllocation").get()
    assert (allocation.area_id, allocation.value) == ("500103", Decimal("0.25"))
    assert list(found.targets.get().allocations.all()) == [allocation]
    shares = _rows(migrate("indicators", BEFORE), "TargetShare")
    assert list(shares.values_list("area_id", "value")) == [("500103", Decimal("0.25"))]
