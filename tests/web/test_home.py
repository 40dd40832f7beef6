"""The front door sends each role to its own place."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from indicators.models import Plan

PLACES = {
    "shiju": "/dashboard/yuzhong-2026/500103/",
    "quji": "/dashboard/yuzhong-2026/500103/",
    "jiedao": "/dashboard/yuzhong-2026/500103001/",
    "shengting": "/dashboard/yuzhong-2026/500103/",
    "jiangbei": "/admin/",
    "guanli": "/admin/accounts/user/",
    "shenji": "/admin/reviews/reviewevent/",
}


@pytest.mark.parametrize("user", list(PLACES))
def test_each_role_lands_on_its_own_place(
    yuzhong: Plan, visit: Any, request: pytest.FixtureRequest, user: str
) -> None:
    response = visit(request.getfixturevalue(user)).get("/", follow=True)
    assert response.redirect_chain == [(PLACES[user], 302)]
    assert response.status_code == 200


def test_a_stranger_is_asked_to_log_in(client: Any, db: None) -> None:
    response = client.get("/")
    assert response["Location"] == "/admin/login/?next=/"


def test_after_logging_in_one_is_where_one_belongs(yuzhong: Plan, client: Any, shiju: User) -> None:
    from tests.conftest import PASSWORD

    response = client.post(
        "/admin/login/?next=/",
        {"username": "shiju", "password": PASSWORD, "next": "/"},
        follow=True,
    )
    assert response.redirect_chain[-1][0] == PLACES["shiju"]


def test_an_account_switched_off_does_not_get_in(client: Any, shiju: User) -> None:
    from tests.conftest import PASSWORD

    shiju.is_active = False
    shiju.save()
    response = client.post("/admin/login/", {"username": "shiju", "password": PASSWORD})
    assert response.status_code == 200
    assert client.get("/").status_code == 302
