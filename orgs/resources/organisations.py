"""Ledgers of organisations, teams and trainings."""

from __future__ import annotations

from ledgers.cells import (
    Choice,
    Ticks,
    day,
    document_number,
    end_day,
    flag,
    identifier,
    name,
    text,
    whole,
)
from ledgers.columns import LEADER_COLUMNS, NOTE_COLUMN, PLACE_COLUMNS
from ledgers.declaration import Column, Ledger
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
    Endowment,
    HubKind,
    LegalForm,
    Nature,
    OrgCategory,
    PartyWork,
    TeamKind,
    Tier,
    Training,
    TrainingKind,
    Venue,
    VolunteerTeam,
)

_CREDIT_CODE = Column(
    "credit_code",
    "统一社会信用代码",
    identifier(18),
    aliases=("信用代码", "登记证号/统一社会信用代码"),
)
_CLOSED_ON = Column("closed_on", "注销日期", end_day, aliases=("注销时间", "撤销日期"))


_PARTY_WORDS = {
    "党支部": "has_party_body",
    "党总支": "has_party_body",
    "联合党支部": "has_party_body",
    "指导员": "has_party_instructor",
    "联络员": "has_party_liaison",
    "工会": "has_trade_union",
    "共青团": "has_youth_league",
    "团组织": "has_youth_league",
}


def _party_columns(kind: type[PartyWork]) -> tuple[Column, ...]:
    """Return the columns of the Party's work in organisations of a kind."""
    return (
        Column(
            "party_forms",
            "党建形式",
            Ticks(kind, PARTY_FORMS, aliases=_PARTY_WORDS),
            aliases=("党组织形式", "党建工作形式"),
        ),
        Column("party_body_since", "党组织成立日期", day, aliases=("党组织成立时间",)),
        Column(
            "hears_party",
            "重要决策邀请党组织负责人列席",
            flag,
            aliases=("党组织负责人列席", "是否邀请党组织负责人列席"),
        ),
        Column("party_contact", "联系的党组织", text(), aliases=("联系党组织",)),
    )


CHARITIES = Ledger(
    "慈善组织台账",
    "charities",
    (
        Column("name", "慈善组织名称", name(), aliases=("慈善组织", "组织全称"), required=True),
        _CREDIT_CODE,
        Column(
            "legal_form",
            "组织形式",
            Choice(LegalForm, {"慈善会": "association", "民办非企业单位": "service"}),
        ),
        Column("is_community_foundation", "社区基金会", flag, aliases=("是否社区基金会",)),
        Column("endowment", "注资方式", Choice(Endowment, {"独立": "sole", "联合": "joint"})),
        Column(
            "founders",
            "注资方",
            Ticks(Charity, FOUNDERS, cut="注资"),
            aliases=("出资方", "发起人类型"),
        ),
        Column("registered_on", "登记日期", day, aliases=("成立日期",)),
        Column(
            "has_public_fundraising",
            "是否具有公开募捐资格",
            flag,
            aliases=("公开募捐资格", "具有公开募捐资格"),
        ),
        Column(
            "certificate_number", "公开募捐资格证书编号", document_number(40), aliases=("证书编号",)
        ),
        Column("certificate_expires_on", "证书有效期至", end_day),
        Column("in_communities_since", "开展社区慈善业务日期", day),
        *_party_columns(Charity),
        _CLOSED_ON,
        *LEADER_COLUMNS,
        NOTE_COLUMN,
    ),
    (Charity,),
    area_from="root",
)

_SERVED_WORDS = {
    "老人": "serves_elderly",
    "未成年人": "serves_children",
    "青少年": "serves_children",
    "困难群体": "serves_needy",
    "困难居民": "serves_needy",
    "留守人员": "serves_left_behind",
    "居民": "serves_residents",
    "社区居民": "serves_residents",
}
_HELPED_WORDS = {
    "低保户": "for_low_income",
    "特困供养人员": "for_destitute",
    "留守人员": "for_left_behind",
    "进城务工人员": "for_migrants",
    "随迁子女": "for_migrants",
}


ORGS = Ledger(
    "社区社会组织备案（登记）台账",
    "orgs",
    (
        *PLACE_COLUMNS,
        Column("name", "组织名称", name(), aliases=("社区社会组织名称", "名称"), required=True),
        Column(
            "category",
            "类别",
            Choice(
                OrgCategory,
                {
                    "公益": "charity",
                    "慈善公益": "charity",
                    "慈善": "charity",
                    "文体活动": "culture",
                    "社区服务": "service",
                    "农村生产技术服务": "rural",
                    "社区治理": "affairs",
                },
            ),
            aliases=("组织类别", "类型"),
            required=True,
        ),
        Column(
            "tier",
            "管理层级",
            # 备案 is done by the street (渝北民〔2021〕114号: 街道办事处实施管理).
            Choice(
                Tier,
                {
                    "备案": "street",
                    "街道备案": "street",
                    "镇街管理": "street",
                    "自管": "community",
                    "社区管理": "community",
                    "村居指导": "community",
                    "区级登记": "registered",
                },
            ),
            aliases=(
                "登记/备案/自管",
                "登记备案情况",
                "管理情况管理层级",
                "登记/备案/自管(管理层级)",
            ),
            required=True,
        ),
        Column(
            "number",
            "登记（备案）编号",
            identifier(40),
            aliases=(
                "编号",
                "登记证号/统一社会信用代码/备案编号",
                "备案编号",
                "备案号",
                "登记证号",
                "管理情况编号",
            ),
        ),
        _CREDIT_CODE,
        Column(
            "registered_on",
            "登记（备案）日期",
            day,
            aliases=("登记日期", "备案日期", "成立日期", "备案时间", "登记(备案)时间"),
            required=True,
        ),
        Column("valid_until", "有效期至", end_day),
        _CLOSED_ON,
        *LEADER_COLUMNS,
        Column("members", "成员数", whole, aliases=("成员人数", "会员数"), unit="人"),
        Column("party_members", "党员数", whole, aliases=("党员人数",), unit="人"),
        Column("volunteers", "志愿者数", whole, aliases=("志愿者人数",), unit="人"),
        Column(
            "legal_form",
            "组织形式",
            Choice(
                LegalForm, {"民办非企业单位": "service", "民非": "service", "社团": "association"}
            ),
            aliases=("法律形式",),
        ),
        Column("brand", "字号", text(20)),
        Column("nature", "组织性质", Choice(Nature), aliases=("性质",)),
        Column(
            "groups_served",
            "服务对象",
            Ticks(CommunityOrg, SERVED, "other_served", aliases=_SERVED_WORDS),
            aliases=("服务人群", "服务群体"),
        ),
        Column("charter_on", "章程制定日期", day, aliases=("章程通过日期", "简易章程制定日期")),
        Column("charity", "慈善组织档案", name(), aliases=("慈善组织名称",)),
        Column(
            "charity_since",
            "认定为慈善组织日期",
            day,
            aliases=("认定慈善组织日期", "慈善组织认定日期"),
        ),
        Column("venue", "活动场地", Choice(Venue, {"党群服务中心": "community_centre"})),
        Column("venue_address", "场地地址", text(200), aliases=("活动场地地址",)),
        Column("hub_kind", "枢纽类型", Choice(HubKind, {"联合会": "federation"})),
        Column("hub_duties", "平台工作职责", text(200), aliases=("平台职责",)),
        Column("hub_services", "平台服务", Ticks(CommunityOrg, HUB_SERVICES)),
        Column("hub_operator", "受托运营机构", text(), aliases=("运营机构",)),
        *_party_columns(CommunityOrg),
        NOTE_COLUMN,
    ),
    (CommunityOrg,),
    refers="charity",
)


TEAMS = Ledger(
    "社区慈善志愿服务队伍台账",
    "teams",
    (
        *PLACE_COLUMNS,
        Column("name", "队伍名称", name(), aliases=("志愿服务队名称", "团队名称"), required=True),
        Column("founded_on", "成立日期", day, aliases=("成立时间", "组建日期"), required=True),
        Column("closed_on", "解散日期", end_day),
        Column("volunteers", "志愿者人数", whole, aliases=("志愿者数", "人数"), unit="人"),
        Column("kind", "队伍类型", Choice(TeamKind), aliases=("类型", "队伍类别")),
        Column("other_kind", "其他队伍类型", text(30)),
        Column(
            "help_forms",
            "帮扶方式",
            Ticks(
                VolunteerTeam, HELP_FORMS, aliases={"包户": "by_household", "结对": "by_pairing"}
            ),
        ),
        Column(
            "groups_helped",
            "帮扶对象",
            Ticks(VolunteerTeam, HELPED, aliases=_HELPED_WORDS),
            aliases=("服务对象",),
        ),
        Column("services", "服务内容", Ticks(VolunteerTeam, SERVICES)),
        Column(
            "social_workers",
            "社会工作者人数",
            whole,
            aliases=("社工人数", "社工数"),
            unit="人",
        ),
        Column(
            "households", "包户、结对户数", whole, aliases=("包户结对户数", "帮扶户数"), unit="户"
        ),
        Column("organisation", "所属社区社会组织", name(), aliases=("所属组织",)),
        *LEADER_COLUMNS,
        NOTE_COLUMN,
    ),
    (VolunteerTeam,),
    refers="organisation",
)

_TRAINED_WORDS = {
    "社区工作者": "for_community_workers",
    "城乡社区专职工作者": "for_community_workers",
    "社会组织负责人": "for_org_leaders",
    "社会工作者": "for_social_workers",
    "社工": "for_social_workers",
    "志愿者": "for_volunteers",
}

TRAININGS = Ledger(
    "人才培训记录",
    "trainings",
    (
        *PLACE_COLUMNS,
        Column("held_on", "日期", day, aliases=("培训日期", "培训时间", "时间"), required=True),
        Column("name", "培训名称", name(), aliases=("培训主题", "培训内容"), required=True),
        Column("organiser", "主办单位", text(), aliases=("主办",)),
        Column("kind", "培训类别", Choice(TrainingKind), aliases=("类别", "培训类型")),
        Column("other_kind", "其他培训类别", text(30)),
        Column(
            "groups_trained",
            "培训人群",
            Ticks(Training, AUDIENCES, aliases=_TRAINED_WORDS),
            aliases=("参训人群",),
        ),
        Column("audience", "对象", text(), aliases=("培训对象", "参训对象")),
        Column(
            "teaching_forms",
            "培训方式",
            Ticks(Training, TEACHING_FORMS, "other_form"),
            aliases=("培训形式",),
        ),
        Column("contents", "教学内容", Ticks(Training, CONTENTS, "other_content")),
        Column(
            "person_times",
            "参训人次",
            whole,
            aliases=("培训人次", "人次"),
            required=True,
            unit="人次",
        ),
        Column("people", "参训人数", whole, aliases=("培训人数",), unit="人"),
        NOTE_COLUMN,
    ),
    (Training,),
)
