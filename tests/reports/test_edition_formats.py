"""Editions of every format are read, verified and printed; new editions have format 4."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from accounts.models import Role, User
from areas.models import Area
from indicators.models import Plan
from reports.editions.files import GENERATOR, made, sha256_of, write
from reports.editions.verifying import verify_editions
from reports.models import Edition, EditionMember, Report, ReportAction, ReportState
from reports.schema.codec import FormatError, canonical
from reports.schema.content import FORMAT
from reports.schema.formats import digest, draft_json, parsed, read, read_draft, written
from tests.indicators.worlds import area
from tests.reports.sealed_before import OLD_FORMATS, parts_sha256, sealed_in
from tests.worlds import share

pytestmark = [
    pytest.mark.once,
    pytest.mark.usefixtures("may_tamper"),
]  # read and printed from the content alone

SEALED_BEFORE = [
    pytest.param(row, id=f"format-{number}-{at}")
    for number in OLD_FORMATS
    for at, row in enumerate(sealed_in(number))
]


share(__name__, "edition")

_made: dict[str, dict[str, bytes]] = {}


def _files(row: dict[str, Any]) -> dict[str, bytes]:
    """Return the files of an edition, made once."""
    if row["sha256"] not in _made:
        _made[row["sha256"]] = made(read(row["content"]), row["sha256"])
    return _made[row["sha256"]]


@pytest.mark.parametrize("row", SEALED_BEFORE)
def test_an_old_edition_is_read_as_its_columns_say(row: dict[str, Any]) -> None:
    assert digest(row["content"]) == row["sha256"]
    content = read(row["content"])
    assert content.values == row["figures"]
    assert content.fractions == row["fractions"]
    assert content.seal.previous_sha256 == row["previous_sha256"]
    assert content.format == json.loads(row["content"])["format"]


@pytest.mark.parametrize("row", SEALED_BEFORE)
def test_both_files_of_an_old_edition_are_the_same_bytes(row: dict[str, Any]) -> None:
    files = _files(row)
    assert parts_sha256(files["xlsx"]) == row["workbook_parts_sha256"]
    if row["generator"] == GENERATOR:  # zlib's version shows in the bytes
        assert sha256_of(files["xlsx"]) == row["workbook_sha256"]
        assert sha256_of(files["docx"]) == row["document_sha256"]


@pytest.mark.django_db
@pytest.mark.parametrize("number", OLD_FORMATS)
def test_old_editions_their_chain_and_their_files_are_verified(number: int) -> None:
    for row in sealed_in(number):
        _restore(row)
    assert list(verify_editions()) == []
    last = Edition.objects.latest("pk")
    Edition.objects.filter(pk=last.pk).update(figures=last.figures | {"funds": "999"})
    assert [line.partition("（")[0] for line in verify_editions()] == [
        f"{last}：登记信息与封存内容不符"
    ]


def _restore(row: dict[str, Any]) -> None:
    """Put an edition into the database, as a restored backup would."""
    content = read(row["content"])
    seal, code = content.seal, content.area.code
    Area.objects.bulk_create([area(code)], ignore_conflicts=True)
    by, _ = User.objects.get_or_create(
        pk=seal.sealed_by_id,
        defaults={"username": f"u{seal.sealed_by_id}", "role": Role.OBSERVER, "area_id": code},
    )
    plan, _ = Plan.objects.get_or_create(
        code=content.plan.code,
        defaults={
            "title": content.plan.title,
            "area_code": "50",
            "issued_on": datetime.date(2025, 12, 1),
            "starts_on": datetime.date(2026, 1, 1),
            "ends_on": datetime.date(2029, 12, 31),
        },
    )
    report, _ = Report.objects.get_or_create(
        plan=plan,
        area_id=code,
        due_on=content.due_on,
        defaults={
            "file_by": content.file_by or content.due_on,
            "prepared_at": seal.sealed_at,
            "first_filed_on": seal.filed_on,
        },
    )
    files = _files(row)
    edition = Edition.objects.create(
        report=report,
        number=seal.number,
        content=row["content"],
        as_of=content.as_of,
        figures=row["figures"],
        fractions=row["fractions"],
        sha256=row["sha256"],
        previous_sha256=row["previous_sha256"],
        reason=seal.reason,
        is_zero=seal.is_zero,
        sealed_by=by,
        sealed_at=seal.sealed_at,
        workbook_sha256=sha256_of(files["xlsx"]),
        document_sha256=sha256_of(files["docx"]),
    )
    EditionMember.objects.bulk_create(
        EditionMember(edition=edition, kind=sheet.kind, object_id=pk)
        for sheet in content.ledgers
        for pk in sheet.ids
    )
    action = ReportAction.FILE if seal.number == 1 else ReportAction.CORRECT
    report.events.create(action=action, by=by, at=seal.sealed_at, edition=edition)
    Report.objects.filter(pk=report.pk).update(state=ReportState.FILED)
    write(edition, files)


# --- new editions -----------------------------------------------------------------------------


def test_what_is_sealed_is_of_todays_format_and_read_as_it_was(edition: Edition) -> None:
    document = json.loads(edition.content)
    content = edition.as_content()
    assert document["format"] == content.format == FORMAT == 4
    assert written(content) == edition.content == canonical(document)
    assert read(edition.content) == content


def test_what_the_first_editions_of_a_format_lacked_is_empty() -> None:
    """Keys that were added to a format after its first editions."""
    first = json.loads(sealed_in(1)[0]["content"])
    del first["generator"]
    for ledger in first["ledgers"]:
        del ledger["is_summed"]
    content = parsed(first)
    assert content.seal.generator == ""
    assert all(ledger.is_summed for ledger in content.ledgers)
    second = json.loads(sealed_in(2)[0]["content"])
    del second["filed_on"]
    for item in second["indicators"]:
        del item["fingerprint"]
    content = parsed(second)
    assert content.seal.filed_on is None
    assert all(len(fraction) == 2 for fraction in content.fractions.values())


def test_an_old_content_is_not_written_again() -> None:
    with pytest.raises(FormatError):
        written(read(sealed_in(2)[0]["content"]))


BROKEN = {
    "unknown key": lambda c: c | {"moved_words": []},
    "missing key": lambda c: {key: value for key, value in c.items() if key != "tree"},
    "number for text": lambda c: c | {"due_on": 20260630},
    "no day": lambda c: c | {"due_on": "2026-06-31"},
    "boolean for number": lambda c: c | {"year": True},
    "object for array": lambda c: c | {"tree": {}},
    "array for object": lambda c: c | {"plan": []},
    "short array": lambda c: c | {"members": {"funds": [["funds.fund", 1]]}},
    "unknown format": lambda c: c | {"format": FORMAT + 1},
    "no format": lambda c: c | {"format": None},
    "another format": lambda c: c | {"format": 2},
    "key unknown within": lambda c: c | {"plan": c["plan"] | {"comment": ""}},
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_what_has_another_shape_is_refused(edition: Edition, broken: Any) -> None:
    with pytest.raises(FormatError):
        parsed(broken(json.loads(edition.content)))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000, '{"format": 3}'])
def test_what_is_no_edition_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        read(text)


# --- drafts -----------------------------------------------------------------------------------


def test_a_draft_is_kept_and_read_as_it_was(report: Report) -> None:
    kept = Report.objects.get(pk=report.pk)
    draft = kept.as_draft()
    assert draft is not None
    assert kept.draft["format"] == FORMAT
    assert draft_json(draft) == kept.draft


def test_a_draft_that_an_earlier_release_prepared_is_read(report: Report) -> None:
    kept = Report.objects.get(pk=report.pk)
    today, document = kept.as_draft(), dict(kept.draft)
    assert today is not None
    del document["format"]
    codes = [item["code"] for item in document["indicators"]]
    for child in document["children"]:
        child["values"] = [child["values"][code] for code in codes]
    document["filing"]["missing"] = []
    assert read_draft(document) == today


def test_a_draft_of_format_1_is_read(report: Report) -> None:
    kept = Report.objects.get(pk=report.pk)
    today, document = kept.as_draft(), dict(kept.draft)
    assert today is not None
    for name in ("format", "comparison", "filing", "narrative"):
        del document[name]
    for item in document["indicators"]:
        for name in ("exact", "rule", "fingerprint", "at_least", "targets"):
            del item[name]
    for child in document["children"]:
        child["values"] = [child["values"][item["code"]] for item in document["indicators"]]
    draft = read_draft(document)
    assert draft is not None
    assert [item.value for item in draft.indicators] == [item.value for item in today.indicators]
    assert draft.children == today.children
    assert (draft.comparison, draft.filing.children, draft.narrative) == ([], [], {})


def test_what_was_never_prepared_has_no_draft() -> None:
    assert read_draft({}) is None
