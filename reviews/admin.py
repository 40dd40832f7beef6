"""Admin pages of the logs: review events and import batches."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from typing_extensions import override
from unfold.decorators import display

from accounts.requests import user_of
from reviews.models import ImportBatch, ReviewEvent
from reviews.pages.scoped_admin import ReadOnlyAdmin
from reviews.querysets import AreaScopedQuerySet


class LogAdmin(ReadOnlyAdmin):
    """A log: the auditor reads all of it; roles that see records read the part of their area."""

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Model]:
        """Return the rows of the user's area; all rows for an auditor."""
        rows: AreaScopedQuerySet = super().get_queryset(request)
        if user_of(request).is_auditor:
            return rows
        return rows.visible_to(user_of(request))

    @override
    def has_module_permission(self, request: HttpRequest) -> bool:
        """Allow every role except the administrator."""
        user = request.user
        return bool(user.is_authenticated and (user.sees_records or user.is_auditor))

    @override
    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_module_permission(request)


@admin.register(ReviewEvent)
class ReviewEventAdmin(LogAdmin):
    """The log of all transitions of records."""

    list_display = ("at", "action", "kind", "record_link", "area", "by", "reason")
    list_filter = ("action",)
    list_select_related = ("area", "by", "content_type")
    search_fields = ("reason", "area__short_name", "by__username", "by__display_name")
    fields = (
        "at",
        "action",
        "kind",
        "object_id",
        "area",
        "from_status",
        "to_status",
        "by",
        "reason",
    )
    readonly_fields = ("kind",)

    @display(description="记录类别")
    def kind(self, event: ReviewEvent) -> str:
        """Return the Chinese name of the record kind."""
        model = event.content_type.model_class()
        return str(model._meta.verbose_name) if model else event.content_type.model

    @display(description="记录编号")
    def record_link(self, event: ReviewEvent) -> str:
        """Return a link to the record."""
        kind = event.content_type
        address = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[event.object_id])
        return format_html('<a href="{}">{}</a>', address, event.object_id)


@admin.register(ImportBatch)
class ImportBatchAdmin(LogAdmin):
    """The log of imported ledgers."""

    list_display = (
        "file_name",
        "kind",
        "area",
        "row_count",
        "changed_count",
        "same_count",
        "created_by",
        "created_at",
        "undone_by",
    )
    list_select_related = ("area", "created_by", "undone_by")
    search_fields = ("file_name",)
    fields = (*list_display, "undone_at", "warning_list")
    readonly_fields = ("warning_list",)

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse to search the values that an import changed: they hold telephone numbers."""
        is_content = lookup.split("__")[0] in ("changes", "warnings")
        return not is_content and super().lookup_allowed(lookup, value, request)

    @display(description="提示")
    def warning_list(self, batch: ImportBatch) -> str:
        """Return the warnings of the import, one per line."""
        return "\n".join(batch.warnings) or "无"
