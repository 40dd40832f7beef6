"""Ledgers of organisations, teams and trainings."""

from __future__ import annotations

from ledgers.cells import (
    Cell,
    CellError,
    Choice,
    day,
    document_number,
    end_day,
    flag,
    identifier,
    name,
    text,
    whole,
    word_list,
)
from ledgers.columns import LEADER_COLUMNS, NOTE_COLUMN, PLACE_COLUMNS
from ledgers.declaration import Column, Ledger, Lookup, Row, Workbook
from orgs.models import (
    FOUNDERS,
    Charity,
    CommunityOrg,
    Endowment,
    LegalForm,
    OrgCategory,
    Tier,
    Training,
    VolunteerTeam,
)
from reviews.fields import label_of

_CREDIT_CODE = Column(
    "credit_code",
    "统一社会信用代码",
    identifier(18),
    aliases=("信用代码", "登记证号/统一社会信用代码"),
)
_CLOSED_ON = Column("closed_on", "注销日期", end_day, aliases=("注销时间", "撤销日期"))


#: The kinds of founders as a cell names them: 政府部门、国有企业、个人.
_FOUNDERS = {label_of(Charity, name).removesuffix("注资"): name for name in FOUNDERS}


def _founders(cell: Cell) -> dict[str, bool]:
    """Return the founders named in a cell as flags of the charity."""
    words = word_list(cell)
    if unknown := [word for word in words if word not in _FOUNDERS]:
        raise CellError(f"“{unknown[0]}”无法识别，应为：{'、'.join(_FOUNDERS)}")
    return {_FOUNDERS[word]: True for word in words}


def _charity(row: Row, lookup: Lookup) -> Charity:
    if (
        "founders" in row.filled
    ):  # the cell names all founders, so it denies those that it leaves out
        row.filled.update(FOUNDERS)
    return Charity(area=row.area, **row.known("founders"), **(row["founders"] or {}))


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
        Column("founders", "注资方", _founders, aliases=("出资方", "发起人类型")),
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
        _CLOSED_ON,
        *LEADER_COLUMNS,
        NOTE_COLUMN,
    ),
    (Charity,),
    _charity,
    area_from="root",
)

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
        Column("legal_form", "组织形式", Choice(LegalForm, {"民办非企业单位": "service"})),
        Column("brand", "字号", text(20)),
        NOTE_COLUMN,
    ),
    (CommunityOrg,),
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
        *LEADER_COLUMNS,
        NOTE_COLUMN,
    ),
    (VolunteerTeam,),
)

TRAININGS = Ledger(
    "人才培训记录",
    "trainings",
    (
        *PLACE_COLUMNS,
        Column("held_on", "日期", day, aliases=("培训日期", "培训时间", "时间"), required=True),
        Column("name", "培训名称", name(), aliases=("培训主题", "培训内容"), required=True),
        Column("organiser", "主办单位", text(), aliases=("主办",)),
        Column("audience", "对象", text(), aliases=("培训对象", "参训对象")),
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

WORKBOOKS = (
    Workbook("orgs", "社区社会组织台账", (ORGS,), 20),
    Workbook("teams", "志愿服务队伍台账", (TEAMS,), 70),
    Workbook("charities", "慈善组织台账", (CHARITIES,), 80),
)
