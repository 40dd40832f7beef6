"""Pages of plans, and of figures that no record carries."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import Field
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.decorators import display

from indicators.measures import MEASURES
from indicators.models import Indicator, ManualFigure, OpeningBalance, Plan
from indicators.tables import target_text
from reviews.admin import ReadOnlyAdmin, RecordAdmin


class SettingsAdmin(ReadOnlyAdmin):
    """Read by everyone who sees records and by the administrator."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Not the auditor."""
        user = request.user
        return bool(user.is_authenticated and (user.sees_records or user.is_administrator))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the list."""
        return self.has_module_permission(request)


class IndicatorInline(TabularInline):
    """A plan's indicators with their targets."""

    model = Indicator
    hide_title = True
    fields = readonly_fields = (
        "position",
        "name",
        "unit",
        "counting",
        "clause",
        "targets_text",
        "reading",
    )
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With targets."""
        return super().get_queryset(request).prefetch_related("targets")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the plan."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Plans are files."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Plans are files."""
        return False

    @display(description="目标")
    def targets_text(self, indicator: Indicator) -> str:
        """`2026年 19；2027年 ≥27`."""
        texts = [
            f"{target.due_on.year}年 {target_text(indicator, target)}"
            for target in indicator.targets.all()
        ]
        return "；".join(texts) or "未设目标"


@admin.register(Plan)
class PlanAdmin(SettingsAdmin):
    """工作方案."""

    list_display = ("title", "document_number", "issuer", "issued_on", "area_code")
    inlines = (IndicatorInline,)
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
    )


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
