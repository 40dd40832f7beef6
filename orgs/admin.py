"""Admin pages of organisations, their assessments and activities, teams, trainings and talents."""

from django.contrib import admin
from typing_extensions import override

from orgs.models import (
    AUDIENCES,
    CONTENTS,
    FOUNDERS,
    HELP_FORMS,
    HELPED,
    HUB_SERVICES,
    PARTY_FORMS,
    SERVED,
    SERVICES,
    TEACHING_FORMS,
    Charity,
    CommunityOrg,
    MajorActivity,
    OrgAssessment,
    Talent,
    Training,
    VolunteerTeam,
)
from reviews.checks import OnlyWith
from reviews.pages.entry import RecordForm
from reviews.pages.lists.totals import PLACE, Lifetime
from reviews.pages.record_admin import RecordAdmin

_CONTACT = ("联系方式", (("leader", "phone"),), "")
_NOTE = ("备注", ("note",), "")
_CONTACT_HELP = {
    "leader": "负责人的姓名，不填身份证号码",
    "phone": "只有本地区的填报员和审核员能看到全部号码",
}
_PARTY = (
    ("党建形式", (PARTY_FORMS,), "ticks"),
    ("党建工作", (("party_body_since", "party_contact"), "hears_party"), ""),
)
_PARTY_HELP = {
    "party_body_since": "条件具备的，应与组织同步建立",
    "party_contact": "定期联系本组织的社区（村）或上级党组织，如 华一坡社区党委",
    "hears_party": "重要事项决策时邀请党组织负责人列席、听取意见的勾选",
}


@admin.register(Charity)
class CharityAdmin(RecordAdmin):
    """Pages of charities (慈善组织)."""

    kind_filters = ("has_public_fundraising", "is_community_foundation", "legal_form")
    totals = ("legal_form", ("党建形式", PARTY_FORMS))
    lifetime = Lifetime("closed_on")
    groups = (
        ("组织信息", ("area", "name", "credit_code", "legal_form"), ""),
        ("社区基金会", ("is_community_foundation", "endowment"), ""),
        ("注资方", (FOUNDERS[:3], FOUNDERS[3:]), "ticks"),
        (
            "公开募捐资格",
            ("has_public_fundraising", ("certificate_number", "certificate_expires_on")),
            "",
        ),
        ("登记与注销", (("registered_on", "closed_on"), "in_communities_since"), ""),
        *_PARTY,
        _CONTACT,
        _NOTE,
    )
    help_texts = (
        {
            "area": "登记管理机关所在的区划；各街道的基金可选用本级及上级登记的慈善组织",
            "name": "登记证书上的全称",
            "legal_form": "按登记证书；民办非企业单位选“社会服务机构”",
            "endowment": "一方出资的选“独立注资”，几方出资的选“联合注资”",
            "credit_code": "18位，以51、52或53开头",
            "certificate_number": "公开募捐资格证书上的编号",
            "certificate_expires_on": "公开募捐资格证书有效期的最后一天",
            "registered_on": "登记证书上的成立登记日期",
            "closed_on": "自该日起不再计入；未注销的留空",
            "in_communities_since": "把业务拓展到社区之日；不在社区开展业务的留空",
        }
        | _PARTY_HELP
        | _CONTACT_HELP
    )

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("registered_on", "has_public_fundraising")


class CommunityOrgForm(RecordForm):
    """The form of a community organisation: only a registered one may be a charity."""

    conditions = (OnlyWith("charity", "tier", ("registered",)),)


@admin.register(CommunityOrg)
class CommunityOrgAdmin(RecordAdmin):
    """Pages of community organisations (社区社会组织)."""

    form = CommunityOrgForm

    kind_filters = ("category", "nature", "tier", "hub_kind")
    asked = ("nature", "venue", "charter_on")
    totals = ("category", "nature", "tier", PLACE, ("服务对象", SERVED), "hub_kind")
    lifetime = Lifetime("closed_on", "valid_until")
    autocomplete_fields = ("area", "charity")
    list_select_related = ("area", "submitted_by", "charity")
    groups = (
        (
            "组织信息",
            ("area", ("name", "brand"), ("category", "nature"), ("tier", "legal_form")),
            "",
        ),
        ("服务对象", (SERVED, "other_served"), "ticks"),
        (
            "登记（备案）",
            (
                ("number", "credit_code"),
                ("registered_on", "valid_until"),
                ("charter_on", "closed_on"),
                ("charity", "charity_since"),
            ),
            "",
        ),
        ("活动场地", (("venue", "venue_address"),), ""),
        ("支持平台", ("hub_kind", ("hub_duties", "hub_operator"), HUB_SERVICES), ""),
        *_PARTY,
        ("成员", (("members", "party_members", "volunteers"),), ""),
        _CONTACT,
        _NOTE,
    )
    help_texts = (
        {
            "area": "组织所在的社区（村）；在全街道活动的选街道（乡镇）",
            "name": "登记证书或备案表上的全称",
            "number": "登记证书或备案表上的编号",
            "registered_on": "民政部门登记或街道（乡镇）备案之日，自该日起计入",
            "category": "“公益慈善类”计入公益慈善类社区社会组织指标",
            "nature": "以居民为对象提供服务的选“服务性”，面向社会公益的选“公益性”，成员之间互助的选“互助性”",
            "other_served": "以上没有的服务对象，用顿号隔开",
            "tier": "在民政部门登记的选“登记”；由街道（乡镇）管理的选“街道管理”；由社区（村）指导的选“社区指导”",
            "legal_form": "登记的社会组织填写；民办非企业单位选“社会服务机构”",
            "brand": "名称中的字号，如“渝北区白果社区春风养老服务中心”的“春风”",
            "valid_until": "有效期的最后一天；过后未续期的不再计入",
            "credit_code": "仅登记的社会组织填写，18位",
            "closed_on": "自该日起不再计入；未注销的留空",
            "charter_on": "通过（简易）章程之日，章程文本作为附件上传；没有章程的留空",
            "charity": "已认定为慈善组织的，选择它在“慈善组织”台账中的档案",
            "charity_since": "登记为或认定为慈善组织之日；不是慈善组织的留空",
            "venue": "“安家”的地方：依托哪类设施开展活动",
            "venue_address": "街道、门牌，如 华一坡社区党群服务中心2楼",
            "hub_kind": "为其他社区社会组织提供支持的填写，其余留空",
            "hub_duties": "支持平台的工作职责，一句话写明",
            "hub_operator": "委托社会组织或社工机构运营的，填其名称；自行运营的留空",
            "members": "按人数填写，不含零星参加活动的居民",
            "party_members": "成员中的中共党员",
            "volunteers": "经常参加本组织志愿服务的人数",
        }
        | _PARTY_HELP
        | _CONTACT_HELP
    )

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("category", "nature", "tier", "registered_on", "valid_until")


@admin.register(VolunteerTeam)
class VolunteerTeamAdmin(RecordAdmin):
    """Pages of volunteer teams (志愿服务队伍)."""

    kind_filters = ("kind",)
    asked = ("kind", "social_workers")
    totals = (
        "kind",
        PLACE,
        ("帮扶方式", HELP_FORMS),
        ("帮扶对象", HELPED),
        ("服务内容", SERVICES),
    )
    lifetime = Lifetime("closed_on")
    autocomplete_fields = ("area", "organisation")
    list_select_related = ("area", "submitted_by", "organisation")
    groups = (
        (
            "队伍信息",
            (
                "area",
                "name",
                ("kind", "other_kind"),
                ("founded_on", "closed_on"),
                ("volunteers", "social_workers", "households"),
                "organisation",
            ),
            "",
        ),
        ("帮扶方式", (HELP_FORMS,), "ticks"),
        ("帮扶对象", (HELPED,), "ticks"),
        ("服务内容", (SERVICES,), "ticks"),
        _CONTACT,
        _NOTE,
    )
    help_texts = {
        "area": "队伍所在的社区（村）；在全街道活动的选街道（乡镇）",
        "name": "队伍对外使用的名称，如 华一坡社区志愿服务队",
        "kind": "以“邻里守望”为主题、帮扶困难群体的选“邻里守望”",
        "other_kind": "写明是什么队伍，如 法律服务",
        "founded_on": "自该日起计入",
        "closed_on": "自该日起不再计入；仍在活动的留空",
        "volunteers": "经常参加服务的志愿者人数，同一人只计一次",
        "social_workers": "队伍中的社会工作者人数，没有的填0",
        "households": "包户、结对帮扶的困难家庭户数",
        "organisation": "队伍属于某个社区社会组织的选择该组织，其余留空",
    } | _CONTACT_HELP

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("kind", "founded_on", "volunteers", "social_workers")


@admin.register(Training)
class TrainingAdmin(RecordAdmin):
    """Pages of trainings (人才培训)."""

    kind_filters = ("kind",)
    asked = ("kind",)
    groups = (
        (
            "培训信息",
            ("area", "name", "held_on", ("kind", "other_kind"), "organiser"),
            "",
        ),
        ("培训人群", (AUDIENCES, "audience"), "ticks"),
        ("培训方式", (TEACHING_FORMS, "other_form"), "ticks"),
        ("培训内容", (CONTENTS, "other_content"), "ticks"),
        ("参训情况", (("person_times", "people"),), ""),
        _NOTE,
    )
    help_texts = {
        "area": "主办单位所在的区划",
        "name": "通知或签到表上的名称，如 社区社会组织负责人能力提升班",
        "held_on": "培训的第一天；一次培训登记一条",
        "kind": "面向社区社会组织骨干的选“骨干人才培训”，组织外出考察、互访的选“交流学习”",
        "other_kind": "写明是什么培训",
        "organiser": "发通知或出经费的单位",
        "audience": "以上五类以外的对象，或对象的具体说明，如 街道慈善工作人员",
        "other_form": "以上没有的方式，如 集中授课、实地观摩",
        "other_content": "以上没有的内容，如 慈善法、信息公开",
        "person_times": "同一人参加几次计几人次",
        "people": "同一人只计一次，不跨地区相加",
        "note": "需要说明的其他情况；不要填写身份证号码",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("kind", "held_on", "person_times")


@admin.register(OrgAssessment)
class OrgAssessmentAdmin(RecordAdmin):
    """Pages of assessments (评估评议)."""

    kind_filters = ("grade", "year")
    totals = ("grade", PLACE)
    autocomplete_fields = ("organisation",)
    list_select_related = ("area", "submitted_by", "organisation")
    today = ("assessed_on",)
    groups = (
        ("评议对象", ("organisation", ("year", "assessed_on")), ""),
        (
            "评分和等次",
            (("committees_score", "residents_score", "residents"), "grade", "opinion"),
            "",
        ),
        ("结果运用", ("use_made",), ""),
        _NOTE,
    )
    help_texts = {
        "organisation": "被评议的社区社会组织，所属地区随组织",
        "year": "四位数字的年份，如2025；每个组织每年一次",
        "assessed_on": "“两委”和居民评议、确定等次之日",
        "committees_score": "村（社区）“两委”的评分，满分100分",
        "residents_score": "居民群众评分的平均分，满分100分；没有组织居民评议的留空",
        "residents": "参加评议的居民人数",
        "grade": "综合“两委”和居民评议确定的等次",
        "opinion": "评议中肯定的做法和提出的意见；不要填写居民姓名",
        "use_made": "结果用在哪里，如 优先承接社区服务项目、给予活动经费支持、限期改进",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("year", "committees_score", "residents_score", "grade")


@admin.register(MajorActivity)
class MajorActivityAdmin(RecordAdmin):
    """Pages of reports of major activities (重大活动报告)."""

    kind_filters = ("kind", "reply")
    totals = ("kind", "reply", PLACE)
    autocomplete_fields = ("organisation",)
    list_select_related = ("area", "submitted_by", "organisation")
    today = ("reported_on",)
    groups = (
        (
            "活动",
            (
                "organisation",
                ("name", "kind"),
                ("held_on", "people_expected"),
                "place",
            ),
            "",
        ),
        ("安全", (("safety_leader", "safety_phone"), "safety_measures"), ""),
        ("报告与答复", ("reported_on", ("reply", "replied_on"), "reply_text"), ""),
        _NOTE,
    )
    help_texts = {
        "organisation": "举办活动的社区社会组织，所属地区随组织",
        "name": "活动对外使用的名称，如 华一坡社区邻里文化节",
        "kind": "节庆活动、文化演出、体育竞赛和人员集会须在举办前报告",
        "held_on": "举办的第一天，可以是今后的日期",
        "place": "具体地点，如 华一坡社区文化广场",
        "people_expected": "现场参加人数，包括工作人员和志愿者",
        "safety_leader": "举办方负责现场安全的人",
        "safety_phone": "只有本地区的填报员和审核员能看到全部号码",
        "safety_measures": "应急预案、秩序维护、消防和医疗安排",
        "reported_on": "向村（社区）、街道（镇）报告之日，应早于举办日期",
        "reply": "收到报告的单位答复后填写，尚未答复的留空；“不同意”的不计入活动场次",
        "replied_on": "答复举办方的日期",
        "reply_text": "落实要求后举办的写明要求，不同意的写明理由",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("organisation", "kind", "held_on", "reported_on", "reply")


@admin.register(Talent)
class TalentAdmin(RecordAdmin):
    """Pages of talents (慈善人才)."""

    kind_filters = ("role", "certificate", "has_mastered")
    totals = ("role", "certificate", PLACE, ("社会工作专业知识", ("has_mastered",)))
    lifetime = Lifetime("left_on")
    autocomplete_fields = ("area", "organisation")
    list_select_related = ("area", "submitted_by", "organisation")
    groups = (
        ("人才信息", ("area", ("name", "contact"), ("role", "organisation"), "skills"), ""),
        ("入库和退出", (("since", "left_on"),), ""),
        ("资格和培训", (("certificate", "certified_on"), ("trained_on", "has_mastered")), ""),
        ("激励", ("incentives",), ""),
        _NOTE,
    )
    help_texts = {
        "area": "工作所在的社区（村）、街道（乡镇）或区县",
        "name": "只填姓名，不填身份证号码；只有本地区的填报员和审核员能看到全名",
        "contact": "电话或邮箱；只有本地区的填报员和审核员能看到全部",
        "role": "一人承担几项的，选最主要的一项",
        "organisation": "属于某个社区社会组织的选择该组织，其余留空",
        "skills": "如 项目设计、老年照护、心理疏导，用顿号隔开",
        "since": "开始从事社区慈善工作、列入人才库之日",
        "left_on": "自该日起不再计入；仍在工作的留空",
        "certificate": "全国社会工作者职业资格的最高级别",
        "certified_on": "证书上的批准日期",
        "trained_on": "最近一次参加社会工作或公益慈善培训的日期，没有的留空",
        "has_mastered": "经培训或考试掌握社会工作专业知识和方法的勾选",
        "incentives": "如 报考补贴、持证奖励、岗位津贴、表扬，没有的留空",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("role", "certificate", "since", "trained_on")
