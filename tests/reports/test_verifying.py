"""`verify_editions` names every edition that was changed by other means than the platform."""

from __future__ import annotations

import contextlib
import datetime
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import User
from crypto.digests import DigestName
from crypto.digests import digest as sm3
from funds.models import Fund
from indicators.models import Plan
from reports.editions.files import document_path, made_again, workbook_path
from reports.editions.sealing import seal
from reports.editions.verifying import verify, verify_editions
from reports.filing.preparing import prepare_reports
from reports.models import Edition, Report, ReportEvent, ReportState
from reports.schema.codec import canonical
from reports.schema.formats import digest
from tests.conftest import DISTRICT, NEIGHBOUR, QIXINGGANG
from tests.reports.conftest import JUNE, PREPARED
from tests.types import Make
from tests.worlds import share

# Reads texts and files; what is sealed on the other database is verified in `test_filing_up_the_tree`.
pytestmark = [pytest.mark.once, pytest.mark.usefixtures("may_tamper")]

Tamper = Callable[[Edition], Any]


@pytest.fixture
def editions(report: Report, shiju: User, approved: Make) -> list[Edition]:
    """June's first edition with its correction, and November's edition."""
    approved(Fund)
    first = seal(report, by=shiju, on=JUNE)
    second = seal(report, by=shiju, on=JUNE, reason="漏报")
    november = prepare_reports(datetime.date(2026, 11, 1))[0]
    third = seal(november, by=shiju, on=datetime.date(2026, 11, 20))
    return [first, second, third]


share(__name__, "editions")

#: The files made again, by content and digest.
_made: dict[tuple[str, str], dict[str, bytes]] = {}


@pytest.fixture(autouse=True)
def _made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the files of a content once: that they are the same again is shown by `test_same_bytes`."""

    def once(edition: Edition) -> dict[str, bytes]:
        key = edition.content, edition.sha256
        if key not in _made:
            _made[key] = made_again(edition)
        return _made[key]

    monkeypatch.setattr("reports.editions.verifying.made_again", once)


def test_all_is_well_when_nothing_was_touched(editions: list[Edition]) -> None:
    assert list(verify_editions()) == []
    out = io.StringIO()
    call_command("verify_editions", stdout=out)
    assert out.getvalue() == "3 个封存版次全部属实。\n"


def test_nothing_sealed_is_all_well(db: None) -> None:
    call_command("verify_editions", stdout=io.StringIO())


def _one_byte(edition: Edition) -> None:
    _update(edition, content=edition.content.replace("渝中区", "渝中市", 1))


def _update(edition: Edition, **values: object) -> None:
    Edition.objects.filter(pk=edition.pk).update(**values)


def _rewritten(edition: Edition) -> None:
    """Forge content and hash so that they agree."""
    content = json.loads(edition.content)
    content["indicators"][0]["value"] = "19"
    text = canonical(content)
    _update(edition, content=text, sha256=digest(text))


def _flip_file(edition: Edition) -> None:
    path = workbook_path(edition)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def _flip_document(edition: Edition) -> None:
    path = document_path(edition)
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(bytes(data))


def _first_figure(edition: Edition, **named: object) -> None:
    _update(edition, **{name: getattr(edition, name) | {"funds": to} for name, to in named.items()})


def _other_reviewer(edition: Edition) -> None:
    other = User.objects.create_user("qita", role="reviewer", area_id=DISTRICT)
    _update(edition, sealed_by=other)


def _report(**values: object) -> Tamper:
    return lambda edition: Report.objects.filter(pk=edition.report_id).update(**values)


TAMPERINGS: dict[str, Tamper] = {
    "content": _one_byte,
    "blank_in_content": lambda e: _update(e, content=e.content + " "),
    "empty_content": lambda e: _update(e, content=""),
    "content_and_hash": _rewritten,
    "sha256": lambda e: _update(e, sha256="0" * 64),
    "previous_sha256": lambda e: _update(e, previous_sha256="1" * 64),
    "number": lambda e: _update(e, number=7, reason=e.reason or "补"),
    "reason": lambda e: _update(e, reason="另一个理由"),
    "sealed_at": lambda e: _update(e, sealed_at=e.sealed_at - datetime.timedelta(seconds=1)),
    "sealed_by": _other_reviewer,
    "workbook_sha256": lambda e: _update(e, workbook_sha256="2" * 64),
    "document_sha256": lambda e: _update(e, document_sha256="3" * 64),
    "figure": lambda e: _first_figure(e, figures="999"),
    "fraction": lambda e: _first_figure(e, fractions=["999", "1"]),
    "zero": lambda e: _update(e, is_zero=True),
    "as_of": lambda e: _update(e, as_of=e.as_of - datetime.timedelta(days=1)),
    "member_gone": lambda e: e.members.all()[:1].get().delete(),
    "member_new": lambda e: e.members.create(kind="funds.fund", object_id=10**9),
    "document_byte": _flip_document,
    "document_gone": lambda e: document_path(e).unlink(),
    "file_byte": _flip_file,
    "file_gone": lambda e: workbook_path(e).unlink(),
    "file_empty": lambda e: workbook_path(e).write_bytes(b""),
    "report_area": _report(area_id=NEIGHBOUR),
    "report_day": _report(due_on=datetime.date(2026, 7, 31)),
    "report_state": _report(state=ReportState.DUE),
}


def test_any_change_is_found_and_named(editions: list[Edition], subtests: pytest.Subtests) -> None:
    for number, (name, tamper) in enumerate(TAMPERINGS.items()):
        edition = editions[number % len(editions)]
        with subtests.test(name, edition=edition.pk), _undone(edition):
            tamper(edition)
            touched = Edition.objects.select_related("report__area").get(pk=edition.pk)
            named = (f"{touched}：", f"{touched.report}：")
            assert any(line.startswith(named) for line in verify_editions())
    assert list(verify_editions()) == []


@contextlib.contextmanager
def _undone(edition: Edition) -> Iterator[None]:
    """Restore the database and the file afterwards."""
    paths = (workbook_path(edition), document_path(edition))
    data = [path.read_bytes() for path in paths]
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        for path, held in zip(paths, data, strict=True):
            path.write_bytes(held)


def _remove(edition: Edition) -> None:
    """Delete the edition as someone could by hand, with everything that refers to it."""
    edition.members.all().delete()
    ReportEvent.objects.filter(edition=edition).delete()
    Edition.objects.filter(pk=edition.pk).delete()


@pytest.mark.parametrize("position", [0, 1])
def test_a_removed_edition_leaves_a_gap(editions: list[Edition], position: int) -> None:
    _remove(editions[position])
    assert list(verify_editions())


def test_any_single_byte_of_a_content_is_found(
    editions: list[Edition], subtests: pytest.Subtests
) -> None:
    """Every 97th character is changed, one at a time."""
    text = editions[0].content
    for at in range(0, len(text), max(len(text) // 97, 1)):
        changed = text[:at] + ("甲" if text[at] != "甲" else "乙") + text[at + 1 :]
        with subtests.test(at=at):
            Edition.objects.filter(pk=editions[0].pk).update(content=changed)
            assert list(verify(Edition.objects.get(pk=editions[0].pk))) == [
                f"{editions[0]}：封存内容与摘要不符"
            ]


def test_what_was_compiled_from_is_missed_when_it_is_gone(
    few_streets: Plan, jiedao: User, shiju: User
) -> None:
    prepare_reports(PREPARED)
    street = seal(Report.objects.get(area=QIXINGGANG), by=jiedao, on=JUNE)
    above = seal(Report.objects.get(area=DISTRICT), by=shiju, on=JUNE, missing_reason="先行")
    assert list(verify_editions()) == []
    Report.objects.filter(area=QIXINGGANG).update(state=ReportState.DUE)
    _remove(street)
    for path in (workbook_path(street), document_path(street)):
        path.unlink()
    assert list(verify_editions()) == [f"{above}：所依据的七星岗街道第1版已不存在"]


def test_a_filed_report_without_its_only_edition_is_named(editions: list[Edition]) -> None:
    _remove(editions[2])
    assert set(verify_editions()) == {
        "渝中区2026年11月进展报告：已报但没有封存版次",
        "工作簿文件 500103-yuzhong-2026-2026-11-30-1.xlsx 没有对应的封存版次",
        "文稿文件 500103-yuzhong-2026-2026-11-30-1.docx 没有对应的封存版次",
    }


def test_the_last_of_several_editions_is_missed(editions: list[Edition]) -> None:
    last = Edition.objects.filter(report=editions[0].report).latest("number")
    file = workbook_path(last).name
    _remove(last)
    assert f"工作簿文件 {file} 没有对应的封存版次" in set(verify_editions())


def test_the_command_fails_and_says_what_is_wrong(editions: list[Edition]) -> None:
    _flip_file(editions[1])
    out = io.StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("verify_editions", stdout=out)
    assert stop.value.code == 1
    assert "第2版" in out.getvalue()


def test_the_clocks_zone_does_not_matter(editions: list[Edition]) -> None:
    with timezone.override(datetime.UTC):
        Edition.objects.filter(pk=editions[0].pk).update(sealed_at=editions[0].sealed_at)
    assert list(verify_editions()) == []


def test_an_edition_sealed_under_guomi_is_verified_by_both_digests(
    editions: list[Edition], report: Report, shiju: User, client: Client
) -> None:
    with override_settings(GUOMI=True):
        sealed = seal(report, by=shiju, on=JUNE, reason="国密")
    assert editions[0].sm3 == ""
    assert sealed.sm3 == sm3(sealed.content.encode(), DigestName.SM3)
    assert list(verify_editions()) == []
    for text in (sealed.sm3, sealed.workbook_sm3, sealed.document_sm3, editions[0].sha256):
        assert "一致" in client.post("/verify/", {"sha256": text}).content.decode()
    Edition.objects.filter(pk=sealed.pk).update(sm3="0" * 64, document_sm3="0" * 64)
    told = " ".join(verify_editions())
    assert "封存内容与国密摘要不符" in told
    assert "与国密摘要不符" in told.replace("封存内容与国密摘要不符", "")
