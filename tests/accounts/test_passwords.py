"""Passwords keep the rules, are changed by their owners alone, and end sessions with them."""

from __future__ import annotations

import datetime
import importlib
import io
import itertools
import re

import pytest
from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.access.secrets.passwords import is_expired, one_time_password
from accounts.models import Role, User
from audit.acts import Act
from audit.models import AuditEvent
from tests.conftest import PASSWORD
from tests.types import Response, Visit

CHANGE = "/admin/password_change/"


def change(client: Client, old: str, new: str) -> Response:
    return client.post(CHANGE, {"old_password": old, "new_password1": new, "new_password2": new})


@pytest.mark.once
@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Kurz-1a", "至少"),
        ("nur-kleine-worte", "三类"),
        ("WANGxiaoming-2026", "用户名或姓名"),
        ("王小明的口令Abc1", "用户名或姓名"),
        ("Ｗangxiaoming#2026", "用户名或姓名"),
    ],
)
def test_a_password_against_the_rules_is_refused_with_the_rule(password: str, why: str) -> None:
    user = User(username="wangxiaoming", display_name="王小明")
    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)
    assert any(why in each for each in refused.value.messages)


@pytest.mark.once
def test_a_one_time_password_keeps_the_rules() -> None:
    found = {one_time_password() for _ in range(50)}
    assert len(found) == 50
    for each in found:
        validate_password(each, User(username="wangxiaoming"))


def test_none_of_the_last_five_comes_back_and_the_sixth_does(visit: Visit, quji: User) -> None:
    client = visit(quji)
    words = [PASSWORD, *(f"Neues-Wort-{number}" for number in range(1, 6))]
    for old, new in itertools.pairwise(words):
        assert change(client, old, new).status_code == 302
    for used in words[1:]:
        assert "最近5次" in change(client, words[-1], used).content.decode()
    assert change(client, words[-1], PASSWORD).status_code == 302


def test_a_changed_password_ends_the_other_sessions(visit: Visit, quji: User) -> None:
    here, there = visit(quji), visit(quji)
    change(here, PASSWORD, "Neues-Wort-2026")
    assert [each.get("/account/sessions/").status_code for each in (here, there)] == [200, 302]
    assert AuditEvent.objects.filter(act=Act.PASSWORD_CHANGED, username="quji").count() == 1


def test_who_was_given_a_password_changes_it_before_anything_else(
    visit: Visit, anquan: User, quji: User
) -> None:
    at_work = visit(quji)
    address = f"/admin/accounts/user/{quji.pk}/password/"
    assert visit(anquan).get(address).status_code == 200
    page = visit(anquan).post(address).content.decode()
    text = re.findall(r"<textarea[^>]*>(\S+)</textarea>", page)[0]
    assert at_work.get("/").status_code == 302
    assert AuditEvent.objects.filter(act=Act.PASSWORD_RESET, username="anquan").exists()
    client = Client()
    client.post("/admin/login/", {"username": "quji", "password": text})
    assert client.get("/imports/")["Location"] == f"{CHANGE}?next=/imports/"
    assert client.get("/api/v1/areas/").status_code == 401
    change(client, text, "Neues-Wort-2026")
    assert client.get("/imports/").status_code == 200


def test_nobody_resets_their_own_password(visit: Visit, anquan: User) -> None:
    answer = visit(anquan).post(f"/admin/accounts/user/{anquan.pk}/password/")
    assert answer["Location"] == CHANGE


def test_a_new_account_gets_a_one_time_password(visit: Visit, anquan: User) -> None:
    sent = {"username": "neu", "role": "administrator"}
    page = visit(anquan).post("/admin/accounts/user/add/", sent).content.decode()
    user = User.objects.get(username="neu")
    assert user.must_change_password
    assert user.check_password(re.findall(r"<textarea[^>]*>(\S+)</textarea>", page)[0])


def test_an_old_password_is_changed_first_unless_the_setting_says_never(
    visit: Visit, quji: User, settings: Settings
) -> None:
    quji.password_changed_at = timezone.now() - datetime.timedelta(days=91)
    quji.save()
    assert visit(quji).get("/imports/")["Location"].startswith(CHANGE)
    settings.PASSWORD_DAYS = 0
    assert visit(quji).get("/imports/").status_code == 200


def test_createsuperuser_keeps_the_rules(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "12345678")
    sent = {"username": "chef", "email": "", "interactive": False}
    with pytest.raises((CommandError, ValidationError)):
        call_command("createsuperuser", **sent)
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "Gutes-Wort-2026")
    call_command("createsuperuser", **sent, verbosity=0)
    assert User.objects.get().role == Role.ADMINISTRATOR


def test_the_first_administrator_is_made_once_and_can_be_rescued(db: None) -> None:
    said = io.StringIO()
    call_command("first_administrator", "chef", "--one-time", stdout=said)
    user = User.objects.get(username="chef", role=Role.ADMINISTRATOR, must_change_password=True)
    assert user.check_password(said.getvalue().splitlines()[0].rpartition("：")[2])
    with pytest.raises(CommandError, match="已有"):
        call_command("first_administrator", "zweiter", "--one-time")
    call_command("rescue_account", "chef", stdout=said)
    user.refresh_from_db()
    assert user.check_password(said.getvalue().splitlines()[-1].rpartition("：")[2])


def test_nobody_has_to_change_a_password_because_of_the_upgrade(quji: User) -> None:
    migration = importlib.import_module("accounts.migrations.0007_login")
    long_ago = timezone.now() - datetime.timedelta(days=900)
    User.objects.update(date_joined=long_ago, password_changed_at=None)
    quji.refresh_from_db()
    assert is_expired(quji)
    migration.begin_ages(apps, None)
    quji.refresh_from_db()
    assert not is_expired(quji)
