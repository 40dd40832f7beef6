"""Admin pages of locks, and one-time passwords of accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from typing_extensions import override
from unfold.decorators import action

from accounts.access.guard import lift
from accounts.access.models import LoginCount
from accounts.administrators import SecurityAdmin
from accounts.confirming.making import password_reset, second_factor_reset
from accounts.confirming.rules import refuse_new
from accounts.models import User
from accounts.requests import user_of
from accounts.shell import page
from proposals.admin import ReasonedForm, tell_of
from proposals.kinds import Outcome, Proposal, ProposalRefused
from proposals.services import propose

# The devices' own pages would show secrets.
admin.site.unregister((TOTPDevice, StaticDevice))

# Django's forms take type parameters in the stubs only.
if TYPE_CHECKING:
    _UserForm = forms.ModelForm[User]
else:
    _UserForm = forms.ModelForm


class LockedFilter(admin.SimpleListFilter):
    """Narrows the list to what is locked now."""

    title = "状态"
    parameter_name = "locked"

    @override
    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[LoginCount]
    ) -> list[tuple[str, str]]:
        return [("1", "锁定中")]

    @override
    def queryset(
        self, request: HttpRequest, queryset: QuerySet[LoginCount]
    ) -> QuerySet[LoginCount]:
        if self.value() == "1":
            return queryset.filter(locked_until__gt=timezone.now())
        return queryset


@admin.register(LoginCount)
class LoginCountAdmin(SecurityAdmin):
    """Accounts and addresses with failed logins; locks can be lifted."""

    list_display = (
        "subject_shown",
        "kind",
        "state_shown",
        "failures",
        "locked_until",
        "failed_at",
        "failed_from",
    )
    list_filter = (LockedFilter, "kind")
    search_fields = ("subject", "failed_from")
    ordering = ("-failed_at", "-pk")
    actions = ("lift_selected",)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[LoginCount]:
        """Leave out accounts whose owners only came in."""
        rows: QuerySet[LoginCount] = super().get_queryset(request)
        return rows.exclude(failures=0, locks=0, failures_since=0, locked_until=None)

    @admin.display(description="账号或地址", ordering="subject")
    def subject_shown(self, row: LoginCount) -> str:
        """Return the account or address; a name that no account has is not shown."""
        return f"不存在的账号（{row.subject[1:9]}）" if row.subject.startswith("?") else row.subject

    @admin.display(description="状态")
    def state_shown(self, row: LoginCount) -> str:
        """Return whether it is locked."""
        return row.state

    @action(description="解除锁定", permissions=["lift"])
    def lift_selected(self, request: HttpRequest, queryset: QuerySet[LoginCount]) -> None:
        """Lift the locks of the selected rows."""
        for row in queryset:
            lift(row)
        messages.success(request, f"已解除锁定{len(queryset)}项")

    def has_lift_permission(self, request: HttpRequest) -> bool:
        """Allow those who may see the locks."""
        return self.has_view_permission(request)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: failures are counted, not entered."""
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: a lock is lifted."""
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: forgotten counts are cleared by themselves."""
        return False


class NewAccountForm(ReasonedForm, _UserForm):
    """The form of a new account, whose password is made when it is saved."""

    class Meta:
        model = User
        fields = ("username",)

    @override
    def clean(self) -> dict[str, Any]:
        """Refuse an area for a management account."""
        values = super().clean()
        try:
            refuse_new(User(role=values.get("role", ""), area=values.get("area")))
        except ProposalRefused as refused:
            self.add_error("area", str(refused))
        return values


def _proposed(
    request: HttpRequest, proposal: Proposal, shown: Callable[[Outcome], HttpResponse]
) -> HttpResponse | str:
    """Propose what a form asks for and return the page that follows; else what hinders it in words, none
    before the form is sent. `shown` makes the page of what took effect at once."""
    if request.method != "POST":
        return ""
    try:
        reason = request.POST.get("reason", "")
        change, outcome = propose(proposal, by=user_of(request), reason=reason)
    except ProposalRefused as refused:
        return str(refused)
    return tell_of(request, change) if outcome is None else shown(outcome)


def code_reset_page(request: HttpRequest, user: User | None) -> HttpResponse:
    """Ask, then propose to forget the account's authenticator; its owner sets up another one."""
    if user is None or user == user_of(request):
        raise Http404

    def shown(outcome: Outcome) -> HttpResponse:
        messages.success(request, outcome.said)
        return redirect("admin:accounts_user_change", user.pk)

    answer = _proposed(request, second_factor_reset(user), shown)
    if not isinstance(answer, str):
        return answer
    context = {
        "title": f"重置{user}的两步验证",
        "opts": User._meta,
        "account": user,
        "problem": answer,
    }
    return page(request, "accounts/code_reset.html", context)


def password_page(request: HttpRequest, user: User, text: str) -> HttpResponse:
    """Show a one-time password, this once."""
    context = {"title": f"{user}的一次性口令", "opts": User._meta, "account": user, "text": text}
    answer = page(request, "accounts/password_given.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def reset_page(request: HttpRequest, user: User | None) -> HttpResponse:
    """Ask, then propose a one-time password for the account; one's own is changed instead.

    Where one person may act alone, the password is shown at once.
    """
    if user is None or not user.is_staff:
        raise Http404
    if user == user_of(request):
        return redirect("admin:password_change")

    def shown(outcome: Outcome) -> HttpResponse:
        return password_page(request, user, outcome.secret)

    answer = _proposed(request, password_reset(user), shown)
    if not isinstance(answer, str):
        return answer
    context = {
        "title": f"重置{user}的口令",
        "opts": User._meta,
        "account": user,
        "problem": answer,
    }
    return page(request, "accounts/password_reset.html", context)
