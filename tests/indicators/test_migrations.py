"""Migrations of the indicators keep every row, on either kind of database."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.apps.registry import Apps
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor

from areas.models import Area
from indicators.models import Indicator, TargetAllocation

_BEFORE = ("indicators", "0006_filing")


def _migrate_to(*wanted: tuple[str, str]) -> Apps:
    """Migrate; returns the models as they were then. Without a name: to the newest of every app."""
    executor = MigrationExecutor(connection)
    executor.migrate(list(wanted) or executor.loader.graph.leaf_nodes())
    return MigrationExecutor(connection).loader.project_state(list(wanted)).apps


def _rows(apps: Apps, name: str) -> models.Manager[models.Model]:
    """The rows of a model as it was then."""
    model: type[models.Model] = apps.get_model("indicators", name)
    found: models.Manager[models.Model] = model._default_manager
    return found


@pytest.fixture
def before(transactional_db: None) -> Iterator[Apps]:
    """Migrate back to before the names changed; after the test, migrate forwards again."""
    yield _migrate_to(_BEFORE)
    _migrate_to()


def test_ratios_and_allocations_keep_their_rows(before: Apps) -> None:
    area = Area(code="500103", name="渝中区", kind="county")
    area.derive()
    area.save()
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
    shares = _rows(before, "TargetShare")
    shares.create(target=target, area_id="500103", value=Decimal("0.25"))
    _migrate_to()
    found = Indicator.objects.get()
    assert (found.is_ratio, found.within, found.period) == (True, "stock", "quarter")
    allocation = TargetAllocation.objects.get()
    assert (allocation.area_id, allocation.value) == ("500103", Decimal("0.25"))
    assert list(found.targets.get().allocations.all()) == [allocation]
    _migrate_to(_BEFORE)
    assert list(shares.values_list("area_id", "value")) == [("500103", Decimal("0.25"))]
