"""Admin pages of charities, community organisations, volunteer teams and trainings."""

from django.contrib import admin
from typing_extensions import override

from orgs.models import FOUNDERS, Charity, CommunityOrg, Training, VolunteerTeam
from reviews.pages.record_admin import RecordAdmin

_CONTACT = ("联系方式", (("leader", "phone"),), "")
_NOTE = ("备注", ("note",), "")


@admin.register(Charity)
class CharityAdmin(RecordAdmin):
    """Pages of charities (慈善组织)."""

    kind_filters = ("has_public_fundraising", "is_community_foundation", "legal_form")
    groups = (
        ("组织信息", ("area", "name", "credit_code", "legal_form"), ""),
        ("社区基金会", ("is_community_foundation", "endowment"), ""),
        ("注资方", (FOUNDERS[:3], FOUNDERS[3:]), "ticks"),
        (
            "公开募捐资格",
            ("has_public_fundraising", ("certificate_number", "certificate_expires_on")),
            "",
        ),
        ("登记与注销", (("registered_on", "closed_on"),), ""),
        _CONTACT,
        _NOTE,
    )
    help_texts = {
        "area": "登记管理机关所在的区划；各街道的基金可选用本级及上级登记的慈善组织",
        "credit_code": "18位，以51、52或53开头",
        "closed_on": "自该日起不再计入；未注销的留空",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("registered_on", "has_public_fundraising")


@admin.register(CommunityOrg)
class CommunityOrgAdmin(RecordAdmin):
    """Pages of community organisations (社区社会组织)."""

    kind_filters = ("category", "tier")
    groups = (
        ("组织信息", ("area", ("name", "brand"), ("category", "tier"), "legal_form"), ""),
        (
            "登记（备案）",
            ("number", "credit_code", ("registered_on", "valid_until"), "closed_on"),
            "",
        ),
        ("成员", (("members", "party_members"),), ""),
        _CONTACT,
        _NOTE,
    )
    help_texts = {
        "category": "“公益慈善类”计入公益慈善类社区社会组织指标",
        "tier": "在民政部门登记的选“登记”；由街道（乡镇）管理的选“街道管理”；由社区（村）指导的选“社区指导”",
        "legal_form": "登记的社会组织填写",
        "brand": "名称中的字号，如“渝北区白果社区春风养老服务中心”的“春风”",
        "valid_until": "有效期的最后一天；过后未续期的不再计入",
        "credit_code": "仅登记的社会组织填写，18位",
        "closed_on": "自该日起不再计入；未注销的留空",
        "members": "按人数填写，不含零星参加活动的居民",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("category", "tier", "registered_on")


@admin.register(VolunteerTeam)
class VolunteerTeamAdmin(RecordAdmin):
    """Pages of volunteer teams (志愿服务队伍)."""

    groups = (
        ("队伍信息", ("area", "name", ("founded_on", "closed_on"), "volunteers"), ""),
        _CONTACT,
        _NOTE,
    )
    help_texts = {"closed_on": "自该日起不再计入；仍在活动的留空"}

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("founded_on", "volunteers")


@admin.register(Training)
class TrainingAdmin(RecordAdmin):
    """Pages of trainings (人才培训)."""

    groups = (
        ("培训信息", ("area", "name", "held_on", "organiser", "audience"), ""),
        ("参训情况", (("person_times", "people"),), ""),
        _NOTE,
    )
    help_texts = {
        "area": "主办单位所在的区划",
        "person_times": "同一人参加几次计几人次",
        "people": "同一人只计一次，不跨地区相加",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("held_on", "person_times")
