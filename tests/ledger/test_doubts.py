"""A row that is much like a stored record: the clerk is asked, and nothing is stored before."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from funds.models import Donation, Expenditure, Fund
from ledgers import jobs
from ledgers.reading.entries import RowOutcome
from ledgers.reading.matching.decisions import Answer, Decision, Decisions
from ledgers.reading.questions import NotAsked, decide, reconsider
from ledgers.registry import KINDS
from ledgers.service import check_ledger, import_ledger
from orgs.models import CommunityOrg, Training
from projects.models import Aid, Project
from reviews.models import ImportJob, JobState
from reviews.services import approve, submit
from scenes.models import Activity
from tests.ledger.workbooks import (
    Row,
    activity,
    aid,
    fund,
    imported,
    money,
    one_sheet,
    org,
    project,
    run,
    training,
)

SPENDING = {"收入（元）": None, "支出（元）": 60, "摘要": "防滑垫", "票据号": None}
#: Kind of ledger, its model, a row, and what a corrected row says otherwise.
CORRECTIONS = [
    ("activities", Aid, aid(1), {"帮扶人次": 25}),
    ("activities", Aid, aid(1), {"帮扶人次": 25, "对象类别": "一困"}),
    ("activities", Aid, aid(1), {"日期": "2026-03-13"}),
    ("activities", Aid, aid(1), {"日期": "2026-03-13", "帮扶人次": 25}),
    ("activities", Aid, aid(1, 金额=100), {"日期": "2026-03-13", "金额": 1000}),
    ("activities", Activity, activity(1, 参与人次=30), {"日期": "2026-03-06", "参与人次": 35}),
    ("activities", Aid, aid(1, 金额=100), {"金额": 1000}),
    ("activities", Aid, aid(1), {"金额": 1000}),
    ("activities", Aid, aid(1, 金额=100), {"金额": None}),
    ("activities", Aid, aid(1), {"街道": "解放碑街道", "社区": "民生路社区"}),
    ("activities", Activity, activity(1), {"参与人次": 30}),
    ("activities", Activity, activity(1, 参与人次=30), {"参与人次": 35, "形式": "宣传"}),
    ("activities", Activity, activity(1), {"备注": "补充说明"}),
    ("activities", Training, training(1), {"参训人次": 12}),
    ("activities", Training, training(1), {"培训名称": "志愿骨干培训"}),
    ("money", Donation, money(1), {"收入（元）": 1000}),
    ("money", Donation, money(1, 票据号=None), {"票据号": "渝财00000001"}),
    ("money", Donation, money(1, 票据号=None, 捐赠人="某公司"), {"日期": "2026-04-12"}),
    ("money", Donation, money(1, 捐赠人="某公词"), {"捐赠人": "某公司"}),
    ("money", Donation, money(1), {"捐赠人": "某公司", "收入（元）": 200, "日期": "2026-05-01"}),
    ("money", Expenditure, money(1, **SPENDING), {"支出（元）": 600}),
    ("money", Expenditure, money(1, **SPENDING), {"摘要": "扶手"}),
    ("orgs", CommunityOrg, org(1), {"组织名称": "华一坡社区互助协会"}),
    ("projects", Project, project(1), {"开始时间": "2026-03-11"}),
    ("funds", Fund, fund(1), {"社区": None, "基金级别": "街道级"}),
    ("orgs", CommunityOrg, org(1), {"组织名称": "华一坡社区互助会①", "登记（备案）编号": None}),
    ("orgs", CommunityOrg, org(1), {"组织名称": "华一坡社区互助会一", "登记（备案）编号": None}),
]


def _checked(by: User, kind: str, *rows: Row, decisions: Decisions | None = None) -> Any:
    assert by.area
    given = decisions or Decisions()
    content = one_sheet(*rows)
    return check_ledger(kind, KINDS[kind], content, by=by, root=by.area, decisions=given)


def _prepared(by: User, kind: str, row: Row) -> None:
    if kind == "money":
        imported(by, "funds", fund(1))
    imported(by, kind, row)


@pytest.mark.parametrize(
    "fault", [{"帮扶内容": "同上"}, {"日期": "2026.13.1"}, {"帮扶人次": "1,5"}]
)
def test_a_row_with_a_faulty_cell_is_not_asked_about_before_it_is_corrected(
    quji: User, fault: Row
) -> None:
    imported(quji, "activities", aid(1))
    checked = _checked(quji, "activities", aid(1, 金额=80) | fault)
    (problem,) = checked.result.problems
    assert "疑似修改" not in problem.message
    assert checked.entries[0].outcome == RowOutcome.NEW


@pytest.mark.parametrize("written", ["1,5", "#N/A", "若干"])
def test_a_faulty_cell_says_nothing_about_the_stored_value(quji: User, written: str) -> None:
    imported(quji, "funds", fund(1))
    checked = _checked(quji, "funds", fund(1, 起始资金=written))
    assert [each.cell for each in checked.result.problems] == ["I2"]
    assert checked.entries[0].changes == ()
    assert not any("起始资金" in each.message for each in checked.result.warnings)


@pytest.mark.parametrize(("kind", "model", "row", "change"), CORRECTIONS)
def test_a_corrected_row_is_asked_and_changes_the_record_when_the_clerk_says_so(
    quji: User, kind: str, model: type[Any], row: Row, change: Row
) -> None:
    _prepared(quji, kind, row)
    before = model.objects.values().get()
    checked = _checked(quji, kind, row | change)
    assert [entry.outcome for entry in checked.entries] == [RowOutcome.DOUBTFUL]
    (problem,) = checked.result.problems
    assert problem.message.startswith("疑似修改系统中已有的")
    assert "“修改原记录”或“另一笔”" in problem.message
    imported(quji, kind, row | change, decisions=Decisions(others=Answer.CHANGE))
    after = model.objects.values().get()
    changed = {name for name in after if after[name] != before[name]} - {"updated_at"}
    is_cleared = change == {"金额": None}  # an empty cell never erases
    assert bool(changed) is not is_cleared


@pytest.mark.parametrize(("kind", "model", "row", "change"), CORRECTIONS[::6])
def test_another_fact_is_stored_beside_the_first_and_the_batch_says_so(
    quji: User, kind: str, model: type[Any], row: Row, change: Row
) -> None:
    _prepared(quji, kind, row)
    batch = imported(quji, kind, row | change, decisions=Decisions(others=Answer.NEW))
    assert batch
    assert model.objects.count() == 2
    assert any("填报人已确认为另一笔" in warning for warning in batch.warnings)


OTHERS = [
    ("activities", aid(1), aid(2)),
    ("activities", training(1), training(2)),
    ("activities", activity(1), activity(1, 活动名称="中秋慰问", 参与人次=3, 形式="宣传")),
    ("activities", aid(1, 帮扶内容="助餐"), aid(1, 帮扶内容="助浴", 帮扶人次=7)),
    ("activities", aid(1), aid(1, 日期="2026-04-03", 帮扶人次=7)),
    ("money", money(1), money(2)),
    ("money", money(1, 捐赠人="某公司"), money(2, 捐赠人="另一公司")),
    ("money", money(1, 捐赠人="某公司"), money(2, 捐赠人="某公司", 日期="2026-05-01")),
    ("money", money(1, **SPENDING), money(1, **SPENDING | {"摘要": "扶手", "支出（元）": 90})),
    ("orgs", org(1), org(2)),
    ("orgs", org(1, **{"登记（备案）编号": "备案"}), org(2, **{"登记（备案）编号": "备案"})),
    ("projects", project(1), project(2)),
    ("funds", fund(1), fund(2)),
]


@pytest.mark.parametrize(("kind", "row", "other"), OTHERS)
def test_another_fact_of_its_own_is_not_asked(quji: User, kind: str, row: Row, other: Row) -> None:
    _prepared(quji, kind, row)
    assert [entry.outcome for entry in _checked(quji, kind, other).entries] == [RowOutcome.NEW]


@pytest.mark.parametrize(("kind", "model", "row", "change"), CORRECTIONS[:3])
def test_a_stored_record_that_the_file_states_is_no_candidate(
    quji: User, kind: str, model: type[Any], row: Row, change: Row
) -> None:
    """A ledger that grew: its old rows are still in it."""
    _prepared(quji, kind, row)
    found = [entry.outcome for entry in _checked(quji, kind, row, row | change).entries]
    assert found == [RowOutcome.SAME, RowOutcome.NEW]


@pytest.mark.parametrize("is_approved", [False, True])
def test_a_submitted_or_approved_record_is_not_changed_by_a_decision(
    quji: User, shiju: User, is_approved: bool
) -> None:
    imported(quji, "activities", aid(1), is_submitted=True)
    record = Aid.objects.get()
    if is_approved:
        approve(record, by=shiju)
    change = Decisions(others=Answer.CHANGE)
    checked = _checked(quji, "activities", aid(1, 帮扶人次=25), decisions=change)
    (problem,) = checked.result.problems
    assert ("撤回通过" if is_approved else "退回") in problem.message
    assert "5 → 25" in problem.message
    assert Aid.objects.get().person_times == 5


def test_a_record_is_changed_by_one_row_only(quji: User) -> None:
    imported(quji, "activities", aid(1))
    rows = aid(1, 帮扶人次=25), aid(1, 帮扶人次=30)
    change = Decisions(others=Answer.CHANGE)
    checked = _checked(quji, "activities", *rows, decisions=change)
    (problem,) = checked.result.problems
    assert "只能由一行修改" in problem.message


def test_a_decision_holds_for_the_candidates_that_were_seen(quji: User) -> None:
    decided = Decision(None, frozenset({1, 2}))
    decisions = Decisions({"Sheet1!2": decided})
    assert decisions.about("Sheet1!2", [1]) == decided
    assert decisions.about("Sheet1!2", [1, 3]) is None
    assert Decisions({"Sheet1!2": Decision(2, frozenset({1, 2}))}).about("Sheet1!2", [1]) is None
    assert Decisions(others=Answer.CHANGE).about("Sheet1!2", [1, 2]) is None


# --- on the way of an upload -------------------------------------------------------------------


def _upload(by: User, kind: str, *rows: Row) -> ImportJob:
    assert by.area
    job = jobs.create_job(kind, one_sheet(*rows), "台账.xlsx", by=by, root=by.area)
    return _worked(job)


def _worked(job: ImportJob) -> ImportJob:
    jobs.work_on(job.pk, KINDS)
    job.refresh_from_db()
    return job


def test_an_upload_keeps_the_decisions_and_is_stored_when_none_is_open(quji: User) -> None:
    imported(quji, "activities", aid(1), aid(2))
    first, second = Aid.objects.order_by("pk")
    job = _upload(quji, "activities", aid(1, 帮扶人次=25), aid(2, 帮扶人次=30), aid(3))
    assert job.found["question_count"] == 2
    assert job.found["counts"]["doubtful"] == 2
    assert not jobs.is_ready(job)
    assert decide(job, {"Sheet1!2": first.pk})
    job = _worked(job)
    assert [each["place"] for each in job.found["questions"]] == ["Sheet1!3"]
    assert decide(job, {}, Answer.NEW)
    job = _worked(job)
    assert job.decisions == {
        "Sheet1!2": {"record": first.pk, "asked": [first.pk]},
        "Sheet1!3": {"record": None, "asked": [second.pk]},
    }
    assert jobs.is_ready(job)
    assert jobs.ask_to_check(job)  # a further check asks nothing again
    job = _worked(job)
    assert jobs.is_ready(job)
    assert jobs.ask_to_import(job, is_submitted=False)
    assert _worked(job).state == JobState.IMPORTED
    assert sorted(Aid.objects.values_list("person_times", flat=True)) == [5, 5, 25, 30]


def test_decisions_can_be_forgotten(quji: User) -> None:
    imported(quji, "activities", aid(1))
    job = _upload(quji, "activities", aid(1, 帮扶人次=25))
    assert decide(job, {"Sheet1!2": None})
    job = _worked(job)
    assert reconsider(job)
    job = _worked(job)
    assert (job.decisions, job.found["question_count"]) == ({}, 1)


def test_only_what_was_asked_can_be_decided(quji: User) -> None:
    imported(quji, "activities", aid(1))
    job = _upload(quji, "activities", aid(1, 帮扶人次=25))
    with pytest.raises(NotAsked, match="Sheet1!9"):
        decide(job, {"Sheet1!9": None})
    with pytest.raises(NotAsked, match="4711"):
        decide(job, {"Sheet1!2": 4711})


def test_a_record_that_was_approved_meanwhile_is_not_changed(quji: User, shiju: User) -> None:
    imported(quji, "activities", aid(1))
    job = _upload(quji, "activities", aid(1, 帮扶人次=25))
    record = Aid.objects.get()
    assert decide(job, {"Sheet1!2": record.pk})
    submit(record, by=quji, reason="核对")
    approve(record, by=shiju)
    job = _worked(job)
    assert not jobs.is_ready(job)
    assert "撤回通过" in job.found["problems"][0]["message"]


# --- on the command line -------------------------------------------------------------------------


def test_the_command_asks_and_takes_one_answer_for_all(tmp_path: Path, quji: User) -> None:
    imported(quji, "activities", aid(1))
    content = one_sheet(aid(1, 帮扶人次=25))
    asked = run(tmp_path, "activities", content)
    assert (asked.code, Aid.objects.get().person_times) == (1, 5)
    assert "--doubtful" in asked.output
    assert run(tmp_path, "activities", content, "--doubtful", "change").code == 0
    assert Aid.objects.get().person_times == 25


def test_a_receipt_filled_in_later_changes_the_gift(quji: User) -> None:
    imported(quji, "funds", fund(1))
    imported(quji, "money", money(1, 票据号=None))
    imported(quji, "money", money(1), decisions=Decisions(others=Answer.CHANGE))
    gift = Donation.objects.get()
    assert (gift.receipt_number, gift.amount_yuan) == ("渝财00000001", Decimal(100))


def test_an_open_question_leaves_nothing_stored(quji: User) -> None:
    imported(quji, "activities", aid(1))
    assert quji.area
    content = one_sheet(aid(1, 帮扶人次=25), aid(7, 日期="2026-02-01"))
    result = import_ledger(
        "activities", KINDS["activities"], content, "台账.xlsx", by=quji, root=quji.area
    )
    assert result.batch is None
    assert Aid.objects.count() == 1
