"""Admin pages whose form proposes a change instead of saving a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.widgets import UnfoldAdminTextInputWidget

from proposals.kinds import Outcome, Proposal, ProposalRefused
from proposals.models import PendingChange
from proposals.services import propose

# The mixin is used with an admin page; naming it as its base would change the method order.
if TYPE_CHECKING:
    from unfold.admin import ModelAdmin as _Admin
else:
    _Admin = object

#: The key of `request.META` under which the change stands that a form has proposed.
_PROPOSED = "platform.proposed"
_TOLD = "已提出“{}”，待另一人确认后生效"


class ReasonedForm(forms.Form):
    """Mixin of forms that propose a change: they ask for its reason, which is no field of the row."""

    not_stored: ClassVar[Sequence[str]] = ("reason",)

    reason = forms.CharField(
        label="变更理由",
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="重要变更须另一人确认，请写明依据，供其核对",
    )

    def needs_reason(self, values: dict[str, Any]) -> bool:
        """Whether what was filled in waits for a second person, who has to know why."""
        return True

    def clean(self) -> dict[str, Any]:
        """Ask for the reason where a second person has to confirm the change."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        is_missing = not (values.get("reason") or "").strip()
        if settings.SECOND_PERSON and is_missing and self.needs_reason(values):
            self.add_error("reason", "请填写变更理由")
        return values


def tell_of(request: HttpRequest, change: PendingChange) -> HttpResponse:
    """Say that a change waits, and show it."""
    messages.success(request, _TOLD.format(change.title))
    return redirect("pending-change", pk=change.pk)


class ProposingAdmin(_Admin):
    """Mixin of an admin page: what `proposal_for` returns waits for a second person's confirmation."""

    def proposal_for(
        self, request: HttpRequest, obj: Any, form: Any, change: bool
    ) -> Proposal | None:
        """Return the change that a form asks for; None where it is saved at once."""
        raise NotImplementedError

    def after_change(self, request: HttpRequest, obj: Any, outcome: Outcome) -> None:
        """Take over what was applied at once into the row of the form."""
        obj.refresh_from_db()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Propose the change, or save the row where nobody has to confirm it."""
        proposal = self.proposal_for(request, obj, form, change)
        if proposal is None:
            super().save_model(request, obj, form, change)
            return
        made, outcome = propose(
            proposal, by=request.user, reason=form.cleaned_data.get("reason") or ""
        )
        if outcome is None:
            request.META[_PROPOSED] = made
        else:
            self.after_change(request, obj, outcome)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show why a change cannot be proposed."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ProposalRefused as refused:
            messages.error(request, str(refused))
            return redirect(request.get_full_path())

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Log nothing while the change waits."""
        waits = _PROPOSED in request.META
        return None if waits else super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Log nothing while the change waits."""
        waits = _PROPOSED in request.META
        return None if waits else super().log_change(request, obj, message)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the change that waits, or go on as usual."""
        waiting = request.META.get(_PROPOSED)
        if isinstance(waiting, PendingChange):
            return tell_of(request, waiting)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        """Show the change that waits, or go on as usual."""
        waiting = request.META.get(_PROPOSED)
        if isinstance(waiting, PendingChange):
            return tell_of(request, waiting)
        return super().response_change(request, obj)


def needs_a_second_person() -> bool:
    """Whether important changes wait for another person's confirmation (setting SECOND_PERSON)."""
    return bool(settings.SECOND_PERSON)
