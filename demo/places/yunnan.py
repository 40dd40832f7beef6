"""云南 2024: 阵地 in all counties; most counties have five or more, some have fewer."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from areas.codes import is_within
from areas.models import Area
from demo.demonstration import applications
from demo.ledgers.draw import DEMO_DAY, Day, Draw, Place, Tree, Values, by_place, read_tree, words
from demo.ledgers.forms import form_for
from demo.ledgers.library import library_contents
from demo.ledgers.orgs import org_rows, team_rows
from demo.ledgers.scenes import emergency_contents, scene_row
from demo.ledgers.workbook import Form, Office
from demo.people import people_records
from demo.place import (
    Contents,
    DemoPlace,
    LedgerFile,
    accounts_of,
    by_county,
    county_sheets,
    write_all,
)
from demo.policies import policy_documents
from demo.tasks import work_records
from reviews.models import Submission
from supervision.life import Finding
from supervision.models import Acceptance, Inspection, Rectification, Referral

_PLAN, _ROOT = "yunnan-2024", "53"
_FIRST_DAY, _LAST_DAY = datetime.date(2024, 3, 5), datetime.date(2026, 11, 10)
_CLOSING_DAY = datetime.date(2026, 11, 1)
#: Number of 阵地 in use → number of counties: 110 have at least five, 19 do not.
_COUNTIES = {7: 18, 6: 32, 5: 60, 4: 6, 3: 5, 2: 3, 1: 3, 0: 2}
#: Number of counties that had five 阵地 until one closed.
_SHORT_BY_A_CLOSING = 3
#: Number of counties without a spot check so far this year, and which case was referred.
_NOT_INSPECTED, _REFERRED = 28, 5
_NOTICE, _MENDED, _RECTIFY = (datetime.timedelta(days=days) for days in (5, 18, 30))
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


#: 昆明市, and its numbers of organisations on file and of volunteer teams.
_CAPITAL, _ORGS, _TEAMS = "5301", 24, 12


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
        books = [contents]
        if prefecture.code == _CAPITAL:
            own_tree = {
                street: below for county in own for street, below in counties[county].items()
            }
            books += [
                *_org_books(counties),
                *library_contents(own_tree, str(prefecture), DEMO_DAY),
                *emergency_contents(own_tree, str(prefecture), DEMO_DAY),
            ]
        files += write_all(folder / "yunnan", prefecture.code, office, books, len(files) + 1)
    return files


def _shown() -> Sequence[Submission]:
    """Build the documents, applications and single pieces of work."""
    return [
        *policy_documents(_PLAN, _ROOT),
        *applications(_ROOT, DEMO_DAY, Draw("demonstration", place="云南")),
        *work_records(_PLAN, DEMO_DAY, Draw("work", place="云南"), 26),
    ]


def _inspections() -> Sequence[Submission]:
    """Build this year's spot check of most counties; every fifth one found problems."""
    draw = Draw("inspections", place="云南")
    counties = list(Area.objects.within(_ROOT).filter(level=3, is_counted=True).order_by("code"))
    unseen = set(draw.sample(counties, min(_NOT_INSPECTED, len(counties))))
    found = []
    for at, county in enumerate(county for county in counties if county not in unseen):
        day, has_problems = draw.day(Day(2026, 2, 2), Day(2026, 9, 30)), at % 5 == 0
        found.append(
            Inspection(
                area=county,
                number=f"{county.short_name}民查2026第1号",
                kind="spot",
                noticed_on=day - _NOTICE,
                inspected_on=day,
                inspectors="张某、李某",
                facts="抽查社区慈善款物收支凭证和公开情况（演示数据）",
                finding=Finding.PROBLEMS if has_problems else Finding.SOUND,
                demands="补齐支出决议，重新公示" if has_problems else "",
                rectify_by=day + _RECTIFY if has_problems else None,
            )
        )
    return found


def _steps() -> Sequence[Submission]:
    """Build what followed the inspections that found problems: one in four is open, one was referred."""
    cases = Inspection.objects.approved().filter(finding=Finding.PROBLEMS).order_by("area", "pk")
    found: list[Submission] = []
    for at, case in enumerate(each for each in cases if each.rectify_by):
        done_on = case.inspected_on + _MENDED
        is_referred = at == _REFERRED
        if at % 4 == 3:
            continue
        found.append(
            Rectification(
                area_id=case.area_id,
                inspection=case,
                measures="补齐支出决议，在公示栏重新公示",
                rectified_on=done_on,
                accepted_on=done_on + _NOTICE,
                result=Acceptance.FAILED if is_referred else Acceptance.PASSED,
            )
        )
        if is_referred:
            found.append(
                Referral(
                    area_id=case.area_id,
                    inspection=case,
                    receiver_name=f"{case.area}市场监督管理局",
                    referred_on=done_on + 2 * _NOTICE,
                    reason="整改不合格，涉嫌违规使用善款（演示数据）",
                )
            )
    return found


def _org_books(counties: Mapping[Area, Tree]) -> list[Contents]:
    """Return the organisations and teams of the counties of the capital."""
    own = {c: tree for c, tree in counties.items() if is_within(c.code, _CAPITAL)}
    tree = {street: places for each in own.values() for street, places in each.items()}
    first, draw = Day(2024, 12, 12), Draw("orgs", 501, place="云南")
    orgs, teams = org_rows(draw, tree, _ORGS, "云演备", first), team_rows(draw, tree, _TEAMS, first)
    return [
        Contents(kind, name, county_sheets(rows, own, partial(_form_of, sheet, name)))
        for kind, name, sheet, rows in (
            ("orgs", "社区社会组织台账", "组织名册", orgs),
            ("teams", "志愿服务队伍台账", "队伍", teams),
        )
    ]


def _form_of(sheet: str, name: str, county: Area) -> Form:
    return form_for(sheet, f"{county}{name}", _WORDS)


def _records() -> Sequence[Submission]:
    """Build the inspections, and assessments, major activities and talents of the capital."""
    draw = Draw("people", 9001, place="云南")
    return [*_shown(), *_inspections(), *people_records(_CAPITAL, DEMO_DAY, draw, (2025,))]


YUNNAN = DemoPlace(
    plan=_PLAN,
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
    figures=_records,
    steps=_steps,
)
