"""The migration to due items keeps the data of stored reminders, forwards and backwards."""

from __future__ import annotations

import datetime
from typing import Any

from django.apps.registry import Apps
from django.utils import timezone

from tests.history import Migrate
from tests.history import migrate as migrate  # (a fixture)

BEFORE, AFTER = "0007_file_by", "0010_reminders_without_report"
Day = datetime.date


def _world(apps: Apps) -> tuple[Any, Any]:
    """A report and a reviewer, created with the models before the migration."""
    area = apps.get_model("areas", "Area").objects.create(
        code="500103", name="渝中区", short_name="渝中区", level=3, kind="county"
    )
    plan = apps.get_model("indicators", "Plan").objects.create(
        code="one",
        title="方案",
        area_code="500103",
        issued_on=Day(2026, 1, 1),
        starts_on=Day(2026, 1, 1),
        ends_on=Day(2029, 12, 31),
        source_sha256="0" * 64,
    )
    report = apps.get_model("reports", "Report").objects.create(
        plan=plan,
        area=area,
        due_on=Day(2026, 6, 30),
        file_by=Day(2026, 6, 30),
        prepared_at=timezone.now(),
    )
    return report, apps.get_model("accounts", "User").objects.create(username="shiju", area=area)


def _reminders(apps: Apps) -> Any:
    """The rows as that migration left them."""
    return apps.get_model("reports", "Reminder").objects


def test_every_reminder_is_kept_forwards_and_backwards(migrate: Migrate) -> None:
    old = migrate("reports", BEFORE)
    report, shiju = _world(old)
    reminders = _reminders(old)
    handled = timezone.now()
    reminders.create(report=report, mark=7, on=Day(2026, 6, 23), handled_at=handled)
    reminders.create(report=report, mark=-1, on=Day(2026, 7, 1))
    reminders.create(report=report, by=shiju, on=Day(2026, 7, 2), note="请报送")
    columns = ("pk", "mark", "by", "on", "note", "handled_at")
    before = list(reminders.order_by("pk").values_list(*columns))

    kept = _reminders(migrate("reports", AFTER))
    assert list(kept.order_by("pk").values_list(*columns)) == before
    names = set(kept.values_list("kind", "key"))
    assert names == {("reports.report", str(report.pk))}

    kept.create(kind="elsewhere", key="1", mark=7, on=Day(2026, 7, 3))
    kept.create(kind="reports.report", key="987654", mark=7, on=Day(2026, 7, 3))
    reminders = _reminders(migrate("reports", BEFORE))
    assert list(reminders.order_by("pk").values_list(*columns)) == before
    assert set(reminders.values_list("report", flat=True)) == {report.pk}
