"""The data-quality page: who may see it, its sentences, and its links."""

from __future__ import annotations

import datetime
import re
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from indicators.models import OpeningBalance, Plan
from indicators.quality.findings import LISTED, Issue
from orgs.models import Charity, Training, VolunteerTeam
from projects.models import Aid
from scenes.models import Activity, Scene
from tests.conftest import DISTRICT, HUAYIPO, JIEFANGBEI, MINSHENGLU, NEIGHBOUR, QIXINGGANG
from tests.types import Make, Response, Visit
from tests.web.test_chinese import english_in
from tests.worlds import share

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

Day = datetime.date

URL = f"/quality/{DISTRICT}/"
SHOWN = f"{URL}?on=2026-09-15"


@pytest.fixture
def faults(make: Make, approved: Make, yuzhong: Plan) -> None:
    """One example of every issue in 七星岗街道; 两路口街道 is abolished."""
    make(Charity, area_id=QIXINGGANG, name="无日期慈善会")
    for area in (HUAYIPO, MINSHENGLU):
        make(VolunteerTeam, area_id=area, name="两地服务队")
    make(Training, name="人次有误", person_times=1, people=2)
    for number, quantity in enumerate((10, 9, 8, 7, 6, 101)):
        make(Aid, helped_on=Day(2026, 9, 1 + number), person_times=quantity, content="帮扶突增")
    for month, number in ((3, 1), (4, 1), (5, 1), (8, 5)):
        for _ in range(number):
            day = Day(2026, month, 3)
            approved(Activity, held_on=day, name="活动突增", reached=[HUAYIPO])
    for number in range(5):
        make(Training, area_id=JIEFANGBEI, name=f"相等{number}", person_times=9, people=9)
    year = {"covers": "year", "as_of": Day(2026, 8, 31)}
    make(OpeningBalance, area_id=QIXINGGANG, measure="activities", **year)
    make(Scene, area_id="500103004", name="撤销地场景")
    Area.objects.within("500103004").update(valid_to=Day(2026, 9, 1))


share(__name__, "faults")


def _findings(page: Response) -> list[Any]:
    return [finding for group in page.context["groups"] for finding in group.findings]


def test_every_issue_stands_on_the_page_with_its_count(
    faults: None, visit: Visit, shiju: User
) -> None:
    page = visit(shiju).get(SHOWN)
    text = page.content.decode()
    for group in page.context["groups"]:
        assert group.total, group.issue
        assert f"{group.issue.label}（{group.total}）" in text
        assert group.rule in text
    for finding in _findings(page):
        assert finding.sentence in unescape(text)
    assert "本期（自2026年7月1日起）" in text
    assert "未发现" not in text
    assert english_in(text) == set()


def test_every_link_opens_what_it_names(faults: None, visit: Visit, shiju: User) -> None:
    client = visit(shiju)
    for finding in _findings(client.get(SHOWN)):
        page = client.get(finding.link)
        assert page.status_code == 200, finding.link
        names = re.findall(r"“([^”（]+)”（|“([^”]+)”在", finding.sentence)
        for name in filter(None, (part for pair in names for part in pair)):
            assert name in page.content.decode(), finding


def test_lists_behind_a_finding_hold_its_records_only(
    faults: None, visit: Visit, shiju: User
) -> None:
    client = visit(shiju)
    findings = {
        (finding.issue, finding.area_code): finding
        for finding in _findings(client.get(SHOWN))
        if "change" not in finding.link
    }

    def rows(issue: Issue, code: str) -> list[str]:
        page = client.get(findings[issue, code].link)
        return [str(record) for record in page.context["cl"].result_list]

    assert rows(Issue.DUPLICATE, QIXINGGANG) == ["两地服务队"] * 2
    assert rows(Issue.ABOLISHED, "500103004") == ["撤销地场景"]
    assert rows(Issue.JUMP, QIXINGGANG) == ["活动突增"] * 5
    assert sorted(rows(Issue.PEOPLE, JIEFANGBEI)) == [f"相等{number}" for number in range(5)]


def test_where_nothing_is_found_the_page_says_so(
    district: Area, visit: Visit, jiedao: User, make: Make
) -> None:
    Scene.objects.filter(pk=make(Scene).pk).update(
        status="pending", submitted_at=timezone.now(), submitted_by=jiedao
    )
    page = visit(jiedao).get(f"/quality/{HUAYIPO}/")
    assert page.content.decode().count("<p>未发现</p>") == len(Issue)
    assert "未发现问题" in page.context["sentence"]
    assert page.context["day"] == timezone.localdate()


def test_what_is_not_listed_is_counted(visit: Visit, shiju: User, make: Make) -> None:
    for _ in range(LISTED + 3):
        make(Charity)
    page = visit(shiju).get(URL)
    assert "另有3项未列出" in page.content.decode()


@pytest.mark.parametrize(
    ("user", "area", "status"),
    [
        ("shiju", DISTRICT, 200),
        ("quji", QIXINGGANG, 200),
        ("jiedao", QIXINGGANG, 200),
        ("jiedao", HUAYIPO, 200),
        ("shengting", DISTRICT, 200),
        ("shengting", "50", 200),
        ("jiedao", DISTRICT, 404),
        ("jiedao", JIEFANGBEI, 404),
        ("jiedao2", HUAYIPO, 404),
        ("jiangbei", DISTRICT, 404),
        ("jiangbei", NEIGHBOUR, 200),
        ("shiju", "50", 404),
        ("shiju", "999999", 404),
        ("guanli", DISTRICT, 404),
        ("shenji", DISTRICT, 404),
    ],
)
def test_only_those_it_concerns_reach_it(
    district: Area, visit: Visit, request: pytest.FixtureRequest, user: str, area: str, status: int
) -> None:
    client = visit(request.getfixturevalue(user))
    assert client.get(f"/quality/{area}/").status_code == status


def test_a_stranger_is_asked_to_log_in(visit: Visit, district: Area) -> None:
    assert visit(None).get(URL)["Location"].startswith("/admin/login/")


def test_a_street_reads_nothing_of_the_other_street(
    faults: None, visit: Visit, jiedao2: User, jiangbei: User
) -> None:
    for user, area in ((jiedao2, JIEFANGBEI), (jiangbei, NEIGHBOUR)):
        text = visit(user).get(f"/quality/{area}/?on=2026-09-15").content.decode()
        for name in ("七星岗", "无日期慈善会", "两地服务队", "人次有误", "突增”", "撤销地场景"):
            assert name not in text


@pytest.mark.parametrize("on", ["2026-13-01", "gestern", "1900-01-01"])
def test_a_day_that_is_none_is_not_found(visit: Visit, shiju: User, on: str) -> None:
    assert visit(shiju).get(f"{URL}?on={on}").status_code == 404


@pytest.mark.parametrize("user", ["quji", "jiedao", "shengting", "guanli", "shenji"])
def test_the_side_bar_leads_to_ones_own_area(
    district: Area, visit: Visit, request: pytest.FixtureRequest, user: str
) -> None:
    account = request.getfixturevalue(user)
    text = visit(account).get("/", follow=True).content.decode()
    assert (f'href="/quality/{account.area_id}/"' in text) == account.sees_records
    assert ("数据质量" in text) == account.sees_records
