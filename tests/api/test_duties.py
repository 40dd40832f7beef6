"""The API of duties and of their instances: what is owed, page by page, within one's own area."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from accounts.models import User
from indicators.models import Duty, Plan
from orgs.models import Charity
from supervision.models import AuditReport
from tests.api.clients import ApiOf
from tests.conftest import DISTRICT, HUAYIPO, JIEFANGBEI, QIXINGGANG
from tests.types import Make

pytestmark = pytest.mark.once


@pytest.fixture
def audits(yuzhong: Plan, approved: Make) -> Duty:
    """The yearly audit of three charities, one of them done late."""
    for at, area in enumerate((QIXINGGANG, QIXINGGANG, JIEFANGBEI)):
        approved(Charity, name=f"慈善会{at}", registered_on="2020-01-01", area_id=area)
    first = Charity.objects.order_by("pk")[0]
    approved(AuditReport, charity=first, year="2025", reported_on="2026-04-02")
    yuzhong.duties.all().delete()
    return Duty.objects.create(
        plan=yuzhong,
        code="audits",
        position=1,
        name="上年度审计",
        clause="一",
        who={"kind": "charities"},
        schedule={"every": "year", "due": "03-31", "of": "last_year"},
        fulfilment={"kind": "audit-reports"},
    )


ASKED = {"plan": "yuzhong-2026", "on": "2026-06-30", "due_until": "2026-12-31"}


def test_instances_are_listed_page_by_page(audits: Duty, api: ApiOf, shiju: User) -> None:
    answer = api(shiju).get("duty-instances/", {**ASKED, "area": DISTRICT, "page_size": 2}).json()
    assert (answer["count"], answer["next"], len(answer["results"])) == (3, 2, 2)
    first = answer["results"][0]
    assert {
        name: first[name] for name in ("debtor_name", "period", "due_on", "state", "done_on")
    } == {
        "debtor_name": "慈善会0",
        "period": "2025",
        "due_on": "2026-03-31",
        "state": "late",
        "done_on": "2026-04-02",
    }
    assert (first["record_kind"], first["record"]) == (
        "audit-reports",
        AuditReport.objects.get().pk,
    )
    rest = api(shiju).get("duty-instances/", {**ASKED, "area": DISTRICT, "cursor": 2}).json()
    assert [each["debtor_name"] for each in rest["results"]] == ["慈善会2"]
    late = api(shiju).get("duty-instances/", {**ASKED, "area": DISTRICT, "state": "late"}).json()
    assert late["count"] == 1


def test_a_neighbour_sees_no_debtor(audits: Duty, api: ApiOf, jiedao2: User, jiedao: User) -> None:
    own = api(jiedao).get("duty-instances/", {**ASKED, "area": QIXINGGANG}).json()
    assert {each["area"] for each in own["results"]} == {QIXINGGANG}
    for area in (QIXINGGANG, HUAYIPO, DISTRICT):
        answer = api(jiedao2).get("duty-instances/", {**ASKED, "area": area})
        assert answer.status_code == 404 and "慈善会" not in answer.content.decode()


@pytest.mark.parametrize(
    "query", [{"state": "done?"}, {"due_since": "2026-02-30"}, {"colour": "1"}]
)
def test_what_cannot_be_asked_is_refused(
    audits: Duty, api: ApiOf, shiju: User, query: dict[str, str]
) -> None:
    answer = api(shiju).get("duty-instances/", {**ASKED, "area": DISTRICT, **query})
    assert answer.status_code in (400, 422)


def test_duties_say_their_terms_in_words(audits: Duty, api: ApiOf, shiju: User) -> None:
    (found,) = api(shiju).get("duties/", {"plan": "yuzhong-2026"}).json()["results"]
    words = {name: found[name] for name in ("who", "when", "done")}
    assert words == {"who": "每个慈善组织", "when": "每年3月31日前（上年度）", "done": "审计报告"}


def test_the_file_for_other_programs(
    audits: Duty, client: Client, shiju: User, jiedao2: User
) -> None:
    client.force_login(shiju)
    address = f"/duties/yuzhong-2026/{DISTRICT}/instances.csv"
    answer = client.get(address, {"on": "2026-06-30", "state": "overdue"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["履责事项", "履责主体", "地区", "地区代码"]
    assert [(row[1], row[4], row[6]) for row in rows[1:]] == [
        ("慈善会1", "2025年度", "逾期"),
        ("慈善会2", "2025年度", "逾期"),
    ]
    client.force_login(jiedao2)
    assert client.get(address).status_code == 404
