"""Services that issue, find and revoke API tokens."""

from __future__ import annotations

import datetime
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from accounts.api.models import ApiToken
from accounts.models import BUSINESS_ROLES, Role, User
from areas.models import Area
from audit.acts import Act
from audit.events import record

_PREFIX = "sqcs_"
_HINT = 9
#: The longest validity of a token.
LONGEST = datetime.timedelta(days=2 * 366)
#: The last use of a token is stored at most once in this time.
_NOTED_EVERY = datetime.timedelta(minutes=1)


class TokenRefused(ValueError):
    """The token cannot be issued; the Chinese message is for the administrator."""


def digest_of(token: str) -> str:
    """Return the SHA-256 under which a token is stored.

    A token has 256 random bits, so neither a salt nor a slow hash would make it safer.
    """
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def open_integration(
    name: str,
    role: Role,
    area: Area,
    *,
    expires_on: datetime.date,
    by: User,
    networks: str = "",
    reads_persons: bool = False,
) -> tuple[ApiToken, str]:
    """Create an integration account with its first token.

    Returns the stored token and its text, which is available only here. TokenRefused for a role
    without business data or an expiry day outside the limit.
    """
    if role not in BUSINESS_ROLES:
        raise TokenRefused("接口账号的角色应为填报员、审核员或观察员")
    user = User(
        username=f"jiekou-{secrets.token_hex(4)}",
        display_name=name,
        role=role,
        area=area,
        is_staff=False,
    )
    user.set_unusable_password()
    user.save()
    return issue_token(
        user, expires_on=expires_on, by=by, networks=networks, reads_persons=reads_persons
    )


def issue_token(
    user: User,
    *,
    expires_on: datetime.date,
    by: User,
    networks: str = "",
    reads_persons: bool = False,
) -> tuple[ApiToken, str]:
    """Issue another token to an integration account; its earlier tokens stay valid until revoked.

    Returns the stored token and its text. TokenRefused unless a 安全管理员 issues it to an
    integration account for at most two years.
    """
    if not by.manages_accounts:
        raise TokenRefused("只有安全管理员可以签发接口凭证")
    if user.has_usable_password() or user.is_staff:
        raise TokenRefused("接口凭证只能发给接口账号，不能发给工作人员的账号")
    today = timezone.localdate()
    if not today <= expires_on <= today + LONGEST:
        raise TokenRefused("有效期应在今天之后、两年以内")
    token = _PREFIX + secrets.token_urlsafe(32)
    kept = ApiToken.objects.create(
        user=user,
        role=user.role,
        area_id=user.area_id,
        networks=networks,
        digest=digest_of(token),
        hint=token[:_HINT],
        expires_on=expires_on,
        created_by=by,
        reads_persons=reads_persons,
    )
    return kept, token


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User) -> None:
    """Revoke a token with immediate effect and record it; revoking it twice changes nothing."""
    rows = ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True)
    if rows.update(revoked_at=timezone.now(), revoked_by=by):
        _record_revoked(token, by)
    token.refresh_from_db()


@transaction.atomic
def revoke_tokens_of(user: User, *, by: User) -> int:
    """Revoke all tokens of an account, because its role or area changes; return how many."""
    rows = ApiToken.objects.filter(user=user, revoked_at__isnull=True)
    for token in rows:
        _record_revoked(token, by)
    return rows.update(revoked_at=timezone.now(), revoked_by=by)


def _record_revoked(token: ApiToken, by: User) -> None:
    before = {"hint": token.hint, "role": token.role, "area": token.area_id, "state": token.state}
    after = {"hint": token.hint, "state": "已吊销"}
    area = token.area_id or ""
    record(Act.TOKEN_REVOKED, about=token, area=area, before=before, after=after, user=by)


def find_valid_token(token: str) -> ApiToken | None:
    """Return the valid token of an active integration account and record its use; None otherwise."""
    tokens = ApiToken.objects.select_related("user")
    found = tokens.filter(
        digest=digest_of(token), user__is_active=True, user__is_staff=False
    ).first()
    if found is None or not found.is_good_on(timezone.localdate()):
        return None
    now = timezone.now()
    if found.last_used_at is None or now - found.last_used_at > _NOTED_EVERY:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return found
