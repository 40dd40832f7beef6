"""Base classes of the admin pages of one duty: 系统管理员 and 安全管理员."""

from __future__ import annotations

from django.db.models import Model
from django.http import HttpRequest
from typing_extensions import override
from unfold.admin import ModelAdmin

from guards.lists import DeclaredLists


class AdministratorsAdmin(DeclaredLists, ModelAdmin):
    """Admin pages that exist for the administrator only."""

    list_per_page = 50

    @override
    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and request.user.is_administrator)

    @override
    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    @override
    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)


class SecurityAdmin(AdministratorsAdmin):
    """Admin pages that exist for the 安全管理员 only: accounts and tokens."""

    @override
    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and request.user.manages_accounts)
