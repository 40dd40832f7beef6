"""Admin pages of supervision records."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.forms import ModelChoiceField
from django.http import HttpRequest
from typing_extensions import override

from accounts.requests import user_of
from orgs.models import Charity
from reviews.fields import AnyForeignKey
from reviews.pages.record_admin import RecordAdmin
from supervision.models import AuditReport, Disclosure, GuidanceVisit

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
        ("指导情况", (("visited_on", "form"), ("guide_name", "visitors"), "content", "number"), ""),
        ("发现的问题", ("problems", "rectify_by"), ""),
        _NOTE,
    )
    help_texts = {
        "fund": "指导某支基金的选该基金，所属地区随基金；指导街道（乡镇）的不选",
        "area": "指导对象所在的街道（乡镇）或社区（村）",
        "visitors": "姓名之间用顿号隔开",
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
        "area": "随所选的慈善组织或基金，不用填写",
        "year": "四位数字的年份，如2025；报告原件请作为附件上传",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("year", "reported_on", "opinion")


@admin.register(Disclosure)
class DisclosureAdmin(ObjectAdmin):
    """Pages of disclosures (信息公开)."""

    kind_filters = ("kind", "platform")
    list_select_related = ("area", "submitted_by", "charity", "fund", "campaign", "project")
    autocomplete_fields = ("area", "charity", "fund", "campaign", "project")
    today = ("disclosed_on",)
    shown_when = {"area": "!charity && !fund && !campaign && !project"}
    groups = (
        ("公开主体", ("charity", "fund", "campaign", "project", "area"), ""),
        ("公开内容", ("kind", "title", ("period", "happened_on")), ""),
        ("公开情况", (("disclosed_on", "platform"), "address"), ""),
        _NOTE,
    )
    help_texts = {
        "charity": "慈善组织、基金、募捐活动、慈善项目中选填一项",
        "area": "随所选的对象，不用填写",
        "period": "2025（年度）、2025-H1（半年）、2025-Q1（季度）或2025-03（月份）",
        "happened_on": "重大事项应在发生后30日内公开",
        "address": "公开页面的网址；截图请作为附件上传",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("kind", "period", "disclosed_on", "platform")
