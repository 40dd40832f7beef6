"""Document numbers: one normal form for all spellings, and what a text names."""

from __future__ import annotations

import pytest

from policies.naming import Name
from policies.numbers import normal_number, year_of

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("渝民〔2025〕95号", "渝民〔2025〕95号"),
        ("渝民[2025]95号", "渝民〔2025〕95号"),
        ("渝民（２０２５）第０９５号", "渝民〔2025〕95号"),
        (" 渝民 【2025】 95 号 ", "渝民〔2025〕95号"),
        ("渝民〔2025〕95", "渝民〔2025〕95号"),
        ("民政部令第81号", "民政部令第81号"),
        ("民政部第81号令", "民政部令第81号"),
        ("中华人民共和国民政部令 第81号", "中华人民共和国民政部令第81号"),
        ("2025年第95号", ""),
        ("渝民〔25〕95号", ""),
        ("渝民〔2025〕0号", ""),
        ("见附件", ""),
        ("", ""),
    ],
)
def test_a_number_has_one_normal_form(written: str, normal: str) -> None:
    assert normal_number(written) == normal


def test_an_order_has_no_year() -> None:
    assert (year_of("渝民〔2025〕95号"), year_of("民政部令第81号")) == (2025, None)


_NOTICE = Name(1, "关于开展社区慈善工作的通知", "渝民〔2025〕95号")
_ORDER = Name(2, "慈善组织信息公开办法", "民政部令第81号")
_WITHOUT = Name(3, "社区基金建设指引", "")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("《关于开展社区慈善工作的通知》（渝民〔2025〕95号）", [_NOTICE]),
        ("按照渝民[2025]95号要求", [_NOTICE]),
        ("《关于开展社区慈善工作的通知》", [_NOTICE]),
        ("《关于开展社区慈善工作的通知》（渝民〔2024〕12号）", []),  # the notice of another year
        ("《另一份文件》（渝民〔2025〕95号）", [_NOTICE]),
        ("川渝民〔2025〕95号", []),  # another mark that ends alike
        ("渝民〔2025〕951号", []),
        ("三、（四）；《慈善组织信息公开办法》（民政部令第81号）", [_ORDER]),
        ("《社区基金建设指引》和渝民〔2025〕095号", [_NOTICE, _WITHOUT]),
        ("社区基金建设指引", []),  # a title without book marks is a common phrase
        ("", []),
    ],
)
def test_a_text_names_a_document_by_number_or_title(text: str, named: list[Name]) -> None:
    assert [each for each in (_NOTICE, _ORDER, _WITHOUT) if each.is_in(text)] == named
