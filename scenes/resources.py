"""Ledgers of scenes and activities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ledgers.cells import (
    Cell,
    CellError,
    Choice,
    Ticks,
    checked,
    day,
    end_day,
    flag,
    name,
    text,
    whole,
)
from ledgers.columns import NOTE_COLUMN, PLACE_COLUMNS, REACHED_COLUMN
from ledgers.declaration import COMMUNITY, REACHED, Column, Ledger, Lookup, Pair, Row, Workbook
from orgs.models import CommunityOrg
from reviews.models import Submission
from scenes.models import (
    EVENTS,
    MEDIA,
    PARTS,
    SIX_HAVES,
    VENUES,
    Activity,
    ActivityForm,
    ActivityReach,
    ActivitySeries,
    CalendarDay,
    EmergencyDrill,
    EmergencyEvent,
    EmergencyPlan,
    EmergencySupply,
    OperationMode,
    Premises,
    Scene,
    SceneType,
)

_parse_type = Choice(
    SceneType,
    {
        "捐助点": "donation_point",
        "捐助平台": "donation_platform",
        "五社六站": "service_platform",
        "“五社六站”服务平台": "service_platform",
        "慈善项目展示区": "exhibition",
        "社区社会工作室": "studio",
        "社会组织孵化基地": "incubator",
    },
)
_parse_premises = Choice(
    Premises,
    {
        "新时代文明实践中心": "civilization",
        "新时代文明实践所": "civilization",
        "新时代文明实践站": "civilization",
        "社会组织孵化基地": "incubator",
        "自有场所": "own",
        "其他": "other",
    },
)


def _scene_type(cell: Cell) -> str:
    """Return a known type, or 其他 with the text as its name."""
    try:
        return str(_parse_type(cell))
    except CellError:
        other = checked(cell)
        cell.remarks.append(f"“{other}”不在类型表中，按“其他”登记")
        return f"{SceneType.OTHER}:{other}"


def _scene(row: Row, lookup: Lookup) -> Scene:
    kind, _, other = (row["type"] or "").partition(":")
    return Scene(area=row.area, type=kind, type_name=other[:30], **row.known("type"))


SCENES = Ledger(
    "慈善服务场景台账",
    "scenes",
    (
        *PLACE_COLUMNS,
        Column("name", "场景名称", name(), aliases=("名称", "阵地名称"), required=True),
        Column(
            "type", "类型", _scene_type, aliases=("场景类型", "阵地类型", "类别"), required=True
        ),
        Column("address", "地址", text(200), aliases=("详细地址",)),
        Column("premises", "依托场所", _parse_premises, aliases=("依托场所和设施", "依托设施")),
        Column("premises_name", "依托场所名称", text(60)),
        Column("has_shared_use", "与社区捐助平台共建共用", flag, aliases=("共建共用",)),
        Column(
            "opened_on",
            "建成日期",
            day,
            aliases=("建成时间", "投用日期", "启用日期"),
            required=True,
        ),
        Column("closed_on", "停用日期", end_day),
        Column("operator", "运营主体", text(), aliases=("运营单位", "管理单位")),
        Column("operation_mode", "运营模式", Choice(OperationMode)),
        *(
            Column(field, label, flag)
            for field, label in zip(
                SIX_HAVES,
                ("有人员", "有场所", "有资金", "有项目", "有活动", "有场景"),
                strict=True,
            )
        ),
        Column("person_times", "年服务人次", whole, aliases=("服务人次",), unit="人次"),
        NOTE_COLUMN,
    ),
    (Scene,),
    _scene,
    ignored=("面积", "照片", "年活动场次"),
)


def _activity(row: Row, lookup: Lookup) -> Activity:
    activity = Activity(
        area=row.area,
        organisation=lookup.named(CommunityOrg, row, "organisation"),
        **ACTIVITIES.values_of(row),
    )
    activity.reached_codes = tuple(area.code for area in row.reached)
    if not activity.reached_codes and (row.area is None or not row.area.is_community):
        row.remark(COMMUNITY, "未填社区，不计入活动和宣传覆盖面")
    return activity


def _save_reaches(activities: Sequence[Submission]) -> None:
    """Store the communities that each activity reached: those that its row names, else its own; an
    activity of a street reached none."""
    ActivityReach.objects.bulk_create(
        (
            ActivityReach(activity=activity, area_id=code)
            for activity in activities
            if isinstance(activity, Activity)
            for code in _reached_by(activity)
        ),
        batch_size=2000,
    )


def _reached_by(activity: Activity) -> tuple[str, ...]:
    own = (activity.area_id,) if activity.area.is_community else ()
    return activity.reached_codes or own


def _unlike_reaches(pairs: Sequence[Pair]) -> Iterator[tuple[int, str, str]]:
    """Yield the rows that name other communities as reached than the stored activity has."""
    named = [
        (position, row, stored)
        for position, (row, stored) in enumerate(pairs)
        if isinstance(row, Activity) and row.reached_codes
    ]
    reaches = ActivityReach.objects.filter(activity__in=[stored.pk for _, _, stored in named])
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for reach in reaches.select_related("area"):
        found[reach.activity_id][reach.area_id] = str(reach.area)
    for position, row, stored in named:
        if set(row.reached_codes) != set(found[stored.pk]):
            listed = "、".join(found[stored.pk].values()) or "无"
            message = f"系统中“{stored}”的覆盖社区为{listed}，与本行不同；请在该记录中修改"
            yield position, REACHED, message


_CALENDAR_WORDS = {
    "慈善日": "charity",
    "9月5日": "charity",
    "重阳节": "elderly",
    "学雷锋日": "lei_feng",
    "学雷锋月": "lei_feng",
    "无": "none",
    "其他": "other",
}
_MEDIA_WORDS = {
    "刊": "in_print",
    "报纸": "in_print",
    "网": "on_web",
    "网络": "on_web",
    "屏": "on_screens",
    "场": "on_site",
    "电台": "on_radio",
    "微信公众号": "on_new_media",
    "融媒体": "on_new_media",
}
_VENUE_WORDS = {
    "福利彩票销售网点": "at_lottery_shop",
    "福利彩票网点": "at_lottery_shop",
    "高铁": "at_railway_station",
    "火车站": "at_railway_station",
    "宣传栏": "at_notice_board",
    "宣传橱窗": "at_notice_board",
}

ACTIVITIES = Ledger(
    "活动宣传记录",
    "activities",
    (
        *PLACE_COLUMNS,
        Column("held_on", "日期", day, aliases=("活动日期", "时间", "活动时间"), required=True),
        Column("name", "活动名称", name(), aliases=("活动主题", "宣传名称"), required=True),
        Column(
            "form",
            "形式",
            Choice(
                ActivityForm, {"活动宣传": "both", "宣传、活动": "both", "慈善活动": "activity"}
            ),
            aliases=("活动形式",),
            required=True,
        ),
        Column("series", "系列", Choice(ActivitySeries), aliases=("活动系列",)),
        Column("calendar", "时间节点", Choice(CalendarDay, _CALENDAR_WORDS), aliases=("节点",)),
        Column("other_calendar", "其他节点名称", text(30)),
        Column("organiser", "主办", text(), aliases=("主办单位",)),
        Column("organisation", "举办的社区社会组织", name(), aliases=("举办组织",)),
        Column("place", "地点", text(200), aliases=("活动地点",)),
        Column("person_times", "参与人次", whole, aliases=("参加人次",), unit="人次"),
        Column("volunteer_times", "志愿者人次", whole, aliases=("志愿者",), unit="人次"),
        Column(
            "media_used",
            "宣传媒介",
            Ticks(Activity, MEDIA, "other_media", aliases=_MEDIA_WORDS),
            aliases=("宣传载体",),
        ),
        Column(
            "venues",
            "宣传场所",
            Ticks(Activity, VENUES, "other_venue", aliases=_VENUE_WORDS),
            aliases=("宣传地点",),
        ),
        Column("media", "媒体", text(300), aliases=("媒体/链接", "链接", "媒体或链接")),
        REACHED_COLUMN,
        NOTE_COLUMN,
    ),
    (Activity,),
    _activity,
    refers="organisation",
    save_related=_save_reaches,
    unlike_related=_unlike_reaches,
)

EMERGENCY_PLANS = Ledger(
    "应急预案台账",
    "emergency-plans",
    (
        *PLACE_COLUMNS,
        Column("name", "预案名称", name(), aliases=("应急预案名称",), required=True),
        Column("events", "适用事件", Ticks(EmergencyPlan, EVENTS)),
        Column("parts", "预案内容", Ticks(EmergencyPlan, PARTS)),
        Column("issued_on", "制定日期", day, aliases=("印发日期",), required=True),
        Column("review_on", "下次修订日期", day, aliases=("修订日期",)),
        Column("closed_on", "废止日期", end_day),
        Column("guided_by", "指导部门", text()),
        NOTE_COLUMN,
    ),
    (EmergencyPlan,),
)

_PLAN_COLUMN = Column("emergency_plan", "应急预案", name(), aliases=("所属预案", "所属应急预案"))


def _quantity(cell: Cell) -> int | None:
    """Parse a number in the unit that the lot names."""
    return whole(cell)


EMERGENCY_SUPPLIES = Ledger(
    "应急物资台账",
    "emergency-supplies",
    (
        *PLACE_COLUMNS,
        Column("name", "物资名称", name(60), required=True),
        Column("quantity", "数量", _quantity, required=True, example="40"),
        Column("counted_in", "计量单位", text(10), required=True),
        Column("stocked_on", "入库日期", day, required=True),
        Column("expires_on", "有效期至", day, aliases=("保质期至",)),
        Column("closed_on", "出库日期", end_day),
        Column("place", "存放地点", text(200)),
        _PLAN_COLUMN,
        NOTE_COLUMN,
    ),
    (EmergencySupply,),
    refers="emergency_plan",
)

EMERGENCY_DRILLS = Ledger(
    "应急演练台账",
    "emergency-drills",
    (
        *PLACE_COLUMNS,
        Column("name", "演练名称", name(), required=True),
        Column("event", "演练事件", Choice(EmergencyEvent), required=True),
        Column("held_on", "演练日期", day, required=True),
        Column("person_times", "参演人次", whole, required=True, unit="人次"),
        Column("volunteer_times", "志愿者人次", whole, unit="人次"),
        Column("findings_text", "发现的问题和改进", text(500)),
        _PLAN_COLUMN,
        NOTE_COLUMN,
    ),
    (EmergencyDrill,),
    refers="emergency_plan",
)

WORKBOOKS = (
    Workbook("scenes", "慈善服务场景台账", (SCENES,), 50),
    Workbook("emergency-plans", "应急预案台账", (EMERGENCY_PLANS,), 52),
    Workbook("emergency-supplies", "应急物资台账", (EMERGENCY_SUPPLIES,), 54),
    Workbook("emergency-drills", "应急演练台账", (EMERGENCY_DRILLS,), 56),
)
