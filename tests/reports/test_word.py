"""The Word document has the texts of the blocks, in the layout of GB/T 9704-2012."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from tests.reports.papers import (
    Content,
    before_words,
    build_document,
    document_of,
    narrative,
    sealed,
    texts,
    told,
)

#: These tests do not depend on the kind of database.
pytestmark = pytest.mark.once

FANGSONG, KAITI, HEITI = "仿宋_GB2312", "楷体_GB2312", "黑体"


@pytest.fixture
def content(db: None, request: pytest.FixtureRequest) -> Content:
    return told(sealed(request)[0])


@pytest.fixture
def made(content: Content) -> bytes:
    return build_document(content, "f" * 64)


@pytest.fixture
def paper(made: bytes) -> Document:
    return _opened(made)


def _opened(made: bytes) -> Document:
    return docx.Document(io.BytesIO(made))


def _parts(made: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _said(paper: Document) -> Iterator[str]:
    for item in paper.iter_inner_content():
        if isinstance(item, Table):
            for row in item.rows:
                for cell in row.cells:
                    yield from cell.text.split("\n")
        elif item.text:
            yield item.text


def _styled(paper: Document, style: str) -> list[Paragraph]:
    return [item for item in paper.paragraphs if item.style and item.style.name == style]


def _of_style(paper: Document, name: str, path: str, attribute: str = "val") -> str | None:
    """Return an attribute of a style, or of the style that it is based on."""
    style: Any = paper.styles[name]
    while style is not None:
        found = style.element.find(path.replace("w:", f"{{{style.element.nsmap['w']}}}"))
        if found is not None and found.get(qn(f"w:{attribute}")) is not None:
            return str(found.get(qn(f"w:{attribute}")))
        style = style.base_style
    return None


# --- contents -------------------------------------------------------------------------------


def test_word_says_what_the_blocks_say_in_their_order(content: Content, paper: Document) -> None:
    said = "\n".join(_said(paper))
    at = 0
    for text in texts(document_of(content, "f" * 64)):
        if text:
            assert text in said[at:], text
            at = said.index(text, at)


def test_word_says_nothing_else(content: Content, paper: Document) -> None:
    known = "".join(texts(document_of(content, "f" * 64)))
    rest = re.sub(r"^(附件：)?\d\. ", "", "\n".join(_said(paper)), flags=re.M)
    assert sum(map(len, rest.split("\n"))) == len(known)


def test_an_edition_of_before_reports_had_words_has_a_document(content: Content) -> None:
    old = before_words()
    assert "渝中区社区慈善工作进展情况报告" in list(_said(_opened(build_document(old, "a" * 64))))


def test_characters_that_no_file_holds_do_not_stop_it(content: Content) -> None:
    bad = "坏\x00字\x0b符\x1f\ufffe\ud800"
    content["seal"]["sealed_by"] = content["narrative"][0]["text"] = content["area"]["name"] = bad
    content["ledgers"][0]["name"] = bad
    paper = _opened(build_document(content, "a" * 64))
    assert "坏字符" in list(_said(paper))
    assert paper.core_properties.author == "坏字符"


def test_text_stays_text(content: Content) -> None:
    content["narrative"] = narrative('<w:br/>&amp; {PAGE} =HYPERLINK("http://x") </w:t>')
    paper = _opened(build_document(content, "a" * 64))
    assert '<w:br/>&amp; {PAGE} =HYPERLINK("http://x") </w:t>' in list(_said(paper))


# --- page -----------------------------------------------------------------------------------


def test_the_page_is_a4_with_the_standards_margins(paper: Document) -> None:
    section = paper.sections[0]
    page = (section.page_width, section.page_height)
    edges = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    for length, wanted in zip((*page, *edges), (210, 297, 37, 35, 28, 26), strict=True):
        assert length is not None and abs(length - Mm(wanted)) < Mm(0.05)


def test_the_page_holds_22_lines_of_28_characters(paper: Document) -> None:
    grid = paper.sections[0]._sectPr.find(qn("w:docGrid"))
    pitch = int(grid.get(qn("w:linePitch")))
    closer = int(_of_style(paper, "Normal", "w:rPr/w:spacing") or 0)
    width = 16 + closer / 20
    assert grid.get(qn("w:type")) == "lines"
    assert int(225 / 25.4 * 1440) // pitch == 22
    assert int(156 / 25.4 * 72 / width + 1e-3) == 28


def test_page_numbers_stand_outside(paper: Document) -> None:
    section = paper.sections[0]
    assert paper.settings.odd_and_even_pages_header_footer
    for footer, style, side in (
        (section.footer, "奇数页码", "right"),
        (section.even_page_footer, "偶数页码", "left"),
    ):
        (paragraph,) = footer.paragraphs
        assert paragraph.style is not None and paragraph.style.name == style
        text = "".join(node.text for node in paragraph._p.iter(qn("w:t")))
        assert text == "— 1 —"
        (field,) = paragraph._p.iter(qn("w:fldSimple"))
        assert field.get(qn("w:instr")).strip() == "PAGE"
        assert _of_style(paper, style, "w:pPr/w:jc") == side
        assert _of_style(paper, style, "w:pPr/w:ind", f"{side}Chars") == "100"
        assert _of_style(paper, style, "w:rPr/w:rFonts", "ascii") == "宋体"
        assert _of_style(paper, style, "w:rPr/w:sz") == "28"


# --- letters and lines ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "font", "points"),
    [
        ("Title", "方正小标宋简体", 22),
        ("主送机关", FANGSONG, 16),
        ("公文正文", FANGSONG, 16),
        ("Heading 1", HEITI, 16),
        ("Heading 2", KAITI, 16),
        ("Heading 3", FANGSONG, 16),
        ("附件说明", FANGSONG, 16),
        ("Date", FANGSONG, 16),
        ("表格数值", FANGSONG, 12),
        ("表头", HEITI, 12),
    ],
)
def test_every_kind_of_text_has_its_font_for_chinese_and_latin(
    paper: Document, style: str, font: str, points: int
) -> None:
    for letters in ("ascii", "hAnsi", "eastAsia", "cs"):
        assert _of_style(paper, style, "w:rPr/w:rFonts", letters) == font
    assert _of_style(paper, style, "w:rPr/w:sz") == str(points * 2)


def test_no_run_has_letters_of_its_own(made: bytes) -> None:
    assert "w:rFonts" not in _parts(made)["word/document.xml"]
    assert "w:sz " not in _parts(made)["word/document.xml"]


@pytest.mark.parametrize("style", ["Title", "主送机关", "公文正文", "Heading 1", "Date"])
def test_lines_are_exactly_a_22nd_of_the_page(paper: Document, style: str) -> None:
    assert _of_style(paper, style, "w:pPr/w:spacing", "line") == "579"
    assert _of_style(paper, style, "w:pPr/w:spacing", "lineRule") == "exact"


@pytest.mark.parametrize("style", ["公文正文", "Heading 1", "Heading 2", "Heading 3"])
def test_paragraphs_begin_two_characters_in(paper: Document, style: str) -> None:
    assert _of_style(paper, style, "w:pPr/w:ind", "firstLineChars") == "200"


def test_the_title_is_centred_and_the_addressee_is_not_indented(paper: Document) -> None:
    assert _of_style(paper, "Title", "w:pPr/w:jc") == "center"
    assert _of_style(paper, "主送机关", "w:pPr/w:ind", "firstLineChars") is None
    assert _styled(paper, "主送机关")[0].text == "重庆市民政局："


def test_headings_are_headings_of_their_level(paper: Document) -> None:
    assert [item.text for item in _styled(paper, "Heading 1")][:2] == [
        "一、工作进展",
        "二、主要做法",
    ]
    assert [item.text for item in _styled(paper, "Heading 2")] == ["（一）健全机制"]
    assert [item.text for item in _styled(paper, "Heading 3")] == ["1.压实责任"]
    for level in (1, 2, 3):
        assert _of_style(paper, f"Heading {level}", "w:pPr/w:outlineLvl") == str(level - 1)


def test_a_heading_may_begin_its_paragraph(content: Content) -> None:
    content["narrative"] = narrative("（一）健全机制。各街道会商。")
    paper = _opened(build_document(content, "a" * 64))
    paragraph = next(item for item in paper.paragraphs if item.text.startswith("（一）"))
    first, rest = paragraph.runs
    assert (first.text, rest.text) == ("（一）健全机制。", "各街道会商。")
    assert first.style.name == "段首标题"
    assert _of_style(paper, "段首标题", "w:rPr/w:rFonts", "eastAsia") == KAITI


def test_all_is_black(made: bytes) -> None:
    whole = "".join(_parts(made).values())
    assert set(re.findall(r'w:color="?(?: w:val=)?"(\w+)"', whole)) <= {"000000"}
    assert "w:highlight" not in whole and "w:shd" not in whole and "themeColor" not in whole


# --- tables ---------------------------------------------------------------------------------


def test_tables_are_as_wide_as_the_text(paper: Document) -> None:
    assert len(paper.tables) == 3
    for table in paper.tables:
        widths = [column.width for column in table.columns]
        assert abs(sum(width or 0 for width in widths) - Mm(156)) < Mm(0.1)
        for row in table.rows:
            assert [cell.width for cell in row.cells] == widths


def test_tables_have_lines(paper: Document) -> None:
    for table in paper.tables:
        assert table.style is not None and table.style.name == "报告表格"
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = f"w:tblPr/w:tblBorders/w:{edge}"
        path = line.replace("/w:", "/{ns}").replace("w:", "{ns}")
        element = paper.styles["报告表格"].element
        found = element.find(path.replace("{ns}", f"{{{element.nsmap['w']}}}"))
        assert found is not None and found.get(qn("w:val")) == "single"


def test_heads_are_repeated_and_rows_are_not_parted(paper: Document) -> None:
    for table in paper.tables:
        for number, row in enumerate(table.rows):
            kinds = {child.tag for child in row._tr.trPr}
            assert qn("w:cantSplit") in kinds
            assert (qn("w:tblHeader") in kinds) == (number == 0)


def test_a_short_table_stays_on_one_page_and_a_long_one_may_not(content: Content) -> None:
    short = _opened(build_document(content, "a" * 64)).tables[0]
    content["indicators"] *= 3
    long = _opened(build_document(content, "a" * 64)).tables[0]

    def kept(table: Table) -> list[bool]:
        cells = [row.cells[0].paragraphs[0] for row in table.rows]
        return [bool(cell.paragraph_format.keep_with_next) for cell in cells]

    assert all(kept(short))
    assert kept(long)[0] and not any(kept(long)[1:])


# --- attachments and signature --------------------------------------------------------------


def test_attachments_are_listed_under_each_other_after_a_blank_line(paper: Document) -> None:
    first, *rest = _styled(paper, "附件说明")
    assert first.text == "附件：1. 核心绩效指标"
    assert [item.text[:3] for item in rest] == [f"{at}. " for at in range(2, len(rest) + 2)]
    before = first.paragraph_format.space_before
    assert before is not None and abs(before - Pt(28.95)) < Pt(0.1)
    # The list begins two characters in, and every number stands below the first one.
    starts = []
    for item in (first, *rest):
        indent = item._p.pPr.ind
        left, hanging = (int(indent.get(qn(f"w:{side}Chars"))) for side in ("left", "hanging"))
        starts.append(left - hanging)
    assert starts == [200, *[500] * len(rest)]


def test_the_date_stands_four_characters_from_the_edge_under_the_unit(paper: Document) -> None:
    (unit,), (date,) = _styled(paper, "Signature"), _styled(paper, "Date")
    assert unit.text == "重庆市渝中区民政局"
    assert re.fullmatch(r"\d{4}年\d{1,2}月\d{1,2}日", date.text)
    assert _of_style(paper, "Date", "w:pPr/w:ind", "rightChars") == "400"
    assert _of_style(paper, "Date", "w:pPr/w:jc") == "right"
    right = int(unit._p.pPr.ind.get(qn("w:rightChars")))
    digits = sum(sign.isdigit() for sign in date.text)
    width = len(date.text) - digits / 2
    assert right == round(400 + (width - len(unit.text)) * 50)


def test_the_signature_is_never_alone_on_a_page(paper: Document) -> None:
    last = _styled(paper, "附件说明")[-1]
    assert last.paragraph_format.keep_with_next
    assert paper.styles["Signature"].paragraph_format.keep_with_next


# --- the file -------------------------------------------------------------------------------


def test_the_properties_are_the_editions(content: Content, paper: Document) -> None:
    properties = paper.core_properties
    assert properties.title == "渝中区加强社区慈善建设工作进展情况报告"
    assert properties.author == properties.last_modified_by == content["seal"]["sealed_by"]
    assert properties.created == properties.modified
    assert (properties.comments, properties.language) == ("", "zh-CN")


def test_times_are_those_of_sealing_in_utc(content: Content) -> None:
    content["seal"]["sealed_at"] = "2026-11-12T09:30:00+08:00"
    created = _opened(build_document(content, "a" * 64)).core_properties.created
    assert created is not None and created.isoformat()[:19] == "2026-11-12T01:30:00"


def test_the_language_is_chinese(made: bytes) -> None:
    parts = _parts(made)
    languages = re.findall(r"<w:(?:lang|themeFontLang) ([^/]*)/>", "".join(parts.values()))
    assert languages and all('w:eastAsia="zh-CN"' in each for each in languages)


def test_nothing_of_the_library_is_left(made: bytes) -> None:
    parts = _parts(made)
    assert set(parts) == {
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/core.xml",
        "word/document.xml",
        "word/_rels/document.xml.rels",
        "word/styles.xml",
        "word/settings.xml",
        "word/fontTable.xml",
        "word/footer1.xml",
        "word/footer2.xml",
    }
    whole = "".join(parts.values())
    assert "python-docx" not in whole and "rsid" not in whole


def test_nothing_in_it_runs_or_leads_outside(made: bytes) -> None:
    parts = _parts(made)
    assert "External" not in "".join(text for name, text in parts.items() if "rels" in name)
    assert not any("vba" in name.lower() or name.endswith(".bin") for name in parts)
    assert "hyperlink" not in parts["word/document.xml"]


def test_every_style_that_is_used_is_there(made: bytes) -> None:
    parts = _parts(made)
    there = set(re.findall(r'w:styleId="([^"]+)"', parts["word/styles.xml"]))
    places = (text for name, text in parts.items() if name.startswith("word/"))
    used = set(re.findall(r'w:(?:pStyle|rStyle|tblStyle|basedOn) w:val="([^"]+)"', "".join(places)))
    assert used <= there


def test_the_library_has_nothing_to_warn_of(content: Content) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        build_document(content, "a" * 64)
