"""烟台 2025: opening balances of earlier years; new funds, micro projects and spaces since."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from areas.models import Area
from demo.demonstration import applications
from demo.figures import opening
from demo.ledgers.aids import aid_rows
from demo.ledgers.draw import (
    DEMO_DAY,
    Draw,
    Place,
    Tree,
    Values,
    by_place,
    communities,
    credit_code,
    read_tree,
    tuples,
)
from demo.ledgers.forms import form_for
from demo.ledgers.funds import DemoFund, Host, charity_rows, fund_rows, money_rows
from demo.ledgers.library import library_contents
from demo.ledgers.orgs import org_rows, team_rows
from demo.ledgers.outcomes import outcome
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
from indicators.models import OpeningBalance
from reviews.models import Submission

Day = datetime.date

_ROOT, _CITY, _PLAN = "3706", "烟台市", "yantai-2025"
_WORDS = {"街道": "镇（街）", "社区": "村（社区）", "基金名称#支": "基金名称#只"}

# --- opening balances -----------------------------------------------------------------------

_BEFORE = Day(2025, 2, 19)
#: Measure → (total of the city, money in yuan; the text that the city published). One of the 342 funds
#: is registered, so the balance holds the others.
_OPENINGS = {
    "funds": (341, "342只"),
    "micro_projects": (150, "150个"),
    "raised": (12_000_000, "1200多万元"),
    "micro_person_times": (200_000, "20万人次"),
}


def _shown() -> Sequence[Submission]:
    """Build the documents, applications and single pieces of work."""
    return [
        *policy_documents(_PLAN, _ROOT),
        *applications(_ROOT, DEMO_DAY, _draw("demonstration")),
        *work_records(_PLAN, DEMO_DAY, _draw("work"), 18),
    ]


def _figures() -> Sequence[OpeningBalance]:
    """Build the opening balances of the 区（市）, which add up to what the city published."""
    counties = list(Area.objects.children_of(_ROOT, DEMO_DAY))
    found = []
    for measure, (total, published) in _OPENINGS.items():
        parts = _draw(measure).parts(total, len(counties), 1, 0.5)
        for county, part in zip(counties, parts, strict=True):
            evidence = f"全市{published}（2025年2月公布），{county}数为演示分解"
            found.append(opening(measure, county, _BEFORE, part, evidence))
    return found


def _records() -> Sequence[Submission]:
    """Build the opening balances, the assessments, the major activities and the talents."""
    return [
        *_shown(),
        *_figures(),
        *people_records(_ROOT, DEMO_DAY, _draw("people", 9001), (2025,)),
    ]


def _draw(ledger: str, first_phone: int = 1) -> Draw:
    return Draw(ledger, first_phone, place=_CITY)


# --- funds and their money ------------------------------------------------------------------

_HOST = Host(
    f"{_CITY}示例慈善总会",
    credit_code("51", 1, "370600"),
    "社会团体",
    Day(2004, 5, 18),
    "演鲁募字〔2024〕第001号",
    Day(2029, 5, 17),
)
#: (number of street funds, number of community funds).
_FUNDS = (9, 29)
_FIRST_FUND_ON, _CLOSED_ON = Day(2025, 1, 2), Day(2026, 6, 30)
#: (year, sum in yuan, number of donations).
_RAISED = ((2025, 1_734_500, 64), (2026, 2_391_800, 88))
_SPENDINGS = 46


def _funds(tree: Tree) -> list[DemoFund]:
    """Draw the funds: the first starts with the year, the last has been closed."""
    draw = _draw("fund places")
    streets: list[Place] = [(street, None) for street in draw.sample(list(tree), _FUNDS[0])]
    places = [*streets, *draw.sample(communities(tree), _FUNDS[1])]
    days = [_FIRST_FUND_ON, *(draw.day(Day(2025, 2, 20)) for _ in places[2:]), Day(2025, 4, 8)]
    funds = []
    for place, since in zip(places, days, strict=True):
        name = f"{_HOST.name}{place[1] or place[0]}慈善基金"
        closed = _CLOSED_ON if place is places[-1] else None
        funds.append(DemoFund(place, name, _HOST, since, closed))
    return funds


# --- projects, spaces, aid ------------------------------------------------------------------

_PROJECTS = tuples(
    "老旧小区落水管维修:环境优化 楼道照明改造:环境优化 邻里便民工具箱:便民利民 助餐送餐到户:便民利民 独居老人应急呼叫铃:纾困扶弱 "
    "困难家庭微心愿:纾困扶弱 残疾人坡道微改造:纾困扶弱 四点半课堂:便民利民"
)
_GROUPS = {"环境优化": "其他", "便民利民": "一老、一小", "纾困扶弱": "一困"}
#: (year, number of micro projects, number of larger ones).
_PROJECT_COUNTS = ((2025, 31, 5), (2026, 33, 7))
_SPACES, _SHOPS = 19, 8
#: (year, number of rows, sum of 人次).
_AIDED = ((2025, 36, 2_870), (2026, 44, 3_610))


def _project_rows(tree: Tree) -> list[Values]:
    draw, survey, rows = _draw("projects"), _draw("surveys"), list[Values]()
    for year, micro, larger in _PROJECT_COUNTS:
        places = draw.sample(communities(tree), micro + larger)
        days = draw.season(year, micro + larger)
        for number, (place, start) in enumerate(zip(places, days, strict=True)):
            rows.append(_project_row(draw, survey, place, start, is_micro=number < micro))
    return by_place(rows)


def _project_row(draw: Draw, survey: Draw, place: Place, start: Day, *, is_micro: bool) -> Values:
    name, category = draw.choice(_PROJECTS)
    budget = draw.choice((3_000, 5_000, 8_000, 12_000) if is_micro else (30_000, 50_000, 80_000))
    end = start + datetime.timedelta(draw.randint(20, 150))
    is_done = end <= DEMO_DAY
    spent = budget * draw.choice((90, 95, 100) if is_done else (30, 50)) // 100
    people = draw.randint(8, 90)
    who = (_GROUPS[category], f"{place[1]}居民互助队", draw.choice(("社区慈善基金", "公益创投")))
    run = (budget, spent, start, end if is_done else None)
    times = (people, people * draw.randint(1, 3), draw.randint(2, 30), False, is_micro)
    said = outcome(survey, people, end if is_done else None, DEMO_DAY)
    return (*place, f"{place[1]}{name}", category, *who, *run, *times, *said, None)


def _scene_rows(tree: Tree) -> list[Values]:
    draw = _draw("scenes")
    kinds = ["慈善空间"] * _SPACES + ["慈善超市"] * _SHOPS
    places = draw.sample(communities(tree), len(kinds))
    days = [draw.day(Day(2025, 3, 5)) for _ in kinds]
    return by_place([scene_row(draw, *line) for line in zip(places, kinds, days, strict=True)])


def _aid_rows(tree: Tree) -> list[Values]:
    draw = _draw("aids")
    return [row for counts in _AIDED for row in aid_rows(draw, tree, *counts)]


# --- the workbooks --------------------------------------------------------------------------


def _contents(kind: str, name: str, sheet: str, rows: Sequence[Values]) -> Contents:
    """Build a workbook with one sheet."""
    return Contents(kind, name, [(sheet, form_for(sheet, f"{_CITY}{name}", _WORDS), rows)])


def _project_form(county: Area) -> Form:
    return form_for("项目", f"{county}小微社区慈善项目统计表", _WORDS)


#: Numbers of organisations on file and of volunteer teams.
_ORGS, _TEAMS = 24, 12


def _write_ledgers(folder: Path) -> list[LedgerFile]:
    tree = read_tree(_ROOT, DEMO_DAY)
    funds = _funds(tree)
    charities = charity_rows(_draw("charities"), [_HOST])
    fund_lines = fund_rows(_draw("funds", 101), funds, "烟演慈")
    projects = county_sheets(_project_rows(tree), by_county(tree), _project_form)
    money = money_rows(_draw("money"), funds, _RAISED, _SPENDINGS)
    orgs = org_rows(_draw("orgs", 501), tree, _ORGS, "烟演备", Day(2024, 1, 1))
    teams = team_rows(_draw("teams", 601), tree, _TEAMS, Day(2024, 1, 1))
    workbooks = (
        _contents("charities", "慈善组织台账", "慈善组织", charities),
        _contents("funds", "社区慈善基金台账", "基金", fund_lines),
        Contents("projects", "慈善项目统计表", projects),
        _contents("money", "社区慈善基金收支明细", "收支", money),
        _contents("scenes", "慈善空间台账", "场景", _scene_rows(tree)),
        _contents("activities", "社区慈善帮扶记录", "帮扶记录", _aid_rows(tree)),
        _contents("orgs", "社区社会组织台账", "组织名册", orgs),
        _contents("teams", "志愿服务队伍台账", "队伍", teams),
        *library_contents(tree, _CITY, DEMO_DAY),
        *emergency_contents(tree, _CITY, DEMO_DAY),
    )
    office = Office(f"{_CITY}民政局", phone="0535-0000000")
    return write_all(folder / "yantai", _ROOT, office, workbooks)


YANTAI = DemoPlace(
    plan=_PLAN,
    root=_ROOT,
    day=DEMO_DAY,
    target_year=2027,
    accounts=accounts_of(
        "yantai",
        (_ROOT, "烟台市民政局"),
        ("370602001", "芝罘区向阳街道"),
        ("37", "山东省"),
    ),
    write_ledgers=_write_ledgers,
    figures=_records,
)
