"""A row gets the area that it names, within the clerk's own subtree, or is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts.models import Role, User
from areas.models import Area
from funds.models import Fund
from orgs.models import CommunityOrg, Training
from tests.conftest import DISTRICT, JIEFANGBEI, MINSHENGLU, NEIGHBOUR, PASSWORD, QIXINGGANG
from tests.ledger.workbooks import (
    Sheet,
    cells,
    fund,
    money,
    one_sheet,
    org,
    read,
    run,
    table,
    training,
    workbook,
)
from tests.types import Make

pytestmark = pytest.mark.once  # reads files; storing is tested on both databases


def _add(code: str, name: str) -> Area:
    area = Area(code=code, name=name, kind="community")
    area.derive()
    area.save()
    return area


@pytest.fixture
def linqu(district: Area) -> User:
    """A clerk of the neighbouring 江北区."""
    return User.objects.create_user("linqu", password=PASSWORD, role=Role.CLERK, area_id=NEIGHBOUR)


@pytest.mark.parametrize(
    "written",
    [
        "华一坡社区",
        "华一坡社区居民委员会",
        "华一坡社区居委会",
        "华一坡居委会",
        "华一坡居民委员会",
        "华一坡",
        " 华一坡 社区 ",
        "华一坡\n社区",
        "华一坡　社区居委会",
    ],
)
def test_a_community_is_known_by_every_way_of_writing_it(quji: User, written: object) -> None:
    assert read("orgs", one_sheet(org(社区=written)), quji).record.area_id == "500103001003"


@pytest.mark.parametrize(
    "written", ["七星岗街道", "七星岗街道办事处", "七星岗街道办", "七星岗", " 七星岗 街道 "]
)
def test_a_street_is_known_by_every_way_of_writing_it(quji: User, written: object) -> None:
    assert read("activities", one_sheet(training(街道=written)), quji).record.area_id == QIXINGGANG


def test_a_community_of_another_street_is_refused_and_its_street_named(quji: User) -> None:
    found = read("orgs", one_sheet(org(社区="民生路社区")), quji)
    assert cells(found.problems) == ["C2"]
    assert "解放碑街道" in found.problems[0].message


@pytest.mark.parametrize(("column", "cell"), [("街道", "B2"), ("社区", "C2")])
def test_a_name_that_is_nowhere_is_refused_at_its_cell(quji: User, column: str, cell: str) -> None:
    found = read("orgs", one_sheet(org() | {column: "不存在的地方"}), quji)
    assert cells(found.problems) == [cell]
    assert "不存在的地方" in found.problems[0].message


def test_a_unique_community_needs_no_street(quji: User) -> None:
    row = org(社区="民生路社区")
    del row["街道"]
    assert read("orgs", one_sheet(row), quji).record.area_id == MINSHENGLU


def test_a_name_in_two_streets_needs_the_street(quji: User) -> None:
    _add(f"{QIXINGGANG}099", "民生路社区居民委员会")
    found = read("orgs", one_sheet(org(街道=None, 社区="民生路社区")), quji)
    assert cells(found.problems) == ["C2"]
    for street in ("七星岗街道", "解放碑街道"):
        assert street in found.problems[0].message
        row = org(街道=street, 社区="民生路社区")
        area = read("orgs", one_sheet(row), quji).record.area
        assert area.code.startswith({"七星岗街道": QIXINGGANG, "解放碑街道": JIEFANGBEI}[street])


def test_a_name_in_two_streets_under_a_blank_street_is_that_of_the_street_above(quji: User) -> None:
    _add(f"{QIXINGGANG}099", "民生路社区居民委员会")
    rows = [org(1), org(2, 街道=None, 社区="民生路社区")]
    found = read("orgs", one_sheet(*rows), quji)
    assert [record.area_id for record in found.records][1] == f"{QIXINGGANG}099"


def test_a_street_fund_belongs_to_the_street_itself(quji: User) -> None:
    row = fund(社区="—", 基金级别="街道级")
    assert read("funds", one_sheet(row), quji).record.area_id == QIXINGGANG


def test_a_community_fund_without_its_community_is_a_problem(quji: User) -> None:
    found = read("funds", one_sheet(fund(社区=None)), quji)
    assert [problem.column for problem in found.problems] == ["基金级别"]


# --- whose rows ------------------------------------------------------------------------------


def test_a_street_clerk_needs_no_street_column(jiedao: User) -> None:
    row = org()
    del row["街道"]
    assert read("orgs", one_sheet(row), jiedao).record.area_id == "500103001003"


@pytest.mark.parametrize(
    ("street", "community"),
    [
        ("解放碑街道", "民生路社区"),
        ("七星岗街道", "民生路社区"),
        (None, "民生路社区"),
        ("解放碑街道", None),
    ],
)
def test_a_street_clerk_cannot_import_another_streets_row(
    tmp_path: Path, jiedao: User, street: str | None, community: str | None
) -> None:
    row = org(街道=street, 社区=community)
    assert run(tmp_path, "orgs", one_sheet(row), by="jiedao").code == 1
    assert not CommunityOrg.objects.exists()


def test_a_street_clerk_cannot_import_another_streets_sheet_as_his_own(jiedao: User) -> None:
    row = training()
    del row["街道"]
    found = read("activities", one_sheet(row, name="解放碑街道"), jiedao)
    assert found.problems


def test_a_street_clerk_is_not_told_where_else_a_name_exists(jiedao: User) -> None:
    found = read("orgs", one_sheet(org(社区="民生路社区")), jiedao)
    assert "解放碑" not in found.problems[0].message


def test_a_street_clerk_learns_nothing_of_another_streets_records(
    jiedao: User, approved: Make
) -> None:
    other = approved(Fund, area_id=MINSHENGLU, name="民生路社区秘密基金")
    known = read("money", one_sheet(money(基金=other.name)), jiedao).problems
    unknown = read("money", one_sheet(money(基金="民生路社区虚构基金")), jiedao).problems
    assert [each.message.replace(other.name, "…") for each in known] == [
        each.message.replace("民生路社区虚构基金", "…") for each in unknown
    ]


def test_the_same_name_elsewhere_is_no_repetition(jiedao: User, approved: Make) -> None:
    approved(Fund, area_id=MINSHENGLU, name=fund()["基金名称"])
    assert read("funds", one_sheet(fund()), jiedao).problems == []


@pytest.mark.parametrize("area", [DISTRICT, QIXINGGANG, "50"])
def test_a_neighbouring_districts_clerk_cannot_import_into_this_one(
    tmp_path: Path, linqu: User, area: str
) -> None:
    done = run(tmp_path, "activities", one_sheet(training()), "--area", area, by="linqu")
    assert done.code == 1
    assert area in done.error
    assert not Training.objects.exists()


def test_an_area_outside_reads_like_one_that_does_not_exist(tmp_path: Path, linqu: User) -> None:
    content = one_sheet(training())
    outside = run(tmp_path, "activities", content, "--area", DISTRICT, by="linqu")
    nowhere = run(tmp_path, "activities", content, "--area", "500199", by="linqu")
    assert outside.error.replace(DISTRICT, "…") == nowhere.error.replace("500199", "…")


def test_a_neighbouring_districts_clerk_finds_no_street_of_this_one(
    tmp_path: Path, linqu: User
) -> None:
    done = run(tmp_path, "activities", one_sheet(training()), "--json", by="linqu")
    assert done.code == 1
    assert [problem["cell"] for problem in done.as_json["problems"]] == ["C2"]


def test_a_narrower_area_takes_only_its_own_rows(tmp_path: Path, quji: User) -> None:
    rows = [org(1), org(2, 街道="解放碑街道", 社区="民生路社区")]
    done = run(tmp_path, "orgs", one_sheet(*rows), "--area", QIXINGGANG, "--json")
    assert done.code == 1
    assert [problem["cell"] for problem in done.as_json["problems"]] == ["B3"]
    assert run(tmp_path, "orgs", one_sheet(org(1)), "--area", QIXINGGANG).code == 0


def test_money_finds_its_fund_by_name_and_takes_its_area(quji: User, approved: Make) -> None:
    stored = approved(Fund, area_id=MINSHENGLU, name="民生路社区暖心基金")
    record = read("money", one_sheet(money(基金=" 民生路社区 暖心基金")), quji).record
    assert (record.fund, record.area_id) == (stored, MINSHENGLU)


def test_money_for_a_name_that_two_funds_bear_is_refused_with_both_places(
    quji: User, approved: Make
) -> None:
    for area in ("500103001003", MINSHENGLU):
        approved(Fund, area_id=area, name="暖心基金")
    found = read("money", workbook(Sheet(table([money(基金="暖心基金")]))), quji)
    assert cells(found.problems) == ["C2"]
    assert "华一坡社区" in found.problems[0].message
    assert "民生路社区" in found.problems[0].message


# --- the sheet of another county ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "line", "county"),
    [
        ("江北区", "慈善组织台账", "江北区"),
        ("Sheet1", "江北区慈善组织台账", "江北区"),
        ("Sheet1", "重庆市江北区民政局慈善组织台账", "江北区"),
        ("Sheet1", "填报单位：彭水苗族土家族自治县民政局", "彭水苗族土家族自治县"),
        ("Sheet1", "2026年忠县慈善组织台账", "忠县"),
        ("Sheet1", "渝中区慈善组织台账", ""),
        ("Sheet1", "全市社区慈善组织台账", ""),
        ("Sheet1", "城区、片区和园区慈善组织", ""),
        ("社区", "重庆市渝中区民政局（由江北区移交）", ""),
    ],
)
def test_a_sheet_that_names_another_county_is_told(
    quji: User, name: str, line: str, county: str
) -> None:
    row = {"慈善组织名称": "渝中互助基金会", "登记日期": "2026-03-01"}
    found = read("charities", workbook(Sheet([[line], *table([row])], name)), quji)
    assert found.problems == []
    said = [finding.message for finding in found.warnings]
    assert said == (
        [f"工作表写的是“{county}”，本次导入“渝中区”的台账，请核对是否传错了文件"] if county else []
    )
