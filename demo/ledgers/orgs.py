"""Rows of community organisations and volunteer teams."""

from __future__ import annotations

from demo.ledgers.draw import Day, Draw, Place, Tree, Values, by_place, communities, tuples

#: Category → nature and groups served.
_TRAITS = {
    "公益慈善类": ("公益性", "老年人、困难群众"),
    "为民服务类": ("服务性", "全体居民"),
    "养老照护类": ("服务性", "老年人、残疾人"),
    "邻里互助类": ("互助性", "老年人、儿童"),
    "文体娱乐类": ("互助性", "全体居民"),
    "农业农村服务类": ("服务性", "农村留守人员"),
}
_VENUES = ("城乡社区综合服务设施", "镇街综合服务设施", "社区社会工作室", "没有固定场地", None)
_ORGS = tuples(
    "暖心帮扶队:公益慈善类 邻里互助会:邻里互助类 银龄服务队:养老照护类 便民服务社:为民服务类 文艺队:文体娱乐类"
)
_TEAM_HELP = ("空巢老人、残疾人", "低保对象、特困人员", "困境儿童", "农村留守人员")
_TEAM_SERVICES = (
    "亲情陪伴、生活照料",
    "生活照料、心理疏导",
    "心理疏导、社会融入",
    "亲情陪伴、法律援助",
)


def org_traits(draw: Draw, category: str, since: Day) -> Values:
    """Draw nature, groups served, day of the charter and venue of an organisation; some are unsaid."""
    nature, served = _TRAITS.get(category, ("服务性", "全体居民"))
    charter = since if draw.random() < 0.7 else None
    is_told = draw.random() < 0.9
    told = (nature, served) if is_told else (None, None)
    return (*told, charter, draw.choice(_VENUES))


def team_traits(draw: Draw) -> Values:
    """Draw kind, forms, groups, services and social workers of a team."""
    if draw.random() < 0.3:
        return "综合服务", None, None, None, draw.choice((0, 1))
    form = draw.choice(("综合包户", "结对帮扶", "综合包户、结对帮扶"))
    at = draw.randint(0, len(_TEAM_HELP) - 1)
    return "邻里守望", form, _TEAM_HELP[at], _TEAM_SERVICES[at], draw.choice((0, 1, 1, 2))


def org_rows(draw: Draw, tree: Tree, number: int, prefix: str, first: Day) -> list[Values]:
    """Build the rows of organisations on file in different places."""
    rows = []
    for at, place in enumerate(_some(draw, tree, number), start=1):
        name, category = draw.choice(_ORGS)
        since = draw.day(first)
        filing = f"{prefix}〔{since.year}〕{at:03d}号"
        tier = draw.choice(("街道管理", "社区指导"))
        people = (draw.randint(9, 40), draw.choice((None, 1, 2, 4)))
        line = (
            f"{place[1] or place[0]}{name}",
            category,
            tier,
            filing,
            None,
            since,
            None,
            *draw.leader(),
        )
        rows.append((*place, *line, *people, *org_traits(draw, category, since), None))
    return by_place(rows)


def team_rows(draw: Draw, tree: Tree, number: int, first: Day) -> list[Values]:
    """Build the rows of teams in different places."""
    rows = []
    for place in _some(draw, tree, number):
        name = f"{place[1] or place[0]}邻里守望志愿服务队"
        size = (draw.randint(8, 40), *draw.leader())
        rows.append((*place, name, draw.day(first), None, *size, *team_traits(draw), None))
    return by_place(rows)


def _some(draw: Draw, tree: Tree, number: int) -> list[Place]:
    """Draw communities, or streets where the tree has no communities; each has at most one."""
    found: list[Place] = list(communities(tree)) or [(street, None) for street in tree]
    return draw.sample(found, min(number, len(found)))
