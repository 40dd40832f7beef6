"""The level, the ancestors and the subtree of an area follow from its code."""

from __future__ import annotations

import pytest

from areas.codes import ancestors_of, cut_to, is_within, level_of, subtree_end


@pytest.mark.parametrize(
    ("code", "level"),
    [("50", 1), ("5001", 2), ("500103", 3), ("500103001", 4), ("500103001003", 5)],
)
def test_the_length_of_a_code_is_its_level(code: str, level: int) -> None:
    assert level_of(code) == level


@pytest.mark.parametrize(
    "code",
    ["", "5", "501", "50010", "5001030", "5001030010030", "05", "5001O3", "50-1", " 50", "50\n"],
)
def test_anything_but_2_4_6_9_or_12_digits_is_no_code(code: str) -> None:
    with pytest.raises(ValueError, match="不是区划代码"):
        level_of(code)


@pytest.mark.parametrize("code", ["5００103", "50010３"])
def test_full_width_digits_are_no_code(code: str) -> None:
    """Such a key could never be found by its prefix."""
    with pytest.raises(ValueError, match="不是区划代码"):
        level_of(code)


def test_ancestors_come_highest_first_and_without_the_code_itself() -> None:
    assert ancestors_of("500103001003") == ["50", "5001", "500103", "500103001"]
    assert ancestors_of("50") == []


def test_a_code_is_cut_to_a_level_and_left_alone_above_it() -> None:
    assert [cut_to("500103001003", level) for level in (1, 2, 3, 4, 5)] == [
        "50",
        "5001",
        "500103",
        "500103001",
        "500103001003",
    ]
    assert cut_to("5001", 4) == "5001"


def test_a_subtree_ends_before_the_next_sibling() -> None:
    assert subtree_end("500103") == "500104"
    assert "500103" <= "500103999999" < subtree_end("500103") <= "500104"


def test_an_area_lies_within_itself_and_its_ancestors_only() -> None:
    assert is_within("500103001", "500103001")
    assert is_within("500103001003", "50")
    assert not is_within("500103", "500103001")
    assert not is_within("500104001", "500103")
