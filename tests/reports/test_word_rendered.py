"""The Word document as LibreOffice renders it: margins, pages and page numbers, measured in the
PDF.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from reports.paper.pdf import can_make_pdf, pdf_of
from tests.reports.papers import build_document, narrative, sealed, told

#: These tests do not depend on the kind of database.
pytestmark = pytest.mark.once

_MM = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = 28 * _MM, (210 - 26) * _MM, 37 * _MM, (297 - 35) * _MM
#: Punctuation may stand outside of the line, by one character.
HANGING = 17
_WORD = re.compile(
    r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</word>'
)
_PARAGRAPH = "各街道依托社区慈善基金开展微心愿认领和困难帮扶，组织志愿者走访慰问独居老人家庭。" * 4


@dataclass(frozen=True)
class Word:
    """A word on a page; lengths in points from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


_PAGES: list[list[Word]] = []


@pytest.fixture
def pages(db: None, request: pytest.FixtureRequest, tmp_path: Path) -> list[list[Word]]:
    """The words of every page of a long report with a long table."""
    if not can_make_pdf():
        pytest.skip("本机没有 LibreOffice Writer，跳过排版后的测量")
    if shutil.which("pdftotext") is None:
        pytest.skip("本机没有 pdftotext（poppler-utils），跳过排版后的测量")
    if not _PAGES:
        content = told(sealed(request)[0])
        content["narrative"] = narrative("\n".join([_PARAGRAPH] * 16))
        content["indicators"] *= 3
        (tmp_path / "report.pdf").write_bytes(pdf_of(build_document(content, "a" * 64)))
        _PAGES.extend(_read(tmp_path / "report.pdf"))
    return _PAGES


def _read(path: Path) -> list[list[Word]]:
    done = subprocess.run(
        ["pdftotext", "-bbox", path, "-"], check=True, capture_output=True, text=True
    )
    pages = done.stdout.split("<page ")[1:]
    assert all(page.startswith('width="595') and 'height="841' in page for page in pages)
    return [
        [
            Word(float(left), float(top), float(right), float(bottom), text)
            for left, top, right, bottom, text in _WORD.findall(page)
        ]
        for page in pages
    ]


def _body(page: list[Word]) -> list[Word]:
    return [word for word in page if word.bottom <= BOTTOM + 4]


def _foot(page: list[Word]) -> list[Word]:
    return [word for word in page if word.bottom > BOTTOM + 4]


def test_a_long_report_has_its_pages(pages: list[list[Word]]) -> None:
    assert len(pages) >= 6


def test_text_stays_within_the_margins(pages: list[list[Word]]) -> None:
    for page in pages:
        assert min(word.left for word in _body(page)) >= LEFT - 1
        assert max(word.right for word in _body(page)) <= RIGHT + HANGING
        assert min(word.top for word in page) >= TOP - 8


def test_full_lines_reach_from_margin_to_margin(pages: list[list[Word]]) -> None:
    full = [
        word for page in pages for word in page if len(word.text) >= 26 and not word.text.isascii()
    ]
    assert full
    for word in full:
        assert abs(word.left - LEFT) < 2 or abs(word.left - LEFT - 32) < 4
        assert RIGHT - 16 <= word.right <= RIGHT + HANGING


def test_a_full_line_holds_28_characters(pages: list[list[Word]]) -> None:
    chinese = [
        word.text for page in pages for word in page if re.fullmatch(r"[一-鿿，。]{24,}", word.text)
    ]
    assert max(map(len, chinese)) in (28, 29)  # the 29th hangs outside


def test_a_full_page_holds_22_lines(pages: list[list[Word]]) -> None:
    tops = {round(word.top) for word in _body(pages[1])}
    assert len(tops) == 22


def test_page_numbers_stand_under_the_text_on_the_outer_side(pages: list[list[Word]]) -> None:
    for number, page in enumerate(pages, start=1):
        foot = _foot(page)
        assert re.sub(r"\s", "", "".join(word.text for word in foot)) == f"—{number}—"
        assert all(word.top >= BOTTOM and word.bottom < 297 * _MM - 20 * _MM for word in foot)
        if number % 2:
            assert abs(max(word.right for word in foot) - (RIGHT - 16)) < 4
        else:
            assert abs(min(word.left for word in foot) - (LEFT + 16)) < 4


def test_the_heads_of_a_table_come_again_on_every_page(pages: list[list[Word]]) -> None:
    with_rows = [page for page in pages if sum(word.text == "万元" for word in page)]
    assert len(with_rows) > 1
    for page in with_rows:
        assert any(word.text == "指标" for word in page)


def test_the_signature_is_not_alone(pages: list[list[Word]]) -> None:
    texts = ["".join(word.text for word in _body(page)) for page in pages]
    signed = next(text for text in texts if re.search(r"重庆市渝中区民政局2026年\d+月\d+日", text))
    assert re.search(r"\d\.台账（", signed)
