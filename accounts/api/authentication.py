"""Authentication by `Authorization: Bearer sqcs_…`, and the rate limit of each caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.throttling import SimpleRateThrottle
from typing_extensions import override

from accounts.access.addresses import counted_address
from accounts.access.guard import admit_call, note_wrong_token
from accounts.api.models import ApiToken
from accounts.api.networks import may_come_from
from accounts.api.tokens import find_valid_token
from audit.acts import Act, Outcome
from audit.events import address_of, record

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

    from accounts.models import User


class TokenAuthentication(BaseAuthentication):
    """Authenticates an integration account by its token."""

    keyword = "Bearer"

    @override
    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the account and its token, or None without the header.

        AuthenticationFailed (401) for a token that is unknown, expired or revoked.
        """
        words = get_authorization_header(request).split()
        if not words:
            return None
        try:
            scheme, token = (word.decode("ascii") for word in words)
        except (ValueError, UnicodeDecodeError):
            raise AuthenticationFailed("Authorization 应为“Bearer 凭证”", "token") from None
        found = find_valid_token(token) if scheme.lower() == "bearer" else None
        if found is None:
            _count_wrong_token(counted_address(request))
            raise AuthenticationFailed("接口凭证无效、已过期或已吊销", "token")
        if not may_come_from(found.networks, address_of(request._request)):
            raise AuthenticationFailed("接口凭证不能在该地址使用", "address")
        return found.user, found

    @override
    def authenticate_header(self, request: Request) -> str:
        """Return the scheme that the header `WWW-Authenticate` of a 401 names."""
        return self.keyword


def _count_wrong_token(address: str) -> None:
    """Count and record a wrong token; Throttled (429) once an address has sent too many.

    A valid token is let in before this: with 256 random bits it cannot be guessed, and an address
    may be that of several systems.
    """
    if not admit_call(address):
        raise Throttled(detail="本地址多次使用无效的接口凭证，请稍后再试")
    locked = note_wrong_token(address)
    record(Act.LOGIN, outcome=Outcome.FAILED, detail="接口凭证无效")
    if locked is not None:
        record(Act.LOCKED, about=locked, detail=f"{locked}，第{locked.locks}次锁定")


class CallerThrottle(SimpleRateThrottle):
    """Limits the requests per minute of one token or one logged-in person (setting `API_RATE`)."""

    scope = "api"

    @override
    def get_rate(self) -> str | None:
        """Read the setting at each request; None switches the limit off."""
        return settings.API_RATE or None

    @override
    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Return the key that requests are counted under; None for an anonymous caller, who gets
        401 anyway."""
        if isinstance(request.auth, ApiToken):
            return f"api-rate-token-{request.auth.pk}"
        return f"api-rate-user-{request.user.pk}" if request.user.pk else None
