"""渝北区 was abolished on 2026-01-25: five towns went to 北碚区, the rest to the new 两江新区.

Before that day every figure is 渝北区's; from that day on the successors have them all, and no
record is changed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import Role, User
from areas.services import AreaRow, import_areas, register_succession, withdraw_succession
from funds.models import Donation, Fund
from indicators.measures import MEASURES
from indicators.models import AreaSeries, ManualFigure, OpeningBalance, Plan, SeriesLayout
from indicators.progress.progress import progress_of, trend_of
from indicators.progress.services import plans_of_area
from indicators.store.blobs import unpack
from indicators.store.catalogue import layout_keys
from indicators.store.series import differences, recompute_all
from indicators.store.series_reader import views_of
from indicators.store.tree_context import TreeContext
from orgs.models import Training
from reviews.models import Status, Submission
from reviews.services import approve, reopen, submit
from tests.indicators.conftest import HEAD, indicator_text, item_of, run_json
from tests.records.kinds import RECORD_KINDS
from tests.types import Make, Record

Day = datetime.date
ON, EVE = Day(2026, 1, 25), Day(2026, 1, 24)
NEW_YEAR, SUMMER = Day(2025, 12, 31), Day(2026, 6, 30)
YUBEI, BEIBEI, LIANGJIANG, CITY = "500112", "500109", "500157", "5001"
DAWAN, SHICHUAN, SHUANGLONGHU, TIANSHENG = "500112135", "500112142", "500112002", "500109001"
#: 统景、大湾、兴隆、茨竹、大盛: 北碚区 has no towns with these numbers.
TOWNS = {f"{YUBEI}{number}": f"{BEIBEI}{number}" for number in ("133", "135", "138", "140", "143")}

_ROWS = [
    AreaRow("50", "重庆市"),
    AreaRow(CITY, "市辖区"),
    AreaRow(YUBEI, "渝北区"),
    AreaRow(SHUANGLONGHU, "双龙湖街道"),
    AreaRow(f"{SHUANGLONGHU}001", "双湖路社区居委会"),
    *(
        AreaRow(f"{YUBEI}{number}", f"{name}镇")
        for number, name in (
            *(("133", "统景"), ("135", "大湾"), ("138", "兴隆"), ("140", "茨竹"), ("143", "大盛")),
            ("142", "石船"),
        )
    ),
    AreaRow(f"{DAWAN}001", "大湾社区居委会"),
    AreaRow(f"{DAWAN}200", "杉木村村委会"),
    AreaRow(f"{SHICHUAN}001", "石船社区居委会"),
    AreaRow(BEIBEI, "北碚区"),
    AreaRow(TIANSHENG, "天生街道"),
    AreaRow(f"{TIANSHENG}001", "奔月路社区居委会"),
]

_RULES = {
    "funds": ('counting = "stock"\nmeasure = "funds"', "支"),
    "trained": ('counting = "year"\nmeasure = "trained"', "人次"),
    "raised": ('counting = "cumulative"\nmeasure = "raised"', "元"),
    "growth": ('counting = "growth"\nmeasure = "raised"', "%"),
    "towns": ('counting = "coverage"\nmeasure = "funds"\nlevel = 4\nshare = true', "%"),
    "urban": (
        'counting = "coverage"\nmeasure = "trained"\nlevel = 5\nwithin = "year"\n'
        "urban_only = true\nshare = true",
        "%",
    ),
    "reported": ('counting = "manual"', "%"),
}


@pytest.fixture
def plan(db: None, load_text: Callable[..., Plan]) -> Plan:
    """渝北区's plan, from 2025 on."""
    import_areas("50", _ROWS)
    head = HEAD.replace("500103", YUBEI).replace("starts_on = 2026", "starts_on = 2025")
    rules = [indicator_text(rule, code, unit) for code, (rule, unit) in _RULES.items()]
    return load_text(*rules, head=head)


@pytest.fixture
def people(plan: Plan) -> tuple[User, User]:
    """The clerk and the reviewer of the whole of 重庆市."""
    return (
        User.objects.create_user("shiqu", role=Role.CLERK, area_id="50"),
        User.objects.create_user("shiju2", role=Role.REVIEWER, area_id="50"),
    )


@pytest.fixture
def record(make: Make, people: tuple[User, User]) -> Make:
    """`record(Fund, area_id=…)`: a record that was submitted and approved."""

    def factory(model: type[Record], /, **values: object) -> Record:
        row = make(model, **values)
        submit(row, by=people[0], reason="测试")
        approve(row, by=people[1])
        return row

    return factory


_FUNDS = [
    (f"{DAWAN}001", Day(2025, 3, 5)),
    (DAWAN, Day(2025, 9, 1)),
    (f"{SHICHUAN}001", Day(2025, 4, 1)),
    (TIANSHENG, Day(2024, 7, 1)),
]
_TRAININGS = [
    (f"{DAWAN}001", Day(2025, 6, 1), 30),
    (f"{DAWAN}001", Day(2026, 1, 10), 12),
    (SHUANGLONGHU, Day(2026, 1, 20), 7),
    (f"{TIANSHENG}001", Day(2026, 3, 1), 5),
]
_DONATIONS = [
    (DAWAN, Day(2025, 2, 10), 100),
    (DAWAN, Day(2025, 11, 1), 900),
    (DAWAN, Day(2026, 1, 15), 150),
    (SHICHUAN, Day(2025, 3, 1), 200),
    (SHICHUAN, Day(2026, 1, 2), 260),
    (TIANSHENG, Day(2025, 4, 1), 40),
    (TIANSHENG, Day(2026, 5, 1), 60),
]


@pytest.fixture
def records(make: Make, people: tuple[User, User]) -> None:
    """Approved records of 2025 and January 2026 in all three districts."""

    def record(model: type[Submission], area: str, **values: object) -> None:
        by = {"submitted_by": people[0], "reviewed_by": people[1]}
        make(model, area_id=area, status=Status.APPROVED, **by, **values)

    for area, day in _FUNDS:
        level = "street" if len(area) == 9 else "community"
        record(Fund, area, established_on=day, level=level)
    for area, day, times in _TRAININGS:
        record(Training, area, held_on=day, person_times=times)
    for area, day, yuan in _DONATIONS:
        record(Donation, area, donated_on=day, amount_yuan=yuan)
    record(OpeningBalance, YUBEI, measure="raised", as_of=Day(2024, 12, 31), quantity=5000)
    report = {"plan_code": "own", "indicator_code": "reported", "as_of": Day(2025, 9, 30)}
    record(ManualFigure, DAWAN, numerator=8, denominator=10, **report)
    record(ManualFigure, SHICHUAN, numerator=6, denominator=10, **report)
    recompute_all()


def abolish() -> None:
    """Register the successions as announced: first the five towns, then the district."""
    for town, successor in TOWNS.items():
        register_succession(town, successor, ON)
    register_succession(YUBEI, LIANGJIANG, ON, name="两江新区")


def figures(plan: Plan, code: str, day: Day) -> dict[str, tuple[Decimal, Decimal]]:
    """Return (numerator, denominator) of every indicator."""
    items = progress_of(plan, [code], day)[code]
    return {item.indicator.code: (item.figure.numerator, item.figure.denominator) for item in items}


NOTHING = dict.fromkeys(_RULES, (0, 0))

#: Counted by hand from `records`.
YUBEI_2025 = {
    "funds": (3, 1),
    "trained": (30, 1),
    "raised": (5000 + 100 + 900 + 200, 1),
    "growth": (1200, 0),
    "towns": (2, 7),
    "urban": (1, 3),
    "reported": (14, 20),
}
BEIBEI_2025 = {
    "funds": (1, 1),
    "trained": (0, 1),
    "raised": (40, 1),
    "growth": (40, 0),
    "towns": (1, 1),
    "urban": (0, 1),
    "reported": (0, 0),
}
#: 北碚区 with 大湾镇 and four more towns, which bring January's 12 人次 and 150 元.
BEIBEI_2026 = {
    "funds": (3, 1),
    "trained": (12 + 5, 1),
    "raised": (40 + 60 + 100 + 900 + 150, 1),
    "growth": (60 + 150 - (40 + 100), 40 + 100),
    "towns": (2, 6),
    "urban": (2, 2),
    "reported": (8, 10),
}
#: 两江新区: what 渝北区 had, without the five towns.
LIANGJIANG_2026 = {
    "funds": (1, 1),
    "trained": (7, 1),
    "raised": (5000 + 200 + 260, 1),
    "growth": (260 - 200, 200),
    "towns": (1, 2),
    "urban": (0, 2),
    "reported": (6, 10),
}


# --- the figures ------------------------------------------------------------------------------


def test_until_the_eve_everything_is_yubeis(plan: Plan, records: None) -> None:
    before = figures(plan, YUBEI, NEW_YEAR), figures(plan, YUBEI, EVE)
    abolish()
    assert figures(plan, YUBEI, NEW_YEAR) == before[0] == YUBEI_2025
    assert figures(plan, BEIBEI, NEW_YEAR) == BEIBEI_2025
    assert figures(plan, LIANGJIANG, NEW_YEAR) == NOTHING
    assert figures(plan, YUBEI, EVE) == before[1]
    assert figures(plan, LIANGJIANG, EVE) == NOTHING


@pytest.mark.parametrize("is_recomputed", [False, True])
def test_from_the_day_on_the_successors_hold_everything(
    plan: Plan, records: None, is_recomputed: bool
) -> None:
    abolish()
    if is_recomputed:
        recompute_all()
    assert figures(plan, BEIBEI, SUMMER) == BEIBEI_2026
    assert figures(plan, LIANGJIANG, SUMMER) == LIANGJIANG_2026
    for gone in (YUBEI, DAWAN, SHICHUAN, f"{DAWAN}001"):
        assert figures(plan, gone, SUMMER) == figures(plan, gone, ON) == NOTHING
    assert item_of(plan, "funds", YUBEI, SUMMER).state == "no_data"


def test_the_day_itself_is_exact(plan: Plan, records: None) -> None:
    """On 24 January the 12 人次 of 大湾镇 are 渝北区's, on the 25th 北碚区's; February agrees."""
    abolish()
    trained = {
        day: [figures(plan, code, day)["trained"][0] for code in (YUBEI, BEIBEI, LIANGJIANG)]
        for day in (EVE, ON, Day(2026, 1, 31), Day(2026, 2, 1))
    }
    assert trained == {
        EVE: [19, 0, 0],
        ON: [0, 12, 7],
        Day(2026, 1, 31): [0, 12, 7],
        Day(2026, 2, 1): [0, 12, 7],
    }


@pytest.mark.parametrize("day", [NEW_YEAR, EVE, ON, SUMMER, Day(2026, 2, 11)])
def test_the_city_as_a_whole_does_not_notice(plan: Plan, records: None, day: Day) -> None:
    """All areas but the towns of 北碚区 are new, and none is counted twice."""
    before = figures(plan, CITY, day)
    abolish()
    assert figures(plan, CITY, day) == before
    parts = [figures(plan, code, day) for code in (YUBEI, BEIBEI, LIANGJIANG)]
    for name, total in before.items():
        assert sum(part[name][0] for part in parts) == total[0], name


def test_each_street_keeps_its_figures_under_its_new_code(plan: Plan, records: None) -> None:
    before = {code: figures(plan, code, EVE) for code in (DAWAN, f"{DAWAN}001", SHICHUAN)}
    abolish()
    for code, successor in (
        (DAWAN, TOWNS[DAWAN]),
        (f"{DAWAN}001", f"{TOWNS[DAWAN]}001"),
        (SHICHUAN, f"{LIANGJIANG}142"),
    ):
        assert figures(plan, successor, ON) == before[code]


def test_growth_compares_with_the_same_ground(plan: Plan, records: None) -> None:
    """Compared with 北碚区 as it was a year ago, 210 元 against 40 would be a growth of 425 %."""
    abolish()
    assert item_of(plan, "growth", BEIBEI, SUMMER).value == Decimal(70) / 140
    assert item_of(plan, "growth", BEIBEI, Day(2026, 6, 15)).value == Decimal(70) / 140


def test_a_trend_is_drawn_on_the_tree_of_each_month(plan: Plan, records: None) -> None:
    abolish()
    funds = item_of(plan, "funds", BEIBEI, SUMMER).indicator
    now, before = views_of([BEIBEI], SUMMER, TreeContext(BEIBEI))
    trend = trend_of(funds, BEIBEI, now, 8, before)
    assert [figure.numerator for figure in trend] == [1, 1, 3, 3, 3, 3, 3, 3]


# --- records do not change, and new ones follow -------------------------------------------------


def _all_rows() -> dict[str, list[object]]:
    return {
        kind.__name__: list(kind._default_manager.order_by("pk").values_list())
        for kind in RECORD_KINDS
    }


def _stored() -> dict[tuple[str, int], list[object]]:
    """Return the additive series of records that are not all zero."""
    layout = SeriesLayout.objects.get()
    at = [
        position
        for position, key in enumerate(layout_keys(layout))
        if key.kind != "coverage"
        and (key.kind != "measure" or MEASURES[key.measure].record is not None)
    ]
    rows = AreaSeries.objects.values_list("area", "year", "blob")
    found = {(area, year): unpack(blob)[at] for area, year, blob in rows}
    return {name: block.tolist() for name, block in found.items() if block.any()}


def test_no_record_is_touched_and_no_stored_sum_of_records(plan: Plan, records: None) -> None:
    rows, stored = _all_rows(), _stored()
    assert len(stored) > 10
    abolish()
    assert _all_rows() == rows
    assert _stored() == stored
    assert list(differences()) == []


def test_what_is_approved_afterwards_counts_where_its_place_is_by_then(
    plan: Plan, records: None, record: Make
) -> None:
    """A late record of 大湾镇 under its old code, and a new one under the new code."""
    abolish()
    record(Donation, area_id=f"{DAWAN}001", donated_on=Day(2026, 1, 20), amount_yuan=1000)
    record(Donation, area_id=f"{TOWNS[DAWAN]}001", donated_on=Day(2026, 2, 20), amount_yuan=4000)
    raised = {
        code: figures(plan, code, SUMMER)["raised"][0] for code in (BEIBEI, LIANGJIANG, YUBEI)
    }
    assert raised == {
        BEIBEI: BEIBEI_2026["raised"][0] + 5000,
        LIANGJIANG: LIANGJIANG_2026["raised"][0],
        YUBEI: 0,
    }
    assert figures(plan, TOWNS[DAWAN], SUMMER)["raised"][0] == 1150 + 5000
    assert figures(plan, f"{TOWNS[DAWAN]}001", SUMMER)["raised"][0] == 5000
    assert figures(plan, YUBEI, EVE)["raised"][0] == 5000 + 1200 + 410 + 1000
    assert list(differences()) == []


def test_a_record_reopened_in_the_predecessor_leaves_the_successors_coverage(
    plan: Plan, records: None, people: tuple[User, User]
) -> None:
    abolish()
    january = Training.objects.get(held_on=Day(2026, 1, 10))
    reopen(january, by=people[1], reason="核对")
    assert figures(plan, BEIBEI, SUMMER)["urban"] == (1, 2)
    assert list(differences()) == []
    submit(january, by=people[0], reason="测试")
    approve(january, by=people[1])
    assert figures(plan, BEIBEI, SUMMER) == BEIBEI_2026


def test_a_reported_figure_holds_until_the_successor_reports(
    plan: Plan, records: None, record: Make
) -> None:
    """8/10 under the old code and 9/12 under the new one are of one town, not of two."""
    abolish()
    values = {"plan_code": "own", "indicator_code": "reported", "denominator": 12}
    record(ManualFigure, area_id=TOWNS[DAWAN], as_of=Day(2026, 3, 20), numerator=9, **values)
    for code in (BEIBEI, TOWNS[DAWAN]):
        assert figures(plan, code, Day(2026, 3, 19))["reported"] == (8, 10)
        assert figures(plan, code, Day(2026, 3, 20))["reported"] == (9, 12)
        assert figures(plan, code, SUMMER)["reported"] == (9, 12)
    assert figures(plan, CITY, SUMMER)["reported"] == (15, 22)
    assert figures(plan, YUBEI, EVE)["reported"] == (14, 20)
    listed = run_json("lineage", "own", "reported", "--area", CITY, "--on", "2026-06-30")
    assert [(one["area"], one["quantity"]) for one in listed["records"]] == [
        (TOWNS[DAWAN], "9"),
        (SHICHUAN, "6"),
    ]
    assert list(differences()) == []


def test_above_the_counties_a_report_gives_way_alike(
    plan: Plan, records: None, record: Make
) -> None:
    """A prefecture gets another code, with all its counties, and reports anew."""
    values = {"plan_code": "own", "indicator_code": "reported", "denominator": 10}
    record(ManualFigure, area_id=CITY, as_of=Day(2025, 9, 30), numerator=3, **values)
    register_succession(CITY, "5009", ON, name="新市")
    assert figures(plan, "5009", ON)["reported"] == (3 + 14, 30)
    assert figures(plan, "500912", ON)["reported"] == (14, 20)
    record(ManualFigure, area_id="5009", as_of=Day(2026, 2, 10), numerator=5, **values)
    for code in ("50", "5009"):
        assert figures(plan, code, Day(2026, 2, 9))["reported"] == (3 + 14, 30)
        assert figures(plan, code, SUMMER)["reported"] == (5 + 14, 30)
    assert figures(plan, CITY, SUMMER) == NOTHING
    assert list(differences()) == []


def test_taken_back_every_figure_is_as_before(plan: Plan, records: None) -> None:
    asked = [(code, day) for code in (YUBEI, BEIBEI, CITY, DAWAN) for day in (EVE, ON, SUMMER)]
    before = [figures(plan, code, day) for code, day in asked]
    stored = list(AreaSeries.objects.order_by("area", "year").values_list("area", "year", "blob"))
    rows = [register_succession(town, new, ON) for town, new in TOWNS.items()]
    rows.append(register_succession(YUBEI, LIANGJIANG, ON, name="两江新区"))
    assert [figures(plan, code, day) for code, day in asked] != before
    for row in reversed(rows):
        withdraw_succession(row)
    assert [figures(plan, code, day) for code, day in asked] == before
    assert stored == list(
        AreaSeries.objects.order_by("area", "year").values_list("area", "year", "blob")
    )


# --- pages --------------------------------------------------------------------------------------


def test_the_progress_command_says_whose_figures_are_whose(plan: Plan, records: None) -> None:
    abolish()

    def funds(area: str, on: str) -> tuple[str | None, str]:
        report = run_json("progress", "own", "--area", area, "--on", on)
        return report["indicators"][0]["value"], report["indicators"][0]["status"]

    assert funds(YUBEI, "2025-12-31") == ("3", "no_target")
    assert funds(YUBEI, "2026-06-30") == (None, "no_data")
    assert funds(LIANGJIANG, "2025-12-31") == (None, "no_data")
    assert funds(LIANGJIANG, "2026-06-30") == ("1", "no_target")
    assert funds(BEIBEI, "2026-06-30") == ("3", "no_target")


def test_the_lineage_command_lists_old_records_under_their_old_codes(
    plan: Plan, records: None
) -> None:
    abolish()

    def areas(indicator: str, area: str, on: str) -> list[str]:
        found = run_json("lineage", "own", indicator, "--area", area, "--on", on)
        return [one["area"] for one in found["records"]]

    assert areas("funds", BEIBEI, "2026-06-30") == [TIANSHENG, DAWAN, f"{DAWAN}001"]
    assert areas("funds", LIANGJIANG, "2026-06-30") == [f"{SHICHUAN}001"]
    assert areas("funds", YUBEI, "2026-06-30") == []
    assert areas("funds", YUBEI, "2026-01-24") == [DAWAN, f"{DAWAN}001", f"{SHICHUAN}001"]
    assert areas("towns", BEIBEI, "2026-06-30") == [TIANSHENG, DAWAN, f"{DAWAN}001"]
    assert areas("urban", BEIBEI, "2026-06-30") == [f"{TIANSHENG}001", f"{DAWAN}001"]


def test_the_desk_of_a_street_shows_its_old_records_and_no_other_streets(
    plan: Plan, records: None, visit_as: Callable[[str, str], Client]
) -> None:
    """大湾镇's present clerk belongs to 北碚区 and sees the records of 渝北区's 大湾镇."""
    abolish()
    client = visit_as("dawan", TOWNS[DAWAN])
    assert [one.code for one in plans_of_area(TOWNS[DAWAN])] == ["own"]
    page = client.get(f"/dashboard/own/{TOWNS[DAWAN]}/?on=2026-06-30")
    assert page.status_code == 200
    values = {str(card["indicator"].code): card["value"] for card in page.context["annex_cards"]}
    assert (values["funds"], values["trained"], values["raised"]) == ("2", "12", "1150")
    assert [row["area"].code for row in page.context["table"]] == [
        f"{TOWNS[DAWAN]}001",
        f"{TOWNS[DAWAN]}200",
    ]
    assert client.get(f"/dashboard/own/{LIANGJIANG}142/?on=2026-06-30").status_code == 404


def test_the_desk_of_the_district_shows_its_towns_of_the_day(
    plan: Plan, records: None, visit_as: Callable[[str, str], Client]
) -> None:
    abolish()
    client = visit_as("beibei", BEIBEI)

    def children(on: str) -> list[str]:
        table = client.get(f"/dashboard/own/{BEIBEI}/?on={on}").context["table"]
        return [row["area"].code for row in table]

    assert children("2026-01-24") == [TIANSHENG]
    assert children("2026-01-25") == [TIANSHENG, *TOWNS.values()]


def test_the_chart_of_a_new_district_begins_with_it(
    plan: Plan, records: None, visit_as: Callable[[str, str], Client]
) -> None:
    """In 2025 there was no 两江新区, so nothing is drawn, not a line at 0."""
    abolish()
    page = visit_as("liangjiang", LIANGJIANG).get(f"/dashboard/own/{LIANGJIANG}/?on=2026-06-15")
    trend = page.context["trend"]
    assert trend["labels"][29:31] == ["2025年12月", "2026年1月"]
    assert trend["series"][0]["values"] == [None] * 30 + [1.0] * 6


@pytest.fixture
def visit_as(db: None, client: Client) -> Callable[[str, str], Client]:
    """`visit_as(name, area)`: a client of a new observer of the area."""

    def visit(name: str, area: str) -> Client:
        client.force_login(User.objects.create_user(name, role=Role.OBSERVER, area_id=area))
        return client

    return visit
