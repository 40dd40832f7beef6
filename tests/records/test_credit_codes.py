"""统一社会信用代码: the check digits of GB 32100-2015, and of GB 11714 inside it."""

from __future__ import annotations

import pytest

from reviews.checks import credit_code_fault, organisation_code_holds

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("code", ["11500112009315949D", "91110000600037341L", "51500103MJ1234561J"])
def test_a_right_code_has_no_fault(code: str) -> None:
    assert credit_code_fault(code) is None
    assert organisation_code_holds(code)


def test_exactly_one_last_digit_and_one_inner_digit_is_right() -> None:
    last = [sign for sign in ALPHABET if credit_code_fault(f"51500103MJ1234561{sign}") is None]
    inner = [sign for sign in "0123456789X" if organisation_code_holds(f"51500103MJ123456{sign}0")]
    assert (last, inner) == (["J"], ["1"])


@pytest.mark.parametrize("position", range(17))
def test_one_wrong_digit_anywhere_is_found(position: int) -> None:
    code = "91110000600037341L"
    wrong = "2" if code[position] != "2" else "3"
    assert credit_code_fault(code[:position] + wrong + code[position + 1 :]) is not None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("91110000600037341M", "校验位不符"),
        ("9111000060003734L1", "校验位不符"),
        ("911100006OO037341L", "不允许的字符“O”，是否应为数字0"),
        ("9I110000600037341L", "不允许的字符“I”，是否应为数字1"),
        ("91110000600037341S", "不允许的字符“S”"),
        ("91110000600037341l", "不允许的字符“l”"),
        ("9111000060003734１L", "不允许的字符“１”"),
        ("91110000600037341", "应为18位，现为17位"),
        ("91110000600037341LL", "应为18位，现为19位"),
    ],
)
def test_a_wrong_code_is_explained(code: str, words: str) -> None:
    assert words in (credit_code_fault(code) or "")


def test_a_wrong_inner_digit_under_a_right_last_one_is_seen() -> None:
    codes = [f"51500103MJ1234562{sign}" for sign in ALPHABET]
    (code,) = [code for code in codes if credit_code_fault(code) is None]
    assert not organisation_code_holds(code)
