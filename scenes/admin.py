"""Admin pages of scenes and activities."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from typing_extensions import override

from reviews.pages.lists.totals import PLACE, Lifetime
from reviews.pages.record_admin import RecordAdmin
from reviews.pages.scoped_admin import ComparedInline
from scenes.models import (
    EVENTS,
    MEDIA,
    PARTS,
    SIX_HAVES,
    VENUES,
    Activity,
    ActivityReach,
    EmergencyDrill,
    EmergencyPlan,
    EmergencySupply,
    Scene,
)
from scenes.reach_ticks import ReachFormSet, offered_to


@admin.register(Scene)
class SceneAdmin(RecordAdmin):
    """Pages of charity scenes (慈善服务场景)."""

    kind_filters = ("type", "premises")
    asked = ("premises",)
    totals = ("type", "premises", "operation_mode", PLACE, ("六有", SIX_HAVES))
    lifetime = Lifetime("closed_on")
    groups = (
        ("场景信息", ("area", "name", ("type", "type_name"), "address"), ""),
        ("依托场所", (("premises", "premises_name"), "has_shared_use"), ""),
        ("建成与运营", (("opened_on", "closed_on"), "operator", "operation_mode"), ""),
        ("六有", (SIX_HAVES,), "ticks"),
        ("服务情况", ("person_times",), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "area": "场景所在的社区（村）；不属于某个社区的选街道（乡镇）",
        "name": "挂牌或对外使用的名称，如 华一坡社区慈善超市",
        "type": "表中没有的选“其他”，并写明类型名称；“五社六站服务平台”至“孵化基地”六类只在方案写明时计入场景、阵地数",
        "type_name": "表中没有的类型，如 慈善书屋",
        "address": "街道、门牌，如 中华路12号1楼",
        "premises": "设在哪类场所和设施之内；自有场地的选“独立场所”",
        "premises_name": "写明依托的是什么场所，如 社区图书馆",
        "has_shared_use": "慈善超市、项目展示区等与社区捐助平台同用一处场地和设备的勾选",
        "opened_on": "建成投用之日",
        "operator": "负责日常运营的单位",
        "operation_mode": "政府或社区自办的选“公办”，委托社会力量运营的选“公建民营”，几方共办的选“社会联营”",
        "note": "需要说明的其他情况",
        "closed_on": "自该日起不再计入；仍在使用的留空",
        "person_times": "最近一个完整年度的服务人次，不足一年的按实际填写",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("type", "premises", "opened_on")


class ActivityReachInline(ComparedInline):
    """The communities reached (覆盖社区): tick boxes; above a county, with thousands, searchable rows."""

    model = ActivityReach
    formset = ReachFormSet
    template = "admin/reach_ticks.html"
    tab = False
    autocomplete_fields = ("area",)
    copied = ("area",)

    @override
    def get_formset(
        self, request: HttpRequest, obj: Activity | None = None, **kwargs: object
    ) -> type[ReachFormSet]:
        """Set the offered communities on the formset class, which exists for this request only."""
        formset = super().get_formset(request, obj, **kwargs)
        may = self.has_change_permission(request, obj)
        formset.offered = offered_to(request, obj) if may else None
        return formset


@admin.register(Activity)
class ActivityAdmin(RecordAdmin):
    """Pages of activities and publicity (慈善活动与宣传)."""

    kind_filters = ("form", "series", "calendar")
    asked = ("calendar",)
    autocomplete_fields = ("area", "organisation")
    list_select_related = ("area", "submitted_by", "organisation")
    inlines = (ActivityReachInline,)
    today = ("held_on",)
    groups = (
        (
            "活动信息",
            (
                "area",
                "name",
                ("held_on", "form"),
                ("calendar", "other_calendar"),
                "series",
                ("organiser", "organisation"),
                "place",
            ),
            "",
        ),
        ("参与情况", (("person_times", "volunteer_times"),), ""),
        ("宣传媒介", (MEDIA, "other_media"), "ticks"),
        ("宣传场所", (VENUES, "other_venue"), "ticks"),
        ("宣传报道", ("media",), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "area": "主办单位所在的区划；到达了哪些社区在下方“覆盖社区”中勾选",
        "name": "活动或宣传的主题，如 中华慈善日集中宣传",
        "held_on": "举办的第一天；一场活动登记一条",
        "form": "两者都有的选“活动、宣传”",
        "calendar": "中华慈善日为9月5日，敬老月为10月（农历九月），学雷锋纪念日为3月5日；平常的活动选“不属于节点活动”",
        "other_calendar": "写明是什么节点，如 国际志愿者日、本地慈善日",
        "series": "社区社会组织四个系列的活动选择所属系列，其余留空",
        "organiser": "主办的单位，如 七星岗街道办事处",
        "organisation": "由某个社区社会组织举办的选择该组织，其余留空",
        "place": "活动举办的地方，如 华一坡社区文化广场",
        "volunteer_times": "到场服务的志愿者，参加几次计几人次",
        "other_media": "以上没有的媒介，如 公交车身广告",
        "other_venue": "以上没有的场所，如 地铁站、商圈",
        "note": "需要说明的其他情况；不要填写受助人姓名",
        "person_times": "同一人参加几次计几人次",
        "media": "媒体名称或报道的网址",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("form", "held_on", "person_times")


@admin.register(EmergencyPlan)
class EmergencyPlanAdmin(RecordAdmin):
    """Pages of emergency plans (应急预案)."""

    totals = (PLACE, ("适用事件", EVENTS), ("预案内容", PARTS))
    lifetime = Lifetime("closed_on")
    groups = (
        (
            "预案信息",
            ("area", "name", ("issued_on", "review_on"), "closed_on", "guided_by"),
            "",
        ),
        ("适用事件", (EVENTS,), "ticks"),
        ("预案内容", (PARTS,), "ticks"),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "area": "制定预案的区县、街道（乡镇）或村（社区）",
        "name": "预案文本上的名称，文本和手册作为附件上传",
        "issued_on": "印发或通过之日",
        "review_on": "应复核、修订的日期，可以是今后的日期",
        "closed_on": "自该日起不再计入；仍在执行的留空",
        "guided_by": "指导募捐和救助的部门，如 区应急管理局",
        "note": "需要说明的其他情况",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("issued_on", "review_on")


@admin.register(EmergencySupply)
class EmergencySupplyAdmin(RecordAdmin):
    """Pages of emergency supplies (应急物资)."""

    autocomplete_fields = ("area", "emergency_plan")
    list_select_related = ("area", "submitted_by", "emergency_plan")
    groups = (
        (
            "物资信息",
            ("area", "name", ("quantity", "counted_in"), "place", "emergency_plan"),
            "",
        ),
        ("入库和出库", (("stocked_on", "expires_on"), "closed_on"), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "area": "存放物资的街道（乡镇）或村（社区）",
        "emergency_plan": "为哪个应急预案储备，可选本地区和上级的；没有的留空",
        "name": "一批物资登记一条，如 棉被、应急药箱",
        "quantity": "本批的数量，只填数字",
        "counted_in": "如 床、箱、套",
        "place": "存放的房间或仓库",
        "stocked_on": "本批入库之日",
        "expires_on": "有保质期的填有效期的最后一天，过后不再计入；没有的留空",
        "closed_on": "发放、调走或报废之日，自该日起不再计入；仍在库的留空",
        "note": "需要说明的其他情况",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("quantity", "counted_in", "stocked_on", "expires_on")


@admin.register(EmergencyDrill)
class EmergencyDrillAdmin(RecordAdmin):
    """Pages of drills (应急演练)."""

    kind_filters = ("event",)
    autocomplete_fields = ("area", "emergency_plan")
    list_select_related = ("area", "submitted_by", "emergency_plan")
    today = ("held_on",)
    groups = (
        ("演练信息", ("area", "name", ("event", "held_on"), "emergency_plan"), ""),
        ("参演情况", (("person_times", "volunteer_times"), "findings_text"), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "area": "举行演练的街道（乡镇）或村（社区）",
        "emergency_plan": "按哪个应急预案演练，可选本地区和上级的；没有的留空",
        "name": "如 防汛转移安置演练",
        "event": "演练针对的事件",
        "held_on": "演练的日期，一次演练登记一条",
        "person_times": "参加演练的人次，包括志愿者",
        "volunteer_times": "其中志愿者的人次",
        "findings_text": "演练中发现的问题和怎样改进；不要填写个人信息",
        "note": "需要说明的其他情况",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("event", "held_on", "person_times")
