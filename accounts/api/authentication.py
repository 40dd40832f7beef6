"""`Authorization: Bearer sqcs_…`, and how often a caller may call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.throttling import SimpleRateThrottle
from typing_extensions import override

from accounts.api.models import ApiToken
from accounts.api.tokens import find

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

    from accounts.models import User


class TokenAuthentication(BaseAuthentication):
    """An integration by its token."""

    keyword = "Bearer"

    @override
    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """None without the header; 401 for a token that is none, past its day or revoked."""
        words = get_authorization_header(request).split()
        if not words:
            return None
        try:
            scheme, token = (word.decode("ascii") for word in words)
        except (ValueError, UnicodeDecodeError):
            raise AuthenticationFailed("Authorization 应为“Bearer 凭证”", "token") from None
        found = find(token) if scheme.lower() == "bearer" else None
        if found is None:
            raise AuthenticationFailed("接口凭证无效、已过期或已吊销", "token")
        return found.user, found

    @override
    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return self.keyword


class CallerThrottle(SimpleRateThrottle):
    """So many requests of one token, or of one person, a minute (`API_RATE`)."""

    scope = "api"

    @override
    def get_rate(self) -> str | None:
        """As set now; None: without end."""
        return settings.API_RATE or None

    @override
    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Each token by itself; whoever is not known is refused anyway."""
        if isinstance(request.auth, ApiToken):
            return f"api-rate-token-{request.auth.pk}"
        return f"api-rate-user-{request.user.pk}" if request.user.pk else None
