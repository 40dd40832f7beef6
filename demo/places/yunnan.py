"""云南 2024: 阵地 in all counties; most counties have five or more, some have fewer."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from areas.codes import is_within
from areas.models import Area
from demo.ledgers.draw import DEMO_DAY, Draw, Place, Tree, Values, by_place, read_tree, words
from demo.ledgers.forms import form_for
from demo.ledgers.scenes import scene_row
from demo.ledgers.workbook import Form, Office
from demo.place import (
    Contents,
    DemoPlace,
    LedgerFile,
    accounts_of,
    by_county,
    county_sheets,
    write_all,
)

_ROOT = "53"
_FIRST_DAY, _LAST_DAY = datetime.date(2024, 3, 5), datetime.date(2026, 11, 10)
_CLOSING_DAY = datetime.date(2026, 11, 1)
#: Number of 阵地 in use → number of counties: 110 have at least five, 19 do not.
_COUNTIES = {7: 18, 6: 32, 5: 60, 4: 6, 3: 5, 2: 3, 1: 3, 0: 2}
#: Number of counties that had five 阵地 until one closed.
_SHORT_BY_A_CLOSING = 3
_KINDS = words("慈善街区 慈善公园 慈善广场 慈善楼宇 慈善超市 慈善食堂 慈善学校 慈善医院 慈善博物馆")
_LACKS = (0, 0, 0, 0, 0, 1, 1, 2)
_WORDS = {
    "街道": "乡镇（街道）",
    "社区": "村（社区）",
    "场景名称#个": "阵地名称#个",
    "类型": "阵地类型",
}


def _unmistakable(tree: Tree) -> Tree:
    """Leave out townships that share their name with another one of the same prefecture."""
    names = Counter((street.code[:4], street.short_name) for street in tree)
    return {
        street: below
        for street, below in tree.items()
        if names[street.code[:4], street.short_name] == 1
    }


def _numbers(draw: Draw, counties: Mapping[Area, Tree]) -> dict[Area, int]:
    """Draw how many 阵地 in use each county has."""
    numbers = [number for number, times in _COUNTIES.items() for _ in range(times)]
    draw.shuffle(numbers)
    return dict(zip(counties, numbers, strict=True))


def _places(draw: Draw, tree: Tree, number: int) -> list[Place]:
    """Draw places in as many townships as possible: one of their communities, or the township
    itself."""
    streets = draw.sample(list(tree), len(tree))
    chosen = (streets * number)[:number]
    return [
        (street, draw.choice(tree[street]) if tree[street] and draw.random() < 0.6 else None)
        for street in chosen
    ]


def _scene_rows(counties: Mapping[Area, Tree]) -> list[Values]:
    """Build the rows of all 阵地 in the province."""
    draw, rows = Draw("scenes", place="云南"), list[Values]()
    short = _SHORT_BY_A_CLOSING
    for county, number in _numbers(draw, counties).items():
        places = _places(draw, counties[county], number)
        *kinds, spare = draw.sample(_KINDS, number + 1)
        for place, kind in zip(places, kinds, strict=True):
            since = draw.day(_FIRST_DAY, _LAST_DAY)
            rows.append(scene_row(draw, place, kind, since, lacks=draw.choice(_LACKS)))
        if number == 4 and short:
            short -= 1
            rows.append(scene_row(draw, places[0], spare, _FIRST_DAY, _CLOSING_DAY))
    return by_place(rows)


def _form(county: Area) -> Form:
    return form_for("场景", f"{county}社区慈善阵地台账", _WORDS)


def _write_ledgers(folder: Path) -> list[LedgerFile]:
    """Write one workbook per prefecture with one sheet per county."""
    counties = by_county(_unmistakable(read_tree(_ROOT, DEMO_DAY)))
    rows, files = _scene_rows(counties), list[LedgerFile]()
    for prefecture in Area.objects.children_of(_ROOT, DEMO_DAY):
        own = {c: tree for c, tree in counties.items() if is_within(c.code, prefecture.code)}
        contents = Contents(
            "scenes", f"{prefecture}社区慈善阵地台账", county_sheets(rows, own, _form)
        )
        office = Office(f"{prefecture}民政局", phone="0871-00000000")
        files += write_all(folder / "yunnan", prefecture.code, office, [contents], len(files) + 1)
    return files


YUNNAN = DemoPlace(
    plan="yunnan-2024",
    root=_ROOT,
    day=DEMO_DAY,
    target_year=2027,
    accounts=accounts_of(
        "yunnan",
        (_ROOT, "云南省民政厅"),
        ("530102001", "五华区华山街道"),
        (_ROOT, "云南省委社会工作部"),
        department="社会工作部",
    ),
    write_ledgers=_write_ledgers,
)
