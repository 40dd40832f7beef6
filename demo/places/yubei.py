"""渝北 2021–2023: organisations in three tiers and their training; the district was abolished in 2026."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from areas.models import Area, AreaSuccession
from areas.services import register_succession
from demo.demonstration import applications
from demo.figures import manual
from demo.ledgers.activities import publicity, teaching
from demo.ledgers.draw import (
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
from demo.ledgers.library import library_contents
from demo.ledgers.orgs import org_traits
from demo.ledgers.scenes import emergency_contents
from demo.ledgers.workbook import Form, Office
from demo.people import people_records
from demo.place import Contents, DemoPlace, LedgerFile, accounts_of, write_all
from demo.policies import policy_documents
from demo.tasks import work_records
from indicators.models import ManualFigure
from reviews.models import Submission

Day = datetime.date

_ROOT, _LABEL, _PLAN = "500112", "重庆市渝北区民政局", "yubei-2021"
_DAY = Day(2023, 12, 31)
_WORDS = {"街道": "镇街", "社区": "村（社区）"}

# --- organisations --------------------------------------------------------------------------

#: Tier → (year, number of organisations set up).
_TIERS = {
    "登记": ((2019, 8), (2020, 6), (2021, 8), (2022, 9), (2023, 11)),
    "街道管理": ((2019, 18), (2020, 16), (2021, 22), (2022, 30), (2023, 26)),
    "社区指导": ((2020, 24), (2021, 30), (2022, 44), (2023, 48)),
}
#: One in `_CLOSED_EACH` of the organisations set up before the day closed on it.
_CLOSED_EACH, _CLOSING_DAY = 29, Day(2023, 6, 30)
_REGISTERED = tuples(
    "益家为民服务中心:为民服务类 康宁养老照护中心:养老照护类 善行公益慈善服务中心:公益慈善类 朝阳文化体育服务中心:文体娱乐类"
)
_OF_STREETS = tuples(
    "便民维修协会:为民服务类 银龄互助协会:养老照护类 志愿帮扶协会:公益慈善类 合唱协会:文体娱乐类"
)
_URBAN = tuples(
    "楼栋互助队:为民服务类 邻里探望队:养老照护类 红马甲公益队:公益慈善类 坝坝舞队:文体娱乐类 书画社:文体娱乐类"
)
_RURAL = tuples("柑橘技术互助社:农业农村服务类 农机互助队:农业农村服务类 红白理事会:为民服务类")

#: (place, name, category) of an organisation.
_Org = tuple[Place, str, str]


def _draw(ledger: str, first_phone: int = 1) -> Draw:
    return Draw(ledger, first_phone, place="渝北", until=_DAY)


def _candidates(draw: Draw, tree: Tree, tier: str) -> list[_Org]:
    """Return possible organisations; a registered one is named as 渝北民〔2021〕114号 requires."""
    if tier == "街道管理":
        return [
            ((street, None), f"{street}{name}", category)
            for street in tree
            for name, category in _OF_STREETS
        ]
    found: list[_Org] = []
    for street, area in communities(tree):
        if tier == "登记":
            name, category = draw.choice(_REGISTERED)
            found.append(((street, area), f"渝北区{area}{name}", category))
        else:
            name, category = draw.choice(_URBAN if area.is_urban else _RURAL)
            found.append(((street, area), f"{area}{name}", category))
    return found


def _org_rows(tree: Tree) -> list[Values]:
    draw, rows = _draw("orgs", 1001), list[Values]()
    for tier, years in _TIERS.items():
        number = sum(times for _, times in years)
        orgs = iter(draw.sample(_candidates(draw, tree, tier), number))
        for year, times in years:
            for _ in range(times):
                since = draw.day(Day(year, 1, 5), Day(year, 12, 20))
                rows.append(_org_row(draw, tier, next(orgs), since, len(rows)))
    return by_place(rows)


def _org_row(draw: Draw, tier: str, org: _Org, since: Day, number: int) -> Values:
    place, name, category = org
    code = credit_code("52", 100 + number, _ROOT) if tier == "登记" else None
    filing = None if code else f"渝北演备〔{since.year}〕{number:03d}号"
    is_closed = number % _CLOSED_EACH == 0 and since < _CLOSING_DAY
    until = _CLOSING_DAY if is_closed else None
    people = (draw.randint(8, 60), draw.choice((None, 1, 2, 3, 5)))
    line = (name, category, tier, filing, code, since, until, *draw.leader(), *people)
    traits = org_traits(_draw(f"traits {number}"), category, since)
    return (*place, *line, *traits, None)


# --- activities and trainings ---------------------------------------------------------------

#: (year, number of activities) of the four series.
_ACTIVITIES = ((2021, 42), (2022, 66), (2023, 88))
_THEMES = tuples(
    "邻里守望:空巢老人结对探访 邻里守望:残疾人居家服务日 邻里守望:困境儿童周末陪伴 共建共治共享:小区自管会议事 "
    "共建共治共享:院坝协商会 共创平安:邻里纠纷调解日 共创平安:防灾减灾演练 共创平安:垃圾分类劝导 文化铸魂:红白理事会新风宣讲 "
    "文化铸魂:邻里文化节 文化铸魂:家风故事会"
)
#: (year, number of trainings) for people who run organisations.
_TRAININGS = ((2021, 5), (2022, 9), (2023, 12))
_COURSES = tuples(
    "社区社会组织负责人能力提升班:社区社会组织负责人 社会工作实务培训:社区社会工作者 志愿服务项目设计工作坊:社区志愿者 "
    "城乡社区治理专题培训:城乡社区工作者 儿童主任业务培训:儿童主任"
)


def _activity_rows(tree: Tree) -> list[Values]:
    draw, rows = _draw("activities"), list[Values]()
    for year, number in _ACTIVITIES:
        for day in draw.season(year, number):
            street, community = draw.choice(communities(tree))
            series, theme = draw.choice(_THEMES)
            kind = (draw.choice(("活动", "活动", "活动、宣传")), series, str(community))
            times = (draw.randint(15, 180), draw.randint(3, 24))
            name = f"{community}{theme}"
            told = publicity(name, day, kind[0])
            rows.append((day, name, street, community, *kind, *times, None, *told, None))
    return rows


def _training_rows(tree: Tree) -> list[Values]:
    draw, rows = _draw("trainings"), list[Values]()
    for year, number in _TRAININGS:
        streets = draw.sample(list(tree), number)
        for day, street in zip(draw.season(year, number), streets, strict=True):
            course, audience = draw.choice(_COURSES)
            people = draw.randint(24, 70)
            name = f"{street}{course}"
            line = (name, street, _OFFICE.name, audience, people, people)
            rows.append((day, *line, *teaching(name, audience), None))
    return rows


# --- the workbooks and the figures ----------------------------------------------------------

_OFFICE = Office("重庆市渝北区民政局", _DAY)
#: The year that organisations disclosed, the days on which they did, and the last one of all.
_DISCLOSED, _DISCLOSED_ON, _LAST_DISCLOSED_ON = 2022, Day(2023, 2, 6), Day(2023, 4, 20)
_SHOWN = ("决策事项", "资金使用情况", "活动开展情况")
#: When 骨干人才 were counted, and how many of each 镇街 were still to be trained.
_COUNTED_ON = ((Day(2022, 12, 31), 9), (Day(2023, 6, 30), 4), (_DAY, 0))


def _form(sheet: str, title: str) -> Form:
    return form_for(sheet, title, _WORDS)


def _org_sheets(tree: Tree) -> list[tuple[str, Form, Sequence[Values]]]:
    """Build one sheet per 镇街, whose title names the street once."""
    rows, sheets = _org_rows(tree), list[tuple[str, Form, Sequence[Values]]]()
    for street in tree:
        own = [row[1:] for row in rows if row[0] == street]
        sheets.append((str(street), _form("组织", f"渝北区{street}社区社会组织台账"), own))
    return [sheet for sheet in sheets if sheet[2]]


def _disclosure_rows(sheets: Sequence[tuple[str, Form, Sequence[Values]]]) -> list[Values]:
    """Build what three in five organisations disclosed of a year in their communities."""
    draw, rows = _draw("disclosures"), list[Values]()
    orgs = [(row[1], row[6], row[7]) for _, _, lines in sheets for row in lines]
    told = Counter(name for name, _, _ in orgs)
    for name, since, until in orgs:
        if since.year <= _DISCLOSED and until is None and told[name] == 1 and draw.random() < 0.6:
            what = draw.choice(_SHOWN)
            day = draw.day(_DISCLOSED_ON, _LAST_DISCLOSED_ON)
            platform = draw.choice(("公示栏", "公示栏", "微信公众号等新媒体"))
            rows.append((name, what, f"{name}{_DISCLOSED}年{what}", str(_DISCLOSED), day, platform))
    return rows


def _write_ledgers(folder: Path) -> list[LedgerFile]:
    tree = read_tree(_ROOT, _DAY)
    activities = _form("活动宣传", "渝北区社区社会组织四个系列活动记录")
    trainings = _form("人才培训", "渝北区社区社会组织骨干人才培训记录")
    records = (
        ("活动宣传", activities, _activity_rows(tree)),
        ("人才培训", trainings, _training_rows(tree)),
    )
    orgs, name = _org_sheets(tree), "社区社会组织信息公开台账"
    shown = form_for("信息公开", f"渝北区{name}", {"慈善组织": "社区社会组织"})
    workbooks = (
        Contents("orgs", "社区社会组织台账", orgs),
        Contents("activities", "活动培训记录", records),
        Contents("disclosures", name, [("信息公开", shown, _disclosure_rows(orgs))]),
        *library_contents(tree, "渝北区", _DAY),
        *emergency_contents(tree, "渝北区", _DAY),
    )
    return write_all(folder / "yubei", _ROOT, _OFFICE, workbooks)


def _shown() -> Sequence[Submission]:
    """Build the documents, applications and single pieces of work."""
    return [
        *policy_documents(_PLAN, _ROOT),
        *applications(_ROOT, _DAY, _draw("demonstration")),
        *work_records(_PLAN, _DAY, _draw("work"), 28),
    ]


def _figures() -> Sequence[ManualFigure]:
    """Build the figures of how many 骨干人才 each 镇街 had trained on each of the days."""
    draw, found = _draw("figures"), []
    for street in read_tree(_ROOT, _DAY):
        number = draw.randint(12, 24)
        for day, untrained in _COUNTED_ON:
            done = (number - untrained, number)
            found.append(manual(_PLAN, "leaders_trained", street, day, done, "骨干人才花名册"))
    return found


def _records() -> Sequence[Submission]:
    """Build the figures, the assessments, the major activities and the talents."""
    years = (2021, 2022, 2023)
    return [*_shown(), *_figures(), *people_records(_ROOT, _DAY, _draw("people", 9001), years)]


# --- the abolition --------------------------------------------------------------------------

_ABOLISHED_ON = Day(2026, 1, 25)
_BEIBEI, _LIANGJIANG = "500109", ("500157", "两江新区")
#: 统景、大湾、兴隆、茨竹、大盛 and their codes in 北碚区, where no town has them.
_TOWNS_OF_BEIBEI = {
    "500112133": "500109133",
    "500112135": "500109135",
    "500112138": "500109138",
    "500112140": "500109140",
    "500112143": "500109143",
}


@transaction.atomic
def _abolish() -> None:
    """Abolish 渝北区: five towns go to 北碚区, all others to the new 两江新区."""
    if AreaSuccession.objects.filter(predecessor=_ROOT).exists():
        return
    for town, successor in _TOWNS_OF_BEIBEI.items():
        name = Area.objects.get(code=town).name
        register_succession(town, successor, _ABOLISHED_ON, name=name)
    register_succession(_ROOT, _LIANGJIANG[0], _ABOLISHED_ON, name=_LIANGJIANG[1])


YUBEI = DemoPlace(
    plan=_PLAN,
    root=_ROOT,
    day=_DAY,
    accounts=accounts_of(
        "yubei",
        (_ROOT, "渝北区民政局"),
        ("500112002", "双龙湖街道"),
        ("50", "重庆市"),
    ),
    write_ledgers=_write_ledgers,
    figures=_records,
    aftermath=_abolish,
    neighbours=(_BEIBEI,),
)
