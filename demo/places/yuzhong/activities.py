"""The projects, scenes, activities and trainings of 渝中区."""

from __future__ import annotations

import datetime

from demo.ledgers.activities import publicity, teaching
from demo.ledgers.draw import (
    DEMO_DAY,
    Day,
    Draw,
    Place,
    Tree,
    Values,
    by_place,
    communities,
    tuples,
    words,
)
from demo.ledgers.outcomes import outcome
from demo.ledgers.scenes import premises_of
from demo.places.yuzhong.organisations import CHARITY_ORGS

_AID_PROJECTS = tuples(
    "爬坡上坎助行计划:一老 暖巢陪伴计划:一老 成长伙伴计划:一小 假日学伴营:一小、一困 暖冬包行动:一困 坡道微改造:一残"
)
_PROJECTS = tuples(
    "邻里共享厨房:一老 楼栋微花园共建:其他 老手艺传习课:一老、一小 口述老街史:其他 便民工具屋:其他 爱心雨伞驿站:其他"
)
_SOURCES = words("社区慈善基金 社区慈善基金 公益创投 社会捐赠 福利彩票公益金 政府购买服务")
#: (year, number of 帮扶项目, number of others).
_PROJECT_COUNTS = ((2025, 6, 18), (2026, 14, 28))


def project_rows(tree: Tree) -> list[Values]:
    """Build the rows of projects, sorted by area."""
    draw, survey, rows = Draw("projects"), Draw("surveys"), []
    for year, aids, others in _PROJECT_COUNTS:
        kinds = draw.sample([True] * aids + [False] * others, aids + others)
        places = draw.sample(communities(tree), len(kinds))
        days = draw.season(year, len(kinds))
        rows += [
            _project_row(draw, survey, *line) for line in zip(places, days, kinds, strict=True)
        ]
    return by_place(rows)


def _project_row(draw: Draw, survey: Draw, place: Place, start: Day, is_aid: bool) -> Values:
    name, groups = draw.choice(_AID_PROJECTS if is_aid else _PROJECTS)
    category = "特殊困难对象帮扶" if is_aid else draw.choice(("社区服务", "社区营造", "文化传承"))
    end = start + datetime.timedelta(draw.randint(60, 240))
    is_done = end <= DEMO_DAY
    budget = draw.choice((6_000, 9_500, 15_000, 20_000, 28_000, 36_000, 48_000, 60_000))
    spent = budget * draw.choice((86, 92, 98, 100) if is_done else (20, 45, 60)) // 100
    people = draw.randint(15, 120)
    times = (people, people * draw.randint(1, 5), draw.randint(6, 60), is_aid, budget < 20_000)
    carrier = (f"{place[1]}{draw.choice(CHARITY_ORGS)}", draw.choice(_SOURCES))
    run = (budget, spent, start, end if is_done else None)
    said = outcome(survey, people, end if is_done else None, DEMO_DAY)
    return (*place, f"{place[1]}{name}", category, groups, *carrier, *run, *times, *said, None)


_SCENES = tuples(
    "慈善超市:2024-05-18 慈善小巷:2024-10-11 慈善空间:2025-03-21 慈善墙:2025-06-06 慈善食堂:2025-08-28 社区捐助点:2025-09-05 "
    "慈善宣传橱窗:2025-12-12 慈善楼宇:2026-03-27 慈善书屋:2026-05-15 慈善街区:2026-09-05 慈善墙:2024-04-16"
)


def scene_rows(tree: Tree) -> list[Values]:
    """Build one scene per street; the last is out of use, and one lacks two of the 六有."""
    draw, rows = Draw("scenes"), []
    streets = draw.sample(list(tree), len(_SCENES))
    for at, (street, (kind, day)) in enumerate(zip(streets, _SCENES, strict=True)):
        community = draw.choice(tree[street])
        until = Day(2026, 2, 28) if street is streets[-1] else None
        haves = [at != 3 or have not in (2, 4) for have in range(6)]
        what = (f"{community}“家门口”{kind}", kind, f"{street}演示路{draw.randint(1, 99)}号")
        mode = draw.choice(("公办", "公建民营", "社会联营"))
        run = (Day.fromisoformat(day), until, f"{community}{CHARITY_ORGS[0]}", mode)
        times = draw.randint(12, 180) * 10
        last = (times, premises_of(what[0]), None)
        rows.append((street, community, *what, *run, *haves, *last))
    return by_place(rows)


_MONTH_THEMES = words(
    "写春联送祝福 元宵灯谜会 志愿服务集市 清明追思志愿行 劳动者关爱日 端午包粽会 高温送清凉 暑期公益营 “慈善一日捐” "
    "重阳茶话会 冬衣募集日 暖冬行动"
)
_THEMES = words("慈善法进院坝 义诊义剪进楼栋 旧衣循环日 院坝坝坝舞义演 爱心义卖会 慈善故事分享会")
_SERIES = (None, *words("邻里守望 共建共治共享 共创平安 文化铸魂"))
#: (year, number of activities, number of those held by a street without a community).
_ACTIVITY_COUNTS = ((2025, 40, 0), (2026, 140, 3))
_REACHED = 58


def activity_rows(tree: Tree) -> list[Values]:
    """Build the rows of activities."""
    draw, rows = Draw("activities"), []
    reached = draw.sample(communities(tree), _REACHED)
    for year, number, of_streets in _ACTIVITY_COUNTS:
        again = draw.choices(reached, k=number)
        own = [(street, None) for street in draw.sample(list(tree), of_streets)]
        places = [*own, *reached, *again][:number]
        draw.shuffle(places)
        days = draw.season(year, number)
        rows += [_activity_row(draw, day, place) for day, place in zip(days, places, strict=True)]
    return rows


def _activity_row(draw: Draw, day: Day, place: Place) -> Values:
    street, community = place
    host = str(community or street)
    theme = draw.choice((*_THEMES, *[_MONTH_THEMES[day.month - 1]] * 4))
    kind = (draw.choice(("活动", "活动", "宣传", "活动、宣传")), draw.choice(_SERIES), host)
    times = (draw.randint(20, 260), draw.randint(3, 30))
    media = "区融媒体（演示）" if draw.random() < 0.15 else None
    told = publicity(host + theme, day, kind[0])
    return (day, host + theme, street, community, *kind, *times, media, *told, None)


_TRAININGS = tuples(
    "2026-03-19:社区基金管理小组履职培训:管理小组成员:11 2026-05-21:慈善法与公开募捐合规讲座:社区慈善工作者:9 "
    "2026-07-09:公益项目策划工作坊:社区社会组织负责人:8 2026-09-03:社区慈善信息公开实务:街道慈善工作人员:7 "
    "2026-10-29:慈善志愿服务队长研修:志愿服务队队长:11"
)


def training_rows(tree: Tree) -> list[Values]:
    """Build the rows of trainings."""
    rows: list[Values] = []
    streets = Draw("trainings").sample(list(tree), len(_TRAININGS))
    for street, (day, name, audience, people) in zip(streets, _TRAININGS, strict=True):
        line = (street, "重庆市渝中区民政局", audience, int(people), int(people))
        rows.append((Day.fromisoformat(day), name, *line, *teaching(name, audience), None))
    return rows
