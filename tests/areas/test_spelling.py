"""Spellings: which texts are the same, and what falls out of every text."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from areas.spelling import folded, folded_value
from guards.invisible import without_invisible

pytestmark = pytest.mark.once


def test_every_format_character_falls_out() -> None:
    signs = [chr(code) for code in range(sys.maxunicode + 1)]
    left = [
        sign for sign in signs if unicodedata.category(sign) == "Cf" and without_invisible(sign)
    ]
    assert left == []


@pytest.mark.parametrize(
    "sign", ["\u200b", "\u2060", "\u200e", "\ufe0f", "\ufeff", "\u00ad", "\u3164"]
)
def test_an_invisible_character_makes_no_other_name(sign: str) -> None:
    assert without_invisible(f"甲{sign}1号{sign}") == "甲1号"
    assert folded(f"{sign}甲1号") == folded("甲1号")


def test_what_is_seen_stays_as_it_was_written() -> None:
    written = "甲 １号（爱心专项）—“暖”ß②"
    assert without_invisible(written) == written


@pytest.mark.parametrize(
    "spelling",
    [
        "甲1号(爱心)",
        "甲 1号（爱心）",
        "甲１号【爱心】",
        "甲1号〔爱心〕",
        "甲1号[爱心]",
        " 甲1 号(爱 心)\u200b",
    ],
)
def test_spellings_of_a_name_are_one(spelling: str) -> None:
    assert folded(spelling) == "甲1号(爱心)"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a1", "A1"),
        ("渝财－００１", "渝财—001"),
        ("“暖心”基金", '"暖心"基金'),
        ("阿依·古丽", "阿依•古丽"),
        ("渝民〔2026〕3号", "渝民[2026]3号"),
    ],
)
def test_numbers_and_names_in_two_spellings_are_one(first: str, second: str) -> None:
    assert folded(first) == folded(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("甲1号", "甲2号"),
        ("甲(1)", "甲1"),
        ("A-1", "A1"),
        ("甲①号", "甲1号"),
        ("甲²", "甲2"),
        ("½基金", "1/2基金"),
    ],
)
def test_what_is_seen_to_differ_differs(first: str, second: str) -> None:
    assert folded(first) != folded(second)


def test_other_values_are_compared_as_they_are() -> None:
    assert folded_value(5) == 5
    assert folded_value("Ａ") == "a"
