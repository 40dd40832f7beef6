"""A row compared with the stored records: new, equal (skipped), a change of a draft, or refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from funds.models import Donation, Fund
from ledgers.reading.entries import RowOutcome
from ledgers.registry import KINDS
from ledgers.service import check_ledger
from orgs.models import CommunityOrg
from reviews.models import ImportBatch, ReviewEvent, Status
from reviews.services import approve, return_, submit
from tests.ledger.workbooks import fund, imported, money, one_sheet, org, read, run
from tests.types import Make


def _outcomes(by: User, kind: str, *rows: dict[str, Any]) -> list[RowOutcome]:
    assert by.area
    checked = check_ledger(kind, KINDS[kind], one_sheet(*rows), by=by, root=by.area)
    assert checked.result.problems == []
    return [entry.outcome for entry in checked.entries]


@pytest.mark.parametrize("status", list(Status)[:4])
def test_a_row_equal_to_a_stored_record_is_passed_over_whatever_its_state(
    quji: User, shiju: User, status: Status
) -> None:
    imported(quji, "funds", fund(1))
    record = Fund.objects.get()
    if status != Status.DRAFT:
        submit(record, by=quji, reason="核对")
    if status == Status.APPROVED:
        approve(record, by=shiju)
    elif status == Status.RETURNED:
        return_(record, by=shiju, reason="核对")
    imported(quji, "funds", fund(1), fund(2))
    assert Fund.objects.count() == 2
    record.refresh_from_db()
    assert record.status == status
    assert record.history.count() == 1


def test_a_ledger_that_grew_adds_only_what_is_new(quji: User) -> None:
    for last in (2, 4, 5):
        batch = imported(quji, "orgs", *(org(number) for number in range(1, last + 1)))
    assert CommunityOrg.objects.count() == 5
    assert batch
    assert (batch.row_count, batch.same_count, batch.created_counts) == (5, 4, {"orgs": 1})


def test_a_file_that_says_nothing_new_leaves_no_batch(quji: User) -> None:
    imported(quji, "orgs", org(1), org(2))
    assert imported(quji, "orgs", org(2), org(1)) is None
    assert ImportBatch.objects.count() == 1


def test_a_draft_takes_the_rows_values_and_an_empty_cell_erases_nothing(quji: User) -> None:
    imported(quji, "orgs", org(1, 负责人="王芳", 备注="原备注"))
    batch = imported(quji, "orgs", org(1, 负责人="李梅", 备注=None, 成员数=0))
    record = CommunityOrg.objects.get()
    assert (record.leader, record.note, record.members) == ("李梅", "原备注", 0)
    assert batch
    assert (batch.changed_count, batch.created_counts) == (1, {})
    assert batch.changes[0]["fields"] == {"leader": ["王芳", "李梅"], "members": [20, 0]}
    newest = record.history.first()
    assert newest is not None
    assert (newest.history_user, newest.leader) == (quji, "李梅")


def test_a_flag_taken_back_is_a_change(quji: User) -> None:
    imported(quji, "funds", fund(1))
    imported(quji, "funds", fund(1, 是否具有公开募捐资格="否", 备注="合作方具有资格"))
    assert not Fund.objects.get().host_has_public_fundraising


def test_a_returned_record_is_mended_and_submitted_again_by_its_file(
    quji: User, shiju: User
) -> None:
    imported(quji, "orgs", org(1), is_submitted=True)
    return_(CommunityOrg.objects.get(), by=shiju, reason="成员数有误")
    imported(quji, "orgs", org(1, 成员数=21), is_submitted=True)
    record = CommunityOrg.objects.get()
    assert (record.members, record.status) == (21, Status.PENDING)
    assert ReviewEvent.objects.count() == 3


@pytest.mark.parametrize("is_approved", [False, True])
def test_what_was_submitted_or_approved_is_never_changed_by_a_file(
    tmp_path: Path, quji: User, shiju: User, is_approved: bool
) -> None:
    imported(quji, "orgs", org(1), is_submitted=True, approve_as=shiju if is_approved else None)
    done = run(tmp_path, "orgs", one_sheet(org(2), org(1, 成员数=21)), "--json")
    (problem,) = done.as_json["problems"]
    assert (done.code, problem["cell"], problem["column"]) == (1, "I3", "成员数")
    assert "成员数：20 → 21" in problem["message"]
    assert ("撤回通过" if is_approved else "退回") in problem["message"]
    assert CommunityOrg.objects.get().members == 20


def test_a_voided_record_is_no_record(quji: User) -> None:
    imported(quji, "orgs", org(1))
    CommunityOrg.objects.update(status=Status.VOID)
    assert _outcomes(quji, "orgs", org(1), org(2)) == [RowOutcome.NEW, RowOutcome.NEW]


def test_two_rows_of_one_name_are_still_a_problem(quji: User) -> None:
    imported(quji, "orgs", org(1))
    found = read("orgs", one_sheet(org(1), org(1, 成员数=21)), quji)
    assert [problem.cell for problem in found.problems] == ["D3"]


def test_each_stored_gift_stands_for_one_row_only(quji: User) -> None:
    """Two equal donations on one day are two donations."""
    imported(quji, "funds", fund(1))
    imported(quji, "money", money(1, 票据号="A1"))
    found = _outcomes(quji, "money", money(1, 票据号="A1"), money(1, 票据号="A1"))
    assert found == [RowOutcome.SAME, RowOutcome.NEW]
    assert Donation.objects.count() == 1


def test_a_gift_that_differs_in_a_remark_only_is_refused(quji: User) -> None:
    imported(quji, "funds", fund(1))
    imported(quji, "money", money(1))
    found = read("money", one_sheet(money(1, 备注="补票据")), quji)
    assert ["请勿重复填报" in problem.message for problem in found.problems] == [True]


def test_a_neighbours_record_of_the_same_name_is_neither_met_nor_changed(
    quji: User, make: Make
) -> None:
    other = make(CommunityOrg, area_id="500105001001", name="华一坡社区互助会1", members=7)
    assert _outcomes(quji, "orgs", org(1)) == [RowOutcome.NEW]
    imported(quji, "orgs", org(1))
    other.refresh_from_db()
    assert other.members == 7


def test_a_record_changed_between_the_check_and_the_write_stops_it(
    quji: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledgers import service
    from reviews.services import TransitionError

    imported(quji, "orgs", org(1))
    wait = service._create_batch

    def meanwhile(*arguments: Any) -> ImportBatch:
        CommunityOrg.objects.update(members=33)
        return wait(*arguments)

    monkeypatch.setattr(service, "_create_batch", meanwhile)
    with pytest.raises(TransitionError, match="刚有变化"):
        imported(quji, "orgs", org(1, 成员数=21))


def test_days_and_money_are_compared_by_value_not_by_their_writing(quji: User) -> None:
    imported(quji, "funds", fund(1))
    again = fund(1, 设立日期="2026年3月1日", 起始资金="100.00元")
    assert _outcomes(quji, "funds", again) == [RowOutcome.SAME]
    assert Fund.objects.get().established_on == date(2026, 3, 1)
