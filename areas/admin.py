"""Admin pages of the area tree: administrators set its flags; other roles only look areas up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from typing_extensions import override
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget

from areas.codes import COMMUNITY_LEVEL
from areas.models import Area, AreaSuccession
from areas.querysets import AreaQuerySet, Viewer
from areas.services import SuccessionError, lock_tree, register_succession, withdraw_succession
from areas.signals import tree_changed
from conflicts.admin import ComparedAdmin
from conflicts.forms import ComparedForm

# Django's paginators and forms take type parameters in the stubs only.
if TYPE_CHECKING:
    _Paginator = Paginator[Area]
    _AreaForm = forms.ModelForm[Area]
    _SuccessionForm = forms.ModelForm[AreaSuccession]
else:
    _Paginator, _AreaForm, _SuccessionForm = Paginator, forms.ModelForm, forms.ModelForm


class TreeAdmin(ModelAdmin):
    """Base of the tree's pages: only the administrator sees them in the menu and changes anything."""

    list_per_page = 100

    @override
    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and request.user.is_administrator)

    @override
    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Allow every logged-in user, because the area fields of other forms look areas up here."""
        return bool(request.user.is_authenticated)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    @override
    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_module_permission(request)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never: an area ends on its abolition day; it is not deleted."""
        return False


class PlacedPaginator(_Paginator):
    """Pages of area choices that add the street to a community's name: names repeat within a county."""

    @override
    def page(self, number: int | str) -> Page[Area]:
        page = super().page(number)
        areas = list(page.object_list)
        placed = [area for area in areas if area.level == COMMUNITY_LEVEL]
        streets = Area.objects.in_bulk({area.ancestor_codes[-1] for area in placed})
        for area in placed:
            street = streets.get(area.ancestor_codes[-1])
            area.short_name += f"（{street}）" if street else ""
        page.object_list = areas
        return page


class AreaForm(ComparedForm, _AreaForm):
    """The form of an area; of two administrators who edit one, the second is told."""


@admin.register(Area)
class AreaAdmin(ComparedAdmin, TreeAdmin):
    """The list of areas, with the flags 纳入考核 and 城镇社区."""

    form = AreaForm
    list_display = ("code", "name", "kind", "is_counted", "is_urban", "valid_from", "valid_to")
    list_filter = ("level", "kind", "is_counted", "is_urban")
    search_fields = ("code", "name", "short_name")
    ordering = ("code",)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Area]:
        """Return the areas in the user's own subtree."""
        rows: AreaQuerySet = super().get_queryset(request)
        return rows.visible_to(cast(Viewer, request.user))  # the site admits no anonymous user

    @override
    def get_paginator(
        self,
        request: HttpRequest,
        queryset: QuerySet[Area],
        per_page: int,
        *args: Any,
        **kwargs: Any,
    ) -> Paginator[Area]:
        """Use `PlacedPaginator` for the choices of an area field."""
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            return PlacedPaginator(queryset, per_page, *args, **kwargs)
        return super().get_paginator(request, queryset, per_page, *args, **kwargs)

    @override
    def get_readonly_fields(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> tuple[str, ...]:
        """Lock the code once it is stored, and both days: an area ends by registering its
        succession."""
        days = ("valid_from", "valid_to")
        return ("code", *days) if obj else days

    @override
    def save_model(
        self, request: HttpRequest, obj: Area, form: forms.ModelForm[Area], change: bool
    ) -> None:
        """Store an area; a change that alters denominators updates the figures in the same
        transaction."""
        lock_tree()
        super().save_model(request, obj, form, change)
        if not change or {"is_counted", "is_urban", "kind"} & set(form.changed_data):
            tree_changed.send(Area, area_codes={obj.code})


class SuccessionForm(_SuccessionForm):
    """Form that registers through the service, so the service's refusals appear as form errors."""

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
        """Register the succession atomically; ValidationError with the service's message when it
        refuses."""
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
        """Skip Django's model validation: the service has validated and saved the row."""

    @override
    def save(self, commit: bool = True) -> AreaSuccession:
        """Return the row that `clean` has saved."""
        return self.registered

    def save_m2m(self) -> None:
        """Do nothing: there are no many-to-many fields; the admin calls it after `save`."""


@admin.register(AreaSuccession)
class AreaSuccessionAdmin(TreeAdmin):
    """Merges, splits and renames of areas: registered once; withdrawn while nothing uses their
    areas."""

    form = SuccessionForm
    list_display = ("predecessor", "successor", "on", "document_number", "carries_records")
    search_fields = ("predecessor__code", "predecessor__name", "successor__name")
    autocomplete_fields = ("predecessor",)

    @override
    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> tuple[str, ...]:
        """Ask for a new successor by code and name, because its area may not exist yet."""
        named = ("successor",) if obj else ("successor_code", "successor_name")
        return ("predecessor", *named, "on", "document_number", "carries_records")

    @override
    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_module_permission(request)

    @override
    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never: a wrong succession is withdrawn and registered again."""
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_module_permission(request)

    @override
    def get_actions(self, request: HttpRequest) -> dict[str, object]:
        """Offer no bulk deletion: successions are withdrawn one at a time."""
        return {}

    @override
    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Withdraw a succession; show the service's message when it refuses."""
        try:
            response: HttpResponse = super().delete_view(request, object_id, extra_context)
        except SuccessionError as error:
            self.message_user(request, str(error), messages.ERROR)
            row = self.get_object(request, object_id)
            response = self.response_post_save_change(request, row)
        return response

    @override
    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """Go back to the list: Django would go to the home page, as nothing here can be changed."""
        super().response_delete(request, obj_display, obj_id)
        return redirect("admin:areas_areasuccession_changelist")

    @override
    def delete_model(self, request: HttpRequest, obj: AreaSuccession) -> None:
        withdraw_succession(obj)
