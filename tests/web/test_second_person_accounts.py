"""账号: nobody raises themselves or a friend alone, and nobody takes another one's account over."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from importlib import import_module

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.access.secrets.second_factor import Authenticator
from accounts.api.models import ApiToken
from accounts.api.tokens import find_valid_token, open_integration
from accounts.confirming.tasks import mail_owner
from accounts.models import Role, User
from areas.models import Area
from audit.acts import Act
from audit.models import AuditEvent
from proposals.kinds import ProposalRefused
from proposals.models import ChangeState, PendingChange
from proposals.services import confirm
from tests.conftest import DISTRICT, JIEFANGBEI, PASSWORD, QIXINGGANG
from tests.types import Response, Visit
from tests.web.forms import filled_in, options_of

pytestmark = pytest.mark.once  # rules of roles; the statements are the same on both databases

ADD = reverse("admin:accounts_user_add")


@pytest.fixture(autouse=True)
def _two_persons(settings: Settings) -> None:
    settings.SECOND_PERSON = True


def _waiting() -> PendingChange:
    return PendingChange.objects.get(state=ChangeState.WAITING)


def _page_of(change: PendingChange) -> str:
    return reverse("pending-change", args=[change.pk])


def _change_url(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def _edits(client: Client, name: str, **values: object) -> Response:
    user = User.objects.get(username=name)
    sent = filled_in(client.get(_change_url(user)), **values, reason="工作需要")
    for field in [field for field, value in values.items() if value is False]:
        sent.pop(field, None)
    return client.post(_change_url(user), sent)


def _adds(client: Client, role: str, area: str = "") -> Response:
    values = {"username": "xinren", "display_name": "新人", "role": role, "area": area}
    return client.post(ADD, filled_in(client.get(ADD), **values, reason="新任"))


def _resets(client: Client, name: str) -> Response:
    user = User.objects.get(username=name)
    url = reverse("admin:auth_user_password_change", args=[user.pk])
    return client.post(url, {"reason": "本人忘记"})


def _forgets_a_factor(client: Client, name: str) -> Response:
    user = User.objects.get(username=name)
    url = reverse("admin:accounts_user_reset_code", args=[user.pk])
    return client.post(url, {"reason": "手机遗失"})


def _issues_a_token(client: Client) -> Response:
    day = timezone.localdate() + datetime.timedelta(days=30)
    given = {"name": "平台", "role": "reviewer", "area": DISTRICT, "expires_on": day}
    return client.post(reverse("admin:accounts_apitoken_add"), given | {"reason": "对接"})


PATHS: dict[str, Callable[[Client], Response]] = {
    "a new reviewer": lambda client: _adds(client, "reviewer", DISTRICT),
    "a new administrator": lambda client: _adds(client, "administrator"),
    "a second of themselves": lambda client: _adds(client, "security"),
    "a new auditor": lambda client: _adds(client, "auditor"),
    "a clerk becomes a reviewer": lambda client: _edits(client, "jiedao", role="reviewer"),
    "a clerk gets another area": lambda client: _edits(client, "jiedao", area=DISTRICT),
    "a clerk signs for a department": lambda client: _edits(client, "jiedao", department="社工部"),
    "mails go elsewhere": lambda client: _edits(client, "jiedao", email="a@example.com"),
    "an account is opened again": lambda client: _edits(client, "jiedao2", is_active="on"),
    "the auditor is switched off": lambda client: _edits(client, "shenji", is_active=False),
    "the administrator is renamed": lambda client: _edits(client, "guanli", display_name="张"),
    "the reviewer's password is reset": lambda client: _resets(client, "shiju"),
    "the administrator's password is reset": lambda client: _resets(client, "guanli"),
    "the administrator's second factor is reset": lambda client: _forgets_a_factor(
        client, "guanli"
    ),
    "a token": _issues_a_token,
}


def _facts() -> list[object]:
    users = User.objects.order_by("pk").values_list(
        "username", "display_name", "role", "area", "department", "email", "is_active", "password"
    )
    return [list(users), ApiToken.objects.count(), Authenticator.objects.count()]


@pytest.fixture
def cast(
    shiju: User, jiedao: User, jiedao2: User, guanli: User, shenji: User, anquan: User
) -> None:
    User.objects.filter(pk=jiedao2.pk).update(is_active=False)
    User.objects.create_user("guanli2", password=PASSWORD, role=Role.ADMINISTRATOR)
    User.objects.create_user("shenji2", password=PASSWORD, role=Role.AUDITOR)
    Authenticator.objects.create(user=guanli, name="app", confirmed=True)


@pytest.mark.parametrize("way", PATHS)
def test_one_person_changes_nothing_and_a_second_one_does(
    cast: None, visit: Visit, anquan: User, way: str
) -> None:
    second = User.objects.get(username="guanli2")
    client, before = visit(anquan), _facts()
    answer = PATHS[way](client)
    change = _waiting()
    assert answer["Location"] == _page_of(change)
    assert client.post(_page_of(change), {"confirm": "1"}).status_code == 409
    assert _facts() == before
    answer = visit(second).post(_page_of(change), {"confirm": "1"})
    change.refresh_from_db()
    assert (change.state, change.decided_by) == (ChangeState.DONE, second)
    assert _facts() != before
    is_secret = any(word in way for word in ("new", "themselves", "password", "token"))
    assert answer.status_code == (200 if is_secret else 302)
    if is_secret:
        assert "no-store" in answer["Cache-Control"]
        text = answer.context["text"]
        assert text in answer.content.decode()
        stored = [str(row) for row in PendingChange.objects.values()]
        stored += [str(row) for row in AuditEvent.objects.values()]
        assert not any(text in row for row in stored)
    acts = set(AuditEvent.objects.values_list("act", "user_id"))
    assert {(Act.PROPOSED, anquan.pk), (Act.CONFIRMED, second.pk)} <= acts


def test_what_needs_no_second_person_is_recorded(cast: None, visit: Visit, anquan: User) -> None:
    client = visit(anquan)
    _edits(client, "jiedao", display_name="王某")
    _edits(client, "shiju", is_active=False)
    assert User.objects.get(username="jiedao").display_name == "王某"
    assert not User.objects.get(username="shiju").is_active
    events = AuditEvent.objects.filter(act=Act.ACCOUNT_CHANGED, user_id=anquan.pk)
    assert events.count() == 2
    assert not any("王某" in str((event.before, event.after)) for event in events)
    told = {"display_name": "王***"}, {"is_active": False}
    assert [event.after for event in events.order_by("pk")] == [*told]
    assert not PendingChange.objects.exists()


@pytest.mark.parametrize("name", ["shiju", "jiedao", "shenji", "guanli"])
def test_only_the_security_administrator_proposes(
    cast: None, visit: Visit, request: pytest.FixtureRequest, name: str
) -> None:
    client = visit(request.getfixturevalue(name))
    assert client.post(ADD, {"username": "xinren", "role": "observer"}).status_code in (302, 403)
    assert not PendingChange.objects.exists()
    assert not User.objects.filter(username="xinren").exists()


def test_nobody_decides_about_the_own_account(
    cast: None, visit: Visit, anquan: User, guanli: User
) -> None:
    _resets(visit(anquan), "guanli")
    with pytest.raises(ProposalRefused, match="本人的账号"):
        confirm(_waiting().pk, by=guanli)


def test_the_own_account_is_changed_by_others(cast: None, visit: Visit, anquan: User) -> None:
    client = visit(anquan)
    client.post(_change_url(anquan), {"role": "reviewer", "area": DISTRICT, "reason": "试"})
    anquan.refresh_from_db()
    assert (anquan.role, anquan.area) == (Role.SECURITY, None)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("jiedao", "administrator"),
        ("shiju", "security"),
        ("guanli", "auditor"),
        ("shenji", "observer"),
        ("guanli", "security"),
    ],
)
def test_duties_are_never_mixed(
    cast: None, visit: Visit, anquan: User, name: str, role: str
) -> None:
    area = DISTRICT if role == "observer" else ""
    answer = _edits(visit(anquan), name, role=role, area=area)
    assert not PendingChange.objects.exists()
    assert User.objects.get(username=name).role != role
    assert "不能互换角色" in answer.content.decode()


def test_management_has_no_area(cast: None, visit: Visit, anquan: User) -> None:
    answer = _adds(visit(anquan), "administrator", DISTRICT)
    assert not PendingChange.objects.exists()
    assert "不设管辖区划" in answer.content.decode()


def test_a_reason_is_asked_for_where_a_second_person_has_to_know_it(
    cast: None, visit: Visit, anquan: User
) -> None:
    client = visit(anquan)
    for url, values in (
        (ADD, {"username": "xinren", "role": "observer", "area": DISTRICT}),
        (_change_url(User.objects.get(username="jiedao")), {"role": "reviewer"}),
    ):
        answer = client.post(url, filled_in(client.get(url), **values))
        assert "请填写变更理由" in answer.content.decode()
    assert not PendingChange.objects.exists()


@pytest.mark.parametrize(("name", "duty"), [("guanli", "系统管理员"), ("shenji", "审计员")])
def test_somebody_is_left_for_each_duty(
    cast: None, visit: Visit, anquan: User, name: str, duty: str
) -> None:
    User.objects.filter(username=f"{name}2").update(is_active=False)
    answer = _edits(visit(anquan), name, is_active=False)
    assert f"唯一启用的{duty}" in answer.content.decode()
    assert not PendingChange.objects.exists()


# --- password resets ----------------------------------------------------------------------------


def test_a_reset_ends_the_sessions_and_is_told(
    cast: None, visit: Visit, shiju: User, anquan: User, guanli: User
) -> None:
    User.objects.filter(pk=shiju.pk).update(email="shiju@example.com")
    open_ = Client()
    open_.force_login(shiju)
    _resets(visit(anquan), "shiju")
    change = _waiting()
    confirm(change.pk, by=guanli)
    shiju.refresh_from_db()
    assert shiju.must_change_password and not shiju.check_password(PASSWORD)
    assert "/login/" in open_.get("/")["Location"]
    assert mail_owner(shiju.pk, change.pk)
    assert "不是您要求的" in mail.outbox[-1].body
    User.objects.filter(pk=shiju.pk).update(must_change_password=False)
    assert "重置口令" in visit(User.objects.get(pk=shiju.pk)).get("/").content.decode()


def test_an_observer_is_told_without_a_desk(
    cast: None, visit: Visit, shengting: User, anquan: User, guanli: User
) -> None:
    _edits(visit(anquan), "shengting", department="社会工作部")
    confirm(_waiting().pk, by=guanli)
    client = visit(User.objects.get(pk=shengting.pk))
    shown = client.get("/", follow=True).content.decode()
    assert "您的账号有变更" in shown
    assert "您的账号有变更" not in client.get("/", follow=True).content.decode()


def test_no_list_of_accounts_or_tokens_has_an_action_on_many(
    visit: Visit, anquan: User, guanli: User
) -> None:
    for user, model in (
        (anquan, "accounts_user"),
        (anquan, "accounts_apitoken"),
        (guanli, "areas_area"),
    ):
        page = visit(user).get(reverse(f"admin:{model}_changelist"))
        assert options_of(page) == []


# --- tokens -------------------------------------------------------------------------------------


@pytest.fixture
def token(anquan: User, guanli: User) -> tuple[ApiToken, str]:
    day = timezone.localdate() + datetime.timedelta(days=30)
    area = Area.objects.get(code=QIXINGGANG)
    return open_integration("街道系统", Role.CLERK, area, expires_on=day, by=anquan)


@pytest.mark.parametrize("values", [{"role": Role.REVIEWER}, {"area_id": JIEFANGBEI}])
def test_a_token_has_no_power_that_it_was_not_issued_with(
    token: tuple[ApiToken, str], values: dict[str, str]
) -> None:
    assert find_valid_token(token[1])
    User.objects.filter(pk=token[0].user_id).update(**values)
    assert find_valid_token(token[1]) is None


def test_a_confirmed_change_of_role_revokes_the_tokens(
    token: tuple[ApiToken, str], visit: Visit, anquan: User, guanli: User
) -> None:
    _edits(visit(anquan), token[0].user.username, role="observer")
    assert find_valid_token(token[1])
    confirm(_waiting().pk, by=guanli)
    token[0].refresh_from_db()
    assert token[0].revoked_at and token[0].revoked_by == guanli
    revoked = AuditEvent.objects.get(act=Act.TOKEN_REVOKED)
    assert revoked.after == {"hint": token[0].hint, "state": "已吊销"}


def test_a_renewal_waits_too(
    token: tuple[ApiToken, str], visit: Visit, anquan: User, guanli: User
) -> None:
    url = reverse("admin:accounts_apitoken_renew", args=[token[0].pk])
    visit(anquan).post(url, {"reason": "到期"})
    assert ApiToken.objects.count() == 1
    _, outcome = confirm(_waiting().pk, by=guanli)
    assert find_valid_token(outcome.secret)


# --- the transition -----------------------------------------------------------------------------


@pytest.fixture
def old(guanli: User) -> User:
    """The administrator of an installation from before."""
    import_module("accounts.migrations.0006_three_duties").let_nobody_be_locked_out(apps, None)
    return User.objects.get(pk=guanli.pk)


def test_a_lone_administrator_names_the_first_security_administrator_and_no_more(
    old: User, visit: Visit
) -> None:
    client = visit(old)
    assert "过渡期" in client.get("/").content.decode()
    assert _adds(client, "security").status_code == 200
    named = User.objects.get(username="xinren")
    assert PendingChange.objects.get().is_alone
    sent = filled_in(client.get(ADD), username="dier", role="security", reason="新任")
    client.post(ADD, sent)
    assert _waiting().proposed_by == old
    assert User.objects.get(pk=old.pk).manages_accounts
    client.force_login(named)
    assert not User.objects.get(pk=old.pk).manages_accounts
    assert visit(User.objects.get(pk=old.pk)).get(ADD).status_code == 403


def test_two_administrators_confirm_each_other_from_the_start(old: User, visit: Visit) -> None:
    User.objects.create_user("guanli2", password=PASSWORD, role=Role.ADMINISTRATOR)
    _adds(visit(old), "security")
    assert not User.objects.filter(username="xinren").exists()
    confirm(_waiting().pk, by=User.objects.get(username="guanli2"))
    assert User.objects.get(username="xinren").role == Role.SECURITY


def test_a_lone_administrator_makes_no_business_account(old: User, visit: Visit) -> None:
    _adds(visit(old), "reviewer", DISTRICT)
    assert not User.objects.filter(username="xinren").exists()


def test_no_command_makes_an_administrator_beside_one(guanli: User) -> None:
    with pytest.raises(CommandError, match="已有管理账号"):
        call_command("createsuperuser", username="you", email="", interactive=False)
