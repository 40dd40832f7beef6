"""Issue, find and revoke tokens."""

from __future__ import annotations

import datetime
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from accounts.api.models import ApiToken
from accounts.models import BUSINESS_ROLES, Role, User
from areas.models import Area

_PREFIX = "sqcs_"
_HINT = 9
#: How far ahead a token may be good.
LONGEST = datetime.timedelta(days=2 * 366)
#: A token's last use is written down so often at most.
_NOTED_EVERY = datetime.timedelta(minutes=1)


class TokenRefused(ValueError):
    """A token that is not issued; the message is for the administrator."""


def digest_of(token: str) -> str:
    """How a token is kept. It is 256 random bits: no salt or slow hash makes it safer."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def open_integration(
    name: str, role: Role, area: Area, *, expires_on: datetime.date, by: User
) -> tuple[ApiToken, str]:
    """A new integration account with its first token; returns the token itself, for once."""
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
    return issue(user, expires_on=expires_on, by=by)


def issue(user: User, *, expires_on: datetime.date, by: User) -> tuple[ApiToken, str]:
    """Another token of an integration; the ones before stay good until they are revoked."""
    if not by.is_administrator:
        raise TokenRefused("只有系统管理员可以签发接口凭证")
    if user.has_usable_password() or user.is_staff:
        raise TokenRefused("接口凭证只能发给接口账号，不能发给工作人员的账号")
    today = timezone.localdate()
    if not today <= expires_on <= today + LONGEST:
        raise TokenRefused("有效期应在今天之后、两年以内")
    token = _PREFIX + secrets.token_urlsafe(32)
    kept = ApiToken.objects.create(
        user=user,
        digest=digest_of(token),
        hint=token[:_HINT],
        expires_on=expires_on,
        created_by=by,
    )
    return kept, token


def revoke(token: ApiToken, *, by: User) -> None:
    """From now on it opens nothing; twice is harmless."""
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(
        revoked_at=timezone.now(), revoked_by=by
    )
    token.refresh_from_db()


def find(token: str) -> ApiToken | None:
    """The good token of an active account; notes that it was used."""
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
