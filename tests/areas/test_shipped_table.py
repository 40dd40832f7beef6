"""The shipped national table creates a district with the numbers that its plan assumes."""

from __future__ import annotations

from areas.models import Area
from areas.services import AreaRow, area_from

DISTRICT = "500103"


def test_yuzhong_has_11_streets_and_79_counted_of_80_communities(district: Area) -> None:
    inside = Area.objects.within(DISTRICT)
    assert inside.filter(level=4, kind="street", is_counted=True).count() == 11
    assert inside.filter(level=5).count() == 80
    assert inside.filter(level=5, kind="community", is_counted=True).count() == 79


def test_the_one_that_does_not_count_is_a_work_station(district: Area) -> None:
    left_out = Area.objects.within(DISTRICT).get(is_counted=False)
    assert left_out.name == "化龙桥社区工作站"


def test_the_communities_of_each_street_are_those_of_the_plan(district: Area) -> None:
    streets = Area.objects.within(DISTRICT).filter(level=4)
    counted = {
        street.short_name: Area.objects.within(street.code).filter(level=5, is_counted=True).count()
        for street in streets
    }
    assert counted == {
        "七星岗街道": 8,
        "解放碑街道": 9,
        "两路口街道": 7,
        "上清寺街道": 7,
        "菜园坝街道": 5,
        "南纪门街道": 5,
        "朝天门街道": 7,
        "大溪沟街道": 9,
        "大坪街道": 8,
        "化龙桥街道": 4,
        "石油路街道": 10,
    }


def test_a_districts_ancestors_come_with_it(district: Area) -> None:
    above = Area.objects.filter(code__in=district.ancestor_codes)
    assert [(area.code, area.name, area.level) for area in above] == [
        ("50", "重庆市", 1),
        ("5001", "市辖区", 2),
    ]


def test_a_gacha_of_wushen_banner_is_counted() -> None:
    area = area_from(AreaRow("150626100200", "斯布扣嘎查村委员会"))
    assert (area.kind, area.is_counted) == ("gacha", True)


def test_a_virtual_community_is_in_the_tree_but_not_counted() -> None:
    area = area_from(AreaRow("150602405498", "高新技术产业虚拟社区"))
    assert (area.kind, area.is_counted) == ("community", False)


def test_a_village_called_after_a_forest_farm_is_counted() -> None:
    area = area_from(AreaRow("500101155200", "林场村村民委员会"))
    assert (area.kind, area.is_counted) == ("village", True)


def test_codes_001_to_199_are_urban_communities_and_200_on_are_not() -> None:
    assert area_from(AreaRow("500103001003", "华一坡社区居民委员会")).is_urban
    assert area_from(AreaRow("500103001199", "甲社区居民委员会")).is_urban
    assert not area_from(AreaRow("500103001200", "乙村村民委员会")).is_urban
    assert not area_from(AreaRow("500103001", "七星岗街道")).is_urban
