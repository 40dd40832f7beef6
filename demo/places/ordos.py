"""鄂尔多斯 2024: funds of 城镇社区 in three stages, donation platforms, quarterly guidance."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from areas.models import Area
from demo.demonstration import applications
from demo.ledgers.draw import (
    Draw,
    Place,
    Tree,
    Values,
    by_place,
    communities,
    credit_code,
    read_tree,
    words,
)
from demo.ledgers.forms import form_for
from demo.ledgers.funds import DemoFund, Host, charity_rows, fund_rows
from demo.ledgers.library import library_contents
from demo.ledgers.orgs import org_rows, team_rows
from demo.ledgers.scenes import emergency_contents, scene_row
from demo.ledgers.supervision import (
    by_street,
    complaint_row,
    disclosure_row,
    flat,
    inspection_row,
)
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
from demo.tasks import task_records, work_records
from orgs.models import Charity
from reviews.models import Submission
from supervision.models import AuditOpinion, AuditReport, GuidanceForm, GuidanceVisit

Day = datetime.date

_ROOT, _CITY, _PLAN = "1506", "鄂尔多斯市", "ordos-2024"
_DAY = Day(2025, 12, 31)
_WORDS = {"街道": "苏木乡镇（街道）", "社区": "嘎查村（社区）", "管委会人数": "管理小组人数"}
#: (number of funds, first day, last day) of each stage: 145 of 264 城镇社区 by 2024, 254 by mid-2025,
#: then 257.
_STAGES = (
    (145, Day(2024, 7, 15), Day(2024, 12, 25)),
    (109, Day(2025, 1, 6), Day(2025, 6, 27)),
    (3, Day(2025, 8, 1), Day(2025, 12, 19)),
)
_STREET_FUNDS, _VILLAGE_FUNDS = 28, 15
#: Number of 城镇社区 with a 社区捐助平台, and of those that also have a 社区捐助点.
_PLATFORMS, _POINTS = 247, 62
_FUND_WORDS = words("善聚 暖城 同心 守望 邻里 石榴 天骄 草原 连心 微光")
_BANNERS_OF_OWN_HOST = 2
#: The last day of each quarter, and the number of 旗区 without guidance in it.
_QUARTERS = (
    (Day(2024, 9, 30), 3),
    (Day(2024, 12, 31), 1),
    (Day(2025, 3, 31), 2),
    (Day(2025, 6, 30), 0),
    (Day(2025, 9, 30), 1),
    (Day(2025, 12, 31), 0),
)
#: The days of the audits of 2024, the first of them late.
_AUDIT_DAYS = (Day(2025, 4, 18), Day(2025, 3, 12), Day(2025, 3, 25))


def _draw(ledger: str, first_phone: int = 1) -> Draw:
    return Draw(ledger, first_phone, place=_CITY, until=_DAY)


def _hosts(counties: Mapping[Area, Tree]) -> dict[str, Host]:
    """Return the city's charity, which has 公开募捐资格, under "", and two charities of 旗区 by code."""
    certificate = ("演鄂募字〔2024〕第001号", Day(2029, 3, 19))
    code = credit_code("51", 1, "150600")
    found = {"": Host(f"{_CITY}示例慈善总会", code, "社会团体", Day(2012, 6, 8), *certificate)}
    for number, county in enumerate(list(counties)[-_BANNERS_OF_OWN_HOST:], start=2):
        code = credit_code("51", number, county.code)
        found[county.code] = Host(f"{county}示例慈善会", code, "社会团体", Day(2018, 9, 5))
    return found


def _urban(tree: Tree) -> list[Place]:
    return [(street, area) for street, area in communities(tree) if area.is_urban]


def _fund_places(draw: Draw, tree: Tree) -> list[tuple[Place, Day]]:
    """Draw place and day of every fund: 城镇社区 in stages, then streets and villages."""
    urban = draw.sample(_urban(tree), len(_urban(tree)))
    rural: list[Place] = [pair for pair in communities(tree) if not pair[1].is_urban]
    streets: list[Place] = [(street, None) for street in draw.sample(list(tree), _STREET_FUNDS)]
    found = []
    for number, first, last in _STAGES:
        found += [(urban.pop(), draw.day(first, last)) for _ in range(number)]
    others = [*streets, *draw.sample(rural, _VILLAGE_FUNDS)]
    return found + [(place, draw.day(_STAGES[0][1], _DAY)) for place in others]


def _funds(tree: Tree, hosts: Mapping[str, Host]) -> list[DemoFund]:
    draw, funds = _draw("fund places"), []
    for place, since in _fund_places(draw, tree):
        host = hosts.get(place[0].code[:6], hosts[""])
        word = draw.choice(_FUND_WORDS)
        name = (
            f"{host.name}{place[1]}{word}基金"
            if place[1]
            else f"{host.name}{place[0]}{word}社区基金"
        )
        funds.append(DemoFund(place, name, host, since))
    return funds


def _scene_rows(tree: Tree) -> list[Values]:
    draw, rows = _draw("scenes"), []
    urban = draw.sample(_urban(tree), len(_urban(tree)))
    kinds = [("社区捐助平台", place) for place in urban[:_PLATFORMS]]
    kinds += [("社区捐助点", place) for place in urban[-_POINTS:]]
    for kind, place in kinds:
        since = draw.day(Day(2024, 9, 5), Day(2025, 12, 20))
        rows.append(scene_row(draw, place, kind, since, lacks=draw.choice((0, 0, 0, 1))))
    return by_place(rows)


def _sheets(
    sheet: str, title: str, rows: Sequence[Values], counties: Mapping[Area, Tree]
) -> list[tuple[str, Form, Sequence[Values]]]:
    return county_sheets(rows, counties, lambda county: form_for(sheet, f"{county}{title}", _WORDS))


#: Numbers of organisations on file and of volunteer teams.
_ORGS, _TEAMS = 24, 12


def _write_ledgers(folder: Path) -> list[LedgerFile]:
    tree = read_tree(_ROOT, _DAY)
    counties = by_county(tree)
    hosts = _hosts(counties)
    charities = charity_rows(_draw("charities"), hosts.values())
    charity_form = form_for("慈善组织", f"{_CITY}慈善组织台账", _WORDS)
    funds = fund_rows(_draw("funds", 101), _funds(tree, hosts), "鄂演慈")
    scenes = _sheets("场景", "社区捐助平台和捐助点台账", _scene_rows(tree), counties)
    orgs = org_rows(_draw("orgs", 501), tree, _ORGS, "鄂演备", Day(2023, 1, 1))
    teams = team_rows(_draw("teams", 601), tree, _TEAMS, Day(2023, 1, 1))
    workbooks = (
        Contents("charities", "慈善组织台账", [("慈善组织", charity_form, charities)]),
        Contents("funds", "社区基金台账", _sheets("基金", "社区基金台账", funds, counties)),
        Contents("scenes", "社区捐助平台台账", scenes),
        *_supervision(counties, hosts),
        Contents(
            "orgs", "社区社会组织台账", _sheets("组织名册", "社区社会组织台账", orgs, counties)
        ),
        Contents("teams", "志愿服务队伍台账", _sheets("队伍", "志愿服务队伍台账", teams, counties)),
        *library_contents(tree, _CITY, _DAY),
        *emergency_contents(tree, _CITY, _DAY),
    )
    office = Office(f"{_CITY}民政局", _DAY, "0477-0000000")
    return write_all(folder / "ordos", _ROOT, office, workbooks)


def _supervision(counties: Mapping[Area, Tree], hosts: Mapping[str, Host]) -> list[Contents]:
    """Build disclosures of the charities, hotlines of the 旗区, and one county's cases."""
    since, names = Day(2024, 9, 5), [host.name for host in hosts.values()]
    shown = [disclosure_row(name, 2024, Day(2025, 5, 20)) for name in names[:-1]]
    lines = [
        (
            str(county),
            f"{county}民政局",
            f"0477-{8000000 + at}",
            "微信公众号",
            f"{county}民政",
            since,
        )
        for at, county in enumerate(list(counties)[1:])
    ]
    return [
        flat("disclosures", "慈善组织信息公开台账", "信息公开", shown),
        flat("hotline-notices", "投诉举报电话公布台账", "投诉举报电话", lines),
        *_cases(counties),
    ]


def _cases(counties: Mapping[Area, Tree]) -> list[Contents]:
    """Build the first county's inspections: sound, put right, still open, referred; and complaints,
    one of which was answered late and one not yet."""
    streets = list(next(iter(counties.values())))[:4]
    demand = "补齐支出决议，重新公示"
    checks = [
        inspection_row(streets[0], "东民查2025第1号", Day(2025, 4, 8), "未发现问题", None),
        inspection_row(streets[1], "东民查2025第2号", Day(2025, 5, 12), "责令整改", demand),
        inspection_row(streets[2], "东民查2025第3号", Day(2025, 6, 3), "责令整改", demand),
        inspection_row(streets[3], "东民查2025第4号", Day(2025, 12, 15), "责令整改", demand),
    ]
    mended = [
        (
            "东民查2025第2号",
            "补齐决议2份",
            Day(2025, 5, 28),
            Day(2025, 6, 4),
            "合格",
            "东胜区民政局",
        ),
        (
            "东民查2025第3号",
            "补了部分决议",
            Day(2025, 7, 1),
            Day(2025, 7, 3),
            "不合格",
            "东胜区民政局",
        ),
    ]
    handed = [
        (
            "东民查2025第3号",
            "东胜区市场监督管理局",
            Day(2025, 7, 21),
            "东民移2025第1号",
            "整改不合格，涉嫌违规使用善款",
        )
    ]
    matters = ("反映某基金支出没有公示", "反映捐赠票据迟迟未开", "反映救助对象未经评议")
    days = (Day(2025, 3, 4), Day(2025, 8, 11), Day(2025, 12, 8))
    heard = [
        complaint_row(street, f"东民诉2025第{number}号", day, matter)
        for number, (street, day, matter) in enumerate(
            zip(streets, days, matters, strict=False), start=1
        )
    ]
    told = [
        ("东民诉2025第1号", Day(2025, 3, 20), "部分属实", "已补充公示支出明细并答复"),
        ("东民诉2025第2号", Day(2025, 9, 22), "属实", "已补开票据并答复"),
    ]
    return [
        by_street("inspections", "社区慈善抽查审计台账", "抽查审计", checks, counties),
        flat("rectifications", "抽查审计整改台账", "整改", mended),
        flat("referrals", "抽查审计移交台账", "移交", handed),
        by_street("complaints", "社区慈善投诉举报台账", "投诉举报", heard, counties),
        flat("complaint-answers", "社区慈善投诉答复台账", "投诉答复", told),
    ]


def _records() -> Sequence[Submission]:
    """Build the supervision, the progress of the tasks, and single pieces of work."""
    tasks, work = _draw("tasks"), _draw("work")
    return [
        *_figures(),
        *policy_documents(_PLAN, _ROOT),
        *applications(_ROOT, _DAY, _draw("demonstration")),
        *task_records(_PLAN, _DAY, tasks),
        *work_records(_PLAN, _DAY, work, 30),
        *people_records(_ROOT, _DAY, _draw("people", 9001), (2024,)),
    ]


def _figures() -> Sequence[Submission]:
    """Build the guidance visits of each 旗区 and the audit reports of the charities."""
    return [*_visits(_draw("figures")), *_audits()]


def _visits(draw: Draw) -> Iterator[GuidanceVisit]:
    banners = list(Area.objects.children_of(_ROOT, _DAY))
    for last, without in _QUARTERS:
        idle = draw.sample(banners, without)
        for banner in banners:
            day = draw.day(last - datetime.timedelta(days=80), last)
            if banner not in idle:
                yield GuidanceVisit(
                    area=banner,
                    visited_on=day,
                    guide_name=f"{banner}民政局",
                    form=draw.choice(GuidanceForm.values[:3]),
                    content="查看“社区基金”管理小组议事、收支和公开情况（演示数据）",
                )


def _audits() -> Iterator[AuditReport]:
    """Build the audits of 2024; the first of them is late."""
    for at, charity in enumerate(Charity.objects.approved().order_by("-area_id", "pk")):
        yield AuditReport(
            area_id=charity.area_id,
            charity=charity,
            year="2024",
            reported_on=_AUDIT_DAYS[min(at, len(_AUDIT_DAYS) - 1)],
            auditor="演示会计师事务所",
            opinion=AuditOpinion.UNQUALIFIED,
        )


ORDOS = DemoPlace(
    plan=_PLAN,
    root=_ROOT,
    day=_DAY,
    accounts=accounts_of(
        "ordos",
        (_ROOT, "鄂尔多斯市民政局"),
        ("150602001", "东胜区交通街道"),
        ("15", "内蒙古自治区"),
    ),
    write_ledgers=_write_ledgers,
    figures=_records,
)
