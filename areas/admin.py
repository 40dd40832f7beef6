"""The tree: administrators keep its flags, everyone else chooses from their own part."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from areas.codes import COUNTY_LEVEL, cut_to
from areas.models import Area, AreaSuccession
from areas.signals import tree_changed


class TreeAdmin(ModelAdmin):
    """Settings of the tree: only the administrator changes them."""

    list_per_page = 100

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown to the administrator."""
        return bool(request.user.is_authenticated and request.user.is_administrator)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Read by all, in scope: choices need it."""
        return bool(request.user.is_authenticated)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The administrator."""
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The administrator."""
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An area is abolished by its day, not deleted."""
        return False


@admin.register(Area)
class AreaAdmin(TreeAdmin):
    """Areas with 纳入考核 and 城镇社区."""

    list_display = ("code", "name", "kind", "is_counted", "is_urban", "valid_from", "valid_to")
    list_filter = ("level", "kind", "is_counted", "is_urban")
    search_fields = ("code", "name", "short_name")
    ordering = ("code",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The user's own subtree."""
        return super().get_queryset(request).visible_to(request.user)  # type: ignore[attr-defined, no-any-return]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A code is for life."""
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Area, form: Any, change: bool) -> None:
        """A changed denominator reaches the figures in the same transaction."""
        super().save_model(request, obj, form, change)
        tree_changed.send(Area, roots=[cut_to(obj.code, COUNTY_LEVEL)])


@admin.register(AreaSuccession)
class AreaSuccessionAdmin(TreeAdmin):
    """Which area follows which."""

    list_display = ("predecessor", "successor", "on", "document_number")
    autocomplete_fields = ("predecessor", "successor")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The administrator."""
        return self.has_module_permission(request)
