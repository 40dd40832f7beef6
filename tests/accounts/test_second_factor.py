"""The second factor: demanded by role, set up offline, with codes on paper, and reset by another."""

from __future__ import annotations

import datetime
import re
import time

import pytest
import time_machine
from django.core.checks import run_checks
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django.fixtures import Settings

from accounts.access.secrets.second_factor import Authenticator, confirm
from accounts.models import User
from audit.acts import Act
from audit.models import AuditEvent
from tests.conftest import PASSWORD
from tests.types import Visit

PAGE = "/account/second-factor/"


@pytest.fixture(autouse=True)
def _reviewers_need_a_code(settings: Settings) -> None:
    settings.TOTP_ROLES = ["reviewer"]


def shown(user: User, later: int = 0) -> str:
    """Return what the app of an account shows now, or some seconds later."""
    device = Authenticator.objects.get(user=user)
    app = TOTP(device.bin_key)
    app.time = time.time() + later
    return f"{app.token():06d}"


def log_in(user: User) -> Client:
    client = Client()
    client.post("/admin/login/", {"username": user.username, "password": PASSWORD})
    return client


def test_who_must_have_a_code_sets_it_up_before_anything_else(shiju: User, quji: User) -> None:
    client = log_in(shiju)
    assert client.get("/imports/")["Location"] == f"{PAGE}?next=/imports/"
    assert client.get("/api/v1/areas/").status_code == 401
    page = client.get(f"{PAGE}?next=/exports/").content.decode()
    assert "<svg" in page
    assert 'style="' not in page[page.index("<svg") : page.index("</svg>")]
    assert "验证码不正确" in client.post(PAGE, {"code": "000000"}).content.decode()
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=5), tick=False):
        page = client.post(PAGE, {"code": shown(shiju), "next": "/exports/"}).content.decode()
    assert len(re.findall(r"<code>\w{5}-\w{5}</code>", page)) == 10
    assert client.get("/exports/").status_code == 200
    assert AuditEvent.objects.filter(act=Act.SECOND_FACTOR_SET, username="shiju").exists()
    assert log_in(quji).get("/exports/").status_code == 200


def test_a_code_is_asked_after_the_password_and_counts_once(shiju: User) -> None:
    assert confirm(shiju, "") == []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        clock.shift(datetime.timedelta(seconds=2))
        paper = confirm(shiju, shown(shiju))
        clock.shift(datetime.timedelta(seconds=60))
        code = shown(shiju)
        client, second = log_in(shiju), log_in(shiju)
        assert not AuditEvent.objects.filter(act=Act.LOGIN).exists()
        assert AuditEvent.objects.filter(act=Act.LOGIN_BEGUN, username="shiju").count() == 2
        assert client.post(PAGE, {"code": code}).status_code == 302
        assert AuditEvent.objects.filter(act=Act.LOGIN, username="shiju").count() == 1
        assert "验证码不正确" in second.post(PAGE, {"code": code}).content.decode()
        clock.shift(datetime.timedelta(seconds=5))
        assert second.post(PAGE, {"code": paper[0].upper()}).status_code == 302
        third = log_in(shiju)
        assert "验证码不正确" in third.post(PAGE, {"code": paper[0]}).content.decode()


def test_codes_are_guessed_no_more_often_than_passwords(shiju: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        confirm(shiju, shown_after_begin(shiju))
        for _ in range(5):
            clock.shift(datetime.timedelta(minutes=1))
            client = log_in(shiju)  # the right password in between forgives nothing
            client.post(PAGE, {"code": "000000"})
        assert log_in(shiju).get(PAGE).status_code == 302
        assert AuditEvent.objects.filter(act=Act.LOCKED).count() == 1


def shown_after_begin(user: User) -> str:
    Authenticator.objects.create(user=user, confirmed=False, name="authenticator")
    return shown(user)


def test_the_database_alone_gives_no_code_away(shiju: User) -> None:
    paper = confirm(shiju, shown_after_begin(shiju))
    device = TOTPDevice.objects.get(user=shiju)
    assert device.bin_key != Authenticator.objects.get(user=shiju).bin_key
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert len(stored) == 10
    assert not stored & {code.replace("-", "") for code in paper}


def test_another_resets_it_and_that_is_recorded(visit: Visit, anquan: User, shiju: User) -> None:
    confirm(shiju, shown_after_begin(shiju))
    address = f"/admin/accounts/user/{shiju.pk}/reset_code/"
    assert visit(shiju).post(address).status_code in (302, 403)
    assert visit(anquan).get(address).status_code == 200
    assert visit(anquan).post(address).status_code == 302
    assert not TOTPDevice.objects.filter(user=shiju).exists()
    assert AuditEvent.objects.filter(act=Act.SECOND_FACTOR_RESET, username="anquan").exists()


def test_nobody_is_shown_the_devices_themselves(visit: Visit, anquan: User, guanli: User) -> None:
    for user in (anquan, guanli):
        client = visit(user)
        for name in ("otp_totp/totpdevice", "otp_static/staticdevice", "axes/accessattempt"):
            assert client.get(f"/admin/{name}/").status_code == 404


@pytest.mark.once
def test_a_role_that_does_not_exist_is_an_error_in_chinese(settings: Settings) -> None:
    settings.TOTP_ROLES = ["chef"]
    assert any("TOTP_ROLES" in error.msg for error in run_checks())
