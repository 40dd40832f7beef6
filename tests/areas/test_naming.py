"""An area is found by every spelling of its name that clerks use."""

from __future__ import annotations

import pytest

from areas.naming import bare_name, normalise_name


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("华一坡社区居民委员会", "华一坡社区"),
        ("华一坡社区居委会", "华一坡社区"),
        ("华一坡社区居委", "华一坡社区"),
        ("华一坡居民委员会", "华一坡社区"),
        ("华一坡居委会", "华一坡社区"),
        ("华一坡社区", "华一坡社区"),
        ("柳行村村民委员会", "柳行村"),
        ("柳行村村委会", "柳行村"),
        ("柳行村委会", "柳行村"),
        ("柳行村民委员会", "柳行村"),
        ("嘉陵一村社区居民委员会", "嘉陵一村社区"),
        ("巴音嘎查委员会", "巴音嘎查"),
        ("巴音嘎查村民委员会", "巴音嘎查"),
        ("巴音嘎查村委会", "巴音嘎查"),
        ("七星岗街道办事处", "七星岗街道"),
        ("七星岗街道办", "七星岗街道"),
        ("七星岗街道", "七星岗街道"),
        ("昭君镇", "昭君镇"),
    ],
)
def test_a_committee_is_its_community_and_an_office_its_street(written: str, normal: str) -> None:
    assert normalise_name(written) == normal
    assert normalise_name(normal) == normal


@pytest.mark.parametrize("written", [" 华一坡　社区\n居委会 ", "华一坡·社区", "华一坡\u00a0社区"])
def test_blanks_and_dots_do_not_matter(written: str) -> None:
    assert normalise_name(written) == "华一坡社区"


def test_full_width_letters_and_digits_become_half_width() -> None:
    assert normalise_name("Ａ１区社区居委会") == "A1区社区"


def test_the_bare_name_leaves_the_kind_out_unless_nothing_remains() -> None:
    assert bare_name("华一坡社区居民委员会") == "华一坡"
    assert bare_name("七星岗街道办事处") == "七星岗"
    assert bare_name("巴音嘎查委员会") == "巴音"
    assert bare_name("社区") == "社区"


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("斯布扣嘎查村委员会", "斯布扣嘎查"),  # all 嘎查 of 乌审旗 (鄂尔多斯) in the shipped table
        ("碧溪村民委员会（农村社区）", "碧溪村"),  # 墨江县 (云南)
        ("东南村村委", "东南村"),
        ("东沟社区村民委员会", "东沟社区"),  # 2,086 of these in the shipped table
    ],
)
def test_the_committees_of_the_shipped_table_are_understood(written: str, normal: str) -> None:
    assert normalise_name(written) == normal
