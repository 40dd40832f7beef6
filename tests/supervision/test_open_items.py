"""What is still to be done: by area and one by one, only facts, only in scope, in few queries."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from areas.services import register_succession
from reviews.models import Status, Submission
from supervision.life import Finding
from supervision.models import (
    Complaint,
    ComplaintAnswer,
    GuidanceVisit,
    Inspection,
    Rectification,
    Referral,
)
from supervision.open_items import OpenKind, open_items, open_rows, sums_of
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU, QIXINGGANG
from tests.types import Make, Record

TODAY = timezone.localdate()
PAST, AHEAD = TODAY - datetime.timedelta(days=3), TODAY + datetime.timedelta(days=3)
MARCH = datetime.date(2026, 3, 1)
FACT = {"status": Status.APPROVED}


@pytest.fixture
def cases(make: Make, quji: User) -> list[Submission]:
    """Cases of every kind in two streets, open and done, facts and drafts."""
    found: list[Submission] = []
    for number, (area, due) in enumerate([(HUAYIPO, PAST), (HUAYIPO, AHEAD), (MINSHENGLU, PAST)]):
        for status in (Status.APPROVED, Status.PENDING):
            given: dict[str, Any] = {"area_id": area, "status": status}
            given["submitted_at"] = timezone.now()
            named = given | {"number": f"{number}{status}"}
            found += [
                make(Complaint, received_on=MARCH, answer_by=due, **named),
                make(GuidanceVisit, visited_on=MARCH, problems="缺公示", rectify_by=due, **given),
                make(GuidanceVisit, visited_on=MARCH, **given),
            ]
            for finding in Finding:
                day = due if finding == Finding.PROBLEMS else None
                values = named | {"number": f"{number}{status}{finding}", "rectify_by": day}
                found.append(make(Inspection, inspected_on=MARCH, finding=finding, **values))
    return found


def _facts(kind: type[Record], root: str) -> list[Record]:
    found = kind._default_manager.filter(status="approved")
    return [record for record in found if record.area_id.startswith(root)]


def _plain(root: str) -> Counter[tuple[str, bool]]:
    """Count the open facts in the plainest way."""
    found: Counter[tuple[str, bool]] = Counter()
    for complaint in _facts(Complaint, root):
        if not complaint.answers.filter(status="approved").exists():
            found["complaint", complaint.answer_by < TODAY] += 1
    for visit in _facts(GuidanceVisit, root):
        done = visit.rectifications.filter(status="approved", result="passed").exists()
        if visit.rectify_by and not done:
            found["guidance", visit.rectify_by < TODAY] += 1
    for inspection in _facts(Inspection, root):
        if inspection.stage in ("整改中", "逾期未整改"):
            found["inspection", inspection.stage == "逾期未整改"] += 1
        if inspection.stage == "待移交":
            found["referral", False] += 1
    return found


def _counted(root: str) -> Counter[tuple[str, bool]]:
    found: Counter[tuple[str, bool]] = Counter()
    for kind, count in sums_of(open_rows(root, TODAY)):
        found[kind.value, True] += count.late
        found[kind.value, False] += count.number - count.late
    return +found


@pytest.mark.parametrize("root", [DISTRICT, QIXINGGANG, HUAYIPO, "50"])
def test_the_counts_are_those_of_the_records(cases: list[Submission], root: str) -> None:
    assert _counted(root) == _plain(root)
    assert sum(_counted(root).values()) == sum(
        len(open_items(kind, root, TODAY)) for kind in OpenKind
    )


def test_what_is_done_is_no_longer_open(cases: list[Submission], make: Make) -> None:
    for case in cases:
        if isinstance(case, Complaint):
            make(ComplaintAnswer, complaint=case, answered_on=TODAY, **FACT)
        step: dict[str, Any] = {"rectified_on": TODAY, "accepted_on": TODAY, **FACT}
        if isinstance(case, GuidanceVisit):
            make(Rectification, visit=case, result="passed", **step)
        if isinstance(case, Inspection) and case.finding == Finding.PROBLEMS:
            make(Rectification, inspection=case, result="failed", **step)
        if isinstance(case, Inspection) and case.finding == Finding.VIOLATION:
            make(Referral, inspection=case, referred_on=TODAY, **FACT)
    assert set(_counted(DISTRICT)) == {("inspection", True), ("inspection", False)}
    assert _counted(DISTRICT) == _plain(DISTRICT)


def test_a_step_that_is_no_fact_leaves_its_case_open(cases: list[Submission], make: Make) -> None:
    before = _counted(DISTRICT)
    for case in cases:
        if isinstance(case, Complaint):
            make(ComplaintAnswer, complaint=case, answered_on=TODAY, status=Status.PENDING)
    assert _counted(DISTRICT) == before


def test_the_rows_are_the_areas_below_and_by_county_above_a_county(cases: list[Submission]) -> None:
    assert [row.area.code for row in open_rows(DISTRICT, TODAY)] == [QIXINGGANG, MINSHENGLU[:9]]
    assert [row.area.code for row in open_rows("50", TODAY)] == [DISTRICT]
    assert [row.area.code for row in open_rows(HUAYIPO, TODAY)] == [HUAYIPO]


def test_the_items_of_a_renamed_street_stand_at_its_successor(cases: list[Submission]) -> None:
    before, listed = _counted(QIXINGGANG), len(open_items(OpenKind.COMPLAINT, QIXINGGANG, TODAY))
    register_succession(QIXINGGANG, "500103999", TODAY, name="枇杷山街道")
    assert [row.area.code for row in open_rows(DISTRICT, TODAY)] == [MINSHENGLU[:9], "500103999"]
    assert _counted("500103999") == before and _counted(QIXINGGANG) == Counter()
    assert len(open_items(OpenKind.COMPLAINT, "500103999", TODAY)) == listed > 0


def test_the_list_begins_with_what_is_longest_due(cases: list[Submission]) -> None:
    items = open_items(OpenKind.COMPLAINT, DISTRICT, TODAY)
    assert [item.days_late for item in items] == [3, 3, 0]


def test_the_number_of_queries_does_not_grow(
    cases: list[Submission], make: Make, django_assert_num_queries: Any
) -> None:
    for number in range(20):
        make(Complaint, area_id=MINSHENGLU, number=f"多{number}", answer_by=PAST, **FACT)
    with django_assert_num_queries(6):
        open_rows(DISTRICT, TODAY)


@pytest.mark.once
def test_the_page_and_the_desks_say_it(cases: list[Submission], shiju: User, quji: User) -> None:
    for user in (shiju, quji):
        client = Client()
        client.force_login(user)
        text = client.get(f"/supervision/{DISTRICT}/").content.decode()
        assert "投诉待答复3件（逾期2件）" in text
        assert "已逾期3天" in text
        assert ("/admin/supervision/complaintanswer/add/?complaint=" in text) is user.is_clerk
        assert "投诉待答复3件（逾期2件）" in client.get("/").content.decode()


@pytest.mark.once
@pytest.mark.parametrize(("user", "status"), [("jiangbei", 404), ("jiedao2", 404), ("jiedao", 200)])
def test_who_is_elsewhere_finds_no_page(
    cases: list[Submission], request: pytest.FixtureRequest, user: str, status: int
) -> None:
    client = Client()
    client.force_login(request.getfixturevalue(user))
    assert client.get(f"/supervision/{QIXINGGANG}/").status_code == status
    assert "0approved" not in client.get("/").content.decode() or status == 200
