"""Permission classes of the API that depend on the role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from typing_extensions import override

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class HasBusinessRole(BasePermission):
    """Admits roles that see business records; the querysets restrict them to their own area."""

    @override
    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user.is_authenticated and request.user.sees_records)
