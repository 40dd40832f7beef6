"""The form of a webhook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts.webhooks.models import Event, Webhook
from accounts.webhooks.targets import target_fault


class WebhookForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, address, area and events; the address has to be one of the operator's hosts."""

    events = forms.MultipleChoiceField(
        label="通知事项",
        choices=Event.choices,
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
        """Refuse what is not allowed, and say what is."""
        url: str = self.cleaned_data["url"]
        if fault := target_fault(url, settings.WEBHOOK_TARGETS):
            raise forms.ValidationError(fault)
        return url
