"""Changes of accounts and tokens that a second person confirms."""

from __future__ import annotations

import datetime
import hashlib
from typing import TYPE_CHECKING, cast

from django.core.exceptions import ValidationError
from django.db.models import Q
from typing_extensions import override

from accounts.access.secrets.passwords import end_sessions, give_one_time_password
from accounts.access.secrets.second_factor import reset
from accounts.api.models import ApiToken
from accounts.api.tokens import TokenRefused, issue_token, open_integration, revoke_tokens_of
from accounts.confirming.rules import refuse_change, refuse_new
from accounts.confirming.telling import tell_owner
from accounts.models import Role, User
from areas.models import Area
from audit.acts import Act
from audit.events import record
from proposals.kinds import ChangeKind, Outcome, Payload, ProposalRefused, declare

if TYPE_CHECKING:
    from proposals.kinds import Person
    from proposals.models import PendingChange

#: The fields of an account that a change may be about.
FIELDS = (
    "username",
    "display_name",
    "employee_number",
    "role",
    "area_id",
    "department",
    "email",
    "is_active",
)
#: Fields that hold personal data of the account's owner: the audit log masks their values.
PERSONAL = frozenset({"display_name", "employee_number", "email"})
_ONE_TIME = "一次性口令"


class AccountKind(ChangeKind):
    """Base of the changes of accounts: a 安全管理员 proposes, another one or a 系统管理员 confirms."""

    @override
    def may_propose(self, user: Person, area: str) -> bool:
        return user.is_active and cast(User, user).manages_accounts

    @override
    def may_confirm(self, user: Person, area: str) -> bool:
        own = cast(User, user)
        return own.manages_accounts or own.is_administrator

    @override
    def readers(self, user: Person) -> Q | None:
        return Q() if self.may_confirm(user, "") else None

    @override
    def is_about(self, user: Person, payload: Payload) -> bool:
        return payload.get("user") == user.pk


class NewAccount(AccountKind):
    """A new account of a person, with a one-time password."""

    key, title = "accounts.new", "新增账号"

    @override
    def state(self, payload: Payload) -> object:
        return User.objects.filter(username=payload["username"]).exists()

    @override
    def acts_alone(self, user: Person, payload: Payload) -> bool:
        """Whether the only administrator of the transition names the first 安全管理员."""
        others = User.objects.filter(is_active=True, role=Role.ADMINISTRATOR).exclude(
            pk=cast(User, user).pk
        )
        return (
            payload["role"] == Role.SECURITY
            and cast(User, user).keeps_security
            and not others.exists()
            and not User.objects.filter(role=Role.SECURITY).exists()
        )

    @override
    def apply(self, change: PendingChange, *, by: Person) -> Outcome:
        """Create the account."""
        user = User(**dict(change.payload))
        refuse_new(user)
        user.set_unusable_password()
        checked(user)
        user.save()
        text = give_one_time_password(user)
        after = shown_values(user, FIELDS)
        record(Act.ACCOUNT_ADDED, about=user, area=user.area_id or "", after=after, user=by)
        return Outcome(f"账号“{user}”已建立", str(user.pk), text, _ONE_TIME)


class AccountChange(AccountKind):
    """Other values of an account: role, area, department, reactivation and the like."""

    key, title = "accounts.change", "修改账号"

    @override
    def state(self, payload: Payload) -> object:
        return list(User.objects.filter(pk=payload["user"]).values_list(*FIELDS))

    @override
    def apply(self, change: PendingChange, *, by: Person) -> Outcome:
        """Change the account; tokens and sessions end where its role or area changes."""
        user = _locked_user(change.payload)
        values = cast("dict[str, object]", change.payload["values"])
        apply_values(user, values, by=cast(User, by))
        tell_owner(user, change)
        return Outcome(f"账号“{user}”已修改", str(user.pk))


class PasswordReset(AccountKind):
    """A one-time password for an account whose owner has forgotten theirs."""

    key, title = "accounts.reset", "重置口令"

    @override
    def state(self, payload: Payload) -> object:
        rows = User.objects.filter(pk=payload["user"]).values_list("password", "is_active", "role")
        return [[hashlib.sha256(password.encode()).hexdigest(), *more] for password, *more in rows]

    @override
    def apply(self, change: PendingChange, *, by: Person) -> Outcome:
        """Give the one-time password; all sessions end."""
        user = _locked_user(change.payload)
        if not user.is_staff:
            raise ProposalRefused("接口账号没有口令；请换发或吊销其凭证")
        text = give_one_time_password(user)
        tell_owner(user, change)
        return Outcome(f"{user}的口令已重置", str(user.pk), text, _ONE_TIME)


class SecondFactorReset(AccountKind):
    """Forgetting the authenticator of an account whose owner has lost phone and paper."""

    key, title = "accounts.second_factor", "重置两步验证"

    @override
    def state(self, payload: Payload) -> object:
        return list(User.objects.filter(pk=payload["user"]).values_list("is_active", "role"))

    @override
    def apply(self, change: PendingChange, *, by: Person) -> Outcome:
        """Forget it; all sessions end."""
        user = _locked_user(change.payload)
        reset(user)
        tell_owner(user, change)
        return Outcome(f"已重置{user}的两步验证，其登录已全部退出", str(user.pk))


class NewIntegration(AccountKind):
    """An integration account with its first token."""

    key, title = "accounts.integration", "签发接口凭证"

    @override
    def state(self, payload: Payload) -> object:
        return None

    @override
    def apply(self, change: PendingChange, *, by: Person) -> Outcome:
        """Create the account and issue its token."""
        given = cast("dict[str, str]", change.payload)
        try:
            token, text = open_integration(
                given["name"],
                Role(given["role"]),
                Area.objects.get(code=given["area"]),
                expires_on=datetime.date.fromisoformat(given["expires_on"]),
                by=change.proposed_by,
                networks=given.get("networks", ""),
                reads_persons=bool(change.payload.get("reads_persons")),
            )
        except TokenRefused as refused:
            raise ProposalRefused(str(refused)) from None
        return _issued(token, text, by)


class TokenRenewal(AccountKind):
    """Another token for an integration account, with its present role and area."""

    key, title = "accounts.renewal", "换发接口凭证"

    @override
    def state(self, payload: Payload) -> object:
        rows = ApiToken.objects.filter(pk=payload["token"])
        return list(rows.values_list("user__role", "user__area_id", "user__is_active"))

    @override
    def apply(self, change: PendingChange, *, by: Person) -> Outcome:
        """Issue the token; earlier ones stay until they are revoked."""
        token = ApiToken.objects.select_related("user").get(pk=change.payload["token"])
        day = datetime.date.fromisoformat(str(change.payload["expires_on"]))
        try:
            made, text = issue_token(
                token.user,
                expires_on=day,
                by=change.proposed_by,
                networks=token.networks,
                reads_persons=token.reads_persons,
            )
        except TokenRefused as refused:
            raise ProposalRefused(str(refused)) from None
        return _issued(made, text, by)


def apply_values(user: User, values: dict[str, object], *, by: User) -> None:
    """Store an account's new values and record them; ProposalRefused where they may not be.

    Where role, area or activity change, its sessions end; where role or area do, its tokens, too.
    """
    refuse_change(user, values)
    before = shown_values(user, values)
    for name, value in values.items():
        setattr(user, name, value)
    if {"role", "area_id"} & values.keys():
        user.is_superuser = False
        revoke_tokens_of(user, by=by)
    checked(user)
    user.save()
    if {"role", "area_id", "is_active"} & values.keys():
        end_sessions(user)
    act = Act.ROLE_CHANGED if {"role", "area_id"} & values.keys() else Act.ACCOUNT_CHANGED
    after = shown_values(user, values)
    record(act, about=user, area=user.area_id or "", before=before, after=after, user=by)


def shown_values(user: User, names: object) -> dict[str, object]:
    """Return values of an account for the audit log, personal ones masked."""
    found = [name for name in FIELDS if name in cast("dict[str, object]", names)]
    return {
        name: _masked(str(getattr(user, name))) if name in PERSONAL else getattr(user, name)
        for name in found
    }


def _masked(text: str) -> str:
    """Return a name, a number or a mail address so that a change shows: 张***, z***@example.gov.cn."""
    own, sign, host = text.partition("@")
    return f"{own[:1]}***{sign}{host}" if text else ""


def checked(user: User) -> None:
    """Raise ProposalRefused with the model's own messages where an account is not sound."""
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise ProposalRefused("；".join(error.messages)) from None


def _locked_user(payload: Payload) -> User:
    user = User.objects.select_for_update(of=("self",)).filter(pk=payload["user"]).first()
    if user is None:
        raise ProposalRefused("没有这个账号")
    return user


def _issued(token: ApiToken, text: str, by: Person) -> Outcome:
    after = {
        "role": token.role,
        "area": token.area_id,
        "expires_on": token.expires_on,
        "networks": token.networks,
        "reads_persons": token.reads_persons,
        "hint": token.hint,
    }
    record(Act.TOKEN_ISSUED, about=token, area=token.area_id or "", after=after, user=by)
    return Outcome(f"{token.user}的接口凭证已签发", str(token.pk), text, "接口凭证")


for _kind in (
    NewAccount(),
    AccountChange(),
    PasswordReset(),
    SecondFactorReset(),
    NewIntegration(),
    TokenRenewal(),
):
    declare(_kind)
