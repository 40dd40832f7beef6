"""The log and what it covers: triggers refuse, the check of the night finds."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from audit.acts import Act
from audit.chain import guards
from audit.chain.lifting import changing
from audit.chain.links import link_leftovers
from audit.chain.verifying import verify_chain
from audit.chain.witnesses import begin
from audit.events import record
from audit.models import AuditEvent, Cover, Link
from funds.models import Donation
from reviews.fields import history_of
from reviews.kinds import record_kinds
from reviews.models import ReviewEvent, verify_records
from reviews.services import reopen
from tests.types import Make

pytestmark = pytest.mark.django_db


def _faults() -> list[str]:
    return [*verify_chain(), *verify_records(record_kinds())]


def _sql(command: str, *values: int | str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(command, values)
        return int(cursor.rowcount)


def test_what_the_platform_writes_is_sound(
    approved: Make, make: Make, quji: User, shiju: User
) -> None:
    approved(Donation)
    reopen(approved(Donation), by=shiju, reason="改")
    make(Donation)
    assert _faults() == []
    assert Link.objects.count() == AuditEvent.objects.count() + Cover.objects.count()


def test_triggers_refuse_changes_of_what_is_append_only(approved: Make, quji: User) -> None:
    approved(Donation)
    record(Act.OTHER, user=quji)
    link_leftovers()
    for model in (AuditEvent, Cover, Link, ReviewEvent, history_of(Donation).model):
        table, column = model._meta.db_table, model._meta.pk.column
        for command in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with pytest.raises(IntegrityError, match="留痕数据只能追加"), transaction.atomic():
                _sql(command)
    assert guards.missing_guards() == []


def test_a_trigger_that_was_dropped_is_found_and_comes_back(db: None) -> None:
    guards.drop(ReviewEvent)
    assert "数据表 reviews_reviewevent 缺少防改动触发器" in _faults()
    guards.install()
    assert _faults() == []


def test_authority_changes_versions_and_the_check_accepts_exactly_that(
    approved: Make, quji: User
) -> None:
    first, second = approved(Donation), approved(Donation)
    assert _faults() == []
    versions = history_of(Donation)
    with changing(versions.filter(id=first.pk), "按本人申请删除个人信息"):
        versions.filter(id=first.pk).update(donor_name="已删除")
    Donation.objects.filter(pk=first.pk).update(donor_name="已删除")
    assert [fault for fault in _faults() if "与最后一次留痕不符" in fault] == []
    event = AuditEvent.objects.get(act=Act.LOG_LIFTED)
    assert event.detail == "按本人申请删除个人信息"
    with pytest.raises(IntegrityError), transaction.atomic():
        versions.filter(id=second.pk).update(donor_name="已删除")


def test_rows_may_be_deleted_with_authority(approved: Make) -> None:
    record_ = approved(Donation)
    assert _faults() == []
    versions = history_of(Donation).filter(id=record_.pk)
    oldest = versions.order_by("history_id").first()
    assert oldest is not None
    with changing(history_of(Donation).filter(pk=oldest.pk), "到期"):
        history_of(Donation).filter(pk=oldest.pk).delete()
    assert not [fault for fault in _faults() if "被删除" in fault and "历史" in fault]


def test_an_end_that_was_cut_off_is_found(quji: User) -> None:
    for _ in range(3):
        record(Act.OTHER, user=quji)
    assert _faults() == []
    guards.drop(AuditEvent)
    guards.drop(Link)
    last = Link.objects.latest("position")
    _sql("DELETE FROM audit_auditevent WHERE id = %s", last.row_id)
    _sql("DELETE FROM audit_link WHERE position = %s", last.position)
    guards.install()
    assert any("链尾被截去" in fault for fault in _faults())


def test_an_event_copied_by_sql_is_found(quji: User) -> None:
    record(Act.OTHER, user=quji)
    names = ", ".join(str(f.column) for f in AuditEvent._meta.concrete_fields if f.column != "id")
    _sql(f"INSERT INTO audit_auditevent ({names}) SELECT {names} FROM audit_auditevent")
    assert any("复制" in fault for fault in _faults())


def test_a_forged_approval_is_found(make: Make, quji: User, shiju: User) -> None:
    from reviews.services import submit

    record_ = make(Donation)
    submit(record_, by=quji, reason="测试")
    _sql(
        "UPDATE funds_donation SET status = 'approved', reviewed_by_id = %s WHERE id = %s",
        shiju.pk,
        record_.pk,
    )
    assert (
        f"{Donation._meta.verbose_name}第{record_.pk}号的状态、提交或审核信息与审核记录不符"
        in _faults()
    )
    names = [
        str(f.column) for f in ReviewEvent._meta.concrete_fields if f.column not in ("id", "action")
    ]
    listed = ", ".join(names)
    _sql(
        f"INSERT INTO reviews_reviewevent ({listed}, action) SELECT {listed}, 'approve'"
        " FROM reviews_reviewevent"
    )
    assert any("审核记录" in fault and "不是本系统写入" in fault for fault in _faults())


def test_an_upgrade_covers_what_is_there_once(approved: Make) -> None:
    approved(Donation)
    guards.drop(AuditEvent)
    guards.drop(Cover)
    _sql("DELETE FROM audit_auditevent")
    _sql("DELETE FROM audit_cover")
    guards.install()
    begin()
    assert AuditEvent.objects.get().act == Act.BASELINE
    assert _faults() == []
    begin()
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_rows_are_tied_right_after_the_commit_and_none_that_was_rolled_back() -> None:
    with transaction.atomic():
        record(Act.OTHER)
        record(Act.OTHER)
        assert not Link.objects.exists()
    assert Link.objects.count() == 2
    with pytest.raises(ValueError, match="zurück"), transaction.atomic():
        record(Act.OTHER)
        raise ValueError("zurück")
    record(Act.OTHER)
    assert list(Link.objects.values_list("position", flat=True).order_by("position")) == [1, 2, 3]
    assert _faults() == []
