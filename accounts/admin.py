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
from accounts.access.secrets.second_factor import has_device
from accounts.administrators import SecurityAdmin
from accounts.confirming.kinds import apply_values
from accounts.confirming.making import account_change, changed_fields, is_harmless, new_account
from accounts.confirming.rules import refuse_change
from accounts.models import User
from accounts.requests import user_of
from conflicts.admin import ComparedAdmin
from conflicts.forms import ComparedForm
from proposals.admin import ProposingAdmin, ReasonedForm
from proposals.kinds import Outcome, Proposal, ProposalRefused

admin.site.unregister(Group)

# Django's admin classes take type parameters in the stubs only.
if TYPE_CHECKING:
    _UserAdmin = DjangoUserAdmin[Any]
else:
    _UserAdmin = DjangoUserAdmin


#: What nobody changes about the own account.
_OWN = ("username", "employee_number", "role", "area", "department", "email", "is_active")
#: The key of `request.META` under which the outcome of a change stands that was applied at once.
_OUTCOME = "platform.outcome"


class AccountForm(ReasonedForm, ComparedForm, UserChangeForm):
    """The form of an account; of two administrators who edit one, the second is told."""

    @override
    def needs_reason(self, values: dict[str, Any]) -> bool:
        names = {*self.changed_data} - {"reason"}
        return not is_harmless(self.instance, names, is_active=bool(values.get("is_active")))

    @override
    def clean(self) -> dict[str, Any]:
        """Refuse what would mix duties, or leave nobody for one of them."""
        values = super().clean()
        given: dict[str, object] = {
            name: values[name] for name in ("role", "is_active") if name in values
        }
        if "area" in values:
            given["area_id"] = getattr(values["area"], "pk", None)
        try:
            refuse_change(self.instance, given)
        except ProposalRefused as refused:
            self.add_error(None, str(refused))
        return values


@admin.register(User)
class UserAdmin(ProposingAdmin, ComparedAdmin, _UserAdmin, SecurityAdmin):
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
        ("变更", {"fields": ("reason",)}),
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
                    "email",
                    "reason",
                ),
                "description": "建立后生成一次性口令，只显示一次；本人登录后须先修改。",
            },
        ),
    )

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Lock the user's own account: others propose and confirm what is changed about it."""
        own = _OWN if obj is not None and obj == request.user else ()
        return (*self.readonly_fields, *own)

    @override
    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the change that waits, or the one-time password of the new account, this once."""
        outcome = request.META.get(_OUTCOME)
        if isinstance(outcome, Outcome):
            return password_page(request, obj, outcome.secret)
        return super().response_add(request, obj, post_url_continue)

    @override
    def proposal_for(self, request: HttpRequest, obj: User, form: Any, change: bool) -> Proposal:
        """Propose the new account, or its new values."""
        if not change:
            return new_account(obj)
        stored = User.objects.select_related("area").get(pk=obj.pk)
        return account_change(stored, obj, changed_fields(stored, obj))

    @override
    def after_change(self, request: HttpRequest, obj: User, outcome: Outcome) -> None:
        """Take over the account that was made or changed at once."""
        obj.pk = int(outcome.key)
        request.META[_OUTCOME] = outcome
        super().after_change(request, obj, outcome)

    @override
    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Propose the change; a business account's name and its switching off need nobody else."""
        if change:
            stored = User.objects.select_related("area").get(pk=obj.pk)
            names = changed_fields(stored, obj)
            if is_harmless(stored, names, is_active=obj.is_active):
                values = {name: getattr(obj, name) for name in names}
                apply_values(stored, values, by=user_of(request))
                return
        super().save_model(request, obj, form, change)

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
