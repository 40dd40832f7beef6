"""Reports and editions in the API: those in scope are listed, received and returned."""

from __future__ import annotations

import hashlib

import pytest

from accounts.models import Role, User
from indicators.models import Plan
from reports.editions.files import path_of
from reports.editions.sealing import seal
from reports.filing.preparing import prepare_reports
from reports.models import Edition, Report
from tests.api.clients import ApiOf, codes
from tests.conftest import DISTRICT, JIEFANGBEI, QIXINGGANG
from tests.worlds import share

pytestmark = pytest.mark.once


@pytest.fixture
def filed(few_streets: Plan, jiedao: User) -> Edition:
    """七星岗街道 has filed; 解放碑街道 and the district have not."""
    import datetime

    prepare_reports(datetime.date(2026, 6, 1))
    report = Report.objects.get(area=QIXINGGANG, due_on="2026-06-30")
    return seal(report, by=jiedao, on=datetime.date(2026, 6, 10), is_zero=True)


share(__name__, "filed")


def test_reports_are_those_of_the_own_subtree(
    filed: Edition, api: ApiOf, shiju: User, jiedao: User, jiedao2: User, jiangbei: User
) -> None:
    seen = {
        user.username: [
            row["area"] for row in api(user).get("reports/?ordering=id").json()["results"]
        ]
        for user in (shiju, jiedao, jiedao2, jiangbei)
    }
    assert set(seen["shiju"]) >= {DISTRICT, QIXINGGANG, JIEFANGBEI}
    assert (seen["jiedao"], seen["jiedao2"], seen["jiangbei"]) == ([QIXINGGANG], [JIEFANGBEI], [])
    assert api(jiedao2).get(f"reports/{filed.report_id}/").status_code == 404
    assert api(jiedao2).get(f"editions/{filed.pk}/").status_code == 404
    assert api(jiedao2).get(f"editions/{filed.pk}/files/xlsx/").status_code == 404
    assert api(jiedao2).get("editions/").json()["results"] == []


def test_filters_of_reports(filed: Edition, api: ApiOf, shiju: User) -> None:
    def areas(query: str) -> list[str]:
        return [row["area"] for row in api(shiju).get(f"reports/?{query}").json()["results"]]

    assert areas("state=filed") == [QIXINGGANG]
    assert areas(f"within={JIEFANGBEI}&due_on_since=2026-06-30") == [JIEFANGBEI]
    assert areas("plan=none") == []
    assert areas("due_on_until=2026-06-29") == []


def test_an_edition_is_told_with_what_its_hash_is_of(
    filed: Edition, api: ApiOf, shiju: User
) -> None:
    said = api(shiju).get(f"editions/{filed.pk}/").json()
    assert hashlib.sha256(said["content"].encode()).hexdigest() == said["sha256"] == filed.sha256
    (listed,) = api(shiju).get(f"editions/?report={filed.report_id}").json()["results"]
    assert "content" not in listed
    assert listed == {name: value for name, value in said.items() if name != "content"}


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_its_files_are_those_that_were_sealed(
    filed: Edition, api: ApiOf, shiju: User, kind: str
) -> None:
    said = api(shiju).get(f"editions/{filed.pk}/").json()
    answer = api(shiju).client.get(f"/api/v1/editions/{filed.pk}/files/{kind}/")
    name = {"xlsx": "workbook_sha256", "docx": "document_sha256"}[kind]
    assert hashlib.sha256(answer.content).hexdigest() == said[name]
    path = path_of(filed, kind)
    path.write_bytes(path.read_bytes() + b" ")
    touched = api(shiju).get(f"editions/{filed.pk}/files/{kind}/")
    assert (touched.status_code, touched.json()["code"]) == (409, "touched")
    path.unlink()
    assert api(shiju).get(f"editions/{filed.pk}/files/{kind}/").status_code == 404


def test_the_level_above_receives_and_returns(filed: Edition, api: ApiOf, shiju: User) -> None:
    path = f"reports/{filed.report_id}/"
    assert api(shiju).post(f"{path}return/", {"edition": 1, "reason": " "}).status_code == 422
    unread = api(shiju).post(f"{path}receive/")
    assert (unread.status_code, codes(unread)) == (400, [("edition", "required")])
    assert api(shiju).post(f"{path}receive/", {"edition": 2}).status_code == 409
    assert api(shiju).post(f"{path}receive/", {"edition": 1}).json()["state"] == "received"
    given = {"edition": 1, "reason": "数据与台账不符"}
    back = api(shiju).post(f"{path}return/", given).json()
    assert (back["state"], back["events"][-1]["note"]) == ("returned", "数据与台账不符")
    again = api(shiju).post(f"{path}receive/", {"edition": 1})
    assert (again.status_code, again.json()["code"]) == (409, "state")


def test_each_recipient_receives_for_itself(filed: Edition, api: ApiOf, shiju: User) -> None:
    offices = [
        {"name": "民政局慈善科", "area": DISTRICT},
        {"name": "社会工作部", "department": "社会工作部", "roles": ["observer"]},
    ]
    Report.objects.filter(pk=filed.report_id).update(recipients=offices)
    social = User.objects.create_user(
        "shegongbu", role=Role.OBSERVER, area_id=DISTRICT, department="社会工作部"
    )
    path = f"reports/{filed.report_id}/"
    states = {each["name"]: each["state"] for each in api(social).get(path).json()["recipients"]}
    assert states == {"民政局慈善科": "waiting", "社会工作部": "waiting"}
    other = {"edition": 1, "recipient": "民政局慈善科"}
    assert api(social).post(f"{path}receive/", other).status_code == 409
    done = api(social).post(f"{path}receive/", {"edition": 1}).json()
    told = {each["name"]: each for each in done["recipients"]}
    assert (told["社会工作部"]["state"], told["社会工作部"]["by"]) == ("received", "shegongbu")
    assert (done["state"], done["events"][-1]["recipient"]) == ("filed", "社会工作部")
    assert api(shiju).post(f"{path}receive/", {"edition": 1}).json()["state"] == "received"


def test_nobody_judges_the_own_report(
    filed: Edition, api: ApiOf, jiedao: User, quji: User, shengting: User, jiedao2: User
) -> None:
    path = f"reports/{filed.report_id}/"
    for user, status in ((jiedao, 403), (quji, 403), (shengting, 403), (jiedao2, 404)):
        assert api(user).post(f"{path}receive/").status_code == status
        assert api(user).post(f"{path}return/", {"reason": "越权"}).status_code == status
    filed.report.refresh_from_db()
    assert filed.report.state == "filed"


def test_what_is_not_asked_is_refused(filed: Edition, api: ApiOf, shiju: User) -> None:
    answer = api(shiju).post(f"reports/{filed.report_id}/receive/", {"editions": 1})
    assert answer.status_code == 400
    assert ("editions", "unknown") in codes(answer)
