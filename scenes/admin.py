"""Admin pages of scenes and activities."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from typing_extensions import override

from reviews.pages.lists.totals import PLACE, Lifetime
from reviews.pages.record_admin import RecordAdmin
from reviews.pages.scoped_admin import ComparedInline
from scenes.models import MEDIA, SIX_HAVES, VENUES, Activity, ActivityReach, Scene
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
