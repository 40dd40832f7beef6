"""Parsers of codes, document numbers and telephones, which Excel likes to make numbers and days of."""

from __future__ import annotations

import re

from ledgers.cells.cell import IDEOGRAPHS, Cell, CellError, Parser, TextParser, checked, written

_AS_TEXT = "请将单元格设为“文本”格式，再按原件重新填写"
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+\d+|\d\.\d+[eE]\d+")
_DAY = re.compile(r"\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?(?:[ T]\d{1,2}:.*)?")
_SHORT_DAY = re.compile(
    r"\d{1,2}月\d{1,2}日|\d{1,2}-(?:[A-Z][a-z]{2})|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{1,2}"
)
#: A code that no program takes for a value, shorter than any bound: 渝中社备000001.
_PLAIN = re.compile(f"[{IDEOGRAPHS}]{{1,8}}[0-9]{{1,10}}")
_LOST_DIGITS = re.compile(r"\d{15}0+")


def identifier(max_length: int) -> Parser:
    """Return a parser of codes: capitals without blanks; Excel must not have made a value of them."""

    def parse(cell: Cell) -> str:
        if cell.is_empty:
            return ""
        _examine(cell)
        # An apostrophe before a code tells Excel that it is a text.
        value = checked(cell).replace(" ", "").lstrip("'‘’").upper()
        if len(value) > max_length:
            raise CellError(f"编号过长（{len(value)}位），不应超过{max_length}位")
        return value

    return TextParser(parse, _PLAIN)


def document_number(max_length: int) -> Parser:
    """Return a parser of numbers of agreements and certificates, which are kept as written."""

    def parse(cell: Cell) -> str:
        if cell.is_empty:
            return ""
        _examine(cell)
        value = written(cell)
        if len(value) > max_length:
            raise CellError(f"编号过长（{len(value)}字），不应超过{max_length}字")
        return value

    return TextParser(parse, _PLAIN)


def phone(cell: Cell) -> str:
    """Parse a telephone number.

    A mobile number stored as a number is complete; any other number may have lost a leading 0.
    """
    if cell.is_empty:
        return ""
    if cell.is_number and not re.fullmatch(r"1[3-9]\d{9}", cell.text):
        raise CellError("电话以数字格式保存，开头的0可能已丢失：请将单元格设为“文本”格式后重新填写")
    if not cell.is_number:
        _refuse_converted(cell)
    value = re.sub(r"[\s]", "", checked(cell))
    if len(value) > 30:
        raise CellError("电话过长，请只填一个号码")
    return value


def _examine(cell: Cell) -> None:
    """Refuse what Excel has made of a code; ask about a text that is none, such as 见附件, 办理中."""
    _refuse_converted(cell)
    if not any(character.isdigit() for character in cell.text):
        cell.remarks.append(f"“{cell.text}”中没有数字，不像编号：没有编号请留空，说明写入备注")


def _refuse_converted(cell: Cell) -> None:
    """Raise CellError where Excel has made a number, a day or a truth value of a code.

    Excel keeps only 15 digits of a number; a text of the form of a day may be right, so it is asked.
    """
    text = cell.text
    if cell.is_number:
        raise CellError(f"编号以数字格式保存，末尾数字可能已失真：{_AS_TEXT}")
    if cell.is_moment:
        raise CellError(f"编号被 Excel 当成了日期或时间（{text}）：{_AS_TEXT}")
    if isinstance(cell.value, bool) or text.upper() in ("TRUE", "FALSE"):
        raise CellError(f"编号被 Excel 当成了是或否（{text}）：{_AS_TEXT}")
    if _SCIENTIFIC.fullmatch(text):
        raise CellError(f"编号“{text}”是科学计数法，末尾数字已丢失：{_AS_TEXT}")
    if re.fullmatch(r"\d+\.0+|\d+(\.\d+)?%", text):
        raise CellError(f"编号“{text}”带小数或百分号，像是由数字转成的：{_AS_TEXT}")
    if _DAY.fullmatch(text) or _SHORT_DAY.fullmatch(text):
        cell.remarks.append(f"编号“{text}”的样子是日期，请核对是否被 Excel 改过")
    elif _LOST_DIGITS.fullmatch(text):
        cell.remarks.append(f"编号“{text}”第15位之后都是0，请核对末尾数字是否已丢失")
