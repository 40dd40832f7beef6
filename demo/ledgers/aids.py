"""Rows of aid records."""

from __future__ import annotations

from demo.ledgers.draw import Draw, Tree, Values, communities, tuples

_AIDS = tuples(
    "一老:上门理发、量血压 一老:防滑扶手安装 一小:周末伴读 一小:开学文具礼包 一困:冬衣和棉被发放 一困:临时生活补助 "
    "一残:辅具借用和维修 一残:居家康复指导"
)


def aid_rows(draw: Draw, tree: Tree, year: int, number: int, total: int) -> list[Values]:
    """Build `number` aid rows of a year whose 人次 add up to `total`."""
    rows = []
    days = draw.season(year, number)
    times = draw.parts(total, number, 1, 0.6)
    places = draw.choices(communities(tree), k=number)
    for day, place, helped in zip(days, places, times, strict=True):
        yuan = helped * draw.choice((0, 0, 30, 50, 80, 120)) or None
        rows.append((day, *place, *draw.choice(_AIDS), helped, yuan, None))
    return list(rows)
