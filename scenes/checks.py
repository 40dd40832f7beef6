"""Checks of scenes and activities before submission."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from areas.codes import is_within
from reviews.checks import (
    OnlyWith,
    Problem,
    declare_checks,
    in_order,
    not_before_1949,
    not_in_future,
    not_negative,
    positive,
    required,
)
from scenes.models import (
    EVENTS,
    PARTS,
    Activity,
    CalendarDay,
    EmergencyDrill,
    EmergencyPlan,
    EmergencySupply,
    Premises,
    Scene,
    SceneType,
)

#: Only the type 其他 carries a name of its own (`type_name`).
type_name_of_other = OnlyWith("type_name", "type", ("other",))


def type_named(scene: Scene) -> Iterator[Problem]:
    """Warn when the type 其他 has no name."""
    if scene.type == "other" and not scene.type_name:
        yield Problem("type_name", "type_name", "类型为“其他”时应写明类型名称", is_warning=True)


def six_haves_complete(scene: Scene) -> Iterator[Problem]:
    """Warn when a 阵地 lacks one of the six haves (云南 方案 二（三）)."""
    if 0 < scene.haves < 6:
        yield Problem("six_haves", "has_staff", f"“六有”尚缺{6 - scene.haves}项", is_warning=True)


#: 其他场所 must be named; nothing else carries a name of its own.
premises_of_other = OnlyWith(
    "premises_name", "premises", (Premises.OTHER,), is_empty_said=True, is_required=True
)


#: What may share its room with a 社区捐助平台 (鄂民发〔2024〕92号 9).
_SHARED = (SceneType.SUPERMARKET, SceneType.EXHIBITION, SceneType.DONATION_PLATFORM)
shared_by_its_types = OnlyWith("has_shared_use", "type", _SHARED)


declare_checks(
    Scene,
    required("name", "type", "opened_on"),
    type_named,
    type_name_of_other,
    premises_of_other,
    shared_by_its_types,
    not_before_1949("opened_on"),
    not_in_future("opened_on"),
    in_order("opened_on", "closed_on"),
    not_negative("person_times"),
    six_haves_complete,
)

#: 其他节点 must be named; nothing else carries a name of its own.
calendar_of_other = OnlyWith(
    "other_calendar", "calendar", (CalendarDay.OTHER,), is_empty_said=True, is_required=True
)
#: Around which (month, day) its activities lie, within how many days, and how it is said.
#: 敬老月 is October; the ninth month of the lunar calendar begins and ends near it.
_AROUND = {
    str(CalendarDay.CHARITY): ((9, 5), 10, "每年9月5日前后"),
    str(CalendarDay.ELDERLY): ((10, 16), 25, "每年10月或农历九月"),
    str(CalendarDay.LEI_FENG): ((3, 5), 10, "每年3月5日前后"),
}


def day_fits_calendar(activity: Activity) -> Iterator[Problem]:
    """Warn of an activity whose day is far from that of the calendar (云南 方案 二（五）7)."""
    if activity.calendar not in _AROUND or activity.held_on is None:
        return
    (month, on), days, said = _AROUND[activity.calendar]
    middle = datetime.date(activity.held_on.year, month, on)
    if abs((activity.held_on - middle).days) > days:
        label = activity.get_calendar_display()
        message = f"“{label}”在{said}，与“日期”{activity.held_on}相差较远，请核对日期或时间节点"
        yield Problem("calendar_day", "calendar", message, is_warning=True)


declare_checks(
    Activity,
    required("name", "held_on", "form"),
    calendar_of_other,
    day_fits_calendar,
    not_before_1949("held_on"),
    not_in_future("held_on"),
    not_negative("person_times", "volunteer_times"),
)

# --- emergencies ----------------------------------------------------------------------------------


def emergency_plan_told(plan: EmergencyPlan) -> Iterator[Problem]:
    """Warn of a plan for no event, of no parts, or without the day on which it is revised."""
    if not any(getattr(plan, name) for name in EVENTS):
        yield Problem("events", "for_disaster", "请勾选预案的“适用事件”", is_warning=True)
    if not any(getattr(plan, name) for name in PARTS):
        yield Problem("parts", "has_response", "请勾选“预案内容”", is_warning=True)
    if plan.review_on is None:
        yield Problem("review_day", "review_on", "请填写“下次修订日期”", is_warning=True)


def plan_of_own_place(record: EmergencySupply | EmergencyDrill) -> Iterator[Problem]:
    """Warn of an emergency plan of a place that is neither the record's nor above it."""
    plan = record.emergency_plan
    if plan is not None and record.area_id and not is_within(record.area_id, plan.area_id):
        message = f"“应急预案”“{plan}”是{plan.area}的，不是本地区或上级的，请核对"
        yield Problem("plan_elsewhere", "emergency_plan", message, is_warning=True)


def drilled_while_in_force(drill: EmergencyDrill) -> Iterator[Problem]:
    """Warn of a drill before its plan was made, or after the plan was given up."""
    plan, day = drill.emergency_plan, drill.held_on
    if plan is None or day is None:
        return
    if day < plan.issued_on:
        told = f"早于应急预案的制定日期（{plan.issued_on}）"
    elif plan.closed_on and day >= plan.closed_on:
        told = f"在应急预案废止（{plan.closed_on}）之后"
    else:
        return
    message = f"“演练日期”{day}{told}，请核对"
    yield Problem("not_in_force", "held_on", message, is_warning=True)


def volunteers_within_all(drill: EmergencyDrill) -> Iterator[Problem]:
    """The volunteers are part of those who take part."""
    if drill.person_times is not None and (drill.volunteer_times or 0) > drill.person_times:
        message = (
            f"“志愿者人次”（{drill.volunteer_times}）不能多于“参演人次”（{drill.person_times}），"
            "参演人次应包括志愿者"
        )
        yield Problem("volunteers", "volunteer_times", message)


declare_checks(
    EmergencyPlan,
    required("name", "issued_on"),
    not_before_1949("issued_on"),
    not_in_future("issued_on"),
    in_order("issued_on", "review_on"),
    in_order("issued_on", "closed_on"),
    emergency_plan_told,
)

declare_checks(
    EmergencySupply,
    required("name", "quantity", "counted_in", "stocked_on"),
    not_before_1949("stocked_on"),
    not_in_future("stocked_on"),
    in_order("stocked_on", "expires_on"),
    in_order("stocked_on", "closed_on"),
    positive("quantity"),
    plan_of_own_place,
)

declare_checks(
    EmergencyDrill,
    required("name", "event", "held_on", "person_times"),
    not_before_1949("held_on"),
    not_in_future("held_on"),
    positive("person_times"),
    not_negative("volunteer_times"),
    volunteers_within_all,
    plan_of_own_place,
    drilled_while_in_force,
)
