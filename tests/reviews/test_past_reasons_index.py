"""Reasons that are offered again are found by an index, however many approvals there are."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from reviews.models import REASONED, Action, ReviewEvent, Status
from reviews.pages.reasons import past_reasons
from reviews.services import RULES
from scenes.models import Scene
from tests.conftest import HUAYIPO


def test_it_holds_exactly_the_actions_that_owe_a_reason() -> None:
    assert set(REASONED) == {action for action, rule in RULES.items() if rule.needs_reason}


def test_postgresql_reads_it(district: Area, shiju: User, jiedao: User) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans otherwise")
    kind = ContentType.objects.get_for_model(Scene)
    codes = list(Area.objects.filter(level=5).values_list("code", flat=True))

    def event(number: int) -> ReviewEvent:
        action = Action.RETURN if number % 50 == 0 else Action.APPROVE
        return ReviewEvent(
            content_type=kind,
            object_id=number,
            area_id=codes[number % len(codes)],
            action=action,
            from_status=Status.PENDING,
            to_status=Status.RETURNED,
            by=shiju,
            at=timezone.now(),
            reason="缺少照片" if action == Action.RETURN else "",
        )

    ReviewEvent.objects.bulk_create([event(number) for number in range(20_000)], batch_size=2000)
    assert ReviewEvent.objects.filter(area_id=HUAYIPO, action=Action.RETURN).exists()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ANALYZE reviews_reviewevent")
    assert _plan(lambda: past_reasons(jiedao, Action.RETURN)).count("reviews_event_reasoned") == 1
    assert past_reasons(shiju, Action.RETURN) == ["缺少照片"]


def _plan(ask: Any) -> str:
    with CaptureQueriesContext(connection) as queries:
        ask()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {queries[-1]['sql']}")
        return "\n".join(line for (line,) in cursor.fetchall())
