"""Pages of plans, and of figures that no record carries."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import Field
from django.http import HttpRequest

from indicators.measures import MEASURES
from indicators.models import ManualFigure, OpeningBalance, Plan
from indicators.plan_file_pages import PlanFilePages
from indicators.plan_pages import PlanPages
from reviews.record_admin import RecordAdmin
from reviews.scoped_admin import ReadOnlyAdmin


class SettingsAdmin(ReadOnlyAdmin):
    """Read by everyone who sees records and by the administrator."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Not the auditor."""
        user = request.user
        return bool(user.is_authenticated and (user.sees_records or user.is_administrator))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the list."""
        return self.has_module_permission(request)


@admin.register(Plan)
class PlanAdmin(PlanPages, PlanFilePages, SettingsAdmin):
    """工作方案."""

    list_display = ("title", "document_number", "issuer", "issued_on", "area_code", "edited_at")
    fields = (
        "code",
        "title",
        "document_number",
        "issuer",
        "issued_on",
        "area_code",
        "starts_on",
        "ends_on",
        "lagging_from",
        "report_first_due",
        "edited_at",
    )
    readonly_fields = ("edited_at",)


class MeasureChoiceMixin:
    """Measures by their Chinese names."""

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        """A choice instead of a code."""
        if db_field.name == "measure":
            db_field.choices = [
                (code, measure.name)
                for code, measure in MEASURES.items()
                if measure.record is not None
            ]
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc, no-any-return]


@admin.register(OpeningBalance)
class OpeningBalanceAdmin(MeasureChoiceMixin, RecordAdmin):
    """期初数."""

    def list_fields(self) -> tuple[str, ...]:
        """Day, period, quantity."""
        return ("as_of", "covers", "quantity")


@admin.register(ManualFigure)
class ManualFigureAdmin(RecordAdmin):
    """人工填报数."""

    def list_fields(self) -> tuple[str, ...]:
        """Plan, day and numbers."""
        return ("plan_code", "as_of", "numerator", "denominator")
