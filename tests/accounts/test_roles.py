"""Roles and areas: what each role may see, and which roles need an area."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import BUSINESS_ROLES, MANAGEMENT_ROLES, Role, User
from areas.models import Area

pytestmark = pytest.mark.once  # permissions; visible rows are tested on both databases

DISTRICT, STREET, COMMUNITY = "500103", "500103001", "500103001003"


@pytest.mark.parametrize("role", sorted(BUSINESS_ROLES))
def test_a_business_role_needs_an_area(db: None, role: Role) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="wuqu", role=role)
    with pytest.raises(ValidationError, match="须指定管辖区划"):
        User(username="wuqu", role=role).validate_constraints()


@pytest.mark.parametrize("role", sorted(MANAGEMENT_ROLES))
def test_a_management_role_needs_none(db: None, role: Role) -> None:
    user = User(username="wuqu", role=role)
    user.validate_constraints()
    user.save()
    assert User.objects.get(username="wuqu").area is None


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("is_active", [True, False])
def test_only_active_business_roles_see_records(
    district: Area, role: Role, is_active: bool
) -> None:
    user = User(username="ceshi", role=role, area=district, is_active=is_active)
    sees = is_active and role in {Role.CLERK, Role.REVIEWER, Role.OBSERVER}
    assert user.sees_records is sees
    assert user.covers(COMMUNITY) is sees


@pytest.mark.parametrize(
    ("area", "is_covered"),
    [
        (STREET, True),
        (COMMUNITY, True),
        (DISTRICT, False),
        ("500103003", False),
        ("500103003013", False),
        ("500105001", False),
        ("50", False),
    ],
)
def test_a_user_covers_the_own_area_and_what_lies_below(
    jiedao: User, area: str, is_covered: bool
) -> None:
    assert jiedao.covers(area) is is_covered


def test_a_superuser_is_an_administrator_and_sees_no_records(db: None) -> None:
    user = User.objects.create_superuser("gen", password="Gut-verwahrt-2026")
    assert (user.role, user.sees_records, user.covers(COMMUNITY)) == (
        Role.ADMINISTRATOR,
        False,
        False,
    )


def test_a_user_is_shown_by_name_and_otherwise_by_account(db: None) -> None:
    assert str(User(username="quji", display_name="王芳")) == "王芳"
    assert str(User(username="quji")) == "quji"


def test_an_area_with_users_cannot_be_deleted(jiedao: User) -> None:
    with pytest.raises(IntegrityError):
        Area.objects.get(code=STREET).delete()
