"""Reports filed before recipients received each for itself keep their recipients and receptions."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.apps.registry import Apps
from django.utils import timezone

from tests.history import Migrate
from tests.history import migrate as migrate  # (a fixture)

BEFORE, AFTER = "0011_breaks", "0013_recipients_filled"
Day = datetime.date
_OFFICES = ["云南省民政厅慈善事业促进处", "云南省委社会工作部五处"]


def _plan(apps: Apps, code: str, area: str, issuer: str, recipients: list[str]) -> Any:
    return apps.get_model("indicators", "Plan").objects.create(
        code=code,
        title="方案",
        issuer=issuer,
        area_code=area,
        issued_on=Day(2026, 1, 1),
        starts_on=Day(2026, 1, 1),
        ends_on=Day(2029, 12, 31),
        report_recipients=recipients,
        source_sha256="0" * 64,
    )


def _reports(apps: Apps) -> dict[tuple[str, str], Any]:
    """Four reports by plan and area: filed and not filed, of the plan's own area and below."""
    for code, name, level in (("53", "云南省", 1), ("5301", "昆明市", 2)):
        apps.get_model("areas", "Area").objects.create(
            code=code, name=name, short_name=name, level=level, kind="other"
        )
    issuer = "云南省民政厅、中共云南省委社会工作部"
    own, above = _plan(apps, "own", "53", issuer, _OFFICES), _plan(apps, "up", "53", issuer, ["部"])
    found = {}
    for plan, area, filed in (
        (own, "53", None),
        (own, "5301", Day(2026, 6, 28)),
        (above, "53", None),
        (above, "5301", Day(2026, 6, 28)),
    ):
        found[plan.code, area] = apps.get_model("reports", "Report").objects.create(
            plan=plan,
            area_id=area,
            due_on=Day(2026, 6, 30),
            file_by=Day(2026, 6, 30),
            prepared_at=timezone.now(),
            first_filed_on=filed,
            state="received" if filed else "due",
        )
    return found


@pytest.mark.once
def test_filed_reports_keep_their_recipients(migrate: Migrate) -> None:
    old = migrate("reports", BEFORE)
    made = _reports(old)
    old.get_model("reports", "ReportEvent").objects.create(
        report=made["own", "5301"], action="receive", at=timezone.now()
    )
    new = migrate("reports", AFTER)
    reports, events = new.get_model("reports", "Report"), new.get_model("reports", "ReportEvent")
    kept = {key: reports.objects.get(pk=report.pk) for key, report in made.items()}
    assert [each["name"] for each in kept["own", "5301"].recipients] == ["、".join(_OFFICES)]
    assert [each["name"] for each in kept["up", "5301"].recipients] == [
        "云南省民政厅、中共云南省委社会工作部"
    ]
    assert events.objects.get().recipient == "、".join(_OFFICES)
    assert {key for key, report in kept.items() if report.is_compilation} == {("own", "53")}
    assert kept["up", "53"].recipients == []
