"""The blocks of a report: order and wording of a bureau, with the numbers of the edition."""

from __future__ import annotations

import io
from dataclasses import fields
from typing import Any

import openpyxl
import pytest

from reports.paper import document
from reports.paper.blocks import (
    Addressee,
    Attachments,
    Heading,
    Note,
    Paragraph,
    Signature,
    Table,
    Title,
)
from reports.schema.content import ReportContent
from reports.schema.formats import parsed
from tests.reports.papers import (
    MISSING,
    Content,
    before_words,
    build_workbook,
    document_of,
    narrative,
    sealed,
    told,
)

#: These tests do not depend on the kind of database.
pytestmark = pytest.mark.once

SHA256 = "0" * 64


@pytest.fixture
def content(db: None, request: pytest.FixtureRequest) -> Content:
    return sealed(request)[0]


def _headings(content: Content) -> list[str]:
    blocks = document_of(content, SHA256)
    return [block.text for block in blocks if isinstance(block, Heading) and block.level == 1]


def _text(content: Content) -> str:
    blocks = document_of(content, SHA256)
    return "\n".join(block.text for block in blocks if isinstance(block, Paragraph))


def _tables(content: Content) -> dict[str, Table]:
    blocks = document_of(content, SHA256)
    return {block.title: block for block in blocks if isinstance(block, Table)}


def _signature(content: Content) -> Signature:
    return next(b for b in document_of(content, SHA256) if isinstance(b, Signature))


def test_a_report_has_the_order_of_a_bureaus_paper(content: Content) -> None:
    kinds = [block.kind for block in document_of(told(content), SHA256)]
    assert kinds[:4] == ["title", "addressee", "paragraph", "heading"]
    assert kinds[-3:] == ["attachments", "signature", "note"]


def test_the_title_names_area_and_period(content: Content) -> None:
    title = document_of(content, SHA256)[0]
    assert title == Title(("渝中区加强社区慈善建设工作进展情况报告",), "（2026年6月）")


def test_a_title_too_long_for_a_line_is_broken_behind_the_area(content: Content) -> None:
    content["area"]["name"] = "积石山保安族东乡族撒拉族自治县"
    title = document_of(content, SHA256)[0]
    assert isinstance(title, Title)
    assert title.lines == ("积石山保安族东乡族撒拉族自治县", "加强社区慈善建设工作进展情况报告")


def test_the_opening_names_the_plan_its_number_and_the_day(content: Content) -> None:
    assert _text(content).splitlines()[0] == (
        "按照《渝中区加强社区慈善建设工作方案》要求，现将渝中区截至2026年6月30日的"
        "加强社区慈善建设工作进展情况报告如下。"
    )


def test_the_opening_of_format_3_names_the_plan_its_number_and_the_day(content: Content) -> None:
    content["form"] = None
    assert "》要求" in _text(content)
    content["plan"]["document_number"] = "渝中民〔2025〕12号"
    opening = _text(content).splitlines()[0]
    assert "《渝中区加强社区慈善建设工作方案》（渝中民〔2025〕12号）" in opening
    assert opening.endswith("的社区慈善工作进展情况报告如下。")


def test_parts_are_numbered_and_those_without_words_left_out(content: Content) -> None:
    assert _headings(told(content)) == [
        "一、工作进展",
        "二、主要做法",
        "三、下一步打算",
        "四、指标完成情况",
        "五、报送情况",
        "六、更正说明",
    ]


@pytest.mark.parametrize(
    ("line", "block"),
    [
        ("（一）健全机制", Heading(2, "（一）健全机制")),
        ("　　（十二）健全机制", Heading(2, "（十二）健全机制")),
        ("（二）拓展场景。各街道开展。", Heading(2, "（二）拓展场景。", "各街道开展。")),
        ("1.压实责任", Heading(3, "1.压实责任")),
        ("12．压实责任", Heading(3, "12．压实责任")),
        ("1. 社区慈善基金21支。", Paragraph("1. 社区慈善基金21支。")),
        ("3.5万元已经到账", Paragraph("3.5万元已经到账")),
        ("2026.开展活动", Paragraph("2026.开展活动")),
        ("（1）具体做法", Paragraph("（1）具体做法")),
        ("一是滞后。", Paragraph("一是滞后。")),
    ],
)
def test_a_line_is_a_paragraph_or_the_heading_it_begins_as(
    content: Content, line: str, block: Any
) -> None:
    content["narrative"] = narrative(line)
    assert block in document_of(content, SHA256)


def test_the_figures_are_those_of_the_edition(content: Content) -> None:
    annex = [item for item in content["indicators"] if item["place"] == "annex"]
    rows = _tables(content)["指标完成情况表"].rows
    assert len(rows) == 9
    for row, item in zip(rows, annex, strict=True):
        assert (row[0], row[2], row[3], row[5]) == (
            item["name"],
            item["target_text"],
            item["value_text"],
            item["status_label"],
        )
    assert rows[0] == ("社区慈善基金", "支", "19", "4", "21.05%", rows[0][5])


def test_a_plan_without_an_annex_shows_the_targets_of_its_text(content: Content) -> None:
    for item in content["indicators"]:
        item["place"] = "text"
    rows = _tables(content)["指标完成情况表"].rows
    assert [row[0] for row in rows] == [item["name"] for item in content["indicators"]]


def test_a_report_made_of_editions_says_so(content: Content) -> None:
    content["consolidation"]["is_from_editions"] = True
    assert "下级已上报的报告" in _tables(content)["指标完成情况表"].note


def test_an_earlier_period_without_any_value_is_left_out(content: Content) -> None:
    table = _tables(told(content))["与往期比较表"]
    assert table.heads == ("指标", "单位", "本期", "上期\n（2025年11月）", "增减")
    assert "未封存" not in table.note


def test_a_first_report_compares_with_nothing(content: Content) -> None:
    content["comparison"] = []
    assert "与往期比较表" not in _tables(content)


def test_a_difference_is_that_of_the_values_as_written(content: Content) -> None:
    rows = {row[0]: row[2:] for row in _tables(told(content))["与往期比较表"].rows}
    assert rows["社区慈善基金"] == ("4", "1", "+3")
    assert rows["社区慈善服务场景"] == ("7", "7", "持平")
    assert rows["社区慈善活动和慈善宣传覆盖面"] == ("2.53%", "1%", "+1.53")


def test_every_missing_area_is_named_with_its_state_and_the_reason(content: Content) -> None:
    text = _text(told(content))
    assert "本期应报送40个街道，已报送0个，缺报40个" in text
    assert all(each["name"] in text for each in MISSING)
    assert "第48街道、第49街道（以上已退回）" in text
    assert "缺报原因：正在核对台账。" in text


def test_who_is_missing_is_not_counted_as_filed(content: Content) -> None:
    content = told(content)
    filed = {**MISSING[0], "code": "500103001", "label": "已报", "number": 1, "is_zero": True}
    content["filing"]["children"] = [filed, *MISSING]
    assert "应报送41个街道，已报送1个（其中零报告1个），缺报40个" in _text(content)


def _filed(code: str, name: str, label: str) -> Content:
    return {**MISSING[0], "code": code, "name": name, "label": label, "number": 1}


def test_nobody_missing_is_said_too(content: Content) -> None:
    content["filing"] = {"children": [_filed("500103001", "七星岗街道", "已接收")]}
    assert "本期应报送1个街道，已报送1个，无缺报。" in _text(content)


def test_a_skipped_level_is_not_called_by_the_next_ones_name(content: Content) -> None:
    content["filing"] = {"children": [_filed("500103001001", "某社区", "已报")]}
    assert "应报送1个地区" in _text(content)


def test_a_correction_says_what_was_and_why(content: Content) -> None:
    text = _text(told(content))
    assert "本报告为第2版，更正第1版。更正理由：补报基金台账。" in text
    assert "文稿“存在问题”有改动。" in text
    rows = _tables(told(content))["数据更正表"].rows
    assert rows == (("社区慈善基金", "支", "3", "4", "1条记录"),)


def test_a_corrected_target_is_shown_beside_the_figure(content: Content) -> None:
    content = told(content)
    content["corrections"]["figures"][0]["new_target"] = "20"
    assert _tables(content)["数据更正表"].rows[0][2:4] == ("3（目标19）", "4（目标20）")


def test_a_zero_report_says_so_and_stays_short(content: Content) -> None:
    content |= {"narrative": narrative("做法"), "filing": {"children": []}}
    content["seal"]["is_zero"] = True
    assert "特作零报告" in _text(content)
    assert _headings(content) == [] and _tables(content) == {}


@pytest.mark.parametrize("more", [lambda content: content, told, lambda content: before_words()])
def test_the_attachments_are_the_sheets_of_the_workbook(content: Content, more: Any) -> None:
    content = more(content)
    blocks = document_of(content, SHA256)
    *names, ledgers = next(block.names for block in blocks if isinstance(block, Attachments))
    made = build_workbook(content, SHA256)
    sheets = openpyxl.load_workbook(io.BytesIO(made), read_only=True).sheetnames
    inner = ("封面", "图表数据")
    assert names == [each for each in sheets if not each.startswith(("台账-", *inner))]
    assert ledgers == f"台账（{'、'.join(each['name'] for each in content['ledgers'])}）"
    assert not any(name.endswith(("。", "；", "，")) for name in names)


def _addressee(content: Content) -> str:
    block = document_of(content, SHA256)[1]
    assert isinstance(block, Addressee)
    return block.text


def test_the_plans_own_area_signs_as_its_bureau(content: Content) -> None:
    assert _signature(content) == Signature(("重庆市渝中区民政局",), _signature(content).day)
    assert _addressee(content) == "重庆市民政局："


def test_those_who_sign_together_stand_below_each_other(content: Content) -> None:
    together = ["昆明市民政局", "昆明市委社会工作部"]
    content["form"] |= {"signatories": together, "recipients": ["甲处", "乙处"]}
    assert _signature(content).units == tuple(together)
    assert _addressee(content) == "甲处、乙处："


def test_what_is_only_compiled_is_addressed_to_nobody(content: Content) -> None:
    content["form"] |= {"recipients": [], "is_compilation": True}
    kinds = [block.kind for block in document_of(content, SHA256)]
    assert "addressee" not in kinds


def test_before_format_4_a_street_signed_itself_and_wrote_to_the_bureau(content: Content) -> None:
    content["form"] = None
    content["area"] |= {"is_top": False, "name": "大坪街道"}
    assert _signature(content).units == ("大坪街道",)
    assert _addressee(content) == "重庆市渝中区民政局："


def test_before_format_4_an_area_below_wrote_to_those_its_plan_had_receive(
    content: Content,
) -> None:
    content["form"] = None
    content["area"] |= {"is_top": False, "name": "昆明市"}
    content["plan"] |= {
        "issuer": "云南省民政厅、中共云南省委社会工作部",
        "recipients": ["云南省民政厅慈善事业促进处", "云南省委社会工作部五处"],
    }
    assert _addressee(content) == "云南省民政厅慈善事业促进处、云南省委社会工作部五处："


def test_a_report_is_dated_by_the_day_in_china(content: Content) -> None:
    content["seal"]["sealed_at"] = "2026-06-30T17:30:00+00:00"
    assert _signature(content).day == "2026年7月1日"


def test_the_last_line_names_edition_and_digest(content: Content) -> None:
    note = document_of(content, SHA256)[-1]
    assert isinstance(note, Note)
    assert "第1版" in note.lines[0] and note.lines[1] == SHA256


def test_what_is_not_sealed_says_so_and_has_no_date(content: Content) -> None:
    *_, signature, note = document_of(content)
    assert isinstance(signature, Signature) and isinstance(note, Note)
    assert signature.day.split() == ["年", "月", "日"]
    assert "未封存" in note.lines[0]


def test_a_preview_needs_nothing_that_sealing_adds(content: Content) -> None:
    edition = parsed(content)
    own = {each.name: getattr(edition, each.name) for each in fields(ReportContent)}
    assert document.document_of(ReportContent(**own)) == document_of(content)


def test_an_edition_of_before_reports_had_words_is_printed(content: Content) -> None:
    old = before_words()
    assert _headings(old) == ["一、指标完成情况"]
    assert _signature(old).units == ("重庆市渝中区民政局",)
