"""A ledger under a street's new name meets the records of the old street."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.models import Role, User
from areas.codes import COMMUNITY_LEVEL
from areas.models import Area
from areas.services import register_succession
from ledgers.reading.entries import RowOutcome
from ledgers.registry import KINDS
from ledgers.service import check_ledger
from orgs.models import CommunityOrg
from tests.ledger.workbooks import (
    Row,
    activity,
    aid,
    fund,
    imported,
    money,
    one_sheet,
    org,
    scene,
    training,
)

OLD, NEW = "500103001", "500103098"
NEW_NAME = {"街道": "新七星街道"}


def _renamed() -> None:
    register_succession(OLD, NEW, date(2026, 6, 1), name="新七星街道")


def _checked(by: User, kind: str, *rows: Row) -> Any:
    assert by.area
    return check_ledger(kind, KINDS[kind], one_sheet(*rows), by=by, root=by.area)


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("orgs", org(1)),
        ("funds", fund(1)),
        ("scenes", scene(1)),
        ("activities", aid(1)),
        ("activities", activity(1)),
        ("activities", training(1)),
    ],
)
def test_the_same_rows_under_the_new_name_say_nothing_new(quji: User, kind: str, row: Row) -> None:
    imported(quji, kind, row)
    _renamed()
    checked = _checked(quji, kind, row | NEW_NAME)
    assert checked.result.problems == []
    assert [entry.outcome for entry in checked.entries] == [RowOutcome.SAME]


@pytest.mark.parametrize("name", ["七星岗街道向阳会", "七星岗向阳会", "渝中七星岗街道向阳会"])
def test_a_name_that_holds_the_new_name_of_its_street_is_asked_about(quji: User, name: str) -> None:
    row = org(1, **{"登记（备案）编号": None})
    imported(quji, "orgs", row | {"组织名称": name})
    _renamed()
    renamed = name.replace("七星岗", "新七星")
    checked = _checked(quji, "orgs", row | NEW_NAME | {"组织名称": renamed})
    assert [entry.outcome for entry in checked.entries] == [RowOutcome.DOUBTFUL]
    other = _checked(quji, "orgs", row | NEW_NAME | {"组织名称": "新七星街道夕阳会"})
    assert [entry.outcome for entry in other.entries] == [RowOutcome.NEW]


def test_two_records_of_one_name_that_came_to_one_street_are_both_met(quji: User) -> None:
    rows = [org(number, 街道=street, 社区=None) for number, street in enumerate(_MERGED)]
    for row in rows:
        row["组织名称"] = "邻里互助会"
    imported(quji, "orgs", *rows)
    _renamed()
    for area in Area.objects.filter(code__startswith="500103003", level=COMMUNITY_LEVEL):
        register_succession(area.code, f"{NEW}7{area.code[-2:]}", date(2026, 6, 1))
    register_succession("500103003", NEW, date(2026, 6, 1))
    checked = _checked(quji, "orgs", *(row | NEW_NAME for row in reversed(rows)))
    assert checked.result.problems == []
    assert [entry.outcome for entry in checked.entries] == [RowOutcome.SAME] * 2


_MERGED = ("七星岗街道", "解放碑街道")


def test_a_row_that_stands_twice_is_told_although_its_record_is_that_of_the_old_street(
    quji: User,
) -> None:
    imported(quji, "orgs", org(1))
    _renamed()
    checked = _checked(quji, "orgs", org(1) | NEW_NAME, org(1) | NEW_NAME)
    assert [entry.outcome for entry in checked.entries] == [RowOutcome.SAME, RowOutcome.REFUSED]
    (problem,) = checked.result.problems
    assert "同名" in problem.message


def test_a_change_under_the_new_name_keeps_the_record_where_it_is(quji: User) -> None:
    imported(quji, "orgs", org(1))
    _renamed()
    imported(quji, "orgs", org(1, 成员数=33) | NEW_NAME)
    record = CommunityOrg.objects.get()
    assert (record.area_id, record.members) == ("500103001003", 33)


def test_the_clerk_of_the_new_street_is_told_and_changes_no_old_record(quji: User) -> None:
    imported(quji, "orgs", org(1))
    _renamed()
    clerk = User.objects.create_user("xinqixing", role=Role.CLERK, area_id=NEW)
    same = _checked(clerk, "orgs", org(1) | NEW_NAME)
    assert [entry.outcome for entry in same.entries] == [RowOutcome.SAME]
    (problem,) = _checked(clerk, "orgs", org(1, 成员数=33) | NEW_NAME).result.problems
    assert "登记在原区划" in problem.message


def test_a_record_of_the_new_street_is_new(quji: User) -> None:
    imported(quji, "orgs", org(1))
    _renamed()
    checked = _checked(quji, "orgs", org(2) | NEW_NAME)
    assert [entry.outcome for entry in checked.entries] == [RowOutcome.NEW]
    assert checked.entries[0].record.area_id == f"{NEW}003"


@pytest.mark.parametrize("place", [{"序号": None}, NEW_NAME])
def test_the_money_ledger_of_the_new_street_finds_the_fund_of_the_old_one(
    quji: User, place: Row
) -> None:
    imported(quji, "funds", fund(1))
    imported(quji, "money", money(1))
    _renamed()
    clerk = User.objects.create_user("xinqixing", role=Role.CLERK, area_id=NEW)
    same = _checked(clerk, "money", money(1) | place)
    assert same.result.problems == []
    assert [entry.outcome for entry in same.entries] == [RowOutcome.SAME]
    more = _checked(clerk, "money", money(2, 日期="2026-06-02", 捐赠人="某公司") | place)
    (problem,) = more.result.problems
    assert "登记在原区划" in problem.message
    assert (
        _checked(quji, "money", money(2, 日期="2026-06-02", 捐赠人="某公司")).result.problems == []
    )
