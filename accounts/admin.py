"""Accounts, kept by the administrator."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from typing_extensions import override
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.administrators import AdministratorsAdmin
from accounts.models import User

admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, AdministratorsAdmin):  # type: ignore[type-arg]
    """Name, role, area; nobody but the administrator sees the list."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "display_name", "role", "area", "is_active", "last_login")
    list_filter = ("role", "is_active")
    list_select_related = ("area",)
    search_fields = ("username", "display_name")
    ordering = ("username",)
    autocomplete_fields = ("area",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("身份", {"fields": ("display_name", "role", "area", "email")}),
        ("状态", {"fields": ("is_active", "last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "display_name", "role", "area", "password1", "password2"),
            },
        ),
    )

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Nobody gives themselves another role, or locks themselves out."""
        own = ("role", "area", "is_active") if obj is not None and obj == request.user else ()
        return (*self.readonly_fields, *own)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account is switched off; its traces stay."""
        return False


# The rest of the app's pages; Django looks for pages in this module only.
from accounts.api.admin import ApiTokenAdmin  # noqa: E402, F401
from accounts.webhooks.admin import WebhookAdmin, WebhookDeliveryAdmin  # noqa: E402, F401
