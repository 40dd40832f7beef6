"""The tree: administrators keep its flags, everyone else chooses from their own part."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from areas.models import Area
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
        """A code is for life; days of abolition wait until successions are counted."""
        days = ("valid_from", "valid_to")
        return ("code", *days) if obj else days

    def save_model(self, request: HttpRequest, obj: Area, form: Any, change: bool) -> None:
        """A changed denominator reaches the figures in the same transaction."""
        # From the top, as an approval locks them, so that the two never wait in a ring.
        list(Area.objects.select_for_update(no_key=True).order_by("code").values_list("code"))
        super().save_model(request, obj, form, change)
        if not change or {"is_counted", "is_urban", "kind"} & set(form.changed_data):
            tree_changed.send(Area)
