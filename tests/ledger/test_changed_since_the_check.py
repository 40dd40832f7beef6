"""What is stored is what the check has shown: data that changed meanwhile is shown anew first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache

from accounts.models import User
from funds.models import Donation, Fund
from ledgers import jobs
from ledgers.registry import KINDS
from orgs.models import CommunityOrg
from reviews.models import ImportJob, JobState
from reviews.services import return_, submit, void
from tests.ledger.workbooks import Row, fund, imported, money, one_sheet, org
from tests.types import Make

NAME = org(1)["组织名称"]
SAID = "核对之后数据有变化，没有写入；下面是重新核对的结果"
Upload = Callable[..., ImportJob]


@pytest.fixture
def upload(jiedao: User) -> Upload:
    """`upload("orgs", org(1))`: a checked upload of the street's clerk without problems."""
    cache.clear()

    def checked(kind: str, *rows: Row) -> ImportJob:
        assert jiedao.area
        job = jobs.create_job(kind, one_sheet(*rows), "台账.xlsx", by=jiedao, root=jiedao.area)
        jobs.work_on(job.pk, KINDS)
        job.refresh_from_db()
        assert jobs.is_ready(job), job.found
        return job

    return checked


def _store(job: ImportJob) -> ImportJob:
    assert jobs.ask_to_import(job, is_submitted=True)
    jobs.work_on(job.pk, KINDS)
    job.refresh_from_db()
    return job


def _refused(job: ImportJob) -> ImportJob:
    """Ask to store the upload; nothing is stored, and it is shown as it is now."""
    shown = job.outcomes
    job = _store(job)
    assert (job.state, job.message, job.batch) == (JobState.CHECKED, SAID, None)
    assert job.outcomes != shown
    return job


def test_a_value_that_somebody_else_has_changed_is_not_overwritten(
    upload: Upload, jiedao: User
) -> None:
    imported(jiedao, "orgs", org(1, 成员数=500))
    job = upload("orgs", org(1, 成员数=600))
    assert job.found["lines"][0]["details"] == ["成员数：500 → 600"]
    CommunityOrg.objects.update(members=700)
    job = _refused(job)
    assert CommunityOrg.objects.get().members == 700
    assert job.found["lines"][0]["details"] == ["成员数：700 → 600"]
    assert _store(job).state == JobState.IMPORTED  # now it was seen
    assert CommunityOrg.objects.get().members == 600


def test_a_new_row_that_somebody_else_has_entered_is_shown_as_a_change(
    upload: Upload, make: Make
) -> None:
    job = upload("orgs", org(1))
    make(CommunityOrg, name=NAME, members=7)
    job = _refused(job)
    assert (job.found["counts"]["changed"], CommunityOrg.objects.get().members) == (1, 7)


def test_a_new_row_that_somebody_else_has_imported_is_shown_as_the_same(
    upload: Upload, quji: User
) -> None:
    job = upload("orgs", org(1), org(2))
    imported(quji, "orgs", org(2))
    job = _refused(job)
    assert (job.found["counts"]["same"], CommunityOrg.objects.count()) == (1, 1)


def test_a_change_that_somebody_else_has_made_is_shown_as_the_same(
    upload: Upload, jiedao: User
) -> None:
    imported(jiedao, "orgs", org(1))
    job = upload("orgs", org(1, 成员数=600), org(2))
    CommunityOrg.objects.update(members=600)
    assert _refused(job).found["counts"]["same"] == 1


def test_a_warning_that_came_up_meanwhile_is_shown(upload: Upload, make: Make) -> None:
    job = upload("orgs", org(1))
    make(CommunityOrg, name="民生路互助会", area_id="500103003013", number="渝中社备000001")
    assert "渝中社备000001" in str(_refused(job).found["warnings"])


def test_a_record_that_changed_in_another_field_is_not_submitted_unseen(
    upload: Upload, jiedao: User, shiju: User
) -> None:
    imported(jiedao, "orgs", org(1))
    job = upload("orgs", org(1, 成员数=600))
    record = CommunityOrg.objects.get()
    submit(record, by=jiedao, reason="核对")
    return_(record, by=shiju, reason="请核对成员数")
    _refused(job)


def test_money_of_a_fund_that_was_registered_again_is_shown_anew(
    upload: Upload, quji: User
) -> None:
    imported(quji, "funds", fund(1))
    job = upload("money", money(1))
    void(Fund.objects.get(), by=quji, reason="登记有误")
    imported(quji, "funds", fund(1, 起始资金=200))
    _refused(job)
    assert not Donation.objects.exists()


def test_an_upload_that_was_checked_before_digests_were_kept_is_shown_anew(
    upload: Upload,
) -> None:
    job = upload("orgs", org(1))
    del job.found["outcomes"]
    job.save(update_fields=["found"])
    job = _refused(job)
    assert _store(job).state == JobState.IMPORTED


def test_what_changed_elsewhere_does_not_matter(upload: Upload, make: Make) -> None:
    job = upload("orgs", org(1))
    make(CommunityOrg, name="民生路互助会", area_id="500103003013", number="渝中社备000099")
    assert _store(job).state == JobState.IMPORTED
