"""One scope rule for every record kind: roles that see records see their own subtree."""

from __future__ import annotations

import pytest

from accounts.models import Role, User
from areas.models import Area
from reviews.models import ImportBatch, ReviewEvent, Status, Submission
from reviews.services import void
from tests.records.kinds import RECORD_KINDS, kind_name, sound
from tests.types import Make

QIXINGGANG, JIEFANGBEI = "500103001003", "500103003013"
NEIGHBOUR = "500105001001"


@pytest.fixture(params=RECORD_KINDS, ids=kind_name)
def kind(request: pytest.FixtureRequest) -> type[Submission]:
    return request.param


@pytest.fixture
def rows(make: Make, kind: type[Submission], district: Area) -> dict[str, Submission]:
    """One record in each of two streets and one in the neighbouring district."""
    return {area: sound(make, kind, area_id=area) for area in (QIXINGGANG, JIEFANGBEI, NEIGHBOUR)}


def seen(kind: type[Submission], user: User) -> set[str]:
    return set(kind.objects.visible_to(user).values_list("area_id", flat=True))


def test_a_neighbouring_district_sees_nothing_of_ours(
    rows: dict[str, Submission], kind: type[Submission], jiangbei: User
) -> None:
    assert seen(kind, jiangbei) == {NEIGHBOUR}


def test_a_street_sees_nothing_of_another_street(
    rows: dict[str, Submission], kind: type[Submission], jiedao: User, jiedao2: User
) -> None:
    assert seen(kind, jiedao) == {QIXINGGANG}
    assert seen(kind, jiedao2) == {JIEFANGBEI}


def test_a_district_sees_its_streets_and_the_province_sees_both_districts(
    rows: dict[str, Submission], kind: type[Submission], quji: User, shiju: User, shengting: User
) -> None:
    assert seen(kind, quji) == seen(kind, shiju) == {QIXINGGANG, JIEFANGBEI}
    assert seen(kind, shengting) == set()  # an observer sees no draft
    kind.objects.update(status=Status.PENDING)
    assert seen(kind, shengting) == {QIXINGGANG, JIEFANGBEI, NEIGHBOUR}


def test_administrator_auditor_and_a_dismissed_clerk_see_no_record(
    rows: dict[str, Submission], kind: type[Submission], guanli: User, shenji: User, quji: User
) -> None:
    User.objects.filter(role__in=(Role.ADMINISTRATOR, Role.AUDITOR)).update(area_id="50")
    guanli.refresh_from_db()
    shenji.refresh_from_db()
    quji.is_active = False
    assert seen(kind, guanli) == seen(kind, shenji) == seen(kind, quji) == set()


def test_events_and_batches_keep_to_the_same_scope(
    make: Make, jiedao: User, quji: User, jiangbei: User, guanli: User
) -> None:
    record = sound(make, RECORD_KINDS[0], area_id=QIXINGGANG)
    void(record, by=jiedao, reason="重复")
    ImportBatch.objects.create(
        kind="teams",
        file_name="a.xlsx",
        sha256="0" * 64,
        area_id=QIXINGGANG,
        created_by=jiedao,
        row_count=1,
    )
    for model in (ReviewEvent, ImportBatch):
        counts = [
            model.objects.visible_to(user).count() for user in (jiedao, quji, jiangbei, guanli)
        ]
        assert counts == [1, 1, 0, 0]
