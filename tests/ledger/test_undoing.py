"""An import is undone completely or not at all."""

from __future__ import annotations

import pytest

from accounts.models import User
from funds.models import Donation, Fund
from ledgers.undoing import undo_batch
from orgs.models import CommunityOrg
from reviews.models import ImportBatch, ReviewEvent, Status
from reviews.services import TransitionError, approve, reopen
from tests.ledger.workbooks import fund, imported, org
from tests.types import Make


def _imported(by: User, kind: str, *rows: dict[str, object], **options: object) -> ImportBatch:
    batch = imported(by, kind, *rows, **options)
    assert batch
    return batch


def _states() -> set[str]:
    return set(CommunityOrg.objects.values_list("status", flat=True))


@pytest.mark.parametrize("is_submitted", [False, True])
def test_all_records_are_voided_with_an_event_each_and_the_file_may_come_again(
    quji: User, is_submitted: bool
) -> None:
    batch = _imported(quji, "orgs", org(1), org(2), is_submitted=is_submitted)
    assert undo_batch(batch, by=quji) == 2
    assert _states() == {Status.VOID}
    assert ReviewEvent.objects.filter(action="void", reason="撤销导入", by=quji).count() == 2
    batch.refresh_from_db()
    assert batch.undone_by == quji
    _imported(quji, "orgs", org(1), org(2))
    assert CommunityOrg.objects.living().count() == 2


def test_one_approved_record_keeps_the_whole_batch(quji: User, shiju: User) -> None:
    batch = _imported(quji, "orgs", org(1), org(2), is_submitted=True)
    record = CommunityOrg.objects.first()
    assert record
    approve(record, by=shiju)
    with pytest.raises(TransitionError, match="1条社区社会组织已审核通过"):
        undo_batch(batch, by=quji)
    assert Status.VOID not in _states()
    reopen(record, by=shiju, reason="撤销导入前")
    assert undo_batch(batch, by=quji) == 2


def test_what_the_file_changed_is_as_before(quji: User) -> None:
    _imported(quji, "orgs", org(1, 负责人="王芳"))
    batch = _imported(quji, "orgs", org(1, 负责人="李梅", 成员数=30), org(2))
    assert undo_batch(batch, by=quji) == 2
    old = CommunityOrg.objects.living().get()
    assert (old.leader, old.members) == ("王芳", 20)
    assert [entry.leader for entry in old.history.all()] == ["王芳", "李梅", "王芳"]


def test_a_change_made_since_is_not_overwritten(quji: User) -> None:
    _imported(quji, "orgs", org(1))
    batch = _imported(quji, "orgs", org(1, 成员数=30))
    CommunityOrg.objects.update(members=31)
    with pytest.raises(TransitionError, match=r"成员数.*又有修改"):
        undo_batch(batch, by=quji)
    assert CommunityOrg.objects.get().members == 31


def test_a_changed_record_that_was_submitted_since_stays(quji: User) -> None:
    _imported(quji, "orgs", org(1))
    batch = _imported(quji, "orgs", org(1, 成员数=30), is_submitted=True)
    with pytest.raises(TransitionError, match="待审核"):
        undo_batch(batch, by=quji)


def test_records_that_others_hang_on_stay(quji: User, make: Make) -> None:
    batch = _imported(quji, "funds", fund(1))
    gift = make(Donation, fund=Fund.objects.get())
    with pytest.raises(TransitionError, match="捐赠收入"):
        undo_batch(batch, by=quji)
    Donation.objects.filter(pk=gift.pk).update(status=Status.VOID)
    assert undo_batch(batch, by=quji) == 1


def test_nobody_undoes_twice(quji: User) -> None:
    batch = _imported(quji, "orgs", org(1))
    undo_batch(batch, by=quji)
    with pytest.raises(TransitionError, match="已撤销"):
        undo_batch(batch, by=quji)


@pytest.mark.parametrize("name", ["jiedao", "jiedao2", "shiju", "jiangbei", "shengting", "guanli"])
def test_only_clerks_of_the_whole_place_undo(
    request: pytest.FixtureRequest, quji: User, name: str
) -> None:
    batch = _imported(quji, "orgs", org(1))
    with pytest.raises(TransitionError, match="不能撤销导入"):
        undo_batch(batch, by=request.getfixturevalue(name))
    assert _states() == {Status.DRAFT}
