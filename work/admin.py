"""Admin pages of task progress and work records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from typing_extensions import override
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.requests import user_of
from indicators.models import Task
from indicators.progress.services import plans_of_area
from reviews.fields import AnyForeignKey
from reviews.pages.entry import RecordForm, messages_of
from reviews.pages.record_admin import RecordAdmin
from reviews.querysets import SubmissionQuerySet
from work.models import (
    DIMENSIONS,
    OTHER_KIND,
    DemonstrationApplication,
    TaskProgress,
    WorkRecord,
)

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
    """What the pages of progress and work records share: the list of tasks."""

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


@admin.register(TaskProgress)
class TaskProgressAdmin(WorkAdmin):
    """Pages of task progress (任务进展)."""

    kind_filters = ("state", "due_on")
    groups = (
        ("任务与报送期", ("area", "task", ("due_on", "state")), ""),
        ("进展情况", ("measures", "results", "problems", "next_steps"), ""),
    )
    help_texts = {
        "area": "承担任务的区县、街道（乡镇）或社区（村）",
        "task": "由本级承担的任务；同一任务每个报送期填报一次",
        "state": "还没有做的选“未启动”，在做的选“推进中”，做完的选“已完成”",
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
        )
        self.fields["kind"].error_messages |= messages_of(self.fields["kind"])


@admin.register(WorkRecord)
class WorkRecordAdmin(WorkAdmin):
    """Pages of work records (工作记录)."""

    form = WorkRecordForm
    kind_filters = ("kind",)
    today = ("held_on",)
    groups = (
        ("工作信息", ("area", ("kind", "kind_name"), "name", ("held_on", "people"), "place"), ""),
        ("内容", ("content", "task"), ""),
        ("成果", (("granted_by", "amount_yuan"), "public_text"), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "kind": "方案所列的工作；没有的选“其他”，并写明类别名称",
        "area": "做这项工作的社区（村）、街道（乡镇）或区县",
        "kind_name": "方案没有列出的工作是什么，如 居民恳谈会",
        "name": "一件工作登记一条，如 华一坡社区慈善基金居民恳谈会",
        "held_on": "会议、演练、评选等举行的日期，表彰、命名的文件日期；几天的填第一天",
        "place": "在哪里举行，如 华一坡社区会议室；没有固定地点的留空",
        "content": "做了什么、有什么结果；不要写受助人的姓名",
        "task": "与某项工作任务有关的，选择该任务，任务看板上随之列出",
        "people": "同一人只计一次",
        "granted_by": "表彰、命名、奖项、案例等由哪个单位授予或认定；没有的留空",
        "amount_yuan": "奖金或以奖代补的金额，如福利彩票公益金补助；没有的留空",
        "public_text": "案例、品牌、表彰等可以对外展示的填写；不要写个人的姓名、电话、身份证号码和住址",
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


@admin.register(DemonstrationApplication)
class DemonstrationApplicationAdmin(RecordAdmin):
    """Pages of applications to be a demonstration (示范申报)."""

    kind_filters = ("year",)
    today = ("applied_on",)
    groups = (
        ("申报", ("area", "name", ("year", "applied_on"), "reason"), ""),
        ("七个方面自评分", tuple(DIMENSIONS), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "area": "申报示范的街道（乡镇）或社区（村）",
        "name": "申报哪一种示范，如社区慈善试点示范街道",
        "year": "四位数字的年份，如2026；同一种示范每年申报一次",
        "applied_on": "向区县提交申报之日",
        "reason": "在哪些方面作了探索、成效如何；材料请作为附件上传",
        "fund_points": "0至100分；评定时与本地区的基金数和筹集总额对照",
        "project_points": "0至100分；与当年的慈善项目和帮扶人次对照",
        "scene_points": "0至100分；与在用的服务场景和六有达标场景对照",
        "org_points": "0至100分；与公益慈善类社区社会组织和志愿服务队伍对照",
        "talent_points": "0至100分；与在库的慈善人才、当年的培训场次和参训人次对照",
        "culture_points": "0至100分；与当年的活动宣传和覆盖社区对照",
        "service_points": "0至100分；与当年签订的购买服务合同份数和金额对照",
    }
    trail = ("deciding", *RecordAdmin.trail)

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("applied_on", "score", "outcome")

    @override
    def get_queryset(self, request: HttpRequest) -> SubmissionQuerySet:
        """Return the applications with their decisions, so that a list asks for each but once."""
        rows: SubmissionQuerySet = super().get_queryset(request)
        return rows.prefetch_related("decisions")

    @admin.display(description="评定结果")
    def outcome(self, application: DemonstrationApplication) -> str:
        """The decision that stands, in words."""
        return application.outcome

    @admin.display(description="自评平均分")
    def score(self, application: DemonstrationApplication) -> str:
        """The plain mean of the seven dimensions."""
        return str(application.score)

    @admin.display(description="对照和评定")
    def deciding(self, application: DemonstrationApplication) -> str:
        """The link to the page that shows the figures and the decision."""
        link = reverse("demonstration", args=[application.pk])
        return format_html('<a href="{}">查看七个方面的台账数据和评定</a>', link)
