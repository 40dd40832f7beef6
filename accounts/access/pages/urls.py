"""Addresses of one's own account."""

from django.urls import path

from accounts.access.pages.code import second_factor
from accounts.access.pages.own import display, sessions
from accounts.access.provider.pages import FromProvider, ToProvider

urlpatterns = [
    path("sessions/", sessions, name="login-sessions"),
    path("second-factor/", second_factor, name="second-factor"),
    path("oidc/", ToProvider.as_view(), name="oidc"),
    path("oidc/callback/", FromProvider.as_view(), name="oidc-callback"),
    path("display/", display, name="display"),
]
