"""Accounts are let in by an identity provider: a real one, started here, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from oidc_provider_mock import User as Person
from oidc_provider_mock import run_server_in_thread
from pytest_django.fixtures import Settings

from accounts.access.settings import OIDC_BACKEND
from accounts.models import Role, User
from audit.acts import Act, Outcome
from audit.models import AuditEvent
from tests.conftest import PASSWORD
from tests.types import Response

pytestmark = pytest.mark.once

PEOPLE = [
    Person(sub="1", claims={"preferred_username": "shiju", "employee_no": "A-17"}),
    Person(sub="2", claims={"preferred_username": "fremd", "role": "administrator"}),
    Person(sub="3", claims={"preferred_username": ""}),
]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with run_server_in_thread(user_claims=PEOPLE) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def _provider(issuer: str, settings: Settings) -> None:
    settings.OIDC_ISSUER = issuer
    settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = "platform", "secret"
    settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{issuer}/oauth2/authorize"
    settings.OIDC_OP_TOKEN_ENDPOINT = f"{issuer}/oauth2/token"
    settings.OIDC_OP_USER_ENDPOINT = f"{issuer}/userinfo"
    settings.OIDC_OP_JWKS_ENDPOINT = f"{issuer}/jwks"
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, OIDC_BACKEND]


def come_back(client: Client, sub: str, to: str = "/imports/") -> str:
    """Go to the provider, log in there as somebody, and return the path that leads back."""
    there = client.get(f"/account/oidc/?{urlencode({'next': to})}")["Location"]
    answer = requests.post(there, data={"sub": sub}, allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def log_in(client: Client, sub: str) -> Response:
    return client.get(come_back(client, sub))


def is_in(client: Client) -> bool:
    return client.get("/account/sessions/").status_code == 200


def test_the_provider_lets_the_account_of_a_name_in(shiju: User) -> None:
    shiju.must_change_password = True  # the password is not asked for
    shiju.save()
    client = Client()
    assert log_in(client, "1")["Location"] == "/imports/"
    assert is_in(client)
    assert AuditEvent.objects.filter(act=Act.LOGIN, username="shiju").exists()


def test_an_employee_number_may_name_the_account(quji: User, settings: Settings) -> None:
    settings.OIDC_CLAIM, settings.OIDC_ACCOUNT = "employee_no", "employee_number"
    quji.employee_number = "A-17"
    quji.save()
    client = Client()
    log_in(client, "1")
    assert AuditEvent.objects.filter(act=Act.LOGIN, username="quji").exists()


@pytest.mark.parametrize("sub", ["2", "3"])
def test_nobody_gets_an_account_by_logging_in_there(shiju: User, sub: str) -> None:
    client = Client()
    answer = log_in(client, sub)
    assert not is_in(client)
    assert "没有对应的账号" in client.get(answer["Location"]).content.decode()
    assert User.objects.count() == 1
    assert AuditEvent.objects.filter(act=Act.LOGIN, outcome=Outcome.FAILED).exists()


def test_an_account_switched_off_or_of_another_system_stays_out(shiju: User) -> None:
    for change in ({"is_active": False}, {"is_active": True, "is_staff": False}):
        User.objects.filter(pk=shiju.pk).update(**change)
        client = Client()
        log_in(client, "1")
        assert not is_in(client)


def test_a_token_for_another_client_or_of_another_issuer_is_none(
    shiju: User, settings: Settings
) -> None:
    for name in ("OIDC_RP_CLIENT_ID", "OIDC_ISSUER"):
        client = Client()
        back = come_back(client, "1")
        right = getattr(settings, name)
        setattr(settings, name, "https://elsewhere.example")
        client.get(back)
        setattr(settings, name, right)
        assert not is_in(client)


def test_an_answer_counts_once_and_in_the_browser_that_asked(shiju: User) -> None:
    client, stranger = Client(), Client()
    back = come_back(client, "1")
    stranger.get("/account/oidc/")
    for each in (stranger, client, Client()):
        each.get(back)
    assert [is_in(each) for each in (stranger, client)] == [False, True]
    client.post("/admin/logout/")
    client.get(back)
    assert not is_in(client)


def test_a_provider_that_does_not_answer_is_told_on_the_login_page(
    shiju: User, settings: Settings
) -> None:
    client = Client()
    back = come_back(client, "1")
    settings.OIDC_OP_TOKEN_ENDPOINT = "http://localhost:9/token"
    assert client.get(back)["Location"] == "/admin/login/"
    assert "统一身份认证没有成功" in client.get("/admin/login/").content.decode()


def test_a_code_is_still_asked_where_the_role_must_have_one(
    shiju: User, settings: Settings
) -> None:
    settings.TOTP_ROLES = [Role.REVIEWER]
    client = Client()
    log_in(client, "1")
    assert client.get("/imports/")["Location"].startswith("/account/second-factor/")


def test_passwords_may_be_left_to_those_who_manage(
    shiju: User, guanli: User, settings: Settings
) -> None:
    settings.OIDC_LOCAL_LOGIN = "managers"
    found = {}
    for user in (shiju, guanli):
        client = Client()
        client.post("/admin/login/", {"username": user.username, "password": PASSWORD})
        found[user.username] = client.get("/admin/password_change/").status_code
    assert found == {"shiju": 302, "guanli": 200}
    assert "用统一身份认证登录" in Client().get("/admin/login/").content.decode()


def test_no_foreign_address_is_gone_to_after_the_login(shiju: User) -> None:
    client = Client()
    assert client.get(come_back(client, "1", "https://elsewhere.example/"))["Location"] == "/"


def test_without_the_setting_there_is_no_such_way(db: None, settings: Settings) -> None:
    settings.OIDC_ISSUER = ""
    for path in ("/account/oidc/", "/account/oidc/callback/?code=1&state=2"):
        assert Client().get(path).status_code == 404
    assert "统一身份认证" not in Client().get("/admin/login/").content.decode()


def test_a_missing_setting_stops_the_start_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.access import settings as module

    monkeypatch.setattr(module, "OIDC_ISSUER", "https://issuer.example")
    with pytest.raises(ImproperlyConfigured, match="OIDC_TOKEN_URL"):
        module._of_provider("OIDC_TOKEN_URL")
    monkeypatch.setenv("SESSION_HOURS", "zwölf")
    with pytest.raises(ImproperlyConfigured, match="SESSION_HOURS 应为不小于 1 的整数"):
        module._whole("SESSION_HOURS", 12, 1)
