"""The preview shows the blocks of the Word document and a note that it is not sealed."""

from __future__ import annotations

import html
import re

import pytest
from django.template.loader import render_to_string

from tests.reports.papers import Content, document_of, narrative, sealed, texts, told

#: These tests do not depend on the kind of database.
pytestmark = pytest.mark.once


@pytest.fixture
def content(db: None, request: pytest.FixtureRequest) -> Content:
    return told(sealed(request)[0])


def _page(content: Content, *, is_sealed: bool) -> str:
    blocks = document_of(content, "f" * 64 if is_sealed else "")
    context = {"blocks": blocks, "title": "预览", "is_sealed": is_sealed, "back": "/back/"}
    return render_to_string("reports/preview.html", context)


def _text(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", page[page.index("<main") :]))


def test_the_preview_says_what_word_says_in_its_order(content: Content) -> None:
    said, at = _text(_page(content, is_sealed=True)), 0
    for text in texts(document_of(content, "f" * 64)):
        assert text in said[at:], text
        at = said.index(text, at)


def test_the_preview_says_nothing_else(content: Content) -> None:
    said = _text(_page(content, is_sealed=True)).replace("附件：", "")
    known = "".join(texts(document_of(content, "f" * 64)))
    assert len("".join(said.split())) == len("".join(known.split()))


def test_what_is_not_sealed_is_marked_on_screen_and_on_paper(content: Content) -> None:
    page = _page(content, is_sealed=False)
    assert "<strong>预览稿，未封存</strong>" in page
    assert '<body class="unsealed" data-mark="预览稿，未封存">' in page
    assert "未封存" not in _page(content, is_sealed=True)


def test_headings_have_their_levels(content: Content) -> None:
    page = _page(content, is_sealed=True)
    assert "<h2>二、主要做法</h2>" in page
    assert "<h3>（一）健全机制</h3>" in page
    assert "<h4>1.压实责任</h4>" in page


def test_tables_scroll_in_themselves_and_name_their_heads(content: Content) -> None:
    page = _page(content, is_sealed=True)
    assert page.count('<div class="scroll" role="region"') == page.count("<table") == 3
    assert page.count('tabindex="0"') == 3
    assert '<th scope="col">指标</th>' in page
    assert '<th scope="row">社区慈善基金</th>' in page


def test_a_persons_words_are_no_markup(content: Content) -> None:
    content["narrative"] = narrative("<script>alert(1)</script>")
    page = _page(content, is_sealed=False)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_one_can_go_back_and_print(content: Content) -> None:
    page = _page(content, is_sealed=False)
    assert '<a href="/back/">返回</a>' in page
    assert 'id="print"' in page
