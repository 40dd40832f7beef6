"""Admin pages of supervision records."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.forms import ModelChoiceField
from django.http import HttpRequest
from typing_extensions import override
from unfold.decorators import display

from accounts.requests import user_of
from orgs.models import Charity
from reviews.checks import OnlyWith
from reviews.fields import AnyForeignKey
from reviews.pages.entry import RecordForm
from reviews.pages.record_admin import RecordAdmin
from supervision.life import Finding
from supervision.models import (
    DISCLOSED,
    AuditReport,
    Complaint,
    ComplaintAnswer,
    Disclosure,
    GuidanceVisit,
    HotlineNotice,
    Inspection,
    Rectification,
    Referral,
)

_NOTE = ("备注", ("note",), "")


class ObjectAdmin(RecordAdmin):
    """Pages of a kind whose area is that of the charity, fund, campaign or project it is about."""

    @override
    def formfield_for_foreignkey(
        self, db_field: AnyForeignKey, request: HttpRequest, **kwargs: object
    ) -> ModelChoiceField[models.Model] | None:
        """Offer no charity of an area above: its bureau keeps the records about it."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "charity":
            own = Charity.objects.visible_to(user_of(request)).living()
            held = Q(pk__in=self._held(db_field, request))
            field.queryset = own | Charity.objects.filter(held)
            field.error_messages["invalid_choice"] = "该慈善组织由上级登记管理，请由登记机关填报"
        return field


@admin.register(GuidanceVisit)
class GuidanceVisitAdmin(RecordAdmin):
    """Pages of guidance visits (工作指导)."""

    kind_filters = ("form",)
    list_select_related = ("area", "submitted_by", "fund", "charity")
    autocomplete_fields = ("area", "fund", "charity")
    today = ("visited_on",)
    shown_when = {"area": "!fund"}
    groups = (
        ("指导对象", ("fund", "charity", "area"), ""),
        (
            "指导情况",
            (
                ("visited_on", "period"),
                ("form", "number"),
                ("guide_name", "visitors"),
                "content",
            ),
            "",
        ),
        ("发现的问题", ("problems", "rectify_by"), ""),
        _NOTE,
    )
    help_texts = {
        "fund": "指导某支基金的选该基金，所属地区随基金；指导街道（乡镇）的不选",
        "area": "指导对象所在的街道（乡镇）或社区（村）",
        "visitors": "姓名之间用顿号隔开",
        "period": "补办以前季度的填所属季度，如2025-Q2；当季开展的不填，按指导日期认定",
        "number": "以后登记整改时用来找到这次指导",
        "rectify_by": "没有发现问题的留空；整改情况另行登记“整改”",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("visited_on", "form", "rectify_by")


@admin.register(AuditReport)
class AuditReportAdmin(ObjectAdmin):
    """Pages of audit reports (审计报告)."""

    kind_filters = ("opinion",)
    list_select_related = ("area", "submitted_by", "fund", "charity")
    autocomplete_fields = ("area", "fund", "charity")
    shown_when = {"area": "!fund && !charity"}
    groups = (
        ("审计对象", ("charity", "fund", "area"), ""),
        (
            "审计报告",
            (("year", "reported_on"), ("auditor", "report_number"), "opinion", "problems"),
            "",
        ),
        (
            "报告数字",
            (
                ("income_yuan", "expense_yuan"),
                ("charity_expense_yuan", "management_yuan"),
                "net_assets_yuan",
            ),
            "",
        ),
        _NOTE,
    )
    help_texts = {
        "charity": "审计慈善组织的选慈善组织，审计基金的选基金，只选一项",
        "area": "选了慈善组织或基金的不用填，随所选的对象",
        "year": "四位数字的年份，如2025；报告原件请作为附件上传",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("year", "reported_on", "opinion")


@admin.register(Disclosure)
class DisclosureAdmin(ObjectAdmin):
    """Pages of disclosures (信息公开)."""

    kind_filters = ("kind", "platform")
    list_select_related = ("area", "submitted_by", *DISCLOSED)
    autocomplete_fields = ("area", *DISCLOSED)
    today = ("disclosed_on",)
    shown_when = {"area": " && ".join(f"!{name}" for name in DISCLOSED)}
    groups = (
        ("公开主体", (*DISCLOSED, "area"), ""),
        ("公开内容", ("kind", "title", ("period", "happened_on")), ""),
        ("公开情况", (("disclosed_on", "platform"), "address"), ""),
        _NOTE,
    )
    help_texts = {
        "charity": "慈善组织、基金、募捐活动、慈善项目、社区社会组织中选填一项",
        "area": "选了公开主体的不用填，随所选的对象",
        "period": "2025（年度）、2025-H1（半年）、2025-Q1（季度）或2025-03（月份）",
        "happened_on": "重大事项应在发生后30日内公开",
        "organisation": "在社区公开决策事项、资金使用和活动开展情况的社区社会组织",
        "address": "公开页面的网址；公示栏、截图等请拍照作为附件上传",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("kind", "period", "disclosed_on", "platform")


class InspectionForm(RecordForm):
    """The form of an inspection: a due day goes with problems only."""

    conditions = (OnlyWith("rectify_by", "finding", (Finding.PROBLEMS.value,)),)


@admin.register(Inspection)
class InspectionAdmin(RecordAdmin):
    """Pages of inspections (抽查审计)."""

    form = InspectionForm
    kind_filters = ("finding", "kind")
    list_select_related = ("area", "submitted_by", "fund", "charity")
    autocomplete_fields = ("area", "fund", "charity")
    today = ("inspected_on",)
    shown_when = {"area": "!fund"}
    groups = (
        ("检查对象", ("fund", "charity", "area"), ""),
        ("检查", ("number", "kind", ("noticed_on", "inspected_on"), "inspectors", "facts"), ""),
        ("结果", ("finding", "demands", "rectify_by"), ""),
        _NOTE,
    )
    help_texts = {
        "fund": "检查某支基金的选该基金，所属地区随基金；检查街道（乡镇）的不选",
        "area": "检查对象所在的街道（乡镇）或社区（村）",
        "inspectors": "不少于2人，姓名之间用顿号隔开",
        "facts": "检查了什么、情况如何；不要填写个人信息",
        "finding": "责令整改的，以后登记“整改”；移交处理的，登记“移交”",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("inspected_on", "finding", "rectify_by")

    trail = ("stage", *RecordAdmin.trail)

    @display(description="办理阶段")
    def stage(self, record: Inspection) -> str:
        """Return where the inspection stands today."""
        return record.stage


@admin.register(Rectification)
class RectificationAdmin(RecordAdmin):
    """Pages of rectifications (整改)."""

    kind_filters = ("result",)
    list_select_related = ("area", "submitted_by", "inspection", "visit")
    autocomplete_fields = ("area", "inspection", "visit")
    shown_when = {"area": "!inspection && !visit"}
    groups = (
        ("整改的问题", ("inspection", "visit", "area"), ""),
        ("整改情况", ("measures", "rectified_on"), ""),
        ("验收", (("accepted_on", "result"), "acceptor_name"), ""),
        _NOTE,
    )
    help_texts = {
        "inspection": "抽查发现的问题选抽查审计，工作指导发现的问题选工作指导，只选一项",
        "area": "选了上面一项的不用填，随所选的记录",
        "result": "验收不合格的，再次整改后另行登记一次，或登记移交",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("rectified_on", "accepted_on", "result")


@admin.register(Referral)
class ReferralAdmin(RecordAdmin):
    """Pages of referrals (移交)."""

    list_select_related = ("area", "submitted_by", "inspection", "complaint")
    autocomplete_fields = ("area", "inspection", "complaint")
    shown_when = {"area": "!inspection && !complaint"}
    groups = (
        ("移交的事项", ("inspection", "complaint", "area"), ""),
        ("移交情况", ("receiver_name", ("referred_on", "number"), "reason"), ""),
        _NOTE,
    )
    help_texts = {
        "inspection": "抽查发现的选抽查审计，投诉举报的选投诉举报，只选一项",
        "area": "选了上面一项的不用填，随所选的记录",
        "reason": "涉嫌违反什么规定；不要填写个人信息",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("referred_on", "receiver_name")


@admin.register(Complaint)
class ComplaintAdmin(RecordAdmin):
    """Pages of complaints (投诉举报)."""

    kind_filters = ("channel", "subject")
    list_select_related = ("area", "submitted_by", "fund", "charity")
    autocomplete_fields = ("area", "fund", "charity")
    today = ("received_on",)
    shown_when = {"area": "!fund"}
    groups = (
        ("反映对象", ("fund", "charity", "area"), ""),
        (
            "受理情况",
            ("number", ("received_on", "channel"), "subject", "matter", "answer_by"),
            "",
        ),
        _NOTE,
    )
    help_texts = {
        "fund": "反映某支基金的选该基金，所属地区随基金",
        "area": "反映的事项所在的街道（乡镇）或社区（村）",
        "matter": "只写反映的事项；不要填写投诉人的姓名、电话、身份证号码和住址",
        "answer_by": "答复投诉人的最后一天；答复另行登记“投诉答复”",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("received_on", "subject", "answer_by")


@admin.register(ComplaintAnswer)
class ComplaintAnswerAdmin(RecordAdmin):
    """Pages of answers to complaints (投诉答复)."""

    kind_filters = ("result",)
    list_select_related = ("area", "submitted_by", "complaint")
    autocomplete_fields = ("complaint",)
    today = ("answered_on",)
    groups = (
        ("答复", ("complaint", ("answered_on", "result"), "handling"), ""),
        _NOTE,
    )
    help_texts = {
        "complaint": "所属地区随投诉举报",
        "handling": "查核和处理的情况；不要填写个人信息",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("complaint", "answered_on", "result")


@admin.register(HotlineNotice)
class HotlineNoticeAdmin(RecordAdmin):
    """Pages of published hotlines (投诉举报电话公布)."""

    kind_filters = ("medium",)
    groups = (
        ("公布单位", ("area", "publisher_name", "hotline_number"), ""),
        ("公布情况", (("medium", "medium_name"), ("published_on", "ended_on"), "address"), ""),
        _NOTE,
    )
    help_texts = {
        "area": "公布单位所在的区划",
        "hotline_number": "单位的投诉举报电话，不填个人号码",
        "ended_on": "仍在公布的留空",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("hotline_number", "medium", "published_on")
