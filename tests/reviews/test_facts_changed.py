"""The signal `facts_changed` is sent for facts alone, inside the transaction of the transition."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from accounts.models import User
from areas.models import Area
from indicators.models import Plan
from indicators.store import series
from orgs.models import VolunteerTeam
from reviews.models import Action, ReviewEvent
from reviews.services import ProblemsFound, approve, move_all, reopen, return_, submit, void
from reviews.signals import facts_changed
from scenes.models import Activity
from tests.types import Make

QIXINGGANG, JIEFANGBEI = "500103001003", "500103003013"


@pytest.fixture
def heard() -> Iterator[list[tuple[type, set[str]]]]:
    """Every `facts_changed` so far: sender and areas."""
    messages: list[tuple[type, set[str]]] = []

    def listen(sender: type, area_codes: set[str], **_: object) -> None:
        messages.append((sender, set(area_codes)))

    facts_changed.connect(listen)
    yield messages
    facts_changed.disconnect(listen)


@pytest.fixture
def breaking() -> Iterator[None]:
    """Connect a listener that fails."""

    def listen(**_: object) -> None:
        raise ZeroDivisionError

    facts_changed.connect(listen)
    yield
    facts_changed.disconnect(listen)


def test_a_fact_that_comes_or_goes_is_told_with_its_area(
    make: Make, quji: User, shiju: User, heard: list[object]
) -> None:
    record = make(VolunteerTeam, area_id=QIXINGGANG)
    submit(record, by=quji)
    assert heard == []
    approve(record, by=shiju)
    assert heard == [(VolunteerTeam, {QIXINGGANG})]
    reopen(record, by=shiju, reason="日期有误")
    assert heard == [(VolunteerTeam, {QIXINGGANG})] * 2


def test_what_was_no_fact_is_not_told(
    make: Make, quji: User, shiju: User, heard: list[object]
) -> None:
    record = make(VolunteerTeam)
    submit(record, by=quji)
    return_(record, by=shiju, reason="日期有误")
    void(record, by=quji, reason="重复")
    assert heard == []


def test_voiding_tells_the_areas_of_the_facts_only(
    make: Make, shiju: User, heard: list[object]
) -> None:
    make(VolunteerTeam, area_id=QIXINGGANG, status="approved")
    make(VolunteerTeam, area_id=JIEFANGBEI, status="pending")
    assert move_all(VolunteerTeam.objects.all(), Action.VOID, by=shiju, reason="重复") == 2
    assert heard == [(VolunteerTeam, {QIXINGGANG})]


def test_a_bulk_approval_tells_all_its_areas_at_once(
    make: Make, quji: User, shiju: User, heard: list[object]
) -> None:
    for area in (QIXINGGANG, QIXINGGANG, JIEFANGBEI):
        make(VolunteerTeam, area_id=area)
    move_all(VolunteerTeam.objects.all(), Action.SUBMIT, by=quji)
    move_all(VolunteerTeam.objects.all(), Action.APPROVE, by=shiju)
    assert heard == [(VolunteerTeam, {QIXINGGANG, JIEFANGBEI})]


def test_a_failing_listener_takes_the_transition_back(
    make: Make, quji: User, shiju: User, breaking: None
) -> None:
    record = make(VolunteerTeam)
    submit(record, by=quji)
    with pytest.raises(ZeroDivisionError):
        approve(record, by=shiju)
    record.refresh_from_db()
    assert (record.status, record.reviewed_by) == ("pending", None)
    assert ReviewEvent.objects.get().action == Action.SUBMIT


@pytest.mark.parametrize(
    ("area", "reached"),
    [
        ("500103001", "500103003013"),
        ("500103", "500105001001"),  # a neighbouring county
        ("50", "500103001003"),  # entered by the level above the counties
    ],
)
def test_the_figures_follow_an_activity_wherever_it_reached(
    make: Make,
    district: Area,
    quji: User,
    shiju: User,
    yuzhong: Plan,
    area: str,
    reached: str,
) -> None:
    """Otherwise the submission is refused; figures must never differ from the records."""
    series.recompute_all()
    User.objects.update(area_id="50")
    quji.refresh_from_db()
    shiju.refresh_from_db()
    record = make(Activity, area_id=area, reached=[reached])
    with contextlib.suppress(ProblemsFound):
        submit(record, by=quji)
        approve(record, by=shiju)
    assert list(series.differences()) == []


def test_submitting_again_after_a_return_counts_once(
    approved: Make, quji: User, shiju: User, yuzhong: Plan
) -> None:
    series.recompute_all()
    record = approved(VolunteerTeam)
    reopen(record, by=shiju, reason="日期有误")
    assert list(series.differences()) == []
    submit(record, by=quji)
    approve(record, by=shiju)
    assert list(series.differences()) == []
