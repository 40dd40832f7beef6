"""The one base of every record's pages: scope, roles, review actions; and the logs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.forms import Field
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action as unfold_action
from unfold.decorators import display

from reviews.checks import Problem, find_all_problems, find_problems
from reviews.models import Action, ImportBatch, ReviewEvent, Status, Submission
from reviews.services import RULES, TransitionError, allowed_sources, move_all
from reviews.signals import effect_asked

_STATUS_COLOURS = {
    Status.DRAFT.label: "info",
    Status.PENDING.label: "warning",
    Status.APPROVED.label: "success",
    Status.RETURNED.label: "danger",
    Status.VOID.label: "default",
}
_LISTED = 100


class ScopedFieldsMixin:
    """Choices of related fields obey the user's scope, and required choices start blank."""

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer what the user may choose, and what the record holds already; refuse any other."""
        manager: Any = db_field.related_model._default_manager  # type: ignore[union-attr]
        rows: Any = None
        if hasattr(manager, "choosable_by"):
            rows = manager.choosable_by(request.user)
        elif hasattr(manager, "visible_to"):
            rows = manager.visible_to(request.user)
        if rows is not None:
            limit = db_field.get_limit_choices_to()
            rows = rows.filter(limit if isinstance(limit, Q) else Q(**limit))
            kwargs["queryset"] = rows | manager.filter(pk__in=self._held(db_field, request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def _held(self, db_field: models.ForeignKey[Any, Any], request: HttpRequest) -> list[Any]:
        """What the stored record (or its rows) refers to now, where the user sees the record."""
        match = request.resolver_match
        object_id = match.kwargs.get("object_id", "") if match else ""
        if not (object_id.isascii() and object_id.isdigit() and len(object_id) < 19):
            return []
        holder = db_field.model
        rows: Any = holder._default_manager
        if issubclass(holder, Submission):
            rows = rows.visible_to(request.user).filter(pk=object_id)
        else:
            others = [f for f in holder._meta.fields if f.remote_field and f is not db_field]
            if not others:  # the link to the record itself
                return []
            parent = others[0]
            seen = parent.related_model._default_manager.visible_to(request.user)  # type: ignore[union-attr]
            rows = rows.filter(**{f"{parent.name}__in": seen.filter(pk=object_id)})
        return [pk for pk in rows.values_list(db_field.attname, flat=True) if pk is not None]

    def formfield_for_choice_field(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Field:
        """Unfold drops the blank option of a required choice, so the first one is chosen unseen."""
        if not db_field.has_default():
            kwargs["choices"] = db_field.get_choices(  # type: ignore[attr-defined]
                include_blank=True, blank_choice=[("", "请选择")]
            )
        return super().formfield_for_choice_field(  # type: ignore[misc, no-any-return]
            db_field, request, **kwargs
        )


class RecordInline(ScopedFieldsMixin, TabularInline):
    """Rows that belong to a record follow its state."""

    extra = 0
    tab = True

    def _may_edit(self, request: HttpRequest, obj: Any = None) -> bool:
        record = obj if isinstance(obj, Submission) else None
        return bool(request.user.is_clerk and (record is None or record.is_editable))  # type: ignore[union-attr]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the record sees its rows."""
        return bool(request.user.sees_records)  # type: ignore[union-attr]

    has_add_permission = _may_edit
    has_change_permission = _may_edit
    has_delete_permission = _may_edit


class NotFoundMixin:
    """What is out of scope is not found, rather than sent to the front page."""

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404


class ReadOnlyAdmin(NotFoundMixin, ModelAdmin):
    """A list that nobody edits: seen by roles that see records, in their scope."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class RecordAdmin(NotFoundMixin, ScopedFieldsMixin, SimpleHistoryAdmin, ModelAdmin):
    """A record kind: clerks enter drafts, reviewers decide, observers read; all in their scope."""

    list_per_page = 50
    list_select_related: Sequence[str] = ("area", "submitted_by")
    autocomplete_fields: Sequence[str] = ("area",)
    warn_unsaved_form = True
    actions = (
        "submit_selected",
        "approve_selected",
        "return_selected",
        "reopen_selected",
        "void_selected",
    )
    actions_detail = ("submit_one", "approve_one", "return_one", "reopen_one", "void_one")
    history_list_display: Sequence[str] = ("status",)

    # what is seen ---------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> Sequence[str]:
        """Title, place, day, state."""
        return ("title", "area", *self.list_fields(), "state", "submitted_by")

    def list_fields(self) -> Sequence[str]:
        """The columns between place and state; a kind may name its own."""
        return (self.model.date_field,)

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        """State and the kind's own filters."""
        return ("status", *self.kind_filters)

    kind_filters: Sequence[Any] = ()

    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        """The record's title and its place."""
        return (self.model.title_field, "area__short_name")

    @display(description="名称")
    def title(self, record: Submission) -> str:
        """The link to the record."""
        return str(record)

    @display(description="提示")
    def findings(self, record: Submission) -> str:
        """What the checks say now; warnings do not block, but stay visible."""
        return "；".join(problem.message for problem in find_problems(record)) or "无"

    @display(description="计入情况")
    def counted_in(self, record: Submission) -> str:
        """The link to the figures and sealed editions that hold the record."""
        link = reverse("record-figures", args=[record._meta.label_lower, record.pk])
        return format_html('<a href="{}">查看计入的指标和报告</a>', link)

    @display(description="状态", label=_STATUS_COLOURS, ordering="status")
    def state(self, record: Submission) -> str:
        """The state as a coloured word."""
        return str(record.get_status_display())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The user's own subtree."""
        return super().get_queryset(request).visible_to(request.user)  # type: ignore[attr-defined, no-any-return]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The kind's fields; the trail of a stored record below them."""
        names = [
            field.name
            for field in self.model._meta.fields
            if field.editable and field.name not in ("id", "created_at", "updated_at", *self.hidden)
        ]
        return [*names, *(self.trail if obj else ())]

    hidden: Sequence[str] = ()
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

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        """The trail is written by transitions only."""
        return self.trail if obj else ()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A selection that is no selection is a bad request."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if any(not (pk.isascii() and pk.isdigit() and len(pk) < 19) for pk in chosen):
            raise SuspiciousOperation
        return super().changelist_view(request, extra_context)

    # who may what ---------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Roles that see records."""
        return bool(request.user.is_authenticated and request.user.sees_records)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """In scope."""
        return self.has_module_permission(request) and (
            obj is None or request.user.covers(obj.area_id)  # type: ignore[union-attr]
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Clerks."""
        return bool(request.user.is_authenticated and request.user.is_clerk)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Clerks, while it is a draft or returned."""
        if not self.has_add_permission(request):
            return False
        return obj is None or (obj.is_editable and request.user.covers(obj.area_id))  # type: ignore[union-attr]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Records are voided, never deleted."""
        return False

    def _may(self, action: Action, request: HttpRequest, object_id: Any = None) -> bool:
        sources = allowed_sources(action, request.user)  # type: ignore[arg-type]
        if object_id is None or not sources:
            return bool(sources)
        record = self.get_object(request, object_id)
        is_own = record is not None and record.submitted_by_id == request.user.pk
        return (
            record is not None
            and record.status in sources
            and not (is_own and RULES[action].is_four_eyes)
        )

    def has_submit_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """See `reviews.services.RULES`."""
        return self._may(Action.SUBMIT, request, object_id)

    def has_approve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """See `reviews.services.RULES`."""
        return self._may(Action.APPROVE, request, object_id)

    def has_return_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """See `reviews.services.RULES`."""
        return self._may(Action.RETURN, request, object_id)

    def has_reopen_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """See `reviews.services.RULES`."""
        return self._may(Action.REOPEN, request, object_id)

    def has_void_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """See `reviews.services.RULES`."""
        return self._may(Action.VOID, request, object_id)

    # writing --------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Who entered it; and the scope holds again after the write."""
        if not change:
            obj.created_by = request.user
        if not request.user.covers(obj.area_id):  # type: ignore[union-attr]
            raise Http404
        super().save_model(request, obj, form, change)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """While a form is saved the record is locked: nobody submits or reviews it meanwhile."""
        record = super().get_object(request, object_id, from_field)
        if record is not None and request.method == "POST" and connection.in_atomic_block:
            rows = self.model._default_manager.select_for_update(no_key=True)
            list(rows.filter(pk=record.pk).values_list("pk"))
            record.refresh_from_db()
        return record

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """A clerk's own street is already filled in."""
        form = super().get_form(request, obj, change=change, **kwargs)
        area = form.base_fields.get("area")
        if obj is None and area is not None and request.user.area_id:  # type: ignore[union-attr]
            area.initial = request.user.area_id  # type: ignore[union-attr]
        return form

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """What is out of scope is not there."""
        self._found(request, object_id)
        return super().history_view(request, object_id, extra_context)  # type: ignore[no-any-return]

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: Any = None,
    ) -> HttpResponse:
        """A version is read, never put back: that would undo a review without a trace."""
        self._found(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)

    def has_change_history_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def _found(self, request: HttpRequest, object_id: str) -> Any:
        record = self.get_object(request, object_id)
        if record is None:
            raise Http404
        return record

    # transitions ----------------------------------------------------------------------------

    def _transition(
        self,
        request: HttpRequest,
        action: Action,
        rows: Any,
        *,
        selected: Sequence[Any] = (),
    ) -> HttpResponse | None:
        """Ask once, with room for a reason; then move and say what happened."""
        user: Any = request.user
        if "confirmed" in request.POST:
            try:
                moved = self._move(rows, action, request)
            except TransitionError as error:
                messages.error(request, str(error))
            else:
                level = messages.success if moved else messages.warning
                level(request, f"{action.label}：{moved} 条")
                changelist = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
                return HttpResponseRedirect(reverse(changelist))
        sources = allowed_sources(action, user)
        movable = rows.filter(status__in=sources)
        if RULES[action].is_four_eyes:
            movable = movable.exclude(submitted_by=user)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{action.label}{self.opts.verbose_name}",
            "opts": self.opts,
            "action": action,
            "action_name": request.POST.get("action", ""),
            "selected": selected,
            "is_across": request.POST.get("select_across") == "1",
            "records": _with_findings(movable),
            "movable": movable.count(),
            "skipped": rows.count() - movable.count(),
            "effects": _effects(movable, action, user),
            "needs_reason": RULES[action].needs_reason,
            "reason": request.POST.get("reason", ""),
        }
        return TemplateResponse(request, "reviews/transition.html", context)

    def _move(self, rows: Any, action: Action, request: HttpRequest) -> int:
        """Move exactly as many as were shown, or none."""
        user: Any = request.user
        shown = request.POST.get("shown", "")
        with transaction.atomic():
            moved = move_all(rows, action, by=user, reason=request.POST.get("reason", ""))
            if shown.isdigit() and int(shown) != moved:
                raise TransitionError("待处理的记录刚有变化，没有执行；请核对后重新确认")
        return moved

    def _one(self, request: HttpRequest, object_id: str, action: Action) -> HttpResponse | None:
        self._found(request, object_id)
        return self._transition(request, action, self.get_queryset(request).filter(pk=object_id))

    def _many(
        self, request: HttpRequest, rows: QuerySet[Any], action: Action
    ) -> HttpResponse | None:
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        return self._transition(request, action, rows, selected=chosen)

    @unfold_action(description="提交所选", permissions=["submit"])
    def submit_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Bulk."""
        return self._many(request, queryset, Action.SUBMIT)

    @unfold_action(description="通过所选", permissions=["approve"])
    def approve_selected(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        """Bulk."""
        return self._many(request, queryset, Action.APPROVE)

    @unfold_action(description="退回所选", permissions=["return"])
    def return_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Bulk."""
        return self._many(request, queryset, Action.RETURN)

    @unfold_action(description="撤回所选的通过", permissions=["reopen"])
    def reopen_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Bulk."""
        return self._many(request, queryset, Action.REOPEN)

    @unfold_action(description="作废所选", permissions=["void"])
    def void_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Bulk."""
        return self._many(request, queryset, Action.VOID)

    @unfold_action(description="提交", permissions=["submit"], icon="send")
    def submit_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """From the record's page."""
        return self._one(request, object_id, Action.SUBMIT)

    @unfold_action(description="通过", permissions=["approve"], icon="check")
    def approve_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """From the record's page."""
        return self._one(request, object_id, Action.APPROVE)

    @unfold_action(description="退回", permissions=["return"], icon="undo")
    def return_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """From the record's page."""
        return self._one(request, object_id, Action.RETURN)

    @unfold_action(description="撤回通过", permissions=["reopen"], icon="history")
    def reopen_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """From the record's page."""
        return self._one(request, object_id, Action.REOPEN)

    @unfold_action(description="作废", permissions=["void"], icon="block")
    def void_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """From the record's page."""
        return self._one(request, object_id, Action.VOID)


def _effects(movable: Any, action: Action, user: Any) -> list[str]:
    """What the figures would be after the transition, in sentences."""
    if action == Action.APPROVE:
        rows, is_gain = movable, True
    elif action in (Action.REOPEN, Action.VOID):
        rows, is_gain = movable.filter(status=Status.APPROVED), False
    else:
        return []
    answers: list[tuple[Any, Any]] = effect_asked.send(
        movable.model, records=rows, is_gain=is_gain, user=user
    )
    return [sentence for _, sentences in answers for sentence in sentences]


def _with_findings(rows: Any) -> list[tuple[Submission, list[Problem]]]:
    """The first records of a set, each with what its checks say."""
    records = list(rows.select_related(*rows.model.related_for_checks)[:_LISTED])
    return list(zip(records, find_all_problems(records), strict=True))


class LogAdmin(ReadOnlyAdmin):
    """Logs: the auditor reads all, roles that see records read those of their area."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Scoped, save for the auditor."""
        rows = super().get_queryset(request)
        if request.user.is_auditor:  # type: ignore[union-attr]
            return rows
        return rows.visible_to(request.user)  # type: ignore[attr-defined, no-any-return]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Not the administrator."""
        user = request.user
        return bool(user.is_authenticated and (user.sees_records or user.is_auditor))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the list."""
        return self.has_module_permission(request)


@admin.register(ReviewEvent)
class ReviewEventAdmin(LogAdmin):
    """Every transition of every record."""

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
        """The record kind in Chinese."""
        model = event.content_type.model_class()
        return str(model._meta.verbose_name) if model else event.content_type.model

    @display(description="记录编号")
    def record_link(self, event: ReviewEvent) -> str:
        """A link to the record."""
        kind = event.content_type
        address = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[event.object_id])
        return format_html('<a href="{}">{}</a>', address, event.object_id)


@admin.register(ImportBatch)
class ImportBatchAdmin(LogAdmin):
    """Every ledger that was read in."""

    list_display = ("file_name", "kind", "area", "row_count", "created_by", "created_at")
    list_select_related = ("area", "created_by")
    search_fields = ("file_name",)
    fields = ("file_name", "kind", "area", "row_count", "created_by", "created_at", "warning_list")
    readonly_fields = ("warning_list",)

    @display(description="提示")
    def warning_list(self, batch: ImportBatch) -> str:
        """What the import remarked."""
        return "\n".join(batch.warnings) or "无"
