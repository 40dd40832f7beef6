"""Admin pages of API tokens (接口凭证): the 安全管理员 issues, renews and revokes them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from typing_extensions import override
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.administrators import SecurityAdmin
from accounts.api.models import ApiToken
from accounts.api.networks import networks_of
from accounts.api.tokens import LONGEST, revoke_token
from accounts.confirming.making import new_integration, renewal
from accounts.models import BUSINESS_ROLES, Role, User
from accounts.requests import user_of
from accounts.shell import page
from areas.codes import COUNTY_LEVEL, level_of
from areas.models import Area
from proposals.admin import ProposingAdmin, ReasonedForm, tell_of
from proposals.kinds import Outcome, Proposal, ProposalRefused
from proposals.services import propose

if TYPE_CHECKING:
    _Form = forms.ModelForm[ApiToken]
else:
    _Form = forms.ModelForm

#: A group of fields on an admin page: its title and options.
_FieldsetSpec = tuple[str | None, dict[str, tuple[str, ...]]]
_COLOURS = {"有效": "success", "已过期": "warning", "已失效": "warning", "已吊销": "danger"}


class TokenForm(ReasonedForm, _Form):
    """A new integration: its name, role, area and the day on which its token expires."""

    name = forms.CharField(
        label="名称",
        max_length=50,
        widget=UnfoldAdminTextInputWidget(),
        help_text="哪个系统使用，如“区大数据平台”；其操作以此名称留痕",
    )
    role = forms.ChoiceField(
        label="角色",
        choices=[
            ("", "请选择"),
            *((role.value, role.label) for role in Role if role in BUSINESS_ROLES),
        ],
        widget=UnfoldAdminSelectWidget(),
        help_text="只读取数据的选观察员",
    )
    area = forms.ModelChoiceField(
        label="管辖区划",
        queryset=Area.objects.all(),
        widget=AutocompleteSelect(User._meta.get_field("area"), admin.site),
        help_text="只能看到本区划及其下级的数据",
    )

    class Meta:
        model = ApiToken
        fields = ("expires_on", "networks", "reads_persons")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "expires_on" in self.fields:  # absent on the read-only page of a stored token
            self.fields["expires_on"].widget = UnfoldAdminSingleDateWidget()
        self.order_fields(
            ["name", "role", "area", "expires_on", "networks", "reads_persons", "reason"]
        )

    def clean_networks(self) -> str:
        """Return the networks as they are kept; ValidationError names what is none."""
        try:
            return ", ".join(map(str, networks_of(self.cleaned_data["networks"])))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_expires_on(self) -> datetime.date:
        """Return the expiry day; ValidationError unless it lies between today and two years ahead."""
        day: datetime.date = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if not today <= day <= today + LONGEST:
            raise forms.ValidationError("有效期应在今天之后、两年以内")
        return day

    def clean(self) -> dict[str, Any]:
        """Refuse the scope 个人信息 to a role or a level that never sees personal data."""
        values = super().clean() or self.cleaned_data
        area = values.get("area")
        if values.get("reads_persons") and area is not None:
            is_near = level_of(area.code) >= COUNTY_LEVEL
            if not is_near or values.get("role") not in (Role.CLERK, Role.REVIEWER):
                fault = "只有区县及以下的填报员、审核员可以读取个人信息；请不勾选，或改角色、区划"
                self.add_error("reads_persons", fault)
        return values


class RoleFilter(admin.SimpleListFilter):
    """Narrows the list to the tokens of one role."""

    title = "角色"
    parameter_name = "role"

    @override
    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[ApiToken]
    ) -> list[tuple[str, str]]:
        return [(role.value, role.label) for role in Role if role in BUSINESS_ROLES]

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
        return queryset.filter(role=self.value()) if self.value() else queryset


@admin.register(ApiToken)
class ApiTokenAdmin(ProposingAdmin, SecurityAdmin):
    """The list of tokens. A token's text is shown once, on the page after it was issued."""

    form = TokenForm
    list_display = (
        "user",
        "shown_role",
        "area",
        "hint",
        "expires_on",
        "last_used_at",
        "shown_state",
    )
    list_filter = (RoleFilter,)
    list_select_related = ("user", "area", "created_by", "revoked_by")
    search_fields = ("user__display_name", "user__username", "hint")
    readonly_fields = (
        "user",
        "shown_role",
        "area",
        "hint",
        "expires_on",
        "networks",
        "reads_persons",
        "shown_state",
        "last_used_at",
        "created_by",
        "created_at",
        "revoked_by",
        "revoked_at",
    )
    actions_detail = ("renew", "revoke_one")

    @display(description="角色")
    def role(self, token: ApiToken) -> str:
        """Return the role that the token was issued with, in Chinese."""
        return Role(token.role).label

    @display(description="管辖区划")
    def area(self, token: ApiToken) -> str:
        """Return the name of the area that the token was issued with."""
        return str(token.area)

    @display(description="角色", ordering="role")
    def shown_role(self, token: ApiToken) -> str:
        """Return the role that the token was issued with."""
        return Role(token.role).label

    @display(description="状态", label=_COLOURS)
    def shown_state(self, token: ApiToken) -> str:
        """Return the token's state today in Chinese; the page colours it."""
        return token.state

    @override
    def get_fieldsets(
        self, request: HttpRequest, obj: ApiToken | None = None
    ) -> list[_FieldsetSpec]:
        """Show the input fields for a new token and all stored facts for an existing one."""
        asked = ("name", "role", "area", "expires_on", "networks", "reads_persons", "reason")
        return [(None, {"fields": self.readonly_fields if obj else asked})]

    @override
    def get_readonly_fields(
        self, request: HttpRequest, obj: ApiToken | None = None
    ) -> tuple[str, ...]:
        return self.readonly_fields if obj else ()

    @override
    def render_change_form(
        self, request: HttpRequest, context: dict[str, object], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer the plain save button only: the page that follows must be the one that shows the
        token."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    @override
    def proposal_for(
        self, request: HttpRequest, obj: ApiToken, form: _Form, change: bool
    ) -> Proposal:
        """Propose the integration account with its first token."""
        given = form.cleaned_data
        return new_integration(
            given["name"],
            Role(given["role"]),
            given["area"],
            given["expires_on"],
            networks=given["networks"],
            reads_persons=given["reads_persons"],
        )

    @override
    def after_change(self, request: HttpRequest, obj: ApiToken, outcome: Outcome) -> None:
        """Take over the token that was issued at once, with its text."""
        obj.pk, obj.text = int(outcome.key), outcome.secret
        super().after_change(request, obj, outcome)

    @override
    def response_add(
        self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the change that waits, or the new token's text, which cannot be shown again."""
        if obj.text:
            return self._shown(request, obj, obj.text)
        return super().response_add(request, obj, post_url_continue)

    def _shown(self, request: HttpRequest, token: ApiToken, text: str) -> HttpResponse:
        context = {
            "title": f"{token.user}的接口凭证",
            "opts": self.opts,
            "token": token,
            "text": text,
        }
        answer = page(request, "accounts/token_made.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    @action(description="换发", permissions=["renew"], icon="autorenew")
    def renew(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the reason, then propose another token of the account, valid as long as the first
        one was."""
        token = self._found(request, object_id)
        if request.method != "POST":
            words = "换发后原凭证仍可使用，请在对方改用新凭证后吊销原凭证。"
            return self._asked(request, token, "换发", words, asks_reason=True)
        days = token.expires_on - timezone.localtime(token.created_at).date()
        try:
            change, outcome = propose(
                renewal(token, timezone.localdate() + days),
                by=user_of(request),
                reason=request.POST.get("reason", ""),
            )
        except ProposalRefused as refused:
            messages.error(request, str(refused))
            return redirect(self._address(token))
        if outcome is None:
            return tell_of(request, change)
        return self._shown(request, ApiToken.objects.get(pk=outcome.key), outcome.secret)

    @action(description="吊销", permissions=["revoke"], icon="block")
    def revoke_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for confirmation, then revoke the token with immediate effect."""
        token = self._found(request, object_id)
        if request.method != "POST":
            return self._asked(request, token, "吊销", "吊销后立即失效，不能恢复。")
        revoke_token(token, by=user_of(request))
        messages.success(request, f"已吊销{token}")
        return redirect(self._address(token))

    def _asked(
        self,
        request: HttpRequest,
        token: ApiToken,
        act: str,
        words: str,
        *,
        asks_reason: bool = False,
    ) -> HttpResponse:
        context = {
            "asks_reason": asks_reason,
            "title": f"{act}{token.user}的接口凭证",
            "opts": self.opts,
            "token": token,
            "act": act,
            "words": words,
            "back": self._address(token),
        }
        return page(request, "accounts/token_ask.html", context)

    def _found(self, request: HttpRequest, object_id: str) -> ApiToken:
        if not self.has_view_permission(request):
            raise PermissionDenied
        token = self.get_object(request, object_id)
        if token is None:
            raise Http404
        return token

    def _address(self, token: ApiToken) -> str:
        return reverse("admin:accounts_apitoken_change", args=[token.pk])

    def has_renew_permission(self, request: HttpRequest, object_id: str | int = 0) -> bool:
        """Allow the 安全管理员; unfold calls this for the action 换发."""
        return self.has_view_permission(request)

    def has_revoke_permission(self, request: HttpRequest, object_id: str | int = 0) -> bool:
        """Allow the 安全管理员 while the token is not revoked; unfold calls this for 吊销."""
        if not self.has_view_permission(request):
            return False
        return ApiToken.objects.filter(pk=object_id, revoked_at__isnull=True).exists()

    @override
    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: a token is revoked and another one issued."""
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: the record of a token's use is kept."""
        return False
