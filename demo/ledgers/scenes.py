"""Rows of scenes that several places use, and workbooks of emergencies.

Some streets of a place have an emergency plan, some of their communities have one too; the others
have none.
"""

from __future__ import annotations

import datetime

from demo.ledgers.draw import Day, Draw, Place, Tree, Values, tuples, words
from demo.ledgers.forms import form_for
from demo.place import Contents

_OPERATORS = words("新时代文明实践站 社会工作服务站 党群服务中心 志愿服务站 社会组织孵化基地")
_PREMISES = (
    *words(
        "党群服务中心 新时代文明实践站 民政服务机构 志愿服务站 文化馆 社会组织培育孵化基地 独立场所"
    ),
    "",
)
_MODES = ("公办", "公办", "公建民营", "社会联营")


def scene_row(
    draw: Draw,
    place: Place,
    kind: str,
    since: datetime.date,
    until: datetime.date | None = None,
    *,
    lacks: int = 0,
) -> Values:
    """Build one scene row in which `lacks` of the 六有 are missing; 有场所 and 有场景 are always there."""
    where = place[1] or place[0]
    missing = draw.sample((0, 2, 3, 4), lacks)
    name = f"{where}{kind}".replace("社区社区", "社区")
    what = (name, kind, f"{where}演示路{draw.randint(1, 199)}号")
    run = (since, until, f"{where}{draw.choice(_OPERATORS)}", draw.choice(_MODES))
    haves = [have not in missing for have in range(6)]
    times = draw.randint(6, 240) * 10
    return (*place, *what, *run, *haves, times, premises_of(name), None)


def premises_of(name: str) -> str | None:
    """Draw the host premises of a scene; some are not told."""
    return str(Draw(f"premises {name}").choice(_PREMISES)) or None


# --- emergencies ------------------------------------------------------------------------------

#: At most so many streets have a plan.
_STREETS = 6
_EVENTS = ("自然灾害、事故灾难、公共卫生事件、社会安全事件", "自然灾害、公共卫生事件", "自然灾害")
_PARTS = (
    "应急响应机制、分类手册、物资储备方案、资源调度方案、志愿者措施、募捐和救助安排、社区—家庭—个人响应链",
    "应急响应机制、分类手册、物资储备方案、志愿者措施",
    "应急响应机制、社区—家庭—个人响应链",
)
#: Lot, number, unit, years until it expires (0: it does not).
_SUPPLIES = tuples("棉被:40:床:0 应急药箱:12:个:2 瓶装水:60:箱:1 手电筒:50:支:0 救生衣:20:件:5")
#: Drill, event.
_DRILLS = tuples(
    "防汛转移安置演练:自然灾害 消防疏散演练:事故灾难 传染病防控物资发放演练:公共卫生事件 人员密集场所疏导演练:社会安全事件"
)
_DAY, _YEAR = datetime.timedelta(days=1), datetime.timedelta(days=365)


def emergency_contents(tree: Tree, place: str, day: Day) -> list[Contents]:
    """Return the workbooks of a place as of a day, in import order; `place` is its name."""
    draw = Draw("emergency", place=place, until=day)
    streets = draw.sample(list(tree), min(_STREETS, len(tree) // 2))
    places: list[Place] = [(street, None) for street in streets]
    places += [(street, draw.choice(tree[street])) for street in streets[::2] if tree[street]]
    plans = [_plan(at, where, day) for at, where in enumerate(places)]
    supplies = [_supply(at, where, day) for at, where in enumerate(places[: len(_SUPPLIES)])]
    drills = [_drill(draw, at, where, day) for at, where in enumerate(places[: len(_DRILLS)])]
    sheets = (
        ("emergency-plans", "应急预案台账", "应急预案", plans),
        ("emergency-supplies", "应急物资台账", "应急物资", supplies),
        ("emergency-drills", "应急演练台账", "应急演练", drills),
    )
    return [
        Contents(kind, name, [(sheet, form_for(sheet, f"{place}{name}", {}), rows)])
        for kind, name, sheet, rows in sheets
    ]


def _name(place: Place) -> str:
    return f"{place[1] or place[0]}社区慈善应急预案".replace("社区社区", "社区")


def _plan(at: int, place: Place, day: Day) -> Values:
    """Build a plan; the day of revision of every fifth one has passed."""
    issued_on = day - (2 + at % 5) * _YEAR // 2
    review_on = day - 20 * _DAY if at % 5 == 4 else issued_on + 3 * _YEAR
    what = (_EVENTS[at % len(_EVENTS)], _PARTS[at % len(_PARTS)])
    return (*place, _name(place), *what, issued_on, review_on, None, None)


def _supply(at: int, place: Place, day: Day) -> Values:
    """Build a lot; the bottled water has expired, and the last lot was given out."""
    name, number, unit, years = _SUPPLIES[at]
    stocked_on = day - (at + 1) * _YEAR // 2
    expires_on = stocked_on + int(years) * _YEAR if int(years) else None
    gone_on = day - 30 * _DAY if at == len(_SUPPLIES) - 1 else None
    store = f"{place[1] or place[0]}应急物资储备点"
    return (*place, name, int(number), unit, stocked_on, expires_on, gone_on, store, _name(place))


def _drill(draw: Draw, at: int, place: Place, day: Day) -> Values:
    name, event = _DRILLS[at]
    people = draw.randint(30, 120)
    found = "对讲机不足，已补充4部" if at % 2 == 0 else "未发现明显问题"
    what = (name, event, draw.day(day - 300 * _DAY), people, people // 4, found)
    return (*place, *what, _name(place))
