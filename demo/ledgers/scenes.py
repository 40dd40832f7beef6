"""Rows of scenes that several places use."""

from __future__ import annotations

import datetime

from demo.ledgers.draw import Draw, Place, Values, words

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
