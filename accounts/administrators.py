"""The base of the pages that only the administrator has."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from typing_extensions import override
from unfold.admin import ModelAdmin


class AdministratorsAdmin(ModelAdmin):
    """Pages of the administrator; nobody else finds them."""

    list_per_page = 50

    @override
    def has_module_permission(self, request: HttpRequest) -> bool:
        """The administrator."""
        return bool(request.user.is_authenticated and request.user.is_administrator)

    @override
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The administrator."""
        return self.has_module_permission(request)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        """The administrator."""
        return self.has_module_permission(request)

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The administrator."""
        return self.has_module_permission(request)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The administrator."""
        return self.has_module_permission(request)
