"""The pages, files and API of funds' books: what they say, and to whom."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import docx
import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from funds.models import Donation, Expenditure, Fund
from indicators.models import Plan
from tests.types import Make
from tests.worlds import share

TODAY = timezone.localdate()
MARCH = datetime.date(2026, 3, 31)


@pytest.fixture
def fund(district: Area, yuzhong: Plan, make: Make) -> Fund:
    fund = make(
        Fund,
        established_on=datetime.date(2026, 1, 5),
        initial_yuan=Decimal(1000),
        status="approved",
    )
    common = {"fund": fund, "status": "approved"}
    day = datetime.date(2026, 3, 2)
    gift = make(Donation, donated_on=day, amount_yuan=500, donor_name="甲公司", **common)
    back = {"donated_on": MARCH, "amount_yuan": -200, "refund_of": gift, "donor_name": "甲公司"}
    make(Donation, **back, **common)
    make(Expenditure, spent_on=MARCH, amount_yuan=Decimal("100.50"), **common)
    make(Expenditure, spent_on=MARCH, amount_yuan=9, fund=fund, status="pending")
    return fund


share(__name__, "district", "yuzhong", "quji", "shiju", "jiangbei", "guanli", "jiedao2", "fund")


def seen(user: User, address: str, **query: str) -> tuple[int, bytes]:
    client = Client()
    client.force_login(user)
    answer = client.get(address, query)
    content = b"".join(answer) if answer.streaming else answer.content
    return answer.status_code, content


def addresses(fund: Fund) -> list[str]:
    """Every address of a fund's book."""
    return [
        reverse("fund-book", args=[fund.pk]),
        reverse("fund-statement", args=[fund.pk, "2026-03", "xlsx"]),
        reverse("fund-statement", args=[fund.pk, "2026-03", "docx"]),
        reverse("api-fund-book", args=[fund.pk]),
    ]


def test_the_book_of_a_fund_on_a_day(fund: Fund, quji: User) -> None:
    address = reverse("fund-book", args=[fund.pk])
    status, content = seen(quji, address, on="2026-03-31")
    page = content.decode()
    assert status == 200
    assert "截至2026年3月31日，结余1,199.50元" in page
    assert "另有1笔待审核" in page
    assert "没有登记成员" in page
    assert "-200.00" in page
    _, earlier = seen(quji, address, on="2026-03-30")
    assert "结余1,500.00元" in earlier.decode()


def test_nobody_out_of_scope_sees_a_book(
    fund: Fund, jiangbei: User, guanli: User, jiedao2: User
) -> None:
    for user in (jiangbei, guanli, jiedao2):
        for address in addresses(fund):
            assert seen(user, address)[0] in (403, 404), (user, address)
    for user in (jiangbei, jiedao2):
        status, content = seen(user, reverse("funds"))
        assert status == 200
        assert fund.name not in content.decode()
        assert fund.name.encode() not in seen(user, reverse("api-fund-books"))[1]
        for name in ("funds", "funds-file", "api-fund-books"):
            assert seen(user, reverse(name), area=fund.area_id)[0] == 404, (user, name)


@pytest.mark.parametrize("query", [{"on": "2026-13-01"}, {"on": "abc"}])
def test_a_day_that_is_none_is_not_found(fund: Fund, quji: User, query: dict[str, str]) -> None:
    assert seen(quji, reverse("fund-book", args=[fund.pk]), **query)[0] == 404
    assert seen(quji, reverse("api-fund-book", args=[fund.pk]), **query)[0] == 400


@pytest.mark.parametrize("month", ["2026-00", "2026-13", "1948-12", f"{TODAY.year + 1}-01"])
def test_a_month_that_is_none_has_no_statement(fund: Fund, quji: User, month: str) -> None:
    address = f"/funds/{fund.pk}/statements/{month}.xlsx"
    assert seen(quji, address)[0] == 404


def test_the_list_orders_and_narrows(fund: Fund, make: Make, quji: User) -> None:
    poor = make(Fund, established_on=datetime.date(2026, 1, 1), closed_on=MARCH, status="approved")
    draft = make(Fund, established_on=datetime.date(2026, 1, 1))
    address = reverse("funds")
    for order, names in (("balance", [poor, fund]), ("-balance", [fund, poor])):
        page = seen(quji, address, order=order)[1].decode()
        assert draft.name not in page
        assert [page.index(each.name) for each in names] == sorted(
            page.index(each.name) for each in names
        )
    page = seen(quji, address, only="closed")[1].decode()
    assert poor.name in page
    assert fund.name not in page
    assert seen(quji, address, order="x")[0] == seen(quji, address, only="x")[0] == 404


def test_the_list_as_a_workbook(fund: Fund, quji: User) -> None:
    status, content = seen(quji, reverse("funds-file"), on="2026-03-31")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert status == 200
    row = next(row for row in sheet.iter_rows(values_only=True) if fund.name in row)
    assert [Decimal(str(value)) for value in row[7:12]] == [
        *(Decimal(1000), Decimal(500), Decimal(200), Decimal("100.5"), Decimal("1199.5")),
    ]


def test_the_statement_of_a_month(fund: Fund, quji: User) -> None:
    _, content = seen(quji, reverse("fund-statement", args=[fund.pk, "2026-03", "xlsx"]))
    assert content == seen(quji, reverse("fund-statement", args=[fund.pk, "2026-03", "xlsx"]))[1]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = {row[2]: row for row in sheet.iter_rows(min_row=4, values_only=True)}
    assert rows["月初结余"][9] == 1000
    assert rows["退赠"][7] == -200
    assert rows["本月合计"][7:9] == (300, 100.5)
    assert rows["月末结余"][9] == 1199.5
    _, content = seen(quji, reverse("fund-statement", args=[fund.pk, "2026-03", "docx"]))
    paper = docx.Document(io.BytesIO(content))
    text = "\n".join(each.text for each in paper.paragraphs)
    assert "月初结余1,000.00元，本月捐赠收入500.00元，退赠200.00元" in text
    assert paper.tables[0].rows[-1].cells[-1].text == "1,199.50"
    assert content == seen(quji, reverse("fund-statement", args=[fund.pk, "2026-03", "docx"]))[1]


def test_the_api_gives_the_same_numbers(fund: Fund, quji: User) -> None:
    client = Client()
    client.force_login(quji)
    answer = client.get(reverse("api-fund-book", args=[fund.pk]), {"on": "2026-03-31"}).json()
    assert answer["balance_yuan"] == "1199.50"
    assert [line["amount_yuan"] for line in answer["movements"]] == [
        *("1000.00", "500.00", "-200.00", "-100.50"),
    ]
    found = client.get(reverse("api-fund-books"), {"on": "2026-03-31", "page_size": "1"}).json()
    assert found["results"][0]["balance_yuan"] == "1199.50"
    assert found["results"][0]["year_refunds_yuan"] == "200.00"
    assert client.get(reverse("api-fund-books"), {"x": "1"}).status_code == 400
