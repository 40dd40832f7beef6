"""Role checks for the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from typing_extensions import override

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class HasBusinessRole(BasePermission):
    """Only roles that see business records reach the business API; scope is the queryset's."""

    @override
    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the user's role sees records."""
        return bool(request.user.is_authenticated and request.user.sees_records)
