"""Workbooks of the project library: planned projects, needs, resources, matches and bought services.

The same for each place: two streets of it with what they need and have. Planned projects count in no
figure.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from demo.ledgers.draw import Day, Draw, Place, Tree, Values, tuples
from demo.ledgers.forms import form_for
from demo.place import Contents

#: Project, direction, group, services.
_PROJECTS = tuples(
    "邻里助餐点:养老服务:一老:生活照料、助餐助浴 假日成长营:儿童和未成年人关爱保护:一小:学业辅导、心理疏导 "
    "旧物循环驿站:绿色慈善:其他:资源循环利用 居家适老化改造:养老服务:一老:适老化设施改造"
)
#: Need, direction, group, services, what it lacks.
_NEEDS = tuples(
    "高龄老人午餐需求:养老服务:一老:生活照料:场地 留守儿童假期看护需求:儿童和未成年人关爱保护:一小:学业辅导:人力 "
    "困难家庭过冬物资需求:服务类社会救助:一困:看护照料:物资 独居老人防滑扶手需求:养老服务:一老:适老化设施改造:资金 "
    "残疾人出行陪护需求:服务类社会救助:一残:助行助洁:人力"
)
#: Resource, kind, group, number, unit, provider.
_RESOURCES = tuples(
    "党群服务中心活动室:场地:全体居民:2:间:社区居委会 爱心企业助老善款:资金:一老:30000:元:某爱心企业 "
    "冬衣和棉被:物资:一困:120:件:某爱心超市 大学生志愿服务队:人力:一小:40:人:某高校团委"
)
_SUPPORT = ("社区慈善基金运行管理、慈善项目策划", "慈善场景打造、慈善资源对接、慈善文化宣传")
_FIELDS = ("社会组织管理", "养老服务")
_DAY, _MONTH = datetime.timedelta(days=1), datetime.timedelta(days=30)


def library_contents(tree: Tree, place: str, day: Day) -> list[Contents]:
    """Return the workbooks of a place as of a day, in import order; `place` is its name."""
    draw = Draw("library", place=place, until=day)
    streets = draw.sample(list(tree), 2)
    places: list[Place] = [
        (street, draw.choice(tree[street]) if tree[street] else None) for street in streets
    ]
    projects = [_project(at, where, day) for at, where in enumerate(places * 2)]
    needs = [_need(at, where, day) for at, where in enumerate((places * 3)[: len(_NEEDS)])]
    resources = [_resource(at, where, day) for at, where in enumerate(places * 2)]
    matches = [_match(projects[at], needs[at], resources[at], day) for at in (0, 1)]
    contracts = [_contract(at, where, day) for at, where in enumerate(places)]
    sheets = (
        ("projects", "慈善项目库", "项目库", projects),
        ("needs", "居民需求台账", "需求", needs),
        ("resources", "慈善资源台账", "资源", resources),
        ("matches", "供需对接台账", "对接", matches),
        ("service-contracts", "购买服务合同台账", "合同", contracts),
    )
    return [_contents(place, *sheet) for sheet in sheets]


def _contents(place: str, kind: str, name: str, sheet: str, rows: Sequence[Values]) -> Contents:
    return Contents(kind, name, [(sheet, form_for(sheet, f"{place}{name}", {}), rows)])


def _named(place: Place, name: str) -> str:
    street, community = place
    return f"{community or street}{name}"


def _project(at: int, place: Place, day: Day) -> Values:
    """Build a project: every second one is approved by a resolution, the others are proposals."""
    name, direction, group, services = _PROJECTS[at]
    is_approved = at % 2 == 0
    resolved = (
        (day - _MONTH, f"管理小组决议〔{day.year}〕第{at + 1}号") if is_approved else (None, None)
    )
    stage, why = "立项" if is_approved else "储备", "入户调查发现需求集中，场地和人员已落实"
    start, end = day + (at + 1) * _MONTH, day + (at + 7) * _MONTH
    what = (_named(place, name), stage, direction, group, services, "社区、社会组织、社区志愿者")
    return (*place, *what, why, *resolved, 20_000 + 5_000 * at, start, end)


def _need(at: int, place: Place, day: Day) -> Values:
    name, direction, group, services, lacks = _NEEDS[at]
    found, by = day - (at + 2) * _MONTH, day + at * _MONTH
    what = (_named(place, name), direction, group, services, 12 + 7 * at, lacks)
    return (*place, *what, found, ("入户走访", "问卷调查", "居民反映")[at % 3], by)


def _resource(at: int, place: Place, day: Day) -> Values:
    name, kind, group, number, unit, provider = _RESOURCES[at]
    what = (_named(place, name), kind, group, int(number), unit, provider)
    return (*place, *what, day - (at + 3) * _MONTH)


def _match(project: Values, need: Values, resource: Values, day: Day) -> Values:
    """Build the match of a project with a need and a resource; each row names its record third."""
    return (project[2], need[2], resource[2], day - 5 * _DAY, "经社区议事协商，由本项目统筹")


def _contract(at: int, place: Place, day: Day) -> Values:
    """Build a contract of a street: the first was accepted, the second ends within 60 days."""
    street, is_done = place[0], at == 0
    start = day - 12 * _MONTH
    end = day - _MONTH if is_done else day + _MONTH
    accepted = (day - 10 * _DAY, "合格") if is_done else (None, None)
    what = (
        f"{street}社区慈善专业支持服务",
        f"演购〔{start.year}〕{at + 1}号",
        "某社会工作服务中心",
    )
    paid = (_FIELDS[at], "政府购买服务资金", ("区民政局", "区委社会工作部")[at])
    run = (_SUPPORT[at], 60_000 + 20_000 * at, *paid, start - 10 * _DAY, start, end)
    return (street, *what, *run, *accepted)
