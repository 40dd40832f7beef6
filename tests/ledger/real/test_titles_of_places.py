"""A place under any title: known, read, or asked; never all rows on the clerk's own area in silence."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from accounts.models import User
from scenes.models import Activity, ActivityReach
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU, QIXINGGANG
from tests.ledger.workbooks import (
    Row,
    Sheet,
    activity,
    cells,
    imported,
    one_sheet,
    org,
    read,
    table,
    training,
    workbook,
)

LINHUALU = "临华路社区"


def _placed(row: Row, **places: object) -> Row:
    """The row with these columns of places only."""
    bare = {title: value for title, value in row.items() if title not in ("街道", "社区")}
    return bare | places


@pytest.mark.once
@pytest.mark.parametrize(
    "title",
    [
        "社区名称",
        "村（居）",
        "村/社区",
        "社区居委会",
        "社区（村）",
        "所属村（社区）",
        "村居名称",
        "居委会",
        "村委会（居委会）",
        "所在社区",
        "行政村",
        "所属地区",
        "行政区划",
        "街道/社区",
        "所属街道社区",
    ],
)
def test_a_streets_clerk_finds_the_community_under_every_title(jiedao: User, title: str) -> None:
    found = read("orgs", one_sheet(_placed(org(), **{title: "华一坡社区"})), jiedao)
    assert found.record.area_id == HUAYIPO
    assert found.warnings == []


@pytest.mark.once
@pytest.mark.parametrize(
    "title", ["地区代码", "区划代码", "行政区划代码", "社区代码", "统计用区划代码"]
)
@pytest.mark.parametrize("code", ["500103001003", 500103001003])
def test_a_code_says_the_place(jiedao: User, title: str, code: object) -> None:
    assert (
        read("orgs", one_sheet(_placed(org(), **{title: code})), jiedao).record.area_id == HUAYIPO
    )


class Place(NamedTuple):
    """What stands in the columns of a place, and the area of the row; "" for a problem."""

    label: str
    columns: dict[str, object]
    area: str


PLACES = [
    Place("区名加街道", {"街道": "渝中区七星岗街道", "社区": "华一坡社区"}, HUAYIPO),
    Place("街道加社区", {"街道": None, "社区": "七星岗街道华一坡社区"}, HUAYIPO),
    Place("全路径", {"社区": "重庆市渝中区七星岗街道华一坡社区居委会"}, HUAYIPO),
    Place("路径带斜杠", {"所属地区": "重庆市/渝中区/七星岗街道/华一坡社区"}, HUAYIPO),
    Place("路径只到街道", {"街道": "重庆市渝中区七星岗街道办事处"}, QIXINGGANG),
    Place("街道栏写社区", {"街道": "华一坡社区", "社区": None}, HUAYIPO),
    Place("社区栏写街道", {"街道": "七星岗街道", "社区": "七星岗街道"}, QIXINGGANG),
    Place("社区栏写全路径，街道栏另有", {"街道": "七星岗街道", "社区": "七星岗街道华一坡社区"}, HUAYIPO),
    Place("代码与名称一致", {"街道": "七星岗街道", "社区": "华一坡", "地区代码": HUAYIPO}, HUAYIPO),
    Place("代码带补零", {"区划代码": f"{QIXINGGANG}000"}, QIXINGGANG),
    Place("区县栏", {"区县": "渝中区", "街道": "七星岗街道", "社区": "华一坡社区"}, HUAYIPO),
    Place("市区县栏", {"区县": "重庆市渝中区", "街道": "七星岗街道", "社区": "华一坡社区"}, HUAYIPO),
    Place("区名作街道", {"街道": "渝中区", "社区": None}, DISTRICT),
    Place("区本级", {"街道": "区本级", "社区": None}, DISTRICT),
    Place("区名作所属地区", {"所属地区": "重庆市渝中区"}, DISTRICT),
    Place("代码与名称不一致", {"社区": LINHUALU, "地区代码": HUAYIPO}, ""),
    Place("代码不在本区", {"地区代码": "500105001001"}, ""),
    Place("别的区县", {"区县": "江北区", "街道": "七星岗街道", "社区": "华一坡社区"}, ""),
    Place("别区的路径", {"社区": "重庆市江北区华新街街道嘉陵一村社区"}, ""),
    Place("所属地区与街道不一致", {"所属地区": "解放碑街道", "街道": "七星岗街道"}, ""),
    Place("路径中的社区不属于街道", {"社区": "七星岗街道民生路社区"}, ""),
    Place("几个社区", {"街道": "七星岗街道", "社区": f"华一坡社区、{LINHUALU}"}, ""),
    Place("什么都没填", {"街道": None, "社区": None}, ""),
]  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.label)
def test_the_place_of_a_row(quji: User, place: Place) -> None:
    found = read("orgs", one_sheet(_placed(org(), **place.columns)), quji)
    if place.area:
        assert found.record.area_id == place.area
    else:
        assert len(found.problems) == 1
        assert found.records == []


@pytest.mark.once
def test_a_street_merged_across_the_community_column_is_the_street(quji: User) -> None:
    rows = table([training(1, 社区=None), training(2, 社区="华一坡社区")])
    order = ["日期", "培训名称", "参训人次", "街道", "社区"]
    sheet = [
        order,
        *([dict(zip(rows[0], row, strict=True))[one] for one in order] for row in rows[1:]),
    ]
    found = read("activities", workbook(Sheet(sheet, merges=["D2:E2"])), quji)
    assert found.problems == []
    assert [record.area_id for record in found.records] == [QIXINGGANG, HUAYIPO]


@pytest.mark.once
def test_a_community_merged_across_both_columns_is_the_community(quji: User) -> None:
    rows = [["街道", "社区", *_placed(org())], ["华一坡社区", None, *_placed(org()).values()]]
    found = read("orgs", workbook(Sheet(rows, merges=["A2:B2"])), quji)
    assert found.record.area_id == HUAYIPO


@pytest.mark.once
def test_a_line_with_a_streets_name_holds_for_the_rows_below(quji: User) -> None:
    head, one, two = table([_placed(org(1), 社区="华一坡社区"), _placed(org(2), 社区="民生路社区")])
    rows = [head, ["一、七星岗街道"], one, ["二、解放碑街道"], two]
    found = read("orgs", workbook(Sheet(rows)), quji)
    assert (found.problems, found.warnings) == ([], [])
    assert [record.area_id for record in found.records] == [HUAYIPO, MINSHENGLU]


@pytest.mark.once
@pytest.mark.parametrize("at", ["序号", "街道"])
def test_a_row_of_a_streets_name_holds_for_blank_streets_below(quji: User, at: str) -> None:
    head, one, two = table([org(1), org(2, 街道=None, 社区="民生路社区")])
    line: list[object] = [None] * len(head)
    line[head.index(at)] = "解放碑街道"
    found = read("orgs", workbook(Sheet([head, one, line, two])), quji)
    assert found.problems == []
    assert [record.area_id for record in found.records] == [HUAYIPO, MINSHENGLU]


# --- titles that nobody knows ---------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize(
    ("title", "values", "wanted"),
    [
        ("单位", ["华一坡社区", LINHUALU], "社区"),
        ("填报对象", ["华一坡居委会", "临华路居委会"], "社区"),
        ("编制单位", ["渝中区七星岗街道华一坡社区", LINHUALU], "社区"),
        ("代号", [HUAYIPO, HUAYIPO], "地区代码"),
        (None, ["华一坡社区", LINHUALU], "社区"),
    ],
)
def test_areas_under_an_unknown_title_are_a_problem_with_a_suggestion(
    jiedao: User, title: str | None, values: list[str], wanted: str
) -> None:
    rows = [list(_placed(org())), *(list(_placed(org(n)).values()) for n in (1, 2))]
    rows = [[*row, each] for row, each in zip(rows, [title, *values], strict=True)]
    found = read("orgs", workbook(Sheet(rows)), jiedao)
    assert [each.cell for each in found.problems] == ["H1"]
    assert f"改为“{wanted}”" in found.problems[0].message


@pytest.mark.once
def test_areas_beside_a_known_place_are_only_an_unknown_column(quji: User) -> None:
    found = read("orgs", one_sheet(org(活动地="民生路社区")), quji)
    assert found.problems == []
    assert ["不认识的列" in each.message for each in found.warnings] == [True]


# --- communities reached ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        f"华一坡社区、{LINHUALU}",
        f"华一坡社区，{LINHUALU}",
        f"华一坡社区；{LINHUALU}",
        f"华一坡社区和{LINHUALU}",
        f"华一坡社区\n{LINHUALU}",
        f"华一坡社区 {LINHUALU}",
        f"华一坡、{LINHUALU}",
    ],
)
@pytest.mark.parametrize("title", ["覆盖社区", "社区"])
def test_an_activity_reaches_several_communities(quji: User, written: str, title: str) -> None:
    imported(quji, "activities", _placed(activity(), 街道="七星岗街道", **{title: written}))
    (stored,) = Activity.objects.all()
    assert stored.area_id == QIXINGGANG
    reached = ActivityReach.objects.values_list("area__short_name", flat=True)
    assert sorted(reached) == sorted(["华一坡社区", LINHUALU])


def test_communities_of_several_streets_make_an_activity_of_the_district(quji: User) -> None:
    imported(quji, "activities", _placed(activity(), 覆盖社区="华一坡社区、民生路社区"))
    (stored,) = Activity.objects.all()
    assert stored.area_id == DISTRICT
    assert ActivityReach.objects.count() == 2


def test_an_activity_reaches_its_own_community_unless_others_are_named(quji: User) -> None:
    imported(
        quji, "activities", activity(1), activity(2, 覆盖社区=LINHUALU), activity(3, 覆盖社区=None)
    )
    reached = ActivityReach.objects.order_by("activity").values_list("area__short_name", flat=True)
    assert list(reached) == ["华一坡社区", LINHUALU, "华一坡社区"]


def test_other_communities_of_a_stored_activity_are_told(quji: User) -> None:
    row = _placed(activity(), 街道="七星岗街道", 覆盖社区=f"华一坡社区、{LINHUALU}")
    imported(quji, "activities", row)
    other = row | {"覆盖社区": f"华一坡社区、{LINHUALU}、领事巷社区"}
    found = read("activities", one_sheet(other), quji)
    assert cells(found.problems) == ["E2"]
    assert "覆盖社区" in found.problems[0].message


@pytest.mark.once
def test_an_unknown_community_of_a_list_is_a_problem(quji: User) -> None:
    row = _placed(activity(), 街道="七星岗街道", 覆盖社区="华一坡社区、没有的社区")
    found = read("activities", one_sheet(row), quji)
    assert len(found.problems) == 1
    assert "没有的社区" in found.problems[0].message
