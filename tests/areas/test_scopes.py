"""Which areas belong to an area, a day and a user."""

from __future__ import annotations

import datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Role, User
from areas.codes import LENGTHS
from areas.models import Area

SEGMENTS = (
    st.sampled_from(["11", "50", "65"]),
    st.sampled_from(["00", "01", "02", "99"]),
    st.sampled_from(["01", "09", "10", "99"]),
    st.sampled_from(["001", "009", "010", "999"]),
    st.sampled_from(["001", "199", "200", "999"]),
)
CODES = st.tuples(*SEGMENTS, st.sampled_from(LENGTHS)).map(
    lambda parts: "".join(parts[:5])[: parts[5]]
)


def plant(*codes: str) -> None:
    areas = [Area(code=code, name="测试", kind="other") for code in codes]
    for area in areas:
        area.derive()
    Area.objects.bulk_create(areas)


def within(root: str) -> set[str]:
    return set(Area.objects.within(root).values_list("code", flat=True))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(codes=st.sets(CODES, min_size=1, max_size=40))
def test_the_range_of_codes_is_the_subtree(db: None, codes: set[str]) -> None:
    with transaction.atomic():
        plant(*codes)
        for root in codes:
            assert within(root) == {code for code in codes if code.startswith(root)}
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("root", "neighbour"),
    [
        ("500103001999", "500103002"),  # the community's range reaches into the next street
        ("500103999", "500104"),
        ("500199", "5002"),
    ],
)
def test_a_root_that_ends_in_nines_holds_no_neighbour(db: None, root: str, neighbour: str) -> None:
    plant(root, neighbour)
    assert within(root) == {root}


def test_codes_come_in_preorder(db: None) -> None:
    plant("500103002", "5001", "500103001001", "500103", "50", "500103001")
    assert list(Area.objects.values_list("code", flat=True)) == [
        "50",
        "5001",
        "500103",
        "500103001",
        "500103001001",
        "500103002",
    ]


def test_an_area_exists_from_its_first_day_until_the_day_it_is_abolished(db: None) -> None:
    plant("500112")
    first, end = datetime.date(1994, 12, 17), datetime.date(2026, 1, 25)
    Area.objects.update(valid_from=first, valid_to=end)
    day = datetime.timedelta(days=1)
    answers = [
        Area.objects.existing_on(when).exists() for when in (first - day, first, end - day, end)
    ]
    assert answers == [False, True, True, False]


def test_an_area_without_days_has_always_existed(db: None) -> None:
    plant("500103")
    assert Area.objects.existing_on(datetime.date(1900, 1, 1)).exists()
    assert Area.objects.existing_on(datetime.date(2100, 1, 1)).exists()


def test_a_business_user_sees_the_own_subtree_of_the_tree(district: Area) -> None:
    jiedao = User(role=Role.CLERK, area_id="500103001")
    assert set(Area.objects.visible_to(jiedao)) == set(Area.objects.within("500103001"))


def test_an_administrator_sees_the_whole_tree_and_an_auditor_none(district: Area) -> None:
    assert set(Area.objects.visible_to(User(role=Role.ADMINISTRATOR))) == set(Area.objects.all())
    assert not Area.objects.visible_to(User(role=Role.AUDITOR, area=district)).exists()
