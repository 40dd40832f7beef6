"""Tokens: each has an account of its own, is stored as a digest, and ends on its day or when
revoked.
"""

from __future__ import annotations

import datetime

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.api.models import ApiToken
from accounts.api.tokens import LONGEST, TokenRefused, issue_token, open_integration, revoke_token
from accounts.models import Role, User
from areas.models import Area
from audit.acts import Act, Outcome
from audit.models import AuditEvent
from reviews.models import ReviewEvent
from scenes.models import Scene
from tests.api.clients import ApiOf
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU, QIXINGGANG
from tests.types import Make, Response

pytestmark = pytest.mark.once

SCENE = {"area": HUAYIPO, "name": "慈善墙", "type": "wall", "opened_on": "2026-03-01"}


def _day(days: int = 30) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


@pytest.fixture
def opened(anquan: User) -> tuple[ApiToken, str]:
    street = Area.objects.get(pk=QIXINGGANG)
    return open_integration("街道信息系统", Role.CLERK, street, expires_on=_day(), by=anquan)


def _call(token: str, path: str = "scenes/", scheme: str = "Bearer") -> Response:
    return Client().get(f"/api/v1/{path}", headers={"Authorization": f"{scheme} {token}"})


def test_a_token_opens_its_accounts_own_area(make: Make, opened: tuple[ApiToken, str]) -> None:
    mine, foreign = make(Scene), make(Scene, area_id=MINSHENGLU)
    answer = _call(opened[1])
    assert [row["id"] for row in answer.json()["results"]] == [mine.pk]
    assert _call(opened[1], f"scenes/{foreign.pk}/").status_code == 404


def test_what_it_stores_carries_its_name(opened: tuple[ApiToken, str]) -> None:
    token, text = opened
    send = Client().post
    headers = {"Authorization": f"Bearer {text}"}
    made = send("/api/v1/scenes/", SCENE, content_type="application/json", headers=headers)
    assert (made.status_code, made.json()["created_by"]) == (201, "街道信息系统")
    path = f"/api/v1/scenes/{made.json()['id']}/submit/"
    assert send(path, {}, content_type="application/json", headers=headers).status_code == 200
    assert ReviewEvent.objects.get().by == token.user
    assert Scene.objects.get().history.first().history_user == token.user


def test_the_token_itself_is_nowhere_kept(opened: tuple[ApiToken, str]) -> None:
    token, text = opened
    values = [str(value) for value in ApiToken.objects.filter(pk=token.pk).values_list()[0]]
    assert not any(text in value for value in values)
    assert text.startswith(token.hint)
    assert len(token.hint) < 10


def test_its_account_cannot_log_in(opened: tuple[ApiToken, str]) -> None:
    user = opened[0].user
    assert not user.has_usable_password()
    client = Client()
    client.post("/admin/login/", {"username": user.username, "password": "x"})
    assert client.get("/").status_code == 302
    client.force_login(user)
    assert client.get(reverse("admin:index")).status_code == 302


@pytest.mark.parametrize("way", ["none", "wrong", "cut", "basic", "empty", "three words", "é"])
def test_what_is_no_token_is_nobody(opened: tuple[ApiToken, str], way: str) -> None:
    text = opened[1]
    headers = {
        "none": {},
        "wrong": {"Authorization": f"Bearer {text[:-1]}x"},
        "cut": {"Authorization": f"Bearer {opened[0].digest}"},
        "basic": {"Authorization": f"Basic {text}"},
        "empty": {"Authorization": "Bearer"},
        "three words": {"Authorization": f"Bearer {text} x"},
        "é": {"Authorization": "Bearer é"},
    }[way]
    answer = Client().get("/api/v1/scenes/", headers=headers)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert set(answer.json()) == {"code", "message", "problems"}


def test_a_wrong_token_is_not_made_good_by_a_session(
    opened: tuple[ApiToken, str], shiju: User
) -> None:
    client = Client()
    client.force_login(shiju)
    answer = client.get("/api/v1/scenes/", headers={"Authorization": "Bearer sqcs_x"})
    assert answer.status_code == 401


def test_it_is_good_to_the_end_of_its_day(opened: tuple[ApiToken, str]) -> None:
    token, text = opened
    for days, status in ((0, 200), (-1, 401)):
        ApiToken.objects.update(expires_on=_day(days))
        assert _call(text).status_code == status
    token.refresh_from_db()
    assert token.state == "已过期"


def test_a_revoked_one_opens_nothing_and_another_does(
    opened: tuple[ApiToken, str], anquan: User
) -> None:
    token, text = opened
    _, other = issue_token(token.user, expires_on=_day(), by=anquan)
    revoke_token(token, by=anquan)
    at = token.revoked_at
    revoke_token(token, by=anquan)
    assert (_call(text).status_code, _call(other).status_code) == (401, 200)
    assert (token.state, token.revoked_by, token.revoked_at) == ("已吊销", anquan, at)


def test_a_switched_off_account_opens_nothing(opened: tuple[ApiToken, str]) -> None:
    User.objects.filter(pk=opened[0].user.pk).update(is_active=False)
    assert _call(opened[1]).status_code == 401


def test_its_last_use_is_noted(opened: tuple[ApiToken, str]) -> None:
    token, text = opened
    assert token.last_used_at is None
    _call(text)
    token.refresh_from_db()
    first = token.last_used_at
    assert first
    assert timezone.now() - first < datetime.timedelta(minutes=1)
    _call(text)
    token.refresh_from_db()
    assert token.last_used_at == first


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR])
def test_only_business_roles_are_integrations(anquan: User, role: Role) -> None:
    area = Area.objects.get(pk=DISTRICT)
    with pytest.raises(TokenRefused, match="角色"):
        open_integration("试", role, area, expires_on=_day(), by=anquan)
    assert not User.objects.filter(display_name="试").exists()


@pytest.mark.parametrize("days", [-1, LONGEST.days + 1])
def test_a_token_lives_two_years_at_most(anquan: User, days: int) -> None:
    area = Area.objects.get(pk=DISTRICT)
    with pytest.raises(TokenRefused, match="有效期"):
        open_integration("试", Role.OBSERVER, area, expires_on=_day(days), by=anquan)
    assert not User.objects.filter(display_name="试").exists()


def test_nobody_who_works_here_gets_one(
    quji: User, anquan: User, opened: tuple[ApiToken, str]
) -> None:
    with pytest.raises(TokenRefused, match="工作人员"):
        issue_token(quji, expires_on=_day(), by=anquan)
    with pytest.raises(TokenRefused, match="安全管理员"):
        issue_token(opened[0].user, expires_on=_day(), by=quji)


def test_each_token_may_call_so_often(
    opened: tuple[ApiToken, str], anquan: User, settings: Settings
) -> None:
    settings.API_RATE = "3/min"
    token, text = opened
    second, other = issue_token(token.user, expires_on=_day(), by=anquan)
    cache.delete_many(f"api-rate-token-{each.pk}" for each in (token, second))
    assert [_call(text).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = _call(text)
    assert 0 < int(refused["Retry-After"]) <= 61
    assert "频繁" in refused.json()["message"]
    assert _call(other).status_code == 200


# --- the pages ----------------------------------------------------------------------------------


def _made(client: Client, **changes: object) -> Response:
    given = {"name": "区大数据平台", "role": "observer", "area": DISTRICT, "expires_on": _day()}
    return client.post(reverse("admin:accounts_apitoken_add"), given | changes)


def test_the_security_administrator_issues_one_and_sees_it_once(api: ApiOf, anquan: User) -> None:
    client = api(anquan).client
    answer = _made(client)
    text = answer.context["text"]
    assert answer.status_code == 200
    assert text in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert _call(text, "areas/").status_code == 200
    token = ApiToken.objects.get()
    assert (token.user.display_name, token.user.role, token.user.area_id, token.created_by) == (
        "区大数据平台",
        Role.OBSERVER,
        DISTRICT,
        anquan,
    )
    for page in ("changelist", "change"):
        arguments = [token.pk] if page == "change" else []
        shown = client.get(reverse(f"admin:accounts_apitoken_{page}", args=arguments))
        assert text not in shown.content.decode()
        assert "区大数据平台" in shown.content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"role": "administrator"},
        {"role": ""},
        {"area": ""},
        {"name": ""},
        {"expires_on": "2020-01-01"},
    ],
)
def test_a_form_that_lacks_something_issues_nothing(
    api: ApiOf, anquan: User, changes: dict[str, str]
) -> None:
    answer = _made(api(anquan).client, **changes)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    assert not ApiToken.objects.exists()


def test_renewing_and_revoking_ask_first(
    api: ApiOf, anquan: User, opened: tuple[ApiToken, str]
) -> None:
    token, text = opened
    client = api(anquan).client
    renew, revoke_ = (
        reverse(f"admin:accounts_apitoken_{name}", args=[token.pk])
        for name in ("renew", "revoke_one")
    )
    assert client.get(renew).status_code == client.get(revoke_).status_code == 200
    assert (ApiToken.objects.count(), _call(text).status_code) == (1, 200)
    other = client.post(renew).context["text"]
    assert client.post(revoke_).status_code == 302
    assert (_call(text).status_code, _call(other).status_code) == (401, 200)


@pytest.mark.parametrize("name", ["quji", "shiju", "shengting", "guanli", "shenji"])
def test_nobody_else_comes_near(
    api: ApiOf, request: pytest.FixtureRequest, opened: tuple[ApiToken, str], name: str
) -> None:
    client = api(request.getfixturevalue(name)).client
    token = opened[0]
    for page, arguments in (
        ("changelist", []),
        ("add", []),
        ("change", [token.pk]),
        ("renew", [token.pk]),
        ("revoke_one", [token.pk]),
    ):
        url = reverse(f"admin:accounts_apitoken_{page}", args=arguments)
        assert client.get(url).status_code in (403, 404), page
        assert client.post(url).status_code in (403, 404), page
    token.refresh_from_db()
    assert token.revoked_at is None
    assert ApiToken.objects.count() == 1


def test_wrong_tokens_are_recorded_and_end_in_429_for_their_address_alone(
    opened: tuple[ApiToken, str], settings: Settings
) -> None:
    settings.LOGIN_ADDRESS_FAILURES = 3
    wrong, right = ({"Authorization": f"Bearer {text}"} for text in ("sqcs_x", opened[1]))

    def call(headers: dict[str, str], address: str = "10.0.0.5") -> int:
        answer = Client().get("/api/v1/areas/", headers=headers, REMOTE_ADDR=address)
        return answer.status_code

    assert [call(wrong) for _ in range(5)] == [401, 401, 401, 429, 429]
    assert (call(wrong, "10.0.0.6"), call(right)) == (401, 200)
    events = AuditEvent.objects.order_by("pk").values_list("act", "outcome", "address")
    assert list(events)[:4] == [
        *[(Act.LOGIN, Outcome.FAILED, "10.0.0.5")] * 2,
        (Act.LOCKED, Outcome.DONE, "10.0.0.5"),
        (Act.LOGIN, Outcome.FAILED, "10.0.0.5"),
    ]
