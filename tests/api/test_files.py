"""A list as CSV or Excel: all filtered rows, the same values, no formula, none out of scope."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import User
from config.urls import router
from funds.models import Donation, Fund
from indicators.models import Plan
from scenes.models import Activity, Scene
from tests.api.clients import ApiOf
from tests.conftest import HUAYIPO, MINSHENGLU, NEIGHBOUR
from tests.types import Make, Response, streamed

pytestmark = pytest.mark.once

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _csv(answer: Response) -> list[list[str]]:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = streamed(answer).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def _xlsx(answer: Response) -> list[tuple[Any, ...]]:
    assert (answer.status_code, answer["Content-Type"]) == (200, XLSX)
    book = load_workbook(io.BytesIO(streamed(answer)))
    return list(book.active.iter_rows(values_only=True))


def _named(rows: Any) -> list[dict[str, Any]]:
    head, *body = rows
    return [dict(zip(head, row, strict=True)) for row in body]


def test_all_rows_come_not_a_page_of_them(api: ApiOf, make: Make, shiju: User) -> None:
    made = [make(Scene) for _ in range(60)]
    rows = _named(_csv(api(shiju).get("scenes/", Accept="text/csv")))
    assert [int(row["编号"]) for row in rows] == [scene.pk for scene in reversed(made)]
    assert len(_xlsx(api(shiju).get("scenes/?format=xlsx"))) == 61


def test_both_say_in_chinese_what_the_json_says(api: ApiOf, make: Make, shiju: User) -> None:
    fund = make(Fund, initial_yuan="1234567.80", phone="013800000000")
    make(Activity, area_id=HUAYIPO, reached=[HUAYIPO, MINSHENGLU])
    (said,) = api(shiju).get("funds/").json()["results"]
    (row,) = _named(_csv(api(shiju).get("funds/?format=csv")))
    (cells,) = _named(_xlsx(api(shiju).get("funds/?format=xlsx")))
    expected = {
        "编号": str(fund.pk),
        "所属地区": said["area"],
        "地区名称": said["area_name"],
        "基金名称": said["name"],
        "基金级别": "社区级",
        "依托组织具有公开募捐资格": "是",
        "设立日期": said["established_on"],
        "终止日期": "",
        "起始资金（元）": said["initial_yuan"],
        "联系电话": "013****0000",
        "状态": "草稿",
    }
    assert {name: row[name] for name in expected} == expected
    assert cells["起始资金（元）"] == 1234567.8
    assert cells["设立日期"].date() == fund.established_on
    assert (cells["所属地区"], cells["联系电话"], cells["编号"]) == (
        HUAYIPO,
        "013****0000",
        str(fund.pk),
    )
    (activity,) = _named(_csv(api(shiju).get("activities/?format=csv")))
    assert activity["覆盖社区"] == f"{HUAYIPO}、{MINSHENGLU}"


def test_money_adds_up_to_what_the_json_says(api: ApiOf, make: Make, shiju: User) -> None:
    for cents in range(1, 40):
        make(Donation, amount_yuan=Decimal(cents) / 100)
    said = [Decimal(row["amount_yuan"]) for row in api(shiju).get("donations/").json()["results"]]
    told = [
        Decimal(row["金额（元）"]) for row in _named(_csv(api(shiju).get("donations/?format=csv")))
    ]
    cells = [
        Decimal(str(row["金额（元）"]))
        for row in _named(_xlsx(api(shiju).get("donations/?format=xlsx")))
    ]
    assert said == told == cells
    assert sum(said) == Decimal("7.80")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"])
def test_no_text_becomes_a_formula(api: ApiOf, make: Make, shiju: User, text: str) -> None:
    make(Scene, note=text)
    (row,) = _named(_csv(api(shiju).get("scenes/?format=csv")))
    assert row["备注"] == f"'{text}"
    book = load_workbook(io.BytesIO(streamed(api(shiju).get("scenes/?format=xlsx"))))
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}
    assert "f" not in kinds
    (cells,) = _named(book.active.iter_rows(values_only=True))
    assert cells["备注"] == text


def test_filters_order_and_scope_hold_for_files(api: ApiOf, make: Make, jiedao: User) -> None:
    first, second = make(Scene, type="park"), make(Scene, type="park")
    make(Scene)
    make(Scene, type="park", area_id=MINSHENGLU)
    make(Scene, type="park", area_id=f"{NEIGHBOUR}001001")
    rows = _named(_csv(api(jiedao).get("scenes/?type=park&ordering=id&format=csv")))
    assert [int(row["编号"]) for row in rows] == [first.pk, second.pk]


@pytest.mark.parametrize("prefix", [prefix for prefix, *_ in router.registry])
def test_every_list_may_be_had_as_a_file(
    api: ApiOf, make: Make, yuzhong: Plan, quji: User, prefix: str
) -> None:
    count = len(api(quji).get(f"{prefix}/?page_size=1000").json()["results"])
    head, *rows = _csv(api(quji).get(f"{prefix}/?format=csv"))
    assert len(rows) == count
    assert len(_xlsx(api(quji).get(f"{prefix}/?format=xlsx"))) == count + 1
    assert all(
        any("\u4e00" <= sign <= "\u9fff" for sign in title) or title == "ID" for title in head
    ), head


def test_a_refusal_is_json_whatever_was_asked_for(api: ApiOf, make: Make, shiju: User) -> None:
    for query in ("status=x&format=csv", "format=xlsx&page_size=0", "format=csv&cursor=x"):
        answer = api(shiju).get(f"scenes/?{query}")
        assert answer.status_code in (400, 404)
        assert answer["Content-Type"] == "application/json"
    assert api(shiju).get("scenes/", Accept="text/html").status_code == 406
    assert api(shiju).get(f"scenes/{make(Scene).pk}/", Accept="text/csv").status_code == 406


def test_the_number_of_queries_of_a_file_does_not_grow_with_its_rows(
    api: ApiOf, make: Make, shiju: User
) -> None:
    counts = []
    for total in (3, 40):
        while Activity.objects.count() < total:
            make(Activity, reached=[HUAYIPO])
        with CaptureQueriesContext(connection) as queries:
            assert len(_csv(api(shiju).get("activities/?format=csv"))) == total + 1
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("query", ["format=csv", "format=xlsx"])
def test_a_file_that_would_be_too_long_is_refused(
    api: ApiOf, make: Make, shiju: User, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr("reports.exports.renderers.MOST_ROWS", 2)
    for _ in range(3):
        make(Scene)
    answer = api(shiju).get(f"scenes/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many")
