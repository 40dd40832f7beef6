"""Editions that the first releases sealed keep their content, and their index is made of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import connection

from reports.schema.formats import read
from tests.history import Migrate
from tests.history import migrate as migrate  # (a fixture)
from tests.reports.sealed_before import sealed_in

pytestmark = pytest.mark.once

BEFORE, AFTER = "0001_initial", "0014_joint_signatures"


def _model(apps: Apps, name: str) -> Any:
    return apps.get_model("reports", name)._default_manager


def _store(apps: Apps, row: dict[str, Any]) -> None:
    """Store an edition as the release before the index stored it."""
    content = read(row["content"])
    seal, code = content.seal, content.area.code
    apps.get_model("areas", "Area").objects.get_or_create(
        code=code, defaults={"name": code, "short_name": code, "level": 3, "kind": "other"}
    )
    apps.get_model("accounts", "User").objects.get_or_create(
        pk=seal.sealed_by_id, defaults={"username": f"u{seal.sealed_by_id}", "area_id": code}
    )
    plan, _ = apps.get_model("indicators", "Plan").objects.get_or_create(
        code=content.plan.code,
        defaults={
            "title": content.plan.title,
            "area_code": "50",
            "issued_on": content.due_on,
            "starts_on": content.due_on,
            "ends_on": content.due_on,
        },
    )
    report, _ = _model(apps, "Report").get_or_create(
        plan=plan, area_id=code, due_on=content.due_on, defaults={"prepared_at": seal.sealed_at}
    )
    _model(apps, "Edition").create(
        report=report,
        number=seal.number,
        content=row["content"],
        sha256=row["sha256"],
        previous_sha256=row["previous_sha256"],
        reason=seal.reason,
        sealed_by_id=seal.sealed_by_id,
        sealed_at=seal.sealed_at,
        workbook_sha256=row["workbook_sha256"],
    )


def test_the_index_is_made_of_the_sealed_contents_and_can_be_taken_back(migrate: Migrate) -> None:
    old, rows = migrate("reports", BEFORE), [*sealed_in(1), *sealed_in(2)]
    for row in rows:
        _store(old, row)

    new = migrate("reports", AFTER)
    for row in rows:
        content = read(row["content"])
        edition = _model(new, "Edition").get(sha256=row["sha256"])
        assert edition.content == row["content"]
        assert (edition.as_of, edition.figures) == (content.as_of, row["figures"])
        members = edition.members.order_by("pk").values_list("kind", "object_id")
        assert list(members) == [(sheet.kind, pk) for sheet in content.ledgers for pk in sheet.ids]

    kept = _model(migrate("reports", BEFORE), "Edition").order_by("pk")
    assert "reports_editionmember" not in connection.introspection.table_names()
    assert list(kept.values_list("content", flat=True)) == [row["content"] for row in rows]
