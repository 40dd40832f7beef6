"""Admin pages of the area tree: administrators set its flags; other roles only look areas up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from typing_extensions import override
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget

from areas.codes import COMMUNITY_LEVEL
from areas.models import Area, AreaSuccession
from areas.proposing import MOVING, area_proposal, succession_proposal, withdrawal_proposal
from areas.querysets import AreaQuerySet, Viewer
from audit.acts import Act
from audit.events import record
from conflicts.admin import ComparedAdmin
from conflicts.forms import ComparedForm
from guards.lists import DeclaredLists
from proposals.admin import ProposingAdmin, ReasonedForm, needs_a_second_person, tell_of
from proposals.kinds import Proposal, ProposalRefused
from proposals.services import propose

# Django's paginators and forms take type parameters in the stubs only.
if TYPE_CHECKING:
    _Paginator = Paginator[Area]
    _AreaForm = forms.ModelForm[Area]
    _SuccessionForm = forms.ModelForm[AreaSuccession]
else:
    _Paginator, _AreaForm, _SuccessionForm = Paginator, forms.ModelForm, forms.ModelForm


#: The key of `request.META` under which the change stands that waits for its confirmation.
_WAITING = "platform.waiting"


class TreeAdmin(DeclaredLists, ModelAdmin):
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


class AreaForm(ReasonedForm, ComparedForm, _AreaForm):
    """The form of an area; of two administrators who edit one, the second is told."""

    @override
    def needs_reason(self, values: dict[str, Any]) -> bool:
        return self.instance._state.adding or bool({*MOVING} & {*self.changed_data})


@admin.register(Area)
class AreaAdmin(ProposingAdmin, ComparedAdmin, TreeAdmin):
    """The list of areas, with the flags 纳入考核 and 城镇社区."""

    form = AreaForm
    list_display = ("code", "name", "kind", "is_counted", "is_urban", "valid_from", "valid_to")
    list_filter = ("level", "kind", "is_counted", "is_urban")
    search_fields = ("code", "name", "short_name")
    ordering = ("code",)

    @override
    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        """Ask for the reason last, of whoever may change something."""
        names = [name for name in super().get_fields(request, obj) if name != "reason"]
        is_asked = obj is None or self.has_change_permission(request, obj)
        return [*names, "reason"] if is_asked else names

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
    def proposal_for(
        self, request: HttpRequest, obj: Area, form: forms.ModelForm[Area], change: bool
    ) -> Proposal | None:
        """Propose what alters denominators; another name alone is saved at once and recorded."""
        stored = Area.objects.get(pk=obj.pk) if change else None
        if stored is None or any(getattr(stored, name) != getattr(obj, name) for name in MOVING):
            return area_proposal(obj, stored)
        if stored.name != obj.name:
            before, after = {"name": stored.name}, {"name": obj.name}
            record(Act.AREA_CHANGED, about=obj, area=obj.code, before=before, after=after)
        return None


class SuccessionForm(ReasonedForm, _SuccessionForm):
    """Form that proposes (or registers) itself, so that refusals appear as form errors."""

    #: Who fills in the form.
    by: Any = None

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
        """Propose the succession; ValidationError with the service's message when it refuses."""
        values = super().clean() or {}
        if self.errors:
            return values
        proposal = succession_proposal(
            values["predecessor"],
            values["successor_code"].strip(),
            values["on"],
            document_number=values["document_number"],
            name=values["successor_name"].strip(),
            carries_records=values["carries_records"],
        )
        try:
            self.proposed, self.outcome = propose(
                proposal, by=self.by, reason=values.get("reason") or ""
            )
        except ProposalRefused as refused:
            raise ValidationError(str(refused)) from None
        return values

    def _post_clean(self) -> None:
        """Skip Django's model validation: the service has validated and saved the row."""

    @override
    def save(self, commit: bool = True) -> AreaSuccession:
        """Return the row that `clean` has saved; an unsaved one while the change waits."""
        if self.outcome is None:
            return self.instance
        return AreaSuccession.objects.get(pk=self.outcome.key)

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
        asked = () if obj else ("reason",)
        return ("predecessor", *named, "on", "document_number", "carries_records", *asked)

    @override
    def get_form(
        self,
        request: HttpRequest,
        obj: AreaSuccession | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[SuccessionForm]:
        """Let the form know who fills it in."""
        form: type[SuccessionForm] = super().get_form(request, obj, change, **kwargs)
        form.by = request.user
        return form

    @override
    def save_model(
        self, request: HttpRequest, obj: AreaSuccession, form: SuccessionForm, change: bool
    ) -> None:
        """Save nothing: the form has proposed the succession."""
        if form.outcome is None:
            request.META[_WAITING] = form.proposed

    @override
    def log_addition(self, request: HttpRequest, obj: AreaSuccession, message: Any) -> Any:
        """Log nothing while the change waits."""
        return None if obj.pk is None else super().log_addition(request, obj, message)

    @override
    def response_add(
        self, request: HttpRequest, obj: AreaSuccession, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the change that waits, or go on as usual."""
        if obj.pk is None:
            return tell_of(request, request.META[_WAITING])
        return super().response_add(request, obj, post_url_continue)

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
        """Propose to withdraw a succession; show the service's message when it refuses."""
        try:
            response: HttpResponse = super().delete_view(request, object_id, extra_context)
        except ProposalRefused as error:
            self.message_user(request, str(error), messages.ERROR)
            row = self.get_object(request, object_id)
            response = self.response_post_save_change(request, row)
        return response

    @override
    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """Go back to the list: Django would go to the home page, as nothing here can be changed."""
        if _WAITING in request.META:
            return tell_of(request, request.META[_WAITING])
        super().response_delete(request, obj_display, obj_id)
        return redirect("admin:areas_areasuccession_changelist")

    @override
    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Log nothing before the withdrawal is confirmed."""
        return None if needs_a_second_person() else super().log_deletions(request, queryset)

    @override
    def delete_model(self, request: HttpRequest, obj: AreaSuccession) -> None:
        """Propose the withdrawal."""
        reason = request.POST.get("reason") or "登记有误"
        proposed, outcome = propose(withdrawal_proposal(obj), by=request.user, reason=reason)
        if outcome is None:
            request.META[_WAITING] = proposed
