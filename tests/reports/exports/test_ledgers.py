"""An exported ledger holds exactly the records asked for, and no field that must not leave the
platform.
"""

from __future__ import annotations

import datetime
import hashlib
from decimal import Decimal
from typing import IO, Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from accounts.models import Role, User
from funds.models import Donation, Fund
from indicators.models import Plan
from ledgers.reading.findings import OnProgress
from orgs.models import Charity
from reports.exports import jobs, ledger
from reports.exports.columns import columns_of
from reports.exports.ledger import write_ledger
from reports.models.exports import Export, FileState
from reviews.kinds import record_kinds
from reviews.models import Status, Submission
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU, NEIGHBOUR_STREET, QIXINGGANG
from tests.records.kinds import kind_name, sound
from tests.reports.exports.conftest import Asked
from tests.types import Json, Make

HEAD = 3


def _rows(export: Export) -> list[tuple[Any, ...]]:
    """Return the rows below the headings."""
    assert export.state == FileState.DONE, export.message
    book = openpyxl.load_workbook(export.path)
    assert len(book.worksheets) == 1
    return list(book.worksheets[0].iter_rows(min_row=HEAD, values_only=True))


def _column(export: Export, title: str) -> list[Any]:
    heads, *rows = _rows(export)
    return [row[heads.index(title)] for row in rows]


@pytest.mark.parametrize("kind", record_kinds(), ids=kind_name)
def test_every_kind_of_records_has_its_ledger(
    make: Make, made: Asked, quji: User, yuzhong: Plan, kind: type[Submission]
) -> None:
    record = sound(make, kind)
    heads, row, *rest = _rows(made(quji, kind=kind._meta.label_lower, status=""))
    assert heads[:3] == ("序号", "所属地区", "地区代码")
    assert heads[-1] == "状态"
    assert (row[0], row[2], row[-1]) == (1, record.area_id, "草稿")
    assert [line[0] for line in rest] == (["合计"] if len(rest) else [])
    assert bool(rest) != kind.declaration.is_figure


def test_no_ledger_has_phones_or_names_of_people() -> None:
    closed = {"phone", "leader", "handler", "donor_name", "note", "media"}
    closed |= {"created_by", "submitted_by", "reviewed_by"}
    columns = [
        name
        for kind in record_kinds()
        for name in (*kind.declaration.exported_names, *kind.declaration.sealed)
    ]
    assert columns
    assert not closed & set(columns)


def test_a_persons_name_is_masked_as_everywhere(approved: Make, made: Asked, quji: User) -> None:
    for name, kind in (("张三丰", "person"), ("重庆某某公司", "company"), ("李四", "")):
        approved(Donation, donor_name=name, donor_type=kind)
    shown = _column(made(quji, kind="funds.donation"), "捐赠人")
    assert sorted(shown[:-1]) == ["张**", "李*", "重庆某某公司"]


def test_no_column_says_a_code_where_there_is_a_word(
    make: Make, made: Asked, quji: User, yuzhong: Plan
) -> None:
    from indicators.models import ManualFigure, OpeningBalance

    sound(make, OpeningBalance)
    sound(make, ManualFigure)
    balances = made(quji, kind="indicators.openingbalance", status="")
    assert _column(balances, "计量")[0] not in ("", None)
    assert not _column(balances, "计量")[0].isascii()
    figures = made(quji, kind="indicators.manualfigure", status="")
    assert (_column(figures, "方案"), _column(figures, "指标")) == (["测试方案"], ["居民满意度"])


def test_only_the_records_of_the_area_and_the_state_between_the_days(
    make: Make, approved: Make, made: Asked, quji: User
) -> None:
    def fund(day: int, place: str = HUAYIPO) -> str:
        return str(approved(Fund, area_id=place, established_on=datetime.date(2026, 3, day)).name)

    early, first, last, late = (fund(day) for day in (1, 5, 10, 11))
    elsewhere, draft = fund(7, MINSHENGLU), make(Fund).name
    names = {"area_id": QIXINGGANG, "since": "2026-03-05", "until": "2026-03-10"}
    assert _column(made(quji, **names), "基金名称")[:-1] == [first, last]
    assert set(_column(made(quji), "基金名称")[:-1]) == {early, first, last, late, elsewhere}
    assert _column(made(quji, status="draft"), "基金名称")[:-1] == [draft]


def test_voided_records_come_only_when_asked_for(make: Make, made: Asked, quji: User) -> None:
    gone, kept = make(Fund), make(Fund)
    Fund.objects.filter(pk=gone.pk).update(status=Status.VOID)
    assert _column(made(quji, status=""), "基金名称")[:-1] == [kept.name]
    assert _column(made(quji, status="void"), "基金名称")[:-1] == [gone.name]


def test_money_adds_up_exactly(approved: Make, made: Asked, quji: User) -> None:
    for amount in ("0.10", "0.20", "123456.78"):
        approved(Donation, amount_yuan=Decimal(amount))
    assert Decimal(str(_column(made(quji, kind="funds.donation"), "金额（元）")[-1])) == Decimal(
        "123457.08"
    )


def test_an_empty_ledger_is_a_ledger(made: Asked, quji: User) -> None:
    export = made(quji)
    assert export.row_count == 0
    assert [row[0] for row in _rows(export)] == ["序号", "合计"]


def test_its_row_says_what_the_file_is(approved: Make, made: Asked, quji: User) -> None:
    approved(Fund)
    export = made(quji)
    content = export.path.read_bytes()
    assert export.sha256 == hashlib.sha256(content).hexdigest()
    assert (export.size, export.row_count) == (len(content), 1)
    assert [path.name for path in export.path.parent.iterdir()] == [export.file_name]


def test_nothing_of_elsewhere_is_in_it(make: Make, made: Asked, jiangbei: User, quji: User) -> None:
    make(Fund, area_id=HUAYIPO)
    own = make(Fund, area_id=NEIGHBOUR_STREET)
    assert _column(made(jiangbei, status=""), "基金名称")[:-1] == [own.name]


def test_who_moved_between_asking_and_making_gets_nothing(asked: Asked, quji: User) -> None:
    for changes in ({"area_id": "500105"}, {"is_active": False}, {"role": Role.AUDITOR}):
        export = asked(quji)
        before = {name: getattr(quji, name) for name in changes}
        User.objects.filter(pk=quji.pk).update(**changes)
        jobs.work_on("export", export.pk)
        User.objects.filter(pk=quji.pk).update(**before)
        export.refresh_from_db()
        assert (export.state, export.file_name) == (FileState.FAILED, "")
        assert "已有变化" in export.message


def test_who_moved_within_what_they_had_gets_only_what_is_still_theirs(
    make: Make, asked: Asked, quji: User
) -> None:
    export = asked(quji, area_id=QIXINGGANG, status="")
    own = make(Fund, area_id=QIXINGGANG)
    make(Fund, area_id=MINSHENGLU)
    User.objects.filter(pk=quji.pk).update(area_id=QIXINGGANG)
    jobs.work_on("export", export.pk)
    export.refresh_from_db()
    assert _column(export, "基金名称")[:-1] == [own.name]


def test_more_than_a_sheet_holds_is_refused_with_a_way_out(
    make: Make, made: Asked, quji: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_MOST", 1)
    make(Fund)
    make(Fund)
    export = made(quji, status="")
    assert export.state == FileState.FAILED
    assert "共2条记录" in export.message
    assert "请选择下级地区或较短的日期" in export.message


def _fail(*args: object) -> None:
    raise OSError("disk full")


def test_after_an_error_it_is_tried_again(
    asked: Asked, quji: User, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    export = asked(quji)
    with monkeypatch.context() as broken, pytest.raises(OSError, match="disk full"):
        broken.setattr(jobs, "_sha256", _fail)
        jobs.work_on("export", export.pk)
    assert list(settings.EXPORT_DIR.iterdir()) == []
    assert jobs.waiting() == [("export", export.pk)]
    jobs.work_on("export", export.pk)
    export.refresh_from_db()
    assert export.state == FileState.DONE


def test_an_error_that_stays_is_told_in_the_end(
    asked: Asked, quji: User, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(jobs, "_sha256", _fail)
    export = asked(quji)
    for _ in range(jobs._ATTEMPTS):
        with pytest.raises(OSError, match="disk full"):
            jobs.work_on("export", export.pk)
    export.refresh_from_db()
    assert (export.state, export.message[:8]) == (FileState.FAILED, "多次生成未能完成")
    assert list(settings.EXPORT_DIR.iterdir()) == []
    assert jobs.waiting() == []


def test_made_once_however_often_it_is_called(made: Asked, quji: User, settings: Settings) -> None:
    export = made(quji)
    jobs.work_on("export", export.pk)
    assert Export.objects.get(pk=export.pk).file_name == export.file_name
    assert len(list(settings.EXPORT_DIR.iterdir())) == 1


def test_two_at_once_leave_one_file(
    asked: Asked, quji: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first worker lost its lease although it was alive, and the second was faster."""
    export = asked(quji)

    def slow(job: Export, target: IO[bytes], report: OnProgress) -> Json:
        found = write_ledger(job, target, report)
        monkeypatch.setitem(jobs._MAKERS, "export", (Export, write_ledger))
        jobs.FileLease("export", export.pk).release()
        jobs.work_on("export", export.pk)
        return found

    monkeypatch.setitem(jobs._MAKERS, "export", (Export, slow))
    jobs.work_on("export", export.pk)
    export.refresh_from_db()
    assert export.state == FileState.DONE
    assert [path.name for path in settings.EXPORT_DIR.iterdir()] == [export.file_name]


def test_while_somebody_is_at_it_nobody_else_begins(asked: Asked, quji: User) -> None:
    export = asked(quji)
    assert jobs.waiting() == [("export", export.pk)]
    lease = jobs.FileLease("export", export.pk)
    assert lease.acquire()
    assert jobs.waiting() == []
    jobs.work_on("export", export.pk)
    export.refresh_from_db()
    assert export.state == FileState.QUEUED
    lease.release()
    assert jobs.waiting() == [("export", export.pk)]


def test_the_statements_do_not_grow_with_the_rows(
    make: Make, made: Asked, quji: User, yuzhong: Plan
) -> None:
    def statements(kind: type[Submission]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            made(quji, kind=kind._meta.label_lower, status="")
        return len(found)

    for kind in record_kinds():
        sound(make, kind)
        one = statements(kind)
        for _ in range(3):
            sound(make, kind)
        assert statements(kind) == one, kind


def test_the_columns_are_fields_of_their_kind(yuzhong: Plan) -> None:
    assert [column.title for column in columns_of(Charity)][2] == "慈善组织名称"


def test_an_area_that_is_not_covered_is_refused_when_asked_for(
    asked: Asked, jiangbei: User
) -> None:
    with pytest.raises(ledger.Refused, match="不在您的管辖范围"):
        asked(jiangbei, area_id=DISTRICT)
    assert not Export.objects.exists()
