"""`import_records`: exit codes, output, and the state of the records afterwards."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from accounts.models import User
from funds.models import Fund
from ledgers import service
from orgs.models import Charity, CommunityOrg
from reviews.models import ImportBatch, ReviewEvent, Status
from tests.ledger.workbooks import Sheet, fund, one_sheet, org, run, workbook
from tests.types import Make

pytestmark = pytest.mark.once  # reads files; storing is tested on both databases


def test_a_faultless_ledger_is_imported_as_drafts_and_exits_0(tmp_path: Path, quji: User) -> None:
    assert run(tmp_path, "orgs", one_sheet(org(1), org(2))).code == 0
    assert set(CommunityOrg.objects.values_list("status", "created_by__username")) == {
        ("draft", "quji")
    }
    assert not ReviewEvent.objects.exists()


def test_problems_exit_1_and_are_listed_by_sheet_cell_and_column(
    tmp_path: Path, quji: User
) -> None:
    done = run(tmp_path, "orgs", one_sheet(org(成员数="若干")))
    assert done.code == 1
    assert done.output.startswith("Sheet1!I2 成员数: ")


def _zip(path: Path) -> bytes:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("台账.csv", "街道和社区\n七星岗街道华一坡社区\n".encode("gbk")),
        ("台账.txt", b""),
        ("台账.xlsx", b"\x00\x01\x02 garbage" * 50),
        ("台账.pdf", b"%PDF-1.7\n"),
        ("截断.xlsx", one_sheet(org())[:2000]),
        ("空白.xlsx", workbook(Sheet([]))),
        ("空格.xlsx", workbook(Sheet([[" ", None], ["　"]]))),
        ("全部隐藏.xlsx", workbook(Sheet([]), Sheet([["x"]], "隐藏", is_hidden=True))),
    ],
)
@pytest.mark.parametrize("options", [(), ("--check",)])
def test_a_file_that_is_no_workbook_exits_2_and_says_which(
    tmp_path: Path, quji: User, name: str, content: bytes, options: tuple[str, ...]
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    done = run(tmp_path, "orgs", file, *options)
    assert done.code == 2
    assert name in done.error


def test_an_archive_or_a_missing_file_or_a_folder_exits_2(tmp_path: Path, quji: User) -> None:
    _zip(tmp_path / "archive.xlsx")
    for path in (tmp_path / "archive.xlsx", tmp_path / "missing.xlsx", tmp_path):
        assert run(tmp_path, "orgs", path).code == 2


def test_json_has_the_shape_of_the_contract(tmp_path: Path, quji: User) -> None:
    rows = [org(1, 成员数="20余"), org(2)]
    done = run(tmp_path, "orgs", one_sheet(*rows), "--json")
    assert list(done.as_json) == ["rows", "created", "problems", "warnings"]
    assert (done.as_json["rows"], done.as_json["created"]) == (2, {"orgs": 2})
    assert done.as_json["problems"] == []
    (warning,) = done.as_json["warnings"]
    assert list(warning) == ["sheet", "cell", "column", "message"]
    assert (warning["sheet"], warning["cell"], warning["column"]) == ("Sheet1", "I2", "成员数")


def test_json_of_a_refused_file_has_the_same_shape(tmp_path: Path, quji: User) -> None:
    done = run(tmp_path, "orgs", one_sheet(org(1, 成员数="若干"), org(2)), "--json")
    assert done.code == 1
    assert (done.as_json["rows"], done.as_json["created"], done.as_json["warnings"]) == (2, {}, [])
    (problem,) = done.as_json["problems"]
    assert list(problem) == ["sheet", "cell", "column", "message"]
    assert "若干" in problem["message"]


def test_json_is_the_only_thing_printed_and_keeps_chinese_readable(
    tmp_path: Path, quji: User
) -> None:
    done = run(tmp_path, "orgs", one_sheet(org(1, 成员数="20余")), "--json")
    assert json.loads(done.output)
    assert "约数" in done.output


@pytest.mark.parametrize("options", [(), ("--submit",), ("--approve-as", "shiju")])
def test_a_check_writes_nothing(
    tmp_path: Path, quji: User, shiju: User, options: tuple[str, ...]
) -> None:
    done = run(tmp_path, "orgs", one_sheet(org()), "--check", "--json", *options)
    assert (done.code, done.as_json["rows"], done.as_json["created"]) == (0, 1, {})
    assert not CommunityOrg.objects.exists()
    assert not CommunityOrg.history.exists()
    assert not ImportBatch.objects.exists()


def test_a_check_finds_what_an_import_would_find(tmp_path: Path, quji: User) -> None:
    content = one_sheet(org(1, 成员数="若干", 社区="无此社区"), org(2, 成员数="20余"))
    checked = run(tmp_path, "orgs", content, "--check", "--json")
    imported = run(tmp_path, "orgs", content, "--json")
    assert checked == imported
    assert checked.code == 1


def test_submit_makes_rows_pending_under_the_reason_of_a_ledger(tmp_path: Path, quji: User) -> None:
    assert run(tmp_path, "funds", one_sheet(fund(1), fund(2)), "--submit").code == 0
    for record in Fund.objects.all():
        assert (record.status, record.review_reason) == (Status.PENDING, "台账导入")
        assert (record.submitted_by, record.reviewed_by) == (quji, None)
    events = ReviewEvent.objects.values_list("action", "by__username", "reason")
    assert list(events) == [("submit", "quji", "台账导入")] * 2


def test_warnings_never_stop_a_submission_and_are_listed_apart(tmp_path: Path, quji: User) -> None:
    row = fund(是否具有公开募捐资格="否", 联系电话="12")
    done = run(tmp_path, "funds", one_sheet(row), "--submit", "--json")
    assert done.code == 0
    assert [each["column"] for each in done.as_json["warnings"]] == [
        "是否具有公开募捐资格",
        "联系电话",
    ]
    assert Fund.objects.get().status == Status.PENDING
    assert len(ImportBatch.objects.get().warnings) == 2


@pytest.mark.parametrize("options", [(), ("--submit",)])
def test_approve_as_makes_rows_facts_by_the_other_user(
    tmp_path: Path, quji: User, shiju: User, options: tuple[str, ...]
) -> None:
    done = run(tmp_path, "funds", one_sheet(fund(1), fund(2)), "--approve-as", "shiju", *options)
    assert done.code == 0
    for record in Fund.objects.all():
        assert record.status == Status.APPROVED
        assert (record.submitted_by, record.reviewed_by) == (quji, shiju)
    assert ReviewEvent.objects.filter(action="submit", by=quji).count() == 2
    assert ReviewEvent.objects.filter(action="approve", by=shiju).count() == 2


def test_an_approver_nobody_knows_imports_nothing(tmp_path: Path, quji: User) -> None:
    done = run(tmp_path, "orgs", one_sheet(org()), "--approve-as", "nobody")
    assert (done.code, done.error) == (1, "没有账号“nobody”")
    assert not CommunityOrg.objects.exists()


@pytest.mark.parametrize("importer", ["shiju", "shengting", "guanli", "shenji", "jiangbei"])
def test_only_a_clerk_imports(
    request: pytest.FixtureRequest, tmp_path: Path, importer: str
) -> None:
    request.getfixturevalue(importer)
    done = run(tmp_path, "orgs", one_sheet(org()), by=importer)
    assert done.code == 1
    assert "不能导入台账" in done.error
    assert not CommunityOrg.objects.exists()


def test_an_unknown_or_disabled_account_does_not_import(tmp_path: Path, quji: User) -> None:
    assert "没有账号" in run(tmp_path, "orgs", one_sheet(org()), by="nobody").error
    User.objects.filter(pk=quji.pk).update(is_active=False)
    assert "没有账号" in run(tmp_path, "orgs", one_sheet(org())).error
    assert not CommunityOrg.objects.exists()


def test_a_fund_hosted_by_a_known_charity_is_linked_to_it(
    tmp_path: Path, quji: User, approved: Make
) -> None:
    host = approved(Charity, name="重庆市渝中区慈善会")
    run(tmp_path, "funds", one_sheet(fund()))
    assert Fund.objects.get().host == host


def test_a_record_that_somebody_saves_meanwhile_is_said_and_nothing_is_written(
    tmp_path: Path, quji: User, make: Make
) -> None:
    store = service._store

    def after_a_form(*arguments: Any) -> object:
        make(CommunityOrg, name=org(2)["组织名称"], area_id=arguments[0][1].record.area_id)
        return store(*arguments)

    with mock.patch.object(service, "_store", after_a_form):
        done = run(tmp_path, "orgs", one_sheet(org(1), org(2)))
    assert done.code == 1
    assert "没有写入任何内容；请重新导入" in done.error
    assert not CommunityOrg.objects.filter(name=org(1)["组织名称"]).exists()
