"""The community organisations and volunteer teams of 渝中区."""

from __future__ import annotations

from itertools import groupby

from demo.ledgers.draw import (
    DEMO_DAY,
    Day,
    Draw,
    Place,
    Tree,
    Values,
    by_place,
    communities,
    credit_code,
    tuples,
    words,
)
from demo.ledgers.orgs import org_traits, team_traits
from demo.places.yuzhong import ROOT

_CHARITY = "公益慈善类"
CHARITY_ORGS = words("益邻公益社 老街坊帮扶队 星火助学小组 一碗汤关爱社 拾级而上助老队 暖心针线坊")
_OTHER_ORGS = tuples(
    "山城老巷合唱团:文体娱乐类 太极晨练队:文体娱乐类 民情茶话会:社区事务类 院坝议事会:社区事务类 便民维修队:为民服务类 "
    "银发颐养服务中心:养老照护类 楼栋互助会:邻里互助类 旧物换新驿站:生活服务类"
)
#: Number of own 公益慈善类 organisations → number of communities that have so many.
_CHARITY_ORGS_EACH = {1: 22, 2: 53, 3: 4}
_OTHER_ORG_COUNT, _CLOSED_ORG_COUNT = 77, 3
_ORG_WITHOUT_CODE, _ORG_WITHOUT_NUMBER = 9, 60


def _org_kinds(draw: Draw, tree: Tree) -> list[tuple[Place, str, str]]:
    """Draw (place, name, category) of every organisation; the closed ones come last."""
    places = communities(tree)
    each = [number for number, times in _CHARITY_ORGS_EACH.items() for _ in range(times)]
    draw.shuffle(each)
    orgs: list[tuple[Place, str, str]] = [
        ((street, None), f"渝中区{street}益民公益服务中心", _CHARITY) for street in tree
    ]
    for place, number in zip(places, each, strict=True):
        names = draw.sample(CHARITY_ORGS, number)
        orgs += [(place, f"{place[1]}{name}", _CHARITY) for name in names]
    for place in draw.sample(places, _OTHER_ORG_COUNT):
        name, category = draw.choice(_OTHER_ORGS)
        orgs.append((place, f"{place[1]}{name}", category))
    closed = draw.sample(places, _CLOSED_ORG_COUNT)
    return orgs + [(place, f"{place[1]}晚晴读报社", _CHARITY) for place in closed]


def organisation_rows(tree: Tree) -> dict[str, list[Values]]:
    """Build the rows of organisations by the name of their street."""
    draw, traits, rows = Draw("orgs", 1001), Draw("org traits"), list[Values]()
    orgs = _org_kinds(draw, tree)
    for number, (place, name, category) in enumerate(orgs, start=1):
        is_closed = number > len(orgs) - _CLOSED_ORG_COUNT
        since = draw.day(Day(2021, 3, 1), Day(2024, 12, 31) if is_closed else DEMO_DAY)
        until = draw.day(Day(2025, 9, 1)) if is_closed else None
        tier, code = draw.choice(("街道管理", "备案", "社区指导")), None
        filing = None if number == _ORG_WITHOUT_NUMBER else f"演备〔{since.year}〕{number:03d}号"
        if name.endswith("服务中心"):
            tier, filing = "登记", None
            code = None if number == _ORG_WITHOUT_CODE else credit_code("52", 100 + number, ROOT)
        people = (
            draw.choice((9, 12, 14, 15, 16, 18, 20, 24, 27, 32, 45)),
            draw.choice((None, "无", 2, 3, 5)),
        )
        line = (name, category, tier, filing, code, since, until, *draw.leader(), *people)
        rows.append((*place, *line, *org_traits(traits, category, since), None))
    runs = groupby(by_place(rows), key=lambda row: str(row[0]))
    return {street: [row[1:] for row in run] for street, run in runs}


_TEAM_COUNT, _DISSOLVED_COUNT = 70, 2


def team_rows(tree: Tree) -> list[Values]:
    """Build the teams: one in most communities, two in some, and two that were dissolved."""
    draw, traits, rows = Draw("teams", 2001), Draw("team traits"), list[Values]()
    places = draw.sample(communities(tree), _TEAM_COUNT + _DISSOLVED_COUNT)
    teams = [(place, "红马甲") for place in places]
    teams += [(place, "小石阶") for place in places[:_TEAM_COUNT:5]]
    for place, word in teams:
        until = Day(2026, 4, 30) if place in places[_TEAM_COUNT:] else None
        since = draw.day(Day(2022, 3, 5), Day(2025, 12, 31) if until else DEMO_DAY)
        name = f"{place[1]}{word}慈善志愿服务队"
        line = (name, since, until, draw.randint(8, 46), *draw.leader())
        rows.append((*place, *line, *team_traits(traits), None))
    return by_place(rows)
