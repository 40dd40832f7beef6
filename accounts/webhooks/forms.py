"""The form of a webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts.webhooks.events import event_choices
from accounts.webhooks.models import Webhook
from accounts.webhooks.targets import target_fault
from conflicts.forms import ComparedForm

# Django's forms take type parameters in the stubs only.
if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Webhook]
else:
    _ModelForm = forms.ModelForm


class WebhookForm(ComparedForm, _ModelForm):
    """Name, address, area and events of a webhook; the address must be on an allowed host."""

    events = forms.MultipleChoiceField(
        label="通知事项",
        choices=event_choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        error_messages={"required": "请至少选择一项"},
    )

    class Meta:
        model = Webhook
        fields = ("name", "url", "area", "events", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        targets = settings.WEBHOOK_TARGETS
        if "url" in self.fields:
            self.fields["url"].help_text = (
                f"允许的主机：{'、'.join(targets)}" if targets else target_fault("https://a", [])
            )

    def clean_url(self) -> str:
        """Return the address; ValidationError, which names the allowed hosts, for any other."""
        url: str = self.cleaned_data["url"]
        if fault := target_fault(url, settings.WEBHOOK_TARGETS):
            raise forms.ValidationError(fault)
        return url
