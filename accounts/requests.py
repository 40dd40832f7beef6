"""The account behind a request, typed once for pages and the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from accounts.models import User

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request


def user_of(request: HttpRequest | Request) -> User:
    """Return the logged-in account; raise PermissionDenied (403) when nobody is logged in."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    return user
