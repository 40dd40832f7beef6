"""Admin pages of scenes and activities."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from typing_extensions import override

from reviews.pages.record_admin import RecordAdmin
from reviews.pages.scoped_admin import ComparedInline
from scenes.models import SIX_HAVES, Activity, ActivityReach, Scene
from scenes.reach_ticks import ReachFormSet, offered_to


@admin.register(Scene)
class SceneAdmin(RecordAdmin):
    """Pages of charity scenes (慈善服务场景)."""

    kind_filters = ("type",)
    groups = (
        ("场景信息", ("area", "name", "type", "type_name", "address"), ""),
        ("建成与运营", (("opened_on", "closed_on"), "operator", "operation_mode"), ""),
        ("六有", (SIX_HAVES,), "ticks"),
        ("服务情况", ("person_times",), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "type": "表中没有的选“其他”，并写明类型名称",
        "closed_on": "自该日起不再计入；仍在使用的留空",
        "person_times": "最近一个完整年度的服务人次，不足一年的按实际填写",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("type", "opened_on")


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

    kind_filters = ("form", "series")
    inlines = (ActivityReachInline,)
    today = ("held_on",)
    groups = (
        ("活动信息", ("area", "name", "held_on", ("form", "series"), "organiser", "place"), ""),
        ("参与情况", (("person_times", "volunteer_times"),), ""),
        ("宣传报道", ("media",), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "area": "主办单位所在的区划；到达了哪些社区在下方“覆盖社区”中勾选",
        "form": "两者都有的选“活动、宣传”",
        "person_times": "同一人参加几次计几人次",
        "media": "媒体名称或报道的网址",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("form", "held_on", "person_times")
