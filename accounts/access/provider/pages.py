"""The way to the identity provider and back."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views import View
from mozilla_django_oidc.views import (
    OIDCAuthenticationCallbackView,
    OIDCAuthenticationRequestView,
)
from typing_extensions import override

_FAILED = "统一身份认证没有成功，或者本平台没有对应的账号。请重试，或联系管理账号的人员。"


class _WithProvider(View):
    """A page that is there only where a provider is set."""

    @override
    def dispatch(self, request: HttpRequest, *args: object, **named: object) -> HttpResponseBase:
        if not settings.OIDC_ISSUER:
            raise Http404
        return super().dispatch(request, *args, **named)


class ToProvider(_WithProvider, OIDCAuthenticationRequestView):
    """Send the person to the provider."""


class FromProvider(_WithProvider, OIDCAuthenticationCallbackView):
    """Let the person in whom the provider vouches for, or say that it has failed."""

    @override
    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer a repeated or foreign call as a failed one."""
        try:
            answer: HttpResponse = super().get(request)
        except SuspiciousOperation:
            return self.login_failure()
        return answer

    @override
    def login_failure(self) -> HttpResponse:
        messages.error(self.request, _FAILED)
        return redirect("admin:login")
