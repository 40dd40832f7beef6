"""The charities, funds and money of 渝中区."""

from __future__ import annotations

from demo.ledgers.draw import Day, Draw, Tree, communities, credit_code, tuples
from demo.ledgers.funds import DemoFund, Host, Raised
from demo.places.yuzhong import ROOT

_CERTIFICATE = ("演渝募字〔2024〕第001号", Day(2029, 4, 11))
HOSTS = (
    Host(
        "重庆市渝中区慈善会",
        credit_code("51", 1, ROOT),
        "社会团体",
        Day(2005, 4, 12),
        *_CERTIFICATE,
    ),
    Host(
        "重庆市渝中区示例公益服务中心", credit_code("52", 2, ROOT), "社会服务机构", Day(2021, 7, 6)
    ),
)
_STREET_FUNDS = tuples(
    "同心:2023-11-16 益邻:2024-03-05 众善:2024-05-20 石榴:2024-08-14 携手:2024-09-05 暖阳:2024-11-28 "
    "守望:2025-03-05 百家:2025-05-15 和合:2025-09-05 常青:2025-12-04 善行:2026-05-12"
)
_COMMUNITY_FUNDS = tuples(
    "微光:2024-06-18 萤火:2024-10-22 黄桷树:2025-04-10 小桔灯:2025-07-09 向阳:2025-09-05 聚善:2025-11-11 "
    "连心:2026-01-20 梯坎:2026-03-05 拾光:2026-07-15 灯塔:2026-09-04 春芽:2026-09-05 家门口:2026-10-21"
)
_CLOSED_FUNDS, _FUNDS_CLOSED_ON = {"萤火", "小桔灯"}, Day(2026, 6, 30)
_FUNDS_OF_SECOND_HOST = {"聚善", "拾光"}


def demo_funds(tree: Tree) -> list[DemoFund]:
    """Draw the places of 渝中区's funds."""
    draw = Draw("fund places")
    streets = draw.sample(list(tree), len(_STREET_FUNDS))
    places = draw.sample(communities(tree), len(_COMMUNITY_FUNDS))
    host, funds = HOSTS[0], []
    for street, (word, day) in zip(streets, _STREET_FUNDS, strict=True):
        name = f"{host.name}{street}{word}社区基金"
        funds.append(DemoFund((street, None), name, host, Day.fromisoformat(day)))
    for place, (word, day) in zip(places, _COMMUNITY_FUNDS, strict=True):
        host = HOSTS[word in _FUNDS_OF_SECOND_HOST]
        closed = _FUNDS_CLOSED_ON if word in _CLOSED_FUNDS else None
        name = f"{host.name}{place[1]}{word}基金"
        funds.append(DemoFund(place, name, host, Day.fromisoformat(day), closed))
    return funds


SPENDINGS = 107
RAISED: Raised = ((2025, 2_621_800, 135), (2026, 3_012_600, 165))
