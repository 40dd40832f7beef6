"""Admin pages of projects and aid."""

from django.contrib import admin
from typing_extensions import override

from projects.models import Aid, Project
from reviews.pages.record_admin import RecordAdmin


@admin.register(Project)
class ProjectAdmin(RecordAdmin):
    """Pages of charity projects (公益慈善项目)."""

    kind_filters = ("is_aid", "source")
    autocomplete_fields = ("area", "fund")
    groups = (
        ("项目信息", ("area", "name", "category", ("implementer", "site")), ""),
        (
            "服务对象",
            (("for_elderly", "for_children", "for_hardship", "for_disabled"),),
            "ticks",
        ),
        ("项目性质", ("is_aid", "is_micro"), ""),
        ("起止时间", (("starts_on", "ends_on"),), ""),
        ("资金", (("source", "fund"), ("budget_yuan", "spent_yuan")), ""),
        ("受益情况", (("people", "person_times"), "volunteer_times"), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "is_aid": "面向特殊困难对象的项目，同时计入帮扶项目指标；须注明服务对象",
        "is_micro": "预算较小、解决身边具体问题的社区慈善项目；预算超过10万元会提示（平台默认，文件未定）",
        "site": "项目实施的具体地点，如小区、楼栋、广场",
        "fund": "由已登记的基金资助的在此选择；没有的留空",
        "people": "同一人只计一次，不跨地区相加",
        "person_times": "同一人受益几次计几人次",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("is_aid", "starts_on", "budget_yuan")


@admin.register(Aid)
class AidAdmin(RecordAdmin):
    """Pages of aid records (帮扶记录)."""

    kind_filters = ("group",)
    autocomplete_fields = ("area", "project")
    today = ("helped_on",)
    groups = (
        ("帮扶信息", ("area", "project", "helped_on", "group", "content"), ""),
        ("数量与金额", (("person_times", "amount_yuan"),), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "content": "做了什么，如走访慰问、助餐助浴；不要填写受助人姓名",
        "person_times": "同一人受助几次计几人次",
        "project": "属于已登记项目的帮扶在此选择；没有的留空",
        "amount_yuan": "发放的款物金额，物资按评估价折算；没有的留空",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("group", "helped_on", "person_times")
