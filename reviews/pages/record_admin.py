"""The base of every record kind's admin pages: lists, entry, scope and roles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from typing_extensions import override
from unfold.decorators import display

from accounts.requests import user_of
from accounts.shell import page
from conflicts.admin import locked_for_saving
from guards.lists import DeclaredLists
from reviews.addresses import page_address
from reviews.checks import find_problems
from reviews.models import Status, Submission
from reviews.pages.entry import RecordForm
from reviews.pages.entry_pages import EntryPages
from reviews.pages.lists.filters import PlaceFilter
from reviews.pages.lists.totals import Lifetime, Total, TotalGroup, totals_of
from reviews.pages.persons import persons_address
from reviews.pages.transition_pages import TransitionPages
from reviews.privacy import sees_all_persons, sensitive_fields
from reviews.querysets import SubmissionQuerySet
from reviews.trail.timeline import timeline_of

_Filter = str | type[SimpleListFilter]
_Column = str | Callable[[Submission], str]

_STATUS_COLOURS = {
    Status.DRAFT.label: "info",
    Status.PENDING.label: "warning",
    Status.APPROVED.label: "success",
    Status.RETURNED.label: "danger",
    Status.VOID.label: "default",
}


class RecordAdmin(DeclaredLists, EntryPages, TransitionPages):
    """Admin pages of a record kind: clerks enter, reviewers decide, observers read, each in their
    scope."""

    list_per_page = 50
    list_before_template = "reviews/list_totals.html"
    list_select_related: Sequence[str] = ("area", "submitted_by")
    autocomplete_fields: Sequence[str] = ("area",)
    #: Enables autocompletion; `get_search_fields` returns the fields that are searched.
    search_fields: Sequence[str] = ("area__short_name",)
    warn_unsaved_form = True
    history_list_display: Sequence[str] = ("status",)

    # --- reading ----------------------------------------------------------------------------

    @override
    def get_list_display(self, request: HttpRequest) -> Sequence[_Column]:
        """Show title, area, the kind's own columns, status and submitter."""
        return ("title", "area", *self.list_fields(), "state", "submitted_by")

    @property
    def _is_named_by_person(self) -> bool:
        return self.model.title_field in sensitive_fields(self.model)

    def list_fields(self) -> Sequence[str]:
        """Return the columns between area and status; a kind may override them."""
        return (self.model.date_field,)

    @override
    def get_list_filter(self, request: HttpRequest) -> Sequence[_Filter]:
        """Offer status, area and the kind's own filters."""
        return ("status", PlaceFilter, *self.kind_filters)

    kind_filters: Sequence[_Filter] = ()
    #: What the list counts above its rows, and when its records are in force; empty: nothing.
    totals: Sequence[Total] = ()
    lifetime: Lifetime | None = None
    #: The amount of money that the totals add up over the approved records.
    summed: str = ""

    @override
    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Give the list its totals; its template counts them."""
        shown = super().get_changelist_instance(request)
        vars(shown)["totals"] = partial(self._totals, shown)
        return shown

    def _totals(self, shown: ChangeList) -> list[TotalGroup]:
        if not self.totals:
            return []
        return totals_of(shown.queryset, self.totals, self.lifetime, self.summed)

    @property
    @override
    def linked_lookups(self) -> frozenset[str]:
        """Return how pages of quality link to the list: keys, a subtree, states, days."""
        days = [field.name for field in self.model._meta.fields if type(field) is models.DateField]
        ends = [f"{name}__{end}" for name in days for end in ("gte", "lte")]
        return frozenset({"id__in", "area__gte", "area__lt", "status__in", *ends})

    @override
    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        """Search the record's title and the name of its area; a person's name as a whole."""
        if not self._is_named_by_person:
            return (self.model.title_field, "area__short_name")
        if not sees_all_persons(user_of(request)):
            return ("area__short_name",)
        return (f"{self.model.title_field}__exact", "area__short_name")

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse to search by what the user may not see: the answer would tell it."""
        is_personal = lookup.split("__")[0] in sensitive_fields(self.model)
        if is_personal and not sees_all_persons(user_of(request)):
            return False
        return super().lookup_allowed(lookup, value, request)

    @display(description="名称")
    def title(self, record: Submission) -> str:
        """Return the text of the link to the record."""
        return str(record)

    @display(description="提示")
    def findings(self, record: Submission) -> str:
        """Return the findings of the checks, one per line; warnings do not block.

        A page asks five times for the same record; its checks run once.
        """
        told: dict[str, str] = vars(record)
        if "_findings" not in told:
            lines = (
                f"{'提示' if problem.is_warning else '须改正'}：{problem.message}"
                for problem in find_problems(record)
            )
            told["_findings"] = "\n".join(lines) or "无"
        return told["_findings"]

    @display(description="计入情况")
    def counted_in(self, record: Submission) -> str:
        """Return the link to the figures and sealed editions that count the record."""
        link = reverse("record-figures", args=[record._meta.label_lower, record.pk])
        return format_html('<a href="{}">查看计入的指标和报告</a>', link)

    @display(description="状态", label=_STATUS_COLOURS, ordering="status")
    def state(self, record: Submission) -> str:
        """Return the status in Chinese; the page colours it."""
        return str(record.get_status_display())

    @override
    def get_queryset(self, request: HttpRequest) -> SubmissionQuerySet:
        """Return records in the user's subtree; for an autocompletion, those that may be chosen."""
        rows: SubmissionQuerySet = super().get_queryset(request)
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            return rows.choosable_by(user_of(request))
        return rows.visible_to(user_of(request))

    trail: Sequence[str] = (
        "state",
        "findings",
        "review_reason",
        "created_by",
        "submitted_by",
        "submitted_at",
        "reviewed_by",
        "reviewed_at",
        "import_batch",
        "import_cell",
        "counted_in",
    )

    #: Names of people without links to their accounts, which only the administrator may open.
    readonly_preprocess_fields = dict.fromkeys(
        ("created_by", "submitted_by", "reviewed_by"), "django.utils.html.strip_tags"
    )

    @override
    def get_readonly_fields(
        self, request: HttpRequest, obj: Submission | None = None
    ) -> Sequence[str]:
        """Make the trail read-only: only transitions write it."""
        if obj is None:
            return ()
        shown = () if self.has_change_permission(request, obj) else self.masked_fields.values()
        return [*self.trail_of(obj), *shown]

    @override
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Reject a selection that contains an invalid primary key (SuspiciousOperation, 400)."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if any(not (pk.isascii() and pk.isdigit() and len(pk) < 19) for pk in chosen):
            raise SuspiciousOperation
        return super().changelist_view(request, extra_context)

    # --- permissions ------------------------------------------------------------------------

    @override
    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and request.user.sees_records)

    @override
    def has_view_permission(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        return self.has_module_permission(request) and (
            obj is None or user_of(request).covers(obj.area_id)
        )

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and request.user.is_clerk)

    @override
    def has_change_permission(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        """Allow clerks to change drafts and returned records in their scope."""
        if not self.has_add_permission(request):
            return False
        return obj is None or (obj.is_editable and user_of(request).covers(obj.area_id))

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        """Never: records are voided, not deleted."""
        return False

    # --- writing ----------------------------------------------------------------------------

    @override
    def save_model(
        self, request: HttpRequest, obj: Submission, form: RecordForm, change: bool
    ) -> None:
        """Record the creator, and check the scope of the record's new area."""
        if not change:
            obj.created_by = user_of(request)
        if not user_of(request).covers(obj.area_id):
            raise Http404
        super().save_model(request, obj, form, change)

    @override
    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Submission | None:
        """Lock the record while a form is saved, so that nobody submits or reviews it meanwhile."""
        record: Submission | None = super().get_object(request, object_id, from_field)
        return None if record is None else locked_for_saving(record, request)

    @override
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Show the timeline of a record in scope."""
        record = self._found(request, object_id)
        context = {
            "title": f"{record}：历史记录",
            "opts": self.opts,
            "record": record,
            "entries": timeline_of(record, user_of(request)),
            "persons_address": persons_address(record, user_of(request)),
            **(extra_context or {}),
        }
        return page(request, "reviews/timeline.html", context)

    @override
    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """Redirect to the timeline; restoring a version is forbidden, as it would bypass the review."""
        self._found(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        return redirect(page_address(self.model, "history", object_id))

    @override
    def has_change_history_permission(
        self, request: HttpRequest, obj: Submission | None = None
    ) -> bool:
        return False
