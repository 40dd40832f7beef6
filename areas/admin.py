"""The tree: administrators keep its flags, everyone else chooses from their own part."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from typing_extensions import override
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget

from areas.codes import COMMUNITY_LEVEL
from areas.models import Area, AreaSuccession
from areas.services import SuccessionError, lock_tree, register_succession, withdraw_succession
from areas.signals import tree_changed


class TreeAdmin(ModelAdmin):
    """Settings of the tree: only the administrator changes them."""

    list_per_page = 100

    @override
    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown to the administrator."""
        return bool(request.user.is_authenticated and request.user.is_administrator)

    @override
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Read by all, in scope: choices need it."""
        return bool(request.user.is_authenticated)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        """The administrator."""
        return self.has_module_permission(request)

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The administrator."""
        return self.has_module_permission(request)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An area is abolished by its day, not deleted."""
        return False


class PlacedPaginator(Paginator):  # type: ignore[type-arg]
    """Choices that say in which street a community is: names repeat within a county."""

    @override
    def page(self, number: int | str) -> Page:  # type: ignore[type-arg]
        """The page with the street behind each community's name."""
        page = super().page(number)
        areas = list(page.object_list)
        placed = [area for area in areas if area.level == COMMUNITY_LEVEL]
        streets = Area.objects.in_bulk({area.ancestor_codes[-1] for area in placed})
        for area in placed:
            street = streets.get(area.ancestor_codes[-1])
            area.short_name += f"（{street}）" if street else ""
        page.object_list = areas
        return page


@admin.register(Area)
class AreaAdmin(TreeAdmin):
    """Areas with 纳入考核 and 城镇社区."""

    list_display = ("code", "name", "kind", "is_counted", "is_urban", "valid_from", "valid_to")
    list_filter = ("level", "kind", "is_counted", "is_urban")
    search_fields = ("code", "name", "short_name")
    ordering = ("code",)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The user's own subtree."""
        return super().get_queryset(request).visible_to(request.user)  # type: ignore[attr-defined, no-any-return]

    @override
    def get_paginator(
        self, request: HttpRequest, queryset: Any, per_page: int, *args: Any, **kwargs: Any
    ) -> Any:
        """As choices, communities name their street."""
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            return PlacedPaginator(queryset, per_page, *args, **kwargs)
        return super().get_paginator(request, queryset, per_page, *args, **kwargs)

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A code is for life; an area ends when its succession is registered."""
        days = ("valid_from", "valid_to")
        return ("code", *days) if obj else days

    @override
    def save_model(self, request: HttpRequest, obj: Area, form: Any, change: bool) -> None:
        """A changed denominator reaches the figures in the same transaction."""
        lock_tree()
        super().save_model(request, obj, form, change)
        if not change or {"is_counted", "is_urban", "kind"} & set(form.changed_data):
            tree_changed.send(Area, area_codes={obj.code})


class SuccessionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Registers through the service, so that what it refuses stands beside the fields."""

    successor_code = forms.CharField(
        label="承接区划代码", max_length=12, widget=UnfoldAdminTextInputWidget
    )
    successor_name = forms.CharField(
        label="承接区划名称",
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="承接区划尚未建立时填写；留空则沿用原名称",
    )

    class Meta:
        model = AreaSuccession
        fields = ("predecessor", "on", "document_number", "carries_records")

    @override
    def clean(self) -> dict[str, Any]:
        """Try it out: everything is registered, or nothing."""
        values = super().clean() or {}
        if self.errors:
            return values
        try:
            with transaction.atomic():
                self.registered = register_succession(
                    values["predecessor"].code,
                    values["successor_code"].strip(),
                    values["on"],
                    document_number=values["document_number"],
                    name=values["successor_name"].strip(),
                    carries_records=values["carries_records"],
                )
        except (SuccessionError, ValidationError) as error:
            raise ValidationError(getattr(error, "messages", None) or str(error)) from None
        return values

    def _post_clean(self) -> None:
        """The service has checked and saved the row."""

    @override
    def save(self, commit: bool = True) -> AreaSuccession:
        """Saved already."""
        return self.registered

    def save_m2m(self) -> None:
        """There is nothing else to save."""


@admin.register(AreaSuccession)
class AreaSuccessionAdmin(TreeAdmin):
    """Merges, splits and renames: registered once, taken back while nothing uses them."""

    form = SuccessionForm
    list_display = ("predecessor", "successor", "on", "document_number", "carries_records")
    search_fields = ("predecessor__code", "predecessor__name", "successor__name")
    autocomplete_fields = ("predecessor",)

    @override
    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A new one names its successor by code, for it may not be there yet."""
        named = ("successor",) if obj else ("successor_code", "successor_name")
        return ("predecessor", *named, "on", "document_number", "carries_records")

    @override
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The administrator."""
        return self.has_module_permission(request)

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A mistaken one is taken back and registered anew."""
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One at a time, while nothing uses what it created."""
        return self.has_module_permission(request)

    @override
    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No bulk deletion."""
        return {}

    @override
    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """What cannot be taken back says why."""
        try:
            return super().delete_view(request, object_id, extra_context)  # type: ignore[no-any-return]
        except SuccessionError as error:
            self.message_user(request, str(error), messages.ERROR)
            return self.response_post_save_change(request, self.get_object(request, object_id))  # type: ignore[no-any-return]

    @override
    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """Back to the list, which is there although nothing on it can be changed."""
        super().response_delete(request, obj_display, obj_id)
        return redirect("admin:areas_areasuccession_changelist")

    @override
    def delete_model(self, request: HttpRequest, obj: AreaSuccession) -> None:
        """Through the service."""
        withdraw_succession(obj)
