"""A file is stored completely or not at all, and only once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import Role, User
from funds.models import Fund
from orgs.models import CommunityOrg, Training
from projects.models import Aid
from reviews.models import ImportBatch, ReviewEvent
from scenes.models import Activity, ActivityReach
from tests.conftest import JIEFANGBEI, PASSWORD, QIXINGGANG
from tests.ledger.workbooks import (
    Sheet,
    activity,
    aid,
    one_sheet,
    org,
    run,
    table,
    training,
    workbook,
)


def _assert_nothing_is_stored() -> None:
    for kind in (CommunityOrg, Fund, Training, Aid, Activity):
        assert not kind.objects.exists()
        assert not kind.history.exists()
    for model in (ImportBatch, ReviewEvent, ActivityReach):
        assert not model.objects.exists()


@pytest.mark.parametrize(
    "fault",
    [
        {"登记（备案）日期": "2026.2.30"},
        {"社区": "民生路社区"},
        {"组织名称": None},
        {"成员数": -1},
        {"组织名称": "华一坡社区互助会1"},
        {"登记（备案）日期": "2999-01-01"},
        {"有效期至": "2020-01-01"},
    ],
)
def test_one_bad_row_among_many_writes_nothing(
    tmp_path: Path, quji: User, shiju: User, fault: dict[str, object]
) -> None:
    rows = [org(number) for number in range(1, 40)] + [org(40) | fault]
    done = run(tmp_path, "orgs", one_sheet(*rows), "--approve-as", "shiju", "--json")
    assert done.code == 1
    assert len(done.as_json["problems"]) == 1
    assert done.as_json["created"] == {}
    _assert_nothing_is_stored()


def test_one_bad_sheet_among_many_writes_nothing(tmp_path: Path, quji: User) -> None:
    sheets = [
        Sheet(table([activity()]), "活动"),
        Sheet(table([training()]), "培训"),
        Sheet(table([aid(帮扶人次=0)]), "帮扶"),
    ]
    assert run(tmp_path, "activities", workbook(*sheets)).code == 1
    _assert_nothing_is_stored()


@pytest.mark.parametrize("approver", ["quji", "jiedao", "shengting", "guanli", "shenji"])
def test_an_approval_by_one_who_may_not_rolls_all_back(
    request: pytest.FixtureRequest, tmp_path: Path, quji: User, approver: str
) -> None:
    request.getfixturevalue(approver)
    done = run(tmp_path, "orgs", one_sheet(org(1), org(2)), "--approve-as", approver)
    assert done.code == 1
    assert "不能执行" in done.error
    _assert_nothing_is_stored()


def test_an_approval_by_a_neighbouring_districts_reviewer_rolls_all_back(
    tmp_path: Path, quji: User, jiangbei: User
) -> None:
    assert run(tmp_path, "orgs", one_sheet(org()), "--approve-as", "jiangbei").code == 1
    _assert_nothing_is_stored()


def test_an_approval_by_a_reviewer_of_some_of_the_rows_rolls_all_back(
    tmp_path: Path, quji: User
) -> None:
    User.objects.create_user("jieshen", password=PASSWORD, role=Role.REVIEWER, area_id=JIEFANGBEI)
    rows = [org(1), org(2, 街道="解放碑街道", 社区="民生路社区")]
    assert run(tmp_path, "orgs", one_sheet(*rows), "--approve-as", "jieshen").code == 1
    _assert_nothing_is_stored()


def test_the_same_file_twice_creates_nothing_twice_and_says_when_and_by_whom(
    tmp_path: Path, quji: User
) -> None:
    content = one_sheet(aid(1), aid(2))
    assert run(tmp_path, "activities", content).code == 0
    again = run(tmp_path, "activities", content, "--json")
    assert again.code == 1
    (problem,) = again.as_json["problems"]
    assert "quji" in problem["message"]
    assert timezone.localdate().isoformat() in problem["message"]
    assert Aid.objects.count() == 2
    assert ImportBatch.objects.count() == 1


def test_the_same_file_for_a_narrower_area_creates_nothing_twice(
    tmp_path: Path, quji: User
) -> None:
    content = one_sheet(aid(1), aid(2))
    assert run(tmp_path, "activities", content).code == 0
    assert run(tmp_path, "activities", content, "--area", QIXINGGANG).code == 1
    assert Aid.objects.count() == 2


def test_the_same_file_by_the_streets_own_clerk_creates_nothing_twice(
    tmp_path: Path, quji: User, jiedao: User
) -> None:
    content = one_sheet(aid(1), aid(2))
    assert run(tmp_path, "activities", content, by="jiedao").code == 0
    assert run(tmp_path, "activities", content, by="quji").code == 1
    assert Aid.objects.count() == 2


def test_a_check_foresees_that_a_file_is_refused_the_second_time(
    tmp_path: Path, quji: User
) -> None:
    content = one_sheet(aid(1))
    run(tmp_path, "activities", content)
    assert run(tmp_path, "activities", content, "--check").code == 1


def test_a_file_that_was_refused_may_be_mended_and_imported(tmp_path: Path, quji: User) -> None:
    assert run(tmp_path, "orgs", one_sheet(org(成员数="若干"))).code == 1
    assert run(tmp_path, "orgs", one_sheet(org())).code == 0


def test_every_record_remembers_its_batch_cell_and_author(tmp_path: Path, quji: User) -> None:
    content = workbook(Sheet([["台账"], *table([org(1), org(2)])], "七星岗街道"))
    run(tmp_path, "orgs", content)
    batch = ImportBatch.objects.get()
    assert (batch.kind, batch.row_count, batch.created_counts) == ("orgs", 2, {"orgs": 2})
    records = CommunityOrg.objects.order_by("pk")
    assert [record.import_cell for record in records] == ["七星岗街道!3", "七星岗街道!4"]
    assert {(record.import_batch, record.created_by) for record in records} == {(batch, quji)}
    assert {entry.history_user for entry in CommunityOrg.history.all()} == {quji}
