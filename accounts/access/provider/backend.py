"""Logging in by the bureau's own identity provider (统一身份认证, OpenID Connect)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt
import requests
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.http import HttpRequest
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from typing_extensions import override

from accounts.access.handler import let_in
from accounts.models import User
from audit.acts import Act, Outcome
from audit.events import record

#: Seconds by which the provider's clock may differ from ours.
_LEEWAY = 60
_REQUIRED = ("exp", "iat", "iss", "aud", "sub")
_FAULTS = (requests.RequestException, SuspiciousOperation, jwt.PyJWTError, KeyError, ValueError)


class ProviderBackend(OIDCAuthenticationBackend):
    """Finds the account that a provider vouches for; it never makes one, nor gives a role.

    Beyond the library it holds issuer, audience and age of the token against the settings, and the
    claims against the token.
    """

    @override
    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return the account for the provider's answer; None, recorded, where there is none."""
        if request is None or not (request.GET.get("code") and request.GET.get("state")):
            return None
        try:
            user = super().authenticate(request, **credentials)
        except _FAULTS:
            user = None
        if not isinstance(user, User):
            record(Act.LOGIN, outcome=Outcome.FAILED, detail="统一身份认证登录失败或没有对应账号")
            return None
        let_in(request, user)
        return user

    @override
    def retrieve_matching_jwk(self, token: str) -> jwt.PyJWK:
        """Return the key that a token names, or the provider's only one where it names none."""
        answer = requests.get(settings.OIDC_OP_JWKS_ENDPOINT, timeout=settings.OIDC_TIMEOUT)
        answer.raise_for_status()
        keys = [each for each in answer.json()["keys"] if each.get("use", "sig") == "sig"]
        if (name := jwt.get_unverified_header(token).get("kid")) is not None:
            keys = [each for each in keys if each.get("kid") == name]
        if len(keys) != 1:
            raise SuspiciousOperation("no key, or several")
        return jwt.PyJWK(keys[0], algorithm=self.OIDC_RP_SIGN_ALGO)

    @override
    def get_payload_data(self, token: str, key: Any) -> dict[str, Any]:
        """Return the token's content; PyJWTError unless it is the provider's, for us, and fresh."""
        payload: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[self.OIDC_RP_SIGN_ALGO],
            audience=settings.OIDC_RP_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=_LEEWAY,
            options={"require": list(_REQUIRED)},
        )
        return payload

    @override
    def get_userinfo(
        self, access_token: str, id_token: str, payload: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the claims; SuspiciousOperation for those of somebody else than the token's."""
        claims: dict[str, Any] = super().get_userinfo(access_token, id_token, payload)
        if claims.get("sub") != payload.get("sub"):
            raise SuspiciousOperation("claims of another subject")
        return claims

    @override
    def verify_claims(self, claims: Mapping[str, Any]) -> bool:
        """Return whether the claim is there by which accounts are found."""
        return bool(str(claims.get(settings.OIDC_CLAIM) or ""))

    @override
    def filter_users_by_claims(self, claims: Mapping[str, Any]) -> QuerySet[User]:
        """Return the active account of a person with that user name or employee number."""
        people = User.objects.filter(is_active=True, is_staff=True)
        return people.filter(**{settings.OIDC_ACCOUNT: str(claims[settings.OIDC_CLAIM])})
