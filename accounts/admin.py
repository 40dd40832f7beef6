"""Admin pages of user accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from typing_extensions import override
from unfold.decorators import action
from unfold.forms import UserChangeForm

from accounts.access.pages.admin import LoginCountAdmin as LoginCountAdmin  # (registers itself)
from accounts.access.pages.admin import NewAccountForm, code_reset_page, password_page, reset_page
from accounts.access.secrets.passwords import give_one_time_password
from accounts.access.secrets.second_factor import has_device
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
    add_form = NewAccountForm
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
    actions_detail = ("reset_code",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (
            "身份",
            {
                "fields": (
                    "display_name",
                    "employee_number",
                    "role",
                    "area",
                    "department",
                    "email",
                )
            },
        ),
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
                    "employee_number",
                ),
                "description": "保存后生成一次性口令，只显示一次；本人登录后须先修改。",
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
    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Give the new account a one-time password and show it, this once."""
        return password_page(request, obj, give_one_time_password(obj))

    @override
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """Reset the password of an account: nobody but its owner ever chooses it."""
        user = self.get_object(request, id)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        return reset_page(request, user)

    @action(description="重置两步验证", permissions=["reset_code"], icon="phonelink_erase")
    def reset_code(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Reset the second factor of an account whose owner lost phone and paper."""
        user = self.get_object(request, object_id)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        return code_reset_page(request, user)

    def has_reset_code_permission(self, request: HttpRequest, object_id: str | int = 0) -> bool:
        """Allow who may change accounts, where there is something to reset."""
        is_own = str(object_id) == str(request.user.pk)
        return self.has_change_permission(request) and not is_own and has_device(object_id)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: an account is deactivated, and the record of its actions is kept."""
        return False


# The app's other admin pages: Django imports this module only.
from accounts.api.admin import ApiTokenAdmin  # noqa: E402, F401
from accounts.webhooks.admin import WebhookAdmin, WebhookDeliveryAdmin  # noqa: E402, F401
