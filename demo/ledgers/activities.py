"""Publicity of activities, and choices of trainings, that several places use."""

from __future__ import annotations

from demo.ledgers.draw import Day, Draw, Values

#: (month, day) of a day of the calendar, and how it is called.
_CALENDAR = (((9, 5), "中华慈善日"), ((3, 5), "学雷锋纪念日"))
_DAYS_AROUND, _ELDERLY_MONTH = 7, 10
_MEDIA = ("新媒体", "新媒体、电子屏", "报刊、网站", "电视、新媒体", "现场宣传", "广播、现场宣传")
_VENUES = ("社区宣传阵地", "广场", "福彩网点", "高铁站、福彩网点", "走廊、步道", "地铁站")
#: Words of an audience → the groups that it names.
_GROUPS = ("城乡社区工作者", "儿童主任", "社区社会组织负责人", "社区社会工作者", "社区志愿者")
_FORMS = ("示范培训", "示范培训、网上课堂", "网上课堂", "新媒体教学", "集中授课")
_CONTENTS = ("能力建设", "能力建设、日常运作", "党的建设、培育发展", "日常运作", "慈善法")


def publicity(name: str, day: Day, form: str) -> Values:
    """Draw day of the calendar, media and venues of an activity; one that is no publicity has none."""
    if "宣传" not in form:
        return calendar_day(day), None, None
    draw = Draw(f"publicity {name} {day}")
    return calendar_day(day), draw.choice(_MEDIA), draw.choice(_VENUES)


def calendar_day(day: Day) -> str:
    """Return the day of the calendar on which an activity is held."""
    for (month, on), label in _CALENDAR:
        if abs((day - Day(day.year, month, on)).days) <= _DAYS_AROUND:
            return label
    return "敬老月" if day.month == _ELDERLY_MONTH else "不属于节点活动"


def teaching(name: str, audience: str) -> Values:
    """Draw kind, groups, forms and contents of a training."""
    draw = Draw(f"teaching {name}")
    groups = [group for group in _GROUPS if group in audience]
    kind = "骨干人才培训" if groups else "日常业务培训"
    return kind, "、".join(groups) or None, draw.choice(_FORMS), draw.choice(_CONTENTS)
