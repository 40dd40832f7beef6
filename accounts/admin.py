"""Admin pages of user accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from typing_extensions import override
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.administrators import SecurityAdmin
from accounts.models import User
from conflicts.admin import ComparedAdmin
from conflicts.forms import ComparedForm

admin.site.unregister(Group)

# Django's admin classes take type parameters in the stubs only.
if TYPE_CHECKING:
    _UserAdmin = DjangoUserAdmin[Any]
else:
    _UserAdmin = DjangoUserAdmin


class AccountForm(ComparedForm, UserChangeForm):
    """The form of an account; of two administrators who edit one, the second is told."""


@admin.register(User)
class UserAdmin(ComparedAdmin, _UserAdmin, SecurityAdmin):
    """The list of accounts, which only the 安全管理员 sees."""

    form = AccountForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = (
        "username",
        "display_name",
        "role",
        "area",
        "department",
        "is_active",
        "last_login",
    )
    list_filter = ("role", "is_active")
    list_select_related = ("area",)
    search_fields = ("username", "display_name")
    ordering = ("username",)
    autocomplete_fields = ("area",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("身份", {"fields": ("display_name", "role", "area", "department", "email")}),
        ("状态", {"fields": ("is_active", "last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "username",
                    "display_name",
                    "role",
                    "area",
                    "department",
                    "password1",
                    "password2",
                ),
            },
        ),
    )

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Lock the user's own role, area, department and activation: nobody promotes or locks out themselves."""
        own = (
            ("role", "area", "department", "is_active")
            if obj is not None and obj == request.user
            else ()
        )
        return (*self.readonly_fields, *own)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: an account is deactivated, and the record of its actions is kept."""
        return False


# The app's other admin pages: Django imports this module only.
from accounts.api.admin import ApiTokenAdmin  # noqa: E402, F401
from accounts.webhooks.admin import WebhookAdmin, WebhookDeliveryAdmin  # noqa: E402, F401
