"""An import through the API takes the steps of the pages: upload, check, store, undo."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from orgs.models import CommunityOrg
from projects.models import Aid
from reviews.models import ImportJob, Status
from tests.api.clients import ApiOf, codes
from tests.ledger.workbooks import aid, imported, one_sheet, org
from tests.types import Make, Response

pytestmark = pytest.mark.once


def _upload(calls: Any, content: bytes, kind: str = "orgs", **more: object) -> Response:
    file = SimpleUploadedFile("组织台账.xlsx", content)
    sent = {"kind": kind, "file": file} | more
    return calls._checked(calls.client.post("/api/v1/imports/", sent))


def test_a_ledger_is_looked_at_stored_and_taken_back(api: ApiOf, jiedao: User, shiju: User) -> None:
    calls = api(jiedao)
    answer = _upload(calls, one_sheet(org(1), org(2)))
    said = answer.json()
    assert (answer.status_code, said["state"], said["rows"]) == (201, "checked", 2)
    assert answer["Location"].endswith(f"/api/v1/imports/{said['id']}/")
    assert (said["counts"]["new"], said["problems"]) == (2, [])
    assert not CommunityOrg.objects.exists()
    stored = calls.post(f"imports/{said['id']}/commit/", {"submit": True}).json()
    assert stored["state"] == "imported"
    assert set(CommunityOrg.objects.values_list("status", flat=True)) == {Status.PENDING}
    (batch,) = api(shiju).get("import-batches/").json()["results"]
    assert (batch["id"], batch["row_count"], batch["created_by"]) == (
        stored["batch"],
        2,
        str(jiedao),
    )
    undone = calls.post(f"import-batches/{batch['id']}/undo/").json()
    assert undone["undone_by"] == str(jiedao)
    assert set(CommunityOrg.objects.values_list("status", flat=True)) == {Status.VOID}
    assert calls.post(f"import-batches/{batch['id']}/undo/").status_code == 409


def test_a_batch_is_undone_as_it_was_seen(api: ApiOf, jiedao: User) -> None:
    batch = imported(jiedao, "orgs", org(1), org(2))
    assert batch
    calls = api(jiedao)
    path = f"import-batches/{batch.pk}/"
    seen = calls.get(path).json()["version"]
    record = CommunityOrg.objects.earliest("pk")
    record.members = 77
    record.save()
    late = calls.post(f"{path}undo/", {"version": seen})
    assert (late.status_code, late.json()["code"]) == (412, "changed")
    assert Status.VOID not in CommunityOrg.objects.values_list("status", flat=True)
    again = calls.get(path).json()["version"]
    assert again != seen
    assert calls.post(f"{path}undo/", {"version": again}).json()["undone_by"] == str(jiedao)


def test_data_that_changed_after_the_check_is_shown_and_nothing_is_stored(
    api: ApiOf, jiedao: User, make: Make
) -> None:
    calls = api(jiedao)
    said = _upload(calls, one_sheet(org(1), org(2))).json()
    make(CommunityOrg, name=org(1)["组织名称"], members=7)
    again = calls.post(f"imports/{said['id']}/commit/", {"outcomes": said["outcomes"]}).json()
    assert (again["state"], again["batch"]) == ("checked", None)
    assert "没有写入" in again["message"]
    assert (again["counts"]["changed"], again["counts"]["new"]) == (1, 1)
    late = calls.post(f"imports/{said['id']}/commit/", {"outcomes": said["outcomes"]})
    assert late.status_code == 409
    assert list(CommunityOrg.objects.values_list("members", flat=True)) == [7]
    seen = {"outcomes": again["outcomes"]}
    assert calls.post(f"imports/{said['id']}/commit/", seen).json()["state"] == "imported"
    assert list(CommunityOrg.objects.values_list("members", flat=True)) == [20, 20]


def test_problems_are_told_by_cell_and_nothing_is_stored(api: ApiOf, jiedao: User) -> None:
    calls = api(jiedao)
    said = _upload(calls, one_sheet(org(1), org(2, 社区="民生路社区"), org(3, 成员数=-1))).json()
    assert [(each["sheet"], each["cell"]) for each in said["problems"]] == [
        ("Sheet1", "C3"),
        ("Sheet1", "I4"),
    ]
    answer = calls.post(f"imports/{said['id']}/commit/")
    assert (answer.status_code, answer.json()["code"]) == (409, "state")
    assert not CommunityOrg.objects.exists()


def test_what_is_no_workbook_is_kept_as_refused(api: ApiOf, jiedao: User) -> None:
    said = _upload(api(jiedao), b"kein Excel").json()
    assert said["state"] == "refused"
    assert said["message"]


def test_what_is_missing_is_named(api: ApiOf, jiedao: User) -> None:
    calls = api(jiedao)
    assert codes(_upload(calls, one_sheet(org(1)), kind="keine")) == [("kind", "invalid_choice")]
    assert codes(calls._checked(calls.client.post("/api/v1/imports/", {"kind": "orgs"}))) == [
        ("file", "required")
    ]
    empty = _upload(calls, b"")
    assert (empty.status_code, empty.json()["code"]) == (422, "upload")
    assert codes(_upload(calls, one_sheet(org(1)), area="500105")) == [("area", "unknown")]
    as_json = calls.post("imports/", {"kind": "orgs"})
    assert as_json.status_code == 415
    assert not ImportJob.objects.exists()


def test_an_upload_is_its_uploaders_own(api: ApiOf, jiedao: User, quji: User, shiju: User) -> None:
    pk = _upload(api(jiedao), one_sheet(org(1))).json()["id"]
    for other in (quji, shiju):
        assert api(other).get("imports/").json()["results"] == []
        assert api(other).get(f"imports/{pk}/").status_code == 404
        assert api(other).post(f"imports/{pk}/commit/").status_code == 404
    assert _upload(api(shiju), one_sheet(org(1))).status_code == 403
    assert not CommunityOrg.objects.exists()


def test_doubtful_rows_are_questions_and_a_check_takes_the_decisions(
    api: ApiOf, jiedao: User
) -> None:
    imported(jiedao, "activities", aid(1))
    calls, record = api(jiedao), Aid.objects.get()
    said = _upload(calls, one_sheet(aid(1, 帮扶人次=25)), "activities").json()
    (question,) = said["questions"]
    (option,) = question["options"]
    assert (question["place"], option["record"]) == ("Sheet1!2", record.pk)
    assert option["changes"] == ["帮扶人次：5 → 25"]
    assert calls.post(f"imports/{said['id']}/commit/").status_code == 409
    wrong = {"decisions": [{"place": "Sheet1!9", "record": None}]}
    assert calls.post(f"imports/{said['id']}/check/", wrong).json()["code"] == "not_asked"
    sent = {"decisions": [{"place": "Sheet1!2", "record": record.pk}]}
    decided = calls.post(f"imports/{said['id']}/check/", sent).json()
    assert (decided["counts"]["changed"], decided["questions"]) == (1, [])
    assert calls.post(f"imports/{said['id']}/commit/").json()["state"] == "imported"
    record.refresh_from_db()
    assert record.person_times == 25
