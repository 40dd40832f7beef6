"""Admin pages of task progress and work records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Field as DbField
from django.forms import Field, ModelChoiceField
from django.http import HttpRequest
from typing_extensions import override
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from accounts.requests import user_of
from indicators.models import Task
from indicators.progress.services import plans_of_area
from reviews.fields import AnyForeignKey
from reviews.pages.entry import RecordForm
from reviews.pages.record_admin import RecordAdmin
from work.models import OTHER_KIND, TaskProgress, WorkRecord

#: Texts from this length on are written into a field of several lines.
_LONG_TEXT = 500


if TYPE_CHECKING:
    _TaskChoice = ModelChoiceField[Task]
else:
    _TaskChoice = ModelChoiceField


class TaskField(_TaskChoice):
    """A list of tasks under the titles of their plans."""

    @override
    def label_from_instance(self, obj: Task) -> str:
        return f"{obj.plan.title}　{obj.clause}　{obj.name}"


class WorkAdmin(RecordAdmin):
    """What the pages of both kinds share: the list of tasks, and fields for long texts."""

    list_select_related = ("area", "submitted_by", "task")

    @override
    def formfield_for_foreignkey(
        self, db_field: AnyForeignKey, request: HttpRequest, **kwargs: object
    ) -> ModelChoiceField[Any] | None:
        """Name each task with its plan and clause."""
        if db_field.name == "task":
            kwargs["form_class"] = TaskField
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "task" and field.queryset is not None:
            rows = field.queryset.select_related("plan")
            field.queryset = rows.order_by("plan__code", "position").distinct()
        return field

    @override
    def formfield_for_dbfield(
        self, db_field: DbField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        """Give long texts several lines."""
        if (getattr(db_field, "max_length", None) or 0) > _LONG_TEXT:
            kwargs["widget"] = UnfoldAdminTextareaWidget(attrs={"rows": 4})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(TaskProgress)
class TaskProgressAdmin(WorkAdmin):
    """Pages of task progress (任务进展)."""

    kind_filters = ("state", "due_on")
    groups = (
        ("任务与报送期", ("area", "task", ("due_on", "state")), ""),
        ("进展情况", ("measures", "results", "problems", "next_steps"), ""),
    )
    help_texts = {
        "task": "由本级承担的任务；同一任务每个报送期填报一次",
        "due_on": "方案的报送日，如 2026-06-30",
        "measures": "做了哪些工作，写入报告的“主要做法”",
        "results": "取得的成效，已完成的必填",
        "problems": "写入报告的“存在问题”，没有的留空",
        "next_steps": "写入报告的“下一步打算”，没有的留空",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("due_on", "progress_state")

    @admin.display(description="进展状态", ordering="state")
    def progress_state(self, progress: TaskProgress) -> str:
        """How far the task is, in words."""
        return progress.get_state_display()


class WorkRecordForm(RecordForm):
    """Offers the kinds of work that the plans of the user's area name."""

    #: Set on the form class, which exists for one request only.
    kinds: Sequence[str] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("kind")
        if field is None:
            return
        held = self.instance.kind if isinstance(self.instance, WorkRecord) else ""
        names = dict.fromkeys([*self.kinds, OTHER_KIND, *([held] if held else [])])
        self.fields["kind"] = forms.ChoiceField(
            label=field.label,
            help_text=field.help_text,
            choices=[("", "请选择"), *((name, name) for name in names)],
            widget=UnfoldAdminSelectWidget(),
            error_messages={"required": "请选择“工作类别”"},
        )


@admin.register(WorkRecord)
class WorkRecordAdmin(WorkAdmin):
    """Pages of work records (工作记录)."""

    form = WorkRecordForm
    kind_filters = ("kind",)
    today = ("held_on",)
    groups = (
        ("工作信息", ("area", ("kind", "kind_name"), "name", ("held_on", "people"), "place"), ""),
        ("内容", ("content", "task"), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "kind": "方案所列的工作；没有的选“其他”，并写明类别名称",
        "task": "与某项工作任务有关的，选择该任务，任务看板上随之列出",
        "people": "同一人只计一次",
    }

    @override
    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[RecordForm]:
        """Add the kinds of work of the plans of the user's area."""
        form = super().get_form(request, obj, change=change, **kwargs)
        plans = plans_of_area(user_of(request).area_id or "")
        if issubclass(form, WorkRecordForm):
            form.kinds = list(dict.fromkeys(kind for plan in plans for kind in plan.work_kinds))
        return form

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("kind_text", "held_on", "people")

    @admin.display(description="工作类别", ordering="kind")
    def kind_text(self, record: WorkRecord) -> str:
        """The kind in words."""
        return record.kind_text
