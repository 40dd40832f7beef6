"""The page of a figure: rule, parts, targets, missing and pending records, areas."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from areas.models import Area
from areas.services import import_areas, national_rows
from funds.models import Donation, Fund
from indicators.models import ManualFigure, Plan, TargetAllocation
from indicators.plan.loading import SHIPPED, load_plans
from indicators.store.series import recompute_all
from orgs.models import CommunityOrg, Training, VolunteerTeam
from reviews.models import Status
from scenes.models import Activity
from tests.conftest import (
    DISTRICT,
    HUAYIPO,
    JIEFANGBEI,
    MINSHENGLU,
    NEIGHBOUR,
    NEIGHBOUR_STREET,
    QIXINGGANG,
)
from tests.types import Make, Response, Visit
from tests.web.test_chinese import english_in

pytestmark = pytest.mark.once  # pages; their figures and lineages are tested on both databases

Day = datetime.date

ON = "2026-06-15"


def _url(indicator: str, area: str = DISTRICT, plan: str = "yuzhong-2026") -> str:
    return f"/figures/{plan}/{indicator}/{area}/"


def _text(page: Response) -> str:
    """Return the page's text without tags and with single blanks."""
    assert page.status_code == 200
    body = page.content.decode().split('<div class="board">')[1]
    return " ".join(unescape(re.sub("<[^>]*>", " ", body)).split())


#: `board(indicator, area, **query)`: opens a figure's page.
Board = Callable[..., Response]


@pytest.fixture
def board(visit: Visit, shiju: User, yuzhong: Plan) -> Board:
    """`board("funds")`: that figure's page as 渝中区's reviewer sees it on 15 June 2026."""
    client = visit(shiju)

    def open_(indicator: str, area: str = DISTRICT, **query: str) -> Response:
        return client.get(_url(indicator, area), {"on": ON} | query)

    return open_


# --- the rule and its parts -------------------------------------------------------------------


def test_the_sentence_the_rule_and_the_source_stand_on_the_page(
    board: Board, approved: Make
) -> None:
    approved(Fund)
    text = _text(board("funds"))
    assert "社区慈善基金为1支，完成2026年底目标19支的5.26%，尚差18支；" in text
    assert "口径 截至当日的“社区慈善基金”数" in text
    assert "说明 截至当日运行中的基金数" in text
    assert "出处 渝中区加强社区慈善建设工作方案，附件，附件第1项" in text
    assert "合计 1支" in text
    assert "数值 1支 严重滞后" in text


def test_a_share_shows_numerator_and_denominator(board: Board, approved: Make) -> None:
    approved(Activity, reached=[HUAYIPO, MINSHENGLU])
    page = board("coverage")
    assert page.context["parts"] == [("不少于1的社区", "2"), ("纳入考核的社区", "79")]
    assert page.context["rule"] == "当年“活动与宣传覆盖社区”不少于1的社区占纳入考核的社区之比"
    assert "数值 2.53%" in _text(page)


def test_growth_shows_the_increase_and_last_year_in_yuan(board: Board, approved: Make) -> None:
    fund = approved(Fund)
    approved(Donation, fund=fund, donated_on=Day(2025, 3, 1), amount_yuan=1000)
    approved(Donation, fund=fund, amount_yuan=Decimal("1050.50"))
    page = board("raised_growth")
    assert page.context["parts"] == [("本年比上年增加", "50.5元"), ("上年数", "1000元")]
    assert page.context["closing"] == "再增加49.5元（上年数的4.95%）即可完成目标。"


def test_a_reported_figure_shows_both_parts(approved: Make, visit: Visit, shiju: User) -> None:
    load_plans([SHIPPED / "yubei-2021.toml"])
    plan = Plan.objects.get()
    plan.area_code = QIXINGGANG  # the only one that owes a report
    plan.save()
    report = {
        "plan_code": plan.code,
        "area_id": QIXINGGANG,
        "indicator_code": "leaders_trained",
        "as_of": Day(2023, 11, 20),
    }
    approved(ManualFigure, numerator=31, denominator=32, **report)
    recompute_all()
    page = visit(shiju).get(
        _url("leaders_trained", QIXINGGANG, plan=plan.code), {"on": "2023-11-25"}
    )
    assert page.context["parts"] == [("填报的完成数", "31"), ("填报的总数", "32")]
    assert page.context["closing"] == "再增加3.13个百分点即可完成目标。"
    assert page.context["rule"] == "由各地填报并经审核，附依据；应填报的全部填报后才有数"


# --- targets --------------------------------------------------------------------------------


def _rows(page: Response) -> dict[str, tuple[str, str, str]]:
    """Return target → (demand, value reached, state)."""
    return {
        row["where"]: (
            row["text"],
            row["value"],
            row["state"].label if row["state"] else ("" if row["rules"] else "对照"),
        )
        for row in page.context["targets"]
    }


def test_targets_of_both_places_stand_side_by_side_with_their_disagreement(
    board: Board, approved: Make
) -> None:
    approved(CommunityOrg)
    page = board("charity_orgs")
    assert _rows(page) == {
        "2026年底（附件）": ("158个", "1个", "严重滞后"),
        "2027年底（附件）": ("185个", "", ""),
        "2027年底（正文）": ("≥158个", "", "对照"),
        "2029年底（附件）": ("237个", "", ""),
        "2029年底（正文）": ("≥237个", "", "对照"),
    }
    text = _text(page)
    assert "出处不一致：2027年底：附件185个，正文158个，相差27个。" in text
    assert "出处不一致：正文2027年底的158个，附件2026年底即要求。" in text
    assert "另一出处，仅供对照" in text
    assert "每个社区2个以上，79个社区" in text


def test_years_without_a_target_are_derived_and_say_so(board: Board) -> None:
    page = board("charity_orgs")
    assert page.context["milestones"] == [(2028, "211个")]
    assert "推算的年度参考值（文件未设目标，不作考核）：2028年底 211个（推算）" in _text(page)


def test_a_target_that_fell_due_is_measured_on_its_own_day(board: Board, approved: Make) -> None:
    """Later records do not improve an earlier result, and records closed since then still count on
    that day.
    """
    approved(Fund, closed_on=Day(2027, 2, 1))
    for number in range(2):
        approved(Fund, area_id=MINSHENGLU, established_on=Day(2026, 3, 1 + number))
    rows = _rows(board("funds", on="2027-03-01"))
    assert rows["2026年底（附件）"] == ("19支", "3支", "严重滞后")
    assert rows["2027年底（附件）"] == ("≥27支", "2支", "严重滞后")
    assert rows["2029年底（附件）"] == ("≥35支", "", "")


@pytest.fixture
def ordos(district: Area) -> Plan:
    """鄂尔多斯's plan over 东胜区 alone: a city, one district, its streets and communities."""
    import_areas("150602", list(national_rows("150602")))
    return load_plans([SHIPPED / "ordos-2024.toml"])[0]


def test_ordos_stages_are_measured_on_their_days(ordos: Plan, make: Make, visit: Visit) -> None:
    communities = _urban("150602")
    reviewer = User.objects.create_user("shi", role=Role.REVIEWER, area_id="1506")
    clerk = User.objects.create_user("qi", role=Role.CLERK, area_id="1506")
    halves = (communities[: len(communities) // 2 + 1], communities[len(communities) // 2 + 1 :])
    for codes, day in zip(halves, (Day(2024, 12, 1), Day(2025, 7, 15)), strict=True):
        Fund.objects.bulk_create(
            Fund(area_id=code, name="基金", level="community", host_name="会", established_on=day,
                 status=Status.APPROVED, submitted_by=clerk, reviewed_by=reviewer)
            for code in codes
        )  # fmt: skip
    recompute_all()
    page = visit(reviewer).get(_url("fund_coverage", "1506", ordos.code), {"on": "2025-12-31"})
    half = f"{Decimal(len(halves[0]) * 100) / len(communities):.2f}".rstrip("0").rstrip(".")
    assert _rows(page) == {
        "2024年底（正文）": ("≥50%", f"{half}%", "已完成"),
        "2025年6月底（正文）": ("≥100%", f"{half}%", "严重滞后"),
        "2025年底（正文）": ("≥90%", "100%", "已完成"),
    }
    assert "出处不一致：正文2025年底的90%，低于2025年6月底的100%。" in _text(page)
    assert page.context["record_count"] is None
    assert "记录较多，请打开下级地区查看。" in _text(page)


def _urban(root: str) -> list[str]:
    from areas.models import Area

    areas = Area.objects.within(root).filter(level=5, is_counted=True, is_urban=True)
    return list(areas.values_list("code", flat=True))


def test_a_street_sees_its_share_or_whose_target_it_is(
    board: Board, approved: Make, yuzhong: Plan
) -> None:
    approved(Fund)
    target = yuzhong.indicators.get(code="funds").targets.get(
        due_on=Day(2026, 12, 31), place="annex"
    )
    assert "方案总目标，未分解到本地区" in _text(board("funds", QIXINGGANG))
    TargetAllocation.objects.create(target=target, area_id=QIXINGGANG, value=2)
    page = board("funds", QIXINGGANG)
    assert _rows(page)["2026年底（附件）"] == ("2支", "1支", "正常")
    assert " 2支（分解到七星岗街道） " in _text(page)
    assert page.context["closing"] == "再增加1支即可完成目标。"


def test_another_years_target_and_threshold_can_be_asked_for(board: Board, approved: Make) -> None:
    for _ in range(2):
        approved(CommunityOrg)
    shown = {}
    for year in ("2027", "2029"):
        page = board("orgs_each_community", year=year)
        assert (
            _rows(page)[f"{year}年底（正文）"][0] == f"≥100%（每个不少于{int(year) // 2029 + 2}）"
        )
        shown[year] = (
            page.context["rule"].split("占")[0],
            page.context["parts"][0],
            page.context["shortfall_count"],
        )
    assert shown == {
        "2027": ("截至当日“备案的公益慈善类社区社会组织”不少于2的社区", ("不少于2的社区", "1"), 78),
        "2029": ("截至当日“备案的公益慈善类社区社会组织”不少于3的社区", ("不少于3的社区", "0"), 79),
    }


# --- what is missing --------------------------------------------------------------------------


def test_who_falls_short_is_listed_and_what_would_close_the_gap(
    board: Board, approved: Make
) -> None:
    for _ in range(2):
        approved(VolunteerTeam)
    approved(VolunteerTeam, area_id=MINSHENGLU)
    page = board("teams_each_community", year="2029")
    text = _text(page)
    assert "未达标的地区 78 个（每个应不少于2）" in text
    nearest = [(str(place), has, missing) for place, has, missing in page.context["shortfalls"][:2]]
    assert nearest == [("民生路社区", "1", "1"), ("临华路社区", "0", "2")]
    assert page.context["closing"] == (
        "再有78个社区达标即可完成目标；最接近达标的是：民生路社区、临华路社区、领事巷社区、"
        "兴隆街社区、归元寺社区等。"
    )


def test_a_count_says_how_many_more_close_the_gap(board: Board, approved: Make) -> None:
    approved(Training, person_times=37)
    assert board("trained").context["closing"] == "再增加13人次即可完成目标。"
    approved(Training, person_times=13)
    page = board("trained")
    assert page.context["closing"] == ""
    assert "差距与补足" not in _text(page)


def test_money_says_so_in_its_unit(board: Board, approved: Make) -> None:
    approved(Donation, amount_yuan=Decimal("12300"))
    assert board("raised").context["closing"] == "再增加338.77万元即可完成目标。"


def test_what_is_pending_and_what_it_would_bring(board: Board, approved: Make, make: Make) -> None:
    approved(CommunityOrg)
    for area in (HUAYIPO, MINSHENGLU):
        make(CommunityOrg, area_id=area, status=Status.PENDING)
    make(CommunityOrg, category="culture", status=Status.PENDING)
    make(CommunityOrg, area_id=f"{NEIGHBOUR_STREET}001", status=Status.PENDING)
    make(CommunityOrg)
    assert (
        "待审核的相关记录2条，如全部通过，公益慈善类社区社会组织：由1个变为3个"
        "（2026年底目标158个，尚差155个）。" in _text(board("charity_orgs"))
    )
    assert "待审核的相关记录1条，如全部通过，" in _text(board("charity_orgs", QIXINGGANG))
    assert "待审核" not in _text(board("funds"))


def test_what_is_pending_may_change_nothing(board: Board, make: Make) -> None:
    make(CommunityOrg, status=Status.PENDING)
    page = board("orgs_each_community")
    assert "待审核的相关记录1条，全部通过也不改变本项数值。" in _text(page)


def test_what_is_pending_is_held_against_the_asked_years_target(
    board: Board, approved: Make, make: Make
) -> None:
    """A second organisation is enough in 2027 but not in 2029."""
    approved(CommunityOrg)
    make(CommunityOrg, status=Status.PENDING)
    effects = {
        year: board("orgs_each_community", year=year).context["pending_effect"]
        for year in ("2027", "2029")
    }
    assert effects == {
        "2027": "备案公益慈善类社区社会组织达标社区：由0%变为1.27%（2027年底目标100%，尚差98.73个百分点）",
        "2029": "",
    }


def test_a_pending_activity_of_the_district_shows_where_it_reached(
    board: Board, make: Make
) -> None:
    make(Activity, area_id=DISTRICT, reached=[HUAYIPO], status=Status.PENDING)
    for area, after in ((DISTRICT, "1.27%"), (QIXINGGANG, "12.5%"), (HUAYIPO, "100%")):
        shown = _text(board("coverage", area))
        assert (
            f"待审核的相关记录1条，如全部通过，社区慈善活动和慈善宣传覆盖面：由0%变为{after}"
            in shown
        )
    assert "待审核" not in _text(board("coverage", JIEFANGBEI))


def test_a_pending_report_is_pending_for_its_own_figure(
    make: Make, visit: Visit, shiju: User
) -> None:
    plan = load_plans([SHIPPED / "yubei-2021.toml"])[0]
    Plan.objects.update(area_code=DISTRICT)
    report = {
        "plan_code": plan.code,
        "area_id": QIXINGGANG,
        "indicator_code": "leaders_trained",
        "as_of": Day(2023, 11, 20),
    }
    make(ManualFigure, numerator=31, denominator=32, status=Status.PENDING, **report)
    recompute_all()
    client = visit(shiju)
    text = _text(
        client.get(_url("leaders_trained", QIXINGGANG, plan=plan.code), {"on": "2023-11-25"})
    )
    assert (
        "待审核的相关记录1条，如全部通过，掌握社会工作专业知识和方法的骨干人才：由无数据变为96.88%"
        in text
    )
    assert "待审核" not in _text(
        client.get(_url("activities", plan=plan.code), {"on": "2023-11-25"})
    )


# --- places and records -----------------------------------------------------------------------


def test_the_places_below_add_up_and_open(board: Board, approved: Make, visit: Visit) -> None:
    for area in (HUAYIPO, HUAYIPO, MINSHENGLU):
        approved(Fund, area_id=area)
    page = board("funds")
    children = {child.code: text for child, text in page.context["children"]}
    assert len(children) == 11
    assert {code: text for code, text in children.items() if text != "0支"} == {
        QIXINGGANG: "2支",
        JIEFANGBEI: "1支",
    }
    links = re.findall(r'href="(/figures/[^"]+)"', page.content.decode())
    below = [link for link in links if QIXINGGANG in link]
    assert _text(board("funds", QIXINGGANG)).count("华一坡社区")
    assert below == [f"{_url('funds', QIXINGGANG)}?on={ON}"]


def test_the_records_stand_with_who_approved_them(board: Board, approved: Make) -> None:
    fund = approved(Fund)
    donation = approved(Donation, amount_yuan=Decimal("1250.50"), donor_name="陈先生")
    text = _text(board("funds"))
    assert (
        f"共 1 条已通过的记录计入本项 记录 类别 地区 日期 数量 审核人 {fund.name} 社区慈善基金"
        in text
    )
    assert "华一坡社区 2026-03-01 1 shiju" in text
    page = board("raised")
    assert "陈** 1250.50元 捐赠收入 华一坡社区 2026-03-01 1250.5元 shiju" in _text(page)
    assert f'href="/records/funds.donation/{donation.pk}/figures/"' in page.content.decode()


def test_without_records_the_page_says_so(board: Board) -> None:
    assert "没有计入本项的已通过记录。" in _text(board("funds"))


def test_an_activity_is_one_record_at_each_place_it_reached(board: Board, approved: Make) -> None:
    approved(Activity, area_id=DISTRICT, reached=[HUAYIPO, MINSHENGLU])
    assert "共 1 条已通过的记录（2 处）计入本项" in _text(board("coverage"))


def test_a_record_that_is_not_the_visitors_is_named_but_not_linked(
    yuzhong: Plan, approved: Make, visit: Visit, jiedao: User
) -> None:
    """A district's activity counts in a street that it reached, but its page belongs to the
    district.
    """
    approved(Activity, area_id=DISTRICT, name="全区慈善日", reached=[HUAYIPO])
    approved(Activity, name="社区慈善日", reached=[HUAYIPO])
    page = visit(jiedao).get(_url("coverage", QIXINGGANG))
    linked = re.findall(r'<a href="(/records/[^"]+)">([^<]+)', page.content.decode())
    assert "全区慈善日" in _text(page)
    assert [name for _, name in linked] == ["社区慈善日"]
    assert visit(jiedao).get(linked[0][0]).status_code == 200


def test_every_link_of_every_figure_opens(board: Board, approved: Make, visit: Visit) -> None:
    approved(Fund)
    approved(Fund, area_id=QIXINGGANG, level="street")
    approved(Activity, reached=[HUAYIPO])
    seen: set[str] = set()
    client = visit(User.objects.get(username="shiju"))
    for indicator in ("funds", "street_fund_coverage", "coverage"):
        page = board(indicator)
        assert english_in(page.content.decode()) == set(), indicator
        seen |= set(
            re.findall(r'href="(/(?:figures|records|dashboard)/[^"]+)"', page.content.decode())
        )
    assert {
        unescape(link) for link in seen if client.get(unescape(link)).status_code != 200
    } == set()


def test_only_the_first_two_hundred_are_listed(board: Board, quji: User, shiju: User) -> None:
    Training.objects.bulk_create(
        Training(area_id=QIXINGGANG, name=f"培训{n}", held_on=Day(2026, 3, 1), person_times=1,
                 status=Status.APPROVED, submitted_by=quji, reviewed_by=shiju)
        for n in range(201)
    )  # fmt: skip
    recompute_all()
    page = board("trained")
    assert "共 201 条已通过的记录计入本项，以下列出前 200 条" in _text(page)
    assert len(page.context["records"]) == 200


# --- who may open it ----------------------------------------------------------------------------

OUTSIDE = [
    ("jiangbei", DISTRICT),
    ("jiangbei", NEIGHBOUR),
    ("jiedao", DISTRICT),
    ("jiedao", JIEFANGBEI),
    ("jiedao2", HUAYIPO),
    ("shiju", "50"),
    ("shiju", NEIGHBOUR),
    ("shiju", "999999"),
    ("guanli", DISTRICT),
    ("shenji", DISTRICT),
]


def test_out_of_scope_is_not_found_as_on_the_dashboard(
    yuzhong: Plan, visit: Visit, request: pytest.FixtureRequest
) -> None:
    for user, area in OUTSIDE:
        client = visit(request.getfixturevalue(user))
        for url in (_url("funds", area), f"/dashboard/yuzhong-2026/{area}/"):
            assert client.get(url).status_code == 404, (user, url)


def test_whoever_sees_the_dashboard_sees_its_figures(
    yuzhong: Plan, visit: Visit, request: pytest.FixtureRequest
) -> None:
    for user, area in (
        ("shiju", DISTRICT),
        ("quji", HUAYIPO),
        ("jiedao", QIXINGGANG),
        ("shengting", DISTRICT),
    ):
        client = visit(request.getfixturevalue(user))
        assert client.get(_url("funds", area)).status_code == 200, user


def test_a_stranger_is_asked_to_log_in(yuzhong: Plan, visit: Visit) -> None:
    answer = visit(None).get(_url("funds"))
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


@pytest.mark.parametrize(
    "url",
    [
        _url("fundz"),
        _url("funds", plan="no-plan"),
        _url("fund_coverage"),
        f"{_url('funds')}?on=2026-02-30",
        f"{_url('funds')}?on=0001-01-01",
        f"{_url('funds')}?year=gestern",
    ],
)
def test_what_is_not_there_is_not_found(yuzhong: Plan, visit: Visit, shiju: User, url: str) -> None:
    load_plans([SHIPPED / "ordos-2024.toml"])
    assert visit(shiju).get(url).status_code == 404


def test_a_street_finds_no_link_above_itself(yuzhong: Plan, visit: Visit, jiedao: User) -> None:
    page = visit(jiedao).get(_url("funds", QIXINGGANG))
    assert f'"{_url("funds")}' not in page.content.decode()
    assert list(page.context["trail"]) == []


# --- how much it costs --------------------------------------------------------------------------


def _queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    "indicator", ["charity_orgs", "coverage", "raised_growth", "orgs_each_community"]
)
def test_the_number_of_queries_depends_on_neither_areas_nor_records(
    yuzhong: Plan, approved: Make, make: Make, visit: Visit, shiju: User, indicator: str
) -> None:
    client = visit(shiju)
    costs = []
    for number in (4, 12):
        for n in range(number):
            area = (HUAYIPO, MINSHENGLU)[n % 2]
            approved(CommunityOrg, area_id=area)
            approved(Donation, area_id=area)
            approved(Activity, area_id=area, reached=[area])
            make(CommunityOrg, area_id=area, status=Status.PENDING)
            make(Donation, area_id=area, status=Status.PENDING)
            make(Activity, area_id=area, reached=[area], status=Status.PENDING)
        urls = [f"{_url(indicator, each)}?on={ON}" for each in (DISTRICT, QIXINGGANG)]
        costs.append([_queries(client, url) for url in urls])
    assert costs[0] == costs[1]
    assert costs[0][0] == costs[0][1] < 140, costs
