"""A token may do exactly what docs/permissions.md allows the role and area of its account."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from accounts.api.tokens import open_integration, revoke_token
from accounts.models import BUSINESS_ROLES, Role
from areas.models import Area
from tests.api.addresses import api_routes, path_of
from tests.api.calls import GROUPS
from tests.api.places import Office, Place
from tests.api.walking import METHODS, UNKNOWN, group_of, is_handled, word_of

pytestmark = pytest.mark.once

#: A kind whose rows refer to areas, a read-only list, and one that reviewers act on.
_SAMPLE = ("activities", "areas", "reports")


@pytest.mark.parametrize("role", sorted(BUSINESS_ROLES))
@pytest.mark.parametrize("name", _SAMPLE)
def test_a_token_opens_what_its_role_opens_and_no_more(
    office: Office, role: Role, name: str
) -> None:
    group = GROUPS[name](office, name)
    faults = []
    heard: set[tuple[str, str, str]] = set()
    for route in [route for route in api_routes() if group_of(route) == name]:
        for place in Place:
            area = group.ground.caller_at(place)
            person, bearer = office.user(role, area), _headers(office, role, area)
            call = group.calls(route, place, person)[0]
            for method in METHODS:
                asked = (area, path_of(route), method)
                if asked in heard and not is_handled(path_of(route), method, call):
                    continue  # answered whatever the object is
                heard.add(asked)
                words = (
                    word_of(office.client(person), method, call),
                    word_of(Client(), method, call, **bearer),
                )
                if words[0] != words[1]:
                    faults.append((method, path_of(route), place, words))
    assert faults == []


def _headers(office: Office, role: Role, area: str) -> dict[str, str]:
    if (role, area) not in office.tokens:
        _, office.tokens[role, area] = open_integration(
            "数据平台",
            role,
            Area.objects.get(code=area),
            expires_on=timezone.localdate() + datetime.timedelta(days=1),
            by=office.user(Role.SECURITY, ""),
        )
    return {"Authorization": f"Bearer {office.tokens[role, area]}"}


def test_a_revoked_token_opens_nothing(office: Office) -> None:
    token, text = open_integration(
        "数据平台",
        Role.CLERK,
        Area.objects.get(code="500103"),
        expires_on=timezone.localdate(),
        by=office.user(Role.SECURITY, ""),
    )
    revoke_token(token, by=office.user(Role.SECURITY, ""))
    group = GROUPS["areas"](office, "areas")
    for route in [route for route in api_routes() if group_of(route) == "areas"]:
        call = group.calls(route, Place.OWN, None)[0]
        assert word_of(Client(), "GET", call, Authorization=f"Bearer {text}") == UNKNOWN
