"""The cover of an edition's workbook: plan, area, day, seal, and the list of sheets."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from dates.text import day_text, month_text
from reports.paper.sheets import BODY, CENTRE, HEAD, LEFT, NOTE, merged, new_sheet, put
from reports.schema.content import EditionContent

NAME = "封面"
_WIDE = Font(name="方正小标宋简体", size=28)
_PERIOD = Font(name="楷体_GB2312", size=18)


def cover_sheet(book: Workbook, content: EditionContent, sha256: str) -> Worksheet:
    """Add the first sheet; `contents` fills its list of sheets when the others are there."""
    sheet = new_sheet(book, NAME, [10, 24, 62, 24])
    merged(sheet, 1, 4, "", BODY, LEFT, 30)
    title = f"{content.area.name}{content.subject}进展情况报表"
    merged(sheet, 2, 4, title, _WIDE, CENTRE, 62)
    merged(sheet, 3, 4, f"（{month_text(content.due_on)}）", _PERIOD, CENTRE, 36)
    for row, (head, value) in enumerate(_facts(content, sha256), start=5):
        put(sheet, row, 2, head, None, CENTRE, HEAD)
        put(sheet, row, 3, value, None, LEFT)
        sheet.row_dimensions[row].height = 26 if len(value) < 60 else 44
    return sheet


def _facts(content: EditionContent, sha256: str) -> list[tuple[str, str]]:
    plan, seal = content.plan, content.seal
    number = f"（{plan.document_number}）" if plan.document_number else ""
    facts = [
        ("依据文件", f"《{plan.title}》{number}"),
        ("填报单位", content.reporting_unit),
        ("报送对象", _recipients(content)),
        ("数据截至", day_text(content.as_of)),
        ("版次", f"第{seal.number}版" + ("（零报告）" if seal.is_zero else "")),
        ("封存", f"{seal.sealed_by}，{day_text(seal.sealed_at)} {seal.sealed_at:%H:%M}"),
    ]
    for each in seal.signatures:
        facts.append(
            (f"签章（{each.signatory}）", f"{each.by}，{day_text(each.at)} {each.at:%H:%M}")
        )
    if seal.reason:
        facts.append(("更正理由", seal.reason))
    if seal.missing_reason:
        facts.append(("缺报或差异说明", seal.missing_reason))
    return [*facts, ("摘要（SHA-256）", sha256)]


def _recipients(content: EditionContent) -> str:
    """Return whom it is sent to.

    Before format 4: the plan's recipients from its own area, else the level above.
    """
    if content.form:
        return "、".join(content.form.recipients) or "本级汇总，不报送"
    named = "、".join(content.plan.recipients) if content.area.is_top else ""
    return named or "上级民政部门"


def contents(sheet: Worksheet, names: list[str]) -> None:
    """Write the list of the other sheets below the facts."""
    first = sheet.max_row + 2
    put(sheet, first, 2, "目录", None, CENTRE, HEAD)
    put(sheet, first, 3, "、".join(names), None, LEFT)
    sheet.row_dimensions[first].height = 24 + 16 * (len("、".join(names)) // 34)
    note = "本报表由封存内容生成，改动任何一处都与摘要不符；可在平台的公开核验页面核对。"
    merged(sheet, first + 2, 4, note, NOTE, CENTRE, 22)
