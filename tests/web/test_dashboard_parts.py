"""The parts of the dashboard beside the figures: comparison, ranking, changes, filing, goals,
trend.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from funds.models import Donation, Fund
from indicators.models import Indicator, Plan, Target, TargetAllocation
from indicators.progress.progress import progress_of
from indicators.store.series import ensure_layout
from orgs.models import CommunityOrg, Training
from reports.editions.sealing import seal
from reports.filing.preparing import prepare_reports
from reports.models import Report
from tests.conftest import DISTRICT, HUAYIPO, JIEFANGBEI, MINSHENGLU, NEIGHBOUR, QIXINGGANG
from tests.types import Make, Response, Visit
from tests.web.test_chinese import english_in

pytestmark = pytest.mark.once  # pages; their figures are tested on both databases

Day = datetime.date

URL = f"/dashboard/yuzhong-2026/{DISTRICT}/"
STREET = f"/dashboard/yuzhong-2026/{QIXINGGANG}/"
ON = "2026-06-15"

#: `page(url, **query)`: opens a dashboard.
Page = Callable[..., Response]


@pytest.fixture
def page(yuzhong: Plan, visit: Visit, shiju: User) -> Page:
    """`page(on="2026-06-15")`: the district's dashboard as its reviewer opens it."""
    client = visit(shiju)

    def open_(url: str = URL, **query: str) -> Response:
        answer = client.get(url, query)
        assert answer.status_code == 200
        return answer

    return open_


def _named(rows: Any, name: str) -> Any:
    return next(row for row in rows if row["indicator"].name == name)


# --- comparison -----------------------------------------------------------------------------


def test_two_days_stand_side_by_side(page: Page, approved: Make) -> None:
    approved(Fund, established_on=Day(2026, 3, 10))
    approved(Fund, established_on=Day(2026, 6, 10))
    found = page(on=ON, against="2026-04-15").context["comparison"]
    row = _named(found["rows"], "社区慈善基金")
    assert (row["here"], row["there"], row["difference"]) == ("2", "1", "+1支")
    assert found["there"] == "渝中区，2026年4月15日"


def test_two_streets_stand_side_by_side(page: Page, approved: Make) -> None:
    approved(Fund, area_id=HUAYIPO)
    for _ in range(3):
        approved(Fund, area_id=MINSHENGLU)
    answer = page(STREET, on=ON, **{"with": JIEFANGBEI})
    row = _named(answer.context["comparison"]["rows"], "社区慈善基金")
    assert (row["here"], row["there"], row["difference"]) == ("1", "3", "-2支")
    assert JIEFANGBEI in {area.code for area in answer.context["siblings"]}


@pytest.mark.parametrize("code", [JIEFANGBEI, NEIGHBOUR, "50", "999999"])
def test_what_is_out_of_scope_is_not_compared_with(
    yuzhong: Plan, visit: Visit, jiedao: User, code: str
) -> None:
    client = visit(jiedao)
    assert client.get(STREET).context["siblings"] == []
    assert client.get(STREET, {"with": code}).status_code == 404


@pytest.mark.parametrize("day", ["2026-02-30", "x", "0001-01-01"])
def test_no_day_to_compare_with_is_not_found(
    yuzhong: Plan, visit: Visit, shiju: User, day: str
) -> None:
    assert visit(shiju).get(URL, {"against": day}).status_code == 404


# --- ranking --------------------------------------------------------------------------------


def test_the_areas_below_are_ranked_and_equal_values_share_a_place(
    page: Page, approved: Make
) -> None:
    for area, number in ((QIXINGGANG, 2), (JIEFANGBEI, 5), (f"{DISTRICT}004", 2)):
        for _ in range(number):
            approved(Training, area_id=area, held_on=Day(2026, 6, 1), person_times=1)
    found = page(on=ON, rank="trained").context["ranking"]
    assert found["indicator"].code == "trained"
    places = [(row["place"], row["area"].code, row["text"]) for row in found["first"]]
    assert places[:4] == [
        (1, JIEFANGBEI, "5人次"),
        (2, QIXINGGANG, "2人次"),
        (2, f"{DISTRICT}004", "2人次"),
        (4, f"{DISTRICT}005", "0人次"),
    ]
    assert len(places) == 11


def test_the_ranking_says_what_moved_at_each_area_since_the_last_report(
    page: Page, approved: Make
) -> None:
    approved(Fund, area_id=HUAYIPO, established_on=Day(2026, 3, 10))
    approved(Fund, area_id=MINSHENGLU, established_on=Day(2026, 3, 10))
    approved(Fund, area_id=MINSHENGLU, established_on=Day(2026, 7, 10))
    approved(Fund, area_id=MINSHENGLU, established_on=Day(2026, 4, 1), closed_on=Day(2026, 7, 31))
    approved(Fund, area_id=HUAYIPO, established_on=Day(2026, 7, 5))
    ranking = page(on="2026-08-01").context["ranking"]
    moved = {row["area"].code: row["difference"] for row in ranking["first"]}
    assert (moved[QIXINGGANG], moved[JIEFANGBEI]) == ("+1支", "持平")
    assert set(moved.values()) == {"+1支", "持平"}


def test_an_unknown_indicator_ranks_by_the_first(page: Page) -> None:
    assert page(rank="' OR 1=1").context["ranking"]["indicator"].code == "funds"


# --- changes since the last report ----------------------------------------------------------


def test_before_any_report_the_last_months_end_is_compared_with(page: Page, approved: Make) -> None:
    approved(Fund, established_on=Day(2026, 3, 10))
    approved(Fund, established_on=Day(2026, 6, 10))
    answer = page(on=ON)
    assert answer.context["since"].label == "2026年5月底"
    move = _named(answer.context["moves"], "社区慈善基金")
    assert (move["then"], move["now"], move["difference"]) == ("1支", "2支", "+1支")


def test_after_a_due_day_nobody_filed_its_figures_are_counted(page: Page, approved: Make) -> None:
    approved(Fund, established_on=Day(2026, 3, 10))
    approved(Fund, established_on=Day(2026, 7, 10))
    answer = page(on="2026-08-01")
    assert answer.context["since"].label == "2026年6月30日（上次报送日）"
    assert _named(answer.context["moves"], "社区慈善基金")["difference"] == "+1支"


def test_a_sealed_report_is_compared_with_as_it_was_sealed(
    page: Page, approved: Make, yuzhong: Plan, shiju: User
) -> None:
    """A record entered later for a day before the report counts as a change since the report."""
    approved(Fund, established_on=Day(2026, 3, 10))
    _seal(Day(2026, 6, 30), shiju)
    approved(Fund, established_on=Day(2026, 5, 5))
    answer = page(on="2026-08-01")
    assert answer.context["since"].label == "2026年6月报告"
    move = _named(answer.context["moves"], "社区慈善基金")
    assert (move["then"], move["now"]) == ("1支", "2支")


def _seal(due: Day, by: User) -> Report:
    prepare_reports(due)
    report = Report.objects.get(due_on=due)
    seal(report, by=by, on=due)
    return report


# --- filing ---------------------------------------------------------------------------------


def test_how_the_report_stands_is_said(page: Page, approved: Make, shiju: User) -> None:
    approved(Fund)
    prepare_reports(Day(2026, 6, 15))
    report = Report.objects.get(area=DISTRICT)

    def said(on: str) -> str:
        return page(on=on).context["sentence"].rpartition("，")[2]

    assert said("2026-06-15") == "2026年6月报告待报。"
    assert said("2026-07-02") == "2026年6月报告逾期。"
    seal(report, by=shiju, on=Day(2026, 6, 30))
    assert said("2026-07-02") == "2026年6月报告已报。"


def test_streets_that_file_are_counted_and_listed(
    page: Page, approved: Make, few_streets: Plan, jiedao: User
) -> None:
    approved(Fund)
    prepare_reports(Day(2026, 6, 15))
    seal(Report.objects.get(area=QIXINGGANG), by=jiedao, on=Day(2026, 6, 15))
    answer = page(on="2026-07-02")
    assert answer.context["sentence"].endswith("，3个街道中1个已报。")
    below = {place.area.code: place.state.label for place in answer.context["filing"].below}
    assert below.pop(QIXINGGANG) == "已报"
    assert set(below.values()) == {"逾期"} and len(below) == 2


def test_where_nobody_files_nothing_is_said(page: Page) -> None:
    answer = page(on=ON)
    assert answer.context["filing"] is None
    assert answer.context["sentence"].endswith("；数据截至2026年6月15日。")


# --- goals ----------------------------------------------------------------------------------


def test_a_coverage_names_who_falls_short(page: Page, approved: Make) -> None:
    approved(Fund, area_id=QIXINGGANG, level="street")
    goal = _named(page(on=ON).context["goals"], "街道社区慈善基金覆盖面")
    assert goal["missing"].startswith("尚未达标的街道10个：解放碑街道、")
    assert "七星岗街道" not in goal["missing"]


def test_above_a_county_those_short_are_counted_below(
    yuzhong: Plan, visit: Visit, shengting: User, approved: Make
) -> None:
    approved(Fund, area_id=QIXINGGANG, level="street")
    answer = visit(shengting).get("/dashboard/yuzhong-2026/5001/", {"on": ON})
    goal = _named(answer.context["goals"], "街道社区慈善基金覆盖面")
    assert goal["missing"].startswith("尚未达标的街道11个，分布在渝中区（10）、江北区（1）")


# --- states and what is ahead ---------------------------------------------------------------


def test_a_street_with_a_share_has_a_state_in_word_and_shape(
    page: Page, approved: Make, yuzhong: Plan
) -> None:
    approved(Fund, area_id=HUAYIPO)
    target = Target.objects.get(indicator__code="funds", due_on="2026-12-31", place="annex")
    TargetAllocation.objects.create(target=target, area_id=QIXINGGANG, value=Decimal(1))
    answer = page(on=ON)
    cell = next(row for row in answer.context["table"] if row["area"].code == QIXINGGANG)
    assert (cell["cells"][0]["state"].label, cell["cells"][0]["shape"]) == ("已完成", "✓")
    assert answer.context["is_shared"]
    row = answer.content.decode().split('id="heat"')[1].split("七星岗街道</a>")[1][:400]
    assert "✓" in row
    assert "已完成" in row


def test_the_staircase_is_the_target_due_next(page: Page, approved: Make) -> None:
    approved(Fund)
    trend = page(on="2027-02-28").context["trend"]
    funds = next(series for series in trend["series"] if series["code"] == "funds")
    steps = dict(zip(trend["labels"], funds["targets"], strict=True))
    assert [steps[f"{year}年12月"] for year in (2025, 2026, 2027)] == [19.0, 19.0, 27.0]


def test_the_projection_runs_from_the_figure_to_what_is_expected_on_the_due_day(
    page: Page, approved: Make, yuzhong: Plan
) -> None:
    for month in (2, 3, 4, 5):
        approved(Fund, established_on=Day(2026, month, 3))
    trend = page(on=ON).context["trend"]
    funds = next(series for series in trend["series"] if series["code"] == "funds")
    item = progress_of(yuzhong, [DISTRICT], Day(2026, 6, 15))[DISTRICT][0]
    line = funds["projection"]
    assert line[trend["behind"] - 1] == funds["values"][-1] == 4.0
    assert trend["labels"][-1] == "2026年12月"
    assert item.projection is not None
    assert line[-1] == pytest.approx(float(item.projection), abs=0.01)
    assert funds["low"][-1] <= line[-1] <= funds["high"][-1]


def test_a_year_without_a_target_names_the_next_one_where_there_is_one(
    page: Page, approved: Make, yuzhong: Plan
) -> None:
    approved(Fund)
    answer = page(on="2028-03-15")  # targets of 2027 and 2029
    card = _named(answer.context["annex_cards"], "社区慈善基金")
    assert (card["state"].label, card["next"], card["next_due"].year) == ("未设目标", "≥35", 2029)
    assert "九项指标：9项本年未设目标；" in answer.context["sentence"]


def test_the_plans_target_is_no_target_of_a_street(page: Page, approved: Make) -> None:
    approved(Fund)
    answer = page(STREET, on=ON)
    assert {card["next"] for card in answer.context["annex_cards"]} == {""}
    assert "9项未设目标；" in answer.context["sentence"]
    assert "本级未设目标" in answer.content.decode()


# --- shapes of the page ---------------------------------------------------------------------


def test_without_any_record_the_page_says_what_to_do(
    yuzhong: Plan, visit: Visit, request: pytest.FixtureRequest
) -> None:
    words = {
        "quji": "导入台账",
        "shiju": "审核下级提交的记录",
        "shengting": "下级填报并经审核通过后",
    }
    for name, said in words.items():
        answer = visit(request.getfixturevalue(name)).get(URL)
        assert answer.context["is_empty"]
        body = answer.content.decode().split("还没有可统计的记录")[1]
        assert said in body
        assert "无数据" in answer.content.decode()  # a growth without a year before


@pytest.mark.parametrize("shape", ["screen", "print"])
def test_the_big_screen_and_the_print_show_the_same_figures(
    page: Page, approved: Make, shape: str
) -> None:
    approved(CommunityOrg)
    approved(Fund)
    usual, other = page(on=ON), page(on=ON, **{shape: "1"})
    text = other.content.decode()
    assert english_in(text) == set()
    for card in usual.context["annex_cards"]:
        assert card["indicator"].name in text
        assert f">{card['value']}" in text
    assert "导出 Excel" not in text


def test_a_figure_opens_beside_the_page_without_the_shell(
    yuzhong: Plan, visit: Visit, shiju: User, approved: Make
) -> None:
    fund = approved(Fund)
    client = visit(shiju)
    url = f"/figures/yuzhong-2026/funds/{QIXINGGANG}/?on={ON}"
    part, whole = client.get(f"{url}&part=1"), client.get(url)
    assert fund.name in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "<html" in whole.content.decode()


# --- how values are written -----------------------------------------------------------------


def test_a_difference_is_that_of_the_values_as_written(page: Page, approved: Make) -> None:
    approved(Donation, amount_yuan=Decimal("12300"), donated_on=Day(2026, 5, 2))
    approved(Donation, amount_yuan=Decimal("1"), donated_on=Day(2026, 6, 2))
    answer = page(on=ON, rank="raised", against="2026-06-01")
    row = _named(answer.context["comparison"]["rows"], "社区慈善累计筹集款物")
    assert (row["here"], row["there"], row["difference"]) == ("1.23", "1.23", "持平")
    assert answer.context["ranking"]["first"][0]["difference"] == "持平"
    approved(Donation, amount_yuan=Decimal("49"), donated_on=Day(2026, 6, 2))
    row = _named(
        page(on=ON, against="2026-06-01").context["comparison"]["rows"], row["indicator"].name
    )
    assert (row["here"], row["there"], row["difference"]) == ("1.24", "1.23", "+0.01万元")


def test_an_indicator_the_sealed_report_did_not_have_is_counted_on_its_day(
    page: Page, approved: Make, yuzhong: Plan, shiju: User
) -> None:
    approved(Fund, established_on=Day(2026, 3, 10))
    _seal(Day(2026, 6, 30), shiju)
    fresh = Indicator.objects.get(code="funds")
    fresh.pk, fresh.code, fresh.position, fresh.name = None, "fresh", 99, "后来增加的指标"
    fresh.save()
    assert page(on="2026-08-01").context["moves"] == []
    approved(Fund, established_on=Day(2026, 7, 10))
    move = _named(page(on="2026-08-01").context["moves"], "后来增加的指标")
    assert (move["then"], move["now"], move["difference"]) == ("1支", "2支", "+1支")


def test_a_correction_is_what_was_reported_last(
    page: Page, approved: Make, yuzhong: Plan, shiju: User
) -> None:
    approved(Fund, established_on=Day(2026, 3, 10))
    report = _seal(Day(2026, 6, 30), shiju)
    approved(Fund, established_on=Day(2026, 5, 5))
    seal(report, by=shiju, on=Day(2026, 8, 1), reason="补登记")
    assert page(on="2026-08-02").context["moves"] == []


# --- leap years -----------------------------------------------------------------------------


def test_growth_up_to_28_february_leaves_out_the_29th_of_the_year_before(
    page: Page, approved: Make, yuzhong: Plan
) -> None:
    Plan.objects.update(starts_on=Day(2025, 1, 1))  # the year before is kept
    ensure_layout()
    fund = approved(Fund, established_on=Day(2023, 1, 1))
    for day, yuan in ((Day(2024, 2, 10), 100), (Day(2024, 2, 29), 900), (Day(2025, 2, 10), 150)):
        approved(Donation, fund=fund, donated_on=day, amount_yuan=yuan)
    growth = progress_of(yuzhong, [DISTRICT], Day(2025, 2, 28))[DISTRICT]
    value = next(item.value for item in growth if item.indicator.code == "raised_growth")
    assert value == Decimal("0.5")
    for on in ("2025-02-28", "2025-03-15", "2026-11-20"):
        answer = page(on=on, against="2025-02-28")
        trend = answer.context["trend"]
        drawn = next(each for each in trend["series"] if each["code"] == "raised_growth")
        assert drawn["values"][trend["labels"].index("2025年2月")] == 50.0, on
        growth_name = Indicator.objects.get(code="raised_growth").name
        row = _named(answer.context["comparison"]["rows"], growth_name)
        assert row["there"] == "50%", on
    move = _named(page(on="2025-03-15").context["moves"], growth_name)
    assert move["then"] == "50%"


# --- parameters -----------------------------------------------------------------------------


def test_only_areas_the_plan_is_about_are_offered_for_comparison(
    yuzhong: Plan, visit: Visit, shengting: User
) -> None:
    client = visit(shengting)
    found = client.get(URL)
    assert found.context["siblings"] == []
    assert 'id="with"' not in found.content.decode()
    for code in ("5001", DISTRICT, QIXINGGANG, HUAYIPO):
        url = f"/dashboard/yuzhong-2026/{code}/"
        for one in client.get(url).context["siblings"]:
            assert client.get(url, {"with": one.code}).status_code == 200
    assert len(client.get(STREET).context["siblings"]) == 10


def test_a_past_year_without_a_day_is_that_of_the_api_everywhere(page: Page) -> None:
    client = page(URL).client
    asked = {"plan": "yuzhong-2026", "area": DISTRICT, "year": "2025"}
    on = client.get("/api/v1/progress/", asked).json()["on"]
    assert page(year="2025").context["day"].isoformat() == on == "2025-12-31"
    figure = client.get(f"/figures/yuzhong-2026/funds/{DISTRICT}/", {"year": "2025"})
    assert figure.context["day"].isoformat() == on


def test_the_days_offered_are_called_what_they_are(page: Page, yuzhong: Plan) -> None:
    words = [word for word, _ in page(on=ON).context["days"]]
    assert words == ["今天", "上月末", "上年末", "2026年5月底"]
    yuzhong.ends_on = Day(2025, 12, 31)
    yuzhong.save()
    offered = dict(page(on=ON).context["days"])
    assert offered["方案期末"].endswith("?on=2025-12-31")
    assert "今天" not in offered


def test_the_big_screen_of_today_stays_with_the_day(page: Page) -> None:
    assert 'href="?screen=1"' in page().content.decode()
    assert (
        'href="?screen=1&amp;on=2026-06-15&amp;year=2027"'
        in page(on=ON, year="2027").content.decode()
    )


def test_a_plan_without_indicators_has_a_sentence(page: Page, yuzhong: Plan) -> None:
    Target.objects.all().delete()
    first, second, *others = Indicator.objects.order_by("position")
    for one in others:
        one.delete()
    assert page(on=ON).context["sentence"].startswith("渝中区两项指标：2项未设目标；数据截至")
    first.delete()
    second.delete()
    for shape in ("page", "screen", "print"):
        answer = page(on=ON, **{shape: "1"})
        assert answer.context["sentence"].startswith("渝中区零项指标；数据截至")
