"""The statistical form of community organisations says what the records say, for the own area only."""

from __future__ import annotations

import datetime
import io
import random

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from areas.models import Area
from orgs.models import CommunityOrg, OrgAssessment
from reports.statistics.numbers import fill_form
from tests.conftest import DISTRICT, HUAYIPO, JIEFANGBEI, MINSHENGLU, NEIGHBOUR, QIXINGGANG
from tests.types import Make

TODAY = timezone.localdate()
DAY = datetime.date(2025, 9, 30)


@pytest.fixture
def orgs(make: Make, district: Area) -> list[CommunityOrg]:
    """Organisations of two communities and a street, of all kinds of lives; some assessed in the year."""
    dice, found = random.Random(43), []
    Area.objects.filter(code=MINSHENGLU).update(is_urban=False)
    for number in range(40):
        since = DAY - datetime.timedelta(days=dice.randint(1, 700))
        org = make(
            CommunityOrg,
            area_id=dice.choice([HUAYIPO, MINSHENGLU, QIXINGGANG]),
            category=dice.choice(["charity", "service", "rural"]),
            tier=dice.choice(["registered", "street", "community"]),
            nature=dice.choice(["", "service", "mutual"]),
            registered_on=since,
            valid_until=dice.choice([None, None, DAY, DAY - datetime.timedelta(days=1)]),
            closed_on=dice.choice([None, None, DAY, DAY + datetime.timedelta(days=1)]),
            members=dice.choice([None, 12]),
            has_party_body=dice.random() < 0.4,
            status=dice.choice(["approved", "approved", "pending", "void"]),
        )
        found.append(org)
        if number % 8 == 0:
            org.registered_on = DAY + datetime.timedelta(days=1)
            org.valid_until = org.closed_on = None
            org.save()
        make(
            OrgAssessment,
            organisation=org,
            area_id=org.area_id,
            grade=dice.choice(["good", "failed"]),
            assessed_on=DAY - datetime.timedelta(days=dice.choice([0, 200, 300, -1])),
            status="approved" if number % 3 else "pending",
        )
    return found


def _there(org: CommunityOrg) -> bool:
    is_open = org.closed_on is None or org.closed_on > DAY
    is_valid = org.valid_until is None or org.valid_until >= DAY
    return org.status == "approved" and org.registered_on <= DAY and is_open and is_valid


def _plainly(orgs: list[CommunityOrg]) -> dict[str, int]:
    """Some columns, counted in the plainest way."""
    there = [org for org in orgs if _there(org)]
    facts = [org for org in orgs if org.status == "approved"]
    graded = [each for each in OrgAssessment.objects.all() if each.status == "approved"]
    of_orgs = {org.pk for org in orgs}
    return {
        "合计": len(there),
        "街道管理": sum(org.tier == "street" for org in there),
        "城镇社区": sum(org.area_id == HUAYIPO for org in there),
        "农村社区": sum(org.area_id == MINSHENGLU for org in there),
        "街道（乡镇）以上": sum(org.area_id == QIXINGGANG for org in there),
        "公益慈善类": sum(org.category == "charity" for org in there),
        "未填": sum(org.nature == "" for org in there),
        "有党组织": sum(org.has_party_body for org in there),
        "成员（人）": sum(org.members or 0 for org in there),
        "新登记、备案": sum(
            DAY.replace(month=1, day=1) <= org.registered_on <= DAY for org in facts
        ),
        "注销": sum(org.closed_on == DAY for org in facts),
        "不合格": sum(
            each.grade == "failed"
            and each.organisation_id in of_orgs
            and each.assessed_on.year == DAY.year
            and each.assessed_on <= DAY
            for each in graded
        ),
    }


@pytest.mark.parametrize("root", ["50", DISTRICT, QIXINGGANG, HUAYIPO])
def test_the_form_says_what_the_records_say(orgs: list[CommunityOrg], root: str) -> None:
    form = fill_form(root, DAY)
    told = dict(zip([name for _, name in form.columns], form.total, strict=True))
    expected = _plainly([org for org in orgs if org.area_id.startswith(root)])
    assert {name: told[name] for name in expected} == expected
    groups = [group for group, _ in form.columns]
    for group in ("管理层级", "城乡", "类别", "性质"):
        parts = [n for name, n in zip(groups, form.total, strict=True) if name == group]
        assert sum(parts) == told["合计"], group


def test_an_area_without_organisations_has_an_empty_form(district: Area) -> None:
    form = fill_form(DISTRICT, DAY)
    assert (form.lines, set(form.total)) == ([], {0})


def test_the_file_holds_the_numbers_of_the_page(
    client: Client, orgs: list[CommunityOrg], quji: User
) -> None:
    client.force_login(quji)
    asked = {"on": DAY.isoformat()}
    page = client.get(reverse("org-statistics", args=[DISTRICT]), asked)
    form = page.context["form"]
    answer = client.get(reverse("org-statistics-file", args=[DISTRICT]), asked)
    (sheet,) = load_workbook(io.BytesIO(answer.content)).worksheets
    rows = [list(row) for row in sheet.iter_rows(min_row=4, values_only=True)]
    assert rows[0][1:] == [name for _, name in form.columns]
    assert [row[1:] for row in rows[2:-3]] == [line.numbers for line in form.lines]
    assert rows[-3] == ["合计", *form.total]


def test_it_is_for_the_own_area_only(client: Client, district: Area, jiedao: User) -> None:
    client.force_login(jiedao)
    for name in ("org-statistics", "org-statistics-file"):
        assert client.get(reverse(name, args=[QIXINGGANG])).status_code == 200
        for code in (DISTRICT, JIEFANGBEI, MINSHENGLU, NEIGHBOUR):
            assert client.get(reverse(name, args=[code])).status_code == 404


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("2025-13-01", "不是日期"),
        ("1900-01-01", "应在1949年至今天之间"),
        ("2999-01-01", "应在1949年"),
    ],
)
def test_a_day_that_is_none_is_said(
    client: Client, district: Area, jiedao: User, asked: str, said: str
) -> None:
    client.force_login(jiedao)
    page = client.get(reverse("org-statistics", args=[QIXINGGANG]), {"on": asked})
    assert said in page.content.decode()
    assert page.context["day"] == TODAY
