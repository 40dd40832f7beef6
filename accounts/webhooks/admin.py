"""Admin pages of webhooks (回调通知) and their deliveries (发送记录).

The administrator manages them and sees record ids, but no business data.
"""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from typing_extensions import override
from unfold.decorators import action, display

from accounts.administrators import AdministratorsAdmin
from accounts.requests import user_of
from accounts.shell import page
from accounts.webhooks.announcing import send_again
from accounts.webhooks.events import event_choices
from accounts.webhooks.forms import WebhookForm
from accounts.webhooks.models import DeliveryState, Webhook, WebhookDelivery, key_mark, new_salt
from audit.acts import Act
from audit.events import record
from conflicts.admin import ComparedAdmin

_COLOURS = {
    DeliveryState.WAITING.label: "info",
    DeliveryState.SENT.label: "success",
    DeliveryState.DEAD.label: "danger",
}
_LISTED = 20
#: A group of fields on an admin page: its title and options.
_FieldsetSpec = tuple[str | None, dict[str, tuple[str, ...]]]


@admin.register(Webhook)
class WebhookAdmin(ComparedAdmin, AdministratorsAdmin):
    """The list of webhooks; the secret of each is shown once, when it is made or renewed."""

    form = WebhookForm
    list_display = ("name", "address", "area", "events_words", "is_active", "created_by")
    list_filter = ("is_active",)
    list_select_related = ("area", "created_by")
    search_fields = ("name",)
    autocomplete_fields = ("area",)
    readonly_fields = ("secret_state", "created_by", "created_at")
    actions_detail = ("renew_secret",)

    @override
    def get_fieldsets(
        self, request: HttpRequest, obj: Webhook | None = None
    ) -> tuple[_FieldsetSpec, ...]:
        """Say of a stored webhook what there is to say of its secret."""
        asked: _FieldsetSpec = (None, {"fields": ("name", "url", "area", "events", "is_active")})
        known: _FieldsetSpec = (
            "签名密钥",
            {"fields": ("secret_state", "created_by", "created_at")},
        )
        return (asked,) if obj is None else (asked, known)

    @override
    def get_actions(self, request: HttpRequest) -> dict[str, object]:
        """Offer no bulk deletion."""
        return {}

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow it before the first delivery; later a webhook is deactivated and its deliveries
        stay."""
        is_unused = isinstance(obj, Webhook) and not obj.deliveries.exists()
        return is_unused and self.has_module_permission(request)

    def has_renew_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow the administrator; unfold calls this for the action 换发密钥."""
        return self.has_module_permission(request)

    @override
    def save_model(
        self, request: HttpRequest, obj: Webhook, form: WebhookForm, change: bool
    ) -> None:
        """Keep who created the webhook, and record its values before and after."""
        before = shown_values(Webhook.objects.get(pk=obj.pk)) if change else None
        if not change:
            obj.created_by = user_of(request)
        super().save_model(request, obj, form, change)
        _record(obj, before, shown_values(obj))

    @override
    def delete_model(self, request: HttpRequest, obj: Webhook) -> None:
        """Record what is removed."""
        _record(obj, shown_values(obj), None, "删除")
        super().delete_model(request, obj)

    @display(description="接收地址")
    def address(self, webhook: Webhook) -> str:
        """Return the address without its query string, which may contain a password."""
        return webhook.url.partition("?")[0]

    @display(description="通知事项")
    def events_words(self, webhook: Webhook) -> str:
        """Return the names of the chosen events in Chinese."""
        return "、".join(label for code, label in event_choices() if code in webhook.events)

    @display(description="签名密钥")
    def secret_state(self, webhook: Webhook) -> str:
        """Say that the secret was shown, and whether it should be renewed; never the secret itself."""
        if webhook.is_outdated:
            return "由更换前的主密钥生成，请换发后告知接收方"
        return "只在创建和换发时显示一次；遗失的，请换发"

    @override
    def response_add(
        self, request: HttpRequest, obj: Webhook, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret of a new webhook; it cannot be shown again."""
        return self._shown(request, obj)

    def _shown(self, request: HttpRequest, webhook: Webhook) -> HttpResponse:
        context = {"title": f"{webhook}的签名密钥", "opts": self.opts, "webhook": webhook}
        return page(request, "webhooks/secret.html", context)

    @override
    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer for a new webhook the plain save button only: the page that follows shows the secret."""
        if kwargs.get("add"):
            context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    @action(description="换发密钥", permissions=["renew"], icon="key")
    def renew_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for confirmation, then replace the secret; the receiver needs the new one from then
        on.

        A secret that was renewed after the page was made stays.
        """
        webhook = self.get_object(request, object_id)
        if webhook is None:
            raise Http404
        seen = _trace(webhook)
        if "confirmed" in request.POST and request.POST.get("seen") == seen:
            held = Webhook.objects.filter(pk=webhook.pk, salt=webhook.salt)
            if held.update(salt=new_salt(), key_mark=key_mark()):
                self.log_change(request, webhook, "换发密钥")
                _record(webhook, None, None, "换发密钥")
                webhook.refresh_from_db()
                return self._shown(request, webhook)
            return HttpResponseRedirect(reverse("admin:accounts_webhook_change", args=[webhook.pk]))
        if "confirmed" in request.POST:
            messages.error(request, "密钥刚由他人换发，没有再次换发；请核对后重新确认")
        context = {
            "title": "换发密钥",
            "opts": self.opts,
            "webhook": webhook,
            "seen": seen,
        }
        return page(request, "webhooks/renew.html", context)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(AdministratorsAdmin):
    """The list of deliveries: sent, waiting and failed."""

    list_display = (
        "webhook",
        "event",
        "shown_state",
        "attempts",
        "shown_next",
        "last_error",
        "created_at",
        "settled_at",
    )
    list_filter = ("state", "webhook", "event")
    list_select_related = ("webhook",)
    show_full_result_count = False
    actions = ("send_again_selected",)
    fields = readonly_fields = (
        "webhook",
        "event",
        "event_id",
        "area_code",
        "content",
        "shown_state",
        "attempts",
        "shown_next",
        "last_status",
        "last_error",
        "created_at",
        "settled_at",
    )

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: deliveries arise from events."""
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow failed deliveries only; delivered ones are deleted after a retention period."""
        is_dead = not isinstance(obj, WebhookDelivery) or obj.state == DeliveryState.DEAD
        return is_dead and self.has_module_permission(request)

    def has_resend_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow the administrator; unfold calls this for the action 重新发送."""
        return self.has_module_permission(request)

    @display(description="状态", ordering="state", label=_COLOURS)
    def shown_state(self, delivery: WebhookDelivery) -> str:
        """Return the state in Chinese; the page colours it."""
        return delivery.get_state_display()

    @display(description="下次发送时间", ordering="next_attempt_at")
    def shown_next(self, delivery: WebhookDelivery) -> datetime.datetime | None:
        """Return the time of the next attempt while the delivery waits; None afterwards."""
        return delivery.next_attempt_at if delivery.state == DeliveryState.WAITING else None

    @display(description="内容")
    def content(self, delivery: WebhookDelivery) -> str:
        """Return the payload in Chinese: which records or which edition, by their ids."""
        return payload_text(delivery.payload)

    @action(description="重新发送所选（仅限发送失败的）", permissions=["resend"])
    def send_again_selected(
        self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]
    ) -> None:
        """Queue the selected failed deliveries again, with all their attempts."""
        number = send_again(queryset)
        if number:
            messages.success(request, f"{number} 条已排队重新发送")
        else:
            messages.warning(request, "所选中没有发送失败的")


def shown_values(webhook: Webhook) -> dict[str, object]:
    """Return the values of a webhook for the audit log; what follows a `?` may hold a password."""
    address, sign, _ = webhook.url.partition("?")
    return {
        "name": webhook.name,
        "url": f"{address}?***" if sign else address,
        "area": webhook.area_id,
        "events": webhook.events,
        "is_active": webhook.is_active,
    }


def _record(
    webhook: Webhook,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    detail: str = "",
) -> None:
    area = webhook.area_id
    record(Act.WEBHOOK_CHANGED, about=webhook, area=area, before=before, after=after, detail=detail)


def _trace(webhook: Webhook) -> str:
    """Return a digest of the present secret, which does not give the secret away."""
    return hashlib.sha256(webhook.secret.encode()).hexdigest()[:32]


def payload_text(payload: dict[str, Any]) -> str:
    """Return a payload in Chinese: the ids of its records, or of its report and edition."""
    if "records" not in payload:
        number, digest = payload["number"], payload["sha256"]
        return (
            f"报告编号{payload['report']}，第{number}版（编号{payload['edition']}），摘要{digest}"
        )
    records = payload["records"]
    kind = apps.get_model(payload["kind"])._meta.verbose_name
    listed = "、".join(f"{each['id']}（{each['area']}）" for each in records[:_LISTED])
    more = "等" if len(records) > _LISTED else ""
    return f"{kind}{len(records)}条，编号（区划代码）：{listed}{more}"
